// swift-tools-version: 6.1
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: [.byName(name: name)] + dependencies, exclude: exclude,
    swiftSettings: strict)
}

/// Built for use, the program on Linux has what it needs of Swift within itself: it starts in three quarters of the time, and
/// runs where no Swift is. The two libraries belong to `FoundationEssentials`, of which ArgumentParser takes a little.
let selfContained = LinkerSetting.unsafeFlags(
  ["-static-stdlib", "-l_FoundationCShims", "-l_FoundationCollections"], .when(platforms: [.linux], configuration: .release))

let collections: (String) -> Target.Dependency = { .product(name: $0, package: "swift-collections") }

let package = Package(
  name: "vrfsim",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "vrfsim", targets: ["vrfsim"]),
    .library(
      name: "VrfsimEngine",
      targets: [
        "NetworkAddresses", "PacketHeaders", "PrefixTables", "DiscreteEvents", "NetworkStack", "NetworkControl",
      ]),
    .library(
      name: "VrfsimScenarios",
      targets: [
          "ContainerEngine", "LinuxCommands", "ScenarioModel", "ScenarioRunner", "PacketExplanation", "PacketCapture", "ScenarioLints",
          "TopologyExchange", "LabCatalog",
        ]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
  ],
  targets: [
    // The engine: leaves, then the kernels, then the door to them.
    library("NetworkAddresses"),
    library("PacketHeaders", ["NetworkAddresses"]),
    .systemLibrary(name: "CProcessorInstructions"),
    library("PrefixTables", ["NetworkAddresses", "CProcessorInstructions"]),
    library("DiscreteEvents"),
    library("NetworkStack", ["NetworkAddresses", "PacketHeaders", "PrefixTables", "DiscreteEvents"]),
    library("NetworkControl", ["NetworkStack", "NetworkAddresses", "DiscreteEvents"]),

    // Around it.
    library("ContainerEngine", ["NetworkAddresses"]),
    library(
      "LinuxCommands", ["ContainerEngine", "NetworkControl", "NetworkStack", "NetworkAddresses", "DiscreteEvents"]),
    library("ScenarioModel", ["NetworkAddresses", collections("OrderedCollections")]),
    library(
      "PacketExplanation", ["NetworkControl", "NetworkStack", "NetworkAddresses", "DiscreteEvents"]),
    library(
      "ScenarioRunner",
      [
        "ScenarioModel", "LinuxCommands", "ContainerEngine", "PacketExplanation", "NetworkControl", "NetworkStack",
        "NetworkAddresses", "DiscreteEvents", collections("OrderedCollections"),
      ]),
    library(
      "ScenarioLints",
      ["ScenarioRunner", "ScenarioModel", "NetworkControl", "NetworkStack", "NetworkAddresses", collections("OrderedCollections")]),
    library(
      "TopologyExchange",
      ["ScenarioRunner", "ScenarioModel", "NetworkControl", "NetworkStack", "NetworkAddresses", collections("OrderedCollections")]),
    library("LabCatalog", ["ScenarioRunner", "ScenarioModel", collections("OrderedCollections")]),
    .systemLibrary(
      name: "CPcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"]), .brew(["libpcap"])]),
    library("PacketCapture", ["CPcap"]),
    .executableTarget(
      name: "vrfsim",
      dependencies: [
        "ScenarioModel", "ScenarioRunner", "ScenarioLints", "PacketExplanation", "LinuxCommands", "NetworkStack",
        "NetworkControl", "DiscreteEvents", "PacketCapture", "TopologyExchange", "LabCatalog",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict, linkerSettings: [selfContained]),

    tests("NetworkAddresses"),
    tests("PacketHeaders", ["NetworkAddresses", "DiscreteEvents"]),
    tests("PrefixTables", ["NetworkAddresses", "DiscreteEvents"]),
    tests("DiscreteEvents"),
    tests("NetworkStack", ["NetworkControl", "NetworkAddresses", "DiscreteEvents", "PacketHeaders"]),
    tests(
      "LinuxCommands", ["ContainerEngine", "NetworkControl", "NetworkStack", "NetworkAddresses", "DiscreteEvents"],
      exclude: ["Originals"]),
    tests("PacketCapture", ["CPcap"]),
    tests("LabCatalog", ["ScenarioRunner", "ScenarioModel", "PacketCapture"], exclude: ["Alternatives"]),
    tests("ContainerEngine", ["NetworkAddresses"], exclude: ["Documents"]),
    .testTarget(name: "VrfsimTests", dependencies: ["vrfsim"], swiftSettings: strict),
    .testTarget(
      name: "ScenarioTests",
      dependencies: [
        "ScenarioRunner", "ScenarioModel", "ScenarioLints", "PacketCapture", "PacketExplanation", "LinuxCommands", "NetworkStack",
        "NetworkControl", "DiscreteEvents",
      ],
      exclude: ["DropReasons"],
      swiftSettings: strict),
    .testTarget(name: "TidyTests", swiftSettings: strict),
    tests("ScenarioModel", ["NetworkAddresses", collections("OrderedCollections")]),
  ],
  swiftLanguageModes: [.v6]
)
