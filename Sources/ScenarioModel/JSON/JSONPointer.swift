extension JSONNode {
  /// The JSON pointer of the value inside this one that begins at a byte of the file, or whose name does; `nil` where none
  /// does.
  ///
  /// Source: RFC 6901.
  /// - Complexity: O(*depth* x log *n*) in the values of an object or array.
  func pointer(toByte offset: Int) -> String? {
    var pointer = ""
    var node = self
    while node.bytes.lowerBound != offset {
      switch node.content {
      case .null, .boolean, .number, .string: return nil
      case .array(let elements):
        guard let place = elements.lastIndex(beginningBy: offset, \.bytes.lowerBound) else { return nil }
        pointer += "/\(place)"
        node = elements[place]
      case .object(let members):
        guard let place = members.lastIndex(beginningBy: offset, \.nameOffset) else { return nil }
        pointer = pointer.appendingPointer(members[place].name)
        if members[place].nameOffset == offset { return pointer }
        node = members[place].value
      }
    }
    return pointer
  }
}

extension Array {
  /// The last element that begins at a byte or before it, of elements in the order of the file; `nil` where all begin
  /// behind it.
  fileprivate func lastIndex(beginningBy offset: Int, _ beginning: (Element) -> Int) -> Int? {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if beginning(self[middle]) <= offset { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : low - 1
  }
}

extension String {
  /// The JSON pointer of a member of the value this pointer names. Source: RFC 6901 section 3.
  fileprivate func appendingPointer(_ token: String) -> String {
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
