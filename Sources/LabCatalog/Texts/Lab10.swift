// Made of scenarios/labs/10-two-tenants by LabTextsTests; not to be edited.

extension Lab {
  static let lab10 = Lab(
    "10-two-tenants",
    story: #"""
# Lab 10: Two tenants, one address plan

Two tenants rent a way to one server. Both have built 10.0.0.0/24, both have 10.0.0.2, and both send from port 5000. VRFs keep their routes
apart; each is to come to the server with an address of its own.

```
 red-host                    r1                                    server
+-------------+      +-------------------------------------+     +----------------+
| 10.0.0.2    | ==== | r0  vrf red     198.51.100.11       |     | 198.51.100.10  |
+-------------+      |                                 wan | === | UDP 7, TCP 80  |
 blue-host           |                                     |     |                |
+-------------+      |                                     |     |                |
| 10.0.0.2    | ==== | b0  vrf blue    198.51.100.12       |     |                |
+-------------+      +-------------------------------------+     +----------------+
```

## What you see

The server is asked and answers. The answer to red comes back to `r1`, is translated to 10.0.0.2, and `there is no route to its
destination`. Blue's question arrives with red's address, 198.51.100.11; `conntrack -L` knows one connection where there should be
two.

## What should be

Both tenants get their answers and their pages, from the same ports, one right after the other. The server sees red as
198.51.100.11 and blue as 198.51.100.12. Nothing of one tenant comes to the other.

## What to find out

- The answer comes in by `wan`, which is in no VRF. What could tell `r1` whose answer it is?
- What is a connection known by? What of that differs between red and blue, before anything is translated?

## How to work

`start.json` is the network as it is; change `r1` in it, by keys or by `commands`, as you like. The hosts and the server are given: the grader
takes them from the lab, as it does the timeline and what is expected.

```
vrfsim run start.json
vrfsim check start.json
vrfsim labs grade start.json
vrfsim labs hint 10 start.json
```

## On a Linux host

`conntrack -L` (`zone-orig`, `mark`), `ip rule show`, `ip route show vrf red`, `iptables -t mangle -S`, `iptables -t raw -S`. Here:
`vrfsim trace start.json red --both-ways`, and `vrfsim check start.json`, which has a word to say about this.

"""#,
    start: #"""
{
  "vrfsim": 1,
  "name": "10-two-tenants",
  "description": "Two tenants with one address plan behind one router: VRFs keep the routes apart, and that is not enough.",
  "nodes": {
    "red-host": { "interfaces": { "eth0": { "addresses": ["10.0.0.2/24"] } }, "routes": ["default via 10.0.0.1"] },
    "blue-host": { "interfaces": { "eth0": { "addresses": ["10.0.0.2/24"] } }, "routes": ["default via 10.0.0.1"] },
    "r1": {
      "forwarding": true,
      "vrfs": { "red": { "table": 1101 }, "blue": { "table": 1102 } },
      "interfaces": {
        "r0": { "master": "red", "addresses": ["10.0.0.1/24"] },
        "b0": { "master": "blue", "addresses": ["10.0.0.1/24"] },
        "wan": { "addresses": ["198.51.100.1/24", "198.51.100.11/24", "198.51.100.12/24"] }
      },
      "routes": ["198.51.100.0/24 dev wan vrf red", "198.51.100.0/24 dev wan vrf blue"],
      "commands": [
        "iptables -t mangle -A PREROUTING -i r0 -m conntrack --ctstate NEW -j CONNMARK --set-mark 1",
        "iptables -t mangle -A PREROUTING -i b0 -m conntrack --ctstate NEW -j CONNMARK --set-mark 2",
        "iptables -t nat -A POSTROUTING -o wan -m connmark --mark 1 -j SNAT --to-source 198.51.100.11",
        "iptables -t nat -A POSTROUTING -o wan -m connmark --mark 2 -j SNAT --to-source 198.51.100.12"
      ]
    },
    "server": {
      "interfaces": { "eth0": { "addresses": ["198.51.100.10/24"] } },
      "services": [{ "udp": 7 }, { "tcp": 80 }]
    }
  },
  "links": [
    { "endpoints": ["red-host:eth0", "r1:r0"] },
    { "endpoints": ["blue-host:eth0", "r1:b0"] },
    { "endpoints": ["r1:wan", "server:eth0"], "delay": "1ms" }
  ],
  "timeline": [
    { "id": "red", "on": "red-host", "udp": { "to": "198.51.100.10:7", "from": "10.0.0.2:5000", "timeout": "1s" } },
    { "id": "blue", "on": "blue-host", "udp": { "to": "198.51.100.10:7", "from": "10.0.0.2:5000", "timeout": "1s" },
      "description": "The very same addresses and ports, a moment later." },
    { "on": "r1", "run": "conntrack -L", "description": "What does the router think is going on?" },
    { "id": "red-page", "on": "red-host", "tcp": { "to": "198.51.100.10:80", "from": "10.0.0.2:40000", "timeout": "1s" } },
    { "id": "blue-page", "on": "blue-host", "tcp": { "to": "198.51.100.10:80", "from": "10.0.0.2:40000", "timeout": "1s" },
      "description": "The same once more, while the router remembers red's connection." }
  ]
}

"""#,
    goal: #"""
{
  "goal": 1,
  "title": "Two tenants, one address plan",
  "sentence": "Both tenants are 10.0.0.2, both ask the same server from the same port, and both want their own answer.",
  "given": ["red-host", "blue-host", "server"],
  "timeline": [
    { "id": "red", "on": "red-host", "udp": { "to": "198.51.100.10:7", "from": "10.0.0.2:5000", "timeout": "1s" } },
    { "id": "blue", "on": "blue-host", "udp": { "to": "198.51.100.10:7", "from": "10.0.0.2:5000", "timeout": "1s" },
      "description": "The very same addresses and ports, a moment later." },
    { "on": "r1", "run": "conntrack -L", "description": "What does the router think is going on?" },
    { "id": "red-page", "on": "red-host", "tcp": { "to": "198.51.100.10:80", "from": "10.0.0.2:40000", "timeout": "1s" } },
    { "id": "blue-page", "on": "blue-host", "tcp": { "to": "198.51.100.10:80", "from": "10.0.0.2:40000", "timeout": "1s" },
      "description": "The same once more, while the router remembers red's connection." }
  ],
  "expect": [
    { "id": "red-is-answered", "description": "red gets its answer", "of": "red", "is": "answered", "from": "198.51.100.10", "points": 2,
      "hint": [
        "The answer comes back to 198.51.100.11 and is translated to 10.0.0.2. Which route does it find then?",
        "There are two 10.0.0.0/24, one in each VRF, and none in the main table. The connection has a mark: 1 for red. What could the mark choose?",
        "Put the mark of the connection on the packets that come from outside (`iptables -t mangle -A PREROUTING -i wan -j CONNMARK --restore-mark`) and let it choose the table (\"rules\": [\"fwmark 1 lookup 1101 pref 500\", \"fwmark 2 lookup 1102 pref 501\"])."
      ] },
    { "id": "red-has-its-address", "description": "the server sees red come as 198.51.100.11", "of": "red", "sourceBecomes": "198.51.100.11", "points": 1,
      "hint": ["The rules in POSTROUTING were right: the address goes by the tenant."] },
    { "id": "blue-is-answered", "description": "blue gets its answer", "of": "blue", "is": "answered", "from": "198.51.100.10", "points": 3,
      "hint": [
        "Red is answered and blue is not? Look at `conntrack -L` in the story: how many connections are there, and how many should there be?",
        "A connection is known by addresses, ports and protocol, and those of blue are those of red. Besides, a connection has a zone.",
        "`iptables -t raw -A PREROUTING -i r0 -j CT --zone-orig 1`, and 2 for b0: the questions of each tenant in a zone of their own. The answers come to different addresses and need none."
      ] },
    { "id": "blue-has-its-address", "description": "the server sees blue come as 198.51.100.12", "of": "blue", "sourceBecomes": "198.51.100.12", "points": 2,
      "hint": [
        "Blue's packet is taken for one more of red's connection, and gets red's address.",
        "A zone for each tenant: CT --zone-orig in the table raw."
      ] },
    { "id": "red-gets-a-page", "description": "red gets its page", "of": "red-page", "is": "answered", "points": 1,
      "hint": ["What the datagrams need, TCP needs as well; it takes more packets to show it."] },
    { "id": "blue-gets-a-page", "description": "blue gets its page", "of": "blue-page", "is": "answered", "points": 1,
      "hint": ["What the datagrams need, TCP needs as well; it takes more packets to show it."] },
    { "id": "tenants-are-apart", "description": "nothing of one tenant comes to the other", "always": "isolated", "between": [["red-host"], ["blue-host"]], "points": 2,
      "hint": ["Both tenants may use what is outside. No packet that one sends may arrive at the other."] }
  ]
}

"""#,
    solution: #"""
{
  "vrfsim": 1,
  "name": "10-two-tenants",
  "description": "Two tenants with one address plan behind one router: VRFs for the routes, zones for the connections, an address each.",
  "nodes": {
    "red-host": { "interfaces": { "eth0": { "addresses": ["10.0.0.2/24"] } }, "routes": ["default via 10.0.0.1"] },
    "blue-host": { "interfaces": { "eth0": { "addresses": ["10.0.0.2/24"] } }, "routes": ["default via 10.0.0.1"] },
    "r1": {
      "forwarding": true,
      "vrfs": { "red": { "table": 1101 }, "blue": { "table": 1102 } },
      "interfaces": {
        "r0": { "master": "red", "addresses": ["10.0.0.1/24"] },
        "b0": { "master": "blue", "addresses": ["10.0.0.1/24"] },
        "wan": { "addresses": ["198.51.100.1/24", "198.51.100.11/24", "198.51.100.12/24"] }
      },
      "routes": ["198.51.100.0/24 dev wan vrf red", "198.51.100.0/24 dev wan vrf blue"],
      "rules": ["fwmark 1 lookup 1101 pref 500", "fwmark 2 lookup 1102 pref 501"],
      "commands": [
        "iptables -t raw -A PREROUTING -i r0 -j CT --zone-orig 1",
        "iptables -t raw -A PREROUTING -i b0 -j CT --zone-orig 2",
        "iptables -t mangle -A PREROUTING -i r0 -m conntrack --ctstate NEW -j CONNMARK --set-mark 1",
        "iptables -t mangle -A PREROUTING -i b0 -m conntrack --ctstate NEW -j CONNMARK --set-mark 2",
        "iptables -t mangle -A PREROUTING -i wan -j CONNMARK --restore-mark",
        "iptables -t nat -A POSTROUTING -o wan -m connmark --mark 1 -j SNAT --to-source 198.51.100.11",
        "iptables -t nat -A POSTROUTING -o wan -m connmark --mark 2 -j SNAT --to-source 198.51.100.12"
      ]
    },
    "server": {
      "interfaces": { "eth0": { "addresses": ["198.51.100.10/24"] } },
      "services": [{ "udp": 7 }, { "tcp": 80 }]
    }
  },
  "links": [
    { "endpoints": ["red-host:eth0", "r1:r0"] },
    { "endpoints": ["blue-host:eth0", "r1:b0"] },
    { "endpoints": ["r1:wan", "server:eth0"], "delay": "1ms" }
  ],
  "timeline": [
    { "id": "red", "on": "red-host", "udp": { "to": "198.51.100.10:7", "from": "10.0.0.2:5000", "timeout": "1s" } },
    { "id": "blue", "on": "blue-host", "udp": { "to": "198.51.100.10:7", "from": "10.0.0.2:5000", "timeout": "1s" },
      "description": "The very same addresses and ports, a moment later." },
    { "on": "r1", "run": "conntrack -L", "description": "What does the router think is going on?" },
    { "id": "red-page", "on": "red-host", "tcp": { "to": "198.51.100.10:80", "from": "10.0.0.2:40000", "timeout": "1s" } },
    { "id": "blue-page", "on": "blue-host", "tcp": { "to": "198.51.100.10:80", "from": "10.0.0.2:40000", "timeout": "1s" },
      "description": "The same once more, while the router remembers red's connection." }
  ]
}

"""#,
    explanation: #"""
# Lab 10: the solution

VRFs keep routes apart, and nothing else. Two more things were common to both tenants:

1. **Connections.** They are known by addresses, ports and protocol, and those of red and blue are the same. Blue's datagram was
   taken for one more of red's connection, and got red's address. `CT --zone-orig 1` in the table raw, before connections are
   looked up, puts the questions of each tenant into a zone of their own. Answers come to 198.51.100.11 or .12, which differ, and need
   no zone.
2. **The way back.** An answer is translated to 10.0.0.2, of which there are two, and comes in by `wan`, where the main table knows
   neither. The connection has a mark; `CONNMARK --restore-mark` puts it on the packet, before the route is looked up, and
   `fwmark 1 lookup 1101` lets it choose the table.

Two other ways that have all points:

- A namespace for each tenant, with `r0` or `b0` in it, a veth pair to a bridge with `wan`, an address and a masquerade of its own. A
  namespace has its own connection table, so nothing is common at all.
- Rules instead of VRFs: `iif r0 lookup 1101`, the rest as above.

On a Linux host: the lines of `commands` in `solution.json`, and

```
ip rule add fwmark 1 lookup 1101 pref 500
ip rule add fwmark 2 lookup 1102 pref 501
```

"""#)
}
