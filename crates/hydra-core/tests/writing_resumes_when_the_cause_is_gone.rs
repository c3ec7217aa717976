//! Faults of the file system: full, read-only, forbidden, in the way. Each line is written or
//! refused, what was accepted stays, and writing resumes by itself.
//!
//! The first two need file systems of their own, mounted where no other process sees them, which
//! takes root; elsewhere they say so and pass.

#![cfg(target_os = "linux")]

mod support;

use std::ffi::CString;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use hydra_core::Destination;
use hydra_core::destination::file::{FileDestination, FileOptions};
use support::{NOON, SECOND, TestDir, info, lines, put, read, role, run, shared_dir};

const SKIPPED: &str = "skipped, as only root may mount file systems";

fn c(path: &Path) -> CString {
    CString::new(path.to_str().unwrap()).unwrap()
}

/// Makes the mounts of this process its own; they go when it ends.
fn own_mounts() -> bool {
    // SAFETY: plain system calls with C strings.
    unsafe {
        libc::unshare(libc::CLONE_NEWNS) == 0
            && libc::mount(
                c"none".as_ptr(),
                c"/".as_ptr(),
                std::ptr::null(),
                libc::MS_REC | libc::MS_PRIVATE,
                std::ptr::null(),
            ) == 0
    }
}

fn mount(kind: &str, at: &Path, flags: libc::c_ulong, options: &str) {
    let (kind, options) = (CString::new(kind).unwrap(), CString::new(options).unwrap());
    let at = c(at);
    // SAFETY: a plain system call with C strings.
    let mounted = unsafe {
        libc::mount(
            at.as_ptr(),
            at.as_ptr(),
            kind.as_ptr(),
            flags,
            options.as_ptr().cast(),
        )
    };
    assert_eq!(mounted, 0, "{}", std::io::Error::last_os_error());
}

/// Runs `body` in a process with mounts of its own, or says that it cannot.
fn with_own_mounts(test: &str, body: impl FnOnce(&Path)) {
    if role().is_none() {
        let dir = TestDir::new();
        assert!(run(test, "alone", dir.path()).success());
    } else if own_mounts() {
        body(&shared_dir());
    } else {
        eprintln!("{test}: {SKIPPED}");
    }
}

#[test]
fn a_full_disk_refuses_lines_whole_and_takes_them_again_when_there_is_room() {
    let test = "a_full_disk_refuses_lines_whole_and_takes_them_again_when_there_is_room";
    with_own_mounts(test, |dir| {
        mount("tmpfs", dir, 0, "size=64k");
        let path = dir.join("app.log");
        let file = FileDestination::new(FileOptions::new(&path));
        let ballast = dir.join("ballast");
        fs::write(&ballast, vec![0; 40 * 1024]).unwrap();
        let mut kept = Vec::new();
        let mut refused = 0;
        for n in 0..2_000 {
            let line = format!("line {n:05} {}", "x".repeat(n % 90));
            match file.deliver(format!("{line}\n").as_bytes(), &info(NOON)) {
                Ok(()) => kept.push(line),
                Err(_) => refused += 1,
            }
            if n == 1_000 {
                assert!(refused > 100);
                fs::remove_file(&ballast).unwrap();
            }
        }
        assert!(kept.len() > 400, "writing resumed");
        assert_eq!(lines(&path), kept);
        assert_eq!(file.stats().snapshot().records, kept.len() as u64);
    });
}

#[test]
fn a_buffer_outlives_a_full_disk() {
    with_own_mounts("a_buffer_outlives_a_full_disk", |dir| {
        mount("tmpfs", dir, 0, "size=64k");
        let path = dir.join("app.log");
        let options = FileOptions::new(&path).buffer_size(4096).max_size(1 << 20);
        let file = FileDestination::new(options);
        file.open().unwrap();
        let ballast = dir.join("ballast");
        // A file system that is full to the last byte.
        fs::write(&ballast, vec![0; 52 * 1024]).unwrap();
        let _ = fs::write(dir.join("more"), vec![0; 64 * 1024]);
        let mut kept = Vec::new();
        for n in 0..300 {
            let line = format!("line {n:05} {}", "x".repeat(80));
            if file
                .deliver(format!("{line}\n").as_bytes(), &info(NOON))
                .is_ok()
            {
                kept.push(line);
            }
        }
        assert!(kept.len() < 300, "both buffers are full");
        file.flush().unwrap_err();
        fs::remove_file(&ballast).unwrap();
        put(&file, "resumed", NOON);
        file.flush().unwrap();
        kept.push("resumed".into());
        assert_eq!(lines(&path), kept);
    });
}

#[test]
fn a_read_only_file_system_is_written_to_again_when_it_is_no_longer() {
    let test = "a_read_only_file_system_is_written_to_again_when_it_is_no_longer";
    with_own_mounts(test, |dir| {
        mount("tmpfs", dir, libc::MS_RDONLY, "size=64k");
        let path = dir.join("logs/app.log");
        for buffered in [None, Some(1000)] {
            let file = FileDestination::new(FileOptions::new(&path).buffer_size(buffered));
            let refused = file.deliver(b"one\n", &info(NOON)).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::ReadOnlyFilesystem);
            mount("tmpfs", dir, libc::MS_REMOUNT, "size=64k");
            put(&file, "two", NOON);
            drop(file);
            assert_eq!(lines(&path), ["two"]);
            fs::remove_dir_all(dir.join("logs")).unwrap();
            mount("tmpfs", dir, libc::MS_REMOUNT | libc::MS_RDONLY, "size=64k");
        }
    });
}

/// Runs `body` in a process of a user to whom permissions matter, in a directory of his own.
fn as_nobody(test: &str, body: impl FnOnce(&Path)) {
    const NOBODY: u32 = 65_534;
    if role().is_none() {
        let dir = TestDir::new();
        std::os::unix::fs::chown(dir.path(), Some(NOBODY), None).ok();
        assert!(run(test, "alone", dir.path()).success());
        return;
    }
    // SAFETY: plain system calls; only root may change who this process is, and others need not.
    unsafe {
        if libc::getuid() == 0 {
            assert_eq!(libc::setuid(NOBODY), 0);
        }
    }
    body(&shared_dir());
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_forbidden_file_is_written_to_once_it_is_allowed() {
    as_nobody("a_forbidden_file_is_written_to_once_it_is_allowed", |dir| {
        let path = dir.join("app.log");
        fs::write(&path, "").unwrap();
        set_mode(&path, 0);
        let file = FileDestination::new(FileOptions::new(&path));
        let refused = file.deliver(b"one\n", &info(NOON)).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::PermissionDenied);
        assert_eq!(file.open().unwrap_err().kind(), ErrorKind::PermissionDenied);
        set_mode(&path, 0o600);
        put(&file, "two", NOON);
        assert_eq!(read(&path), "two\n");
    });
}

#[test]
fn a_file_that_may_be_written_but_not_read_is_written() {
    as_nobody(
        "a_file_that_may_be_written_but_not_read_is_written",
        |dir| {
            let path = dir.join("app.log");
            fs::write(&path, "").unwrap();
            set_mode(&path, 0o200);
            put(&FileDestination::new(FileOptions::new(&path)), "one", NOON);
            set_mode(&path, 0o600);
            assert_eq!(read(&path), "one\n");
        },
    );
}

#[test]
fn a_file_in_a_directory_that_forbids_new_ones_grows_on_and_the_failed_rotation_is_told() {
    let test =
        "a_file_in_a_directory_that_forbids_new_ones_grows_on_and_the_failed_rotation_is_told";
    as_nobody(test, |dir| {
        let path = dir.join("app.log");
        fs::write(&path, "").unwrap();
        set_mode(dir, 0o500);
        let file = FileDestination::new(FileOptions::new(&path).max_size(100));
        for n in 0..50 {
            put(&file, &format!("line {n:04}"), NOON);
        }
        assert_eq!(lines(&path).len(), 50);
        assert!(file.stats().snapshot().errors > 0);
        set_mode(dir, 0o700);
        // The next look is a second of the records' time later.
        put(&file, "line 0050", NOON + SECOND);
        put(&file, "line 0051", NOON + SECOND);
        assert_eq!(lines(&path).len(), 52);
        assert_eq!(lines(&dir.join("app.log.1")).len(), 50);
    });
}

#[test]
fn a_moved_file_stays_in_use_while_no_new_one_can_be_made() {
    as_nobody(
        "a_moved_file_stays_in_use_while_no_new_one_can_be_made",
        |dir| {
            let path = dir.join("app.log");
            let moved = dir.join("moved.log");
            let file = FileDestination::new(FileOptions::new(&path));
            put(&file, "one", NOON);
            fs::rename(&path, &moved).unwrap();
            set_mode(dir, 0o500);
            put(&file, "two", NOON + SECOND);
            assert!(file.stats().snapshot().errors > 0);
            // Without a name, what is written to it would be lost: then lines are refused.
            set_mode(dir, 0o700);
            fs::remove_file(&moved).unwrap();
            set_mode(dir, 0o500);
            file.deliver(b"three\n", &info(NOON + 2 * SECOND))
                .unwrap_err();
            set_mode(dir, 0o700);
            put(&file, "four", NOON + 2 * SECOND);
            assert_eq!(lines(&path), ["four"]);
        },
    );
}

#[test]
fn a_directory_in_the_files_place_refuses_lines_until_it_is_gone() {
    let dir = TestDir::new();
    let path = dir.join("app.log");
    fs::create_dir(&path).unwrap();
    for buffered in [None, Some(1000)] {
        let file = FileDestination::new(FileOptions::new(&path).buffer_size(buffered));
        let refused = file.deliver(b"one\n", &info(NOON)).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::IsADirectory);
        fs::remove_dir(&path).unwrap();
        put(&file, "two", NOON);
        file.flush().unwrap();
        assert_eq!(lines(&path), ["two"]);
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
    }
}

#[test]
fn a_process_stopped_with_the_rotation_lock_in_hand_stops_nobody() {
    let dir = TestDir::new();
    let path = dir.join("app.log");
    let file = FileDestination::new(FileOptions::new(&path).max_size(100));
    put(&file, "line 0000", NOON);
    let lock = fs::File::options()
        .write(true)
        .open(dir.join(".app.log.lock"))
        .unwrap();
    lock.lock().unwrap();
    for n in 1..20_000 {
        put(&file, &format!("line {n:04}"), NOON);
    }
    // It is tried, and told, once, and again a second of the records' time later.
    assert_eq!(file.stats().snapshot().errors, 1);
    put(&file, "line", NOON + SECOND);
    assert_eq!(file.stats().snapshot().errors, 2);
    lock.unlock().unwrap();
    put(&file, "rotated", NOON + 2 * SECOND);
    assert_eq!(read(&path), "rotated\n");
    assert_eq!(lines(&path).len(), 20_002);
}
