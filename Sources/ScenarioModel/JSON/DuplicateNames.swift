extension JSONReader {
  /// A name that an object gives a second time.
  ///
  /// RFC 8259 section 4 leaves the meaning of such an object open; here it is an error.
  struct DuplicateName {
    let name: String
    let offset: Int
    let firstOffset: Int
  }

  /// Every name given again in its object, in file order.
  ///
  /// - Complexity: O(*n*) in the members of the document.
  static func duplicateNames(in root: JSONNode) -> [DuplicateName] {
    var found: [DuplicateName] = []
    collectDuplicates(in: root, into: &found)
    return found
  }

  private static func collectDuplicates(in node: JSONNode, into found: inout [DuplicateName]) {
    switch node.content {
    case .null, .boolean, .number, .string: break
    case .array(let elements):
      for element in elements { collectDuplicates(in: element, into: &found) }
    case .object(let members):
      if members.hasRepeatedNames { return collectRepeatedNames(of: members, into: &found) }
      for member in members { collectDuplicates(in: member.value, into: &found) }
    }
  }

  private static func collectRepeatedNames(of members: [JSONMember], into found: inout [DuplicateName]) {
    var firstOffsets: [String: Int] = [:]
    for member in members {
      if let first = firstOffsets[member.name] {
        found.append(DuplicateName(name: member.name, offset: member.nameOffset, firstOffset: first))
      } else {
        firstOffsets[member.name] = member.nameOffset
      }
      collectDuplicates(in: member.value, into: &found)
    }
  }
}

extension [JSONMember] {
  /// Whether a name is given more than once.
  ///
  /// - Complexity: O(*n*).
  var hasRepeatedNames: Bool {
    // Most objects have a few members: comparing each with each is less work than hashing them.
    if count > 8 { return Set(map(\.name)).count < count }
    for place in indices.dropFirst() {
      for before in 0..<place where self[before].name == self[place].name { return true }
    }
    return false
  }

  /// The members, of a name given twice the first.
  var withoutRepeatedNames: [JSONMember] {
    guard hasRepeatedNames else { return self }
    var seen: Set<String> = []
    return filter { seen.insert($0.name).inserted }
  }
}
