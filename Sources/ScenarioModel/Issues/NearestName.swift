/// Finds the name a mistyped word was meant to be.
public enum NearestName {
  /// Names longer than this many scalars are not compared.
  static let maximumLength = 64
  /// At most this many candidates are compared.
  static let maximumCandidates = 2000

  /// The candidate nearest to a word, the first of equals, or `nil` when none is near.
  ///
  /// Near is a distance of at most 2 or a third of the word's length, whichever is more; 1 for words of up to
  /// three letters. Case does not count, so `GBIT` finds `Gbit`.
  ///
  /// - Complexity: O(*candidates* x *n*²), both bounded.
  public static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    let letters = Array(word.lowercased().unicodeScalars)
    guard !letters.isEmpty, letters.count <= maximumLength else { return nil }
    let limit = letters.count <= 3 ? 1 : max(2, letters.count / 3)
    var best: (name: String, distance: Int)?
    for candidate in candidates.prefix(maximumCandidates) where candidate != word {
      let other = Array(candidate.lowercased().unicodeScalars)
      guard other.count <= maximumLength, abs(other.count - letters.count) <= limit else { continue }
      let distance = distance(letters, other)
      // A name of which no letter is right is no suggestion.
      if distance <= limit, distance < max(letters.count, other.count), distance < (best?.distance ?? Int.max)
      {
        best = (candidate, distance)
      }
    }
    return best?.name
  }

  /// Insertions, deletions, substitutions and swaps of neighbors that turn one word into the other.
  ///
  /// Source: Damerau-Levenshtein distance, restricted form (optimal string alignment).
  static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in 1..<(left.count + 1) {
      var current = [row]
      for column in 1..<(right.count + 1) {
        let cost = left[row - 1] == right[column - 1] ? 0 : 1
        var best = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + cost)
        if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
          best = min(best, beforeLast[column - 2] + 1)
        }
        current.append(best)
      }
      beforeLast = last
      last = current
    }
    return last[right.count]
  }
}
