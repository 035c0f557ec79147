public import NetworkAddresses

/// An address and a port: `10.0.0.1:53`, `[2001:db8::1]:53`.
public struct SocketAddress: Hashable, Sendable {
  public let address: IPAddress
  /// 1 through 65535; 0 where a source leaves the choice to the kernel, as in bind(2).
  public let port: UInt16

  /// The address, where it is a certain one.
  public var specifiedAddress: IPAddress? { address.isUnspecified ? nil : address }

  public init(address: IPAddress, port: UInt16) {
    self.address = address
    self.port = port
  }

  /// Reads `10.0.0.1:53` or `[2001:db8::1]:53`.
  ///
  /// - Parameter portIsOptional: accepts `10.0.0.1` and `2001:db8::1` too, with port 0.
  /// - Throws: ``ValueError``.
  public init(_ text: String, portIsOptional: Bool = false) throws(ValueError) {
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      guard let address = IPv6Address(text[text.index(after: text.startIndex)..<end]) else {
        throw ValueError("\(quoted(text)) is not an address and port, such as \"[2001:db8::1]:53\"")
      }
      let rest = text[text.index(after: end)...]
      if rest.isEmpty && portIsOptional {
        self.init(address: .v6(address), port: 0)
        return
      }
      guard rest.first == ":" else { throw ValueError("\(quoted(text)) has no port; write \"\(text):53\"") }
      if portIsOptional && rest == ":0" {
        self.init(address: .v6(address), port: 0)
        return
      }
      self.init(address: .v6(address), port: try Self.port(String(rest.dropFirst()), of: text))
      return
    }
    if let address = IPv6Address(text) {
      guard portIsOptional else { throw ValueError("\(quoted(text)) has no port; write \"[\(text)]:53\"") }
      self.init(address: .v6(address), port: 0)
      return
    }
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let address = IPv4Address(parts[0]) else {
      throw ValueError("\(quoted(text)) is not an address and port, such as \"10.0.0.1:53\"")
    }
    if parts.count == 1 {
      guard portIsOptional else { throw ValueError("\(quoted(text)) has no port; write \"\(text):53\"") }
      self.init(address: .v4(address), port: 0)
    } else {
      self.init(address: .v4(address), port: try Self.port(parts[1], of: text))
    }
  }

  /// Reads `web:80`: the name of a container and a port.
  ///
  /// - Returns: `nil` where it is no name.
  static func named(_ text: String) throws(ValueError) -> (name: String, port: UInt16)? {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard NameKind.identifier.problem(with: parts[0]) == nil,
      parts[0].unicodeScalars.contains(where: { $0.properties.isAlphabetic })
    else { return nil }
    guard parts.count == 2 else { throw ValueError("\(quoted(text)) has no port; write \"\(text):80\"") }
    return (parts[0], try port(parts[1], of: text))
  }

  private static func port(_ digits: String, of text: String) throws(ValueError) -> UInt16 {
    let isNumber =
      !digits.isEmpty && digits.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard isNumber, digits.utf8.first != UInt8(ascii: "0"), let port = UInt16(digits) else {
      throw ValueError("\(quoted(text)) has no valid port; a port is 1 through 65535")
    }
    return port
  }
}

extension SocketAddress: CustomStringConvertible {
  public var description: String { address.isIPv6 ? "[\(address)]:\(port)" : "\(address):\(port)" }
}
