public import LinuxCommands
internal import NetworkAddresses
public import NetworkStack
internal import ScenarioModel

/// A packet that is not in the scenario, as it is asked for on the command line:
/// `h1 tcp 172.17.0.2:80 -> 10.0.0.9:8080 ttl 64`.
///
/// A machine or namespace sends it; an interface (`r1:eth0`) receives it from outside.
public struct WhatIfQuestion: Sendable {
  /// Where the packet begins: `h1`, `r1/blue`, or an interface that it arrives at, `r1:eth0`.
  public let place: String
  public let packet: WhatIfPacket

  /// Whether a text is such a question, and no name of a timeline entry.
  public static func isQuestion(_ text: String) -> Bool { text.contains { $0 == " " } }

  /// - Throws: ``CommandLineError`` with the range of the word that is wrong.
  public init(_ text: String) throws(CommandLineError) {
    var reader = Reader(text)
    let place = try reader.next("the machine that sends it, or the interface that it arrives at")
    let transport = try reader.next("icmp, udp or tcp")
    guard ["icmp", "udp", "tcp"].contains(transport.text) else {
      throw CommandLineError(
        "'\(transport.text)' is not icmp, udp or tcp", range: transport.range,
        suggestion: NearestName.nearest(to: transport.text, among: ["icmp", "udp", "tcp"]))
    }
    let hasPorts = transport.text != "icmp"
    var word = try reader.next("the source, or ->")
    var source: SocketAddress?
    if !Self.arrows.contains(word.text) {
      source = try Self.address(word, hasPorts: hasPorts, portIsOptional: true)
      word = try reader.next("->")
      guard Self.arrows.contains(word.text) else {
        throw CommandLineError("'\(word.text)' stands where -> is expected", range: word.range)
      }
    }
    let destination = try Self.address(try reader.next("the destination"), hasPorts: hasPorts, portIsOptional: false)
    let ports = (source: source?.port ?? 0, destination: destination.port)
    let from: UInt16 = ports.source == 0 ? 40_000 : ports.source
    var packet: WhatIfPacket
    switch transport.text {
    case "udp": packet = WhatIfPacket(to: destination.address, .udp(source: from, destination: ports.destination))
    case "tcp": packet = WhatIfPacket(to: destination.address, .tcp(source: from, destination: ports.destination))
    default: packet = WhatIfPacket(to: destination.address, .icmp)  // The words were checked above.
    }
    packet.source = source?.specifiedAddress
    if let source = packet.source, source.isIPv6 != destination.address.isIPv6 {
      throw CommandLineError("the source and the destination are of two versions of IP", range: 0..<text.utf8.count)
    }
    try Self.readOptions(&reader, &packet)
    if place.text.contains(":"), packet.source == nil {
      throw CommandLineError("a packet that arrives at an interface needs its source", range: place.range)
    }
    self.place = place.text
    self.packet = packet
  }

  private static let arrows = ["->", ">"]

  private static func readOptions(_ reader: inout Reader, _ packet: inout WhatIfPacket) throws(CommandLineError) {
    while let word = reader.nextIfAny() {
      switch word.text {
      case "ttl": packet.timeToLive = UInt8(try reader.number("a TTL", 1...255))
      case "tos": packet.tos = UInt8(try reader.number("a type of service", 0...255))
      case "mark": packet.mark = UInt32(try reader.number("a mark", 0...0xffff_ffff))
      case "size": packet.size = try reader.number("a number of bytes", 0...60_000)
      case "df": packet.dontFragment = true
      default:
        let words = ["ttl", "tos", "mark", "size", "df"]
        throw CommandLineError(
          "'\(word.text)' is not one of \(words.joined(separator: ", "))", range: word.range,
          suggestion: NearestName.nearest(to: word.text, among: words))
      }
    }
  }

  private static func address(
    _ word: Reader.Word, hasPorts: Bool, portIsOptional: Bool
  ) throws(CommandLineError) -> SocketAddress {
    if !hasPorts {
      guard let address = IPAddress(word.text) else {
        throw CommandLineError("'\(word.text)' is not an address", range: word.range)
      }
      return SocketAddress(address: address, port: 0)
    }
    do throws(ValueError) {
      return try SocketAddress(word.text, portIsOptional: portIsOptional)
    } catch {
      throw CommandLineError(error.message, range: word.range, suggestion: error.suggestion)
    }
  }
}

/// Words between blanks, with their places.
private struct Reader {
  struct Word {
    let text: String
    let range: Range<Int>
  }

  private var words: [Word]
  private let end: Int

  init(_ text: String) {
    var words: [Word] = []
    var start: Int?
    let bytes = Array(text.utf8)
    for place in 0...bytes.count {
      let isBlank = place == bytes.count || bytes[place] == UInt8(ascii: " ") || bytes[place] == UInt8(ascii: "\t")
      if isBlank, let begin = start {
        words.append(Word(text: String(decoding: bytes[begin..<place], as: UTF8.self), range: begin..<place))
        start = nil
      } else if !isBlank, start == nil {
        start = place
      }
    }
    self.words = words.reversed()
    end = bytes.count
  }

  mutating func nextIfAny() -> Word? { words.popLast() }

  mutating func next(_ expected: String) throws(CommandLineError) -> Word {
    guard let word = nextIfAny() else {
      throw CommandLineError("the question ends where \(expected) is expected", range: end..<end)
    }
    return word
  }

  mutating func number(_ what: String, _ range: ClosedRange<Int>) throws(CommandLineError) -> Int {
    let word = try next(what)
    let number = word.text.hasPrefix("0x") ? Int(word.text.dropFirst(2), radix: 16) : Int(word.text)
    guard let number, range.contains(number) else {
      throw CommandLineError(
        "'\(word.text)' is not \(what), \(range.lowerBound) through \(range.upperBound)", range: word.range)
    }
    return number
  }
}
