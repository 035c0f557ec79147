import NetworkStack

/// Reads command lines as they are typed on Linux, without running them.
///
/// ```swift
/// let command = try CommandLine.parse("ip route add 10.0.0.0/24 via 192.168.1.2")
/// ```
public enum CommandLine {
  /// Reads a line and checks all that can be checked without the state of a machine.
  ///
  /// A line with command substitutions is checked as far as its words are known: the inner lines whole,
  /// the outer one's program.
  ///
  /// - Throws: the first word that the program would not take, or that asks for something the simulator
  ///   does not model.
  public static func parse(_ text: String) throws(CommandLineError) -> ParsedCommand {
    let words = try ShellWords(text)
    guard let literals = words.literals else {
      try check(words)
      return ParsedCommand(text: text, body: .substituted(words))
    }
    return ParsedCommand(text: text, body: .command(try command(literals, words)))
  }

  /// Reads the words of `ip route add`, as a scenario's `routes` gives them: `default via 192.168.1.254`.
  ///
  /// - Throws: an error whose range is in `text`.
  public static func parseRoute(_ text: String) throws(CommandLineError) -> ParsedCommand {
    try parse(text, as: IPRouteObject.parseAdd)
  }

  /// Reads the words of `ip rule add`: `from 10.1.0.0/24 lookup 100 pref 1000`.
  ///
  /// - Throws: an error whose range is in `text`.
  public static func parseRule(_ text: String) throws(CommandLineError) -> ParsedCommand {
    try parse(text, as: IPRuleObject.parseAdd)
  }

  /// Reads the words of `ip neigh add`: `10.0.0.9 lladdr 02:00:00:00:00:09 dev eth0`.
  ///
  /// - Throws: an error whose range is in `text`.
  public static func parseNeighbor(_ text: String) throws(CommandLineError) -> ParsedCommand {
    try parse(text, as: IPNeighborObject.parseAdd)
  }

  private static func parse(
    _ text: String, as read: (inout WordReader) throws(CommandLineError) -> any SimulatedCommand
  ) throws(CommandLineError) -> ParsedCommand {
    let words = try ShellWords(text)
    guard let literals = words.literals else {
      throw CommandLineError("a command substitution cannot stand here", range: 0..<words.end)
    }
    var reader = WordReader(literals, end: words.end)
    return ParsedCommand(text: text, body: .command(try read(&reader)))
  }

  /// Checks the inner lines of a line with substitutions.
  private static func check(_ words: ShellWords) throws(CommandLineError) {
    if let program = words.templates.first?.literal { _ = try Program.named(program) }
    for template in words.templates {
      for piece in template.pieces {
        switch piece {
        case .text: break
        case .substitution(let inner, _):
          if let literals = inner.literals {
            _ = try command(literals, inner)
          } else {
            try check(inner)
          }
        }
      }
    }
  }

  /// Reads a program and its arguments.
  ///
  /// - Parameter line: the line that the words come from, for what else it holds.
  static func command(_ words: [Word], _ line: ShellWords) throws(CommandLineError) -> any SimulatedCommand {
    var reader = WordReader(words, end: line.end, standardInput: line.standardInput)
    if let input = line.standardInput, !words.contains(where: { Program(path: $0.text)?.readsStandardInput == true }) {
      throw CommandLineError("no program of the line reads its standard input", range: input.range)
    }
    return try command(&reader)
  }

  static func command(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    guard let name = words.next() else {
      throw CommandLineError("there is no command in the line", range: words.endRange)
    }
    return try Program.named(name).parse(&words)
  }
}

/// The programs there are.
enum Program: String, CaseIterable {
  case ip, bridge, sysctl, ping, ping6, traceroute, traceroute6, arping, iptables, ip6tables, conntrack, dmesg, docker, nsenter, pkill
  case dockerProxy = "docker-proxy"
  case iptablesSave = "iptables-save"
  case ip6tablesSave = "ip6tables-save"
  case iptablesRestore = "iptables-restore"
  case ip6tablesRestore = "ip6tables-restore"

  /// Programs of Linux that have a place in the simulator's subject and no counterpart in it.
  private static let unsupported = [
    "unshare", "nft", "tc", "tracepath", "sh", "bash",
    "ethtool", "brctl", "ifconfig", "route", "arp", "ss", "nc", "iperf3", "tcpdump", "mtr", "dhclient",
  ]

  /// A program may be given by its path.
  private static func name(ofPath path: String) -> String {
    guard path.utf8.contains(UInt8(ascii: "/")) else { return path }
    return path.split(separator: "/").last.map(String.init) ?? path
  }

  /// `nil` where there is no such program.
  init?(path: String) {
    self.init(rawValue: Self.name(ofPath: path))
  }

  var readsStandardInput: Bool { self == .iptablesRestore || self == .ip6tablesRestore }

  /// Whether a word names a program that can run in a container.
  static func isSimulated(_ word: Word) -> Bool {
    switch try? named(word) {
    case nil, .docker, .dockerProxy, .nsenter, .pkill: false
    default: true
    }
  }

  /// - Throws: where there is no such program, with a near name.
  static func named(_ word: Word) throws(CommandLineError) -> Program {
    let name = name(ofPath: word.text)
    if let program = Program(rawValue: name) { return program }
    if unsupported.contains(name) { throw word.unsupported() }
    throw word.error(
      "unknown command '\(word.text)'",
      suggestion: NearName.of(name, among: allCases.map(\.rawValue)))
  }

  func parse(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    switch self {
    case .ip: try IPProgram.parse(&words)
    case .bridge: try BridgeProgram.parse(&words)
    case .sysctl: try SysctlProgram.parse(&words)
    case .ping: try PingProgram.parse(&words)
    case .ping6: try PingProgram.parse(&words, isIPv6: true)
    case .traceroute: try TracerouteProgram.parse(&words)
    case .traceroute6: try TracerouteProgram.parse(&words, isIPv6: true)
    case .arping: try ArpingProgram.parse(&words)
    case .docker: try DockerProgram.parse(&words)
    case .dockerProxy: try DockerProxyProgram.parse(&words)
    case .nsenter: try NsenterProgram.parse(&words)
    case .pkill: try PkillProgram.parse(&words)
    case .iptables: try IptablesProgram.parse(&words, .ipv4)
    case .ip6tables: try IptablesProgram.parse(&words, .ipv6)
    case .iptablesSave: try IptablesSaveProgram.parse(&words, .ipv4)
    case .ip6tablesSave: try IptablesSaveProgram.parse(&words, .ipv6)
    case .iptablesRestore: try IptablesRestoreProgram.parse(&words, .ipv4)
    case .ip6tablesRestore: try IptablesRestoreProgram.parse(&words, .ipv6)
    case .conntrack: try ConntrackProgram.parse(&words)
    case .dmesg: try DmesgProgram.parse(&words)
    }
  }
}
