// Made of scenarios/labs/06-vrf-to-the-rescue by LabTextsTests; not to be edited.

extension Lab {
  static let lab06 = Lab(
    "06-vrf-to-the-rescue",
    story: #"""
# Lab 6: VRF to the rescue

A server stands between two networks that must not know of each other: customers come by `data`, administrators by `mgmt`, each
through a router of their own. It has one routing table.

```
 customer 10.7.0.5 ==== data-gw 192.168.7.1 ==== data  192.168.7.10/24 +-----+  work:        UDP 9000
                                                                       | srv |
 admin    10.9.0.5 ==== mgmt-gw 192.168.9.1 ==== mgmt  192.168.9.20/24 +-----+  management:  UDP 9001
```

Both routers know a way to the other network through `srv`. It is not meant to be used.

## What you see

The administrators' ping is delivered, and the answer leaves by `data`, where nobody knows 10.9.0.0/24. The customer, on the other
hand, has no trouble at all to get an answer from 192.168.9.20, the address of the management port; and the management program
answers him, too, at 192.168.7.10:9001.

## What should be

Customers are answered at 192.168.7.10:9000, administrators at 192.168.9.20 and its port 9001, by the port where they came in.
Nothing that customers send comes to the management, at whichever address; nothing that administrators send by `mgmt` comes to the
work. `srv` keeps its addresses.

## What to find out

- Two gateways need two default routes. Why are two of them in one table no help?
- Why does `srv` take a packet for 192.168.9.20 that comes in by `data`? Which table says that an address is one's own, and for
  whom?
- Which programs hear what comes in by a VRF?

## How to work

`start.json` is the network as it is; change `srv` in it, by keys or by `commands`, as you like. The other machines are given: the grader
takes them from the lab, as it does the timeline and what is expected.

```
vrfsim run start.json
vrfsim check start.json
vrfsim labs grade start.json
vrfsim labs hint 6 start.json
```

## On a Linux host

`ip route get 10.9.0.5 from 192.168.9.20`, `ip route show table local`, `ip route get 192.168.9.20 from 10.7.0.5 iif data`,
`ss -ulpn` (a socket of a VRF has `%mgmt-vrf` behind its address).

"""#,
    start: #"""
{
  "vrfsim": 1,
  "name": "06-vrf-to-the-rescue",
  "description": "A server between customers and administrators, with one routing table for both.",
  "nodes": {
    "customer": { "interfaces": { "eth0": { "addresses": ["10.7.0.5/24"] } }, "routes": ["default via 10.7.0.1"] },
    "admin": { "interfaces": { "eth0": { "addresses": ["10.9.0.5/24"] } }, "routes": ["default via 10.9.0.1"] },
    "data-gw": {
      "description": "The router of the customers. Somebody has told it a way to the management network.",
      "forwarding": true,
      "interfaces": { "lan": { "addresses": ["10.7.0.1/24"] }, "srv": { "addresses": ["192.168.7.1/24"] } },
      "routes": ["192.168.9.0/24 via 192.168.7.10"]
    },
    "mgmt-gw": {
      "description": "The router of the administrators.",
      "forwarding": true,
      "interfaces": { "lan": { "addresses": ["10.9.0.1/24"] }, "srv": { "addresses": ["192.168.9.1/24"] } },
      "routes": ["192.168.7.0/24 via 192.168.9.20"]
    },
    "srv": {
      "interfaces": {
        "data": { "addresses": ["192.168.7.10/24"] },
        "mgmt": { "addresses": ["192.168.9.20/24"] }
      },
      "routes": ["default via 192.168.7.1"],
      "services": [
        { "udp": 9000, "description": "The server's work, for the customers." },
        { "udp": 9001, "description": "Its management, for the administrators alone." }
      ]
    }
  },
  "links": [
    { "endpoints": ["customer:eth0", "data-gw:lan"] },
    { "endpoints": ["admin:eth0", "mgmt-gw:lan"] },
    { "endpoints": ["data-gw:srv", "srv:data"] },
    { "endpoints": ["mgmt-gw:srv", "srv:mgmt"] }
  ],
  "timeline": [
    { "id": "work", "on": "customer", "udp": { "to": "192.168.7.10:9000", "timeout": "1s" } },
    { "id": "ping-mgmt", "on": "admin", "run": "ping -c 1 -W 1 192.168.9.20" },
    { "id": "management", "on": "admin", "udp": { "to": "192.168.9.20:9001", "timeout": "1s" } },
    { "id": "intruder-pings", "on": "customer", "run": "ping -c 1 -W 1 192.168.9.20", "description": "A customer looks for the management." },
    { "id": "intruder", "on": "customer", "udp": { "to": "192.168.9.20:9001", "timeout": "1s" } },
    { "id": "back-door", "on": "customer", "udp": { "to": "192.168.7.10:9001", "timeout": "1s" } },
    { "id": "side-door", "on": "admin", "udp": { "to": "192.168.7.10:9000", "timeout": "1s" }, "description": "An administrator uses the work by the management port." }
  ]
}

"""#,
    goal: #"""
{
  "goal": 1,
  "title": "VRF to the rescue",
  "sentence": "A server has two ports, two gateways and one table: administrators get no answer, customers get too many.",
  "given": ["customer", "admin", "data-gw", "mgmt-gw"],
  "timeline": [
    { "id": "work", "on": "customer", "udp": { "to": "192.168.7.10:9000", "timeout": "1s" } },
    { "id": "ping-mgmt", "on": "admin", "run": "ping -c 1 -W 1 192.168.9.20" },
    { "id": "management", "on": "admin", "udp": { "to": "192.168.9.20:9001", "timeout": "1s" } },
    { "id": "intruder-pings", "on": "customer", "run": "ping -c 1 -W 1 192.168.9.20", "description": "A customer looks for the management." },
    { "id": "intruder", "on": "customer", "udp": { "to": "192.168.9.20:9001", "timeout": "1s" } },
    { "id": "back-door", "on": "customer", "udp": { "to": "192.168.7.10:9001", "timeout": "1s" } },
    { "id": "side-door", "on": "admin", "udp": { "to": "192.168.7.10:9000", "timeout": "1s" }, "description": "An administrator uses the work by the management port." }
  ],
  "expect": [
    { "id": "work-goes-on", "description": "customers are answered at 192.168.7.10:9000", "of": "work", "is": "answered", "from": "192.168.7.10", "points": 2,
      "hint": ["The customers' way is data, 192.168.7.10, and back by the default via 192.168.7.1. Keep it."] },
    { "id": "mgmt-answers", "description": "192.168.9.20 answers the administrator", "of": "ping-mgmt", "is": "answered", "from": "192.168.9.20", "points": 2,
      "hint": [
        "The request arrives at srv. Where does the answer go? `vrfsim trace start.json ping-mgmt --both-ways`.",
        "10.9.0.0/24 is behind mgmt-gw, and srv has one default, by data-gw. Two defaults need two tables.",
        "A VRF gives mgmt a table of its own: \"vrfs\": { \"mgmt-vrf\": { \"table\": 9 } }, \"master\": \"mgmt-vrf\" at mgmt, and \"default via 192.168.9.1 vrf mgmt-vrf\"."
      ] },
    { "id": "mgmt-by-mgmt", "description": "by the cable of mgmt, there and back", "of": "ping-mgmt", "requestOut": "mgmt-gw:srv", "replyIn": "mgmt-gw:srv", "points": 2,
      "hint": ["An answer that leaves by data is no good even where it arrives: `vrfsim trace start.json ping-mgmt --both-ways`."] },
    { "id": "management-works", "description": "the management program answers the administrator", "of": "management", "is": "answered", "from": "192.168.9.20", "points": 2,
      "hint": [
        "ping works and the program does not? Then the packet comes by a VRF or a namespace where the program does not listen.",
        "{ \"udp\": 9001, \"vrf\": \"mgmt-vrf\" }; on Linux `ip vrf exec mgmt-vrf PROGRAM`."
      ] },
    { "id": "no-pings-of-customers", "description": "what customers send to the management address does not arrive", "of": "intruder-pings", "is": "delivered", "not": true, "points": 2,
      "hint": [
        "Why does srv take a packet for 192.168.9.20 that comes in by data?",
        "`vrfsim explain start.json srv 192.168.9.20 from 10.7.0.5 iif data`: the table local has every address of the machine, wherever it came in.",
        "In a VRF the local addresses are in the table of the VRF, and what comes in by data does not look there. With rules you need a filter: `iptables -A INPUT -i data -d 192.168.9.20 -j DROP`."
      ] },
    { "id": "no-management-for-customers", "description": "nor does what they send to its program, 192.168.9.20:9001", "of": "intruder", "is": "delivered", "not": true, "points": 2,
      "hint": ["The same way as the ping: 192.168.9.20 must not be an address of the machine for what comes in by data."] },
    { "id": "no-back-door", "description": "customers do not reach the management at 192.168.7.10:9001 either", "of": "back-door", "is": "delivered", "not": true, "points": 2,
      "hint": [
        "The management program listens on every address. Where should it not?",
        "In a VRF or a namespace it hears only what comes in there. With rules: give the service \"address\": \"192.168.9.20\"."
      ] },
    { "id": "no-side-door", "description": "administrators do not reach the work by the management port", "of": "side-door", "is": "delivered", "not": true, "points": 1,
      "hint": ["The same once more from the other side: 192.168.7.10 must be nobody's address for what comes in by mgmt."] }
  ]
}

"""#,
    solution: #"""
{
  "vrfsim": 1,
  "name": "06-vrf-to-the-rescue",
  "description": "A server between customers and administrators, with a VRF for the latter.",
  "nodes": {
    "customer": { "interfaces": { "eth0": { "addresses": ["10.7.0.5/24"] } }, "routes": ["default via 10.7.0.1"] },
    "admin": { "interfaces": { "eth0": { "addresses": ["10.9.0.5/24"] } }, "routes": ["default via 10.9.0.1"] },
    "data-gw": {
      "description": "The router of the customers. Somebody has told it a way to the management network.",
      "forwarding": true,
      "interfaces": { "lan": { "addresses": ["10.7.0.1/24"] }, "srv": { "addresses": ["192.168.7.1/24"] } },
      "routes": ["192.168.9.0/24 via 192.168.7.10"]
    },
    "mgmt-gw": {
      "description": "The router of the administrators.",
      "forwarding": true,
      "interfaces": { "lan": { "addresses": ["10.9.0.1/24"] }, "srv": { "addresses": ["192.168.9.1/24"] } },
      "routes": ["192.168.7.0/24 via 192.168.9.20"]
    },
    "srv": {
      "vrfs": { "mgmt-vrf": { "table": 9 } },
      "interfaces": {
        "data": { "addresses": ["192.168.7.10/24"] },
        "mgmt": { "master": "mgmt-vrf", "addresses": ["192.168.9.20/24"] }
      },
      "routes": ["default via 192.168.7.1", "default via 192.168.9.1 vrf mgmt-vrf"],
      "services": [
        { "udp": 9000, "description": "The server's work, for the customers." },
        { "udp": 9001, "vrf": "mgmt-vrf", "description": "Its management, for the administrators alone." }
      ]
    }
  },
  "links": [
    { "endpoints": ["customer:eth0", "data-gw:lan"] },
    { "endpoints": ["admin:eth0", "mgmt-gw:lan"] },
    { "endpoints": ["data-gw:srv", "srv:data"] },
    { "endpoints": ["mgmt-gw:srv", "srv:mgmt"] }
  ],
  "timeline": [
    { "id": "work", "on": "customer", "udp": { "to": "192.168.7.10:9000", "timeout": "1s" } },
    { "id": "ping-mgmt", "on": "admin", "run": "ping -c 1 -W 1 192.168.9.20" },
    { "id": "management", "on": "admin", "udp": { "to": "192.168.9.20:9001", "timeout": "1s" } },
    { "id": "intruder-pings", "on": "customer", "run": "ping -c 1 -W 1 192.168.9.20", "description": "A customer looks for the management." },
    { "id": "intruder", "on": "customer", "udp": { "to": "192.168.9.20:9001", "timeout": "1s" } },
    { "id": "back-door", "on": "customer", "udp": { "to": "192.168.7.10:9001", "timeout": "1s" } },
    { "id": "side-door", "on": "admin", "udp": { "to": "192.168.7.10:9000", "timeout": "1s" }, "description": "An administrator uses the work by the management port." }
  ]
}

"""#,
    explanation: #"""
# Lab 6: the solution

One table has one best default, so the administrators' answers went to `data-gw`. And the table `local` has every address of the
machine, whichever interface it is on: a packet for 192.168.9.20 is taken wherever it comes in (the weak host model).

A VRF mends both at once. `mgmt` takes its routes along, the one to its subnet and the local one of its address, into table 9. What comes in
by `data` is looked up in the main tables, which do not know 192.168.9.20 any more; `srv` does not forward, so the packet ends
there. `default via 192.168.9.1 vrf mgmt-vrf` is the second default, in a table of its own, and the management program, bound to the
VRF, hears the VRF alone.

Two other ways that have all points:

- A network namespace with `mgmt`, its default and the management program in it.
- A rule and a filter: `from 192.168.9.20 lookup 9` with a default in table 9; each program bound to its own address; and
  `iptables -A INPUT -i data -d 192.168.9.20 -j DROP`, and the other way round for `mgmt`. The rule brings the answers home; that an
  address answers on the wrong side is another matter, and takes the filter.

On a Linux host:

```
ip link add mgmt-vrf type vrf table 9
ip link set mgmt-vrf up
ip link set mgmt master mgmt-vrf
ip route add default via 192.168.9.1 vrf mgmt-vrf
ip vrf exec mgmt-vrf MANAGEMENT-PROGRAM
```

"""#)
}
