// Before working on this file read IEEE Std 802.1Q-2018 clause 9.

/// The tag that tells a frame's VLAN, between the addresses and the EtherType: 0x8100 or 0x88a8, three bits of priority,
/// one of eligibility, twelve of identifier.
public enum VLANTag {
  /// The length of the tag in bytes.
  public static let length = 4

  /// Whether a frame is tagged.
  @inlinable
  public static func isPresent(in frame: EthernetView) -> Bool {
    frame.etherType == .vlan || frame.etherType == .serviceVLAN
  }

  /// The identifier of a tagged frame, 0 through 4095.
  ///
  /// - Precondition: the frame's EtherType is ``EtherType/vlan`` or ``EtherType/serviceVLAN``.
  @inlinable
  public static func identifier(of frame: EthernetView) -> UInt16? {
    guard frame.bytes.count >= EthernetView.length + length else { return nil }
    return frame.bytes.load(UInt16.self, at: EthernetView.length) & 0x0fff
  }

  /// Moves the addresses of a tagged frame over its tag: the frame then begins four bytes later.
  @inlinable
  public static func remove(from frame: EthernetView) {
    let (destination, source) = (frame.destination, frame.source)
    guard let rest = EthernetView(frame.bytes.dropFirst(length)) else { return }
    rest.destination = destination
    rest.source = source
  }

  /// Puts a tag into a frame that has four bytes of room in front: `frame` begins with the room.
  ///
  /// - Precondition: the identifier is 0 through 4095.
  @inlinable
  public static func insert(_ identifier: UInt16, _ etherType: EtherType = .vlan, into frame: EthernetView) {
    precondition(identifier < 4_096, "a VLAN identifier has twelve bits")
    guard let old = EthernetView(frame.bytes.dropFirst(length)) else { return }
    let (destination, source) = (old.destination, old.source)
    frame.destination = destination
    frame.source = source
    frame.etherType = etherType
    frame.bytes.store(identifier, at: EthernetView.length)
  }
}
