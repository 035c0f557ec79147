@testable import ContainerEngine

/// The tables of iptables as plain lists: what an engine's lines leave behind, told as `iptables -S` tells it.
struct RuleSheet: Equatable {
  /// By table and chain, in order.
  private(set) var chains: [String: [String]] = [:]

  /// Runs the lines of one family; others are left out.
  mutating func run(_ steps: [EngineStep], program: String = "iptables") {
    for step in steps {
      switch step.condition {
      case .always, .regardless: apply(step.line, program)
      case .background: break  // A program is no rule.
      case .unlessSucceeds(let question): if !holds(question, program) { apply(step.line, program) }
      case .ifSucceeds(let question): if holds(question, program) { apply(step.line, program) }
      }
    }
  }

  private func parts(_ line: String, _ program: String) -> (key: String, verb: String, rule: String)? {
    var words = line.split(separator: " ").map(String.init)
    guard words.first == program else { return nil }
    words.removeFirst()
    var table = "filter"
    if words.first == "-t" {
      table = words[1]
      words.removeFirst(2)
    }
    return ("\(table) \(words[1])", words[0], Self.canonical(Array(words.dropFirst(2))))
  }

  private func holds(_ line: String, _ program: String) -> Bool {
    guard let (key, verb, rule) = parts(line, program) else { return false }
    return verb == "-S" ? chains[key] != nil : chains[key]?.contains(rule) ?? false
  }

  private mutating func apply(_ line: String, _ program: String) {
    guard let (key, verb, rule) = parts(line, program) else { return }
    switch verb {
    case "-N": chains[key] = []
    case "-A": chains[key, default: []].append(rule)
    case "-I": chains[key, default: []].insert(rule, at: 0)
    case "-D": chains[key]?.removeAll { $0 == rule }
    default: break
    }
  }

  /// A rule whose options are in one order, whatever the order in which they were typed; modules that an option stands for
  /// are left out, an address alone is a prefix.
  static func canonical(_ words: [String]) -> String {
    var options: [String] = []
    var place = 0
    while place < words.count {
      var option = ""
      if words[place] == "!" {
        option = "! "
        place += 1
      }
      let name = words[place]
      option += name
      place += 1
      while place < words.count, words[place] != "!", !words[place].hasPrefix("-") {
        let isAddress = (name == "-s" || name == "-d") && !words[place].contains("/")
        option += " " + words[place] + (isAddress ? (words[place].contains(":") ? "/128" : "/32") : "")
        place += 1
      }
      if option != "-m tcp" && option != "-m udp" { options.append(option) }
    }
    return options.sorted().joined(separator: " ")
  }

  /// The rules of one of Docker's documents.
  init(document: String) {
    var table = ""
    for line in document.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      if words[0].hasPrefix("*") {
        table = String(words[0].dropFirst())
      } else if words[0] == "-N" {
        chains["\(table) \(words[1])"] = chains["\(table) \(words[1])"] ?? []
      } else {
        chains["\(table) \(words[1])", default: []].append(Self.canonical(Array(words.dropFirst(2))))
      }
    }
  }

  init() {}

  /// The chains that hold something, or were made, of the tables that another sheet tells of.
  func differences(from other: RuleSheet) -> [String] {
    Set(chains.keys).union(other.chains.keys).sorted().flatMap { key -> [String] in
      let mine = chains[key] ?? []
      let theirs = other.chains[key] ?? []
      return mine == theirs ? [] : ["\(key):"] + mine.map { "  engine    \($0)" } + theirs.map { "  document  \($0)" }
    }
  }
}

extension RuleSheet {
  /// Takes over the chains of some tables.
  mutating func add(_ other: RuleSheet, tables: [String]) {
    for (key, rules) in other.chains where tables.contains(where: { key.hasPrefix($0 + " ") }) { chains[key] = rules }
  }
}
