public import NetworkAddresses

// Before working on this file read RFC 9293 section 3.1, RFC 7323 sections 2 and 3, RFC 2018 section 2.

/// The control bits of a TCP segment.
///
/// Source: RFC 9293 section 3.1.
@frozen
public struct TCPFlags: OptionSet, Hashable, Sendable, BitwiseCopyable {
  public let rawValue: UInt8

  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let finish = TCPFlags(rawValue: 1)
  public static let synchronize = TCPFlags(rawValue: 2)
  public static let reset = TCPFlags(rawValue: 4)
  public static let push = TCPFlags(rawValue: 8)
  public static let acknowledge = TCPFlags(rawValue: 16)
}

/// A TCP segment in place.
@frozen
public struct TCPView {
  /// The length of a header without options, in bytes.
  public static let minimumLength = 20
  public let bytes: PacketBytes

  /// - Returns: `nil` where there are fewer than 20 bytes.
  @inlinable
  public init?(_ bytes: PacketBytes) {
    guard bytes.count >= Self.minimumLength else { return nil }
    self.bytes = bytes
  }

  @inlinable
  public var sourcePort: UInt16 { bytes.load(UInt16.self, at: 0) }
  @inlinable
  public var destinationPort: UInt16 { bytes.load(UInt16.self, at: 2) }
  @inlinable
  public var sequence: UInt32 { bytes.load(UInt32.self, at: 4) }
  @inlinable
  public var acknowledgment: UInt32 { bytes.load(UInt32.self, at: 8) }
  /// In bytes, as the field says: 0 through 60.
  @inlinable
  public var headerLength: Int { Int(bytes.load(UInt8.self, at: 12) >> 4) * 4 }
  @inlinable
  public var flags: TCPFlags { TCPFlags(rawValue: bytes.load(UInt8.self, at: 13)) }
  /// In units that the connection's window scale says.
  @inlinable
  public var window: UInt16 { bytes.load(UInt16.self, at: 14) }

  /// Whether the header lies within the bytes and is not shorter than it must be.
  @inlinable
  public var hasValidLength: Bool { headerLength >= Self.minimumLength && headerLength <= bytes.count }

  /// The checksum over pseudo header, header and payload; 0 where the field holds a right one.
  @inlinable
  public func checksum(source: IPAddress, destination: IPAddress) -> UInt16 {
    var sum = InternetChecksum()
    sum.addPseudoHeader(source: source, destination: destination, protocol: .tcp, length: bytes.count)
    sum.add(bytes)
    return sum.value
  }

  /// - Precondition: ``hasValidLength``.
  @inlinable
  public var payload: PacketBytes { bytes.dropFirst(headerLength) }

  /// The options; unknown ones are passed over, a damaged one ends the list.
  ///
  /// - Precondition: ``hasValidLength``.
  public var options: TCPOptions {
    var options = TCPOptions()
    let list = bytes.prefix(headerLength).dropFirst(Self.minimumLength)
    var offset = 0
    while offset < list.count {
      let kind = list.load(UInt8.self, at: offset)
      if kind == 0 { break }
      if kind == 1 {
        offset += 1
        continue
      }
      guard offset + 2 <= list.count else { break }
      let length = Int(list.load(UInt8.self, at: offset + 1))
      guard length >= 2, offset + length <= list.count else { break }
      options.read(kind, length, list.dropFirst(offset))
      offset += length
    }
    return options
  }
}

/// The options of a TCP header that the simulator knows.
///
/// Source: RFC 9293 section 3.2, RFC 2018 section 2, RFC 7323 sections 2.2 and 3.2.
@frozen
public struct TCPOptions: Hashable, Sendable {
  /// In bytes; of the first segment of each side.
  public var maximumSegmentSize: UInt16?
  /// By how many bits windows are shifted, 0 through 14; of the first segment of each side.
  public var windowScale: UInt8?
  public var permitsSelectiveAcknowledgment = false
  public var timestamps: Timestamps?

  /// The sender's clock, and what it heard last of the other's.
  @frozen
  public struct Timestamps: Hashable, Sendable {
    public var value: UInt32
    public var echo: UInt32

    @inlinable
    public init(value: UInt32, echo: UInt32) {
      self.value = value
      self.echo = echo
    }
  }

  @inlinable
  public init() {}

  fileprivate mutating func read(_ kind: UInt8, _ length: Int, _ option: PacketBytes) {
    switch (kind, length) {
    case (2, 4): maximumSegmentSize = option.load(UInt16.self, at: 2)
    case (3, 3): windowScale = min(option.load(UInt8.self, at: 2), 14)
    case (4, 2): permitsSelectiveAcknowledgment = true
    case (8, 10):
      timestamps = Timestamps(value: option.load(UInt32.self, at: 2), echo: option.load(UInt32.self, at: 6))
    default: break  // Options are an open set.
    }
  }

  /// How many bytes they take, padding included; in the order and with the padding that Linux uses.
  public var length: Int {
    var length = 0
    if maximumSegmentSize != nil { length += 4 }
    // Beside timestamps, the two bytes of the permission take the place of their padding.
    if timestamps != nil { length += 12 } else if permitsSelectiveAcknowledgment { length += 4 }
    if windowScale != nil { length += 4 }
    return length
  }

  /// - Precondition: `bytes` holds ``length`` bytes.
  fileprivate func emit(into bytes: PacketBytes) {
    var offset = 0
    func put<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number) {
      bytes.store(number, at: offset)
      offset += MemoryLayout<Number>.size
    }
    if let maximumSegmentSize {
      put(UInt16(0x0204))
      put(maximumSegmentSize)
    }
    if timestamps == nil && permitsSelectiveAcknowledgment { put(UInt32(0x0101_0402)) }
    if let timestamps {
      put(permitsSelectiveAcknowledgment ? UInt16(0x0402) : 0x0101)
      put(UInt16(0x080a))
      put(timestamps.value)
      put(timestamps.echo)
    }
    if let windowScale {
      put(UInt32(0x0103_0300) | UInt32(windowScale))
    }
  }
}

/// The content of a legal TCP header.
@frozen
public struct TCPHeader: Hashable, Sendable {
  public var sourcePort: UInt16
  public var destinationPort: UInt16
  public var sequence: UInt32
  public var acknowledgment: UInt32
  public var flags: TCPFlags
  public var window: UInt16
  public var options = TCPOptions()

  @inlinable
  public init(
    sourcePort: UInt16, destinationPort: UInt16, sequence: UInt32, acknowledgment: UInt32, flags: TCPFlags,
    window: UInt16
  ) {
    self.sourcePort = sourcePort
    self.destinationPort = destinationPort
    self.sequence = sequence
    self.acknowledgment = acknowledgment
    self.flags = flags
    self.window = window
  }

  /// - Returns: `nil` where the length or the checksum is wrong.
  public init?(_ view: TCPView, source: IPAddress, destination: IPAddress) {
    guard view.hasValidLength, view.checksum(source: source, destination: destination) == 0 else { return nil }
    self.init(
      sourcePort: view.sourcePort, destinationPort: view.destinationPort, sequence: view.sequence,
      acknowledgment: view.acknowledgment, flags: view.flags, window: view.window)
    options = view.options
  }

  /// The length of the header with its options, in bytes.
  public var length: Int { TCPView.minimumLength + options.length }

  /// Writes the header in front of the payload that is there, checksum included.
  ///
  /// - Precondition: the bytes hold ``length`` bytes and the payload.
  public func emit(into view: TCPView, source: IPAddress, destination: IPAddress) {
    precondition(length <= view.bytes.count, "a segment holds its header")
    view.bytes.store(sourcePort, at: 0)
    view.bytes.store(destinationPort, at: 2)
    view.bytes.store(sequence, at: 4)
    view.bytes.store(acknowledgment, at: 8)
    view.bytes.store(UInt8(length / 4) << 4, at: 12)
    view.bytes.store(flags.rawValue, at: 13)
    view.bytes.store(window, at: 14)
    view.bytes.store(UInt32(0), at: 16)
    options.emit(into: view.bytes.prefix(length).dropFirst(TCPView.minimumLength))
    view.bytes.store(view.checksum(source: source, destination: destination), at: 16)
  }
}
