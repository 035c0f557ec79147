// Many small tables: 10,000 VRFs of 10 (and of 50) IPv4 routes each, a random VRF for every lookup.
#include "common.h"
#include <malloc.h>
#include <rte_rib.h>
#ifdef POPTRIE
#include "poptrie.h"   // compiled a second time with 8 direct bits and 256 next hops, names prefixed ps_
struct poptrie*ps_init(struct poptrie*,int,int);int ps_add(struct poptrie*,uint32_t,int,void*);int ps_del(struct poptrie*,uint32_t,int);void*ps_lookup(struct poptrie*,uint32_t);
#endif
#define V 10000
#define RMAX 50
typedef struct{uint32_t vrf,a;}key_t_;
static r4_t*rt_;static int R;
#define RT(v,i) rt_[(size_t)(v)*R+(i)]
static size_t mal(void){struct mallinfo2 m=mallinfo2();return m.uordblks+m.hblkhd;}
// C baseline: routes sorted by length, longest first; the first that matches wins
typedef struct{uint32_t a,m;}lin_t;static lin_t*lin;static uint8_t*linh;
static inline uint64_t lin1(key_t_ k){size_t b=(size_t)k.vrf*R;lin_t*l=lin+b;for(int i=0;i<R;i++)if(((k.a^l[i].a)&l[i].m)==0)return linh[b+i];return 0;}
static struct rte_rib*rib[2000];static int nrib;
static inline uint64_t rib1(key_t_ k){struct rte_rib_node*n=rte_rib_lookup(rib[k.vrf%nrib],k.a);uint64_t h=0;if(n)rte_rib_get_nh(n,&h);return h;}
#ifdef POPTRIE
static struct poptrie*ps[V];
static inline uint64_t ps1(key_t_ k){return (uintptr_t)ps_lookup(ps[k.vrf],k.a);}
#endif
size_t vrfsim_small_build(const void*,size_t,size_t);uint64_t vrfsim_small_chain(const void*,size_t,uint64_t),vrfsim_small_single(const void*,size_t),vrfsim_small_bulk(const void*,size_t);void vrfsim_small_churn(const void*,const uint32_t*,size_t,size_t);
#define ONE(F) static uint64_t F##_lat(const key_t_*k,size_t n,uint64_t z){uint64_t x=0,s=0;for(size_t i=0;i<n;i++){key_t_ q=k[i];q.a^=x&z;q.vrf^=x&z;x=F(q);s+=x;}return s;} \
 static uint64_t F##_thr(const key_t_*k,size_t n){uint64_t s=0;for(size_t i=0;i<n;i++)s+=F(k[i]);return s;}
ONE(lin1) ONE(rib1)
#ifdef POPTRIE
ONE(ps1)
#endif
static uint64_t sw_l(const key_t_*k,size_t n,uint64_t z){return vrfsim_small_chain(k,n,z);} static uint64_t sw_t(const key_t_*k,size_t n){return vrfsim_small_single(k,n);} static uint64_t sw_b(const key_t_*k,size_t n){return vrfsim_small_bulk(k,n);}
extern volatile uint64_t zero;
static int cmp(const void*x,const void*y){const r4_t*a=x,*b=y;return a->a!=b->a?(a->a<b->a?-1:1):(int)a->len-b->len;}
void small(int rounds){
  static const int L10[10]={0,8,16,16,24,24,24,32,32,32};int L[RMAX];size_t N=1u<<20;
 for(R=10;R<=50;R+=40){rs_=777;for(int i=0;i<R;i++)L[i]=i<10?L10[i]:i<30?24:32;rt_=calloc((size_t)V*R,sizeof*rt_);
  for(int v=0;v<V;v++){for(int i=0;i<R;i++){uint32_t a=L[i]==32&&i>7?RT(v,i-3).a|(rnd()>>58):L[i]==24&&i==4?RT(v,2).a|(rnd()>>56<<8):rnd()>>32;RT(v,i)=(r4_t){L[i]?a&(uint32_t)(~0u<<(32-L[i])):0,L[i],0,1+rnd()%120};}
    qsort(&RT(v,0),R,8,cmp);for(int i=1;i<R;i++)if(RT(v,i).a==RT(v,i-1).a&&RT(v,i).len==RT(v,i-1).len)RT(v,i).nh=RT(v,i-1).nh;}
  key_t_*k=bigalloc(N*sizeof*k);for(size_t i=0;i<N;i++){k[i].vrf=rnd()%V;k[i].a=i&1?rnd()>>32:host4(&RT(k[i].vrf,rnd()%R),rnd());}
  struct{const char*n;uint64_t(*l)(const key_t_*,size_t,uint64_t),(*t)(const key_t_*,size_t),(*b)(const key_t_*,size_t);double by,build,l_,t_,b_;int tables;}p[8];int np=0;double t=now();size_t m=mal();
  lin=malloc(sizeof(lin_t)*V*R);linh=malloc((size_t)V*R);for(int v=0;v<V;v++){int j=0;for(int len=32;len>=0;len--)for(int i=0;i<R;i++)if(RT(v,i).len==len){lin[v*R+j].a=RT(v,i).a;lin[v*R+j].m=len?~0u<<(32-len):0;linh[v*R+j++]=RT(v,i).nh;}}
#define ADD(NAME,F,BYTES,TABLES) p[np].n=NAME;p[np].l=F##_lat;p[np].t=F##_thr;p[np].b=0;p[np].by=(BYTES);p[np].tables=TABLES;p[np].build=(now()-t)/(TABLES)*1e9;np++;t=now();m=mal()
  ADD("C linear scan, longest first",lin1,(double)(mal()-m)/V,V);
#ifdef POPTRIE
  for(int v=0;v<V;v++){ps[v]=ps_init(NULL,R>10?9:7,R>10?11:9);if(!ps[v])exit(5);for(int i=0;i<R;i++)if(ps_add(ps[v],RT(v,i).a,RT(v,i).len,(void*)(uintptr_t)RT(v,i).nh)<0){}}
  ADD("Poptrie (C, S=8, 256 hops)",ps1,(double)(mal()-m)/V,V);
#endif
  for(nrib=0;nrib<500;nrib++){char nm[24];sprintf(nm,"r%d_%d",R,nrib);struct rte_rib_conf c={.ext_sz=0,.max_nodes=127};rib[nrib]=rte_rib_create(nm,0,&c);if(!rib[nrib])break;
    for(int i=0;i<R;i++){struct rte_rib_node*q=rte_rib_insert(rib[nrib],RT(nrib,i).a,RT(nrib,i).len);if(q)rte_rib_set_nh(q,RT(nrib,i).nh);}}
  if(nrib){ADD("DPDK rte_rib (fewer VRFs)",rib1,48.0*2*R,nrib);}
  size_t sb=vrfsim_small_build(rt_,V,R);p[np].n="vrfsim";p[np].l=sw_l;p[np].t=sw_t;p[np].b=sw_b;p[np].by=(double)sb/V;p[np].tables=V;p[np].build=(now()-t)/V*1e9;np++;
  for(int i=0;i<np;i++)p[i].l_=p[i].t_=p[i].b_=1e9;uint64_t s[8];
  for(int rd=0;rd<rounds;rd++)for(int i=0;i<np;i++){t=now();p[i].l(k,N/4,zero);t=(now()-t)/(N/4)*1e9;if(t<p[i].l_)p[i].l_=t;t=now();s[i]=p[i].t(k,N);t=(now()-t)/N*1e9;if(t<p[i].t_)p[i].t_=t;
    if(p[i].b){t=now();uint64_t b=p[i].b(k,N);t=(now()-t)/N*1e9;if(t<p[i].b_)p[i].b_=t;if(b!=s[i])printf("# %s: bulk and single disagree\n",p[i].n);}}
  printf("\n10,000 VRFs of %d IPv4 routes, a random VRF each lookup (half the keys inside a route, half random)\n%-29s|%8s %8s %8s |%8s %10s %10s\n",R,"structure","chain","indep","bulk","tables","B/table","build ns");
  for(int i=0;i<np;i++){if(s[i]!=s[0]&&p[i].tables==V)printf("# DISAGREES: %s\n",p[i].n);printf("%-29s|%8.1f %8.2f ",p[i].n,p[i].l_,p[i].t_);if(p[i].b)printf("%8.2f",p[i].b_);else printf("%8s","-");printf(" |%8d %10.0f %10.0f\n",p[i].tables,p[i].by,p[i].build);}
  uint32_t*pick=malloc(100000*4);for(int i=0;i<100000;i++)pick[i]=rnd()%V;t=now();vrfsim_small_churn(rt_,pick,100000,R);printf("# vrfsim: delete and insert of one route %.0f ns\n",(now()-t)/100000*1e9);
  for(int i=0;i<nrib;i++)rte_rib_free(rib[i]);free(lin);free(linh);free(k);free(pick);free(rt_);}
  printf("# not possible: rte_lpm 10,000 x 64 MiB, rte_fib 1B 10,000 x 16 MiB, Poptrie S=18 10,000 x 2 MiB\n");fflush(stdout);}
