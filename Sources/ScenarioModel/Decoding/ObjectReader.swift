/// Takes the values of an object by key.
///
/// Reports at once every key that the object's shape does not have, what is required and missing, and the
/// first key that this version does not support. Keys that begin with `x-` are nobody's business.
struct ObjectReader {
  let shape: ObjectShape
  let log: IssueLog
  private let byteOffset: Int
  /// The members whose keys the shape has, in file order; of a key given twice the first.
  let members: [JSONMember]
  /// Whether a key was given that is not supported yet.
  let hasUnsupportedKey: Bool

  /// - Parameter byteOffset: where the object begins.
  init(_ all: [JSONMember], shape: ObjectShape, at byteOffset: Int, log: IssueLog) {
    self.shape = shape
    self.byteOffset = byteOffset
    self.log = log
    let known = all.allSatisfy { shape.has($0.name) } ? all : all.filter { shape.has($0.name) }
    let members = log.mayRepeatNames ? known.withoutRepeatedNames : known
    self.members = members
    let unsupported = shape.unsupported.isEmpty ? nil : members.first { shape.unsupported.contains($0.name) }
    hasUnsupportedKey = unsupported != nil
    let isMissing = { (name: String) in !members.contains { $0.name == name } }
    if known.count == all.count, unsupported == nil, !shape.required.contains(where: isMissing) { return }

    let unknown = all.filter { !shape.has($0.name) && !$0.name.hasPrefix("x-") }
    let free = shape.names.filter(isMissing)
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

  var place: SourcePlace { SourcePlace(source: log.source, byteOffset: byteOffset) }

  func keyPlace(_ member: JSONMember) -> SourcePlace {
    SourcePlace(source: log.source, byteOffset: member.nameOffset)
  }

  /// The place of a key that is given.
  func keyPlace(_ key: String) -> SourcePlace {
    index(of: key).map { keyPlace(members[$0]) } ?? place
  }

  /// The value of a key, or `nil` where it is not given.
  ///
  /// - Precondition: the shape has the key.
  subscript(key: String) -> ValueReader? {
    guard let place = index(of: key) else {
      assert(shape.has(key), "the shape of \(shape.name) has no key \(key)")
      return nil
    }
    return ValueReader(members[place].value, log: log)
  }

  private func index(of key: String) -> Int? {
    members.indices.first { members[$0].name == key }
  }

  func has(_ key: String) -> Bool { index(of: key) != nil }

  /// The object's `description`.
  var prose: String? { self["description"]?.string()?.value }

  /// Reports the given keys that are none of those allowed here.
  func refuse(keysExcept allowed: [String], because reason: String) {
    for member in members where !allowed.contains(member.name) && !shape.unsupported.contains(member.name) {
      log.error("'\(member.name)' has no meaning \(reason)", at: keyPlace(member))
    }
  }
}
