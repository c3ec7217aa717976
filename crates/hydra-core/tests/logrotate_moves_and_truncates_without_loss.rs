//! Debian's logrotate itself, where it is installed.

#![cfg(unix)]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use hydra_core::Destination;
use hydra_core::destination::file::{FileDestination, FileOptions};
use support::{NOON, SECOND, TestDir, files, lines, put, read, shared_dir, spawn};

/// Rotates `dir`'s log, whatever its size and age; `false` where there is no logrotate.
fn logrotate(dir: &Path, how: &str) -> bool {
    let log = dir.join("app.log");
    let conf = dir.join("logrotate.conf");
    let text = format!(
        "{} {{\n rotate 1000\n missingok\n {how}\n}}\n",
        log.display()
    );
    fs::write(&conf, text).unwrap();
    fs::set_permissions(&conf, fs::Permissions::from_mode(0o600)).unwrap();
    let status = Command::new("logrotate")
        .arg("--force")
        .arg("--state")
        .arg(dir.join("state"))
        .arg(&conf)
        .status();
    if let Ok(status) = status {
        assert!(status.success());
        return true;
    }
    eprintln!("skipped, as logrotate (Debian's package of that name) is not installed");
    false
}

fn numbers(log: &Path) -> Vec<usize> {
    lines(log)
        .iter()
        .map(|line| line.strip_prefix("line ").unwrap().parse().unwrap())
        .collect()
}

#[test]
fn every_line_is_there_once_while_logrotate_moves_the_file_again_and_again() {
    let test = "every_line_is_there_once_while_logrotate_moves_the_file_again_and_again";
    if let Some(role) = support::role() {
        return write_until_told(&shared_dir(), (role == "buffered").then_some(4096));
    }
    for role in ["write-through", "buffered"] {
        let dir = TestDir::new();
        let log = dir.join("app.log");
        let mut writer = spawn(test, role, dir.path());
        while !log.exists() {
            std::thread::yield_now();
        }
        let rotated = (0..10).all(|_| logrotate(dir.path(), "nocreate"));
        fs::write(dir.join("stop"), "").unwrap();
        assert!(writer.wait().unwrap().success());
        let written: usize = read(&dir.join("written")).parse().unwrap();
        assert!(numbers(&log).into_iter().eq(0..written));
        assert_eq!(files(&log).len() > 2, rotated);
    }
}

/// Logs a thousand lines, and again, until there is a file `stop`; then says how many it wrote.
fn write_until_told(dir: &Path, buffer: Option<usize>) {
    let file = FileDestination::new(FileOptions::new(dir.join("app.log")).buffer_size(buffer));
    let mut written = 0;
    while !dir.join("stop").exists() {
        for _ in 0..1000 {
            // A second of the records' time for each hundred lines.
            put(
                &file,
                &format!("line {written}"),
                NOON + written * SECOND / 100,
            );
            written += 1;
        }
    }
    fs::write(dir.join("written"), written.to_string()).unwrap();
}

/// Logs a thousand lines, with five rotations between them.
fn log_and_rotate(how: &str, buffer: Option<usize>) {
    let dir = TestDir::new();
    let log = dir.join("app.log");
    let options = FileOptions::new(&log).buffer_size(buffer).max_size(1 << 20);
    let file = FileDestination::new(options);
    for n in 0..1000 {
        put(&file, &format!("line {n}"), NOON + n / 200 * SECOND);
        if n % 200 == 199 && !logrotate(dir.path(), how) {
            return;
        }
    }
    file.flush().unwrap();
    assert!(!read(&log).contains('\0'));
    assert_eq!(files(&log).len(), 6);
    assert!(numbers(&log).into_iter().eq(0..1000));
}

#[test]
fn a_file_that_logrotate_made_is_gone_on_in() {
    log_and_rotate("create 0640", None);
    log_and_rotate("create 0640", Some(100));
}

#[test]
fn a_truncated_file_goes_on_at_its_beginning_without_nuls() {
    log_and_rotate("copytruncate", None);
    log_and_rotate("copytruncate", Some(100));
}
