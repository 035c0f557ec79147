// Made of scenarios/labs by LabTextsTests; not to be edited.

extension Lab {
  /// The labs in their order.
  public static let all: [Lab] = [lab01, lab02, lab03, lab04, lab05, lab06, lab07, lab08, lab09, lab10]
}
