/// A stream of reproducible random numbers for one consumer.
///
/// Each consumer has a stream of its own, named by its purpose, so that a draw added in one place changes
/// nothing elsewhere. The numbers depend on the seed and the purpose alone.
///
/// Source: SplitMix64, Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators" (2014).
public struct RandomStream: Sendable, BitwiseCopyable, RandomNumberGenerator {
  private var state: UInt64

  public init(seed: UInt64, purpose: String) {
    // FNV-1a spreads the purpose over the state.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in purpose.utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    state = hash ^ (seed &* 0x9e37_79b9_7f4a_7c15)
    _ = next()
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 to below `bound`.
  ///
  /// - Precondition: `bound` is positive.
  public mutating func below(_ bound: UInt64) -> UInt64 {
    precondition(bound > 0, "there is no number below zero")
    return next().multipliedFullWidth(by: bound).high
  }

  /// Whether an event of `partsPerBillion` probability happens.
  public mutating func happens(partsPerBillion: UInt64) -> Bool {
    partsPerBillion > 0 && below(1_000_000_000) < partsPerBillion
  }
}
