// The C++ side of src/lib.rs: the same workload, modes, environment and output.
#pragma once
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#define PEER_MSG "request completed for the tenant api gateway in eu-west"

struct Rec {
  uint64_t user_id;
  const char* action;
  double latency_ms;
};
inline Rec rec(uint64_t i) {
  static const char* const A[8] = {"login",  "checkout",  "search", "add_to_cart",
                                   "logout", "view_item", "refund", "update"};
  return {1000000 + i, A[i & 7], double(i * 2654435761ull % 500000) / 1000.0};
}
inline uint64_t mono_ns() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return uint64_t(t.tv_sec) * 1000000000ull + t.tv_nsec;
}

// Log-linear histogram, 1024..2047 linear steps per power of two (3 digits, as hdrhistogram).
struct Hist {
  std::vector<uint64_t> c = std::vector<uint64_t>(40 * 1024, 0);
  uint64_t total = 0, mx = 0;
  static size_t index(uint64_t v) {
    if (v < 2048) return v;
    int sh = 63 - __builtin_clzll(v) - 10;
    return size_t(sh + 1) * 1024 + (v >> sh) - 1024;
  }
  static uint64_t value(size_t i) {
    if (i < 2048) return i;
    size_t sh = i / 1024 - 1;
    return (i % 1024 + 1024) << sh;
  }
  void add(uint64_t v) {
    size_t i = index(v);
    if (i >= c.size()) i = c.size() - 1;
    c[i]++;
    total++;
    if (v > mx) mx = v;
  }
  void merge(const Hist& o) {
    for (size_t i = 0; i < c.size(); i++) c[i] += o.c[i];
    total += o.total;
    if (o.mx > mx) mx = o.mx;
  }
  uint64_t q(double p) const {
    uint64_t want = uint64_t(double(total) * p + 0.5), s = 0;
    for (size_t i = 0; i < c.size(); i++)
      if ((s += c[i]) >= want && s) return value(i);
    return mx;
  }
};

struct Cfg {
  std::string mode, path;
  bool json, async, sync;
  size_t qcap;
};

struct Usage {
  uint64_t cpu, csw, rss, writes;
  static Usage now() {
    rusage u;
    getrusage(RUSAGE_SELF, &u);
    auto t = [](timeval v) { return uint64_t(v.tv_sec) * 1000000000ull + v.tv_usec * 1000ull; };
    uint64_t w = 0;
    std::ifstream io("/proc/self/io");
    std::string k;
    uint64_t v;
    while (io >> k >> v)
      if (k == "syscw:") w = v;
    uint64_t rss = 0;  // VmHWM, not ru_maxrss: the latter starts at the parent's size
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
      if (line.rfind("VmHWM:", 0) == 0) rss = strtoull(line.c_str() + 6, nullptr, 10);
    return {t(u.ru_utime) + t(u.ru_stime), uint64_t(u.ru_nvcsw + u.ru_nivcsw), rss, w};
  }
};

template <class P>
int peer_main(int argc, char** argv) {
  if (argc < 4) return 2;
  auto env = [](const char* k, uint64_t d) { auto* v = getenv(k); return v ? strtoull(v, nullptr, 10) : d; };
  Cfg cfg;
  cfg.mode = argv[1];
  cfg.path = argv[3];
  uint64_t n = strtoull(argv[2], nullptr, 10);
  cfg.json = cfg.mode.find("json") != std::string::npos;
  cfg.async = cfg.mode.rfind("async", 0) == 0;
  cfg.sync = cfg.mode.size() > 5 && cfg.mode.substr(cfg.mode.size() - 5) == "-sync";
  cfg.qcap = env("PEER_QCAP", 8192);
  const char* mode = cfg.mode.c_str();
  if (!P::open(cfg)) {
    printf("peer=%s mode=%s unsupported=1\n", P::name, mode);
    return 0;
  }
  if (cfg.mode == "disabled") {
    Rec t[64];
    for (int i = 0; i < 64; i++) t[i] = rec(i);
    auto loop = [&](uint64_t k) {
      for (uint64_t i = 0; i < k; i++) {
        const Rec* r = &t[i & 63];
        asm volatile("" : "+r"(r) : : "memory");
        P::debug(*r);
      }
    };
    loop(n / 10);
    double ns = 1e9;  // the fastest of twenty batches
    const uint64_t batch = std::max<uint64_t>(n / 20, 1);
    for (int k = 0; k < 20; k++) {
      uint64_t t0 = mono_ns();
      loop(batch);
      ns = std::min(ns, double(mono_ns() - t0) / double(batch));
    }
    P::finish();
    printf("peer=%s mode=%s n=%lu ns_per_call=%.3f\n", P::name, mode, n, ns);
    return 0;
  }
  Usage u0 = Usage::now();
  Hist all;
  uint64_t t0 = mono_ns();
  if (cfg.sync) {
    for (uint64_t i = 0; i < n; i++) P::info(rec(i));
  } else if (cfg.mode == "file-1t" || cfg.mode == "file-2t" || cfg.mode == "file-4t") {
    const int threads = cfg.mode[5] - '0';
    std::atomic<int> ready{0};
    std::vector<std::thread> ts;
    for (int k = 0; k < threads; k++)
      ts.emplace_back([&, k] {
        ready++;
        while (ready < threads) std::this_thread::yield();
        for (uint64_t i = k * (n / threads); i < (k + 1) * (n / threads); i++) P::info(rec(i));
      });
    for (auto& t : ts) t.join();
  } else if (cfg.mode == "async-1t") {
    for (uint64_t i = 0; i < n; i++) {
      Rec r = rec(i);
      uint64_t t = mono_ns();
      P::info(r);
      all.add(mono_ns() - t);
    }
  } else if (cfg.mode == "async-4t") {
    std::atomic<int> ready{0};
    std::vector<Hist> hs(4);
    std::vector<std::thread> ts;
    for (int k = 0; k < 4; k++)
      ts.emplace_back([&, k] {
        ready++;
        while (ready < 4) std::this_thread::yield();
        for (uint64_t i = k * (n / 4); i < (k + 1) * (n / 4); i++) {
          Rec r = rec(i);
          uint64_t t = mono_ns();
          P::info(r);
          hs[k].add(mono_ns() - t);
        }
      });
    for (auto& t : ts) t.join();
    for (auto& h : hs) all.merge(h);
  } else if (cfg.mode == "async-paced") {
    uint64_t pace = env("PEER_PACE_NS", 5000), next = 0;
    for (uint64_t i = 0; i < n; i++, next += pace) {
      Rec r = rec(i);
      uint64_t t = mono_ns();
      while (t - t0 < next) {
        __builtin_ia32_pause();
        t = mono_ns();
      }
      P::info(r);
      all.add(mono_ns() - t);
    }
  } else {
    return 2;
  }
  uint64_t calls = mono_ns() - t0;
  P::finish();
  uint64_t wall = mono_ns() - t0;
  Usage u1 = Usage::now();
  printf("peer=%s mode=%s n=%lu wall_ns=%lu calls_ns=%lu cpu_ns=%lu csw=%lu writes=%lu rss_kb=%lu p50=%lu p99=%lu p999=%lu max=%lu\n",
         P::name, mode, n, wall, calls, u1.cpu - u0.cpu, u1.csw - u0.csw, u1.writes - u0.writes, u1.rss,
         all.q(0.5), all.q(0.99), all.q(0.999), all.mx);
  return 0;
}
