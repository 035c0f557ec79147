// Made of scenarios/labs/03-two-cables-one-subnet by LabTextsTests; not to be edited.

extension Lab {
  static let lab03 = Lab(
    "03-two-cables-one-subnet",
    story: #"""
# Lab 3: Two cables, one subnet

A server was given a second card in the same subnet, so that its second address, 10.0.0.2, has a cable of its own. The cable stays
idle.

```
 pc                      sw                        srv
+----------------+      +------------------+      +------------------------------------------+
| 10.0.0.9/24    |======| p1            p2 |======| eth0  10.0.0.1/24   02:00:00:00:00:01    |
|                |      |                  |      |                                          |
|                |      |               p3 |======| eth1  10.0.0.2/24   02:00:00:00:00:02    |
+----------------+      +------------------+      +------------------------------------------+
```

The cable of `eth0` is the quicker one.

## What you see

Everything is answered. But the ping to 10.0.0.2 goes `out p2`, to `eth0`, and `ip neigh show` on `pc` has one MAC address for both
IPv4 addresses. Later the server speaks first, as 10.0.0.2 (`ping -I 10.0.0.2`), and `pc` learns the same wrong thing once
more, this time from a question.

## What should be

What is for 10.0.0.2 goes by the cable of `eth1`, `p3`, at first and after the server has spoken. `eth0` neither answers nor asks in
the name of 10.0.0.2. `ping -I 10.0.0.2` on `srv` still works. (By which cable answers leave is the matter of lab 5.)

## What to find out

- Who answers an ARP question for 10.0.0.2 that comes in by `eth0`? To whom does an address belong on Linux: to an interface, or to
  the machine?
- An ARP question tells something, too: `who-has 10.0.0.9 tell …`. What stands behind `tell`?

## How to work

`start.json` is the network as it is; change `srv` in it, by keys or by `commands`, as you like. `pc` and `sw` are given: the grader
takes them from the lab, as it does the timeline and what is expected.

```
vrfsim run start.json
vrfsim check start.json
vrfsim labs grade start.json
vrfsim labs hint 3 start.json
```

The MAC addresses of `srv` stay with their cards: that is how the grader knows who speaks.

## On a Linux host

`ip neigh show`, `tcpdump -eni eth0 arp`, `arping -I eth0 10.0.0.2` from a neighbor (answers from two MAC addresses), and
`sysctl -a | grep -e arp_ignore -e arp_announce -e arp_filter`.

"""#,
    start: #"""
{
  "vrfsim": 1,
  "name": "03-two-cables-one-subnet",
  "description": "A server with two cards in one subnet: whoever is asked answers for both.",
  "nodes": {
    "pc": { "interfaces": { "eth0": { "addresses": ["10.0.0.9/24"], "mac": "02:00:00:00:00:09" } } },
    "sw": {
      "bridges": { "br0": {} },
      "interfaces": { "p1": { "master": "br0" }, "p2": { "master": "br0" }, "p3": { "master": "br0" } }
    },
    "srv": {
      "interfaces": {
        "eth0": { "addresses": ["10.0.0.1/24"], "mac": "02:00:00:00:00:01" },
        "eth1": { "addresses": ["10.0.0.2/24"], "mac": "02:00:00:00:00:02" }
      }
    }
  },
  "links": [
    { "endpoints": ["pc:eth0", "sw:p1"] },
    { "endpoints": ["srv:eth0", "sw:p2"], "delay": "1ms" },
    { "endpoints": ["srv:eth1", "sw:p3"], "delay": "20ms" }
  ],
  "timeline": [
    { "id": "to-eth0", "on": "pc", "run": "ping -c 1 10.0.0.1" },
    { "id": "to-eth1", "on": "pc", "run": "ping -c 1 10.0.0.2" },
    { "on": "pc", "run": "ip neigh show", "description": "02:00:00:00:00:01 is eth0 of srv, 02:00:00:00:00:02 is eth1." },
    { "at": "10s", "on": "srv", "run": "ip neigh flush all" },
    { "on": "pc", "run": "ip neigh flush all" },
    { "id": "from-eth1", "on": "srv", "run": "ping -c 1 -I 10.0.0.2 10.0.0.9", "description": "Now the server speaks first, as 10.0.0.2." },
    { "on": "pc", "run": "ip neigh show", "description": "What has pc learned from the server's question?" },
    { "id": "to-eth1-again", "on": "pc", "run": "ping -c 1 10.0.0.2" }
  ]
}

"""#,
    goal: #"""
{
  "goal": 1,
  "title": "Two cables, one subnet",
  "sentence": "A server has two cards in one subnet, and each answers for the address of the other.",
  "given": ["pc", "sw"],
  "timeline": [
    { "id": "to-eth0", "on": "pc", "run": "ping -c 1 10.0.0.1" },
    { "id": "to-eth1", "on": "pc", "run": "ping -c 1 10.0.0.2" },
    { "on": "pc", "run": "ip neigh show", "description": "02:00:00:00:00:01 is eth0 of srv, 02:00:00:00:00:02 is eth1." },
    { "at": "10s", "on": "srv", "run": "ip neigh flush all" },
    { "on": "pc", "run": "ip neigh flush all" },
    { "id": "from-eth1", "on": "srv", "run": "ping -c 1 -I 10.0.0.2 10.0.0.9", "description": "Now the server speaks first, as 10.0.0.2." },
    { "on": "pc", "run": "ip neigh show", "description": "What has pc learned from the server's question?" },
    { "id": "to-eth1-again", "on": "pc", "run": "ping -c 1 10.0.0.2" }
  ],
  "expect": [
    { "id": "both-answer", "description": "10.0.0.1 answers the PC", "of": "to-eth0", "is": "answered", "from": "10.0.0.1", "points": 1,
      "hint": ["The server has to keep 10.0.0.1 and answer there."] },
    { "id": "eth1-by-its-cable", "description": "what is for 10.0.0.2 goes by the cable of eth1 (sw:p3)",
      "of": "to-eth1", "requestOut": "sw:p3", "points": 3,
      "hint": [
        "The switch sends a frame to the port where its MAC address is. Which MAC address does pc think 10.0.0.2 has?",
        "pc asked by broadcast, and srv heard the question on both cables. `vrfsim run start.json --pcap captures`, then `tcpdump -enr captures/pc.eth0.pcap arp`: how many answers came?",
        "To Linux an address belongs to the machine, so every card answers for every address. The sysctl net.ipv4.conf.all.arp_ignore says otherwise.",
        "\"sysctls\": { \"net.ipv4.conf.all.arp_ignore\": 1 }: answer only for addresses of the card that is asked."
      ] },
    { "id": "one-answer-each", "description": "eth0 does not answer for 10.0.0.2, the address of eth1",
      "interface": "pc:eth0", "filter": "arp[6:2] == 2 and arp[14:4] == 0x0a000002 and ether src 02:00:00:00:00:01", "never": true, "points": 2,
      "hint": [
        "Look at the ARP answers in captures/pc.eth0.pcap: two MAC addresses claim one IPv4 address.",
        "The sysctl net.ipv4.conf.all.arp_ignore of srv, with the value 1."
      ] },
    { "id": "srv-asks-in-its-own-name", "description": "a question that eth0 asks does not say that 10.0.0.2 is there",
      "interface": "pc:eth0", "filter": "arp[6:2] == 1 and arp[14:4] == 0x0a000002 and ether src 02:00:00:00:00:01", "never": true, "points": 2,
      "hint": [
        "Who asks by ARP also tells: `who-has 10.0.0.9 tell 10.0.0.2`. By which card does srv ask when it sends as 10.0.0.2?",
        "The routing table has the subnet twice, and the first route wins: eth0. So eth0 asks, with the other card's address.",
        "net.ipv4.conf.all.arp_announce 2: ask with an address of the card that asks."
      ] },
    { "id": "srv-is-answered", "description": "the server's ping as 10.0.0.2 is answered", "of": "from-eth1", "is": "answered", "points": 1,
      "hint": ["`ping -I 10.0.0.2` on srv has to work: the address has to stay on the machine, in its initial namespace."] },
    { "id": "eth1-still-by-its-cable", "description": "after that, what is for 10.0.0.2 still goes by the cable of eth1",
      "of": "to-eth1-again", "requestOut": "sw:p3", "points": 2,
      "hint": [
        "pc believed what the server's question said. What did it say?",
        "`tcpdump -enr captures/pc.eth0.pcap arp` at 10 s: the MAC address of eth0, the IPv4 address of eth1.",
        "The sysctl net.ipv4.conf.all.arp_announce of srv, with the value 2."
      ] }
  ]
}

"""#,
    solution: #"""
{
  "vrfsim": 1,
  "name": "03-two-cables-one-subnet",
  "description": "A server with two cards in one subnet: each answers and asks for itself.",
  "nodes": {
    "pc": { "interfaces": { "eth0": { "addresses": ["10.0.0.9/24"], "mac": "02:00:00:00:00:09" } } },
    "sw": {
      "bridges": { "br0": {} },
      "interfaces": { "p1": { "master": "br0" }, "p2": { "master": "br0" }, "p3": { "master": "br0" } }
    },
    "srv": {
      "sysctls": { "net.ipv4.conf.all.arp_ignore": 1, "net.ipv4.conf.all.arp_announce": 2 },
      "interfaces": {
        "eth0": { "addresses": ["10.0.0.1/24"], "mac": "02:00:00:00:00:01" },
        "eth1": { "addresses": ["10.0.0.2/24"], "mac": "02:00:00:00:00:02" }
      }
    }
  },
  "links": [
    { "endpoints": ["pc:eth0", "sw:p1"] },
    { "endpoints": ["srv:eth0", "sw:p2"], "delay": "1ms" },
    { "endpoints": ["srv:eth1", "sw:p3"], "delay": "20ms" }
  ],
  "timeline": [
    { "id": "to-eth0", "on": "pc", "run": "ping -c 1 10.0.0.1" },
    { "id": "to-eth1", "on": "pc", "run": "ping -c 1 10.0.0.2" },
    { "on": "pc", "run": "ip neigh show", "description": "02:00:00:00:00:01 is eth0 of srv, 02:00:00:00:00:02 is eth1." },
    { "at": "10s", "on": "srv", "run": "ip neigh flush all" },
    { "on": "pc", "run": "ip neigh flush all" },
    { "id": "from-eth1", "on": "srv", "run": "ping -c 1 -I 10.0.0.2 10.0.0.9", "description": "Now the server speaks first, as 10.0.0.2." },
    { "on": "pc", "run": "ip neigh show", "description": "What has pc learned from the server's question?" },
    { "id": "to-eth1-again", "on": "pc", "run": "ping -c 1 10.0.0.2" }
  ]
}

"""#,
    explanation: #"""
# Lab 3: the solution

Linux follows the weak host model: an address belongs to the machine. So every card answers ARP questions for every address
(ARP flux). `pc` asked by broadcast, both cards heard it, both answered, and the first answer was believed: that of the quicker
cable.

1. `net.ipv4.conf.all.arp_ignore` 1: a card answers only for its own addresses.
2. `net.ipv4.conf.all.arp_announce` 2: a card asks only with an address of its own. With 0 the question carries the source of the
   packet that waits, `who-has 10.0.0.9 tell 10.0.0.2`, sent by `eth0`, since the first route to the subnet is that of `eth0`;
   and whoever hears a question learns from it.

In place of the second one a rule does it as well: `ip route add 10.0.0.0/24 dev eth1 src 10.0.0.2 table 2` and `ip rule add from
10.0.0.2 lookup 2` let packets of 10.0.0.2 leave by `eth1`, so `eth1` asks. `arp_filter` is no help here: it answers where the route
back leads, and that is `eth0` for both addresses.

`vrfsim check` goes on warning of `overlapping-connected`: answers still leave by the first route.

On a Linux host:

```
sysctl -w net.ipv4.conf.all.arp_ignore=1
sysctl -w net.ipv4.conf.all.arp_announce=2
```

"""#)
}
