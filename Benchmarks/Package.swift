// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that a build of match-run does not fetch what only benchmarks need. `traits: []` leaves out
// jemalloc, which would count allocations and has to be installed by hand.
let package = Package(
  name: "match-run-benchmarks",
  dependencies: [
    .package(name: "match-run", path: "../"),
    .package(url: "https://github.com/ordo-one/benchmark", exact: "1.38.1", traits: [])
  ],
  targets: [
    .executableTarget(
      name: "EngineBenchmarks",
      dependencies: [
        .product(name: "EngineWorkloads", package: "match-run"), .product(name: "Benchmark", package: "benchmark")
      ],
      path: "EngineBenchmarks",
      swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)],
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
  ]
)
