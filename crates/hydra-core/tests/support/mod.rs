//! What the file tests share: a directory of their own, records, and other processes.
#![allow(dead_code, unreachable_pub)] // each test file uses its part

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use hydra_core::destination::BatchBuf;
use hydra_core::{Destination, Level, LineMeta};

pub const SECOND: i64 = 1_000_000_000;
/// 2026-03-10T12:00:00Z, at which the records of most tests are made.
pub const NOON: i64 = 1_773_144_000 * SECOND;

/// A directory that is removed with everything in it.
pub struct TestDir(PathBuf);

impl TestDir {
    pub fn new() -> TestDir {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Relaxed);
        let name = format!("hydra-test-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        TestDir(path)
    }

    pub fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TestDir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub fn info(unix_ns: i64) -> LineMeta {
    LineMeta::new(Level::Info, unix_ns)
}

pub fn error(unix_ns: i64) -> LineMeta {
    LineMeta::new(Level::Error, unix_ns)
}

/// The time now, for tests that need the real one.
pub fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.unwrap().as_nanos() as i64
}

pub fn put(file: &impl Destination, line: &str, unix_ns: i64) {
    file.deliver(format!("{line}\n").as_bytes(), &info(unix_ns))
        .unwrap();
}

/// Lines of the same level, each with its time.
pub fn batch(lines: &[(&str, i64)]) -> BatchBuf {
    let mut batch = BatchBuf::default();
    for (line, unix_ns) in lines {
        assert!(batch.push(format!("{line}\n").as_bytes(), &info(*unix_ns)));
    }
    batch
}

pub fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The log and its backups, the oldest first, uncompressed.
pub fn files(log: &Path) -> Vec<PathBuf> {
    let name = log.file_name().unwrap().to_str().unwrap();
    let Ok(entries) = fs::read_dir(log.parent().unwrap()) else {
        return Vec::new();
    };
    let mut found: Vec<(usize, PathBuf)> = entries
        .filter_map(|entry| {
            let path = entry.unwrap().path();
            let rest = path.file_name()?.to_str()?.strip_prefix(name)?.to_owned();
            match rest.strip_suffix(".gz").unwrap_or(&rest) {
                "" => Some((0, path)),
                number => Some((number.strip_prefix('.')?.parse().ok()?, path)),
            }
        })
        .collect();
    found.sort();
    found.into_iter().rev().map(|(_, path)| path).collect()
}

/// The contents of a file, which may be compressed.
pub fn contents(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).unwrap();
    if path.extension().is_none_or(|extension| extension != "gz") {
        return bytes;
    }
    let mut plain = Vec::new();
    let mut gzip = Command::new("gzip");
    gzip.arg("-dc")
        .arg(path)
        .stdout(std::process::Stdio::piped());
    let mut child = gzip.spawn().unwrap();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_end(&mut plain)
        .unwrap();
    assert!(child.wait().unwrap().success(), "{}", path.display());
    plain
}

/// Every line of the log and its backups, the oldest first. Fails on half a line at a file's end.
pub fn lines(log: &Path) -> Vec<String> {
    let mut all = Vec::new();
    for path in files(log) {
        let text = String::from_utf8(contents(&path)).unwrap();
        assert!(
            text.is_empty() || text.ends_with('\n'),
            "{} ends in half a line",
            path.display()
        );
        all.extend(text.lines().map(str::to_owned));
    }
    all
}

/// Which part this process plays: set in those that [`spawn`] started.
pub fn role() -> Option<String> {
    std::env::var("HYDRA_TEST_ROLE").ok()
}

/// The directory that the test shares with the processes it started.
pub fn shared_dir() -> PathBuf {
    PathBuf::from(std::env::var("HYDRA_TEST_DIR").unwrap())
}

/// Starts this test program again; there it runs `test`, which finds `role` in [`role`].
pub fn spawn(test: &str, role: &str, dir: &Path) -> Child {
    command(test, role, dir).spawn().unwrap()
}

pub fn run(test: &str, role: &str, dir: &Path) -> ExitStatus {
    command(test, role, dir).status().unwrap()
}

pub fn command(test: &str, role: &str, dir: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([
            test,
            "--exact",
            "--test-threads=1",
            "--nocapture",
            "--quiet",
        ])
        .env("HYDRA_TEST_ROLE", role)
        .env("HYDRA_TEST_DIR", dir)
        .stdout(std::process::Stdio::null());
    command
}
