// Made of scenarios/labs/08-docker-bridge-by-hand by LabTextsTests; not to be edited.

extension Lab {
  static let lab08 = Lab(
    "08-docker-bridge-by-hand",
    story: #"""
# Lab 8: Docker's bridge by hand

A container engine makes a network of plain parts: a namespace, a veth pair, a port on a bridge, an address, a default route, one
rule for what leaves. Here somebody began to do it by hand, and went home.

```
 host                                                           server
+-----------------------------------------------------+        +------------------+
|  docker0  172.17.0.1/16             eth0 192.0.2.1  |========| 192.0.2.80       |
|   |              |                                  |        | TCP 80           |
|  web            db                                  |        +------------------+
|  172.17.0.2     172.17.0.3 (to be)                  |
+-----------------------------------------------------+
```

## What you see

`web` gets no answer from its own host. `db` has nothing but `lo`. Neither comes to the server, and the server, which knows nothing of
172.17.0.0/16, could not answer if they did.

## What should be

`web` (172.17.0.2), `db` (172.17.0.3) and the host (172.17.0.1) reach each other, and between themselves see each other's own addresses. Both
containers reach `server`, which sees 192.0.2.1 ask.

The containers are the namespaces `web` and `db` of `host`. Which bridge, which names of interfaces, keys or commands: as you like.

## What to find out

- Which end of a pair belongs where, and in which state?
- What does a container need to send something outside, what does the host need to pass it on, and what does the answer need?

## How to work

`start.json` is the network as it is; change `host` in it, by keys or by `commands`, as you like. `server` is given: the grader
takes it from the lab, as it does the timeline and what is expected.

```
vrfsim run start.json
vrfsim check start.json
vrfsim labs grade start.json
vrfsim labs hint 8 start.json
```

## On a Linux host

As root, the lines in `commands` as they stand. To look: `ip link show master docker0`, `ip -n web address`, `ip -n web route`,
`sysctl net.ipv4.ip_forward`, `iptables -t nat -S`, `conntrack -L`. With Docker installed compare `docker network inspect bridge`.

"""#,
    start: #"""
{
  "vrfsim": 1,
  "name": "08-docker-bridge-by-hand",
  "description": "What a container engine does, left half done: two containers, a bridge, and a host with a cable.",
  "nodes": {
    "host": {
      "interfaces": { "eth0": { "addresses": ["192.0.2.1/24"] } },
      "commands": [
        "ip link add docker0 type bridge",
        "ip address add 172.17.0.1/16 dev docker0",
        "ip link set docker0 up",

        "ip netns add web",
        "ip link add veth-web type veth peer name eth0 netns web",
        "ip link set veth-web master docker0",
        "ip -n web link set lo up",
        "ip -n web address add 172.17.0.2/16 dev eth0",
        "ip -n web link set eth0 up",

        "ip netns add db",
        "ip -n db link set lo up"
      ]
    },
    "server": {
      "description": "A machine of the network outside. It knows nothing of 172.17.0.0/16.",
      "interfaces": { "eth0": { "addresses": ["192.0.2.80/24"] } },
      "services": [{ "tcp": 80 }]
    }
  },
  "links": [{ "endpoints": ["host:eth0", "server:eth0"] }],
  "timeline": [
    { "id": "web-to-host", "on": "host/web", "run": "ping -c 1 172.17.0.1" },
    { "id": "web-to-db", "on": "host/web", "run": "ping -c 1 172.17.0.3" },
    { "id": "db-to-web", "on": "host/db", "run": "ping -c 1 172.17.0.2" },
    { "id": "web-to-server", "on": "host/web", "run": "ping -c 1 -W 1 192.0.2.80" },
    { "id": "page", "on": "host/db", "tcp": { "to": "192.0.2.80:80", "timeout": "1s" } }
  ]
}

"""#,
    goal: #"""
{
  "goal": 1,
  "title": "Docker's bridge by hand",
  "sentence": "Two containers without an engine: a bridge, two veth pairs, a way out and a borrowed address.",
  "given": ["server"],
  "timeline": [
    { "id": "web-to-host", "on": "host/web", "run": "ping -c 1 172.17.0.1" },
    { "id": "web-to-db", "on": "host/web", "run": "ping -c 1 172.17.0.3" },
    { "id": "db-to-web", "on": "host/db", "run": "ping -c 1 172.17.0.2" },
    { "id": "web-to-server", "on": "host/web", "run": "ping -c 1 -W 1 192.0.2.80" },
    { "id": "page", "on": "host/db", "tcp": { "to": "192.0.2.80:80", "timeout": "1s" } }
  ],
  "expect": [
    { "id": "host-answers-web", "description": "web reaches the host at 172.17.0.1", "of": "web-to-host", "is": "answered", "from": "172.17.0.1", "points": 1,
      "hint": [
        "A veth pair has two ends, and both have to be up.",
        "`vrfsim show start.json host 'ip link show master docker0'`: veth-web is a port, and in which state?",
        "`ip link set veth-web up`."
      ] },
    { "id": "web-reaches-db", "description": "web reaches db at 172.17.0.3", "of": "web-to-db", "is": "answered", "from": "172.17.0.3", "points": 2,
      "hint": [
        "db is a namespace with nothing in it but lo. What did web get that db did not?",
        "The five lines of web once more: a pair with one end in db, the other a port of docker0, an address, both ends up.",
        "`ip link add veth-db type veth peer name eth0 netns db`, `ip link set veth-db master docker0 up`, `ip -n db address add 172.17.0.3/16 dev eth0`, `ip -n db link set eth0 up`."
      ] },
    { "id": "db-reaches-web", "description": "db reaches web at 172.17.0.2", "of": "db-to-web", "is": "answered", "from": "172.17.0.2", "points": 1,
      "hint": ["What web has, db needs: an address in 172.17.0.0/16 and an interface that is up."] },
    { "id": "no-disguise-at-home", "description": "db sees web come as 172.17.0.2", "of": "web-to-db", "sourceBecomes": "172.17.0.2", "points": 1,
      "hint": ["Between containers nobody needs another address. A masquerade is for what leaves for elsewhere: -s 172.17.0.0/16 ! -o docker0."] },
    { "id": "web-reaches-the-server", "description": "web reaches 192.0.2.80", "of": "web-to-server", "is": "answered", "from": "192.0.2.80", "points": 3,
      "hint": [
        "`connect: Network is unreachable` is said in web itself. Which route is missing there?",
        "With a default via 172.17.0.1 the packet comes to the host. Does the host forward? `sysctl net.ipv4.ip_forward`.",
        "Then it comes to the server, which knows no 172.17.0.0/16 to answer to. Which address does the server know?",
        "`ip -n web route add default via 172.17.0.1`, `sysctl -w net.ipv4.ip_forward=1`, `iptables -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE`."
      ] },
    { "id": "by-the-address-of-the-host", "description": "the server sees 192.0.2.1 ask", "of": "web-to-server", "sourceBecomes": "192.0.2.1", "points": 2,
      "hint": ["The host lends its own address, and gives it back to the answer: MASQUERADE in the chain POSTROUTING of the table nat."] },
    { "id": "db-gets-a-page", "description": "db gets a page from 192.0.2.80:80", "of": "page", "is": "answered", "points": 2,
      "hint": ["db needs a default route, too: `ip -n db route add default via 172.17.0.1`."] }
  ]
}

"""#,
    solution: #"""
{
  "vrfsim": 1,
  "name": "08-docker-bridge-by-hand",
  "description": "What a container engine does, done by hand: two containers, a bridge, and a host with a cable.",
  "nodes": {
    "host": {
      "interfaces": { "eth0": { "addresses": ["192.0.2.1/24"] } },
      "commands": [
        "ip link add docker0 type bridge",
        "ip address add 172.17.0.1/16 dev docker0",
        "ip link set docker0 up",
        "sysctl -w net.ipv4.ip_forward=1",
        "iptables -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE",

        "ip netns add web",
        "ip link add veth-web type veth peer name eth0 netns web",
        "ip link set veth-web master docker0 up",
        "ip -n web link set lo up",
        "ip -n web address add 172.17.0.2/16 dev eth0",
        "ip -n web link set eth0 up",
        "ip -n web route add default via 172.17.0.1",

        "ip netns add db",
        "ip link add veth-db type veth peer name eth0 netns db",
        "ip link set veth-db master docker0 up",
        "ip -n db link set lo up",
        "ip -n db address add 172.17.0.3/16 dev eth0",
        "ip -n db link set eth0 up",
        "ip -n db route add default via 172.17.0.1"
      ]
    },
    "server": {
      "description": "A machine of the network outside. It knows nothing of 172.17.0.0/16.",
      "interfaces": { "eth0": { "addresses": ["192.0.2.80/24"] } },
      "services": [{ "tcp": 80 }]
    }
  },
  "links": [{ "endpoints": ["host:eth0", "server:eth0"] }],
  "timeline": [
    { "id": "web-to-host", "on": "host/web", "run": "ping -c 1 172.17.0.1" },
    { "id": "web-to-db", "on": "host/web", "run": "ping -c 1 172.17.0.3" },
    { "id": "db-to-web", "on": "host/db", "run": "ping -c 1 172.17.0.2" },
    { "id": "web-to-server", "on": "host/web", "run": "ping -c 1 -W 1 192.0.2.80" },
    { "id": "page", "on": "host/db", "tcp": { "to": "192.0.2.80:80", "timeout": "1s" } }
  ]
}

"""#,
    explanation: #"""
# Lab 8: the solution

1. `veth-web` was a port of `docker0`, and down. A pair with one end down has no carrier.
2. `db` gets what `web` has: a pair, one end as `eth0` in the namespace, the other a port of the bridge, an address, both ends up.
3. `default via 172.17.0.1` in each container: without it the container says `Network is unreachable` to itself.
4. `net.ipv4.ip_forward` 1: the host passes on what is not for it. Between containers it is not needed, for a bridge does not route.
5. `-s 172.17.0.0/16 ! -o docker0 -j MASQUERADE`: what leaves for elsewhere gets the host's address, and answers find their way
   back by the connection table. `! -o docker0` leaves what stays at home alone.

`"docker": { "containers": { "web": {}, "db": {} } }` makes the same, and more: `vrfsim run --expand` prints what the engine types.

On a Linux host: the lines of `commands` in `solution.json`, as root.

"""#)
}
