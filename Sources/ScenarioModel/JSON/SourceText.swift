internal import Synchronization

/// A place in a text file as an editor counts it: both numbers begin at 1.
public struct SourcePosition: Hashable, Sendable, Comparable {
  /// The line; a line ends at a line feed.
  public let line: Int
  /// The column, counted in Unicode scalars.
  public let column: Int

  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  public static func < (left: SourcePosition, right: SourcePosition) -> Bool {
    left.line == right.line ? left.column < right.column : left.line < right.line
  }
}

/// The bytes of a file together with its name, able to tell line and column of every byte.
///
/// Shared by everything that was read out of the file, so that a mistake found late can still be
/// shown where it was made.
public final class SourceText: Sendable {
  /// The name that issues are reported under, as the user gave it.
  public let file: String
  public let bytes: [UInt8]
  /// Where lines begin, found when it is asked for the first time.
  private let foundLines = Mutex<Lines?>(nil)
  /// The document, read anew when the first pointer is asked for: values do not carry theirs.
  private let document = Mutex<JSONNode?>(nil)

  private static let stride = 4096
  /// The longest part of a line that an excerpt shows, in scalars.
  private static let excerptWidth = 100

  /// Where the lines of a text begin.
  private struct Lines {
    /// The byte offset at which each line begins.
    var starts = [0]
    /// How many Unicode scalars begin before byte `index * stride`; keeps columns cheap where one line is long.
    var scalarsBefore: [Int] = []

    init(_ bytes: [UInt8]) {
      scalarsBefore.reserveCapacity(bytes.count / SourceText.stride + 1)
      var scalars = 0
      bytes.withUnsafeBufferPointer { buffer in
        for index in 0..<buffer.count {
          if index % SourceText.stride == 0 { scalarsBefore.append(scalars) }
          let byte = buffer[index]
          if byte & 0xc0 != 0x80 { scalars += 1 }
          if byte == UInt8(ascii: "\n") { starts.append(index + 1) }
        }
      }
    }

    func index(ofByte offset: Int) -> Int {
      var low = 0
      var high = starts.count
      while high - low > 1 {
        let middle = (low + high) / 2
        if starts[middle] <= offset { low = middle } else { high = middle }
      }
      return low
    }
  }

  /// - Complexity: O(1); the first position that is asked for takes O(*n*) in the bytes.
  public init(file: String, bytes: [UInt8]) {
    self.file = file
    self.bytes = bytes
  }

  private var lines: Lines {
    foundLines.withLock { lines in
      if let lines { return lines }
      let found = Lines(bytes)
      lines = found
      return found
    }
  }

  /// Line and column of a byte; an offset behind the last byte is the end of the file.
  ///
  /// - Complexity: O(log *lines*), but see ``init(file:bytes:)``.
  public func position(ofByte offset: Int) -> SourcePosition {
    let offset = min(max(offset, 0), bytes.count)
    let lines = lines
    let line = lines.index(ofByte: offset)
    let column = scalarCount(before: offset, lines) - scalarCount(before: lines.starts[line], lines) + 1
    return SourcePosition(line: line + 1, column: column)
  }

  /// The line that holds a byte and below it a caret under the byte, as compilers print it.
  ///
  /// Of a long line only the part around the byte is shown; control characters appear as blanks.
  public func excerpt(atByte offset: Int) -> String {
    let offset = min(max(offset, 0), bytes.count)
    let lines = lines
    let start = lines.starts[lines.index(ofByte: offset)]
    var end = offset
    while end < bytes.count, bytes[end] != UInt8(ascii: "\n"), end - offset < 4 * Self.excerptWidth {
      end += 1
    }
    let windowStart = max(start, offset - 4 * Self.excerptWidth)
    var before = Self.printable(bytes[windowStart..<offset])
    var after = Self.printable(bytes[offset..<end])
    if before.count > Self.excerptWidth / 2 { before = ["…"] + before.suffix(Self.excerptWidth / 2) }
    if after.count > Self.excerptWidth / 2 { after = after.prefix(Self.excerptWidth / 2) + ["…"] }
    var line = String.UnicodeScalarView()
    line.append(contentsOf: before)
    line.append(contentsOf: after)
    while line.last == " " { line.removeLast() }
    return String(line) + "\n" + String(repeating: " ", count: before.count) + "^"
  }

  /// The JSON pointer of the value, or of the value of the key, that begins at a byte; empty where none does, and in a text
  /// that is not JSON.
  ///
  /// - Complexity: O(*depth* x log *n*) in the values of an object or array; the first call reads the text again.
  func pointer(ofByte offset: Int) -> String {
    let root = document.withLock { document in
      if document == nil { document = try? JSONReader.read(self) }
      return document
    }
    return root?.pointer(toByte: offset) ?? ""
  }

  /// An issue about a byte of the text, with the line that holds it.
  func issue(
    _ message: String, severity: ScenarioIssue.Severity = .error, suggestion: String? = nil, atByte offset: Int,
    pointer: String = ""
  ) -> ScenarioIssue {
    let position = position(ofByte: offset)
    return ScenarioIssue(
      severity: severity, file: file, line: position.line, column: position.column, pointer: pointer,
      message: message, suggestion: suggestion, excerpt: excerpt(atByte: offset))
  }

  private static func printable(_ bytes: ArraySlice<UInt8>) -> [Unicode.Scalar] {
    String(decoding: bytes, as: UTF8.self).unicodeScalars.map {
      $0.properties.generalCategory == .control ? " " : $0
    }
  }

  private func scalarCount(before offset: Int, _ lines: Lines) -> Int {
    guard !lines.scalarsBefore.isEmpty else { return 0 }
    let block = min(offset / Self.stride, lines.scalarsBefore.count - 1)
    var count = lines.scalarsBefore[block]
    for byte in bytes[(block * Self.stride)..<offset] where byte & 0xc0 != 0x80 { count += 1 }
    return count
  }
}
