import Foundation

/// Runs the built program, as a user would.
struct Program {
  let output: String
  let errors: String
  let exitCode: Int32

  /// The binary: `VRFSIM` where it is set, else the one beside the tests.
  private static var path: String {
    if let path = ProcessInfo.processInfo.environment["VRFSIM"] { return path }
    return Bundle.main.bundleURL.deletingLastPathComponent().appendingPathComponent("vrfsim").path
  }

  init(_ arguments: String..., input: String? = nil, largestFile: Int? = nil) throws {
    try self.init(arguments, input: input, largestFile: largestFile)
  }

  /// - Parameters:
  ///   - interruptAfter: seconds until it gets an interrupt, as by Ctrl-C; `nil` for none.
  ///   - directory: where it runs; `nil` for where the tests run.
  ///   - largestFile: how many kibibytes a file may have, as on a disk that is full; `nil` for as many as it needs.
  init(
    _ arguments: [String], input: String? = nil, interruptAfter: TimeInterval? = nil, in directory: String? = nil,
    largestFile: Int? = nil
  ) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("vrfsim-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let process = Process()
    let path = URL(fileURLWithPath: Self.path).standardizedFileURL
    process.executableURL = path
    process.arguments = arguments
    if let largestFile {
      // Without the signal, which would end the program, the write fails.
      process.executableURL = URL(fileURLWithPath: "/bin/bash")
      process.arguments = ["-c", "trap '' XFSZ; ulimit -f \(largestFile); exec \"$@\"", "vrfsim", path.path] + arguments
    }
    if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
    // Files instead of pipes: no output is too long for them.
    let files = try ["out", "err", "in"].map { name in
      let url = folder.appendingPathComponent(name)
      try Data((name == "in" ? input ?? "" : "").utf8).write(to: url)
      return url
    }
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    process.standardInput = try FileHandle(forReadingFrom: files[2])
    try process.run()
    if let interruptAfter {
      Thread.sleep(forTimeInterval: interruptAfter)
      process.interrupt()
    }
    process.waitUntilExit()
    output = try String(contentsOf: files[0], encoding: .utf8)
    errors = try String(contentsOf: files[1], encoding: .utf8)
    exitCode = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
  }
}

/// A folder with files, gone after the test.
func withFiles(_ files: [String: String], _ body: (String) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("vrfsim-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  for (name, text) in files { try Data(text.utf8).write(to: folder.appendingPathComponent(name)) }
  try body(folder.path)
}
