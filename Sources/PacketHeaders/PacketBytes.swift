/// A window on the bytes of a packet that somebody else owns: numbers in network order, every access checked.
///
/// A window lends memory, it does not keep it alive: it is made, used and forgotten within one step of the
/// packet's way.
@frozen
public struct PacketBytes {
  public let base: UnsafeMutableRawPointer
  /// The number of bytes.
  public let count: Int

  /// - Precondition: `count` bytes at `base` stay valid as long as the window is used.
  @inlinable
  public init(base: UnsafeMutableRawPointer, count: Int) {
    self.base = base
    self.count = count
  }

  /// The bytes from `offset` to the end.
  ///
  /// - Precondition: `offset` is 0 through `count`.
  @inlinable @inline(__always)
  public func dropFirst(_ offset: Int) -> PacketBytes {
    precondition(offset >= 0 && offset <= count, "an offset lies within the bytes")
    return PacketBytes(base: base + offset, count: count - offset)
  }

  /// The first `length` bytes, or all where there are fewer.
  @inlinable @inline(__always)
  public func prefix(_ length: Int) -> PacketBytes {
    PacketBytes(base: base, count: min(max(length, 0), count))
  }

  /// - Precondition: the number lies within the bytes.
  @inlinable @inline(__always)
  public func load<Number: FixedWidthInteger & BitwiseCopyable>(_: Number.Type, at offset: Int) -> Number {
    precondition(offset >= 0 && offset &+ MemoryLayout<Number>.size <= count, "a field lies within the bytes")
    return Number(bigEndian: base.loadUnaligned(fromByteOffset: offset, as: Number.self))
  }

  /// - Precondition: the number lies within the bytes.
  @inlinable @inline(__always)
  public func store<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number, at offset: Int) {
    precondition(offset >= 0 && offset &+ MemoryLayout<Number>.size <= count, "a field lies within the bytes")
    base.storeBytes(of: number.bigEndian, toByteOffset: offset, as: Number.self)
  }

  /// Copies all of `source` to `offset`.
  ///
  /// - Precondition: it fits.
  @inlinable
  public func copy(_ source: PacketBytes, to offset: Int) {
    precondition(offset >= 0 && offset + source.count <= count, "the copy lies within the bytes")
    (base + offset).copyMemory(from: source.base, byteCount: source.count)
  }

  /// Sets all bytes from `offset` on to `byte`.
  @inlinable
  public func fill(_ byte: UInt8, from offset: Int = 0) {
    precondition(offset >= 0 && offset <= count, "an offset lies within the bytes")
    (base + offset).initializeMemory(as: UInt8.self, repeating: byte, count: count - offset)
  }
}
