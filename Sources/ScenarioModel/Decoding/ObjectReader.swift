/// Takes the values of an object by key.
///
/// Reports at once every key that the object's shape does not have, what is required and missing, and the
/// first key that this version does not support. Keys that begin with `x-` are nobody's business.
struct ObjectReader {
  let shape: ObjectShape
  let place: SourcePlace
  let log: IssueLog
  /// The members whose keys the shape has, in file order; of a key given twice the first.
  let members: [JSONMember]
  /// Whether a key was given that is not supported yet.
  let hasUnsupportedKey: Bool

  init(_ all: [JSONMember], shape: ObjectShape, place: SourcePlace, log: IssueLog) {
    self.shape = shape
    self.place = place
    self.log = log
    var members: [JSONMember] = []
    var unknown: [JSONMember] = []
    for member in all {
      if shape.key(member.name) == nil {
        if !member.name.hasPrefix("x-") { unknown.append(member) }
      } else if !members.contains(where: { $0.name == member.name }) {
        members.append(member)
      }
    }
    self.members = members
    let unsupported = members.first { shape.key($0.name)?.isSupported == false }
    hasUnsupportedKey = unsupported != nil
    let free = shape.keys.map(\.name).filter { name in !members.contains { $0.name == name } }
    for member in unknown {
      log.error(
        "unknown key \(quoted(member.name))", at: keyPlace(member),
        suggestion: log.isFull ? nil : NearestName.nearest(to: member.name, among: free))
    }
    if let unsupported { log.error("'\(unsupported.name)' is not supported yet", at: keyPlace(unsupported)) }
    for key in shape.keys where key.isRequired && free.contains(key.name) {
      // A misspelled key was reported already; that it is missing too is the same mistake.
      if unknown.contains(where: { NearestName.nearest(to: $0.name, among: free) == key.name }) { continue }
      let example = key.examples.first.map { ", such as \"\(key.name)\": \($0.text(.compact))" } ?? ""
      log.error("missing key '\(key.name)'\(example)", at: place)
    }
  }

  func keyPlace(_ member: JSONMember) -> SourcePlace {
    SourcePlace(
      source: log.source, byteOffset: member.nameOffset, pointer: place.pointer.appendingPointer(member.name))
  }

  /// The place of a key that is given.
  func keyPlace(_ key: String) -> SourcePlace {
    member(key).map(keyPlace) ?? place
  }

  /// The value of a key, or `nil` where it is not given.
  ///
  /// - Precondition: the shape has the key.
  subscript(key: String) -> ValueReader? {
    precondition(shape.key(key) != nil, "the shape of \(shape.name) has no key \(key)")
    guard let member = member(key) else { return nil }
    return ValueReader(member.value, pointer: place.pointer.appendingPointer(key), log: log)
  }

  private func member(_ key: String) -> JSONMember? {
    members.first { $0.name == key }
  }

  func has(_ key: String) -> Bool { member(key) != nil }

  /// The object's `description`.
  var prose: String? { self["description"]?.string()?.value }

  /// Reports the given keys that are none of those allowed here.
  func refuse(keysExcept allowed: [String], because reason: String) {
    for member in members where !allowed.contains(member.name) && shape.key(member.name)?.isSupported == true
    {
      log.error("'\(member.name)' has no meaning \(reason)", at: keyPlace(member))
    }
  }
}
