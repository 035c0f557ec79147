public import CProcessorInstructions

// How a block finds the run of an IPv4 address: comparisons of 8 addresses at once, and no branches.
//
// A run is known by its end, its last address: as many ends as are below an address, so many runs are before its own. Ends are
// held less 2^31, as vector units compare signed numbers. Behind the last run stand ends of the highest address, below
// none; the last run's own end is not held.
//
// Beside the runs are their values, in 2 bytes each: what they are more than a base that the block has, or 0 for none.

/// What blocks of both shapes have behind the first eight ends.
@usableFromInline @frozen
struct RunBlockHeader: BitwiseCopyable {
  /// One less than the least value.
  @usableFromInline var valueBase: UInt32 = 0
  /// How many prefixes.
  @usableFromInline var count: UInt8
  /// IPv4: groups of runs; IPv6: runs.
  @usableFromInline var partCount: UInt8

  /// Where it is in a block of IPv4 prefixes; in one of IPv6 prefixes it comes first.
  @inlinable static var offset: Int { 32 }
}

/// Up to 21 runs, which is as many as ten prefixes can make: two lines, that are loaded at once.
///
/// ```
///    0  8 ends       38  the values of 21 runs
///   32  header       80  12 ends
/// ```
@usableFromInline
enum FewRuns {
  static var maximumCount: Int { 21 }
  @usableFromInline static var size: Int { 128 }
  @usableFromInline static var valuesOffset: Int { 38 }
  @usableFromInline static var moreEndsOffset: Int { 80 }

  /// Where the end of a run stands.
  static func endOffset(_ run: Int) -> Int { run < 8 ? run * 4 : moreEndsOffset + (run - 8) * 4 }

  /// The run of an address.
  @inlinable @inline(__always)
  static func run(of key: UInt32, in base: UnsafeRawPointer) -> Int {
    let key = signed(key)
    let eight = endsBelow(base, key).lanes &+ endsBelow(base + moreEndsOffset, key).lanes
    let four = ((base + moreEndsOffset + 32).loadUnaligned(as: SIMD4<Int32>.self) .< key.lowHalf).lanes
    return Int(0 &- (eight.lowHalf &+ eight.highHalf &+ four).wrappedSum())
  }
}

/// More runs: groups of 16 below an index, so that a line is followed by two that lie together.
///
/// ```
///    0  8 ends: of the groups but the last     32  header
///   64  groups of 96 bytes:   0  15 ends       64  16 values
/// ```
@usableFromInline
enum GroupedRuns {
  @usableFromInline static var groupsOffset: Int { 64 }
  @usableFromInline static var groupSize: Int { 96 }
  @usableFromInline static var runsPerGroup: Int { 16 }
  /// Of the values in a group.
  @usableFromInline static var valuesOffset: Int { 64 }

  /// The group with the run of an address.
  @inlinable @inline(__always)
  static func group(of key: UInt32, in base: UnsafeRawPointer) -> Int {
    Int(0 &- endsBelow(base, signed(key)).lanes.sum)
  }

  @inlinable @inline(__always)
  static func address(ofGroup group: Int, in base: UnsafeRawPointer) -> UnsafeRawPointer {
    base + groupsOffset + group &* groupSize
  }

  /// The run of an address inside its group.
  @inlinable @inline(__always)
  static func run(of key: UInt32, inGroup group: UnsafeRawPointer) -> Int {
    let key = signed(key)
    return Int(0 &- (endsBelow(group, key).lanes &+ endsBelow(group + 32, key).lanes).sum)
  }
}

/// An address as ends are held, in all lanes.
@inlinable @inline(__always)
func signed(_ key: UInt32) -> SIMD8<Int32> { SIMD8(repeating: Int32(bitPattern: key ^ 1 << 31)) }

/// Which of 8 ends are below an address.
@inlinable @inline(__always)
func endsBelow(_ ends: UnsafeRawPointer, _ key: SIMD8<Int32>) -> SIMDMask<SIMD8<Int32>> {
  ends.loadUnaligned(as: SIMD8<Int32>.self) .< key
}

extension SIMDMask<SIMD8<Int32>> {
  /// -1 where the mask is set, 0 elsewhere: as vector units have it, so that no code is made for choosing.
  @inlinable @inline(__always)
  var lanes: SIMD8<Int32> { unsafeBitCast(self, to: SIMD8<Int32>.self) }

  /// How many lanes are set: in a form of which compilers make the mask's bits and their count, where those are counted at once.
  @inlinable @inline(__always)
  var count: UInt32 {
    if !has_population_count() { return UInt32(bitPattern: 0 &- lanes.sum) }
    return UInt32(
      truncatingIfNeeded: SIMD8<Int32>(repeating: 0).replacing(with: SIMD8(repeating: 1), where: self).wrappedSum())
  }
}

extension SIMDMask<SIMD4<Int32>> {
  @inlinable @inline(__always)
  var lanes: SIMD4<Int32> { unsafeBitCast(self, to: SIMD4<Int32>.self) }
}

extension SIMD8<Int32> {
  /// The sum of the elements.
  @inlinable @inline(__always)
  var sum: Int32 { (lowHalf &+ highHalf).wrappedSum() }
}
