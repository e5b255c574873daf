import ArgumentParser
import MatchEngine
import SampleCity

/// Writes a synthetic city, its job file and its truth.
struct Generate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a synthetic city, its job file and its truth.",
    discussion: """
      Scale 1 is a roll of about 3,000 people, scale 700 a whole city. The same scale and seed give the same bytes. \
      DIR is made; it may exist if it is empty or was written by this command, whose files are then replaced.
      """)

  @Option(help: "Size of the city, 0.01 to 1000.")
  var scale: Double

  @Option(help: "A number that everything follows from.")
  var seed: UInt64

  @Option(help: "What the city is made for: the sample job, or the rules of the notice.")
  var flavour = Flavour.sample

  @Option(help: "Of the flavour notice: a feed that is wrong as a whole.")
  var variant = NoticeCity.Variant.main

  enum Flavour: String, CaseIterable, ExpressibleByArgument {
    case sample, notice
  }

  @Option(name: .customLong("out"), help: "Folder to write to.")
  var folder: String

  func validate() throws {
    guard SampleCity.scales.contains(scale) else {
      throw ValidationError("--scale \(scale) is not in 0.01 to 1000")
    }
    guard flavour == .notice || variant == .main else {
      throw ValidationError("--variant needs --flavour notice")
    }
  }

  func run() throws {
    do {
      var sink = try FolderSink(path: folder)
      switch flavour {
      case .sample: try SampleCity(scale: scale, seed: seed).write(to: &sink)
      case .notice: try NoticeCity(scale: scale, seed: seed, variant: variant).write(to: &sink)
      }
      try sink.close()
    } catch let error as RunError {
      StandardError.write("match-run: error: \(error)")
      throw ExitCode(RunError.exitCode)
    }
  }
}

extension NoticeCity.Variant: ExpressibleByArgument {}
