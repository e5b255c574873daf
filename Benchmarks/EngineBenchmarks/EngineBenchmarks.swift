import Benchmark
import EngineWorkloads

/// Each hot path beside its floor: the least work over the same bytes, values, keys or counters.
///
/// The closure is only read by the library, once, before it runs the first benchmark.
nonisolated(unsafe) let benchmarks = {
  Benchmark.defaultConfiguration = Benchmark.Configuration(
    metrics: [.wallClock], warmupIterations: 1, maxDuration: .seconds(3), maxIterations: 30)

  func measure<Work, Result>(
    _ name: String, _ work: Later<Work>, run: @escaping (Work) -> Result, floor: @escaping (Work) -> Result
  ) {
    for (suffix, body) in [("", run), (", floor", floor)] {
      Benchmark(name + suffix) { benchmark in
        for _ in benchmark.scaledIterations { blackHole(body(work.value)) }
      }
    }
  }

  measure(
    "scan of 256 MiB", Later(ScanWorkload(byteCount: 256 << 20)), run: { $0.run() }, floor: { $0.runFloor() })
  for kind in NormalizerWorkload.kinds {
    measure(
      "normalise a million \(kind)", Later(NormalizerWorkload(kind: kind, count: 1_000_000)), run: { $0?.run() },
      floor: { $0?.runFloor() })
  }
  for millions in [2, 25] {
    measure(
      "4 million probes of \(millions) million keys",
      Later(ProbeWorkload(keyCount: millions * 1_000_000, probeCount: 4_000_000)), run: { $0.run() },
      floor: { $0.runFloor() })
  }
  measure(
    "8 million records in 2 million groups",
    Later(AggregationWorkload(groupCount: 2_000_000, recordCount: 8_000_000)), run: { $0.run() },
    floor: { $0.runFloor() })
}
