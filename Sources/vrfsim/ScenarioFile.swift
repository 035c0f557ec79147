internal import ArgumentParser
internal import PacketCapture
internal import ScenarioModel
internal import ScenarioRunner
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Reads scenario files and tells what is wrong with them.
enum ScenarioFile {
  /// The scenario of a file, `-` for standard input; every issue is printed on standard error.
  ///
  /// - Throws: ``Exit`` 2 where it cannot be used.
  static func load(_ path: String) throws -> CompiledScenario {
    let (compiled, issues) = compile(path)
    for issue in issues { Terminal.printError(text(issue)) }
    guard let compiled else { throw Exit.invalidInput }
    return compiled
  }

  /// Filters of pcap-filter(7), by libpcap.
  static let filters = FrameFilterCompiler { text in
    do throws(CaptureError) {
      let filter = try CaptureFilter(text)
      return .success { filter.matches($0) }
    } catch {
      return .failure(FrameFilterCompiler.Problem(error.reason))
    }
  }

  /// Stages decode, validate and compile.
  ///
  /// - Parameter select: which expectations are meant, by the scenario's name and the expectation; `nil` for all.
  static func compile(
    _ path: String, select: ((String, Expectation) -> Bool)? = nil
  ) -> (CompiledScenario?, [ScenarioIssue]) {
    let name = path == "-" ? "<stdin>" : path
    let bytes: [UInt8]
    do {
      bytes = try contents(path, name)
    } catch {
      return (nil, [error])
    }
    let (document, issues) = ScenarioDocument.read(bytes: bytes, file: name)
    guard var scenario = document else { return (nil, issues) }
    if let select {
      let scenarioName = scenario.name?.value ?? name
      scenario.expectations.removeAll { !select(scenarioName, $0) }
    }
    let (compiled, problems) = scenario.compiled(filters: filters)
    return (compiled, issues + problems)
  }

  /// Whether there is a file of that path.
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// One line, and below it the line of the file with a mark, where that is known.
  static func text(_ issue: ScenarioIssue) -> String {
    issue.description + (issue.excerpt.map { "\n\($0)" } ?? "")
  }

  static func contents(_ path: String, _ name: String) throws(ScenarioIssue) -> [UInt8] {
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw systemIssue(name) }
    defer { if path != "-" { close(descriptor) } }
    var status = stat()
    if fstat(descriptor, &status) != 0 { throw systemIssue(name) }
    if status.st_mode & S_IFMT == S_IFDIR { throw systemIssue(name, EISDIR) }
    if let issue = ScenarioDocument.sizeIssue(byteCount: Int(status.st_size), file: name) { throw issue }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(status.st_size))
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        throw systemIssue(name)
      }
      if count == 0 { return bytes }
      bytes.append(contentsOf: chunk[..<count])
      if let issue = ScenarioDocument.sizeIssue(byteCount: bytes.count, file: name) { throw issue }
    }
  }

  private static func systemIssue(_ name: String, _ number: Int32 = errno) -> ScenarioIssue {
    ScenarioIssue(
      severity: .error, file: name, line: 1, column: 1, pointer: "",
      message: "cannot read the file: \(String(cString: strerror(number)))")
  }
}
