// Made of scenarios/labs/09-publishing-a-port by LabTextsTests; not to be edited.

extension Lab {
  static let lab09 = Lab(
    "09-publishing-a-port",
    story: #"""
# Lab 9: Publishing a port

A container serves a page at port 80, and figures for the house at port 9100. The page is to be had at port 8080 of the host, by
everybody; the figures by nobody outside. The host's filter is closed, as a container engine closes it.

```
 client                   host                                web (namespace)
+-------------+          +------------------------------+    +--------------------+
| 192.0.2.9   |==========| eth0 192.0.2.1   :8080       |    | 172.17.0.2         |
+-------------+          |        docker0 172.17.0.1 ========| TCP 80, TCP 9100   |
                         +------------------------------+    +--------------------+
```

The client has a route to 172.17.0.0/16 by the host. That is allowed, and should be of no use to it.

## What you see

`connect error ECONNREFUSED` at 192.0.2.1:8080, for the client and for the host itself: nobody listens there, and no rule says
otherwise. There is a DNAT rule; it never matches.

## What should be

The client gets the page at 192.0.2.1:8080, from port 80 of the container, which sees 192.0.2.9 ask. The host gets it at the
same address. What the container sends out is answered as before. Port 9100 is not to be had, neither at the host's address nor
straight at 172.17.0.2.

The container is the namespace `web` of `host`, with 172.17.0.2.

## What to find out

- Which port stands where in a DNAT rule?
- Through which chains goes a packet that comes in and is passed on, and through which one that the host itself sends?
- What sees the chain FORWARD, the port that was asked for or the one that it has become?

## How to work

`start.json` is the network as it is; change `host` in it, by keys or by `commands`, as you like. `client` is given: the grader
takes it from the lab, as it does the timeline and what is expected.

```
vrfsim run start.json
vrfsim check start.json
vrfsim labs grade start.json
vrfsim labs hint 9 start.json
```

## On a Linux host

`iptables -t nat -nvL` (do the counters move?), `iptables -nvL FORWARD`, `conntrack -L -p tcp`, and `tcpdump -ni docker0 port 80`. Here:
`vrfsim trace start.json page --both-ways`, `vrfsim show start.json host 'iptables -t nat -nvL'`.

"""#,
    start: #"""
{
  "vrfsim": 1,
  "name": "09-publishing-a-port",
  "description": "A container behind a closed host, and a port that should be published and is not.",
  "nodes": {
    "client": {
      "description": "Curious: has a route to the containers' network.",
      "interfaces": { "eth0": { "addresses": ["192.0.2.9/24"] } },
      "routes": ["172.17.0.0/16 via 192.0.2.1"]
    },
    "host": {
      "forwarding": true,
      "bridges": { "docker0": { "addresses": ["172.17.0.1/16"] } },
      "interfaces": {
        "eth0": { "addresses": ["192.0.2.1/24"] },
        "veth-web": { "kind": "veth", "peer": "host/web:eth0", "master": "docker0" }
      },
      "namespaces": {
        "web": {
          "interfaces": { "eth0": { "addresses": ["172.17.0.2/16"] } },
          "routes": ["default via 172.17.0.1"],
          "services": [
            { "tcp": 80, "description": "The page that is to be published." },
            { "tcp": 9100, "description": "Figures for the house alone." }
          ]
        }
      },
      "commands": [
        "iptables -P FORWARD DROP",
        "iptables -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
        "iptables -A FORWARD -i docker0 -j ACCEPT",
        "iptables -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE",
        "iptables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 172.17.0.2:8080"
      ]
    }
  },
  "links": [{ "endpoints": ["client:eth0", "host:eth0"] }],
  "timeline": [
    { "id": "page", "on": "client", "tcp": { "to": "192.0.2.1:8080", "timeout": "1s" } },
    { "id": "own-page", "on": "host", "tcp": { "to": "192.0.2.1:8080", "timeout": "1s" }, "description": "The host asks at its own address." },
    { "id": "outgoing", "on": "host/web", "run": "ping -c 1 -W 1 192.0.2.9" },
    { "id": "figures", "on": "client", "tcp": { "to": "192.0.2.1:9100", "timeout": "1s" } },
    { "id": "figures-around", "on": "client", "tcp": { "to": "172.17.0.2:9100", "timeout": "2s" }, "description": "Straight to the container, past the published port." }
  ]
}

"""#,
    goal: #"""
{
  "goal": 1,
  "title": "Publishing a port",
  "sentence": "Port 8080 of a host should be port 80 of a container, for everybody; its other ports, for nobody.",
  "given": ["client"],
  "timeline": [
    { "id": "page", "on": "client", "tcp": { "to": "192.0.2.1:8080", "timeout": "1s" } },
    { "id": "own-page", "on": "host", "tcp": { "to": "192.0.2.1:8080", "timeout": "1s" }, "description": "The host asks at its own address." },
    { "id": "outgoing", "on": "host/web", "run": "ping -c 1 -W 1 192.0.2.9" },
    { "id": "figures", "on": "client", "tcp": { "to": "192.0.2.1:9100", "timeout": "1s" } },
    { "id": "figures-around", "on": "client", "tcp": { "to": "172.17.0.2:9100", "timeout": "2s" }, "description": "Straight to the container, past the published port." }
  ],
  "expect": [
    { "id": "client-gets-the-page", "description": "the client gets the page at 192.0.2.1:8080", "of": "page", "is": "answered", "from": "192.0.2.1", "points": 3,
      "hint": [
        "Who refuses the connection, and why does that one have it at all? `vrfsim trace start.json page`.",
        "Read the DNAT rule aloud: what comes for which port goes to which port?",
        "With the ports the right way round the packet is forwarded, and the chain FORWARD has a word to say: `vrfsim show start.json host 'iptables -S FORWARD'`.",
        "`iptables -t nat -A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80`, `iptables -A FORWARD -d 172.17.0.2 -p tcp --dport 80 -j ACCEPT`."
      ] },
    { "id": "translated", "description": "it is port 80 of the container that answers, and the client does not notice", "of": "page", "destinationBecomes": "172.17.0.2:80", "replyRestored": true, "points": 1,
      "hint": ["The page has to come from the container: DNAT to 172.17.0.2:80."] },
    { "id": "container-sees-the-client", "description": "the container sees that 192.0.2.9 asks", "of": "page", "sourceBecomes": "192.0.2.9", "points": 1,
      "hint": ["A log full of one address is of no use. Masquerade what the containers send out, not what comes in."] },
    { "id": "host-gets-the-page", "description": "the host itself gets the page at 192.0.2.1:8080", "of": "own-page", "is": "answered", "from": "192.0.2.1", "points": 2,
      "hint": [
        "PREROUTING is for what comes in. By which chain goes what the host itself sends?",
        "The chain OUTPUT of the table nat: the same rule there, for the host's own address.",
        "`iptables -t nat -A OUTPUT -d 192.0.2.1 -p tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80`."
      ] },
    { "id": "containers-still-go-out", "description": "the container still reaches the client", "of": "outgoing", "is": "answered", "points": 1,
      "hint": ["The rules that were there for what the container sends were right: the masquerade, and `-i docker0 -j ACCEPT`."] },
    { "id": "figures-are-not-published", "description": "port 9100 is not to be had at the host's address", "of": "figures", "is": "answered", "not": true, "points": 1,
      "hint": ["A DNAT rule without --dport publishes every port. Name one."] },
    { "id": "no-way-around", "description": "nothing for port 9100 comes to the container from outside", "of": "figures-around", "is": "delivered", "not": true, "points": 2,
      "hint": [
        "The policy of FORWARD was right. Open as little as the page needs.",
        "`-d 172.17.0.2 -p tcp --dport 80 -j ACCEPT` opens one port of one container; `-P FORWARD ACCEPT` opens all of them."
      ] }
  ]
}

"""#,
    solution: #"""
{
  "vrfsim": 1,
  "name": "09-publishing-a-port",
  "description": "A container behind a closed host, and one port of it published.",
  "nodes": {
    "client": {
      "description": "Curious: has a route to the containers' network.",
      "interfaces": { "eth0": { "addresses": ["192.0.2.9/24"] } },
      "routes": ["172.17.0.0/16 via 192.0.2.1"]
    },
    "host": {
      "forwarding": true,
      "bridges": { "docker0": { "addresses": ["172.17.0.1/16"] } },
      "interfaces": {
        "eth0": { "addresses": ["192.0.2.1/24"] },
        "veth-web": { "kind": "veth", "peer": "host/web:eth0", "master": "docker0" }
      },
      "namespaces": {
        "web": {
          "interfaces": { "eth0": { "addresses": ["172.17.0.2/16"] } },
          "routes": ["default via 172.17.0.1"],
          "services": [
            { "tcp": 80, "description": "The page that is to be published." },
            { "tcp": 9100, "description": "Figures for the house alone." }
          ]
        }
      },
      "commands": [
        "iptables -P FORWARD DROP",
        "iptables -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
        "iptables -A FORWARD -i docker0 -j ACCEPT",
        "iptables -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE",
        "iptables -t nat -A PREROUTING -d 192.0.2.1 -p tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80",
        "iptables -t nat -A OUTPUT -d 192.0.2.1 -p tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80",
        "iptables -A FORWARD -d 172.17.0.2 -o docker0 -p tcp --dport 80 -j ACCEPT"
      ]
    }
  },
  "links": [{ "endpoints": ["client:eth0", "host:eth0"] }],
  "timeline": [
    { "id": "page", "on": "client", "tcp": { "to": "192.0.2.1:8080", "timeout": "1s" } },
    { "id": "own-page", "on": "host", "tcp": { "to": "192.0.2.1:8080", "timeout": "1s" }, "description": "The host asks at its own address." },
    { "id": "outgoing", "on": "host/web", "run": "ping -c 1 -W 1 192.0.2.9" },
    { "id": "figures", "on": "client", "tcp": { "to": "192.0.2.1:9100", "timeout": "1s" } },
    { "id": "figures-around", "on": "client", "tcp": { "to": "172.17.0.2:9100", "timeout": "2s" }, "description": "Straight to the container, past the published port." }
  ]
}

"""#,
    explanation: #"""
# Lab 9: the solution

1. The ports were the wrong way round. `--dport` is what the client asked for, 8080; `--to-destination` is where it goes, port 80.
   PREROUTING translates before the host looks for a route, so the packet is forwarded and not taken.
2. What is forwarded passes FORWARD, whose policy is DROP. It sees the packet as translated: `-d 172.17.0.2 -o docker0 -p tcp
   --dport 80 -j ACCEPT`. Answers were let through already, as ESTABLISHED.
3. What the host itself sends does not pass PREROUTING, but OUTPUT: the same rule there, for the host's own address.
4. Nothing else. `-P FORWARD ACCEPT` would open 9100 to whoever has a route; a masquerade of what comes in would hide from the container who
   asks.

`"docker": { "containers": { "web": { "ports": ["8080:80"] } } }` writes such rules, and a few more for those who ask from an unusual
side: see the scenario [published-port](../../docker/published-port/README.md).

On a Linux host:

```
iptables -t nat -D PREROUTING -p tcp --dport 80 -j DNAT --to-destination 172.17.0.2:8080
iptables -t nat -A PREROUTING -d 192.0.2.1 -p tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
iptables -t nat -A OUTPUT -d 192.0.2.1 -p tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
iptables -A FORWARD -d 172.17.0.2 -o docker0 -p tcp --dport 80 -j ACCEPT
```

"""#)
}
