import NetworkAddresses
import NetworkControl
import NetworkStack

/// What `ip address` tells of an address beside its numbers.
///
/// Source: ip-address(8); `IFA_F_*` of linux/if_addr.h.
struct AddressFlags: OptionSet, Sendable {
  let rawValue: UInt16

  static let secondary = AddressFlags(rawValue: 1)
  static let noDuplicateDetection = AddressFlags(rawValue: 2)
  static let optimistic = AddressFlags(rawValue: 4)
  static let duplicate = AddressFlags(rawValue: 8)
  static let home = AddressFlags(rawValue: 16)
  static let deprecated = AddressFlags(rawValue: 32)
  static let tentative = AddressFlags(rawValue: 64)
  static let permanent = AddressFlags(rawValue: 128)
  static let managesTemporary = AddressFlags(rawValue: 256)
  static let noPrefixRoute = AddressFlags(rawValue: 512)
  static let autojoin = AddressFlags(rawValue: 1024)
  static let stablePrivacy = AddressFlags(rawValue: 2048)

  /// In the order in which they are printed. No address here is optimistic, of a home, temporary or joined by itself.
  static let names: [(name: String, flag: AddressFlags)] = [
    ("secondary", .secondary), ("temporary", .secondary), ("nodad", .noDuplicateDetection), ("optimistic", .optimistic),
    ("dadfailed", .duplicate), ("home", .home), ("deprecated", .deprecated), ("tentative", .tentative),
    ("permanent", .permanent), ("mngtmpaddr", .managesTemporary), ("noprefixroute", .noPrefixRoute),
    ("autojoin", .autojoin), ("stable-privacy", .stablePrivacy),
  ]
}

/// Which flags the addresses of a listing have, and which they have not.
struct AddressFlagFilter: Sendable {
  private var compared: AddressFlags = []
  private var wanted: AddressFlags = []

  /// Takes a flag's name, with `-` in front for addresses without it.
  ///
  /// - Returns: whether the word is one.
  mutating func take(_ word: Word) -> Bool {
    var isWanted = !word.text.hasPrefix("-")
    var name = isWanted ? word.text : String(word.text.dropFirst())
    if name == "dynamic" { (name, isWanted) = ("permanent", !isWanted) }
    if name == "primary" { (name, isWanted) = ("secondary", !isWanted) }
    guard let flag = AddressFlags.names.first(where: { $0.name == name })?.flag else { return false }
    compared.insert(flag)
    if isWanted { wanted.insert(flag) } else { wanted.remove(flag) }
    return true
  }

  func includes(_ flags: AddressFlags) -> Bool { flags.intersection(compared) == wanted }
}

extension AddressInfo {
  var flags: AddressFlags {
    var flags: AddressFlags = lifetime.isPermanent ? .permanent : []
    if isSecondary { flags.insert(.secondary) }
    if isDeprecated { flags.insert(.deprecated) }
    if hasNoPrefixRoute { flags.insert(.noPrefixRoute) }
    return flags
  }
}

extension IPv6AddressInfo {
  var flags: AddressFlags {
    var flags: AddressFlags = lifetime.isPermanent ? .permanent : []
    if skipsDuplicateAddressDetection { flags.insert(.noDuplicateDetection) }
    if isDuplicate { flags.insert(.duplicate) }
    if isDeprecated { flags.insert(.deprecated) }
    if isTentative { flags.insert(.tentative) }
    if hasNoPrefixRoute { flags.insert(.noPrefixRoute) }
    return flags
  }
}

extension Record {
  /// The flags of an address; one that is not permanent is dynamic.
  mutating func append(_ flags: AddressFlags) {
    var left = flags
    for (name, flag) in AddressFlags.names {
      if flag == .permanent {
        self.flag("dynamic", !left.contains(flag))
      } else {
        self.flag(name, left.contains(flag))
      }
      left.remove(flag)
    }
  }

  /// The second line of an address: how long it is valid and preferred.
  mutating func append(_ lifetime: AddressLifetime) {
    func words(_ seconds: UInt32) -> String { seconds == AddressLifetime.forever ? "forever" : "\(seconds)sec" }
    field("valid_life_time", .number(Int(lifetime.valid)), "\n       valid_lft \(words(lifetime.valid))")
    field("preferred_life_time", .number(Int(lifetime.preferred)), " preferred_lft \(words(lifetime.preferred))\n")
  }
}

/// `valid_lft` and `preferred_lft` of `ip address add`.
struct LifetimeOptions: Sendable {
  private var valid: UInt32?
  private var preferred: UInt32?

  var lifetime: AddressLifetime {
    AddressLifetime(valid: valid ?? AddressLifetime.forever, preferred: preferred ?? AddressLifetime.forever)
  }

  mutating func readValid(_ words: inout WordReader, _ keyword: Word) throws(CommandLineError) {
    if valid != nil { throw keyword.duplicate("valid_lft") }
    valid = try Self.seconds(try words.value(), "valid_lft value")
  }

  mutating func readPreferred(_ words: inout WordReader, _ keyword: Word) throws(CommandLineError) {
    if preferred != nil { throw keyword.duplicate("preferred_lft") }
    preferred = try Self.seconds(try words.value(), "preferred_lft value")
  }

  private static func seconds(_ word: Word, _ name: String) throws(CommandLineError) -> UInt32 {
    word.text == "forever" ? AddressLifetime.forever : try word.u32(orWrong: name)
  }

  /// What the program checks when it has read the line.
  func check(_ words: WordReader) throws(CommandLineError) {
    if lifetime.valid == 0 { throw CommandLineError("valid_lft is zero", range: words.endRange) }
    if lifetime.preferred > lifetime.valid {
      throw CommandLineError("preferred_lft is greater than valid_lft", range: words.endRange)
    }
  }
}
