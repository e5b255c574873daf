import Foundation
import MatchEngine
import Testing

@Suite struct RunSignalTests {
  @Test func stoppingRemovesWhatTheRunWrote() async throws {
    let place = try RunTemporaryFolder()
    let path = place("out")
    await #expect(processExitsWith: .exitCode(143)) { [path = path as String] in
      try SignalWatch.shared.start()
      let folder = try OutputFolder(at: path)
      let file = try folder.makeFile("rejects/roll.csv")
      try file.append("half")
      kill(getpid(), SIGTERM)
      sleep(20)
      #expect(try folder.commit() == nil)
    }
    #expect(try place.names() == [])
  }

  @Test(arguments: [(SIGINT, 130), (SIGHUP, 129)] as [(Int32, Int32)])
  func eachSignalHasItsExitCode(signal: Int32, code: Int32) async throws {
    await #expect(processExitsWith: .exitCode(code)) { [signal = signal as Int32] in
      try SignalWatch.shared.start()
      kill(getpid(), signal)
      sleep(20)
    }
  }

  @Test func aClosedPipeIsAnErrorOfWrite() async throws {
    await #expect(processExitsWith: .exitCode(0)) {
      try SignalWatch.shared.start()
      var ends: [Int32] = [0, 0]
      guard pipeEnds(&ends) else { exit(9) }
      dup2(ends[1], 1)
      close(ends[0])
      let isWritten = try StandardStream.output.write("text")
      SignalWatch.shared.exit(isWritten ? 8 : 0)
    }
  }
}

private func pipeEnds(_ ends: inout [Int32]) -> Bool {
  // SAFETY: the array has the two places that `pipe` fills.
  unsafe pipe(&ends) == 0
}
