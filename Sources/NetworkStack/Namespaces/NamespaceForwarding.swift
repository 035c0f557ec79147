/// What the way of a packet reads of a namespace; the rest is in ``NetworkNamespace``, at the same place.
package struct NamespaceForwarding: Sendable, BitwiseCopyable {
  /// The hooks at which rules or connection tracking are asked, as bits: of IPv4, and from bit 8 on of IPv6. The
  /// highest bit of each tells whether connections are tracked.
  var activeHooks: UInt16 = 0
  /// Whether a rule beside the three initial ones was ever added (`fib4_has_custom_rules`).
  package var hasCustomRules = false
  /// Whether the local table holds a route that no address made (`fib_has_custom_local_routes`).
  package var hasCustomLocalRoutes = false
  /// Whether ICMP ever taught anything about a destination of IPv4: ``NetworkNamespace/routeExceptions`` are to be asked.
  var hasRouteExceptions = false
  /// The table that the first rule of IPv4 looks up for every packet; `nil` where that rule does something else.
  var firstTable: RoutingTableID?
}
