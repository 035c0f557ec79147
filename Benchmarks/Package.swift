// swift-tools-version: 6.1
import PackageDescription

// What is measured in one process with programs of others: entry points in C to vrfsim's own parts.
let package = Package(
  name: "vrfsim-benchmarks",
  platforms: [.macOS(.v15)],
  products: [.library(name: "PrefixTableEntryPoints", type: .static, targets: ["PrefixTableEntryPoints"])],
  dependencies: [.package(name: "vrfsim", path: "..")],
  targets: [
    .target(
      name: "PrefixTableEntryPoints", dependencies: [.product(name: "VrfsimEngine", package: "vrfsim")],
      swiftSettings: [
        .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
      ])
  ],
  swiftLanguageModes: [.v6]
)
