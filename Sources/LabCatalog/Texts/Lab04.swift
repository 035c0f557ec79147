// Made of scenarios/labs/04-longest-prefix by LabTextsTests; not to be edited.

extension Lab {
  static let lab04 = Lab(
    "04-longest-prefix",
    story: #"""
# Lab 4: Longest prefix wins

`r1` stands in front of four networks. The packets for the laboratory, 10.1.2.0/24, go to the campus. Somebody gave the
laboratory's route metric 1, to make it win; it did not help.

```
 pc                 r1                        wanted
+-------------+    +--------------------+    +-- world -----+  whatever nothing else takes
| 192.168.0.2 |====| pc           world |====| 172.20.0.2   |
+-------------+    |              campus|====| 172.20.16.2  |  10.1.0.0/16
                   |              lab   |====| 172.20.24.2  |  10.1.2.0/24
                   |             printer|====| 172.20.32.2  |  10.1.2.3, and nothing else
                   +--------------------+    +--------------+  10.1.66.0/24: nobody, and the sender is told
```

All four machines have all the addresses, so somebody answers always. The question is who.

## What you see

Every ping is answered. The story tells by whom: 10.1.2.200 by `lab`, 10.1.2.4 and 10.1.2.3 by `campus`, and so is 10.1.66.6,
which nobody should reach.

## What should be

Each address is answered by the machine beside it in the drawing. 10.1.66.6 is not answered by anybody: `pc` is told that it is
unreachable, by `r1`.

## What to find out

- `ip route show` has three routes that match 10.1.2.4, besides the default. Which is taken? What are metrics for, then?
- A route may also say no. Which kinds of no are there, and which of them does the sender hear of?

## How to work

`start.json` is the network as it is; change `r1` in it, by keys or by `commands`, as you like. The other machines are given: the grader
takes them from the lab, as it does the timeline and what is expected.

```
vrfsim run start.json
vrfsim check start.json
vrfsim labs grade start.json
vrfsim labs hint 4 start.json
```

## On a Linux host

`ip route get 10.1.2.4`, `ip route get fibmatch 10.1.2.4` for the route itself, `ip route show match 10.1.2.4` for all that match.
Here: `vrfsim explain start.json r1 10.1.2.4`.

"""#,
    start: #"""
{
  "vrfsim": 1,
  "name": "04-longest-prefix",
  "description": "A router with five networks behind it, and packets that go to the wrong ones.",
  "nodes": {
    "pc": { "interfaces": { "eth0": { "addresses": ["192.168.0.2/24"] } }, "routes": ["default via 192.168.0.1"] },
    "r1": {
      "forwarding": true,
      "interfaces": {
        "pc": { "addresses": ["192.168.0.1/24"] },
        "world": { "addresses": ["172.20.0.1/24"] },
        "campus": { "addresses": ["172.20.16.1/24"] },
        "lab": { "addresses": ["172.20.24.1/24"] },
        "printer": { "addresses": ["172.20.32.1/24"] }
      },
      "routes": [
        "10.1.2.0/24 via 172.20.24.2 metric 1",
        "10.1.0.0/16 via 172.20.16.2 metric 100",
        "10.1.2.0/25 via 172.20.16.2 metric 4000",
        "default via 172.20.0.2"
      ]
    },
    "world": {
      "interfaces": {
        "eth0": { "addresses": ["172.20.0.2/24"] },
        "sink": { "kind": "dummy", "addresses": ["10.1.2.3/32", "10.1.2.4/32", "10.1.2.200/32", "10.1.9.9/32", "10.1.66.6/32", "198.51.100.7/32"] }
      },
      "routes": ["default via 172.20.0.1"]
    },
    "campus": {
      "interfaces": {
        "eth0": { "addresses": ["172.20.16.2/24"] },
        "sink": { "kind": "dummy", "addresses": ["10.1.2.3/32", "10.1.2.4/32", "10.1.2.200/32", "10.1.9.9/32", "10.1.66.6/32", "198.51.100.7/32"] }
      },
      "routes": ["default via 172.20.16.1"]
    },
    "lab": {
      "interfaces": {
        "eth0": { "addresses": ["172.20.24.2/24"] },
        "sink": { "kind": "dummy", "addresses": ["10.1.2.3/32", "10.1.2.4/32", "10.1.2.200/32", "10.1.9.9/32", "10.1.66.6/32", "198.51.100.7/32"] }
      },
      "routes": ["default via 172.20.24.1"]
    },
    "printer": {
      "interfaces": {
        "eth0": { "addresses": ["172.20.32.2/24"] },
        "sink": { "kind": "dummy", "addresses": ["10.1.2.3/32", "10.1.2.4/32", "10.1.2.200/32", "10.1.9.9/32", "10.1.66.6/32", "198.51.100.7/32"] }
      },
      "routes": ["default via 172.20.32.1"]
    }
  },
  "links": [
    { "endpoints": ["pc:eth0", "r1:pc"] },
    { "endpoints": ["r1:world", "world:eth0"] },
    { "endpoints": ["r1:campus", "campus:eth0"] },
    { "endpoints": ["r1:lab", "lab:eth0"] },
    { "endpoints": ["r1:printer", "printer:eth0"] }
  ],
  "timeline": [
    { "on": "r1", "run": "ip route show" },
    { "id": "low-half", "on": "pc", "run": "ping -c 1 -W 1 10.1.2.4" },
    { "id": "high-half", "on": "pc", "run": "ping -c 1 -W 1 10.1.2.200" },
    { "id": "one-host", "on": "pc", "run": "ping -c 1 -W 1 10.1.2.3" },
    { "id": "the-rest", "on": "pc", "run": "ping -c 1 -W 1 10.1.9.9" },
    { "id": "far-away", "on": "pc", "run": "ping -c 1 -W 1 198.51.100.7" },
    { "id": "closed", "on": "pc", "run": "ping -c 1 -W 1 10.1.66.6", "description": "Nobody may go there, and whoever tries is told." }
  ]
}

"""#,
    goal: #"""
{
  "goal": 1,
  "title": "Longest prefix wins",
  "sentence": "A router sends half of the laboratory's packets to the campus, whatever metric its route has.",
  "given": ["pc", "world", "campus", "lab", "printer"],
  "timeline": [
    { "on": "r1", "run": "ip route show" },
    { "id": "low-half", "on": "pc", "run": "ping -c 1 -W 1 10.1.2.4" },
    { "id": "high-half", "on": "pc", "run": "ping -c 1 -W 1 10.1.2.200" },
    { "id": "one-host", "on": "pc", "run": "ping -c 1 -W 1 10.1.2.3" },
    { "id": "the-rest", "on": "pc", "run": "ping -c 1 -W 1 10.1.9.9" },
    { "id": "far-away", "on": "pc", "run": "ping -c 1 -W 1 198.51.100.7" },
    { "id": "closed", "on": "pc", "run": "ping -c 1 -W 1 10.1.66.6", "description": "Nobody may go there, and whoever tries is told." }
  ],
  "expect": [
    { "id": "lab-has-the-low-half", "description": "10.1.2.4 is answered by lab", "of": "low-half", "replyOut": "lab:eth0", "points": 3,
      "hint": [
        "Two routes of r1 match 10.1.2.4 better than the default. Which one is taken, and why?",
        "`vrfsim explain start.json r1 10.1.2.4` shows every route that matches.",
        "A metric compares routes of the same prefix alone. 10.1.2.0/25 is longer than 10.1.2.0/24 and wins with any metric: take it away."
      ] },
    { "id": "lab-has-the-high-half", "description": "10.1.2.200 is answered by lab", "of": "high-half", "replyOut": "lab:eth0", "points": 1,
      "hint": ["10.1.2.0/24 via 172.20.24.2 has to stay, or something that covers the same."] },
    { "id": "printer-has-its-address", "description": "10.1.2.3 is answered by printer", "of": "one-host", "replyOut": "printer:eth0", "points": 2,
      "hint": [
        "One address out of the laboratory's network lives behind another cable. Which prefix means one address?",
        "A route to 10.1.2.3/32 by 172.20.32.2."
      ] },
    { "id": "campus-has-the-rest", "description": "10.1.9.9 is answered by campus", "of": "the-rest", "replyOut": "campus:eth0", "points": 1,
      "hint": ["10.1.0.0/16 via 172.20.16.2 has to stay: it is for all of 10.1 that nothing longer takes."] },
    { "id": "world-has-everything-else", "description": "198.51.100.7 is answered by world", "of": "far-away", "replyOut": "world:eth0", "points": 1,
      "hint": ["The default is the shortest prefix there is, and has to stay for whatever nothing else matches."] },
    { "id": "closed-is-told", "description": "10.1.66.6 goes nowhere, and the PC is told that it is unreachable", "of": "closed", "is": "unreachable", "points": 2,
      "hint": [
        "A route may say no, and a no wins by the length of its prefix like any other route.",
        "ip-route(8) has the types unreachable, prohibit and blackhole. Which of them tell the sender?",
        "\"unreachable 10.1.66.0/24\" (host unreachable) or \"prohibit 10.1.66.0/24\" (administratively prohibited)."
      ] }
  ]
}

"""#,
    solution: #"""
{
  "vrfsim": 1,
  "name": "04-longest-prefix",
  "description": "A router with five networks behind it: for each packet the longest prefix decides.",
  "nodes": {
    "pc": { "interfaces": { "eth0": { "addresses": ["192.168.0.2/24"] } }, "routes": ["default via 192.168.0.1"] },
    "r1": {
      "forwarding": true,
      "interfaces": {
        "pc": { "addresses": ["192.168.0.1/24"] },
        "world": { "addresses": ["172.20.0.1/24"] },
        "campus": { "addresses": ["172.20.16.1/24"] },
        "lab": { "addresses": ["172.20.24.1/24"] },
        "printer": { "addresses": ["172.20.32.1/24"] }
      },
      "routes": [
        "10.1.2.0/24 via 172.20.24.2",
        "10.1.2.3/32 via 172.20.32.2",
        "10.1.0.0/16 via 172.20.16.2",
        "unreachable 10.1.66.0/24",
        "default via 172.20.0.2"
      ]
    },
    "world": {
      "interfaces": {
        "eth0": { "addresses": ["172.20.0.2/24"] },
        "sink": { "kind": "dummy", "addresses": ["10.1.2.3/32", "10.1.2.4/32", "10.1.2.200/32", "10.1.9.9/32", "10.1.66.6/32", "198.51.100.7/32"] }
      },
      "routes": ["default via 172.20.0.1"]
    },
    "campus": {
      "interfaces": {
        "eth0": { "addresses": ["172.20.16.2/24"] },
        "sink": { "kind": "dummy", "addresses": ["10.1.2.3/32", "10.1.2.4/32", "10.1.2.200/32", "10.1.9.9/32", "10.1.66.6/32", "198.51.100.7/32"] }
      },
      "routes": ["default via 172.20.16.1"]
    },
    "lab": {
      "interfaces": {
        "eth0": { "addresses": ["172.20.24.2/24"] },
        "sink": { "kind": "dummy", "addresses": ["10.1.2.3/32", "10.1.2.4/32", "10.1.2.200/32", "10.1.9.9/32", "10.1.66.6/32", "198.51.100.7/32"] }
      },
      "routes": ["default via 172.20.24.1"]
    },
    "printer": {
      "interfaces": {
        "eth0": { "addresses": ["172.20.32.2/24"] },
        "sink": { "kind": "dummy", "addresses": ["10.1.2.3/32", "10.1.2.4/32", "10.1.2.200/32", "10.1.9.9/32", "10.1.66.6/32", "198.51.100.7/32"] }
      },
      "routes": ["default via 172.20.32.1"]
    }
  },
  "links": [
    { "endpoints": ["pc:eth0", "r1:pc"] },
    { "endpoints": ["r1:world", "world:eth0"] },
    { "endpoints": ["r1:campus", "campus:eth0"] },
    { "endpoints": ["r1:lab", "lab:eth0"] },
    { "endpoints": ["r1:printer", "printer:eth0"] }
  ],
  "timeline": [
    { "on": "r1", "run": "ip route show" },
    { "id": "low-half", "on": "pc", "run": "ping -c 1 -W 1 10.1.2.4" },
    { "id": "high-half", "on": "pc", "run": "ping -c 1 -W 1 10.1.2.200" },
    { "id": "one-host", "on": "pc", "run": "ping -c 1 -W 1 10.1.2.3" },
    { "id": "the-rest", "on": "pc", "run": "ping -c 1 -W 1 10.1.9.9" },
    { "id": "far-away", "on": "pc", "run": "ping -c 1 -W 1 198.51.100.7" },
    { "id": "closed", "on": "pc", "run": "ping -c 1 -W 1 10.1.66.6", "description": "Nobody may go there, and whoever tries is told." }
  ]
}

"""#,
    explanation: #"""
# Lab 4: the solution

Of all routes that match a destination the one with the longest prefix is taken. Metrics choose between routes of the same
prefix, and nothing else: 10.1.2.0/25 with metric 4000 wins over 10.1.2.0/24 with metric 1 for the lower half of the
laboratory, 10.1.2.0 to 10.1.2.127. That is why 10.1.2.200 was right all the time.

1. The /25 goes.
2. `10.1.2.3/32 via 172.20.32.2`: 32 bits are one address, and nothing is longer.
3. `unreachable 10.1.66.0/24`: a no wins by its length like any other route. The sender is told `Destination Host Unreachable`;
   with `prohibit` it would be `Packet filtered`, and with `blackhole` it would hear nothing.

Metrics may stay or go. Two halves, 10.1.2.0/25 and 10.1.2.128/25, both by the laboratory, would do as well as one /24.

On a Linux host:

```
ip route del 10.1.2.0/25
ip route add 10.1.2.3/32 via 172.20.32.2
ip route add unreachable 10.1.66.0/24
```

"""#)
}
