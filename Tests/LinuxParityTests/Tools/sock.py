#!/usr/bin/env -S python3 -IS
"""Bounded socket helper: prints only deterministic lines.
 udp-echo PORT [--bind A] [--count N] [--timeout S]
 udp-send DST PORT [--src A] [--sport P] [--size N] [--count N] [--ttl N] [--df do|dont|want]
          [--unconnected] [--timeout S] [--interval S]
 tcp-echo PORT [--bind A] [--count N] [--timeout S]
 tcp-send DST PORT [--src A] [--sport P] [--size N] [--timeout S]
tcp-send: connect, 0.2 s, send SIZE bytes, read SIZE bytes back, 0.2 s, close.
tcp-echo: accept, read one SIZE-byte request (until 0.2 s of silence), send it back, read EOF, 0.2 s, close.
"""
import argparse, errno, socket, sys, time
p = argparse.ArgumentParser()
p.add_argument('cmd'); p.add_argument('pos', nargs='+')
p.add_argument('--bind', default=''); p.add_argument('--src', default='')
p.add_argument('--sport', type=int, default=0); p.add_argument('--size', type=int, default=32)
p.add_argument('--count', type=int, default=1); p.add_argument('--ttl', type=int)
p.add_argument('--df', choices=['do', 'dont', 'want']); p.add_argument('--unconnected', action='store_true')
p.add_argument('--timeout', type=float, default=3); p.add_argument('--interval', type=float, default=0.1)
a = p.parse_args()

def say(*x): print(*x, flush=True)
def err(e): return errno.errorcode.get(e.errno, str(e.errno)) if e.errno else 'timeout'
def port(n): return 'E' if n >= 32768 else str(n)

def is6(*addresses): return any(':' in x for x in addresses)
def sock(kind, *addresses): return socket.socket(socket.AF_INET6 if is6(*addresses) else socket.AF_INET, kind)
def any_(text, *addresses): return text or ('::' if is6(*addresses) else '0.0.0.0')
# an IPv6 address may have a zone (fe80::1%eth0), which only getaddrinfo understands
def at(host, port, six):
    return socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0][4] if six else (host, port)
def text(f): return ('[%s]' if ':' in f[0] else '%s') % f[0].split('%')[0]

def opts(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    six = s.family == socket.AF_INET6
    if six: s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    if a.ttl: s.setsockopt(*((socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS) if six else (socket.IPPROTO_IP, socket.IP_TTL)), a.ttl)
    if a.df: s.setsockopt(*((socket.IPPROTO_IPV6, 23) if six else (socket.IPPROTO_IP, 10)), {'dont': 0, 'want': 1, 'do': 2}[a.df])

def udp_echo():
    s = sock(socket.SOCK_DGRAM, a.bind); opts(s)
    s.bind((any_(a.bind), int(a.pos[0]))); s.settimeout(a.timeout)
    for _ in range(a.count):
        try: d, f = s.recvfrom(65535)
        except socket.timeout: say('udp-echo: timeout'); return
        say('udp-echo: %d bytes from %s:%s' % (len(d), text(f), port(f[1])))
        try: s.sendto(d, f)
        except OSError as e: say('udp-echo: send error', err(e))

def udp_send():
    dst, dp = a.pos[0], int(a.pos[1])
    six = is6(dst)
    s = sock(socket.SOCK_DGRAM, dst); opts(s)
    try: s.bind((any_(a.src, dst), a.sport)); s.settimeout(a.timeout)
    except OSError as e: say('udp-send: bind error', err(e)); sys.exit(1)
    try:
        if not a.unconnected: s.connect(at(dst, dp, six))
    except OSError as e: say('udp-send: connect error', err(e)); sys.exit(1)
    for i in range(a.count):
        if i: time.sleep(a.interval)
        try:
            if a.unconnected: s.sendto(b'x' * a.size, at(dst, dp, six))
            else: s.send(b'x' * a.size)
        except OSError as e: say('udp-send: send error', err(e)); continue
        try:
            d, f = s.recvfrom(65535)
            say('udp-send: reply %d bytes from %s:%s' % (len(d), text(f), port(f[1])))
        except socket.timeout: say('udp-send: no reply')
        except OSError as e: say('udp-send: recv error', err(e))

def tcp_echo():
    s = sock(socket.SOCK_STREAM, a.bind); opts(s)
    s.bind((any_(a.bind), int(a.pos[0]))); s.listen(8); s.settimeout(a.timeout)
    for _ in range(a.count):
        try: c, f = s.accept()
        except socket.timeout: say('tcp-echo: timeout'); return
        say('tcp-echo: connection from %s:%s' % (text(f), port(f[1])))
        d = b''
        try:
            c.settimeout(a.timeout)
            d = c.recv(65535); c.settimeout(0.2)
            try:
                while True:
                    x = c.recv(65535)
                    if not x: break
                    d += x
            except socket.timeout: pass
            say('tcp-echo: %d bytes' % len(d))
            c.settimeout(a.timeout)
            if d: c.sendall(d)
            say('tcp-echo: eof' if c.recv(65535) == b'' else 'tcp-echo: more data')
        except OSError as e: say('tcp-echo: error', err(e))
        time.sleep(0.2); c.close()

def tcp_send():
    six = is6(a.pos[0])
    s = sock(socket.SOCK_STREAM, a.pos[0]); opts(s)
    s.bind((any_(a.src, a.pos[0]), a.sport)); s.settimeout(a.timeout)
    try: s.connect(at(a.pos[0], int(a.pos[1]), six))
    except OSError as e: say('tcp-send: connect error', err(e)); sys.exit(1)
    say('tcp-send: connected'); time.sleep(0.2)
    try:
        s.sendall(b'y' * a.size); n = 0
        while n < a.size:
            x = s.recv(65535)
            if not x: break
            n += len(x)
        say('tcp-send: %d bytes back' % n)
    except OSError as e: say('tcp-send: error', err(e)); s.close(); sys.exit(1)
    time.sleep(0.2); s.close(); time.sleep(0.4)

{'udp-echo': udp_echo, 'udp-send': udp_send, 'tcp-echo': tcp_echo, 'tcp-send': tcp_send}[a.cmd]()
