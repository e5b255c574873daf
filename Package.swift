// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableExperimentalFeature("Lifetimes"),
  // Hot loops read properties of their worker's own objects; debug builds, which run the tests, keep the checks.
  .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))
]

let package = Package(
  name: "match-run",
  products: [
    .executable(name: "match-run", targets: ["match-run"]),
    .library(name: "Normalizers", targets: ["Normalizers"]),
    .library(name: "MatchEngine", targets: ["MatchEngine"]),
    .library(name: "EngineWorkloads", targets: ["EngineWorkloads"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2")
  ],
  targets: [
    .target(name: "CKernels"),
    .target(name: "CXXHash"),
    .target(name: "CPlatform"),
    .target(name: "CXlsxWriter", linkerSettings: [.linkedLibrary("xlsxwriter")]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
    .target(name: "Normalizers", swiftSettings: settings),
    .target(
      name: "MatchEngine",
      dependencies: [
        "Normalizers", "CKernels", "CXXHash", "CPlatform", "CXlsxWriter", "CZlib", "CZstd",
        .product(name: "Yams", package: "Yams"),
        .product(name: "Crypto", package: "swift-crypto")
      ],
      swiftSettings: settings),
    .target(name: "SampleCity", dependencies: ["Normalizers"], swiftSettings: settings),
    .executableTarget(
      name: "match-run",
      dependencies: [
        "MatchEngine", "Normalizers", "SampleCity",
        .product(name: "ArgumentParser", package: "swift-argument-parser")
      ],
      swiftSettings: settings),
    // What is measured alone: public for the package in Benchmarks, which is not part of this one.
    .target(name: "EngineWorkloads", dependencies: ["MatchEngine", "Normalizers"], swiftSettings: settings),
    // Measures the normalisers (scripts/bench-normalizers); part of no product.
    .executableTarget(
      name: "normalizer-benchmark", dependencies: ["EngineWorkloads", "Normalizers"], swiftSettings: settings),
    .testTarget(
      name: "NormalizersTests", dependencies: ["Normalizers"],
      resources: [.copy("Vectors")], swiftSettings: settings),
    .testTarget(
      name: "MatchEngineTests", dependencies: ["MatchEngine", "Normalizers", "CKernels"], swiftSettings: settings),
    .testTarget(
      name: "JobTests", dependencies: ["MatchEngine", "Normalizers", "SampleCity", "match-run"],
      exclude: ["Jobs", "Traps"],
      swiftSettings: settings),
    .testTarget(name: "RepositoryTests", swiftSettings: settings)
  ]
)
