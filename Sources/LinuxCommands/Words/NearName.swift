/// Finds the name that may have been meant by a mistyped one.
enum NearName {
  /// The name with the fewest edits from `text`, the first of equals; `nil` where all are too far: more
  /// than a third of the letters, and at least two.
  static func of(_ text: String, among names: [String]) -> String? {
    var best: (name: String, distance: Int)?
    let limit = max(1, min(2, text.utf8.count / 2))
    for name in names where name != text {
      let distance = self.distance(text, name)
      if distance <= limit && distance < (best?.distance ?? .max) { best = (name, distance) }
    }
    return best?.name
  }

  /// How many letters must be added, removed, replaced or swapped with their neighbor (the optimal string
  /// alignment distance).
  static func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left.utf8)
    let right = Array(right.utf8)
    var before: [Int] = []
    var previous = Array(0...right.count)
    for row in 0..<left.count {
      var current = [row + 1]
      for column in 0..<right.count {
        let replaced = previous[column] + (left[row] == right[column] ? 0 : 1)
        var cost = min(previous[column + 1] + 1, current[column] + 1, replaced)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          cost = min(cost, before[column - 1] + 1)
        }
        current.append(cost)
      }
      before = previous
      previous = current
    }
    return previous[right.count]
  }
}
