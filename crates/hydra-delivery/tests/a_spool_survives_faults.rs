//! The spool where things go wrong: killed processes, full disks, syncs that fail, damaged files.

#![cfg(target_os = "linux")]

use std::io::{BufRead, BufReader};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::{env, fs, io};

use hydra_core::destination::BatchBuf;
use hydra_core::{Level, LineMeta};
use hydra_delivery::spool::{Place, Spool, SpoolOptions};

const NAME: &str = "file app.log";

fn open(directory: &Path) -> Place {
    Spool::open(directory, SpoolOptions::default())
        .unwrap()
        .place(NAME, false)
}

fn numbered(numbers: impl IntoIterator<Item = u64>) -> BatchBuf {
    let mut lines = BatchBuf::default();
    let meta = LineMeta::new(Level::Info, 0);
    for number in numbers {
        assert!(lines.push(format!("{number:0100}\n").as_bytes(), &meta));
    }
    lines
}

fn take_all(place: &Place) -> Vec<u64> {
    let mut all = Vec::new();
    while let Some(taken) = place.take(1 << 20).unwrap() {
        let numbers = taken.batch().iter().map(|(line, _)| {
            String::from_utf8(line.to_vec())
                .unwrap()
                .trim()
                .parse::<u64>()
                .unwrap()
        });
        all.extend(numbers);
        let count = taken.batch().len();
        place.settle(taken, count);
    }
    all
}

/// The test of this name as a process of its own, which does its part there.
fn run_as(test: &str, part: &str, directory: &Path) -> Child {
    Command::new(env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env("SPOOL_TEST_PART", part)
        .env("SPOOL_TEST_DIRECTORY", directory)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn part() -> Option<(String, std::path::PathBuf)> {
    let part = env::var("SPOOL_TEST_PART").ok()?;
    Some((part, env::var_os("SPOOL_TEST_DIRECTORY").unwrap().into()))
}

/// A generator of numbers that is the same at each run.
fn random(seed: &mut u64) -> u64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed
}

#[test]
fn what_a_killed_process_was_told_is_kept_is_there() {
    if let Some((_, directory)) = part() {
        let place = open(&directory);
        let mut next = 0;
        let mut seed = u64::from(std::process::id()) | 1;
        loop {
            let count = random(&mut seed) % 300 + 1;
            place
                .append(&numbered(next..next + count).as_batch())
                .unwrap();
            next += count;
            println!("\nkept {next}");
            if random(&mut seed).is_multiple_of(4) {
                let taken = place.take(4096).unwrap().unwrap();
                let (first, _) = taken.batch().get(0).unwrap();
                let first: u64 = std::str::from_utf8(first).unwrap().trim().parse().unwrap();
                println!("\ndelivered {}", first + taken.batch().len() as u64);
                let count = taken.batch().len();
                place.settle(taken, count);
            }
        }
    }
    let rounds = env::var("HYDRA_TEST_KILLS").map_or(20, |text| text.parse().unwrap());
    let mut seed = 0x2545_F491_4F6C_DD1D;
    for round in 0..rounds {
        let directory = tempfile::tempdir().unwrap();
        let mut child = run_as(
            "what_a_killed_process_was_told_is_kept_is_there",
            "write",
            directory.path(),
        );
        let mut output = BufReader::new(child.stdout.take().unwrap());
        // Some lines in, so that the kill falls anywhere in a commit; not by a clock.
        let until = random(&mut seed) % 60 + 1;
        let (mut kept, mut delivered, mut lines) = (0, 0, 0);
        let mut line = String::new();
        while output.read_line(&mut line).unwrap() > 0 {
            if let Some(number) = line.strip_prefix("kept ") {
                kept = number.trim().parse().unwrap();
            } else if let Some(number) = line.strip_prefix("delivered ") {
                delivered = number.trim().parse().unwrap();
            }
            line.clear();
            lines += 1;
            if lines == until {
                for _ in 0..random(&mut seed) % 20_000 {
                    std::hint::spin_loop();
                }
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        let place = open(directory.path());
        let found = take_all(&place);
        // What it had in hand may come again; nothing that was acknowledged is missing.
        let first = found.first().copied().unwrap_or(kept);
        assert!(
            first <= delivered,
            "round {round}: {first} but {delivered} were delivered"
        );
        let whole: Vec<u64> = (first..first + found.len() as u64).collect();
        assert!(found == whole, "round {round}: out of order");
        assert!(
            first + found.len() as u64 >= kept,
            "round {round}: {kept} acknowledged"
        );
        assert_eq!(place.spool().counts().damaged, 0, "round {round}");
    }
}

#[test]
fn the_file_of_a_living_process_is_left_alone_and_a_forked_child_does_not_hold_it() {
    if let Some((_, directory)) = part() {
        let place = open(&directory);
        place.append(&numbered(0..10).as_batch()).unwrap();
        // SAFETY: the child only sleeps, until its parent's parent ends it.
        let child = unsafe { libc::fork() };
        if child == 0 {
            loop {
                // SAFETY: no conditions.
                unsafe { libc::pause() };
            }
        }
        println!("\nchild {child}");
        loop {
            std::thread::park();
        }
    }
    let directory = tempfile::tempdir().unwrap();
    let name = "the_file_of_a_living_process_is_left_alone_and_a_forked_child_does_not_hold_it";
    let mut owner = run_as(name, "own", directory.path());
    let output = BufReader::new(owner.stdout.take().unwrap());
    let forked = output
        .lines()
        .find_map(|line| line.unwrap().strip_prefix("child ").map(str::to_owned));
    let forked: libc::pid_t = forked.unwrap().parse().unwrap();
    let while_it_lives = open(directory.path()).adopted();
    owner.kill().unwrap();
    owner.wait().unwrap();
    let place = open(directory.path());
    // SAFETY: its number was given by its parent, and nobody has waited for it.
    unsafe { libc::kill(forked, libc::SIGKILL) };
    assert_eq!(while_it_lives, 0);
    assert_eq!(take_all(&place), (0..10).collect::<Vec<_>>());
}

#[test]
fn a_forked_child_has_a_file_of_its_own() {
    if let Some((_, directory)) = part() {
        let place = open(&directory);
        place.append(&numbered(0..10).as_batch()).unwrap();
        // SAFETY: one thread forks, and all locks of the spool are held over it.
        let child = unsafe { libc::fork() };
        if child == 0 {
            assert_eq!(place.kept(), 0);
            place.append(&numbered(100..110).as_batch()).unwrap();
            std::process::abort();
        }
        let mut status = 0;
        // SAFETY: `status` is a place for one number.
        unsafe { libc::waitpid(child, &raw mut status, 0) };
        place.append(&numbered(10..20).as_batch()).unwrap();
        assert_eq!(place.kept(), 20);
        std::process::abort();
    }
    let directory = tempfile::tempdir().unwrap();
    let mut parent = run_as(
        "a_forked_child_has_a_file_of_its_own",
        "fork",
        directory.path(),
    );
    parent.wait().unwrap();
    let mut found = take_all(&open(directory.path()));
    found.sort_unstable();
    assert_eq!(found, (0..20).chain(100..110).collect::<Vec<_>>());
}

/// The descriptor that this process has of a path.
fn descriptor_of(path: &Path) -> libc::c_int {
    let fds = fs::read_dir("/proc/self/fd").unwrap().flatten();
    let mut fds = fds.filter(|fd| fs::read_link(fd.path()).is_ok_and(|target| target == path));
    let fd = fds.next().expect("it is open").file_name();
    fd.to_str().unwrap().parse().unwrap()
}

/// Puts another file behind a descriptor; gives the one before.
fn exchange(fd: libc::c_int, other: &impl AsRawFd) -> OwnedFd {
    // SAFETY: both are open descriptors; the copy is nobody else's.
    unsafe {
        let before = OwnedFd::from_raw_fd(libc::dup(fd));
        assert_eq!(libc::dup2(other.as_raw_fd(), fd), fd);
        before
    }
}

fn log_in(directory: &Path) -> std::path::PathBuf {
    let names = fs::read_dir(directory)
        .unwrap()
        .flatten()
        .map(|entry| entry.path());
    let mut logs: Vec<_> = names
        .filter(|path| path.to_str().unwrap().ends_with("-wal"))
        .collect();
    logs.sort();
    logs.pop().unwrap()
}

#[test]
fn a_failed_sync_is_never_tried_again_and_what_it_was_for_goes_to_a_new_file() {
    let directory = tempfile::tempdir().unwrap();
    let real = directory.path().canonicalize().unwrap();
    let place = open(&real);
    place.append(&numbered(0..10).as_batch()).unwrap();
    // It takes what is written, and cannot be synced.
    let null = fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/null")
        .unwrap();
    let log = descriptor_of(&log_in(&real));
    let before = exchange(log, &null);
    place.append(&numbered(10..20).as_batch()).unwrap();
    let counts = place.spool().counts();
    assert_eq!((counts.poisoned, counts.files, counts.lines), (1, 2, 20));
    // The disk says that all is well again.
    drop(exchange(log, &before));
    place.append(&numbered(20..30).as_batch()).unwrap();
    assert_eq!(place.spool().counts().files, 2);
    assert_eq!(take_all(&place), (0..30).collect::<Vec<_>>());
    assert_eq!(place.spool().counts().files, 1, "the poisoned one is gone");
}

#[test]
fn a_full_disk_refuses_and_takes_again_when_there_is_room() {
    let directory = tempfile::tempdir().unwrap();
    let path = std::ffi::CString::new(directory.path().to_str().unwrap()).unwrap();
    // SAFETY: all are strings that end with a zero.
    let mounted = unsafe {
        let (kind, size) = (c"tmpfs".as_ptr(), c"size=1m".as_ptr().cast());
        libc::mount(kind, path.as_ptr(), kind, 0, size) == 0
    };
    if !mounted {
        let error = io::Error::last_os_error();
        assert!(
            env::var_os("CI").is_none(),
            "mounting a file system: {error}"
        );
        eprintln!("skipped: it needs the right to mount a file system ({error})");
        return;
    }
    let place = open(directory.path());
    let mut kept = 0;
    let error = loop {
        match place.append(&numbered(kept..kept + 100).as_batch()) {
            Ok(()) => kept += 100,
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    assert!(kept > 500 && place.kept() == kept, "{kept}");
    let (counts, found) = (place.spool().counts(), take_all(&place));
    let again = (0..5).all(|_| {
        let taken = place.append(&numbered(0..100).as_batch()).is_ok();
        taken && take_all(&place) == (0..100).collect::<Vec<_>>()
    });
    drop(place);
    // SAFETY: a string that ends with a zero.
    unsafe { libc::umount(path.as_ptr()) };
    assert_eq!(counts.poisoned, 0);
    assert_eq!(found, (0..kept).collect::<Vec<_>>());
    assert!(again, "there was no room again");
}

#[test]
fn a_directory_that_is_none_is_named() {
    let error = Spool::open(Path::new("/proc/version"), SpoolOptions::default()).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotADirectory);
    assert!(
        error.to_string().starts_with("no spool in /proc/version: "),
        "{error}"
    );
}

/// A spool as a killed process leaves it: `checkpointed` says whether its log is empty.
fn left_behind(directory: &Path, checkpointed: bool) -> u64 {
    let place = open(directory);
    let mut next = 0;
    for count in [1, 60, 7, 200, 30, 90] {
        place
            .append(&numbered(next..next + count).as_batch())
            .unwrap();
        next += count;
    }
    drop(place);
    if checkpointed {
        let log = log_in(directory);
        let path = log
            .to_str()
            .unwrap()
            .strip_suffix("-wal")
            .unwrap()
            .to_owned();
        let connection = rusqlite::Connection::open(path).unwrap();
        connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .unwrap();
    }
    next
}

#[test]
fn damage_anywhere_costs_what_it_touches_and_is_counted() {
    let trials = env::var("HYDRA_TEST_DAMAGES").map_or(100, |text| text.parse().unwrap());
    for checkpointed in [false, true] {
        let origin = tempfile::tempdir().unwrap();
        let total = left_behind(origin.path(), checkpointed);
        let files: Vec<_> = fs::read_dir(origin.path())
            .unwrap()
            .flatten()
            .map(|entry| entry.path())
            .collect();
        let files: Vec<_> = files
            .into_iter()
            .filter(|path| fs::metadata(path).unwrap().len() > 0)
            .map(|path| {
                (
                    path.file_name().unwrap().to_owned(),
                    fs::read(&path).unwrap(),
                )
            })
            .collect();
        let bytes: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
        let mut seed = 0x9E37_79B9_7F4A_7C15;
        for trial in 0..trials {
            let directory = tempfile::tempdir().unwrap();
            let mut at = random(&mut seed) as usize % bytes;
            let cuts = trial % 10 == 9;
            let flip = (random(&mut seed) % 255 + 1) as u8;
            for (name, bytes) in &files {
                let mut bytes = bytes.clone();
                if at < bytes.len() {
                    if cuts {
                        bytes.truncate(at);
                    } else {
                        bytes[at] ^= flip;
                    }
                }
                at = at.checked_sub(bytes.len()).unwrap_or(usize::MAX);
                fs::write(directory.path().join(name), &bytes).unwrap();
            }
            let place = open(directory.path());
            let found = take_all(&place);
            let what = format!(
                "checkpointed {checkpointed}, trial {trial}, {} found",
                found.len()
            );
            assert!(
                found.is_sorted() && found.iter().all(|number| *number < total),
                "{what}"
            );
            assert!(
                found.windows(2).all(|pair| pair[0] < pair[1]),
                "{what}: one came twice"
            );
            if !cuts {
                // A line, or where the head of a row that nothing else names is hit, the row.
                assert!(found.len() as u64 + 160 >= total, "{what} of {total}");
                let counts = place.spool().counts();
                let is_told = fs::read_dir(directory.path())
                    .unwrap()
                    .flatten()
                    .any(|entry| entry.file_name().to_str().unwrap().ends_with(".damaged"));
                let all = found.len() as u64 == total;
                assert!(
                    all || counts.damaged > 0 || is_told,
                    "{what}: the loss is not told"
                );
            }
        }
    }
}
