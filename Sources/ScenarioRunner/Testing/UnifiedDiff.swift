/// Two texts as a unified diff, as diff(1) writes it with `-u`.
enum UnifiedDiff {
  /// Equal lines that are shown around a difference.
  private static let context = 3
  /// Longer texts are not compared line by line.
  private static let longest = 20_000

  /// - Returns: the lines; none where the texts are equal.
  static func lines(_ old: String, _ new: String) -> [String] {
    if old == new { return [] }
    let before = old.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let after = new.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard before.count + after.count <= longest else { return ["the texts are too long to be compared line by line"] }
    let edits = edits(before, after)
    var lines: [String] = []
    var place = 0
    while let first = edits[place...].firstIndex(where: { $0.mark != " " }) {
      let start = max(first - context, place)
      var end = first
      // Differences that are near one another make one hunk.
      while let next = edits[end...].firstIndex(where: { $0.mark != " " }), next - end <= 2 * context { end = next + 1 }
      end = min(end + context, edits.count)
      let hunk = edits[start..<end]
      let (oldCount, newCount) = (hunk.count { $0.mark != "+" }, hunk.count { $0.mark != "-" })
      lines.append("@@ -\(edits[start].old + 1),\(oldCount) +\(edits[start].new + 1),\(newCount) @@")
      lines += hunk.map { "\($0.mark)\($0.text)" }
      place = end
    }
    return lines
  }

  /// A line that stayed, went or came, and how many lines of both texts stand before it.
  private typealias Edit = (mark: Character, text: String, old: Int, new: Int)

  private static func edits(_ before: [String], _ after: [String]) -> [Edit] {
    var (removed, inserted): (Set<Int>, Set<Int>) = ([], [])
    for change in after.difference(from: before) {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    var edits: [Edit] = []
    var (old, new) = (0, 0)
    while old < before.count || new < after.count {
      if old < before.count, removed.contains(old) {
        edits.append(("-", before[old], old, new))
        old += 1
      } else if new < after.count, inserted.contains(new) {
        edits.append(("+", after[new], old, new))
        new += 1
      } else {
        edits.append((" ", before[old], old, new))
        (old, new) = (old + 1, new + 1)
      }
    }
    return edits
  }
}
