/// A situation of the catalogue, planted with everything that belongs to it.
struct Trap: Sendable {
  /// Numbers of the catalogue; X… are rules and exemptions that it has no number for.
  var numbers: [String]
  /// It needs one household only and gives no flag: the background holds some too.
  var isLookAlike = false
  var plant: @Sendable (inout TrapStage) -> Void

  init(_ numbers: String..., isLookAlike: Bool = false, plant: @escaping @Sendable (inout TrapStage) -> Void) {
    self.numbers = numbers
    self.isLookAlike = isLookAlike
    self.plant = plant
  }
}
