import ScenarioModel
import Testing

@Suite struct NearestNameTests {
  @Test(
    "a slip of the finger finds the name that was meant",
    arguments: [
      ("interfces", "interfaces"), ("inetrfaces", "interfaces"), ("adresses", "addresses"), ("MTU", "mtu"),
      ("forwardign", "forwarding"), ("vrf", "vrfs"),
    ])
  func slips(word: String, meant: String) {
    let names = ["interfaces", "addresses", "mtu", "forwarding", "vrfs", "routes"]
    #expect(NearestName.nearest(to: word, among: names) == meant)
  }

  @Test("a word that is near to nothing gets no suggestion", arguments: ["", "zebra", "x", "unrelatedthing"])
  func strangers(word: String) {
    #expect(NearestName.nearest(to: word, among: ["interfaces", "mtu", "vrfs"]) == nil)
  }

  @Test("very long words and long lists are bounded")
  func bounds() {
    let long = String(repeating: "a", count: 1_000_000)
    #expect(NearestName.nearest(to: long, among: [long + "b"]) == nil)
    #expect(NearestName.nearest(to: "r1", among: (0..<100_000).lazy.map { "n\($0)" }) == "n1")
  }
}
