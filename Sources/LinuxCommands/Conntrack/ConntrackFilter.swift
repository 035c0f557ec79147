import NetworkAddresses
import NetworkStack

/// Which connections are meant; what is `nil` is not asked.
///
/// Source: conntrack(8), "FILTER PARAMETERS"; what v1.4.7 lists.
struct ConntrackFilter: Sendable {
  /// An address with a mask; IPv4 in its mapped form.
  struct Network: Sendable {
    var address: IPv6Address
    var mask = IPv6Address(bits: .max)

    func contains(_ other: IPv6Address) -> Bool { (address.bits ^ other.bits) & mask.bits == 0 }
  }

  /// Where a translation leads to.
  struct Translation: Sendable {
    /// `nil` for any, and for one of IPv6: the original compares addresses of IPv4 only.
    var address: IPv6Address?
    var port: UInt16?
  }

  /// The status bits that the kernel and the program compare.
  struct Status: Sendable {
    var wanted: UInt16 = 0
    /// Those that the kernel compares.
    var mask: UInt16 = 0
  }

  enum Side: Sendable { case source, destination, either, both }

  var family: FilterFamily?
  var originalSource: Network?
  var originalDestination: Network?
  var replySource: IPv6Address?
  var replyDestination: IPv6Address?
  var ipProtocol: UInt8?
  var originalSourcePort: UInt16?
  var originalDestinationPort: UInt16?
  var replySourcePort: UInt16?
  var replyDestinationPort: UInt16?
  var icmpType: UInt8?
  var icmpCode: UInt8?
  var icmpIdentifier: UInt16?
  var state: TCPTrackState?
  var mark: (value: UInt32, mask: UInt32)?
  var status: Status?
  var zone: UInt16?
  var originalZone: UInt16?
  var replyZone: UInt16?
  var translatedSide: Side?
  var translatedSource = Translation()
  var translatedDestination = Translation()

  /// What is not told is not equal to anything.
  func matches(_ notice: ConnectionNotice) -> Bool {
    (mark == nil || notice.tellsMark) && (state == nil || notice.tellsState) && matches(notice.connection)
  }

  func matches(_ connection: ConnectionInfo) -> Bool {
    let (original, reply) = (connection.original, connection.reply)
    func isEqual<Value: Equatable>(_ wanted: Value?, _ value: Value) -> Bool { wanted == nil || wanted == value }
    if let originalSource, !originalSource.contains(original.source) { return false }
    if let originalDestination, !originalDestination.contains(original.destination) { return false }
    if let mark, connection.mark & mark.mask != mark.value { return false }
    if let status, connection.status.rawValue & status.wanted != status.wanted { return false }
    return isEqual(family, original.family) && isEqual(replySource, reply.source)
      && isEqual(replyDestination, reply.destination) && isEqual(ipProtocol, original.ipProtocol)
      && isEqual(originalSourcePort, original.sourcePort) && isEqual(originalDestinationPort, original.destinationPort)
      && isEqual(replySourcePort, reply.sourcePort) && isEqual(replyDestinationPort, reply.destinationPort)
      && isEqual(icmpType, original.icmpType) && isEqual(icmpCode, original.icmpCode)
      && isEqual(icmpIdentifier, original.sourcePort) && (state == nil || state == connection.tcpState)
      && isEqual(zone, connection.zoneDirection == .both ? connection.zone : 0)
      && isEqual(originalZone, connection.zoneDirection == .original ? connection.zone : 0)
      && isEqual(replyZone, connection.zoneDirection == .reply ? connection.zone : 0) && isTranslated(connection)
  }

  /// Whether the status is what the kernel looks for when it lists.
  func kernelMatches(_ connection: ConnectionInfo) -> Bool {
    guard let status else { return true }
    return connection.status.rawValue & status.mask == status.wanted
  }

  private func isTranslated(_ connection: ConnectionInfo) -> Bool {
    guard let translatedSide else { return true }
    // Of an ICMP message the identifier is compared with type and code, as the original does.
    let (original, reply) = (connection.original, connection.reply)
    let isSource = isTranslated(
      from: (original.source, original.sourcePort), to: (reply.destination, reply.destinationPort),
      connection.isSourceDecided, translatedSource)
    let isDestination = isTranslated(
      from: (original.destination, original.destinationPort), to: (reply.source, reply.sourcePort),
      connection.isDestinationDecided, translatedDestination)
    switch translatedSide {
    case .source: return isSource
    case .destination: return isDestination
    case .either: return isSource || isDestination
    case .both: return isSource && isDestination
    }
  }

  private func isTranslated(
    from: (address: IPv6Address, port: UInt16), to: (address: IPv6Address, port: UInt16), _ isDecided: Bool,
    _ wanted: Translation
  ) -> Bool {
    guard isDecided else { return false }
    let (isOtherAddress, isOtherPort) = (from.address != to.address, from.port != to.port)
    if wanted.address == nil && wanted.port == nil { return isOtherAddress || isOtherPort }
    if let address = wanted.address, !isOtherAddress || to.address != address { return false }
    if let port = wanted.port, !isOtherPort || to.port != port { return false }
    return true
  }
}
