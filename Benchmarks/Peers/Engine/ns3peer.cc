// ns-3 3.37 performance anchors for vrfsim.
// line | star | bigtable | scale ; every mode prints one JSON line on stdout.
#include "ns3/bridge-module.h"
#include "ns3/core-module.h"
#include "ns3/csma-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/nix-vector-routing-module.h"
#include "ns3/point-to-point-module.h"
#include "ns3/traffic-control-module.h"
#include <chrono>
#include <cstdio>
#include <cstring>
#include <sys/resource.h>
#include <unordered_set>
#include <vector>
using namespace ns3;
using Clock = std::chrono::steady_clock;
static double since(Clock::time_point t) { return std::chrono::duration<double>(Clock::now() - t).count(); }
static long statusKb(const char* key) {
    FILE* f = fopen("/proc/self/status", "r"); char l[256]; long v = 0;
    while (fgets(l, sizeof l, f)) if (!strncmp(l, key, strlen(key))) v = atol(l + strlen(key) + 1);
    fclose(f); return v;
}
static uint64_t rs = 0x9E3779B97F4A7C15ull;
static uint64_t rnd() { rs ^= rs << 13; rs ^= rs >> 7; rs ^= rs << 17; return rs; }
static uint64_t gForwards = 0, gRx = 0, gDevTx = 0;
static void OnForward(const Ipv4Header&, Ptr<const Packet>, uint32_t) { ++gForwards; }
static void OnRecv(Ptr<Socket> s) { while (Ptr<Packet> p = s->Recv()) ++gRx; }
static bool OnRaw(Ptr<NetDevice>, Ptr<const Packet>, uint16_t, const Address&) { ++gRx; return true; }

struct Src { Ptr<Socket> sk; uint32_t left; uint32_t size; Time gap; };
static void Send(Src* s) {
    s->sk->Send(Create<Packet>(s->size));
    if (--s->left) Simulator::Schedule(s->gap, &Send, s);
}
static void Stack(NodeContainer n, const std::string& routing) {
    InternetStackHelper st; st.SetIpv6StackInstall(false);
    if (routing == "static") { Ipv4StaticRoutingHelper r; st.SetRoutingHelper(r); }
    else if (routing == "global") { Ipv4GlobalRoutingHelper r; st.SetRoutingHelper(r); }
    else if (routing == "nix") { Ipv4NixVectorHelper r; st.SetRoutingHelper(r); }
    st.Install(n);
}
static NetDeviceContainer Link(bool csma, bool tc, Ptr<Node> a, Ptr<Node> b) {
    NodeContainer c(a, b);
    if (csma) { CsmaHelper h; h.SetChannelAttribute("DataRate", StringValue("100Gbps"));
        h.SetChannelAttribute("Delay", TimeValue(NanoSeconds(10))); if (!tc) h.DisableFlowControl(); return h.Install(c); }
    PointToPointHelper h; h.SetDeviceAttribute("DataRate", StringValue("100Gbps"));
    h.SetChannelAttribute("Delay", TimeValue(NanoSeconds(10))); if (!tc) h.DisableFlowControl(); return h.Install(c);
}
static void Report(const char* mode, const std::string& par, double setup, double route, double run, uint64_t sent, uint64_t links, double rss0) {
    printf("{\"mode\":\"%s\",%s,\"setup_s\":%.3f,\"route_s\":%.3f,\"run_s\":%.3f,\"sent\":%lu,\"received\":%lu,\"forwards\":%lu,"
           "\"link_hops\":%lu,\"events\":%lu,\"forwards_per_s\":%.0f,\"link_hops_per_s\":%.0f,\"events_per_s\":%.0f,\"rss_after_setup_mb\":%.1f,\"peak_rss_mb\":%.1f}\n",
           mode, par.c_str(), setup, route, run, sent, gRx, gForwards, links, Simulator::GetEventCount(),
           gForwards / run, links / run, Simulator::GetEventCount() / run, rss0 / 1024., statusKb("VmHWM") / 1024.);
    fflush(stdout);
}
int main(int argc, char** argv) {
    std::string mode = argc > 1 ? argv[1] : "line";
    uint32_t n = 10, pkts = 100000, size = 58, k = 100, routes = 100000; bool csma = true, tc = false, pcap = false, allpairs = false;
    std::string routing = "static", prefix = "ns3peer"; uint32_t gapNs = 1000, flows = 1000;
    CommandLine cmd; cmd.AddValue("n", "routers / nodes", n); cmd.AddValue("pkts", "", pkts); cmd.AddValue("size", "udp payload", size);
    cmd.AddValue("k", "hosts", k); cmd.AddValue("routes", "", routes); cmd.AddValue("csma", "Ethernet+ARP links (else PPP)", csma);
    cmd.AddValue("tc", "default queue disc", tc); cmd.AddValue("pcap", "", pcap); cmd.AddValue("routing", "static|global|nix", routing);
    cmd.AddValue("gap", "ns", gapNs); cmd.AddValue("allpairs", "", allpairs); cmd.AddValue("prefix", "", prefix); cmd.AddValue("flows", "", flows);
    cmd.Parse(argc - 1, argv + 1);
    char par[256]; auto t0 = Clock::now();
    if (mode == "line") {
        NodeContainer nodes; nodes.Create(n + 2); Stack(nodes, routing);
        Ipv4AddressHelper ah; ah.SetBase("10.0.0.0", "255.255.255.252"); std::vector<Ipv4InterfaceContainer> ifs;
        for (uint32_t i = 0; i <= n; ++i) { auto d = Link(csma, tc, nodes.Get(i), nodes.Get(i + 1)); ifs.push_back(ah.Assign(d)); ah.NewNetwork(); }
        double setup = since(t0); auto t1 = Clock::now();
        Ipv4Address dst = ifs[n].GetAddress(1), src = ifs[0].GetAddress(0);
        if (routing == "static") {
            Ipv4StaticRoutingHelper sh; Ipv4Mask m("255.255.255.252");
            for (uint32_t i = 0; i < n + 2; ++i) { auto sr = sh.GetStaticRouting(nodes.Get(i)->GetObject<Ipv4>());
                if (i < n) sr->AddNetworkRouteTo(dst.CombineMask(m), m, ifs[i].GetAddress(1), i == 0 ? 1 : 2);
                if (i >= 2) sr->AddNetworkRouteTo(src.CombineMask(m), m, ifs[i - 1].GetAddress(0), 1); }
        } else if (routing == "global") Ipv4GlobalRoutingHelper::PopulateRoutingTables();
        double route = since(t1);
        for (uint32_t i = 1; i <= n; ++i) nodes.Get(i)->GetObject<Ipv4L3Protocol>()->TraceConnectWithoutContext("UnicastForward", MakeCallback(&OnForward));
        auto rx = Socket::CreateSocket(nodes.Get(n + 1), UdpSocketFactory::GetTypeId()); rx->Bind(InetSocketAddress(Ipv4Address::GetAny(), 9)); rx->SetRecvCallback(MakeCallback(&OnRecv));
        auto tx = Socket::CreateSocket(nodes.Get(0), UdpSocketFactory::GetTypeId()); tx->Bind(); tx->Connect(InetSocketAddress(dst, 9)); tx->SetIpTtl(255);
        if (pcap) { if (csma) { CsmaHelper h; h.EnablePcapAll(prefix, true); } else { PointToPointHelper h; h.EnablePcapAll(prefix); } }
        Src warm{tx, 1, size, NanoSeconds(gapNs)}, s{tx, pkts, size, NanoSeconds(gapNs)};
        Simulator::Schedule(Seconds(0), &Send, &warm); Simulator::Schedule(Seconds(5), &Send, &s);   // ARP is done by 5 s
        long r0 = statusKb("VmRSS"); auto t2 = Clock::now(); Simulator::Run(); double run = since(t2);
        snprintf(par, sizeof par, "\"n\":%u,\"link\":\"%s\",\"tc\":%d,\"pcap\":%d,\"routing\":\"%s\"", n, csma ? "csma" : "p2p", tc, pcap, routing.c_str());
        Report("line", par, setup, route, run, pkts + 1, uint64_t(n + 1) * gRx, r0);
    } else if (mode == "star") {
        NodeContainer hosts; hosts.Create(k); Ptr<Node> sw = CreateObject<Node>(); Stack(hosts, "static");
        NetDeviceContainer hd, sd;
        for (uint32_t i = 0; i < k; ++i) { auto d = Link(true, tc, hosts.Get(i), sw); hd.Add(d.Get(0)); sd.Add(d.Get(1)); }
        BridgeHelper br; br.Install(sw, sd); Ipv4AddressHelper ah; ah.SetBase("10.1.0.0", "255.255.0.0"); auto ifs = ah.Assign(hd);
        double setup = since(t0);
        for (uint32_t i = 0; i < k; ++i) hd.Get(i)->TraceConnectWithoutContext("MacTx", Callback<void, Ptr<const Packet>>([](Ptr<const Packet>) { ++gDevTx; }));
        for (uint32_t i = 0; i < k; ++i) sd.Get(i)->TraceConnectWithoutContext("MacTx", Callback<void, Ptr<const Packet>>([](Ptr<const Packet>) { ++gDevTx; }));
        std::vector<Src*> ss; uint64_t sent = 0;
        for (uint32_t i = 0; i < k; ++i) { auto rx = Socket::CreateSocket(hosts.Get(i), UdpSocketFactory::GetTypeId()); rx->Bind(InetSocketAddress(Ipv4Address::GetAny(), 9)); rx->SetRecvCallback(MakeCallback(&OnRecv)); }
        if (pcap) { CsmaHelper h; h.EnablePcapAll(prefix, true); }
        auto flow = [&](uint32_t i, uint32_t j, uint32_t c, Time at, Time gap) {
            auto tx = Socket::CreateSocket(hosts.Get(i), UdpSocketFactory::GetTypeId()); tx->Bind(); tx->Connect(InetSocketAddress(ifs.GetAddress(j), 9));
            auto s = new Src{tx, c, size, gap}; ss.push_back(s); Simulator::Schedule(at, &Send, s); sent += c; };
        if (allpairs) { uint64_t q = 0; for (uint32_t i = 0; i < k; ++i) for (uint32_t j = 0; j < k; ++j) if (i != j) flow(i, j, 1, MicroSeconds(100 * q++), Seconds(1)); }
        else for (uint32_t i = 0; i < k; ++i) { uint32_t j; do j = rnd() % k; while (j == i);
            flow(i, j, 1, MilliSeconds(2) * i, Seconds(1)); flow(i, j, pkts / k, Seconds(30) + NanoSeconds(gapNs) * i, NanoSeconds(gapNs) * k); }
        long r0 = statusKb("VmRSS"); auto t2 = Clock::now(); Simulator::Run(); double run = since(t2);
        gForwards = gRx; snprintf(par, sizeof par, "\"k\":%u,\"allpairs\":%d,\"pcap\":%d", k, allpairs, pcap);
        Report("star", par, setup, 0, run, sent, gDevTx, r0);
    } else if (mode == "bigtable") {
        // host --p2p-- router --p2p-- sink(no IP stack); destinations drawn from the routes
        NodeContainer nodes; nodes.Create(3); NodeContainer ip(nodes.Get(0), nodes.Get(1)); Stack(ip, routing);
        auto a = Link(false, tc, nodes.Get(0), nodes.Get(1)), b = Link(false, tc, nodes.Get(1), nodes.Get(2));
        Ipv4AddressHelper ah; ah.SetBase("192.168.0.0", "255.255.255.252"); auto ia = ah.Assign(a); ah.NewNetwork();
        auto v4 = nodes.Get(1)->GetObject<Ipv4>(); uint32_t oif = v4->AddInterface(b.Get(0)); v4->AddAddress(oif, Ipv4InterfaceAddress("192.168.0.5", "255.255.255.252")); v4->SetUp(oif);
        b.Get(1)->SetReceiveCallback(Callback<bool, Ptr<NetDevice>, Ptr<const Packet>, uint16_t, const Address&>(&OnRaw));
        double setup = since(t0); auto t1 = Clock::now(); std::vector<uint32_t> dst; std::unordered_set<uint32_t> seen; Ipv4Mask m("255.255.255.0");
        while (dst.size() < routes) { uint32_t p = ((rnd() % (223u << 16)) + (1u << 16)) << 8; if ((p >> 24) == 127 || (p >> 16) == 0xC0A8 || !seen.insert(p).second) continue; dst.push_back(p); }
        if (routing == "static") { auto r = DynamicCast<Ipv4StaticRouting>(v4->GetRoutingProtocol()); if (!r) { Ipv4StaticRoutingHelper h; r = h.GetStaticRouting(v4); }
            for (auto p : dst) r->AddNetworkRouteTo(Ipv4Address(p), m, Ipv4Address("192.168.0.6"), oif); }
        else { auto r = DynamicCast<Ipv4GlobalRouting>(v4->GetRoutingProtocol()); for (auto p : dst) r->AddNetworkRouteTo(Ipv4Address(p), m, Ipv4Address("192.168.0.6"), oif); }
        if (routing == "static") { Ipv4StaticRoutingHelper h; h.GetStaticRouting(nodes.Get(0)->GetObject<Ipv4>())->SetDefaultRoute(ia.GetAddress(1), 1); }
        else DynamicCast<Ipv4GlobalRouting>(nodes.Get(0)->GetObject<Ipv4>()->GetRoutingProtocol())->AddNetworkRouteTo(Ipv4Address("0.0.0.0"), Ipv4Mask("0.0.0.0"), ia.GetAddress(1), 1);
        double route = since(t1); nodes.Get(1)->GetObject<Ipv4L3Protocol>()->TraceConnectWithoutContext("UnicastForward", MakeCallback(&OnForward));
        auto tx = Socket::CreateSocket(nodes.Get(0), UdpSocketFactory::GetTypeId()); tx->Bind();
        uint32_t left = pkts; std::function<void()> go = [&] { tx->SendTo(Create<Packet>(size), 0, InetSocketAddress(Ipv4Address(dst[rnd() % dst.size()] | 1), 9)); if (--left) Simulator::Schedule(NanoSeconds(gapNs), go); };
        Simulator::Schedule(Seconds(1), go); long r0 = statusKb("VmRSS"); auto t2 = Clock::now(); Simulator::Run(); double run = since(t2);
        snprintf(par, sizeof par, "\"routes\":%u,\"routing\":\"%s\"", routes, routing.c_str()); Report("bigtable", par, setup, route, run, pkts, gForwards * 2, r0);
    } else if (mode == "scale") {
        uint32_t w = std::lround(std::sqrt(double(n))), h = n / w; NodeContainer nodes; nodes.Create(w * h); Stack(nodes, routing);
        Ipv4AddressHelper ah; ah.SetBase("10.0.0.0", "255.255.255.252"); std::vector<Ipv4Address> addr(w * h); uint32_t links = 0;
        auto mk = [&](uint32_t x, uint32_t y) { auto i = ah.Assign(Link(csma, tc, nodes.Get(x), nodes.Get(y))); ah.NewNetwork(); addr[x] = i.GetAddress(0); addr[y] = i.GetAddress(1); ++links; };
        for (uint32_t y = 0; y < h; ++y) for (uint32_t x = 0; x < w; ++x) { if (x + 1 < w) mk(y * w + x, y * w + x + 1); if (y + 1 < h) mk(y * w + x, y * w + x + w); }
        double setup = since(t0); long r0 = statusKb("VmRSS"); fprintf(stderr, "grid %u nodes %u links setup %.3f s rss %.1f MB\n", w * h, links, setup, r0 / 1024.);
        auto t1 = Clock::now(); if (routing == "global") Ipv4GlobalRoutingHelper::PopulateRoutingTables(); double route = since(t1); if (routing == "global") fprintf(stderr, "global routing %.3f s\n", route);
        for (uint32_t i = 0; i < w * h; ++i) { nodes.Get(i)->GetObject<Ipv4L3Protocol>()->TraceConnectWithoutContext("UnicastForward", MakeCallback(&OnForward));
            auto rx = Socket::CreateSocket(nodes.Get(i), UdpSocketFactory::GetTypeId()); rx->Bind(InetSocketAddress(Ipv4Address::GetAny(), 9)); rx->SetRecvCallback(MakeCallback(&OnRecv)); }
        for (uint32_t f = 0; f < flows; ++f) { uint32_t i = rnd() % (w * h), j; do j = rnd() % (w * h); while (j == i);
            auto tx = Socket::CreateSocket(nodes.Get(i), UdpSocketFactory::GetTypeId()); tx->Bind(); tx->Connect(InetSocketAddress(addr[j], 9)); tx->SetIpTtl(255);
            Simulator::Schedule(MicroSeconds(10) * f, &Send, new Src{tx, pkts / flows, size, MicroSeconds(10) * flows}); }
        auto t2 = Clock::now(); Simulator::Run(); double run = since(t2);
        snprintf(par, sizeof par, "\"nodes\":%u,\"links\":%u,\"link\":\"%s\",\"routing\":\"%s\",\"flows\":%u", w * h, links, csma ? "csma" : "p2p", routing.c_str(), flows);
        Report("scale", par, setup, route, run, (pkts / flows) * flows, gForwards + gRx, r0);
    }
    if (getenv("FAST_EXIT")) _Exit(0);
    Simulator::Destroy(); return 0;
}
