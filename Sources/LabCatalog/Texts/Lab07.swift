// Made of scenarios/labs/07-leak-on-purpose by LabTextsTests; not to be edited.

extension Lab {
  static let lab07 = Lab(
    "07-leak-on-purpose",
    story: #"""
# Lab 7: Leak on purpose

`r1` keeps three networks apart, each in a VRF. Red is to use one printer of blue, and nothing else of blue; green uses nothing. The
leak that somebody made does not work, and lets through what it should not.

```
                           r1
 red-host    172.16.1.1 === r0 vrf red                       lan
                           |                                +------- printer  172.16.2.10   TCP 631
                            b0 vrf blue ====================|
                           |                                +------- payroll  172.16.2.66   TCP 443
 green-host  172.16.3.1 === g0 vrf green
```

## What you see

The printer gets what red sends, and its answers die in `r1`: `[vrf blue], DROPPED … an unreachable route refuses it`. `payroll`
gets what red sends, too. That no answer comes back from there is no comfort: whoever wants to do harm needs no answer.

## What should be

`red-host` and `printer` reach each other, whoever begins. Nothing from red arrives at `payroll`, and red is told so at once instead
of waiting. Green reaches neither.

## What to find out

- How many routes does a leak need, and in which tables?
- How much is leaked by the route that is there?
- Who tells red that something is unreachable?

## How to work

`start.json` is the network as it is; change `r1` in it, by keys or by `commands`, as you like. The other machines are given: the grader
takes them from the lab, as it does the timeline and what is expected.

```
vrfsim run start.json
vrfsim check start.json
vrfsim labs grade start.json
vrfsim labs hint 7 start.json
```

## On a Linux host

`ip route show vrf red`, `ip route get 172.16.2.10 vrf red`, `ip route get 172.16.1.1 vrf blue`, `tcpdump -ni blue`. Here also:
`vrfsim trace start.json ping-printer --both-ways`.

"""#,
    start: #"""
{
  "vrfsim": 1,
  "name": "07-leak-on-purpose",
  "description": "A router with three VRFs. One server of blue is for red, too; the leak to it is too wide and one way.",
  "nodes": {
    "red-host": { "interfaces": { "eth0": { "addresses": ["172.16.1.1/24"] } }, "routes": ["default via 172.16.1.254"] },
    "green-host": { "interfaces": { "eth0": { "addresses": ["172.16.3.1/24"] } }, "routes": ["default via 172.16.3.254"] },
    "lan": {
      "description": "The switch of the blue network.",
      "bridges": { "br0": {} },
      "interfaces": { "p1": { "master": "br0" }, "p2": { "master": "br0" }, "p3": { "master": "br0" } }
    },
    "printer": { "interfaces": { "eth0": { "addresses": ["172.16.2.10/24"] } }, "routes": ["default via 172.16.2.254"], "services": [{ "tcp": 631 }] },
    "payroll": { "interfaces": { "eth0": { "addresses": ["172.16.2.66/24"] } }, "routes": ["default via 172.16.2.254"], "services": [{ "tcp": 443 }] },
    "r1": {
      "forwarding": true,
      "vrfs": { "red": { "table": 1101 }, "blue": { "table": 1102 }, "green": { "table": 1103 } },
      "interfaces": {
        "r0": { "master": "red", "addresses": ["172.16.1.254/24"] },
        "b0": { "master": "blue", "addresses": ["172.16.2.254/24"] },
        "g0": { "master": "green", "addresses": ["172.16.3.254/24"] }
      },
      "routes": [
        "unreachable default metric 4278198272 vrf red",
        "unreachable default metric 4278198272 vrf blue",
        "unreachable default metric 4278198272 vrf green",
        "172.16.2.0/24 dev blue vrf red"
      ]
    }
  },
  "links": [
    { "endpoints": ["red-host:eth0", "r1:r0"] },
    { "endpoints": ["green-host:eth0", "r1:g0"] },
    { "endpoints": ["r1:b0", "lan:p1"] },
    { "endpoints": ["printer:eth0", "lan:p2"] },
    { "endpoints": ["payroll:eth0", "lan:p3"] }
  ],
  "timeline": [
    { "on": "r1", "run": "ip route show vrf red" },
    { "on": "r1", "run": "ip route show vrf blue" },
    { "id": "ping-printer", "on": "red-host", "run": "ping -c 1 -W 1 172.16.2.10" },
    { "id": "print", "on": "red-host", "tcp": { "to": "172.16.2.10:631", "timeout": "1s" } },
    { "id": "ready", "on": "printer", "run": "ping -c 1 -W 1 172.16.1.1", "description": "The printer tells that it is ready." },
    { "id": "salaries", "on": "red-host", "run": "ping -c 1 -W 1 172.16.2.66" },
    { "id": "green-prints", "on": "green-host", "run": "ping -c 1 -W 1 172.16.2.10" },
    { "id": "green-visits-red", "on": "green-host", "run": "ping -c 1 -W 1 172.16.1.1" }
  ]
}

"""#,
    goal: #"""
{
  "goal": 1,
  "title": "Leak on purpose",
  "sentence": "Two VRFs share one printer, and nothing else: a leak that is as narrow as it should be, and goes both ways.",
  "given": ["red-host", "green-host", "lan", "printer", "payroll"],
  "timeline": [
    { "on": "r1", "run": "ip route show vrf red" },
    { "on": "r1", "run": "ip route show vrf blue" },
    { "id": "ping-printer", "on": "red-host", "run": "ping -c 1 -W 1 172.16.2.10" },
    { "id": "print", "on": "red-host", "tcp": { "to": "172.16.2.10:631", "timeout": "1s" } },
    { "id": "ready", "on": "printer", "run": "ping -c 1 -W 1 172.16.1.1", "description": "The printer tells that it is ready." },
    { "id": "salaries", "on": "red-host", "run": "ping -c 1 -W 1 172.16.2.66" },
    { "id": "green-prints", "on": "green-host", "run": "ping -c 1 -W 1 172.16.2.10" },
    { "id": "green-visits-red", "on": "green-host", "run": "ping -c 1 -W 1 172.16.1.1" }
  ],
  "expect": [
    { "id": "printer-answers", "description": "the printer answers red-host", "of": "ping-printer", "is": "answered", "from": "172.16.2.10", "points": 3,
      "hint": [
        "The request is delivered. Where does the answer end? `vrfsim trace start.json ping-printer --both-ways`.",
        "The answer comes in by blue, and blue's table knows nothing of 172.16.1.0/24. A leak is one route for each direction.",
        "\"172.16.1.0/24 dev red vrf blue\"."
      ] },
    { "id": "red-prints", "description": "red-host prints at 172.16.2.10:631", "of": "print", "is": "answered", "points": 2,
      "hint": ["What ping needs, TCP needs as well: a way there and a way back."] },
    { "id": "by-the-printer-itself", "description": "it is the printer that gets what red prints", "of": "print", "requestIn": "printer:eth0", "points": 1,
      "hint": ["172.16.2.10 is the printer's address, and has to lead to the printer: `vrfsim trace start.json print`."] },
    { "id": "printer-tells", "description": "the printer reaches red-host of its own accord", "of": "ready", "is": "answered", "points": 1,
      "hint": ["The route from blue to red serves answers and questions alike; no filter may stand in the way of the printer."] },
    { "id": "payroll-is-not-reached", "description": "nothing that red-host sends comes to payroll", "of": "salaries", "is": "delivered", "not": true, "points": 3,
      "hint": [
        "That no answer comes back does not mean that nothing arrives: `vrfsim trace start.json salaries`.",
        "A leak of 172.16.2.0/24 is a leak to everybody in it. How long is the prefix of one printer?",
        "\"172.16.2.10/32 dev blue vrf red\" in place of the /24."
      ] },
    { "id": "red-is-told", "description": "red-host is told that payroll is unreachable", "of": "salaries", "is": "unreachable", "points": 1,
      "hint": [
        "A packet that vanishes costs its sender time. Who could tell red-host?",
        "The unreachable default of red tells it, once nothing longer matches."
      ] },
    { "id": "green-does-not-print", "description": "green does not come to the printer", "of": "green-prints", "is": "delivered", "not": true, "points": 1,
      "hint": ["Green shares nothing: no route from green into another VRF, nor by the main table."] },
    { "id": "green-and-red-are-apart", "description": "green does not come to red", "of": "green-visits-red", "is": "delivered", "not": true, "points": 1,
      "hint": ["Green shares nothing: no route from green into another VRF, nor by the main table."] }
  ]
}

"""#,
    solution: #"""
{
  "vrfsim": 1,
  "name": "07-leak-on-purpose",
  "description": "A router with three VRFs. One printer of blue is for red, too: a route there for it alone, and a route back.",
  "nodes": {
    "red-host": { "interfaces": { "eth0": { "addresses": ["172.16.1.1/24"] } }, "routes": ["default via 172.16.1.254"] },
    "green-host": { "interfaces": { "eth0": { "addresses": ["172.16.3.1/24"] } }, "routes": ["default via 172.16.3.254"] },
    "lan": {
      "description": "The switch of the blue network.",
      "bridges": { "br0": {} },
      "interfaces": { "p1": { "master": "br0" }, "p2": { "master": "br0" }, "p3": { "master": "br0" } }
    },
    "printer": { "interfaces": { "eth0": { "addresses": ["172.16.2.10/24"] } }, "routes": ["default via 172.16.2.254"], "services": [{ "tcp": 631 }] },
    "payroll": { "interfaces": { "eth0": { "addresses": ["172.16.2.66/24"] } }, "routes": ["default via 172.16.2.254"], "services": [{ "tcp": 443 }] },
    "r1": {
      "forwarding": true,
      "vrfs": { "red": { "table": 1101 }, "blue": { "table": 1102 }, "green": { "table": 1103 } },
      "interfaces": {
        "r0": { "master": "red", "addresses": ["172.16.1.254/24"] },
        "b0": { "master": "blue", "addresses": ["172.16.2.254/24"] },
        "g0": { "master": "green", "addresses": ["172.16.3.254/24"] }
      },
      "routes": [
        "unreachable default metric 4278198272 vrf red",
        "unreachable default metric 4278198272 vrf blue",
        "unreachable default metric 4278198272 vrf green",
        "172.16.2.10/32 dev blue vrf red",
        "172.16.1.0/24 dev red vrf blue"
      ]
    }
  },
  "links": [
    { "endpoints": ["red-host:eth0", "r1:r0"] },
    { "endpoints": ["green-host:eth0", "r1:g0"] },
    { "endpoints": ["r1:b0", "lan:p1"] },
    { "endpoints": ["printer:eth0", "lan:p2"] },
    { "endpoints": ["payroll:eth0", "lan:p3"] }
  ],
  "timeline": [
    { "on": "r1", "run": "ip route show vrf red" },
    { "on": "r1", "run": "ip route show vrf blue" },
    { "id": "ping-printer", "on": "red-host", "run": "ping -c 1 -W 1 172.16.2.10" },
    { "id": "print", "on": "red-host", "tcp": { "to": "172.16.2.10:631", "timeout": "1s" } },
    { "id": "ready", "on": "printer", "run": "ping -c 1 -W 1 172.16.1.1", "description": "The printer tells that it is ready." },
    { "id": "salaries", "on": "red-host", "run": "ping -c 1 -W 1 172.16.2.66" },
    { "id": "green-prints", "on": "green-host", "run": "ping -c 1 -W 1 172.16.2.10" },
    { "id": "green-visits-red", "on": "green-host", "run": "ping -c 1 -W 1 172.16.1.1" }
  ]
}

"""#,
    explanation: #"""
# Lab 7: the solution

A VRF is a table, and a leak is a route of one table that leads into another. Answers are packets like any other: they need a route of their
own, in the other table.

1. `172.16.2.10/32 dev blue vrf red`: one address, not 256 of them. `payroll` is no longer matched by it; the packet meets the
   unreachable default of `red`, and red is told.
2. `172.16.1.0/24 dev red vrf blue`: the way back, for answers and for what the printer begins.

`payroll` can now send to red, though nothing comes back to it; where that matters, leak back to the printer's users alone, or
filter. `vrfsim check` doubts the pair (`return-route-missing`), since the way back is narrower than what it answers; here that is
the point.

Other ways that have all points: leaks to the interfaces (`dev b0 vrf red`), a veth pair between the VRFs with a route at each end, a
prefix that has the printer and no other host in it.

On a Linux host:

```
ip route del 172.16.2.0/24 vrf red
ip route add 172.16.2.10/32 dev blue vrf red
ip route add 172.16.1.0/24 dev red vrf blue
```

"""#)
}
