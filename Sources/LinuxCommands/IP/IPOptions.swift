/// The options in front of the object: `ip -4 -j route`.
struct IPOptions: Sendable {
  enum Family: Sendable {
    case any, inet, inet6, link
  }

  var family = Family.any
  var form = ListingForm()
  var isDetailed = false
  var isBrief = false
  var hasStatistics = false
  /// `-all`, for `ip -all netns`.
  var isForAll = false
  /// `-netns NAME`.
  var namespace: Word?

  /// Source: ip(8), "OPTIONS". In the original's order, which decides what an abbreviation means.
  static let grammar = Grammar<IPOptions>([
    .unsupported("-loops"),
    .value(.short("-family")) { (word: Word, options: inout IPOptions) throws(CommandLineError) in
      switch word.text {
      case "inet": options.family = .inet
      case "inet6": options.family = .inet6
      case "link": options.family = .link
      case "bridge", "mpls", "any":
        throw .unsupported("family '\(word.text)'", range: word.range)
      default: throw word.wrong("invalid protocol family")
      }
    },
    .flag("-4") { $0.family = .inet },
    .flag("-6") { $0.family = .inet6 },
    .flag("-0") { $0.family = .link },
    .unsupported("-M", "-B", .short("-human-readable"), .short("-iec")),
    .words(.short("-stats"), .short("-statistics")) {
      (_: inout WordReader, word: Word, options: inout IPOptions) throws(CommandLineError) in
      if options.hasStatistics { throw .unsupported("a second '\(word.text)'", range: word.range) }
      options.hasStatistics = true
    },
    .flag(.short("-details")) { $0.isDetailed = true },
    .unsupported(.short("-resolve")),
    .flag(.short("-oneline")) { $0.form.isOneLine = true },
    .unsupported(
      .short("-timestamp"), .short("-tshort"), .short("-Version"), .short("-force"), .short("-batch")),
    .flag(.short("-brief")) { $0.isBrief = true },
    .flag(.short("-json")) { $0.form.isJSON = true },
    .unsupported(.short("-rcvbuf")),
    .unsupported("-color", "-c", "-co", "-col", "-colo"),
    .unsupported(.short("-help")),
    .value(.short("-netns")) { (word: Word, options: inout IPOptions) in options.namespace = word },
    .unsupported(.short("-Numeric")),
    .flag(.short("-all")) { $0.isForAll = true },
    .unsupported(.short("-echo")),
    .flag(.short("-pretty")) { $0.form.isPretty = true },
  ])

  /// Reads the options up to the object.
  init(_ words: inout WordReader) throws(CommandLineError) {
    while let word = words.peek, word.text.hasPrefix("-") {
      words.skip()
      if word.text == "--" { break }
      let option = word.text.hasPrefix("--") ? Word(String(word.text.dropFirst()), at: word.range) : word
      if try Self.readColor(option) { continue }
      guard try Self.grammar.readOption(option, &words, into: &self) else {
        throw word.error(
          "Option \"\(word.text)\" is unknown, try \"ip -help\".",
          suggestion: NearName.of(option.text, among: Self.grammar.names))
      }
    }
  }

  init() {}

  /// `-color=WHEN`, which may be shortened up to the sign. Colors are for terminals, and there is none.
  ///
  /// - Returns: whether the word is one.
  private static func readColor(_ word: Word) throws(CommandLineError) -> Bool {
    let parts = word.text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, Word(String(parts[0]), at: word.range).abbreviates("-color"), parts[0].count > 1 else {
      return false
    }
    switch parts[1] {
    case "auto", "never": return true
    case "always", "": throw word.unsupported()
    default: return false
    }
  }
}
