/// Takes one input from libFuzzer; `FuzzTarget` is the target that was compiled with this file.
@_cdecl("LLVMFuzzerTestOneInput")
public func takeInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  // SAFETY: libFuzzer keeps `count` bytes from `start` on alive during the call; they are copied here.
  let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  FuzzTarget.run(input)
  return 0
}

/// Ends the target with `promise` where it does not hold; also in optimised builds.
func require(_ holds: Bool, _ promise: StaticString = "the two readings differ") {
  guard holds else { fatalError("broken: \(promise)") }
}
