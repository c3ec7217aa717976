//! A writer on a file system of its own: a child of the test, which says what is safe.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::{child, killed};

/// Runs a program to its end.
pub(crate) fn run(program: &str, arguments: &[&str]) -> Result<(), String> {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(format!("{program} {}: {said}", arguments.join(" ")))
}

/// A writer, and what it says.
pub(crate) struct Writer {
    child: Child,
    said: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
}

impl Writer {
    pub(crate) fn start(test: &str, role: &str, place: &Path) -> Writer {
        let mut child = child::child(test, role, place)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut pipe = child.stdout.take().unwrap();
        let said = Arc::<Mutex<Vec<u8>>>::default();
        let heard = Arc::clone(&said);
        let reader = thread::spawn(move || {
            let mut part = [0; 512];
            while let Ok(length @ 1..) = pipe.read(&mut part) {
                heard.lock().unwrap().extend_from_slice(&part[..length]);
            }
        });
        let writer = Writer {
            child,
            said,
            reader,
        };
        writer.wait_until_it_says_more(|| false);
        writer
    }

    /// Waits until another record is safe, or never will be.
    pub(crate) fn wait_until_it_says_more(&self, is_hopeless: impl Fn() -> bool) {
        let records = || {
            let said = self.said.lock().unwrap();
            said.split(|byte| *byte == b'@').count()
        };
        let before = records();
        while records() == before && !is_hopeless() {
            assert!(!self.reader.is_finished(), "the writer ended by itself");
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Stops all its threads: one that says something while the power goes would say too much.
    pub(crate) fn stop(&self) {
        let pid = self.child.id();
        run("kill", &["-STOP", &pid.to_string()]).unwrap();
        let stands = |task: fs::DirEntry| {
            let stat = fs::read_to_string(task.path().join("stat")).unwrap_or_default();
            let (_, state) = stat.rsplit_once(')').unwrap_or_default();
            state.trim_start().starts_with('T')
        };
        while !fs::read_dir(format!("/proc/{pid}/task"))
            .unwrap()
            .all(|task| stands(task.unwrap()))
        {
            thread::yield_now();
        }
    }

    /// Kills it; of how many records of each thread it said that they are safe.
    pub(crate) fn kill(mut self) -> BTreeMap<u64, u64> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.reader.join().unwrap();
        let last = killed::last_said(&self.said.lock().unwrap());
        last.into_iter()
            .map(|(thread, n)| (thread, n + 1))
            .collect()
    }
}
