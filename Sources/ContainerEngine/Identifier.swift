/// The names and numbers that Docker draws at random, made from what they belong to: the same in every run.
enum Identifier {
  /// 64 hexadecimal digits.
  static func full(_ seed: String) -> String {
    (0..<4).map { hexadecimal(hash("\(seed)/\($0)"), digits: 16) }.joined()
  }

  /// The name of an end of a veth pair on the host: `veth` and seven digits.
  static func veth(_ seed: String) -> String {
    "veth" + hexadecimal(hash("veth/\(seed)"), digits: 7)
  }

  /// `adjective_name`, for containers without a name.
  static func name(_ seed: String) -> String {
    let value = hash("name/\(seed)")
    return adjectives[Int(value % UInt64(adjectives.count))] + "_" + names[Int(value >> 32 % UInt64(names.count))]
  }

  private static let adjectives = [
    "bold", "brave", "calm", "clever", "eager", "fair", "gentle", "happy", "keen", "kind", "lucid", "quick", "quiet", "sharp",
    "steady", "warm",
  ]
  private static let names = [
    "baran", "boole", "cerf", "dijkstra", "floyd", "hopper", "kahn", "lamarr", "liskov", "lovelace", "perlman", "postel",
    "ritchie", "shannon", "turing", "wing",
  ]

  /// FNV-1a, and a last mixing that makes near texts look unlike.
  private static func hash(_ text: String) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    hash = (hash ^ hash >> 30) &* 0xbf58_476d_1ce4_e5b9
    hash = (hash ^ hash >> 27) &* 0x94d0_49bb_1331_11eb
    return hash ^ hash >> 31
  }

  private static func hexadecimal(_ value: UInt64, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String((String(repeating: "0", count: max(0, 16 - text.utf8.count)) + text).suffix(digits))
  }
}
