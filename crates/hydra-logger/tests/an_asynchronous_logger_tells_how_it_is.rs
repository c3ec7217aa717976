//! [`AsyncLogger::health`], its alerts, and what the engine does where memory runs short.

#![cfg(feature = "async")]

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use hydra_logger::{
    AsyncLogger, CustomDestination, Destination, DestinationStats, EngineOptions, Health,
    HealthOptions, HealthReason, LineMeta, Logger, MemoryLimit, MemoryOptions, MemoryStep,
    MemoryUsage, OverflowPolicy, Phase, QueueOptions,
};

/// Takes nothing while its gate is shut, and refuses what it is told to.
#[derive(Default)]
struct Gate {
    is_open: Mutex<bool>,
    opened: Condvar,
    refuses: Mutex<bool>,
    /// How many lines have come to it.
    came: AtomicUsize,
    stats: DestinationStats,
}

impl Gate {
    fn open(&self) {
        *self.is_open.lock().unwrap() = true;
        self.opened.notify_all();
    }
}

/// Has a line stand before the shut gate: from here on no worker takes more.
fn block(logger: &AsyncLogger, gate: &Gate) {
    let before = gate.came.load(SeqCst);
    logger.info("APP", "stands there");
    while gate.came.load(SeqCst) == before {
        std::thread::yield_now();
    }
}

impl Destination for Gate {
    fn deliver(&self, line: &[u8], meta: &LineMeta) -> io::Result<()> {
        self.came.fetch_add(1, SeqCst);
        let is_open = self.is_open.lock().unwrap();
        drop(
            self.opened
                .wait_while(is_open, |is_open| !*is_open)
                .unwrap(),
        );
        if *self.refuses.lock().unwrap() {
            return Err(io::Error::other("refused"));
        }
        self.stats.delivered(meta.level, line.len());
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        Ok(())
    }

    fn stats(&self) -> &DestinationStats {
        &self.stats
    }
}

/// Nothing in this root sets a limit.
fn unlimited() -> MemoryOptions {
    MemoryOptions {
        root: "/nowhere".into(),
        check_interval: Duration::ZERO,
        ..MemoryOptions::default()
    }
}

fn to(gate: &Arc<Gate>, options: EngineOptions) -> AsyncLogger {
    let destination = Arc::clone(gate) as Arc<dyn Destination>;
    let custom = CustomDestination::new("APP", "the gate", destination);
    let logger = Logger::builder().destination(custom).build().unwrap();
    logger.into_async(options)
}

/// Of a hundred records; drops what comes when it is full.
fn small(memory: MemoryOptions) -> EngineOptions {
    let queue = QueueOptions::default().max_records(100);
    EngineOptions {
        queue: queue.policy(OverflowPolicy::DropNewest),
        memory,
        ..EngineOptions::default()
    }
}

/// Calls until it is so; each call has the engine look.
fn until(logger: &AsyncLogger, is_so: impl Fn(&Health) -> bool) -> Health {
    loop {
        let health = logger.health();
        if is_so(&health) {
            return health;
        }
        logger.info("APP", "go on");
    }
}

fn kinds(health: &Health) -> Vec<&'static str> {
    health.reasons.iter().map(HealthReason::kind).collect()
}

#[test]
fn a_logger_that_has_room_is_well_and_one_that_is_closed_is_not() {
    let gate = Arc::new(Gate::default());
    gate.open();
    let logger = to(&gate, small(unlimited()));
    logger.info("APP", "one");
    Logger::flush(&logger).unwrap();
    let health = logger.health();
    assert!(health.is_healthy(), "{:?}", health.reasons);
    assert_eq!((health.queued, health.dropped, health.errors), (0, 0, 0));
    assert_eq!(health.phase, Phase::Running);
    assert_eq!((health.memory, health.memory_ok), (None, true));
    let queue = health.queues.iter().find(|queue| queue.name == "the gate");
    let queue = queue.unwrap();
    assert_eq!((queue.records, queue.max_records), (0, 100));
    Logger::close(&logger).unwrap();
    let health = logger.health();
    assert_eq!(health.phase, Phase::Done);
    assert_eq!(kinds(&health), ["closed"]);
}

#[test]
fn a_queue_that_is_nearly_full_drops_and_errors_are_reasons() {
    let gate = Arc::new(Gate::default());
    let logger = to(&gate, small(unlimited()));
    block(&logger, &gate);
    let health = until(&logger, |health| {
        // One after the other, so that it is seen before it is full.
        while logger.engine_counts().queued > 0 {
            std::thread::yield_now();
        }
        !health.is_healthy()
    });
    assert_eq!(kinds(&health), ["queue"]);
    let text = health.reasons[0].to_string();
    assert!(text.starts_with("the queue of the gate is "), "{text}");
    let health = until(&logger, |health| health.dropped > 0);
    assert_eq!(kinds(&health), ["queue", "drops"]);
    *gate.refuses.lock().unwrap() = true;
    gate.open();
    let health = until(&logger, |health| health.errors > 0);
    assert!(kinds(&health).contains(&"errors"));
    Logger::flush(&logger).unwrap();
    assert!(!kinds(&logger.health()).contains(&"queue"));
}

#[test]
fn limits_are_the_programs_to_choose() {
    let gate = Arc::new(Gate::default());
    let options = EngineOptions {
        health: HealthOptions {
            queue_percent: 100.0,
            dropped: 1_000_000,
            ..HealthOptions::default()
        },
        ..small(unlimited())
    };
    let logger = to(&gate, options);
    block(&logger, &gate);
    let health = until(&logger, |health| health.dropped > 0);
    assert!(health.is_healthy(), "{:?}", health.reasons);
    gate.open();
}

#[test]
fn a_full_ring_is_a_reason() {
    let gate = Arc::new(Gate::default());
    let options = EngineOptions {
        ring_size: 4096,
        overflow: OverflowPolicy::DropNewest,
        // The dispatcher waits for room in the queue, and the ring fills.
        queue: QueueOptions::default().max_records(1),
        memory: unlimited(),
        ..EngineOptions::default()
    };
    let logger = to(&gate, options);
    let health = until(&logger, |health| {
        health.ring_percent > 80.0 && health.dropped > 0
    });
    let of_a_thread = |reason: &HealthReason| matches!(reason, HealthReason::Queue { name, .. } if name == "a thread");
    assert!(health.reasons.iter().any(of_a_thread));
    gate.open();
}

/// What a logger's alerts say.
fn alerts(logger: &AsyncLogger) -> Receiver<HealthReason> {
    let (sender, receiver): (Sender<HealthReason>, _) = channel();
    logger.on_alert(move |reason| {
        let _ = sender.send(reason.clone());
    });
    receiver
}

#[test]
fn an_alert_is_told_once_when_its_reason_comes_and_again_when_it_comes_again() {
    let gate = Arc::new(Gate::default());
    let logger = to(&gate, small(unlimited()));
    logger.on_alert(|_| panic!("a callback of the program's own"));
    let alerts = alerts(&logger);
    let expect = |kind| {
        let alert = alerts.recv_timeout(Duration::from_mins(1)).unwrap();
        assert_eq!(alert.kind(), kind);
    };
    block(&logger, &gate);
    for _ in 0..1000 {
        logger.info("APP", "too many");
    }
    expect("queue");
    expect("drops");
    gate.open();
    // The look after each but the last of these has seen an empty queue.
    for _ in 0..3 {
        Logger::flush(&logger).unwrap();
    }
    *gate.is_open.lock().unwrap() = false;
    block(&logger, &gate);
    for _ in 0..1000 {
        logger.info("APP", "too many");
    }
    // Drops are recent still, and not told again.
    expect("queue");
    gate.open();
    Logger::close(&logger).unwrap();
    assert!(alerts.try_recv().is_err());
}

/// A root in which so much of a cgroup's thousand bytes is used.
fn used(root: &Path, bytes: u64) {
    let write = |path: &str, text: &str| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("proc/self/cgroup", "0::/\n");
    write(
        "proc/self/mountinfo",
        "30 22 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
    );
    write("sys/fs/cgroup/memory.max", "1000\n");
    write("sys/fs/cgroup/memory.current", &bytes.to_string());
}

#[test]
fn where_memory_runs_short_queues_shrink_and_then_calls_wait_for_delivery() {
    let root = tempfile::tempdir().unwrap();
    let gate = Arc::new(Gate::default());
    gate.open();
    let memory = MemoryOptions {
        root: root.path().to_owned(),
        ..unlimited()
    };
    used(root.path(), 100);
    let options = small(memory);
    let options = EngineOptions {
        queue: options.queue.policy(OverflowPolicy::default()),
        health: HealthOptions {
            queue_percent: 100.0,
            ..HealthOptions::default()
        },
        ..options
    };
    let logger = to(&gate, options);
    let room = |health: &Health| {
        let queue = health.queues.iter().find(|q| q.name == "the gate");
        queue.map_or(0, |queue| queue.max_records)
    };
    let health = until(&logger, |health| health.memory.is_some());
    assert_eq!(health.memory_step, MemoryStep::Normal);
    assert_eq!(room(&health), 100);

    used(root.path(), 750);
    let health = until(&logger, |health| health.memory_step > MemoryStep::Normal);
    assert_eq!(health.memory_step, MemoryStep::Smaller);
    assert!(health.memory_ok);
    until(&logger, |health| room(health) == 6);

    used(root.path(), 950);
    let health = until(&logger, |health| {
        health.memory_step == MemoryStep::Synchronous
    });
    assert_eq!(kinds(&health), ["memory"]);
    Logger::flush(&logger).unwrap();
    for n in 0..100 {
        let before = gate.stats.snapshot().records;
        logger.info("APP", format!("{n}").as_str());
        assert_eq!(gate.stats.snapshot().records, before + 1);
    }

    used(root.path(), 100);
    let health = until(&logger, |health| health.memory_step == MemoryStep::Normal);
    assert!(health.is_healthy(), "{:?}", health.reasons);
    until(&logger, |health| room(health) == 100);
    Logger::close(&logger).unwrap();
    assert_eq!(logger.health().dropped, 0);
}

#[test]
fn a_destination_that_stands_still_is_waited_for_once_while_memory_is_short() {
    let root = tempfile::tempdir().unwrap();
    used(root.path(), 950);
    let gate = Arc::new(Gate::default());
    let memory = MemoryOptions {
        root: root.path().to_owned(),
        ..unlimited()
    };
    let queue = QueueOptions::default().patience(Duration::from_millis(50));
    let options = EngineOptions {
        queue,
        memory,
        ..EngineOptions::default()
    };
    let logger = to(&gate, options);
    until(&logger, |health| {
        health.memory_step == MemoryStep::Synchronous
    });
    let began = std::time::Instant::now();
    for n in 0..200 {
        logger.info("APP", format!("{n}").as_str());
    }
    assert!(began.elapsed() < Duration::from_secs(5), "waited for each");
    gate.open();
    Logger::close(&logger).unwrap();
    assert_eq!(logger.health().dropped, 0);
}

/// The limit that a cgroup of its own sets, of the kind that this machine has.
#[test]
fn a_real_cgroup_is_seen_by_the_process_in_it() {
    const IN_CGROUP: &str = "HYDRA_TEST_IN_CGROUP";
    if std::env::var_os(IN_CGROUP).is_some() {
        let usage = MemoryUsage::now().unwrap();
        assert_eq!(usage.of, MemoryLimit::Cgroup);
        assert_eq!(usage.limit, 64 << 20);
        assert!(usage.used > 0 && usage.percent() < 100.0, "{usage:?}");
        return;
    }
    let Some(group) = Group::make() else {
        eprintln!("SKIPPED: no cgroup with a memory limit can be made here (that takes root)");
        return;
    };
    let test = "a_real_cgroup_is_seen_by_the_process_in_it";
    let script = format!("echo $$ > '{}/cgroup.procs' && exec \"$0\" \"$@\"", group.0);
    let output = Command::new("sh")
        .args(["-c", &script])
        .arg(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture"])
        .env(IN_CGROUP, "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

struct Group(String);

impl Group {
    fn make() -> Option<Group> {
        let name = format!("hydra-test-{}", std::process::id());
        let kinds = [
            ("/sys/fs/cgroup", "memory.max"),
            ("/sys/fs/cgroup/memory", "memory.limit_in_bytes"),
        ];
        kinds.into_iter().find_map(|(mount, limit)| {
            let folder = format!("{mount}/{name}");
            fs::create_dir(&folder).ok()?;
            let group = Group(folder);
            let limit = format!("{}/{limit}", group.0);
            // Not made anew: where the file is not there, this is no such cgroup.
            let limited = Path::new(&limit).exists() && fs::write(&limit, "67108864").is_ok();
            limited.then_some(group)
        })
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.0);
    }
}
