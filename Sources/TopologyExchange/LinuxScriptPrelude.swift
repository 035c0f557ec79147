/// What every exported script begins with: the words that its lines are made of.
enum LinuxScriptPrelude {
  static func text(_ name: String) -> String {
    """
    #!/usr/bin/env bash
    # \(name), written by vrfsim export iproute2. Run it as root; whatever it makes ends with it.
    # It needs iproute2, util-linux, python3 and the programs that the scenario runs; tcpdump and ethtool for
    # CAPTURES=DIR, which writes a capture of every interface.

    """ + functions + "cat >\"$SOCKETS\" <<'PROGRAM'\n" + sockets + "PROGRAM\n\n"
  }

  private static let functions = #"""
    set -u
    [ "$(id -u)" = 0 ] || { echo "this needs root" >&2; exit 1; }
    export LC_ALL=C
    work=$(mktemp -d)
    SOCKETS=$work/sockets.py
    declare -A HOLDER FIRST SECOND PROXIES CAPTURED
    CAPTURING=()
    descendants() {
      local child
      for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do descendants "$child"; echo "$child"; done
    }
    cleanup() {
      trap - EXIT INT TERM
      [ ${#CAPTURING[@]} = 0 ] || { kill -INT "${CAPTURING[@]}" 2>/dev/null; wait "${CAPTURING[@]}" 2>/dev/null; }
      # Whatever runs in a machine has its mount namespace.
      local process machine mounts=" " job
      # A program in a namespace of a machine has a mount namespace of its own: it is found as a child.
      for job in $(jobs -p); do kill $(descendants "$job") 2>/dev/null; done
      for machine in "${!HOLDER[@]}"; do mounts+="$(readlink "/proc/${HOLDER[$machine]}/ns/mnt") "; done
      for process in /proc/[0-9]*; do
        case $mounts in *" $(readlink "$process/ns/mnt" 2>/dev/null || echo none) "*) kill "${process#/proc/}" 2>/dev/null ;; esac
      done
      wait 2>/dev/null
      rm -rf "$work"
    }
    trap cleanup EXIT
    trap 'exit 130' INT TERM

    # machine NAME: a network namespace, with a /run/netns that is its own
    machine() {
      unshare --net --mount --propagation private sh -c '
        mkdir -p /run/netns; mount -t tmpfs tmpfs /run/netns; echo $$ >"$1.tmp"; mv "$1.tmp" "$1"; exec sleep infinity' \
        sh "$work/machine.$1" </dev/null &
      until [ -e "$work/machine.$1" ]; do sleep 0.01; done
      HOLDER[$1]=$(cat "$work/machine.$1")
      on "$1" sh -c "$SETTINGS"
    }
    # IPv6 is off until a scenario switches it on, as in the simulation; segments leave one by one.
    SETTINGS='for key in all default lo; do sysctl -qw net.ipv6.conf.$key.disable_ipv6=1 2>/dev/null; done
      sysctl -qw net.ipv4.ping_group_range="0 0" 2>/dev/null; true'
    # on MACHINE COMMAND...
    on() {
      local machine=$1 status; shift
      nsenter -t "${HOLDER[$machine]}" -n -m -- "$@"; status=$?
      case "$1 ${2-} ${3-}" in
        "ip netns add") nsenter -t "${HOLDER[$machine]}" -n -m -- ip netns exec "$4" sh -c "$SETTINGS" ;;
      esac
      return $status
    }
    # in_namespace MACHINE NAMESPACE COMMAND...
    in_namespace() { local machine=$1 namespace=$2; shift 2; on "$machine" ip netns exec "$namespace" "$@"; }
    # place MACHINE NAMESPACE COMMAND...: in the machine's own namespace where NAMESPACE is -
    place() {
      local machine=$1 namespace=$2; shift 2
      if [ "$namespace" = - ]; then on "$machine" "$@"; else in_namespace "$machine" "$namespace" "$@"; fi
    }
    # card MACHINE NAMESPACE NAME MAC MTU: a network card without a cable
    card() {
      local name=cut$RANDOM
      on "$1" ip link add "$name" address "$4" mtu "$5" type veth peer name "x$name"
      settle "$1" "$2" "$3" "$name"
    }
    # settle MACHINE NAMESPACE NAME OLD: a card gets its name and its namespace
    settle() {
      if [ "$2" = - ]; then on "$1" ip link set dev "$4" name "$3"
      else on "$1" ip link set dev "$4" name "$3" netns "$2"; fi
    }
    # cable NUMBER, then MACHINE NAMESPACE NAME MAC MTU twice
    cable() {
      FIRST[$1]="$2 $3 $4"; SECOND[$1]="$7 $8 $9"
      on "$2" ip link add "end$1a" address "$5" mtu "$6" type veth peer name "end$1b" address "${10}" mtu "${11}" \
        netns "${HOLDER[$7]}"
      settle "$2" "$3" "$4" "end$1a"; settle "$7" "$8" "$9" "end$1b"
    }
    # pluggable_cable: the same by way of a machine of its own, so that it can be pulled
    pluggable_cable() {
      local hub=cable$1
      FIRST[$1]="$2 $3 $4"; SECOND[$1]="$7 $8 $9"
      machine "$hub"
      on "$hub" ip link add hub type bridge ageing_time 0 mcast_snooping 0
      on "$hub" ip link add name a mtu "$6" type veth peer name "end$1a" address "$5" mtu "$6" netns "${HOLDER[$2]}"
      on "$hub" ip link add name b mtu "${11}" type veth peer name "end$1b" address "${10}" mtu "${11}" netns "${HOLDER[$7]}"
      on "$hub" ip link set dev a master hub; on "$hub" ip link set dev b master hub; on "$hub" ip link set hub up
      settle "$2" "$3" "$4" "end$1a"; settle "$7" "$8" "$9" "end$1b"
      plug "$1"
    }
    pull() { on "cable$1" ip link set dev a down; on "cable$1" ip link set dev b down; }
    plug() { on "cable$1" ip link set dev a up; on "cable$1" ip link set dev b up; }
    # quality NUMBER WORDS...: what a cable is like, in the words of tc-netem(8)
    quality() {
      local number=$1 end card; shift
      for end in "${FIRST[$number]}" "${SECOND[$number]}"; do
        read -r -a card <<<"$end"
        place "${card[0]}" "${card[1]}" tc qdisc replace dev "${card[2]}" root netem "$@"
      done
    }
    # serve COMMAND...: a server in the background; it goes on when the server listens
    SERVERS=0
    serve() {
      SERVERS=$((SERVERS + 1))
      READY=$work/server.$SERVERS "$@" &
      until [ -e "$work/server.$SERVERS" ] || ! kill -0 $! 2>/dev/null; do sleep 0.01; done
    }
    # proxy MACHINE RELEASE docker-proxy OPTION VALUE...: what Docker starts for a published port
    proxy() {
      local key="$1 ${*:3}"
      serve on "$1" python3 "$SOCKETS" proxy "$2" "$5" "$7" "$9" "${11}" "${13}"
      PROXIES[$key]=$!
    }
    # end_proxy MACHINE docker-proxy OPTION VALUE...
    end_proxy() { kill $(descendants "${PROXIES[$*]}") 2>/dev/null; unset "PROXIES[$*]"; }
    # each WORD: runs the word with the place of every interface: MACHINE NAMESPACE NAME
    each() {
      local machine namespace interface
      for machine in "${!HOLDER[@]}"; do
        case $machine in cable[0-9]*) continue ;; esac
        for namespace in - $(on "$machine" ls /run/netns); do
          for interface in $(place "$machine" "$namespace" ip -o link show | sed 's/^[0-9]*: //; s/[@:].*//'); do
            "$1" "$machine" "$namespace" "$interface"
          done
        done
      done
    }
    # begin: everything is built; captures start, and time
    begin() {
      # Checksums are filled in and segments cut before a capture sees them.
      if command -v ethtool >/dev/null; then each whole; fi
      if [ -n "${CAPTURES-}" ]; then
        mkdir -p "$CAPTURES"
        each capture
        listening
        sleep 0.1
      fi
      START=${EPOCHREALTIME/[.,]/}
    }
    # listening: tcpdump says when it listens, or that the interface is down: then there is nothing to hear
    listening() {
      local file
      for file in "$work"/listening.*; do until grep -qE 'listening|not up' "$file"; do sleep 0.02; done; done
    }
    # capture_new: interfaces that have come into being are captured too, before anything is sent
    capture_new() {
      [ -z "${CAPTURES-}" ] || { each capture; listening; }
    }
    whole() { place "$1" "$2" ethtool -K "$3" tx off rx off tso off gso off gro off >/dev/null 2>&1 || true; }
    capture() {
      local name=$1.$3 inner=()
      if [ "$2" != - ]; then name=$1.$2.$3; inner=(ip netns exec "$2"); fi
      [ -z "${CAPTURED[$name]-}" ] || return 0
      CAPTURED[$name]=yes
      if command -v ethtool >/dev/null; then whole "$1" "$2" "$3"; fi
      # It is there before somebody waits for what it will say.
      : >"$work/listening.$name"
      nsenter -t "${HOLDER[$1]}" -n -m -- ${inner[@]+"${inner[@]}"} tcpdump -p -U --immediate-mode -Z root \
        --time-stamp-precision=nano -s 0 -i "$3" -w "$(realpath "$CAPTURES")/$name.pcap" \
        2>"$work/listening.$name" >/dev/null &
      CAPTURING+=($!)
    }
    # at SECONDS: waits until so long after the beginning
    at() {
      local now=${EPOCHREALTIME/[.,]/} due=$((10#${1/./}/1000))
      local wait=$((START + due - now))
      [ $wait -le 0 ] || sleep "$((wait/1000000)).$(printf %06d $((wait%1000000)))"
    }

    """#

  /// Clients and servers of the `udp`, `tcp` and `listen` actions.
  private static let sockets = #"""
    import argparse, errno, os, socket, struct, sys, threading, time

    parser = argparse.ArgumentParser()
    parser.add_argument('program')
    parser.add_argument('place', nargs='+')
    for name in ('--bind', '--source'):
        parser.add_argument(name)
    for name, value in (('--sport', 0), ('--size', 32), ('--count', 1), ('--ttl', 0)):
        parser.add_argument(name, type=int, default=value)
    for name, value in (('--timeout', 3), ('--interval', 0.1)):
        parser.add_argument(name, type=float, default=value)
    parser.add_argument('--df', choices=('do', 'dont', 'want'))
    parser.add_argument('--device')
    parser.add_argument('--unconnected', action='store_true')
    parser.add_argument('--echo', action='store_true')
    options = parser.parse_args()
    timeout = options.timeout or None
    title = options.program.replace('listen', 'echo') if options.echo else options.program


    def say(text):
        print('%s: %s' % (title, text), flush=True)


    def reason(error):
        return errno.errorcode.get(error.errno, str(error.errno)) if error.errno else 'timeout'


    def shown(place):
        address = place[0].removeprefix('::ffff:')
        return '%s:%d' % ('[%s]' % address if ':' in address else address, place[1])


    # A server without an address hears both families where IPv6 is on.
    def listens_to_both():
        with open('/proc/sys/net/ipv6/conf/all/disable_ipv6') as setting:
            return options.program.endswith('listen') and setting.read() == '0\n'


    def set_option(made, name, name6, value):
        if made.family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, name6, value)
        else:
            made.setsockopt(socket.IPPROTO_IP, name, value)


    def opened(kind, address, port):
        address = address or ('::' if ':' in options.place[0] or listens_to_both() else '0.0.0.0')
        made = socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET, kind)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if options.device:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, options.device.encode())
        if options.ttl:
            set_option(made, socket.IP_TTL, socket.IPV6_UNICAST_HOPS, options.ttl)
        if options.df:
            set_option(made, 10, 23, {'dont': 0, 'want': 1, 'do': 2}[options.df])
        try:
            made.bind((address, port))
        except OSError as error:
            say('bind error ' + reason(error))
            sys.exit(1)
        made.settimeout(timeout)
        return made


    def connected(made):
        try:
            made.connect((options.place[0], int(options.place[1])))
        except OSError as error:
            say('connect error ' + reason(error))
            sys.exit(1)


    def udp_send():
        made = opened(socket.SOCK_DGRAM, options.source, options.sport)
        if not options.unconnected:
            connected(made)
        for number in range(options.count):
            if number:
                time.sleep(options.interval)
            try:
                if options.unconnected:
                    made.sendto(b'x' * options.size, (options.place[0], int(options.place[1])))
                else:
                    made.send(b'x' * options.size)
            except OSError as error:
                say('send error ' + reason(error))
                continue
            try:
                data, sender = made.recvfrom(65535)
                say('reply %d bytes from %s' % (len(data), shown(sender)))
            except socket.timeout:
                say('no reply')
            except OSError as error:
                say('recv error ' + reason(error))


    def ready():
        open(os.environ['READY'], 'w').close()


    def udp_listen():
        made = opened(socket.SOCK_DGRAM, options.bind, int(options.place[0]))
        ready()
        number = 0
        while options.count == 0 or number < options.count:
            number += 1
            try:
                data, sender = made.recvfrom(65535)
            except socket.timeout:
                return say('timeout')
            say('%d bytes from %s' % (len(data), shown(sender)))
            if options.echo:
                try:
                    made.sendto(data, sender)
                except OSError as error:
                    say('send error ' + reason(error))


    def tcp_send():
        made = opened(socket.SOCK_STREAM, options.source, options.sport)
        connected(made)
        say('connected')
        time.sleep(0.2)
        received = 0
        try:
            made.sendall(b'y' * options.size)
            while received < options.size:
                data = made.recv(65535)
                if not data:
                    break
                received += len(data)
        except OSError as error:
            say('error ' + reason(error))
            sys.exit(1)
        say('%d bytes back' % received)
        time.sleep(0.2)
        made.close()
        time.sleep(0.4)


    def tcp_listen():
        made = opened(socket.SOCK_STREAM, options.bind, int(options.place[0]))
        made.listen(8)
        ready()
        number = 0
        while options.count == 0 or number < options.count:
            number += 1
            try:
                client, sender = made.accept()
            except socket.timeout:
                return say('timeout')
            say('connection from %s:%d' % sender)
            try:
                client.settimeout(timeout)
                data = client.recv(65535)
                client.settimeout(0.2)
                try:
                    while True:
                        more = client.recv(65535)
                        if not more:
                            break
                        data += more
                except socket.timeout:
                    pass
                say('%d bytes' % len(data))
                client.settimeout(timeout)
                if data and options.echo:
                    client.sendall(data)
                say('eof' if client.recv(65535) == b'' else 'more data')
            except OSError as error:
                say('error ' + reason(error))
            time.sleep(0.2)
            client.close()


    # What Docker's userland proxy does with a published port: RELEASE TRANSPORT HOST PORT CONTAINER PORT.
    def socket_of(address, kind):
        return socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET, kind)


    def copy(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass
        for end, how in ((source, socket.SHUT_RD), (target, socket.SHUT_WR)):
            try:
                end.shutdown(how)
            except OSError:
                pass


    def exchange(client, container):
        server = socket_of(container[0], socket.SOCK_STREAM)
        try:
            server.connect(container)
            ways = [threading.Thread(target=copy, args=ends) for ends in ((client, server), (server, client))]
            for way in ways:
                way.start()
            for way in ways:
                way.join()
        except OSError:
            pass
        client.close()
        server.close()


    def answers(listener, flow, key, flows, asked, release):
        while True:
            flow.settimeout(90)
            try:
                data = flow.recv(65535)
            except ConnectionRefusedError:
                if release == '28':
                    continue
                break
            except OSError:
                break
            source = []
            if release == '28' and listener.family == socket.AF_INET:
                source = [(socket.IPPROTO_IP, 8, struct.pack('=i4s4x', 0, asked))]
            elif release == '28':
                source = [(socket.IPPROTO_IPV6, socket.IPV6_PKTINFO, struct.pack('=16si', asked, 0))]
            listener.sendmsg([data], source, 0, key)
        del flows[key]
        flow.close()


    def proxy():
        release, transport, host, port, inner, inner_port = options.place
        kind = socket.SOCK_STREAM if transport == 'tcp' else socket.SOCK_DGRAM
        listener, container = socket_of(host, kind), (inner, int(inner_port))
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if ':' in host:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if transport == 'udp':
            set_option(listener, 8, socket.IPV6_RECVPKTINFO, 1)
        listener.bind((host, int(port)))
        if transport == 'tcp':
            listener.listen(128)
        ready()
        flows = {}
        while transport == 'tcp':
            threading.Thread(target=exchange, args=(listener.accept()[0], container)).start()
        while True:
            data, told, _, client = listener.recvmsg(65535, 64)
            if client not in flows:
                flows[client] = socket_of(inner, socket.SOCK_DGRAM)
                flows[client].connect(container)
                asked = told[0][2][:16] if ':' in host else told[0][2][8:12]
                threading.Thread(target=answers, args=(listener, flows[client], client, flows, asked, release)).start()
            flows[client].send(data)


    {'udp-send': udp_send, 'udp-listen': udp_listen, 'tcp-send': tcp_send, 'tcp-listen': tcp_listen,
     'proxy': proxy}[options.program]()

    """#
}
