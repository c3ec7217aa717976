//! Thousands of generated histories against a model of a few lines: what was accepted, and was not
//! taken away by others, is in the files once, in the order of each writer.
//!
//! Two destinations share the path, as two processes do. The records' clock is the test's: a step
//! moves it by what the history says, back too.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hydra_core::destination::BatchBuf;
use hydra_core::destination::file::{FileDestination, FileOptions, RotateEvery};
use hydra_core::{Destination, Level, LineMeta};
use proptest::prelude::*;
use support::{NOON, SECOND, TestDir, files, lines};

const HEADER: &str = "h,e,a,d";

#[derive(Clone, Debug)]
enum Step {
    /// So many lines of this length by one of the two, at INFO or ERROR.
    Deliver(usize, usize, usize, Level),
    /// A batch by one of the two: for each line its length, its level, and by how many milliseconds
    /// the clock moves before it.
    Batch(usize, Vec<(usize, Level, i64)>),
    Flush(usize),
    Reopen(usize),
    Retire(usize),
    /// The destination is dropped, and another one made, as by a new process.
    Restart(usize),
    /// An operator renames the log and its backups.
    Move,
    /// An operator removes the log; a second later both writers log.
    Remove,
    /// An operator removes the whole directory; a second later both writers log.
    RemoveAll,
    /// logrotate's copytruncate.
    Truncate,
    /// The clock moves, in milliseconds.
    Clock(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let writer = 0..2_usize;
    let level = prop_oneof![9 => Just(Level::Info), 1 => Just(Level::Error)];
    prop_oneof![
        12 => (writer.clone(), 1..8_usize, 0..120_usize, level)
            .prop_map(|(writer, count, length, level)| Step::Deliver(writer, count, length, level)),
        4 => (writer.clone(), prop::collection::vec(batch_line(), 0..40))
            .prop_map(|(writer, lines)| Step::Batch(writer, lines)),
        1 => (writer.clone(), 1..3_usize, 60_000..140_000_usize)
            .prop_map(|(writer, count, length)| Step::Deliver(writer, count, length, Level::Info)),
        2 => writer.clone().prop_map(Step::Flush),
        1 => writer.clone().prop_map(Step::Reopen),
        1 => writer.clone().prop_map(Step::Retire),
        1 => writer.prop_map(Step::Restart),
        2 => Just(Step::Move),
        1 => Just(Step::Remove),
        1 => Just(Step::RemoveAll),
        1 => Just(Step::Truncate),
        4 => prop_oneof![0..1500_i64, -100_000..0_i64, Just(3_600_000), Just(-7_200_000)]
            .prop_map(Step::Clock),
    ]
}

fn batch_line() -> impl Strategy<Value = (usize, Level, i64)> {
    let length = prop_oneof![20 => 0..120_usize, 1 => 10_000..140_000_usize];
    let level = prop_oneof![30 => Just(Level::Info), 1 => Just(Level::Error)];
    let clock = prop_oneof![20 => 0..100_i64, 1 => -500..0_i64, 1 => Just(3_600_000)];
    (length, level, clock)
}

#[derive(Clone, Debug)]
struct Settings {
    max_size: Option<u64>,
    hourly: bool,
    header: bool,
    buffers: [Option<usize>; 2],
}

fn settings() -> impl Strategy<Value = Settings> {
    let buffer = || prop_oneof![Just(None), Just(Some(200)), Just(Some(70_000))];
    let max_size = prop_oneof![Just(None), Just(Some(300_u64)), Just(Some(100_000))];
    (max_size, any::<bool>(), any::<bool>(), buffer(), buffer()).prop_map(
        |(max_size, hourly, header, first, second)| Settings {
            max_size,
            hourly,
            header,
            buffers: [first, second],
        },
    )
}

struct World {
    settings: Settings,
    log: PathBuf,
    destinations: Vec<FileDestination>,
    clock: i64,
    /// The latest that the clock has ever shown.
    latest: i64,
    /// What each writer had accepted, in order, less what others took away.
    expected: [Vec<String>; 2],
    count: usize,
}

impl World {
    fn new(settings: Settings, dir: &Path) -> World {
        let mut world = World {
            settings,
            log: dir.join("logs/app.log"),
            destinations: Vec::new(),
            clock: NOON,
            latest: NOON,
            expected: [Vec::new(), Vec::new()],
            count: 0,
        };
        world.destinations = (0..2).map(|writer| world.destination(writer)).collect();
        world
    }

    fn destination(&self, writer: usize) -> FileDestination {
        let header = if self.settings.header {
            "h,e,a,d\n"
        } else {
            ""
        };
        let options = FileOptions::new(&self.log)
            .max_size(self.settings.max_size)
            .rotate_every(self.settings.hourly.then_some(RotateEvery::Hourly))
            .header(header)
            .buffer_size(self.settings.buffers[writer])
            .flush_interval(Duration::from_hours(1));
        let through = self.settings.buffers[writer].is_none();
        FileDestination::new(if through {
            options.buffer_size(0)
        } else {
            options
        })
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Deliver(writer, count, length, level) => {
                for _ in 0..count {
                    self.deliver(writer, length, level);
                }
                if level == Level::Error || self.settings.buffers[writer].is_none() {
                    // Accepted, and so there at once, with all before it.
                    self.check_order(writer, &lines(&self.log));
                }
            }
            Step::Batch(writer, ref lines) => self.deliver_batch(writer, lines),
            Step::Flush(writer) => self.destinations[writer].flush().unwrap(),
            Step::Reopen(writer) => self.destinations[writer].reopen().unwrap(),
            Step::Retire(writer) => self.destinations[writer].retire().unwrap(),
            Step::Restart(writer) => self.destinations[writer] = self.destination(writer),
            Step::Move => self.rename_all(),
            Step::Remove => {
                let log = self.log.clone();
                self.forget(&[log]);
                let _ = fs::remove_file(&self.log);
                self.pass_a_second();
            }
            Step::RemoveAll => {
                let directory = self.log.parent().unwrap().to_owned();
                if directory.exists() {
                    self.forget(&files(&self.log));
                    fs::remove_dir_all(directory).unwrap();
                }
                self.pass_a_second();
            }
            Step::Truncate => {
                let log = self.log.clone();
                self.forget(&[log]);
                if let Ok(file) = fs::File::options().write(true).open(&self.log) {
                    file.set_len(0).unwrap();
                }
            }
            Step::Clock(milliseconds) => self.clock += milliseconds * SECOND / 1000,
        }
    }

    fn deliver(&mut self, writer: usize, length: usize, level: Level) {
        let line = format!("{writer} {} {}", self.count, "x".repeat(length));
        self.count += 1;
        self.latest = self.latest.max(self.clock);
        let meta = LineMeta::new(level, self.clock);
        let bytes = format!("{line}\n");
        self.destinations[writer]
            .deliver(bytes.as_bytes(), &meta)
            .unwrap();
        self.expected[writer].push(line);
    }

    fn deliver_batch(&mut self, writer: usize, batch: &[(usize, Level, i64)]) {
        let mut lines_of_batch = BatchBuf::default();
        for &(length, level, milliseconds) in batch {
            self.clock += milliseconds * SECOND / 1000;
            self.latest = self.latest.max(self.clock);
            let line = format!("{writer} {} {}", self.count, "x".repeat(length));
            self.count += 1;
            let meta = LineMeta::new(level, self.clock);
            assert!(lines_of_batch.push(format!("{line}\n").as_bytes(), &meta));
            self.expected[writer].push(line);
        }
        let before = self.destinations[writer].stats().snapshot();
        self.destinations[writer]
            .deliver_batch(&lines_of_batch.as_batch())
            .unwrap();
        let after = self.destinations[writer].stats().snapshot();
        for level in [Level::Info, Level::Error] {
            let of_level = batch.iter().filter(|line| line.1 == level).count() as u64;
            let at = level.index();
            assert_eq!(after.by_level[at] - before.by_level[at], of_level);
        }
        let bytes = lines_of_batch.bytes_len() as u64;
        assert_eq!(after.bytes - before.bytes, bytes);
        let through = self.settings.buffers[writer].is_none();
        if !batch.is_empty() && (through || batch.iter().any(|line| line.1 == Level::Error)) {
            // What is behind the last error may rest; the errors are there.
            let last = batch
                .iter()
                .rposition(|line| through || line.1 == Level::Error);
            let resting = batch.len() - 1 - last.unwrap_or(0);
            let found = lines(&self.log);
            let prefix = format!("{writer} ");
            let own = found
                .iter()
                .filter(|line| line.starts_with(&prefix))
                .count();
            assert!(own + resting >= self.expected[writer].len());
        }
    }

    /// What is written to a removed file before a second has passed is lost, so nothing is; after
    /// it each writer notices with its first line.
    fn pass_a_second(&mut self) {
        self.clock = self.latest + SECOND;
        for writer in 0..2 {
            self.deliver(writer, 10, Level::Info);
            self.destinations[writer].flush().unwrap();
        }
    }

    fn rename_all(&self) {
        for path in files(&self.log).iter().filter(|path| **path != self.log) {
            let number: usize = path.extension().unwrap().to_str().unwrap().parse().unwrap();
            let next = self.log.with_extension(format!("log.{}", number + 1));
            fs::rename(path, next).unwrap();
        }
        let _ = fs::rename(&self.log, self.log.with_extension("log.1"));
    }

    /// The lines that stand in these files are about to be removed.
    fn forget(&mut self, paths: &[PathBuf]) {
        for path in paths {
            let text = fs::read_to_string(path).unwrap_or_default();
            for line in text.lines().filter(|line| *line != HEADER) {
                let writer: usize = line[..1].parse().unwrap();
                self.expected[writer].retain(|expected| expected != line);
            }
        }
    }

    fn check(mut self) {
        for destination in self.destinations.drain(..) {
            assert_eq!(destination.stats().snapshot().errors, 0);
        }
        if !self.log.parent().unwrap().exists() {
            assert!(self.expected.iter().all(Vec::is_empty));
            return;
        }
        let found = lines(&self.log);
        (0..2).for_each(|writer| self.check_order(writer, &found));
        let headers = found.iter().filter(|line| *line == HEADER).count();
        let all: usize = self.expected.iter().map(Vec::len).sum();
        assert_eq!(found.len(), all + headers);
        self.check_sizes();
    }

    fn check_order(&self, writer: usize, found: &[String]) {
        let prefix = format!("{writer} ");
        let own = found.iter().filter(|line| line.starts_with(&prefix));
        assert!(
            own.eq(&self.expected[writer]),
            "writer {writer}: {found:.40?}"
        );
    }

    fn check_sizes(&self) {
        for path in files(&self.log) {
            let text = fs::read_to_string(&path).unwrap();
            let headers = text.lines().filter(|line| *line == HEADER).count();
            assert!(headers <= 1, "{}", path.display());
            let longest = text.lines().map(str::len).max().unwrap_or(0) as u64;
            let limit = self.settings.max_size.unwrap_or(u64::MAX).max(longest);
            assert!(text.len() as u64 <= limit.saturating_add(2 * 64 * 1024));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_history_leaves_what_the_model_says(
        settings in settings(),
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let dir = TestDir::new();
        let mut world = World::new(settings, dir.path());
        for step in &steps {
            world.take(step);
        }
        world.check();
    }
}
