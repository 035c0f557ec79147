/// Why a text is not the value it should be, and what may have been meant.
public struct ValueError: Error, Hashable, Sendable {
  public let message: String
  public let suggestion: String?

  public init(_ message: String, suggestion: String? = nil) {
    self.message = message
    self.suggestion = suggestion
  }
}

/// A kind of quantity: the units it is written in and what one of each is worth in the smallest one.
struct QuantityKind: Sendable {
  let nameInWords: String
  let units: [(name: String, factor: UInt64)]
  /// What people write elsewhere, with the unit that is meant.
  let habits: [(text: String, unit: String)]
  let example: String
  /// What the value is counted in, for "finer than 1 ns".
  let resolution: String
  /// The largest value, and how it is written.
  let maximum: UInt64
  let maximumInWords: String

  /// Reads `2.5Gbit`: decimal digits, optionally a fraction, then a unit, with nothing between them.
  ///
  /// Exact: no floating point takes part, and a value finer than the resolution is refused.
  func value(of text: String) throws(ValueError) -> UInt64 {
    let bytes = Array(text.utf8)
    let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    let whole = bytes.prefix(while: isDigit)
    var rest = bytes[whole.endIndex...]
    var fraction = rest.prefix(0)
    if rest.first == UInt8(ascii: ".") {
      fraction = rest.dropFirst().prefix(while: isDigit)
      if fraction.isEmpty { throw malformed(text) }
      rest = bytes[fraction.endIndex...]
    }
    guard !whole.isEmpty, whole.count == 1 || whole.first != UInt8(ascii: "0") else { throw malformed(text) }
    let unit = String(decoding: rest, as: UTF8.self)
    guard let factor = units.first(where: { $0.name == unit })?.factor else {
      throw unknownUnit(unit, of: text, digits: text.utf8.count - rest.count)
    }
    guard let value = Self.scale(whole: whole, fraction: fraction, by: factor) else {
      if Self.scale(whole: whole, fraction: [], by: factor) != nil, !fraction.isEmpty {
        throw ValueError("\(quoted(text)) is finer than \(resolution)")
      }
      throw ValueError("\(quoted(text)) is more than \(maximumInWords)")
    }
    guard value <= maximum else { throw ValueError("\(quoted(text)) is more than \(maximumInWords)") }
    return value
  }

  private func malformed(_ text: String) -> ValueError {
    let negative = text.utf8.first == UInt8(ascii: "-") ? "; it cannot be negative" : ""
    return ValueError("\(quoted(text)) is not a \(nameInWords), such as \"\(example)\"\(negative)")
  }

  private func unknownUnit(_ unit: String, of text: String, digits: Int) -> ValueError {
    let names = units.map(\.name)
    let number = String(decoding: text.utf8.prefix(digits), as: UTF8.self)
    if unit.isEmpty {
      return ValueError(
        "\(quoted(text)) has no unit; give a unit, such as \"\(number)\(names[names.count / 2])\"")
    }
    let bare = unit.trimmingBlanks
    let near =
      names.first { $0 == bare } ?? habits.first { $0.text == bare }?.unit ?? names.first {
        $0.lowercased() == bare.lowercased()
      }
      ?? NearestName.nearest(to: bare, among: names)
    let list = names.joined(separator: ", ")
    return ValueError(
      "\(quoted(text)) is not a \(nameInWords); the unit is one of \(list), directly behind the number",
      suggestion: near.map { number + $0 })
  }

  /// `whole.fraction` times the factor, or `nil` where that is no whole number or overflows.
  private static func scale(whole: ArraySlice<UInt8>, fraction: ArraySlice<UInt8>, by factor: UInt64)
    -> UInt64?
  {
    var value: UInt64 = 0
    for digit in whole {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
      if overflow || carry { return nil }
      value = sum
    }
    let (scaled, overflow) = value.multipliedReportingOverflow(by: factor)
    if overflow { return nil }
    var remainder = factor
    var parts: UInt64 = 0
    for digit in fraction {
      let amount = UInt64(digit - UInt8(ascii: "0"))
      if amount == 0 {
        remainder = remainder % 10 == 0 ? remainder / 10 : 0
        continue
      }
      guard remainder != 0, (remainder * amount) % 10 == 0 else { return nil }
      parts += remainder * amount / 10
      // What is left of the factor for the next digit; 0 once it no longer divides.
      remainder = remainder % 10 == 0 ? remainder / 10 : 0
    }
    let (sum, carry) = scaled.addingReportingOverflow(parts)
    return carry ? nil : sum
  }
}

extension String {
  var trimmingBlanks: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
