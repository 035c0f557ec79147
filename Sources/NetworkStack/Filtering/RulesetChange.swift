extension Kernel {
  /// Changes a table of a namespace's rules, all or not at all.
  package mutating func changeRuleset<Failure: Error>(
    of namespace: NamespaceID, _ family: FilterFamily, _ kind: FilterTableKind,
    _ body: (inout FilterTable) throws(Failure) -> Void
  ) throws(Failure) {
    var ruleset = namespaces[namespace.index].ruleset ?? Ruleset()
    try ruleset.change(family, kind, body)
    namespaces[namespace.index].ruleset = ruleset
    namespaceForwarding[namespace.index].activeHooks = ruleset.activeHooks
  }
}
