internal import ScenarioModel
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Finds scenario files below folders.
enum ScenarioFinder {
  /// How deep folders are looked into.
  private static let depthBound = 32

  /// The files that are meant, each once: named ones as they are, those below named folders by name.
  ///
  /// Below a folder, a scenario is a file `scenario.json`, or another `*.json` whose object has the key `vrfsim`.
  /// Hidden folders and links to folders are left out.
  /// - Returns: also what cannot be looked into.
  static func files(_ paths: [String]) -> (files: [String], problems: [String]) {
    var files: [String] = []
    var problems: [String] = []
    for path in paths {
      var status = stat()
      // A file that is not there is told when it is read.
      if path != "-", stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
        search(path.last == "/" && path.count > 1 ? String(path.dropLast()) : path, 0, &files, &problems)
      } else {
        files.append(path)
      }
    }
    var seen: Set<String> = []
    return (files.filter { seen.insert($0).inserted }, problems)
  }

  private static func search(_ folder: String, _ depth: Int, _ files: inout [String], _ problems: inout [String]) {
    guard depth < depthBound else {
      problems.append("\(folder): folders are nested deeper than \(depthBound)")
      return
    }
    guard let directory = opendir(folder) else {
      problems.append("\(folder): \(String(cString: strerror(errno))) (errno \(errno))")
      return
    }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if !name.hasPrefix(".") { names.append(name) }
    }
    closedir(directory)
    for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      let path = folder == "." ? name : folder == "/" ? "/\(name)" : "\(folder)/\(name)"
      var status = stat()
      guard lstat(path, &status) == 0 else { continue }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: search(path, depth + 1, &files, &problems)
      case S_IFREG where name == "scenario.json" || (name.hasSuffix(".json") && isScenario(path)): files.append(path)
      default: continue  // Links, devices and other files are no scenarios.
      }
    }
  }

  /// Whether a file says that it is a scenario; of one that is no JSON, whether it wants to be one.
  private static func isScenario(_ path: String) -> Bool {
    guard let bytes = try? ScenarioFile.contents(path, path) else { return false }
    let source = SourceText(file: path, bytes: bytes)
    guard let root = try? JSONReader.read(source) else {
      return String(decoding: bytes, as: UTF8.self).contains("\"vrfsim\"")
    }
    guard case .object(let members) = root.content else { return false }
    return members.contains { $0.name == "vrfsim" }
  }
}
