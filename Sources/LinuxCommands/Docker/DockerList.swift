import ContainerEngine
import DiscreteEvents
import NetworkControl
import NetworkStack

/// `docker ps`.
struct DockerList: DockerCommand {
  private struct Options: Sendable {
    var isForAll = false
    var isQuiet = false
    var isWhole = false
    var template: GoTemplate?
  }

  private let options: Options

  static func parse(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    var options = Options()
    let flags = DockerFlags<Options>(
      command: "docker ps",
      flags: [
        .init("all", "a", .flag { $0.isForAll = true }), .init("quiet", "q", .flag { $0.isQuiet = true }),
        .init("no-trunc", nil, .flag { $0.isWhole = true }),
        .init("format", nil, .value { (word: Word, options: inout Options) throws(CommandLineError) in
          options.template = try GoTemplate(word)
        }),
        .init("filter", "f", .unsupported), .init("last", "n", .unsupported), .init("latest", "l", .unsupported),
        .init("size", "s", .unsupported),
      ])
    let arguments = try flags.read(&words, into: &options)
    try DockerFlags.check(arguments, of: "docker ps", 0...0, end: words.endRange)
    return DockerList(options: options)
  }

  func perform(_ context: CommandContext) throws(CommandStop) -> (text: String, lines: [String]) {
    let engine = try context.engine()
    let now = context.controller.simulation.now.nanoseconds
    let containers = engine.containers.reversed().filter { options.isForAll || $0.state == .running }
    func identifier(_ container: Container) -> String {
      options.isWhole ? container.identifier : container.shortIdentifier
    }
    if options.isQuiet { return (containers.map { identifier($0) + "\n" }.joined(), []) }
    if let template = options.template {
      var text = ""
      for container in containers {
        text += try template.output(.object(row(container, engine, identifier(container), now))) + "\n"
      }
      return (text, [])
    }
    var table = DockerTable(["CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES"])
    for container in containers {
      let values = row(container, engine, identifier(container), now)
      table.add(
        ["ID", "Image", "Command", "CreatedAt", "Status", "Ports", "Names"].map { name in
          values.members.first { $0.name == name }.map { $0.value.templateText } ?? ""
        })
    }
    return (table.text, [])
  }

  private func row(_ container: Container, _ engine: ContainerEngine, _ identifier: String, _ now: Int64) -> JSONObject {
    var row = JSONObject()
    row.add("ID", .string(identifier))
    row.add("Image", .string(container.image))
    row.add("Command", .string("\"\(container.command)\""))
    row.add("CreatedAt", .string(DockerTime.text(now - container.created) + " ago"))
    row.add("Status", .string(status(container, now)))
    row.add("State", .string(container.state.rawValue))
    row.add("Ports", .string(ports(container)))
    row.add("Names", .string(container.name))
    let networks = container.endpoints.compactMap { engine.network($0.network)?.name }
    row.add("Networks", .string(networks.isEmpty ? DockerValues.modeName(container) : networks.sorted().joined(separator: ",")))
    return row
  }

  private func status(_ container: Container, _ now: Int64) -> String {
    switch container.state {
    case .created: "Created"
    case .running: "Up \(DockerTime.text(now - container.changed))"
    case .exited: "Exited (\(container.exitCode)) \(DockerTime.text(now - container.changed)) ago"
    }
  }

  private func ports(_ container: Container) -> String {
    guard container.state == .running else { return "" }
    let bindings = DockerValues.bindings(container).map { "\($0.host)->\($0.container)" }
    let exposed = DockerValues.exposed(container).filter { port in
      !DockerValues.bindings(container).contains { $0.container == port }
    }
    return (exposed + bindings).joined(separator: ", ")
  }
}

/// Rows under headings, each column as wide as its widest word and three blanks.
struct DockerTable {
  private var rows: [[String]]

  init(_ headings: [String]) {
    rows = [headings]
  }

  mutating func add(_ row: [String]) {
    precondition(row.count == rows[0].count, "a row has a word for each heading")
    rows.append(row)
  }

  var text: String {
    let columns = rows[0].count
    let widths = (0..<columns).map { column in max(10, (rows.map { $0[column].utf8.count }.max() ?? 0) + 3) }
    return rows.map { row in
      row.enumerated().map { column, word in column == columns - 1 ? word : word.padded(to: widths[column]) }.joined() + "\n"
    }.joined()
  }
}

/// How long something was ago, in Docker's words.
///
/// Source: docker/go-units, duration.go, `HumanDuration`.
enum DockerTime {
  static func text(_ nanoseconds: Int64) -> String {
    let seconds = nanoseconds / 1_000_000_000
    let minutes = seconds / 60
    let hours = (minutes + 30) / 60
    return switch (seconds, minutes, hours) {
    case (..<1, _, _): "Less than a second"
    case (1, _, _): "1 second"
    case (..<60, _, _): "\(seconds) seconds"
    case (_, 1, _): "About a minute"
    case (_, ..<60, _): "\(minutes) minutes"
    case (_, _, 1): "About an hour"
    case (_, _, ..<48): "\(hours) hours"
    default: "\(hours / 24) days"
    }
  }
}
