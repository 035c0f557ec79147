// Full tables, all peers in one process: bench v4.bin v6.bin [rounds]. Best of the rounds, peers interleaved.
#include "common.h"
void dpdk_init(char*),be6(const void*,size_t),small(int);
extern peer_t peers4[],peers6[];
// Ours: Benchmarks/Sources/PrefixTableEntryPoints
void vrfsim4_build(const void*,size_t),vrfsim4_churn(const void*,const uint32_t*,size_t);size_t vrfsim4_size(size_t*);uint64_t vrfsim4_chain(const void*,size_t,uint64_t),vrfsim4_single(const void*,size_t),vrfsim4_bulk(const void*,size_t),vrfsim4_all(const void*,size_t);
void vrfsim6_build(const void*,size_t),vrfsim6_churn(const void*,const uint32_t*,size_t);size_t vrfsim6_size(size_t*);uint64_t vrfsim6_chain(const void*,size_t,uint64_t),vrfsim6_single(const void*,size_t),vrfsim6_bulk(const void*,size_t);
static int own4_build(const void*r,size_t n){vrfsim4_build(r,n);return 0;}
static int own6_build(const void*r,size_t n){vrfsim6_build(r,n);return 0;}
static peer_t own4[]={{"vrfsim",own4_build,vrfsim4_size,vrfsim4_chain,vrfsim4_single,vrfsim4_bulk,vrfsim4_churn},{0}};
static peer_t own6[]={{"vrfsim",own6_build,vrfsim6_size,vrfsim6_chain,vrfsim6_single,vrfsim6_bulk,vrfsim6_churn},{0}};
volatile uint64_t zero=0;static int only; // a fourth argument leaves the C peers out
static void run(int v6,const void*r,size_t n,int rounds){
  peer_t p[32];int np=0;if(!only)for(peer_t*q=v6?peers6:peers4;q->name;q++)p[np++]=*q;for(peer_t*q=v6?own6:own4;q->name;q++)p[np++]=*q;
  size_t N=1u<<20,W=v6?16:4;double build[32],churn[32],lat[32][3],thr[32][3],blk[32][3];uint64_t sum[32][3];size_t by[32],rib[32];int dead[32]={0};
  for(int i=0;i<np;i++){double t=now();dead[i]=p[i].build(r,n);build[i]=now()-t;fprintf(stderr,"built %s %.2f s\n",p[i].name,build[i]);if(dead[i]){printf("# %s: build failed\n",p[i].name);continue;}by[i]=p[i].bytes(&rib[i]);}
  for(int q=0;q<3;q++){void*k=v6?(void*)trace6(q,r,n,N):(void*)trace4(q,r,n,N);
    if(v6)be6(k,N);
    for(int i=0;i<np;i++)lat[i][q]=thr[i][q]=blk[i][q]=1e9;
    for(int rd=0;rd<rounds;rd++)for(int i=0;i<np;i++){if(dead[i])continue;double t;
      t=now();uint64_t a=p[i].lat(k,N/4,zero);t=(now()-t)/(N/4)*1e9;if(t<lat[i][q])lat[i][q]=t;
      t=now();a=p[i].thr(k,N);t=(now()-t)/N*1e9;if(t<thr[i][q])thr[i][q]=t;sum[i][q]=a;
      if(p[i].bulk){t=now();uint64_t b=p[i].bulk(k,N);t=(now()-t)/N*1e9;if(t<blk[i][q])blk[i][q]=t;if(a!=b)printf("# %s: bulk and single disagree\n",p[i].name);}}
    for(int i=0;i<np;i++){if(dead[i])continue;uint64_t s=sum[i][q];
      if(s!=sum[0][q])printf("# DISAGREES on %s: %s %lu, %s %lu\n",tname[q],p[i].name,s,p[0].name,sum[0][q]);}
    free(k);}
  size_t C=20000;uint32_t*pick=malloc(C*4);rs_=4242;for(size_t i=0;i<C;i++)pick[i]=rnd()%n;
  for(int i=0;i<np;i++){churn[i]=0;if(p[i].churn&&!dead[i]){double t=now();p[i].churn(r,pick,C);churn[i]=(now()-t)/C*1e9;}}
  if(!v6){uint32_t*k=trace4(1,r,n,N);double t=now();uint64_t c=vrfsim4_all(k,N);t=(now()-t)/N*1e9;printf("# vrfsim, all matching prefixes of an address: %.2f ns (%.2f prefixes)\n",t,(double)c/N);free(k);}
  printf("\nIPv%d, %zu prefixes, ns per lookup (chain = each waits for the last; indep = single calls; bulk = 64 a call)\n",v6?6:4,n);
  printf("%-29s|%26s |%26s |%26s |%8s %8s %6s %8s %9s\n","",tname[0],tname[1],tname[2],"FIB","RIB","B/","build","del+ins");
  printf("%-29s|%8s %8s %8s |%8s %8s %8s |%8s %8s %8s |%8s %8s %6s %8s %9s\n","structure","chain","indep","bulk","chain","indep","bulk","chain","indep","bulk","MiB","MiB","prefix","ms","ns");
  for(int i=0;i<np;i++){if(dead[i])continue;printf("%-29s|",p[i].name);for(int q=0;q<3;q++){printf("%8.1f %8.2f ",lat[i][q],thr[i][q]);if(p[i].bulk)printf("%8.2f |",blk[i][q]);else printf("%8s |","-");}
    printf("%8.1f %8.1f %6.1f %8.0f ",by[i]/1048576.,rib[i]/1048576.,(double)(by[i]+rib[i])/n,build[i]*1e3);if(churn[i])printf("%9.0f\n",churn[i]);else printf("%9s\n","-");}
  fflush(stdout);}
int main(int c,char**v){dpdk_init(v[0]);size_t n;int rounds=c>3?atoi(v[3]):5;only=c>4;void*r=slurp(v[1],8,&n);run(0,r,n,rounds);if(!only)small(rounds);r=slurp(v[2],24,&n);run(1,r,n,rounds);}
