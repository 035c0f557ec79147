import NetworkAddresses

/// Options of one letter, as getopt(3) reads them: `-n`, `-c 3`, `-c3`, `-nqc 3`; arguments may stand
/// between them.
struct LetterOptions<Value>: Sendable {
  enum Meaning: Sendable {
    case flag(@Sendable (inout Value) -> Void)
    case value(@Sendable (Word, inout Value) throws(CommandLineError) -> Void)
    /// An option of the original that the simulator does not model.
    case unsupported
  }

  /// How the program begins its messages, such as `ping`.
  let program: String
  /// What the program says of a letter that it does not know; `nil` for getopt's own words.
  var invalidOption: (@Sendable (Character) -> String)? = nil
  let meanings: [(letter: Character, meaning: Meaning)]

  /// Reads all words.
  ///
  /// - Returns: the words that are no options.
  func read(_ words: inout WordReader, into value: inout Value) throws(CommandLineError) -> [Word] {
    var arguments: [Word] = []
    while let word = words.next() {
      if word.text == "--" {
        while let rest = words.next() { arguments.append(rest) }
        break
      }
      guard word.text.hasPrefix("-"), word.text != "-" else {
        arguments.append(word)
        continue
      }
      if word.text.hasPrefix("--") { throw word.unsupported() }
      try readLetters(word, &words, into: &value)
    }
    return arguments
  }

  private func readLetters(
    _ word: Word, _ words: inout WordReader, into value: inout Value
  ) throws(CommandLineError) {
    var letters = word.text.dropFirst()
    while let letter = letters.popFirst() {
      guard let place = meanings.indices.first(where: { meanings[$0].letter == letter }) else {
        throw word.error(invalidOption?(letter) ?? "\(program): invalid option -- '\(letter)'")
      }
      switch meanings[place].meaning {
      case .flag(let set): set(&value)
      case .unsupported: throw .unsupported("'\(program) -\(letter)'", range: word.range)
      case .value(let read):
        if !letters.isEmpty {
          return try read(Word(String(letters), at: word.range), &value)
        }
        guard let argument = words.next() else {
          throw CommandLineError(
            "\(program): option requires an argument -- '\(letter)'", range: words.endRange)
        }
        try read(argument, &value)
      }
    }
  }
}

/// Values of the programs that are not iproute2's.
extension Word {
  /// A decimal number in a range, as iputils complains about it.
  func number(_ range: ClosedRange<Int>, of program: String) throws(CommandLineError) -> Int {
    guard let value = Int(text) else { throw error("\(program): invalid argument: '\(text)'") }
    guard range.contains(value) else {
      let bounds = "\(range.lowerBound) <= value <= \(range.upperBound)"
      throw error("\(program): invalid argument: '\(text)': out of range: \(bounds)")
    }
    return value
  }

  /// Decimal seconds in nanoseconds, such as `0.3`; `nil` for anything else. Digits behind the ninth
  /// decimal do not count.
  var nanoseconds: Int64? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let whole = parts[0].isEmpty && parts.count == 2 ? 0 : Int64(parts[0])
    guard let whole, whole >= 0, whole < 1_000_000_000, parts[0].first != "+" else { return nil }
    guard parts.count == 2 else { return whole * 1_000_000_000 }
    let digits = parts[1].prefix(9)
    guard parts[1].utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    let fraction = Int64(digits + String(repeating: "0", count: 9 - digits.count)) ?? 0
    return whole * 1_000_000_000 + fraction
  }

  /// An address as inet_aton(3) reads it: the last number fills the octets that are left, `10.1` is 10.0.0.1.
  var hostAddress: IPv4Address? {
    if let address = IPv4Address(text) { return address }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map {
      Word(String($0), at: range).unsigned(through: UInt64(UInt32.max))
    }
    guard (1...4).contains(parts.count) else { return nil }
    var bits: UInt64 = 0
    for (place, part) in parts.enumerated() {
      guard let part else { return nil }
      let isLast = place == parts.count - 1
      let octetsLeft = 4 - place
      guard part < (isLast ? 1 << UInt64(8 * octetsLeft) : 256) else { return nil }
      bits += isLast ? part : part << UInt64(8 * (octetsLeft - 1))
    }
    return IPv4Address(bits: UInt32(bits))
  }

  /// The address of a host of either family; `nil` for a name.
  var anyHostAddress: IPAddress? {
    text.utf8.contains(UInt8(ascii: ":")) ? IPv6Address(text).map { .v6($0) } : hostAddress.map { .v4($0) }
  }

  /// Whether the word can be a name that is looked up when the program runs: that of a container.
  var isHostName: Bool {
    let bytes = Array(text.utf8)
    let isLetter = { (byte: UInt8) in (65...90).contains(byte) || (97...122).contains(byte) }
    return bytes.contains(where: isLetter)
      && bytes.allSatisfy { isLetter($0) || (48...57).contains($0) || $0 == 45 || $0 == 46 || $0 == 95 }
  }

  /// The address of a host, and the device behind `%`.
  ///
  /// - Parameter isIPv6: the family wanted; `nil` for either.
  func host(of program: String, isIPv6: Bool?) throws(CommandLineError) -> (IPAddress, zone: Word?) {
    let percent = text.utf8.firstIndex(of: UInt8(ascii: "%"))
    let name = percent.map { Word(String(text[..<$0]), at: range) } ?? self
    guard let address = name.anyHostAddress, percent == nil || address.isIPv6 else {
      throw error("\(program): \(text): Name or service not known")
    }
    if let isIPv6, isIPv6 != address.isIPv6 {
      throw error("\(program): \(text): Address family for hostname not supported")
    }
    return (address, percent.map { Word(String(text[text.utf8.index(after: $0)...]), at: range) })
  }
}
