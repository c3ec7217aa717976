//! One process, one destination: what is in which file, and when.

#![cfg(unix)]

mod support;

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::time::{Duration, SystemTime};

use hydra_core::destination::file::{FileDestination, FileOptions, RotateEvery};
use hydra_core::{Destination, Level};
use jiff::tz::TimeZone;
use support::{
    NOON, SECOND, TestDir, batch, error, files, info, lines, put, read, role, run, shared_dir,
};

#[test]
fn nothing_is_made_before_the_first_line() {
    let dir = TestDir::new();
    let path = dir.join("a/b/app.log");
    let file = FileDestination::new(FileOptions::new(&path).max_size(1000));
    assert!(!dir.join("a").exists());
    put(&file, "one", NOON);
    assert_eq!(read(&path), "one\n");
}

#[test]
fn open_makes_the_file_and_its_directories_at_once() {
    let dir = TestDir::new();
    let path = dir.join("a/b/app.log");
    FileDestination::new(FileOptions::new(&path))
        .open()
        .unwrap();
    assert_eq!(read(&path), "");
}

#[test]
fn a_file_is_appended_to_and_has_mode_0640_unless_another_is_asked_for() {
    let dir = TestDir::new();
    let path = dir.join("app.log");
    for line in ["one", "two"] {
        put(&FileDestination::new(FileOptions::new(&path)), line, NOON);
    }
    assert_eq!(read(&path), "one\ntwo\n");
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o640);
    let other = dir.join("other.log");
    put(
        &FileDestination::new(FileOptions::new(&other).mode(0o600)),
        "x",
        NOON,
    );
    assert_eq!(mode(&other), 0o600);
}

#[test]
fn a_plain_file_leaves_no_lock_beside_it() {
    let dir = TestDir::new();
    put(
        &FileDestination::new(FileOptions::new(dir.join("app.log"))),
        "one",
        NOON,
    );
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn no_file_grows_beyond_max_size() {
    let dir = TestDir::new();
    let path = dir.join("app.log");
    let file = FileDestination::new(FileOptions::new(&path).max_size(100));
    for n in 0..50 {
        put(&file, &format!("line {n:04}"), NOON);
    }
    let expected: Vec<String> = (0..50).map(|n| format!("line {n:04}")).collect();
    assert_eq!(lines(&path), expected);
    assert_eq!(files(&path).len(), 5);
    for file in files(&path) {
        assert_eq!(fs::metadata(&file).unwrap().len(), 100);
    }
}

#[test]
fn a_line_larger_than_max_size_is_written_whole() {
    let dir = TestDir::new();
    let path = dir.join("app.log");
    for (n, buffered) in [(1, None), (2, Some(1000))] {
        let path = path.with_extension(format!("log{n}"));
        let options = FileOptions::new(&path).max_size(100);
        let file = FileDestination::new(options.buffer_size(buffered));
        let large = "x".repeat(200_000);
        for line in ["one", &large, "two"] {
            put(&file, line, NOON);
        }
        file.flush().unwrap();
        assert_eq!(lines(&path), ["one", &large, "two"]);
        assert_eq!(files(&path).len(), 3);
    }
}

#[test]
fn an_old_file_that_somebody_still_has_open_is_neither_removed_nor_compressed() {
    let dir = TestDir::new();
    let path = dir.join("app.log");
    let options = FileOptions::new(&path).max_size(10).backup_count(2);
    #[cfg(feature = "gzip")]
    let options = options.compress(true);
    let slow = FileDestination::new(options.clone());
    put(&slow, "line 0001", NOON);
    for n in 2..6 {
        // Dropped at once: that waits for its compressor.
        put(
            &FileDestination::new(options.clone()),
            &format!("line {n:04}"),
            NOON,
        );
    }
    assert_eq!(read(&dir.join("app.log.4")), "line 0001\n");
    drop(slow);
    put(&FileDestination::new(options), "line 0006", NOON);
    assert_eq!(lines(&path), ["line 0004", "line 0005", "line 0006"]);
    assert_eq!(dir.join("app.log.2.gz").exists(), cfg!(feature = "gzip"));
}

#[test]
fn who_finds_the_file_rotated_by_another_does_not_rotate_again() {
    let dir = TestDir::new();
    let path = dir.join("app.log");
    let [one, other] = [(); 2].map(|()| FileDestination::new(FileOptions::new(&path).max_size(30)));
    put(&one, "line 0001", NOON);
    for n in 2..5 {
        put(&other, &format!("line {n:04}"), NOON);
    }
    // The room that was left at the first look, then the next one.
    for n in 5..8 {
        put(&one, &format!("line {n:04}"), NOON);
    }
    assert_eq!(files(&path).len(), 2);
    assert_eq!(lines(&dir.join("app.log.1")).len(), 5);
    assert_eq!(read(&path), "line 0004\nline 0007\n");
}

#[test]
fn names_that_only_look_like_backups_are_left_alone() {
    let dir = TestDir::new();
    let path = dir.join("app.log");
    let strangers = [
        "app.log.01",
        "app.log.1.bak",
        "app.log.x",
        "app.log.0",
        "app.logs.1",
    ];
    for name in strangers {
        fs::write(dir.join(name), name).unwrap();
    }
    let options = FileOptions::new(&path).max_size(10).backup_count(1);
    let file = FileDestination::new(options);
    for n in 0..5 {
        put(&file, &format!("line {n:04}"), NOON);
    }
    for name in strangers {
        assert_eq!(read(&dir.join(name)), name);
    }
}

#[test]
fn a_gap_in_the_chain_is_filled_by_the_next_rotation() {
    let dir = TestDir::new();
    let path = dir.join("app.log");
    for n in [1, 3] {
        fs::write(dir.join(&format!("app.log.{n}")), format!("old {n}\n")).unwrap();
    }
    let file = FileDestination::new(FileOptions::new(&path).max_size(10));
    put(&file, "line 0001", NOON);
    put(&file, "line 0002", NOON);
    assert_eq!(lines(&path), ["old 3", "old 1", "line 0001", "line 0002"]);
    assert_eq!(files(&path).len(), 4);
}

#[test]
fn a_new_day_in_its_time_zone_begins_a_new_file() {
    let dir = TestDir::new();
    for (name, buffered) in [("through.log", None), ("buffered.log", Some(4096))] {
        let path = dir.join(name);
        let options = FileOptions::new(&path)
            .rotate_every(RotateEvery::Daily)
            .time_zone(TimeZone::fixed(jiff::tz::offset(2)))
            .buffer_size(buffered);
        let file = FileDestination::new(options);
        let midnight = NOON + 10 * 3600 * SECOND;
        for (line, unix_ns) in [
            ("noon", NOON),
            ("before", midnight - 1),
            ("midnight", midnight),
            ("late", midnight - 2),
            ("after", midnight + SECOND),
            ("next", midnight + 24 * 3600 * SECOND),
        ] {
            put(&file, line, unix_ns);
        }
        file.flush().unwrap();
        let found: Vec<String> = files(&path).iter().map(|path| read(path)).collect();
        assert_eq!(
            found,
            ["noon\nbefore\n", "midnight\nlate\nafter\n", "next\n"]
        );
    }
}

#[test]
fn a_new_hour_begins_a_new_file_and_hours_without_records_leave_none() {
    let dir = TestDir::new();
    let path = dir.join("app.log");
    let options = FileOptions::new(&path).rotate_every(RotateEvery::Hourly);
    let file = FileDestination::new(options);
    put(&file, "noon", NOON);
    put(&file, "one", NOON + 3600 * SECOND);
    put(&file, "five", NOON + 5 * 3600 * SECOND);
    let found: Vec<String> = files(&path).iter().map(|path| read(path)).collect();
    assert_eq!(found, ["noon\n", "one\n", "five\n"]);
}

#[test]
fn a_batch_is_split_where_an_hour_begins() {
    for buffer in [0, 64 * 1024] {
        let dir = TestDir::new();
        let path = dir.join("app.log");
        let options = FileOptions::new(&path).rotate_every(RotateEvery::Hourly);
        let file = FileDestination::new(options.buffer_size(buffer));
        let lines = batch(&[
            ("noon", NOON),
            ("still noon", NOON + 3599 * SECOND),
            ("one", NOON + 3600 * SECOND),
            ("late, of noon", NOON + 3590 * SECOND),
            ("three", NOON + 3 * 3600 * SECOND),
        ]);
        file.deliver_batch(&lines.as_batch()).unwrap();
        file.flush().unwrap();
        let found: Vec<String> = files(&path).iter().map(|path| read(path)).collect();
        let expected = ["noon\nstill noon\n", "one\nlate, of noon\n", "three\n"];
        assert_eq!(found, expected);
        assert_eq!(file.stats().snapshot().records, 5);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_batch_of_64_kib_is_one_write() {
    const LINES: usize = 400;
    let test = "a_batch_of_64_kib_is_one_write";
    if role().is_some() {
        let file = FileDestination::new(FileOptions::new(shared_dir().join("app.log")));
        file.open().unwrap();
        let line = "x".repeat(150);
        let lines = batch(&[(&*line, NOON); LINES]);
        let writes = || {
            let io = read(std::path::Path::new("/proc/self/io"));
            let count = io.lines().find_map(|line| line.strip_prefix("syscw: "));
            count.unwrap().parse::<u64>().unwrap()
        };
        // The first look at the file comes with the first batch.
        file.deliver_batch(&lines.as_batch()).unwrap();
        let before = writes();
        file.deliver_batch(&lines.as_batch()).unwrap();
        assert_eq!(writes() - before, 1);
        return;
    }
    let dir = TestDir::new();
    assert!(run(test, "alone", dir.path()).success());
    assert_eq!(lines(&dir.join("app.log")).len(), 2 * LINES);
}

#[test]
fn a_file_last_written_yesterday_is_rotated_before_the_first_line() {
    let dir = TestDir::new();
    let path = dir.join("app.log");
    fs::write(&path, "yesterday\n").unwrap();
    let written = SystemTime::UNIX_EPOCH + Duration::from_nanos((NOON - 24 * 3600 * SECOND) as u64);
    fs::File::options()
        .append(true)
        .open(&path)
        .unwrap()
        .set_modified(written)
        .unwrap();
    let options = FileOptions::new(&path).rotate_every(RotateEvery::Daily);
    put(&FileDestination::new(options), "today", NOON);
    assert_eq!(read(&path), "today\n");
    assert_eq!(read(&dir.join("app.log.1")), "yesterday\n");
}

#[test]
fn a_clock_set_back_neither_rotates_nor_stops_rotation() {
    let dir = TestDir::new();
    for (name, buffered) in [("through.log", None), ("buffered.log", Some(4096))] {
        let path = dir.join(name);
        let options = FileOptions::new(&path)
            .rotate_every(RotateEvery::Daily)
            .buffer_size(buffered);
        let file = FileDestination::new(options);
        let day = 24 * 3600 * SECOND;
        put(&file, "in the future", NOON + 400 * day);
        file.flush().unwrap();
        put(&file, "set back", NOON);
        put(&file, "same day", NOON + SECOND);
        file.flush().unwrap();
        put(&file, "next day", NOON + day);
        file.flush().unwrap();
        let found: Vec<String> = files(&path).iter().map(|path| read(path)).collect();
        assert_eq!(found, ["in the future\nset back\nsame day\n", "next day\n"]);
    }
}

#[test]
fn each_file_begins_with_the_header_once() {
    let dir = TestDir::new();
    let path = dir.join("app.csv");
    for round in 0..2 {
        let options = FileOptions::new(&path).header("a,b\n").max_size(24);
        let file = FileDestination::new(options);
        for n in 0..5 {
            put(&file, &format!("{round},{n:07}"), NOON);
        }
    }
    let all = files(&path);
    assert_eq!(all.len(), 5);
    for file in &all {
        let text = read(file);
        assert_eq!(text.matches("a,b\n").count(), 1, "{text}");
        assert!(text.starts_with("a,b\n"));
        assert_eq!(text.len(), 24);
    }
}

#[test]
fn a_moved_file_is_left_after_a_second_of_the_records_time_and_at_once_on_reopen() {
    let dir = TestDir::new();
    let path = dir.join("app.log");
    let file = FileDestination::new(FileOptions::new(&path));
    put(&file, "one", NOON);
    fs::rename(&path, dir.join("app.log.1")).unwrap();
    put(&file, "still there", NOON + SECOND - 1);
    put(&file, "noticed", NOON + SECOND);
    fs::rename(&path, dir.join("app.log.0")).unwrap();
    file.reopen().unwrap();
    put(&file, "reopened", NOON + SECOND + 1);
    assert_eq!(read(&dir.join("app.log.1")), "one\nstill there\n");
    assert_eq!(read(&dir.join("app.log.0")), "noticed\n");
    assert_eq!(read(&path), "reopened\n");
}

#[test]
fn a_full_buffer_goes_to_the_new_file_though_its_lines_are_older() {
    let dir = TestDir::new();
    let path = dir.join("app.log");
    let file = FileDestination::new(FileOptions::new(&path).buffer_size(20));
    put(&file, "line 0001", NOON);
    put(&file, "line 0002", NOON);
    fs::remove_file(&path).unwrap();
    put(&file, "line 0003", NOON + SECOND);
    assert_eq!(read(&path), "line 0001\nline 0002\n");
}

#[test]
fn a_moved_file_is_noticed_though_the_clock_was_set_back() {
    let dir = TestDir::new();
    let path = dir.join("app.log");
    let file = FileDestination::new(FileOptions::new(&path));
    put(&file, "one", NOON);
    fs::rename(&path, dir.join("moved")).unwrap();
    put(&file, "two", NOON - 3600 * SECOND);
    put(&file, "three", NOON - 3600 * SECOND + 1);
    assert_eq!(read(&path), "two\nthree\n");
}

#[test]
fn a_removed_directory_is_made_again() {
    let dir = TestDir::new();
    let path = dir.join("logs/app.log");
    let file = FileDestination::new(FileOptions::new(&path));
    put(&file, "one", NOON);
    fs::remove_dir_all(dir.join("logs")).unwrap();
    put(&file, "two", NOON + SECOND);
    assert_eq!(read(&path), "two\n");
}

#[test]
fn reopening_what_was_never_opened_makes_nothing() {
    let dir = TestDir::new();
    let path = dir.join("app.log");
    FileDestination::new(FileOptions::new(&path))
        .reopen()
        .unwrap();
    assert!(!path.exists());
}

#[test]
fn a_file_that_a_killed_writer_left_in_half_a_line_goes_on_in_a_new_one() {
    let dir = TestDir::new();
    let path = dir.join("app.log");
    fs::write(&path, "whole\nha").unwrap();
    put(&FileDestination::new(FileOptions::new(&path)), "next", NOON);
    assert_eq!(read(&path), "whole\nha\nnext\n");
}

#[test]
fn a_buffered_line_is_in_the_file_when_the_buffer_is_full_or_flushed_or_an_error_comes() {
    let dir = TestDir::new();
    let path = dir.join("app.log");
    let file = FileDestination::new(
        FileOptions::new(&path)
            .buffer_size(20)
            .flush_interval(Duration::from_hours(1)),
    );
    put(&file, "line 0001", NOON);
    put(&file, "line 0002", NOON);
    assert_eq!(read(&path), "");
    put(&file, "line 0003", NOON);
    assert_eq!(read(&path), "line 0001\nline 0002\n");
    file.flush().unwrap();
    assert_eq!(lines(&path).len(), 3);
    put(&file, "line 0004", NOON);
    file.deliver(b"bad\n", &error(NOON)).unwrap();
    assert_eq!(lines(&path)[3..], ["line 0004", "bad"]);
    put(&file, "line 0005", NOON);
    drop(file);
    assert_eq!(lines(&path)[5..], ["line 0005"]);
}

#[test]
fn after_retire_nothing_rests_in_the_buffer() {
    let dir = TestDir::new();
    let path = dir.join("app.log");
    let file = FileDestination::new(FileOptions::new(&path).buffer_size(4096));
    put(&file, "one", NOON);
    file.retire().unwrap();
    assert_eq!(read(&path), "one\n");
    put(&file, "two", NOON);
    assert_eq!(read(&path), "one\ntwo\n");
    assert_eq!(file.stats().snapshot().records, 2);
}

#[test]
fn what_rests_in_a_buffer_is_flushed_after_the_interval_though_nothing_follows() {
    let dir = TestDir::new();
    let path = dir.join("app.log");
    let interval = Duration::from_millis(20);
    let file = FileDestination::new(FileOptions::new(&path).flush_interval(interval));
    for round in 1..=3 {
        put(&file, "one", NOON);
        let give_up = SystemTime::now() + Duration::from_secs(10);
        while lines(&path).len() < round {
            assert!(SystemTime::now() < give_up, "nobody flushes");
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

#[test]
fn every_accepted_line_is_counted_by_level_and_bytes() {
    let dir = TestDir::new();
    for buffered in [None, Some(64)] {
        let path = dir.join("app.log");
        let file = FileDestination::new(FileOptions::new(&path).buffer_size(buffered));
        for n in 0..100 {
            put(&file, &format!("{n:09}"), NOON);
        }
        file.deliver(b"bad\n", &error(NOON)).unwrap();
        file.deliver(&[b'x'; 100], &info(NOON)).unwrap();
        let counted = file.stats().snapshot();
        assert_eq!((counted.records, counted.bytes), (102, 1104));
        assert_eq!(counted.by_level[Level::Error.index()], 1);
        assert_eq!((counted.dropped, counted.errors), (0, 0));
        assert!(counted.latency.count > 0);
    }
}

#[test]
fn a_device_is_written_to_and_never_rotated() {
    let options = FileOptions::new("/dev/null").max_size(10).header("h\n");
    let file = FileDestination::new(options);
    for n in 0..100 {
        put(&file, &format!("line {n}"), NOON + n * SECOND);
    }
    assert!(!std::path::Path::new("/dev/.null.lock").exists());
    assert_eq!(fs::metadata("/dev/null").unwrap().rdev(), 0x103);
}
