// Made of scenarios/labs/01-one-cable by LabTextsTests; not to be edited.

extension Lab {
  static let lab01 = Lab(
    "01-one-cable",
    story: #"""
# Lab 1: One cable

Two machines are joined by one cable. `h1` has 10.0.0.1, `h2` has 10.0.0.130, and neither of them gets a word out of the
other.

```
 h1                              h2
+--------------------+          +----------------------+
| eth0  10.0.0.1/24  |==========| eth0  10.0.0.130     |
+--------------------+          +----------------------+
```

## What you see

`h1` pings 10.0.0.130, waits for three seconds and is told `Destination Host Unreachable`, by itself: the sender of that line is
10.0.0.1. `ip neigh show` says `FAILED`. When `h2` pings 10.0.0.1, it says `Network is unreachable` at once, and nothing leaves the
machine. Two sentences that sound alike, and mean different things.

## What should be

Both pings are answered. `h2` keeps its address.

## What to find out

- Which of the two sentences comes from a question that nobody answered, and which from a table that has no answer?
- Two things are wrong with `h2`. When the first is mended, the request arrives, and still there is no answer: why?

## How to work

`start.json` is the network as it is; change `h2` in it, by keys or by `commands`, as you like. `h1` is given: the grader
takes it from the lab, as it does the timeline and what is expected.

```
vrfsim run start.json
vrfsim check start.json
vrfsim labs grade start.json
vrfsim labs hint 1 start.json
```

## On a Linux host

`ip link show eth0` (is it `UP`, and `LOWER_UP`?), `ip address show dev eth0`, `ip route get 10.0.0.1`, `ip neigh show`, and
`tcpdump -ni eth0 arp` while the other one pings.

"""#,
    start: #"""
{
  "vrfsim": 1,
  "name": "01-one-cable",
  "description": "Two machines, one cable, and nobody answers.",
  "nodes": {
    "h1": { "interfaces": { "eth0": { "addresses": ["10.0.0.1/24"] } } },
    "h2": { "interfaces": { "eth0": { "addresses": ["10.0.0.130/25"], "up": false } } }
  },
  "links": [{ "endpoints": ["h1:eth0", "h2:eth0"] }],
  "timeline": [
    { "id": "there", "on": "h1", "run": "ping -c 1 10.0.0.130" },
    { "on": "h1", "run": "ip neigh show", "description": "Has h1 learned who has 10.0.0.130?" },
    { "id": "back", "on": "h2", "run": "ping -c 1 10.0.0.1" }
  ]
}

"""#,
    goal: #"""
{
  "goal": 1,
  "title": "One cable",
  "sentence": "Two machines, one cable, and nobody answers.",
  "given": ["h1"],
  "timeline": [
    { "id": "there", "on": "h1", "run": "ping -c 1 10.0.0.130" },
    { "on": "h1", "run": "ip neigh show", "description": "Has h1 learned who has 10.0.0.130?" },
    { "id": "back", "on": "h2", "run": "ping -c 1 10.0.0.1" }
  ],
  "expect": [
    { "id": "request-leaves", "description": "h1 finds 10.0.0.130 on the cable, and its request leaves", "of": "there", "requestOut": "h1:eth0", "points": 2,
      "hint": [
        "h1 asks the whole cable who has 10.0.0.130, and nobody says a word. Is anybody listening?",
        "`vrfsim show start.json h2 'ip link'`: what is the state of eth0?",
        "An interface with \"up\": false receives nothing. On Linux: `ip link set eth0 up`."
      ] },
    { "id": "h1-is-answered", "description": "h1 gets an answer from 10.0.0.130", "of": "there", "is": "answered", "from": "10.0.0.130", "points": 2,
      "hint": [
        "The request comes to h2 now. What would h2 need to send an answer?",
        "`vrfsim explain start.json h2 10.0.0.1`: does h2 have a route to h1?",
        "10.0.0.130/25 says that the subnet is 10.0.0.128 to 10.0.0.255, and h1 is not in it. With /24 both machines mean the same subnet."
      ] },
    { "id": "h2-is-answered", "description": "h2 gets an answer from 10.0.0.1", "of": "back", "is": "answered", "from": "10.0.0.1", "points": 1,
      "hint": [
        "`Network is unreachable` is what a machine says to itself: it found no route, and sent nothing.",
        "The route that an address brings with it has the length of the address's prefix. Compare `ip route` on both machines."
      ] }
  ]
}

"""#,
    solution: #"""
{
  "vrfsim": 1,
  "name": "01-one-cable",
  "description": "Two machines, one cable: both ends up, both in one subnet.",
  "nodes": {
    "h1": { "interfaces": { "eth0": { "addresses": ["10.0.0.1/24"] } } },
    "h2": { "interfaces": { "eth0": { "addresses": ["10.0.0.130/24"] } } }
  },
  "links": [{ "endpoints": ["h1:eth0", "h2:eth0"] }],
  "timeline": [
    { "id": "there", "on": "h1", "run": "ping -c 1 10.0.0.130" },
    { "on": "h1", "run": "ip neigh show", "description": "Has h1 learned who has 10.0.0.130?" },
    { "id": "back", "on": "h2", "run": "ping -c 1 10.0.0.1" }
  ]
}

"""#,
    explanation: #"""
# Lab 1: the solution

1. `eth0` of `h2` was down (`"up": false`). An interface that is down receives nothing: the ARP question of `h1`, `who-has
   10.0.0.130`, went out three times, and nobody heard it. So `h1` told its own program `Destination Host Unreachable`.
2. 10.0.0.130/25 means 10.0.0.128 to 10.0.0.255. The address brought a route to that range, and `h1` is not in it: the request
   arrived, and `h2` had no way to send the answer. That is what `Network is unreachable` says. `h1`, with /24, thought
   all the time that both were in one subnet. Prefixes are not negotiated: each machine believes its own.

With `"addresses": ["10.0.0.130/24"]`, and without `"up": false`, both are mended. Another way is to keep the /25 and add
`"routes": ["10.0.0.0/25 dev eth0"]`: what counts is a route, whoever brought it.

On a Linux host:

```
ip link set eth0 up
ip address del 10.0.0.130/25 dev eth0
ip address add 10.0.0.130/24 dev eth0
```

"""#)
}
