public import NetworkAddresses

/// A published port on one address of the host, or on all of a family.
public struct PortBinding: Hashable, Sendable {
  public let transport: PublishedPort.Transport
  /// Unspecified for all addresses of its family.
  public let hostAddress: IPAddress
  /// 0 where no port of the host leads to it.
  public internal(set) var hostPort: UInt16 = 0
  public let containerAddress: IPAddress
  public let containerPort: UInt16
  /// Whether a port of the host leads to it.
  let isTranslated: Bool

  init(_ port: PublishedPort, hostAddress: IPAddress, containerAddress: IPAddress, isTranslated: Bool) {
    transport = port.transport
    containerPort = port.containerPort
    (self.hostAddress, self.containerAddress, self.isTranslated) = (hostAddress, containerAddress, isTranslated)
  }

  /// One that leads from there to there.
  public init(
    _ transport: PublishedPort.Transport, hostAddress: IPAddress, hostPort: UInt16, containerAddress: IPAddress,
    containerPort: UInt16
  ) {
    (self.transport, self.hostAddress, self.hostPort) = (transport, hostAddress, hostPort)
    (self.containerAddress, self.containerPort, isTranslated) = (containerAddress, containerPort, true)
  }

  /// The program that takes what the rules leave out, as Docker starts it; Docker 28 hands the socket to it besides.
  ///
  /// Source: moby/moby v28.5.2, libnetwork/portmapper/proxy_linux.go.
  public var proxyLine: String {
    "docker-proxy -proto \(transport.rawValue) -host-ip \(hostAddress) -host-port \(hostPort) "
      + "-container-ip \(containerAddress) -container-port \(containerPort)"
  }

  /// As Docker's messages show it: `0.0.0.0:8080:172.17.0.2:80/tcp`.
  ///
  /// Source: moby/moby v28.5.2, libnetwork/types/types.go, `PortBinding.String()`.
  var words: String {
    "\(hostAddress.inBrackets):\(hostPort):\(containerAddress.inBrackets):\(containerPort)/\(transport.rawValue)"
  }

  /// Whether both cannot be.
  func clashes(with other: PortBinding) -> Bool {
    transport == other.transport && hostPort == other.hostPort && hostPort > 0
      && hostAddress.isIPv6 == other.hostAddress.isIPv6
      && (hostAddress.isUnspecified || other.hostAddress.isUnspecified || hostAddress == other.hostAddress)
  }
}

extension PublishedPort {
  /// As Docker's messages show what was asked for: `127.0.0.1:8080:80/tcp`.
  var words: String {
    let address = hostAddress.map { $0.inBrackets + ":" } ?? ""
    let port = hostPort > 0 ? String(hostPort) : ""
    return address + port + (address.isEmpty && port.isEmpty ? "" : ":") + "\(containerPort)/\(transport.rawValue)"
  }
}

extension IPAddress {
  /// With brackets around an address of IPv6, as it stands before a port.
  public var inBrackets: String { isIPv6 ? "[\(self)]" : description }
}
