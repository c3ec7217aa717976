//! Rotation, removal and compression of old files meet what they cannot do: it is reported, and no
//! record is lost by it.

#![cfg(unix)]

mod support;

use std::fs;
use std::path::Path;

use hydra_core::Destination as _;
use hydra_core::destination::file::{FileDestination, FileOptions};
use hydra_core::diagnostics::{self, ErrorKind};
use support::{NOON, SECOND, TestDir, put, read};

/// What was reported of one file.
fn told(log: &Path, kind: ErrorKind) -> Vec<String> {
    let errors = diagnostics::stats().last;
    let of_file = |component: &str| component.contains(&*log.to_string_lossy());
    errors
        .into_iter()
        .filter(|error| error.kind == kind && of_file(&error.component))
        .map(|error| error.message)
        .collect()
}

#[test]
fn a_folder_in_place_of_an_old_file_is_told_when_it_cannot_be_removed() {
    let dir = TestDir::new();
    let log = dir.join("app.log");
    fs::create_dir(dir.join("app.log.9")).unwrap();
    let file = FileDestination::new(FileOptions::new(&log).max_size(10).backup_count(2));
    for n in 1..=5 {
        put(&file, &format!("line {n:04}"), NOON);
    }
    let told = told(&log, ErrorKind::Rotate);
    assert!(
        told.iter()
            .any(|told| told.contains("app.log.9 cannot be removed: ")),
        "{told:?}"
    );
    assert_eq!(read(&log), "line 0005\n");
    assert_eq!(read(&dir.join("app.log.1")), "line 0004\n");
    assert_eq!(read(&dir.join("app.log.2")), "line 0003\n");
    assert!(!dir.join("app.log.3").exists(), "the others are removed");
    assert_eq!(file.stats().snapshot().records, 5);
}

#[cfg(feature = "gzip")]
#[test]
fn a_folder_in_place_of_an_old_file_is_told_when_it_cannot_be_compressed() {
    let dir = TestDir::new();
    let log = dir.join("app.log");
    fs::create_dir(dir.join("app.log.5")).unwrap();
    let file = FileDestination::new(FileOptions::new(&log).max_size(10).compress(true));
    put(&file, "line 0001", NOON);
    put(&file, "line 0002", NOON);
    // Waits for the thread that compresses.
    drop(file);
    let told = told(&log, ErrorKind::Rotate);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("compressing old files: "), "{told:?}");
    let names = fs::read_dir(dir.path()).unwrap();
    let left = names.filter(|name| {
        let name = name.as_ref().unwrap().file_name();
        name.to_string_lossy().ends_with(".tmp")
    });
    assert_eq!(left.count(), 0, "nothing half done is left");
    assert_eq!(read(&dir.join("app.log.1")), "line 0001\n");
}

#[test]
fn a_moved_file_is_written_on_where_no_new_one_can_be_made() {
    let dir = TestDir::new();
    let (folder, moved) = (dir.join("logs"), dir.join("moved"));
    let log = folder.join("app.log");
    let file = FileDestination::new(FileOptions::new(&log));
    put(&file, "line 0001", NOON);
    fs::rename(&folder, &moved).unwrap();
    fs::write(&folder, "a file in place of the folder").unwrap();
    put(&file, "line 0002", NOON + 2 * SECOND);
    assert_eq!(read(&moved.join("app.log")), "line 0001\nline 0002\n");
    let told = told(&log, ErrorKind::Open);
    assert!(!told.is_empty(), "it is not told");
    // Once it can be made, it is.
    fs::remove_file(&folder).unwrap();
    put(&file, "line 0003", NOON + 4 * SECOND);
    assert_eq!(read(&log), "line 0003\n");
    assert_eq!(file.stats().snapshot().records, 3);
}
