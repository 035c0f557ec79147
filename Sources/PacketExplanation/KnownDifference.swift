/// Something that the simulated kernels do otherwise than Linux, as a `Differs` line of the sources tells it.
public struct KnownDifference: Hashable, Sendable {
  /// What a scenario has to use to meet the difference.
  public enum Topic: String, CaseIterable, Sendable {
    /// Packets and neighbors of IPv4 that no scenario asks for by name.
    case ipv4
    case ipv6
    case tcp
    case vrf
    case bridge
    case vxlan
    case multipath
    /// A cable or device that goes up or down while the scenario runs.
    case carrier
    /// Containers and the engine's networks.
    case docker
    case iptables
    /// Names and numbers that scenarios may not have.
    case names

    /// The topic as a title.
    public var title: String {
      switch self {
      case .ipv4: "IPv4"
      case .ipv6: "IPv6"
      case .tcp: "TCP"
      case .vrf: "VRF"
      case .bridge: "bridge"
      case .vxlan: "VXLAN"
      case .multipath: "multipath routes"
      case .carrier: "carrier"
      case .docker: "Docker"
      case .iptables: "iptables"
      case .names: "names"
      }
    }
  }

  public let topic: Topic
  /// One or more sentences.
  public let text: String

  init(_ topic: Topic, _ text: String) {
    self.topic = topic
    self.text = text
  }
}
