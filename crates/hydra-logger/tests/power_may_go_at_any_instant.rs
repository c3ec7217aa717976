//! With `durability: power` nothing is lost when the power goes: a writer on a file system of its own,
//! ext4 and XFS, is stopped at a random instant, and the file system is shut down under it, so that what
//! was not synced is gone. What the writer had said through a pipe is in the files after the next start.
//!
//! Cuts: 10 for each file system, or as many as HYDRA_POWER_CUTS says. Needs root, loop devices and
//! xfs_io (Debian: xfsprogs); without them it says that it skips, but in CI.

#![cfg(all(feature = "spool", feature = "config-files", target_os = "linux"))]

#[path = "support/child.rs"]
mod child;
#[path = "support/killed.rs"]
mod killed;
#[path = "support/random.rs"]
mod random;
#[path = "support/writer.rs"]
mod writer;

use std::collections::BTreeMap;
use std::fs;
use std::ops::Deref as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use hydra_logger::config::Durability;
use hydra_logger::{AsyncLogger, EngineOptions, Logger};
use random::Random;
use writer::{Writer, run};

fn cuts() -> u64 {
    let cuts = std::env::var("HYDRA_POWER_CUTS").ok();
    cuts.and_then(|cuts| cuts.parse().ok()).unwrap_or(10)
}

/// A file system in a file.
struct Disk {
    image: PathBuf,
    mounted: PathBuf,
}

impl Disk {
    fn make(kind: &str, directory: &Path) -> Result<Disk, String> {
        let disk = Disk {
            image: directory.join("disk"),
            mounted: directory.join("mounted"),
        };
        // The least that XFS takes; only what is written takes room.
        let file = fs::File::create(&disk.image).map_err(|error| error.to_string())?;
        file.set_len(320 << 20).map_err(|error| error.to_string())?;
        fs::create_dir(&disk.mounted).map_err(|error| error.to_string())?;
        run(
            &format!("mkfs.{kind}"),
            &["-q", &disk.image.to_string_lossy()],
        )?;
        disk.mount()?;
        Ok(disk)
    }

    fn mount(&self) -> Result<(), String> {
        let (image, mounted) = (self.image.to_string_lossy(), self.mounted.to_string_lossy());
        run("mount", &["-o", "loop", &image, &mounted])
    }

    /// Nothing reaches the disk from here on, and nothing that has not yet will.
    fn cut(&self) {
        run(
            "xfs_io",
            &["-x", "-c", "shutdown", &self.mounted.to_string_lossy()],
        )
        .unwrap();
    }

    fn mount_again(&self) {
        run("umount", &[&self.mounted.to_string_lossy()]).unwrap();
        self.mount().unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = run("umount", &["-l", &self.mounted.to_string_lossy()]);
    }
}

/// A file system to be shut down, if this machine lets us.
fn disk(kind: &str, directory: &Path) -> Option<Disk> {
    let made = run("xfs_io", &["-V"]).and_then(|()| Disk::make(kind, directory));
    match made {
        Ok(disk) => Some(disk),
        Err(why) => {
            assert!(std::env::var_os("CI").is_none(), "{why}");
            eprintln!("skipped, as it needs root, loop devices and xfs_io: {why}");
            None
        }
    }
}

fn logger(place: &Path, role: &str) -> AsyncLogger {
    let logger = Logger::builder()
        .file(place.join("app.log"), |file| match role {
            "rotates" => file.max_size(40 << 10).backup_count(10_000).compress(true),
            _ => file.unlimited_size(),
        })
        .durability(match role {
            "syncs nothing" => Durability::Process,
            _ => Durability::Power,
        })
        .state_dir(place.join("state"))
        .build()
        .unwrap();
    logger.into_async(EngineOptions::default())
}

/// What a child does, in the test of this name; false in the parent.
fn is_child() -> bool {
    let Some((role, place)) = child::task() else {
        return false;
    };
    let logger = logger(&place, &role);
    killed::log_and_say(&logger, 0, || true)
}

/// The text of all files, the oldest first.
fn text(place: &Path) -> String {
    let mut files = Vec::new();
    for entry in fs::read_dir(place).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some(rest) = name.strip_prefix("app.log") else {
            continue;
        };
        let number = rest.trim_start_matches('.').trim_end_matches(".gz");
        let number: u64 = number.parse().unwrap_or(0);
        files.push((number, place.join(&name)));
    }
    files.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
    let mut all = String::new();
    for (_, path) in files {
        let bytes = if path.extension().is_some_and(|ending| ending == "gz") {
            let unpacked = Command::new("gzip").arg("-dc").arg(&path).output().unwrap();
            assert!(unpacked.status.success(), "{unpacked:?}");
            unpacked.stdout
        } else {
            fs::read(&path).unwrap()
        };
        let text = String::from_utf8(bytes).unwrap();
        assert!(
            text.is_empty() || text.ends_with('\n'),
            "torn: {}",
            path.display()
        );
        all.push_str(&text);
    }
    all
}

/// How many records of each thread are there. Each line is whole, and stands behind those before it;
/// it may come again, with those behind it.
fn found(place: &Path) -> BTreeMap<u64, u64> {
    let mut next: BTreeMap<u64, u64> = BTreeMap::new();
    for line in text(place).lines() {
        let message = line.split_once("INFO - ").map(|(_, message)| message);
        let words = message.and_then(|message| message.split_once(' '));
        let (thread, n) = words.unwrap_or_else(|| panic!("torn: {line:?}"));
        let (thread, n): (u64, u64) = (thread.parse().unwrap(), n.parse().unwrap());
        let next = next.entry(thread).or_default();
        assert!(n <= *next, "{thread} {n} comes after {next} lines");
        *next = (*next).max(n + 1);
    }
    next
}

/// Cuts the power of a writer; how many records of which it had said that they are safe are gone.
fn lost_in_a_cut(test: &str, role: &str, disk: &Disk, random: &mut Random) -> u64 {
    let place = disk.mounted.join("place");
    let _ = fs::remove_dir_all(&place);
    fs::create_dir(&place).unwrap();
    run("sync", &["-f", &place.to_string_lossy()]).unwrap();
    let writer = Writer::start(test, role, &place);
    thread::sleep(Duration::from_micros(random.below(400_000)));
    writer.stop();
    disk.cut();
    let safe = writer.kill();
    disk.mount_again();
    // What its spool holds is delivered by the next start.
    logger(&place, role).deref().close().unwrap();
    let found = found(&place);
    let lost = |(thread, safe): (&u64, &u64)| safe - safe.min(found.get(thread).unwrap_or(&0));
    safe.iter().map(lost).sum()
}

fn power_goes(test: &str, kind: &str) {
    if is_child() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let Some(disk) = disk(kind, directory.path()) else {
        return;
    };
    let mut random = Random(7);
    for cut in 0..cuts() {
        let role = ["writes", "rotates"][cut as usize % 2];
        let lost = lost_in_a_cut(test, role, &disk, &mut random);
        assert_eq!(lost, 0, "cut {cut}, a writer that {role}");
    }
}

#[test]
fn nothing_is_lost_on_ext4() {
    power_goes("nothing_is_lost_on_ext4", "ext4");
}

#[test]
fn nothing_is_lost_on_xfs() {
    power_goes("nothing_is_lost_on_xfs", "xfs");
}

#[test]
fn this_test_notices_what_is_not_synced() {
    const TEST: &str = "this_test_notices_what_is_not_synced";
    if is_child() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let Some(disk) = disk("ext4", directory.path()) else {
        return;
    };
    assert!(lost_in_a_cut(TEST, "syncs nothing", &disk, &mut Random(7)) > 0);
}
