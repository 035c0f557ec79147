internal import NetworkControl
public import ScenarioModel
public import ScenarioRunner

/// Doubts about a network that can be built, and may not be what was meant.
///
/// False alarms are worse than misses: each lint asks for all that the harm needs, not only for what often brings it.
public enum ScenarioLint {
  /// What is doubtful about the network as it is built, before the timeline: warnings in the order of the file, each with
  /// its id at the end of the sentence. Those that the scenario switches off are left out.
  ///
  /// - Returns: nothing where the network cannot be built.
  public static func issues(of compiled: CompiledScenario) -> [ScenarioIssue] {
    let (_, control, problems) = ScenarioRun.construction(of: compiled)
    if !problems.isEmpty { return [] }
    let scenario = compiled.scenario
    let network = LintedNetwork(
      namespaces: control.allNamespaces.map { LintedNamespace($0, control, scenario) }, control: control, scenario: scenario)
    let off = scenario.lintsOff.map(\.value)
    let findings = network.findings.filter { !off.contains($0.name) }
    return findings.enumerated().sorted {
      ($0.element.place.byteOffset, $0.offset) < ($1.element.place.byteOffset, $1.offset)
    }.map { _, finding in
      finding.place.issue("\(finding.sentence) [\(finding.name.rawValue)]", severity: .warning)
    }
  }
}

/// One doubt.
struct LintFinding {
  let name: LintName
  let place: SourcePlace
  let sentence: String

  init(_ name: LintName, _ place: SourcePlace, _ sentence: String) {
    (self.name, self.place, self.sentence) = (name, place, sentence)
  }
}

/// A network as lints look at it.
struct LintedNetwork {
  let namespaces: [LintedNamespace]
  let control: Controller
  let scenario: Scenario

  var findings: [LintFinding] {
    namespaces.flatMap { namespace in
      VRFLints.findings(namespace, self) + AddressLints.findings(namespace) + FilterLints.findings(namespace)
    } + ReturnRouteLint.findings(self) + PathMTULint.findings(self)
  }
}
