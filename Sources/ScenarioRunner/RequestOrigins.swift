public import NetworkStack
public import ScenarioModel

/// The places of the scenario whose requests made rules, routes, addresses and neighbor entries.
///
/// Shared by everything that makes requests for one run.
public final class RequestOrigins {
  // Nobody asks for a place while one is kept.
  @exclusivity(unchecked) private var places: [SourcePlace] = []

  public init() {}

  /// The number of a place.
  func origin(of place: SourcePlace) -> RequestOrigin {
    if let last = places.last, last.byteOffset == place.byteOffset, last.source === place.source {
      return RequestOrigin(rawValue: UInt32(places.count))
    }
    places.append(place)
    return RequestOrigin(rawValue: UInt32(places.count))
  }

  /// The place of a number; `nil` for what the kernel made by itself.
  public func place(of origin: RequestOrigin) -> SourcePlace? {
    origin == .none ? nil : places[Int(origin.rawValue) - 1]
  }

  /// The file's own name and the line, such as `scenario.json:17`.
  func text(_ origin: RequestOrigin) -> String? {
    place(of: origin).map { "\($0.file.split(separator: "/").last ?? ""):\($0.line)" }
  }
}
