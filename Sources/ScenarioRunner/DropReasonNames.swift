internal import NetworkStack

/// The names of the drop reasons, as expectations give them.
enum DropReasonNames {
  static let all = DropReason.allCases.map(\.name)
}

extension String {
  /// The drop reason of this name.
  var dropReason: DropReason? { DropReason(named: self) }
}
