import Foundation
import NetworkAddresses
import Testing

@testable import ContainerEngine

/// The engine's rules are those of Docker's own documents (`Documents/README.md`).
@Suite struct DockerDocumentTests {
  /// A network as the documents have them.
  struct Setup: Sendable, CustomTestStringConvertible {
    let document: String
    var profile = EngineProfile.docker28
    var usesUserlandProxy = true
    var options: [EngineOption] = []
    var port: PublishedPort? = PublishedPort(hostPort: 8_080, containerPort: 80)
    var bridges = ["bridge1"]
    var isInternal = false

    var testDescription: String { document }
  }

  static let setups: [Setup] = [EngineProfile.docker27, .docker28].flatMap { profile -> [Setup] in
    let number = profile == .docker27 ? "27" : "28"
    let loopback = PublishedPort(hostAddress: .v4(.loopback), hostPort: 8_080, containerPort: 80)
    let isolated = EngineOption(name: "com.docker.network.bridge.enable_icc", value: "false")
    let routed = EngineOption(name: "com.docker.network.bridge.gateway_mode_ipv4", value: "routed")
    var setups = [
      Setup(document: "\(number)-new-daemon", profile: profile, bridges: []),
      Setup(document: "\(number)-usernet-portmap", profile: profile),
      Setup(document: "\(number)-usernet-portmap-noicc", profile: profile, options: [isolated]),
      Setup(document: "\(number)-usernet-portmap-noproxy", profile: profile, usesUserlandProxy: false),
      Setup(
        document: "\(number)-usernet-portmap-routed", profile: profile, options: [routed],
        port: PublishedPort(containerPort: 80)),
    ]
    if profile == .docker27 {
      setups.append(Setup(document: "27-usernet-internal", profile: profile, isInternal: true))
    } else {
      let unprotected = EngineOption(name: "com.docker.network.bridge.gateway_mode_ipv4", value: "nat-unprotected")
      setups.append(Setup(document: "28-usernet-portmap-lo", port: loopback))
      setups.append(Setup(document: "28-usernet-portmap-natunprot", options: [unprotected]))
      setups.append(Setup(document: "28-usernet-internal", bridges: ["bridgeICC", "bridgeNoICC"], isInternal: true))
    }
    return setups
  }

  static var host: HostState { HostState(forwardsIPv4: true, forwardsIPv6: true, routedPrefixes: []) }

  @Test("the rules are those that Docker's document shows", arguments: setups)
  func rules(_ setup: Setup) throws {
    var engine = ContainerEngine(machine: "host")
    var settings = EngineSettings()
    settings.profile = setup.profile
    settings.usesUserlandProxy = setup.usesUserlandProxy
    var sheet = RuleSheet()
    sheet.run(try engine.start(settings, on: Self.host))
    for (place, bridge) in setup.bridges.enumerated() {
      var request = NetworkRequest(name: bridge)
      request.subnet = IPv4Prefix(place == 0 ? "192.0.2.0/24" : "198.51.100.0/24")
      request.isInternal = setup.isInternal
      request.options = [EngineOption(name: "com.docker.network.bridge.name", value: bridge)] + setup.options
      if bridge == "bridgeNoICC" { request.options.append(EngineOption(name: "com.docker.network.bridge.enable_icc", value: "false")) }
      sheet.run(try engine.createNetwork(request, on: Self.host).steps)
      var container = ContainerRequest(image: "busybox")
      container.attachments = [.init(network: bridge)]
      if let port = setup.port, !setup.isInternal { container.ports = [port] }
      let made = try engine.createContainer(container, on: Self.host)
      sheet.run(try engine.startContainer(made.identifier, on: Self.host))
    }
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Documents")
    let text = try String(contentsOf: folder.appendingPathComponent("\(setup.document).txt"), encoding: .utf8)
    var document = RuleSheet(document: text)
    // The documents of these show no table of the name.
    if !text.contains("*raw") { document.add(sheet, tables: ["raw"]) }
    let differences = sheet.differences(from: document)
    #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
  }

  @Test("what a container and its network have added goes with them", arguments: [EngineProfile.docker27, .docker28], [true, false])
  func removal(profile: EngineProfile, usesUserlandProxy: Bool) throws {
    var engine = ContainerEngine(machine: "host")
    var settings = EngineSettings()
    (settings.profile, settings.usesUserlandProxy) = (profile, usesUserlandProxy)
    var sheet = RuleSheet()
    var sheet6 = RuleSheet()
    func both(_ steps: [EngineStep]) {
      sheet.run(steps)
      sheet6.run(steps, program: "ip6tables")
    }
    both(try engine.start(settings, on: Self.host))
    var request = NetworkRequest(name: "app")
    request.hasIPv6 = true
    // The jumps of the families' first networks stay.
    both(try engine.createNetwork(request, on: Self.host).steps)
    both(try engine.removeNetwork("app"))
    let (before, before6) = (sheet, sheet6)
    both(try engine.createNetwork(request, on: Self.host).steps)
    var container = ContainerRequest(image: "busybox")
    container.attachments = [.init(network: "app")]
    container.ports = [PublishedPort(hostPort: 80, containerPort: 80), PublishedPort(containerPort: 53, transport: .udp)]
    let made = try engine.createContainer(container, on: Self.host)
    both(try engine.startContainer(made.name, on: Self.host))
    #expect(sheet != before)
    #expect(sheet6 != before6)
    both(try engine.removeContainer(made.name, isForced: true, on: Self.host))
    both(try engine.removeNetwork("app"))
    #expect(sheet.differences(from: before).isEmpty, "\(sheet.differences(from: before).joined(separator: "\n"))")
    #expect(sheet6.differences(from: before6).isEmpty, "\(sheet6.differences(from: before6).joined(separator: "\n"))")
  }
}
