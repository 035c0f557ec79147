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
  /// The byte offset at which each line begins.
  private let lineStarts: [Int]
  /// How many Unicode scalars begin before byte `index * stride`; keeps columns cheap where one line is long.
  private let scalarsBefore: [Int]
  /// The document, read anew when the first pointer is asked for: values do not carry theirs.
  private let document = Mutex<JSONNode?>(nil)

  private static let stride = 4096
  /// The longest part of a line that an excerpt shows, in scalars.
  private static let excerptWidth = 100

  /// - Complexity: O(*n*) in the bytes.
  public init(file: String, bytes: [UInt8]) {
    var lineStarts = [0]
    var scalarsBefore: [Int] = []
    scalarsBefore.reserveCapacity(bytes.count / Self.stride + 1)
    var scalars = 0
    bytes.withUnsafeBufferPointer { buffer in
      for index in 0..<buffer.count {
        if index % Self.stride == 0 { scalarsBefore.append(scalars) }
        let byte = buffer[index]
        if byte & 0xc0 != 0x80 { scalars += 1 }
        if byte == UInt8(ascii: "\n") { lineStarts.append(index + 1) }
      }
    }
    self.file = file
    self.bytes = bytes
    self.lineStarts = lineStarts
    self.scalarsBefore = scalarsBefore
  }

  /// Line and column of a byte; an offset behind the last byte is the end of the file.
  ///
  /// - Complexity: O(log *lines*).
  public func position(ofByte offset: Int) -> SourcePosition {
    let offset = min(max(offset, 0), bytes.count)
    let line = lineIndex(ofByte: offset)
    let column = scalarCount(before: offset) - scalarCount(before: lineStarts[line]) + 1
    return SourcePosition(line: line + 1, column: column)
  }

  /// The line that holds a byte and below it a caret under the byte, as compilers print it.
  ///
  /// Of a long line only the part around the byte is shown; control characters appear as blanks.
  public func excerpt(atByte offset: Int) -> String {
    let offset = min(max(offset, 0), bytes.count)
    let start = lineStarts[lineIndex(ofByte: offset)]
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

  private func lineIndex(ofByte offset: Int) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }

  private func scalarCount(before offset: Int) -> Int {
    guard !scalarsBefore.isEmpty else { return 0 }
    let block = min(offset / Self.stride, scalarsBefore.count - 1)
    var count = scalarsBefore[block]
    for byte in bytes[(block * Self.stride)..<offset] where byte & 0xc0 != 0x80 { count += 1 }
    return count
  }
}
