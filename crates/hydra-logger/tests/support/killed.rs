//! Writers that are killed, or lose their disk, and what they had said until then.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::thread;

use hydra_logger::AsyncLogger;

const THREADS: u64 = 3;

/// In a child: logs messages of so many bytes from several threads until it is killed, and says of each
/// record that its call has returned, if it is safe, through the pipe that is its standard output.
pub(crate) fn log_and_say(
    logger: &AsyncLogger,
    length: usize,
    is_safe: impl Fn() -> bool + Sync,
) -> bool {
    let is_safe = &is_safe;
    thread::scope(|scope| {
        for thread in 0..THREADS {
            scope.spawn(move || {
                // The harness prints as well, and its lock is not ours.
                let pipe = std::fs::OpenOptions::new()
                    .write(true)
                    .open("/proc/self/fd/1");
                let mut pipe = pipe.unwrap();
                for n in 0_u64.. {
                    logger.info("APP", format_args!("{thread} {n:<length$}"));
                    if is_safe() {
                        pipe.write_all(format!("@ {thread} {n}\n").as_bytes())
                            .unwrap();
                    }
                }
            });
        }
    });
    true
}

/// The last record of each thread that a child has said.
pub(crate) fn last_said(said: &[u8]) -> BTreeMap<u64, u64> {
    let end = said.iter().rposition(|byte| *byte == b'\n').unwrap();
    let mut last = BTreeMap::new();
    for line in String::from_utf8_lossy(&said[..end]).lines() {
        let words: Vec<&str> = line.split(' ').collect();
        if let ["@", thread, n] = words[..] {
            last.insert(thread.parse().unwrap(), n.parse().unwrap());
        }
    }
    last
}
