import NetworkAddresses
import NetworkStack

/// Reads values as iproute2 reads them.
extension Word {
  /// A number as strtoul(3) reads it: decimal, `0x` hexadecimal, `0` octal.
  func unsigned(through limit: UInt64) -> UInt64? {
    var digits = text[...]
    var radix = 10
    if digits.hasPrefix("0x") || digits.hasPrefix("0X") {
      digits = digits.dropFirst(2)
      radix = 16
    } else if digits.hasPrefix("0") && digits.utf8.count > 1 {
      digits = digits.dropFirst()
      radix = 8
    }
    guard let first = digits.unicodeScalars.first, first != "+", first != "-",
      let value = UInt64(digits, radix: radix), value <= limit
    else { return nil }
    return value
  }

  /// A number up to `limit`, else the complaint `argument "x" is wrong: …`.
  func unsigned(through limit: UInt64, orWrong reason: String) throws(CommandLineError) -> UInt64 {
    guard let value = unsigned(through: limit) else { throw wrong(reason) }
    return value
  }

  func u32(orWrong reason: String) throws(CommandLineError) -> UInt32 {
    UInt32(try unsigned(through: UInt64(UInt32.max), orWrong: reason))
  }

  /// A group of devices, by name or number.
  func linkGroup() throws(CommandLineError) -> UInt32 {
    guard let group = NameTable.linkGroups.number(self, through: UInt64(UInt32.max)) else {
      throw wrong("Invalid \"group\" value")
    }
    return UInt32(group)
  }

  /// `on` or `off` behind `keyword`.
  func onOff(_ keyword: String) throws(CommandLineError) -> Bool {
    switch text {
    case "on": return true
    case "off": return false
    default: throw error("Error: argument of \"\(keyword)\" must be \"on\" or \"off\", not \"\(text)\"")
    }
  }

  /// An interface's name: 1 through 15 bytes without `/` and blanks.
  var isInterfaceName: Bool {
    (1...15).contains(text.utf8.count) && text != "." && text != ".."
      && !text.utf8.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: " ") || (9...13).contains($0) }
  }

  /// A hardware address.
  func mac() throws(CommandLineError) -> MACAddress {
    guard let mac = MACAddress(text) else {
      throw error("\"\(text)\" is invalid lladdr.")
    }
    return mac
  }

  /// An IPv4 address as iproute2 reads it: missing octets at the end are zero, `10.1` is 10.1.0.0.
  var paddedAddress: IPv4Address? {
    if let address = IPv4Address(text) { return address }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 4 else { return nil }
    var bits: UInt32 = 0
    for place in 0..<4 {
      var octet: UInt32 = 0
      if place < parts.count {
        guard let value = Word(String(parts[place]), at: range).unsigned(through: 255) else { return nil }
        octet = UInt32(value)
      }
      bits = bits << 8 | octet
    }
    return IPv4Address(bits: bits)
  }

  /// Whether the word is an IPv6 address or prefix.
  var isIPv6: Bool {
    text.contains(":") && IPv6Address(text.split(separator: "/", omittingEmptySubsequences: false)[0]) != nil
  }

  /// Whether the word is an IPv4 address or prefix with at least one dot.
  var isDottedIPv4: Bool {
    let address = text.split(separator: "/", omittingEmptySubsequences: false)[0]
    return address.contains(".") && Word(String(address), at: range).paddedAddress != nil
  }

  /// An address; `inet address is expected rather than "x".` for anything else.
  func address<Address: CommandAddress>(_ family: String = Address.familyName) throws(CommandLineError) -> Address {
    guard let address = Address(word: self) else {
      throw error("Error: \(family) address is expected rather than \"\(text)\".")
    }
    return address
  }

  /// An address with a prefix length, as it stands: bits behind the length are kept. `default`, `any` and
  /// `all` are the block of all; an address alone has all its bits; the length of IPv4 may be a mask.
  func prefixedAddress<Address: CommandAddress>(
    _ family: String = "any valid"
  ) throws(CommandLineError) -> InterfaceAddress<Address> {
    if text == "default" || text == "any" || text == "all" {
      return InterfaceAddress(Address(bits: 0), length: 0)
    }
    let expected = error("Error: \(family) prefix is expected rather than \"\(text)\".")
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = Address(word: Word(String(parts[0]), at: range)) else { throw expected }
    guard parts.count == 2 else { return InterfaceAddress(address, length: Address.bitCount) }
    let length = Word(String(parts[1]), at: range)
    if let value = length.unsigned(through: UInt64(Address.bitCount)) {
      return InterfaceAddress(address, length: Int(value))
    }
    guard !Address.isIPv6, let mask = IPv4Address(length.text) else { throw expected }
    let ones = (~mask.bits).leadingZeroBitCount
    guard mask.bits == IPv4Address.mask(ones) else { throw expected }
    return InterfaceAddress(address, length: ones)
  }

  /// A prefix; bits behind its length are cleared.
  func prefix<Address: CommandAddress>(_ family: String = "any valid") throws(CommandLineError) -> Prefix<Address> {
    let address: InterfaceAddress<Address> = try prefixedAddress(family)
    return address.prefix
  }

  /// An address of either family, as its form says.
  func anyAddress() throws(CommandLineError) -> IPAddress {
    if isIPv6 {
      let address: IPv6Address = try address("any valid")
      return .v6(address)
    }
    let address: IPv4Address = try address("any valid")
    return .v4(address)
  }
}
