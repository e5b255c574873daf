/// A value that is made when it is first asked for: in the warm-up of the first benchmark that needs it.
final class Later<Value> {
  private let make: () -> Value
  private(set) lazy var value = make()

  init(_ make: @escaping @autoclosure () -> Value) { self.make = make }
}
