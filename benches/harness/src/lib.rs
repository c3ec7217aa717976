//! The work that every measured logger does, and the loop that times it.
//!
//! A peer is a program that is called as `PEER MODE N PATH`, logs N records into PATH and prints one
//! line of `key=value` pairs, or `unsupported=1` where it has no such mode. In Rust it is one file
//! that fills in [`Peer`]; `benches/peers/cpp/peer.hpp` is the same for C++.
//!
//! | mode | what is measured |
//! |---|---|
//! | `file-sync`, `json-sync` | one thread, from the first call to the closed file |
//! | `file-1t`, `file-2t`, `file-4t` | that many threads share one logger and the N records |
//! | `async-1t`, `async-4t` | the peer's own asynchronous mode, each call timed |
//! | `async-paced` | the same with a call every 5 us, so that the queue never fills |
//! | `async-json-1t`, … | the three in JSON |
//! | `async-untimed` | as `async-1t` without a clock: what instructions are counted of |
//! | `disabled` | a call below the level, the fastest of twenty batches |
//!
//! Environment: PEER_QCAP (capacity of the queue, 8192), PEER_PACE_NS (5000); PEER_BUF=1 asks for a
//! buffer of 64 KiB where a peer writes each line by default.

use hdrhistogram::Histogram;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Barrier};
use std::time::Instant;

pub const ACTIONS: [&str; 8] = [
    "login",
    "checkout",
    "search",
    "add_to_cart",
    "logout",
    "view_item",
    "refund",
    "update",
];

/// The literal text of every message; with its three key/values about 105 bytes.
#[macro_export]
macro_rules! msg {
    () => {
        "request completed for the tenant api gateway in eu-west"
    };
}

pub const TARGET: &str = "bench.worker";

#[derive(Clone, Copy)]
pub struct Rec {
    pub user_id: u64,
    pub action: &'static str,
    pub latency_ms: f64,
}

#[inline(always)]
pub fn rec(i: u64) -> Rec {
    Rec {
        user_id: 1_000_000 + i,
        action: ACTIONS[(i & 7) as usize],
        latency_ms: (i.wrapping_mul(2_654_435_761) % 500_000) as f64 / 1000.0,
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Plain,
    Json,
}

pub struct Cfg {
    pub kind: Kind,
    pub is_async: bool,
    pub path: PathBuf,
    pub qcap: usize,
}

impl Cfg {
    pub fn path(&self) -> &Path {
        &self.path
    }
    pub fn create(&self) -> std::fs::File {
        std::fs::File::create(&self.path).expect("create log file")
    }
}

pub type Finish = Box<dyn FnOnce()>;

pub trait Peer {
    type Handle: Clone + Send + 'static;
    const NAME: &'static str;
    /// Whether several threads may share one handle.
    const SHARED: bool = true;
    /// Opens the logger at level info; None when this peer has no such mode.
    fn open(cfg: &Cfg) -> Option<(Self::Handle, Finish)>;
    fn info(h: &Self::Handle, r: &Rec);
    fn debug(h: &Self::Handle, r: &Rec);
}

/// Peak RSS in KiB. VmHWM, not ru_maxrss: the latter starts at the parent's size.
fn peak_rss_kb() -> u64 {
    let s = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    s.lines()
        .find_map(|l| l.strip_prefix("VmHWM:"))
        .and_then(|v| v.trim().trim_end_matches(" kB").parse().ok())
        .unwrap_or(0)
}

fn usage_ns() -> (u64, u64) {
    unsafe {
        let mut u: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &mut u);
        let t = |t: libc::timeval| t.tv_sec as u64 * 1_000_000_000 + t.tv_usec as u64 * 1000;
        (
            t(u.ru_utime) + t(u.ru_stime),
            (u.ru_nvcsw + u.ru_nivcsw) as u64,
        )
    }
}

fn write_calls() -> u64 {
    let s = std::fs::read_to_string("/proc/self/io").unwrap_or_default();
    s.lines()
        .find_map(|l| l.strip_prefix("syscw: "))
        .and_then(|v| v.parse().ok())
        .unwrap_or(0)
}

fn env_u64(k: &str, d: u64) -> u64 {
    std::env::var(k)
        .ok()
        .and_then(|v| v.parse().ok())
        .unwrap_or(d)
}

fn hist() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 60_000_000_000, 3).unwrap()
}

pub fn main<P: Peer>() {
    let args: Vec<String> = std::env::args().collect();
    let (mode, n, path) = (
        args[1].as_str(),
        args[2].parse::<u64>().unwrap(),
        PathBuf::from(&args[3]),
    );
    let cfg = Cfg {
        kind: if mode.contains("json") {
            Kind::Json
        } else {
            Kind::Plain
        },
        is_async: mode.starts_with("async"),
        path,
        qcap: env_u64("PEER_QCAP", 8192) as usize,
    };
    let shares = mode.starts_with("file-") && mode.ends_with('t') && mode != "file-1t";
    let opened = if shares && !P::SHARED {
        None
    } else {
        P::open(&cfg)
    };
    let Some((h, finish)) = opened else {
        println!("peer={} mode={mode} unsupported=1", P::NAME);
        return;
    };
    if mode == "disabled" {
        let table: Vec<Rec> = (0..64).map(rec).collect();
        for i in 0..n / 10 {
            P::debug(&h, black_box(&table[(i & 63) as usize]));
        }
        // The fastest of twenty batches: a loop this short knows no other reason to be slower than
        // another program on the same core.
        let batch = (n / 20).max(1);
        let ns = (0..20)
            .map(|_| {
                let t = Instant::now();
                for i in 0..batch {
                    P::debug(&h, black_box(&table[(i & 63) as usize]));
                }
                t.elapsed().as_nanos() as f64 / batch as f64
            })
            .fold(f64::INFINITY, f64::min);
        finish();
        println!("peer={} mode={mode} n={n} ns_per_call={ns:.3}", P::NAME);
        return;
    }
    let (cpu0, csw0) = usage_ns();
    let wr0 = write_calls();
    let mut all = hist();
    let t0 = Instant::now();
    match mode.replace("async-json", "async").as_str() {
        "file-sync" | "json-sync" | "async-untimed" => {
            for i in 0..n {
                P::info(&h, &rec(i));
            }
        }
        "file-1t" | "file-2t" | "file-4t" => {
            let threads = u64::from(mode.as_bytes()[5] - b'0');
            let bar = Arc::new(Barrier::new(threads as usize));
            let hs: Vec<_> = (0..threads)
                .map(|k| {
                    let (h, bar) = (h.clone(), bar.clone());
                    std::thread::spawn(move || {
                        bar.wait();
                        for i in k * (n / threads)..(k + 1) * (n / threads) {
                            P::info(&h, &rec(i));
                        }
                    })
                })
                .collect();
            for t in hs {
                t.join().unwrap();
            }
        }
        "async-1t" => {
            for i in 0..n {
                let r = rec(i);
                let t = Instant::now();
                P::info(&h, &r);
                all.saturating_record(t.elapsed().as_nanos() as u64);
            }
        }
        "async-4t" => {
            let bar = Arc::new(Barrier::new(4));
            let hs: Vec<_> = (0..4u64)
                .map(|k| {
                    let (h, bar) = (h.clone(), bar.clone());
                    std::thread::spawn(move || {
                        let mut mine = hist();
                        bar.wait();
                        for i in k * (n / 4)..(k + 1) * (n / 4) {
                            let r = rec(i);
                            let t = Instant::now();
                            P::info(&h, &r);
                            mine.saturating_record(t.elapsed().as_nanos() as u64);
                        }
                        mine
                    })
                })
                .collect();
            for t in hs {
                all.add(t.join().unwrap()).unwrap();
            }
        }
        "async-paced" => {
            let pace = env_u64("PEER_PACE_NS", 5000);
            let mut next = 0u64;
            for i in 0..n {
                let r = rec(i);
                let mut t = Instant::now();
                while (t - t0).as_nanos() < next as u128 {
                    std::hint::spin_loop();
                    t = Instant::now();
                }
                P::info(&h, &r);
                all.saturating_record(t.elapsed().as_nanos() as u64);
                next += pace;
            }
        }
        m => panic!("unknown mode {m}"),
    }
    let calls_ns = t0.elapsed().as_nanos() as u64;
    drop(h);
    finish();
    let wall = t0.elapsed().as_nanos() as u64;
    let (cpu1, csw1) = usage_ns();
    let rss = peak_rss_kb();
    let wr = write_calls() - wr0;
    println!(
        "peer={} mode={mode} n={n} wall_ns={wall} calls_ns={calls_ns} cpu_ns={} csw={} writes={wr} rss_kb={rss} p50={} p99={} p999={} max={}",
        P::NAME,
        cpu1 - cpu0,
        csw1 - csw0,
        all.value_at_quantile(0.5),
        all.value_at_quantile(0.99),
        all.value_at_quantile(0.999),
        all.max(),
    );
}
