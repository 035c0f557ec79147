// Single-core "physical limit" of one simulated router hop.
// usage: ceiling N PKTS [heap|fifo] [none|mem|stdio|libpcap] [routes] [gap_ns] [delay_ns] [pcapfile]
// A line of N routers; packets of 100 bytes (Ethernet+IPv4+UDP) enter every gap_ns, each link takes
// delay_ns + serialisation at 100 Gb/s.  Per hop: pop event, parse+verify Ethernet/IPv4 (full header
// checksum), TTL, LPM (DIR-24-8), ARP-cache hash lookup, MAC rewrite, incremental checksum, link
// busy-time, push event; optionally one pcap record per transmitted frame.
#define _GNU_SOURCE
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <fcntl.h>
#include <unistd.h>
#define LEN 100
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec * 1e-9; }
static uint64_t rs = 0x9E3779B97F4A7C15ull;
static inline uint64_t rnd(void) { rs ^= rs << 13; rs ^= rs >> 7; rs ^= rs << 17; return rs; }
typedef struct { uint64_t t; uint32_t seq, node; uint32_t buf; uint32_t pad; } Ev;      // 24 bytes
static Ev* hp; static uint32_t hn, hcap, seqno;
static inline int lt(const Ev* a, const Ev* b) { return a->t < b->t || (a->t == b->t && a->seq < b->seq); }
static inline void hpush(Ev e) { uint32_t i = hn++; while (i) { uint32_t p = (i - 1) >> 2; if (!lt(&e, &hp[p])) break; hp[i] = hp[p]; i = p; } hp[i] = e; }
static inline Ev hpop(void) { Ev r = hp[0], e = hp[--hn]; uint32_t i = 0;
    for (;;) { uint32_t c = 4 * i + 1, m = c; if (c >= hn) break; uint32_t end = c + 4 < hn ? c + 4 : hn;
        for (uint32_t j = c + 1; j < end; j++) if (lt(&hp[j], &hp[m])) m = j;
        if (!lt(&hp[m], &e)) break; hp[i] = hp[m]; i = m; }
    hp[i] = e; return r; }
static Ev* ff; static uint32_t fh, ft, fm;                                               // constant-delay links: a FIFO is already sorted
static uint8_t (*pool)[128]; static uint32_t* freel; static uint32_t nfree;
typedef struct { uint16_t* t24; } Lpm; static Lpm* lpm;                                 // next-hop index by /24
typedef struct { uint32_t ip; uint8_t mac[6]; uint16_t used; } Arp; typedef struct { Arp a[16]; } ArpT; static ArpT* arp;
typedef struct { uint32_t nh; uint32_t oif; } Nh; typedef struct { Nh nh[4]; uint8_t mac[2][6]; uint64_t busy[2]; } Node; static Node* nd;
static inline uint32_t ah(uint32_t ip) { return (ip * 2654435761u) >> 28; }
static inline uint16_t csum20(const uint8_t* p) { uint64_t s = 0; uint32_t w[5]; memcpy(w, p, 20); for (int i = 0; i < 5; i++) s += w[i]; s = (s & 0xffffffff) + (s >> 32); s = (s & 0xffff) + (s >> 16); s = (s & 0xffff) + (s >> 16); s = (s & 0xffff) + (s >> 16); return (uint16_t)~s; }
static int pmode; static FILE* pf; static pcap_dumper_t* pd; static uint8_t* pb; static size_t pn; static int pfd;
static inline void record(const uint8_t* f, uint64_t t) {
    if (pmode == 0) return;
    if (pmode == 1) { if (pn + 16 + LEN > (1 << 20)) { if (write(pfd, pb, pn) < 0) abort(); pn = 0; } uint32_t h[4] = {(uint32_t)(t / 1000000000), (uint32_t)(t % 1000000000), LEN, LEN}; memcpy(pb + pn, h, 16); memcpy(pb + pn + 16, f, LEN); pn += 16 + LEN; return; }
    if (pmode == 2) { uint32_t h[4] = {(uint32_t)(t / 1000000000), (uint32_t)(t % 1000000000), LEN, LEN}; fwrite(h, 16, 1, pf); fwrite(f, LEN, 1, pf); return; }
    struct pcap_pkthdr h; h.ts.tv_sec = t / 1000000000; h.ts.tv_usec = t % 1000000000; h.caplen = h.len = LEN; pcap_dump((u_char*)pd, &h, f);
}
int main(int c, char** v) {
    uint32_t N = c > 1 ? atoi(v[1]) : 10; uint64_t P = c > 2 ? strtoull(v[2], 0, 10) : 1000000; int heap = c <= 3 || !strcmp(v[3], "heap");
    const char* pm = c > 4 ? v[4] : "none"; pmode = !strcmp(pm, "mem") ? 1 : !strcmp(pm, "stdio") ? 2 : !strcmp(pm, "libpcap") ? 3 : 0;
    uint32_t R = c > 5 ? atoi(v[5]) : 4; uint64_t gap = c > 6 ? atoi(v[6]) : 1000, delay = c > 7 ? atoi(v[7]) : 10000; const char* fn = c > 8 ? v[8] : "/dev/null";
    uint32_t cap = 1 << 20; hp = malloc(cap * sizeof(Ev)); ff = malloc(cap * sizeof(Ev)); fm = cap - 1; pool = aligned_alloc(64, (size_t)cap * 128); freel = malloc(cap * 4); for (uint32_t i = cap; i--;) freel[nfree++] = i;
    uint32_t* dst = malloc(R * 4); uint32_t tabs = R > 1000 ? 1 : N;                       // one shared table when it is big
    lpm = calloc(N, sizeof *lpm); nd = calloc(N + 1, sizeof *nd); arp = calloc(N, sizeof *arp);
    uint32_t base = 0; for (uint32_t i = 0; i < R; i++) dst[i] = R > 1000 ? (uint32_t)(rnd() % (223u << 16)) + (1 << 16) : (10u << 16) + i;  // /24 ids
    uint16_t* shared = calloc(1 << 24, 2); for (uint32_t i = 0; i < R; i++) shared[dst[i]] = 1; (void)tabs; (void)base;
    for (uint32_t i = 0; i < N; i++) { lpm[i].t24 = shared; uint32_t nh = 0x0A000000u + 4 * i + 2; nd[i].nh[1] = (Nh){nh, 1}; for (int k = 0; k < 2; k++) { uint8_t m[6] = {2, 0, (uint8_t)k, (uint8_t)(i >> 8), (uint8_t)i, 1}; memcpy(nd[i].mac[k], m, 6); } }
    for (uint32_t i = 0; i < N; i++) { uint8_t m[6] = {2, 0, 0, (uint8_t)((i + 1) >> 8), (uint8_t)(i + 1), 1}; Arp* a = &arp[i].a[ah(nd[i].nh[1].nh)]; a->ip = nd[i].nh[1].nh; a->used = 1; memcpy(a->mac, m, 6); }
    uint8_t tmpl[128] = {0}; memcpy(tmpl, nd[0].mac[0], 6); tmpl[6] = 2; tmpl[12] = 8; uint8_t* ip = tmpl + 14; ip[0] = 0x45; ip[3] = LEN - 14; ip[8] = 255; ip[9] = 17; ip[12] = 10; ip[15] = 1;
    if (pmode == 1) { pfd = open(fn, O_WRONLY | O_CREAT | O_TRUNC, 0644); pb = malloc(1 << 20); } if (pmode == 2) { pf = fopen(fn, "wb"); setvbuf(pf, 0, _IOFBF, 1 << 20); } if (pmode == 3) { pcap_t* p = pcap_open_dead_with_tstamp_precision(DLT_EN10MB, 65535, PCAP_TSTAMP_PRECISION_NANO); pd = pcap_dump_open(p, fn); setvbuf(pcap_dump_file(pd), 0, _IOFBF, 1 << 20); }
    uint64_t inj = 0, tnext = 0, hops = 0, rx = 0, drops = 0, events = 0; double t0 = now();
#define PUSH(e) do { if (heap) hpush(e); else { ff[ft++ & fm] = (e); } } while (0)
    for (;;) {
        uint64_t tq = heap ? (hn ? hp[0].t : UINT64_MAX) : (ft != fh ? ff[fh & fm].t : UINT64_MAX);
        if (inj < P && tnext <= tq) { uint32_t b = freel[--nfree]; uint8_t* f = pool[b]; memcpy(f, tmpl, LEN); uint32_t d = dst[R > 1000 ? rnd() % R : inj % R] << 8 | 1; f[30] = d >> 24; f[31] = d >> 16; f[32] = d >> 8; f[33] = d; f[24] = f[25] = 0; uint16_t cs = csum20(f + 14); memcpy(f + 24, &cs, 2); record(f, tnext);
            Ev e = {tnext + delay, seqno++, 0, b, 0}; PUSH(e); inj++; tnext += gap; continue; }
        if (tq == UINT64_MAX) break;
        Ev e; if (heap) e = hpop(); else e = ff[fh++ & fm];
        events++; uint8_t* f = pool[e.buf]; if (e.node == N) { rx++; freel[nfree++] = e.buf; continue; }
        Node* n = &nd[e.node]; if (memcmp(f, n->mac[0], 6) || f[12] != 8 || f[13] != 0) goto drop;
        { uint8_t* h = f + 14; if (h[0] != 0x45 || (h[2] << 8 | h[3]) > LEN - 14 || csum20(h) || h[8] <= 1) goto drop;
          uint32_t d = (uint32_t)h[16] << 24 | h[17] << 16 | h[18] << 8 | h[19]; uint16_t ni = lpm[e.node].t24[d >> 8]; if (!ni) goto drop;
          Nh x = n->nh[ni]; Arp* a = &arp[e.node].a[ah(x.nh)]; while (a->used && a->ip != x.nh) a = arp[e.node].a + ((a - arp[e.node].a + 1) & 15); if (!a->used) goto drop;
          memcpy(f, a->mac, 6); memcpy(f + 6, n->mac[x.oif], 6); h[8]--; uint32_t s = (h[10] << 8 | h[11]) + 0x100; s += s >> 16; h[10] = s >> 8; h[11] = s;
          uint64_t st = n->busy[1] > e.t ? n->busy[1] : e.t; uint64_t fin = st + LEN * 8 / 100; n->busy[1] = fin; record(f, st);
          Ev o = {fin + delay, seqno++, e.node + 1, e.buf, 0}; PUSH(o); hops++; continue; }
    drop: drops++; freel[nfree++] = e.buf;
    }
    if (pmode == 1) { if (write(pfd, pb, pn) < 0) abort(); } if (pmode == 2) fclose(pf); if (pmode == 3) pcap_dump_close(pd);
    double s = now() - t0; struct rusage u; getrusage(RUSAGE_SELF, &u);
    printf("{\"mode\":\"ceiling\",\"n\":%u,\"pkts\":%lu,\"queue\":\"%s\",\"pcap\":\"%s\",\"routes\":%u,\"in_flight\":%lu,\"received\":%lu,\"drops\":%lu,\"hops\":%lu,\"run_s\":%.3f,\"ns_per_hop\":%.1f,\"hops_per_s\":%.0f,\"peak_rss_mb\":%.1f}\n", N, P, heap ? "heap4" : "fifo", pm, R, (N + 1) * delay / gap, rx, drops, hops, s, s * 1e9 / hops, hops / s, u.ru_maxrss / 1024.);
}
