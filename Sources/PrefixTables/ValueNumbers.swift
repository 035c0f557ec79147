/// Small numbers for the distinct values of a table, so that 15 bits stand for a value of 32.
///
/// Number 0 is no value. A number is kept as long as prefixes have its value, and then given to another one.
///
/// Complexity: O(log *n*) to find the number of a value, O(*n*) where a value comes or goes, *n* the number of values.
@usableFromInline @frozen
struct ValueNumbers: BitwiseCopyable {
  /// The highest number.
  static var maximum: Int { 0x7fff }

  /// The value of each number; 0 for number 0.
  @usableFromInline var values: UnsafeMutablePointer<UInt32>
  /// How many prefixes have the value of each number; of a free number the next free one.
  var uses: UnsafeMutablePointer<UInt32>
  /// The values that have a number, in order, and the number of each.
  var sorted: UnsafeMutablePointer<UInt32>
  var order: UnsafeMutablePointer<UInt16>
  /// How many numbers are in use.
  var count = 0
  /// The highest number that was ever in use.
  var highest = 0
  /// 0 for none.
  var firstFree = 0

  init() {
    values = .allocate(capacity: Self.maximum + 1)
    uses = .allocate(capacity: Self.maximum + 1)
    sorted = .allocate(capacity: Self.maximum)
    order = .allocate(capacity: Self.maximum)
    values[0] = 0
    uses[0] = 0
  }

  func deallocate() {
    values.deallocate()
    uses.deallocate()
    sorted.deallocate()
    order.deallocate()
  }

  func copy() -> ValueNumbers {
    var copy = ValueNumbers()
    copy.values.update(from: values, count: highest + 1)
    copy.uses.update(from: uses, count: highest + 1)
    copy.sorted.update(from: sorted, count: count)
    copy.order.update(from: order, count: count)
    (copy.count, copy.highest, copy.firstFree) = (count, highest, firstFree)
    return copy
  }

  static var size: Int { (maximum + 1) * 8 + maximum * 6 }

  /// Where a value stands among the ordered ones, or would.
  private func position(of value: UInt32) -> Int {
    // Halves without a branch, which would be guessed wrongly every other time.
    var (first, rest) = (0, count)
    while rest > 0 {
      let half = rest &>> 1
      first = sorted[first &+ half] < value ? first &+ (rest &- half) : first
      rest = half
    }
    return first
  }

  /// The number of a value.
  ///
  /// - Precondition: a prefix has the value.
  func number(of value: UInt32) -> UInt16 { order[position(of: value)] }

  /// Counts one more prefix with the value.
  ///
  /// - Returns: its number; `nil` where all numbers are taken.
  mutating func acquire(_ value: UInt32) -> UInt16? {
    let position = position(of: value)
    if position < count, sorted[position] == value {
      uses[Int(order[position])] += 1
      return order[position]
    }
    if count == Self.maximum { return nil }
    var number = firstFree
    if number == 0 {
      highest += 1
      number = highest
    } else {
      firstFree = Int(uses[number])
    }
    (values[number], uses[number]) = (value, 1)
    (sorted + position + 1).update(from: sorted + position, count: count - position)
    (order + position + 1).update(from: order + position, count: count - position)
    (sorted[position], order[position]) = (value, UInt16(number))
    count += 1
    return UInt16(number)
  }

  /// Counts one prefix less with the value.
  ///
  /// - Precondition: a prefix has the value.
  mutating func release(_ value: UInt32) {
    let position = position(of: value)
    let number = Int(order[position])
    uses[number] -= 1
    if uses[number] > 0 { return }
    count -= 1
    (sorted + position).update(from: sorted + position + 1, count: count - position)
    (order + position).update(from: order + position + 1, count: count - position)
    uses[number] = UInt32(firstFree)
    firstFree = number
  }
}
