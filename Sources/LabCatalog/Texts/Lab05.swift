// Made of scenarios/labs/05-management-port by LabTextsTests; not to be edited.

extension Lab {
  static let lab05 = Lab(
    "05-management-port",
    story: #"""
# Lab 5: The management port that answers elsewhere

A server has a port for its work and a port for its management, both in one subnet. At the management address nobody answers. There
used to be answers before somebody switched the reverse path filter on; but even then something was odd about them.

```
 pc                      sw                        srv
+-----------------+     +------------------+      +------------------------------------------+
| 192.168.1.100   |=====| p1            p2 |======| data  192.168.1.10/24   work: UDP 9000   |
+-----------------+     |                  |      |                                          |
                        |               p3 |======| mgmt  192.168.1.20/24   mgmt: UDP 9001   |
                        +------------------+      +------------------------------------------+
```

`pc` knows both MAC addresses, so what is for 192.168.1.20 really comes in by `mgmt`.

## What you see

```
  request: pc out eth0 -> sw in p1 out p3 -> srv in mgmt, DROPPED at srv:mgmt: IP_RPFILTER, rp_filter: the way back to the source leaves by another interface
```

The work, on `data`, goes on as if nothing were the matter. Set `rp_filter` to 0, and the ping is answered, by `data`.

## What should be

Both addresses answer, each by the cable where it is asked. The programs at 192.168.1.10:9000 and 192.168.1.20:9001 answer. The MAC
addresses of the two ports stay, since `pc` knows them.

## What to find out

- Two routes to one subnet: which one is taken, and does the source address of an answer have a say in it?
- What could let the source address, or the interface, choose another table? There are at least three good answers.
- Who else has to move when an interface moves into another table or namespace?

## How to work

`start.json` is the network as it is; change `srv` in it, by keys or by `commands`, as you like. `pc` and `sw` are given: the grader
takes them from the lab, as it does the timeline and what is expected.

```
vrfsim run start.json
vrfsim check start.json
vrfsim labs grade start.json
vrfsim labs hint 5 start.json
```

## On a Linux host

`ip route show`, `ip route get 192.168.1.100 from 192.168.1.20`, `nstat -az TcpExtIPReversePathFilter`, `ip rule show`,
`ip vrf show`, `ip netns list`. Here: `vrfsim explain start.json srv 192.168.1.100 from 192.168.1.20`.

"""#,
    start: #"""
{
  "vrfsim": 1,
  "name": "05-management-port",
  "description": "A server with a port for work and a port for management, both in one subnet.",
  "nodes": {
    "pc": {
      "description": "Knows both MAC addresses of the server, so each question goes to the port it means.",
      "interfaces": { "eth0": { "addresses": ["192.168.1.100/24"], "mac": "02:00:00:00:01:64" } },
      "neighbors": [
        "192.168.1.10 lladdr 02:00:00:00:01:0a dev eth0",
        "192.168.1.20 lladdr 02:00:00:00:01:14 dev eth0"
      ]
    },
    "sw": {
      "description": "The switch: p1 leads to the PC, p2 to data, p3 to mgmt.",
      "bridges": { "br0": {} },
      "interfaces": { "p1": { "master": "br0" }, "p2": { "master": "br0" }, "p3": { "master": "br0" } }
    },
    "srv": {
      "sysctls": { "net.ipv4.conf.all.rp_filter": 1 },
      "interfaces": {
        "data": { "addresses": ["192.168.1.10/24"], "mac": "02:00:00:00:01:0a" },
        "mgmt": { "addresses": ["192.168.1.20/24"], "mac": "02:00:00:00:01:14" }
      },
      "services": [
        { "udp": 9000, "description": "The server's work." },
        { "udp": 9001, "description": "Its management." }
      ]
    }
  },
  "links": [
    { "endpoints": ["pc:eth0", "sw:p1"] },
    { "endpoints": ["srv:data", "sw:p2"] },
    { "endpoints": ["srv:mgmt", "sw:p3"] }
  ],
  "timeline": [
    { "id": "ping-data", "on": "pc", "run": "ping -c 1 -W 1 192.168.1.10" },
    { "id": "ping-mgmt", "on": "pc", "run": "ping -c 1 -W 1 192.168.1.20" },
    { "id": "work", "on": "pc", "udp": { "to": "192.168.1.10:9000", "timeout": "1s" } },
    { "id": "management", "on": "pc", "udp": { "to": "192.168.1.20:9001", "timeout": "1s" } }
  ]
}

"""#,
    goal: #"""
{
  "goal": 1,
  "title": "The management port that answers elsewhere",
  "sentence": "A server does not answer at its management port; and when it does, then by the wrong port.",
  "given": ["pc", "sw"],
  "timeline": [
    { "id": "ping-data", "on": "pc", "run": "ping -c 1 -W 1 192.168.1.10" },
    { "id": "ping-mgmt", "on": "pc", "run": "ping -c 1 -W 1 192.168.1.20" },
    { "id": "work", "on": "pc", "udp": { "to": "192.168.1.10:9000", "timeout": "1s" } },
    { "id": "management", "on": "pc", "udp": { "to": "192.168.1.20:9001", "timeout": "1s" } }
  ],
  "expect": [
    { "id": "data-answers", "description": "192.168.1.10 answers", "of": "ping-data", "is": "answered", "from": "192.168.1.10", "points": 1,
      "hint": ["The server's work has to go on as before: 192.168.1.10 on data, in a network with a route to the PC."] },
    { "id": "data-by-data", "description": "what is asked at data (sw:p2) is answered by data", "of": "ping-data", "requestOut": "sw:p2", "replyIn": "sw:p2", "points": 1,
      "hint": ["`vrfsim explain start.json srv 192.168.1.100 from 192.168.1.10`: by which interface would the answer leave?"] },
    { "id": "mgmt-answers", "description": "192.168.1.20 answers", "of": "ping-mgmt", "is": "answered", "from": "192.168.1.20", "points": 2,
      "hint": [
        "The request arrives. Who drops it, and with which reason?",
        "rp_filter 1 asks: would I send an answer out by the interface where this came in? `vrfsim explain start.json srv 192.168.1.100 from 192.168.1.20`.",
        "The main table has 192.168.1.0/24 twice and always takes the first, data. With rp_filter 0 there is an answer; whether it is a good one, see the next expectation."
      ] },
    { "id": "mgmt-by-mgmt", "description": "what is asked at mgmt (sw:p3) is answered by mgmt", "of": "ping-mgmt", "requestOut": "sw:p3", "replyIn": "sw:p3", "points": 3,
      "hint": [
        "The source address of an answer has no say in the main table. What lets a source address, or an interface, choose a table?",
        "Three ways: a rule (`ip rule add from 192.168.1.20 lookup 100`) with a route in that table, a VRF for mgmt, a network namespace for mgmt.",
        "\"rules\": [\"from 192.168.1.20 lookup 100\"], \"routes\": [\"192.168.1.0/24 dev mgmt table 100\"]; or \"vrfs\": { \"oob\": { \"table\": 10 } } and \"master\": \"oob\" at mgmt."
      ] },
    { "id": "work-goes-on", "description": "the program at port 9000 answers at 192.168.1.10", "of": "work", "is": "answered", "from": "192.168.1.10", "points": 1,
      "hint": ["The program that serves port 9000 has to run where data is: the same namespace, and outside of every VRF unless data is in one."] },
    { "id": "management-works", "description": "the program at port 9001 answers at 192.168.1.20", "of": "management", "is": "answered", "from": "192.168.1.20", "points": 2,
      "hint": [
        "ping is answered by the kernel, port 9001 by a program. Can the program hear what comes in by mgmt?",
        "A socket outside of a VRF does not hear what comes in by the VRF; one in another namespace hears nothing of this one.",
        "Move the service: { \"udp\": 9001, \"vrf\": \"oob\" }, or under \"services\" of the namespace. With rules, give it its address, { \"udp\": 9001, \"address\": \"192.168.1.20\" }: a socket without one answers with the address that the main table prefers."
      ] }
  ]
}

"""#,
    solution: #"""
{
  "vrfsim": 1,
  "name": "05-management-port",
  "description": "A server with a port for work and a port for management, both in one subnet: the latter in a VRF.",
  "nodes": {
    "pc": {
      "description": "Knows both MAC addresses of the server, so each question goes to the port it means.",
      "interfaces": { "eth0": { "addresses": ["192.168.1.100/24"], "mac": "02:00:00:00:01:64" } },
      "neighbors": [
        "192.168.1.10 lladdr 02:00:00:00:01:0a dev eth0",
        "192.168.1.20 lladdr 02:00:00:00:01:14 dev eth0"
      ]
    },
    "sw": {
      "description": "The switch: p1 leads to the PC, p2 to data, p3 to mgmt.",
      "bridges": { "br0": {} },
      "interfaces": { "p1": { "master": "br0" }, "p2": { "master": "br0" }, "p3": { "master": "br0" } }
    },
    "srv": {
      "sysctls": { "net.ipv4.conf.all.rp_filter": 1 },
      "vrfs": { "oob": { "table": 10 } },
      "interfaces": {
        "data": { "addresses": ["192.168.1.10/24"], "mac": "02:00:00:00:01:0a" },
        "mgmt": { "master": "oob", "addresses": ["192.168.1.20/24"], "mac": "02:00:00:00:01:14" }
      },
      "routes": ["unreachable default metric 4278198272 vrf oob"],
      "services": [
        { "udp": 9000, "description": "The server's work." },
        { "udp": 9001, "vrf": "oob", "description": "Its management." }
      ]
    }
  },
  "links": [
    { "endpoints": ["pc:eth0", "sw:p1"] },
    { "endpoints": ["srv:data", "sw:p2"] },
    { "endpoints": ["srv:mgmt", "sw:p3"] }
  ],
  "timeline": [
    { "id": "ping-data", "on": "pc", "run": "ping -c 1 -W 1 192.168.1.10" },
    { "id": "ping-mgmt", "on": "pc", "run": "ping -c 1 -W 1 192.168.1.20" },
    { "id": "work", "on": "pc", "udp": { "to": "192.168.1.10:9000", "timeout": "1s" } },
    { "id": "management", "on": "pc", "udp": { "to": "192.168.1.20:9001", "timeout": "1s" } }
  ]
}

"""#,
    explanation: #"""
# Lab 5: the solution

The main table has 192.168.1.0/24 twice, once for each address, and a lookup takes the first: `data`. With `rp_filter` 1 the kernel
asks for each packet whether an answer would leave by the interface where it came in, and drops it where not. Switching the
filter off mends the symptom: the answer leaves by `data`, with the source 192.168.1.20 and the wrong MAC address.

`solution.json` puts `mgmt` into a VRF: its route moves into table 10, and what comes in by `mgmt` is answered from there. The
management program has to be bound to the VRF, or it does not hear what comes in by it. The `unreachable default` ends lookups
in the VRF, so that the main table does not answer for it.

Two other ways that have all points:

- A rule: `"rules": ["from 192.168.1.20 lookup 100"]`, `"routes": ["192.168.1.0/24 dev mgmt table 100"]`. The program of port 9001
  needs its address, `{ "udp": 9001, "address": "192.168.1.20" }`: a socket that listens on all addresses takes as source what
  the route proposes, and without a source the rule does not match yet.
- A network namespace for each port: `"srv/admin:mgmt"` in the cable, and the service in the namespace.

On a Linux host:

```
ip link add oob type vrf table 10
ip link set oob up
ip route add unreachable default metric 4278198272 vrf oob
ip link set mgmt master oob
ip vrf exec oob MANAGEMENT-PROGRAM
```

"""#)
}
