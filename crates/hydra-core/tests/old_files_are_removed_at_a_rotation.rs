//! Which rotated files go, and when.
//!
//! A file of their own, as no test here may start a program: between its fork and its exec the child holds
//! every file of this process, and what somebody holds is not removed before the next rotation.

#![cfg(unix)]

mod support;

use std::fs;
use std::time::{Duration, SystemTime};

use hydra_core::destination::file::{FileDestination, FileOptions};
use support::{NOON, TestDir, lines, put};

#[test]
fn only_backup_count_rotated_files_are_kept() {
    for count in [0, 1, 3] {
        let dir = TestDir::new();
        let path = dir.join("app.log");
        let options = FileOptions::new(&path).max_size(10).backup_count(count);
        let file = FileDestination::new(options);
        for n in 0..10 {
            put(&file, &format!("line {n:04}"), NOON);
        }
        let kept: Vec<String> = (9 - count..10).map(|n| format!("line {n:04}")).collect();
        assert_eq!(lines(&path), kept);
    }
}

#[test]
fn rotated_files_older_than_max_age_are_removed_at_a_rotation() {
    let dir = TestDir::new();
    let path = dir.join("app.log");
    let options = FileOptions::new(&path)
        .max_size(10)
        .max_age(Duration::from_hours(1));
    let file = FileDestination::new(options);
    for line in ["line 0001", "line 0002", "line 0003"] {
        put(&file, line, NOON);
    }
    let old = fs::File::open(dir.join("app.log.2")).unwrap();
    let yesterday = SystemTime::now() - Duration::from_hours(24);
    old.set_modified(yesterday).unwrap();
    put(&file, "line 0004", NOON);
    assert_eq!(lines(&path), ["line 0002", "line 0003", "line 0004"]);
}
