//! The physical limits on this machine, as one more peer:
//! PEER_VARIANT=buf   hand-formatted lines into a 64 KiB buffer, write(2) when full (default)
//! PEER_VARIANT=line  the same, one write(2) a line
//! PEER_VARIANT=raw   preformatted bytes, 64 KiB a write(2)
//! PEER_VARIANT=rawline  preformatted bytes, one write(2) a line
//! async: one SPSC ring of plain records per producer thread, one thread that
//! formats and writes (the floor of a lossless blocking async logger).
//! `floor limits N -` prints the clock's cost.
use harness::{Cfg, Finish, Kind, Peer, Rec, msg};
use std::cell::UnsafeCell;
use std::fs::File;
use std::io::Write;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering::*};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const CAP: usize = 64 * 1024;
static LEVEL: AtomicU8 = AtomicU8::new(3); // info

fn now_ns() -> u64 {
    let mut t = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    unsafe { libc::clock_gettime(libc::CLOCK_REALTIME, &mut t) };
    t.tv_sec as u64 * 1_000_000_000 + t.tv_nsec as u64
}

struct Stamp {
    sec: u64,
    text: [u8; 27],
}
fn two(b: &mut [u8], v: u32) {
    b[0] = b'0' + (v / 10) as u8;
    b[1] = b'0' + (v % 10) as u8;
}
impl Stamp {
    fn new() -> Self {
        Stamp {
            sec: u64::MAX,
            text: *b"0000-00-00T00:00:00.000000Z",
        }
    }
    #[inline]
    fn get(&mut self, ns: u64) -> &[u8; 27] {
        let sec = ns / 1_000_000_000;
        if sec != self.sec {
            self.sec = sec;
            let z = (sec / 86400) as i64 + 719_468;
            let (era, doe) = (z.div_euclid(146_097), z.rem_euclid(146_097));
            let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
            let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
            let mp = (5 * doy + 2) / 153;
            let d = (doy - (153 * mp + 2) / 5 + 1) as u32;
            let m = if mp < 10 { mp + 3 } else { mp - 9 } as u32;
            let y = (yoe + era * 400 + i64::from(m <= 2)) as u32;
            let s = (sec % 86400) as u32;
            let t = &mut self.text;
            two(&mut t[0..], y / 100);
            two(&mut t[2..], y % 100);
            two(&mut t[5..], m);
            two(&mut t[8..], d);
            two(&mut t[11..], s / 3600);
            two(&mut t[14..], s / 60 % 60);
            two(&mut t[17..], s % 60);
        }
        let us = (ns % 1_000_000_000 / 1000) as u32;
        two(&mut self.text[20..], us / 10_000);
        two(&mut self.text[22..], us / 100 % 100);
        two(&mut self.text[24..], us % 100);
        &self.text
    }
}

fn put_json_str(b: &mut Vec<u8>, s: &str) {
    if s.bytes().all(|c| c >= 0x20 && c != b'"' && c != b'\\') {
        b.extend_from_slice(s.as_bytes());
        return;
    }
    for c in s.bytes() {
        match c {
            b'"' | b'\\' => b.extend_from_slice(&[b'\\', c]),
            0..0x20 => write!(b, "\\u{c:04x}").unwrap(),
            c => b.push(c),
        }
    }
}

#[inline]
fn format(b: &mut Vec<u8>, st: &mut Stamp, kind: Kind, ns: u64, r: &Rec) {
    let (mut i, mut f) = (itoa::Buffer::new(), ryu::Buffer::new());
    match kind {
        Kind::Plain => {
            b.extend_from_slice(st.get(ns));
            b.extend_from_slice(concat!(" INFO bench.worker ", msg!(), " user_id=").as_bytes());
            b.extend_from_slice(i.format(r.user_id).as_bytes());
            b.extend_from_slice(b" action=");
            b.extend_from_slice(r.action.as_bytes());
            b.extend_from_slice(b" latency_ms=");
            b.extend_from_slice(f.format(r.latency_ms).as_bytes());
            b.push(b'\n');
        }
        Kind::Json => {
            b.extend_from_slice(b"{\"timestamp\":\"");
            b.extend_from_slice(st.get(ns));
            b.extend_from_slice(
                b"\",\"level\":\"INFO\",\"logger\":\"bench.worker\",\"message\":\"",
            );
            put_json_str(b, std::hint::black_box(msg!()));
            b.extend_from_slice(b"\",\"user_id\":");
            b.extend_from_slice(i.format(r.user_id).as_bytes());
            b.extend_from_slice(b",\"action\":\"");
            put_json_str(b, r.action);
            b.extend_from_slice(b"\",\"latency_ms\":");
            b.extend_from_slice(f.format(r.latency_ms).as_bytes());
            b.extend_from_slice(b"}\n");
        }
    }
}

struct Sync1 {
    buf: Vec<u8>,
    st: Stamp,
    kind: Kind,
    line: bool,
    pre: Option<(Vec<Vec<u8>>, usize)>,
    f: File,
}

#[derive(Clone, Copy)]
struct Slot {
    ns: u64,
    r: Rec,
}
#[repr(align(128))]
struct Pad(AtomicUsize);
struct Ring {
    tail: Pad,
    head: Pad,
    slots: Box<[UnsafeCell<MaybeUninit<Slot>>]>,
}
unsafe impl Sync for Ring {}
struct Hub {
    rings: Mutex<Vec<Arc<Ring>>>,
    version: AtomicUsize,
    stop: AtomicBool,
    qcap: usize,
}
struct Producer {
    ring: Arc<Ring>,
    hub: Arc<Hub>,
    local: UnsafeCell<(usize, usize)>, // my tail, last seen head
}
impl Producer {
    fn new(hub: &Arc<Hub>) -> Self {
        let slots = (0..hub.qcap)
            .map(|_| UnsafeCell::new(MaybeUninit::uninit()))
            .collect();
        let ring = Arc::new(Ring {
            tail: Pad(AtomicUsize::new(0)),
            head: Pad(AtomicUsize::new(0)),
            slots,
        });
        hub.rings.lock().unwrap().push(ring.clone());
        hub.version.fetch_add(1, Release);
        Producer {
            ring,
            hub: hub.clone(),
            local: UnsafeCell::new((0, 0)),
        }
    }
    #[inline(always)]
    fn push(&self, s: Slot) {
        let (tail, seen) = unsafe { &mut *self.local.get() };
        let cap = self.ring.slots.len();
        if *tail - *seen == cap {
            let mut spins = 0;
            loop {
                *seen = self.ring.head.0.load(Acquire);
                if *tail - *seen < cap {
                    break;
                }
                spins += 1;
                if spins < 64 {
                    std::hint::spin_loop()
                } else {
                    std::thread::yield_now()
                }
            }
        }
        unsafe { (*self.ring.slots[*tail & (cap - 1)].get()).write(s) };
        *tail += 1;
        self.ring.tail.0.store(*tail, Release);
    }
}

fn backend(hub: Arc<Hub>, kind: Kind, mut f: File) {
    let (mut buf, mut st) = (Vec::with_capacity(CAP + 1024), Stamp::new());
    let (mut rings, mut version, mut idle) = (Vec::new(), usize::MAX, 0u32);
    loop {
        let stop = hub.stop.load(Acquire);
        if hub.version.load(Acquire) != version {
            version = hub.version.load(Acquire);
            rings = hub.rings.lock().unwrap().clone();
        }
        let mut any = false;
        for r in &rings {
            let (mut h, t) = (r.head.0.load(Relaxed), r.tail.0.load(Acquire));
            any |= h != t;
            while h != t {
                let s = unsafe { (*r.slots[h & (hub.qcap - 1)].get()).assume_init() };
                h += 1;
                if h & 63 == 0 {
                    r.head.0.store(h, Release);
                }
                format(&mut buf, &mut st, kind, s.ns, &s.r);
                if buf.len() >= CAP {
                    f.write_all(&buf).unwrap();
                    buf.clear();
                }
            }
            r.head.0.store(h, Release);
        }
        if any {
            idle = 0;
            continue;
        }
        if !buf.is_empty() {
            f.write_all(&buf).unwrap();
            buf.clear();
        }
        if stop {
            return;
        }
        idle += 1;
        if idle < 64 {
            std::thread::yield_now()
        } else {
            std::thread::sleep(Duration::from_micros(50))
        }
    }
}

enum H {
    Sync(Arc<UnsafeCell<Sync1>>),
    Async(Producer),
}
unsafe impl Send for H {}
impl Clone for H {
    fn clone(&self) -> Self {
        match self {
            H::Sync(s) => H::Sync(s.clone()),
            H::Async(p) => H::Async(Producer::new(&p.hub)),
        }
    }
}

struct P;
impl Peer for P {
    type Handle = H;
    const NAME: &'static str = "floor";
    const SHARED: bool = false; // no lock at all
    fn open(cfg: &Cfg) -> Option<(H, Finish)> {
        let variant = std::env::var("PEER_VARIANT").unwrap_or("buf".into());
        let f = cfg.create();
        if cfg.is_async {
            if variant != "buf" {
                return None;
            }
            let hub = Arc::new(Hub {
                rings: Mutex::new(vec![]),
                version: AtomicUsize::new(0),
                stop: AtomicBool::new(false),
                qcap: cfg.qcap.next_power_of_two(),
            });
            let (h2, kind) = (hub.clone(), cfg.kind);
            let t = std::thread::spawn(move || backend(h2, kind, f));
            let h = H::Async(Producer::new(&hub));
            return Some((
                h,
                Box::new(move || {
                    hub.stop.store(true, Release);
                    t.join().unwrap();
                }),
            ));
        }
        let pre = variant.starts_with("raw").then(|| {
            let (mut all, mut st) = (vec![], Stamp::new());
            for i in 0..512 {
                let mut b = vec![];
                format(&mut b, &mut st, cfg.kind, now_ns(), &harness::rec(i));
                all.push(b);
            }
            if variant == "raw" {
                // as many whole lines as fit 64 KiB, then the caller counts lines
                let n = CAP / all[0].len();
                all = vec![all[..n].concat()];
                return (all, n);
            }
            (all, 1)
        });
        let s = Sync1 {
            buf: Vec::with_capacity(CAP + 1024),
            st: Stamp::new(),
            kind: cfg.kind,
            line: variant.ends_with("line"),
            pre,
            f,
        };
        let s = Arc::new(UnsafeCell::new(s));
        let h = H::Sync(s.clone());
        let keep = H::Sync(s);
        Some((
            h,
            Box::new(move || {
                let H::Sync(s) = keep else { return };
                let s = unsafe { &mut *s.get() };
                s.f.write_all(&s.buf).unwrap();
                s.buf.clear();
            }),
        ))
    }
    #[inline(always)]
    fn info(h: &H, r: &Rec) {
        if LEVEL.load(Relaxed) < 3 {
            return;
        }
        match h {
            H::Async(p) => p.push(Slot {
                ns: now_ns(),
                r: *r,
            }),
            H::Sync(s) => {
                let s = unsafe { &mut *s.get() };
                if let Some((lines, per)) = &s.pre {
                    let i = (r.user_id - 1_000_000) as usize;
                    if *per == 1 {
                        s.f.write_all(&lines[i & 511]).unwrap();
                    } else if i % per == per - 1 {
                        s.f.write_all(&lines[0]).unwrap();
                    }
                    return;
                }
                format(&mut s.buf, &mut s.st, s.kind, now_ns(), r);
                if s.line || s.buf.len() >= CAP {
                    s.f.write_all(&s.buf).unwrap();
                    s.buf.clear();
                }
            }
        }
    }
    #[inline(always)]
    fn debug(h: &H, r: &Rec) {
        if LEVEL.load(Relaxed) >= 4 {
            P::info(h, r);
        }
    }
}

fn limits(n: u64) {
    let per = |f: &mut dyn FnMut(u64)| {
        let t = Instant::now();
        f(n);
        t.elapsed().as_nanos() as f64 / n as f64
    };
    let clock = |id: libc::clockid_t| {
        move |n: u64| {
            let mut t = libc::timespec {
                tv_sec: 0,
                tv_nsec: 0,
            };
            for _ in 0..n {
                unsafe { libc::clock_gettime(id, &mut t) };
                std::hint::black_box(&t);
            }
        }
    };
    let rt = per(&mut clock(libc::CLOCK_REALTIME));
    let mono = per(&mut clock(libc::CLOCK_MONOTONIC));
    let coarse = per(&mut clock(libc::CLOCK_REALTIME_COARSE));
    let inst = per(&mut |n| {
        for _ in 0..n {
            std::hint::black_box(Instant::now());
        }
    });
    let tsc = per(&mut |n| {
        for _ in 0..n {
            std::hint::black_box(unsafe { core::arch::x86_64::_rdtsc() });
        }
    });
    let mx = Mutex::new(0u64);
    let lock = per(&mut |n| {
        for _ in 0..n {
            *mx.lock().unwrap() += 1;
        }
    });
    println!(
        "peer=floor mode=limits realtime={rt:.2} monotonic={mono:.2} coarse={coarse:.2} instant={inst:.2} rdtsc={tsc:.2} mutex={lock:.2}"
    );
}

fn main() {
    let a: Vec<String> = std::env::args().collect();
    if a[1] == "limits" {
        return limits(a[2].parse().unwrap());
    }
    harness::main::<P>();
}
