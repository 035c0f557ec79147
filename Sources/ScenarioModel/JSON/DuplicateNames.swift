extension JSONReader {
  /// A name that an object gives a second time.
  ///
  /// RFC 8259 section 4 leaves the meaning of such an object open; here it is an error.
  struct DuplicateName {
    let name: String
    let pointer: String
    let offset: Int
    let firstOffset: Int
  }

  /// Every name given again in its object, in file order.
  ///
  /// - Complexity: O(*n*) in the members of the document.
  static func duplicateNames(in root: JSONNode) -> [DuplicateName] {
    var found: [DuplicateName] = []
    collectDuplicates(in: root, pointer: "", into: &found)
    return found
  }

  private static func collectDuplicates(in node: JSONNode, pointer: String, into found: inout [DuplicateName])
  {
    switch node.content {
    case .null, .boolean, .number, .string: break
    case .array(let elements):
      for (index, element) in elements.enumerated() where element.isContainer {
        collectDuplicates(in: element, pointer: "\(pointer)/\(index)", into: &found)
      }
    case .object(let members):
      var firstOffsets: [String: Int] = [:]
      for member in members {
        if let first = firstOffsets[member.name] {
          found.append(
            DuplicateName(
              name: member.name, pointer: pointer.appendingPointer(member.name), offset: member.nameOffset,
              firstOffset: first))
        } else {
          firstOffsets[member.name] = member.nameOffset
        }
        if member.value.isContainer {
          collectDuplicates(in: member.value, pointer: pointer.appendingPointer(member.name), into: &found)
        }
      }
    }
  }
}

extension JSONNode {
  fileprivate var isContainer: Bool {
    switch content {
    case .null, .boolean, .number, .string: false
    case .array, .object: true
    }
  }
}

extension String {
  /// The JSON pointer of a member of the value this pointer names. Source: RFC 6901 section 3.
  func appendingPointer(_ token: String) -> String {
    var pointer = self + "/"
    for scalar in token.unicodeScalars {
      switch scalar {
      case "~": pointer += "~0"
      case "/": pointer += "~1"
      default: pointer.unicodeScalars.append(scalar)
      }
    }
    return pointer
  }
}
