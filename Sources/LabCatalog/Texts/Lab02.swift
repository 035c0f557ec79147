// Made of scenarios/labs/02-software-switch by LabTextsTests; not to be edited.

extension Lab {
  static let lab02 = Lab(
    "02-software-switch",
    story: #"""
# Lab 2: A switch made of software

`sw` is a Linux machine with three network cards. Its bridge `br0` should make a switch of it: three machines that talk to each
other, and an address, 10.0.0.254, for whoever looks after the switch.

```
 a  10.0.0.1/24 ====== p1 +------------+
                          |     sw     |
 b  10.0.0.2/24 ====== p2 |            |    10.0.0.254/24
                          |    br0     |
 c  10.0.0.3/24 ====== p3 +------------+
```

## What you see

`a` and `b` talk. `c` talks to nobody. The switch does not answer at 10.0.0.254; the story says that the request is delivered and that
the answer dies at `sw:p1`. And after two pings `bridge fdb show` prints nothing: the switch has learned nothing.

## What should be

All three talk to each other and to 10.0.0.254. Frames pass as they are, without the loss of a TTL. And once it has heard both, the
switch keeps what `a` and `b` say to each other from `c`.

## What to find out

- What makes a network card a port of the bridge, and what becomes of an address on a port?
- What is the difference between a hub and a switch, and which setting of a bridge turns one into the other?

## How to work

`start.json` is the network as it is; change `sw` in it, by keys or by `commands`, as you like. `a`, `b` and `c` are given: the grader
takes them from the lab, as it does the timeline and what is expected.

```
vrfsim run start.json
vrfsim check start.json
vrfsim labs grade start.json
vrfsim labs hint 2 start.json
```

## On a Linux host

`bridge link`, `ip -d link show br0` (`ageing_time`, in hundredths of a second), `bridge fdb show br br0`, `ip address show`, and
`tcpdump -ni eth0` on `c` while the other two talk.

"""#,
    start: #"""
{
  "vrfsim": 1,
  "name": "02-software-switch",
  "description": "A Linux machine with three network cards that should be a switch.",
  "nodes": {
    "a": { "interfaces": { "eth0": { "addresses": ["10.0.0.1/24"] } } },
    "b": { "interfaces": { "eth0": { "addresses": ["10.0.0.2/24"] } } },
    "c": { "interfaces": { "eth0": { "addresses": ["10.0.0.3/24"] } } },
    "sw": {
      "bridges": { "br0": { "ageing": "0s" } },
      "interfaces": {
        "p1": { "master": "br0", "addresses": ["10.0.0.254/24"] },
        "p2": { "master": "br0" },
        "p3": {}
      }
    }
  },
  "links": [
    { "endpoints": ["a:eth0", "sw:p1"] },
    { "endpoints": ["b:eth0", "sw:p2"] },
    { "endpoints": ["c:eth0", "sw:p3"] }
  ],
  "timeline": [
    { "id": "a-to-b", "on": "a", "run": "ping -c 2 -i 0.2 10.0.0.2" },
    { "on": "sw", "run": "bridge fdb show br br0 dynamic", "description": "What has the switch learned?" },
    { "id": "a-to-c", "on": "a", "run": "ping -c 1 10.0.0.3" },
    { "id": "c-to-b", "on": "c", "run": "ping -c 1 10.0.0.2" },
    { "id": "a-to-sw", "on": "a", "run": "ping -c 1 10.0.0.254", "description": "The switch has an address, for whoever looks after it." },
    { "id": "c-to-sw", "on": "c", "run": "ping -c 1 10.0.0.254" }
  ]
}

"""#,
    goal: #"""
{
  "goal": 1,
  "title": "A switch made of software",
  "sentence": "A Linux machine with three network cards should be a switch, and is half of a hub.",
  "given": ["a", "b", "c"],
  "timeline": [
    { "id": "a-to-b", "on": "a", "run": "ping -c 2 -i 0.2 10.0.0.2" },
    { "on": "sw", "run": "bridge fdb show br br0 dynamic", "description": "What has the switch learned?" },
    { "id": "a-to-c", "on": "a", "run": "ping -c 1 10.0.0.3" },
    { "id": "c-to-b", "on": "c", "run": "ping -c 1 10.0.0.2" },
    { "id": "a-to-sw", "on": "a", "run": "ping -c 1 10.0.0.254", "description": "The switch has an address, for whoever looks after it." },
    { "id": "c-to-sw", "on": "c", "run": "ping -c 1 10.0.0.254" }
  ],
  "expect": [
    { "id": "a-talks-with-b", "description": "a and b talk by sw", "of": "a-to-b", "is": "answered", "count": 2, "points": 1,
      "hint": [
        "Both ports of a and b have to be ports of one bridge, and the bridge has to be up.",
        "`vrfsim show start.json sw 'bridge link'` lists the ports with their masters."
      ] },
    { "id": "a-talks-with-c", "description": "a and c talk by sw", "of": "a-to-c", "is": "answered", "points": 2,
      "hint": [
        "Does c hear the question at all? `vrfsim trace start.json a-to-c`.",
        "`vrfsim show start.json sw 'bridge link'`: which of the three cards does the bridge not have?",
        "p3 is a card on its own. It becomes a port with \"master\": \"br0\"; on Linux `ip link set p3 master br0`."
      ] },
    { "id": "c-talks-with-b", "description": "c and b talk by sw", "of": "c-to-b", "is": "answered", "points": 1,
      "hint": ["The same question as for a and c: is each card a port of the bridge?"] },
    { "id": "nothing-is-changed", "description": "frames pass as they are: no TTL is taken, as a router would",
      "interface": "b:eth0", "filter": "icmp[icmptype] == icmp-echo and src host 10.0.0.1 and ip[8] == 64", "count": 2, "points": 1,
      "hint": ["A router takes one from the TTL of what it forwards. A switch does not look that far into a frame: use a bridge."] },
    { "id": "not-a-hub", "description": "c does not hear what a and b say to each other",
      "interface": "c:eth0", "filter": "icmp and host 10.0.0.1 and host 10.0.0.2", "never": true, "points": 2,
      "hint": [
        "A switch learns which address is behind which port. What has this one learned? See the line `bridge fdb show` in the story of `vrfsim run start.json`.",
        "What a bridge learns it forgets after a while. How long is that while? `ip -d link show br0`.",
        "\"ageing\": \"0s\" forgets at once, so every frame is flooded to all ports. Leave it out: 300 s is what Linux has."
      ] },
    { "id": "sw-answers-a", "description": "the switch answers a at 10.0.0.254", "of": "a-to-sw", "is": "answered", "from": "10.0.0.254", "points": 2,
      "hint": [
        "10.0.0.254 is on p1. What becomes of a frame that comes in by a port of a bridge?",
        "A port gives everything it gets to its bridge. The machine itself is behind the bridge's own interface.",
        "Give the address to br0 instead of p1: \"br0\": { \"addresses\": [\"10.0.0.254/24\"] }."
      ] },
    { "id": "sw-answers-c", "description": "the switch answers c at 10.0.0.254", "of": "c-to-sw", "is": "answered", "from": "10.0.0.254", "points": 1,
      "hint": ["An address on the bridge is reached by every port; one on a port, by none."] }
  ]
}

"""#,
    solution: #"""
{
  "vrfsim": 1,
  "name": "02-software-switch",
  "description": "A Linux machine with three network cards is a switch: three ports of one bridge, and the address on the bridge.",
  "nodes": {
    "a": { "interfaces": { "eth0": { "addresses": ["10.0.0.1/24"] } } },
    "b": { "interfaces": { "eth0": { "addresses": ["10.0.0.2/24"] } } },
    "c": { "interfaces": { "eth0": { "addresses": ["10.0.0.3/24"] } } },
    "sw": {
      "bridges": { "br0": { "addresses": ["10.0.0.254/24"] } },
      "interfaces": {
        "p1": { "master": "br0" },
        "p2": { "master": "br0" },
        "p3": { "master": "br0" }
      }
    }
  },
  "links": [
    { "endpoints": ["a:eth0", "sw:p1"] },
    { "endpoints": ["b:eth0", "sw:p2"] },
    { "endpoints": ["c:eth0", "sw:p3"] }
  ],
  "timeline": [
    { "id": "a-to-b", "on": "a", "run": "ping -c 2 -i 0.2 10.0.0.2" },
    { "on": "sw", "run": "bridge fdb show br br0 dynamic", "description": "What has the switch learned?" },
    { "id": "a-to-c", "on": "a", "run": "ping -c 1 10.0.0.3" },
    { "id": "c-to-b", "on": "c", "run": "ping -c 1 10.0.0.2" },
    { "id": "a-to-sw", "on": "a", "run": "ping -c 1 10.0.0.254", "description": "The switch has an address, for whoever looks after it." },
    { "id": "c-to-sw", "on": "c", "run": "ping -c 1 10.0.0.254" }
  ]
}

"""#,
    explanation: #"""
# Lab 2: the solution

1. `p3` was a card on its own. With `"master": "br0"` it is a port, and `c` is on the switch.
2. 10.0.0.254 was on `p1`. A port gives every frame to its bridge, whether the port has an address or not; the machine itself
   is behind the bridge's own interface. The request still arrived, since a machine takes packets for any of its addresses. The
   answer found the route by `p1` that came with the address, and asked by ARP there; whoever answers, answers to the bridge,
   and `p1` does not hear it. So the address belongs on `br0`.
3. `"ageing": "0s"` forgets at once what was learned. A bridge floods what it does not know, so all frames went to all ports:
   a hub. Without the key it is 300 s, as on Linux.

On a Linux host:

```
ip link set p3 master br0
ip address del 10.0.0.254/24 dev p1
ip address add 10.0.0.254/24 dev br0
ip link set br0 type bridge ageing_time 30000
```

"""#)
}
