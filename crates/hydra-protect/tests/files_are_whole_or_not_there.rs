//! Atomic writes under `kill -9`, a full disk, several threads and processes; damage is found where
//! it is, and what is whole comes back.
#![cfg(all(feature = "fallback", unix))]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use hydra_protect::fallback::{
    AtomicWriter, BackupManager, CorruptionDetector, DataLossProtection, DataRecovery,
    FallbackError, FallbackHandler, Layout,
};
use serde_json::{Value, json};

/// Tells this program that it is a child, and which file it writes.
const CHILD: &str = "HYDRA_PROTECT_CHILD";

/// In a child: writes ever new contents until it is killed, or a hundred times.
fn write_on(path: &Path, times: u64) {
    let files = FallbackHandler::with_backups(BackupManager::new(2));
    for n in 0..times {
        let value = json!({"n": n, "process": std::process::id(), "filler": "x".repeat(100_000)});
        files.safe_write_json(&value, path).expect("written");
    }
}

fn child(test: &str, path: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command
        .args([test, "--exact", "--test-threads=1"])
        .env(CHILD, path);
    command
}

fn kill(child: &mut Child) {
    // SIGKILL: nothing of it is run any more.
    child.kill().expect("killed");
    child.wait().expect("gone");
}

fn left_over(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| entry.expect("a file").file_name());
    let names = names.map(|name| name.to_string_lossy().into_owned());
    names.filter(|name| name.starts_with('.')).collect()
}

fn assert_whole(path: &Path) -> Value {
    let contents = fs::read(path).expect("the file");
    assert!(CorruptionDetector::check(&contents, Layout::Json).is_whole());
    let value: Value = serde_json::from_slice(&contents).expect("JSON");
    assert_eq!(value["filler"].as_str().map(str::len), Some(100_000));
    value
}

#[test]
fn a_file_is_whole_whenever_its_writer_is_killed() {
    if let Some(path) = std::env::var_os(CHILD) {
        return write_on(Path::new(&path), u64::MAX);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.json");
    let mut seen = 0;
    for round in 0_u64..12 {
        let mut writer = child("a_file_is_whole_whenever_its_writer_is_killed", &path)
            .spawn()
            .expect("a child");
        let deadline = Instant::now() + Duration::from_secs(20);
        while !path.exists() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(1));
        }
        // Another moment of its work each time.
        std::thread::sleep(Duration::from_micros(7_300 * round));
        kill(&mut writer);
        seen += u64::from(assert_whole(&path)["n"].is_u64());
        for backup in BackupManager::default().list(&path) {
            assert_whole(&backup);
        }
    }
    assert_eq!(seen, 12);
    // The next writer takes away what the killed ones left.
    AtomicWriter::new().write(&path, b"{}").expect("written");
    assert_eq!(left_over(folder.path()), Vec::<String>::new());
}

#[test]
fn processes_and_threads_wait_for_each_other() {
    if let Some(path) = std::env::var_os(CHILD) {
        return write_on(Path::new(&path), 20);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.json");
    let children = [0, 1].map(|_| {
        let mut command = child("processes_and_threads_wait_for_each_other", &path);
        command.spawn().expect("a child")
    });
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| write_on(&path, 10));
        }
    });
    for mut child in children {
        assert!(child.wait().expect("it ends").success());
    }
    assert_whole(&path);
    let backups = BackupManager::default().list(&path);
    assert_eq!(backups.len(), 2, "{backups:?}");
    for backup in backups {
        assert_whole(&backup);
    }
    assert_eq!(left_over(folder.path()), Vec::<String>::new());
}

#[test]
fn a_full_disk_leaves_the_old_file_and_nothing_else() {
    if let Some(path) = std::env::var_os(CHILD) {
        let path = Path::new(&path);
        let refused = AtomicWriter::new()
            .write(path, &vec![b'x'; 1 << 20])
            .expect_err("no room");
        assert!(
            matches!(refused, FallbackError::Io { doing: "write", .. }),
            "{refused}"
        );
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.json");
    fs::write(&path, "{\"old\":true}").expect("written");
    // A limit on the size of files fails a write as a full disk does, once its signal is ignored.
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 64; exec \"$@\"", "sh"])
        .arg(std::env::current_exe().expect("this program"))
        .args([
            "a_full_disk_leaves_the_old_file_and_nothing_else",
            "--exact",
        ])
        .env(CHILD, &path)
        // Its streams are pipes: a log file that they led to would be held to the limit as well.
        .output();
    let output = output.expect("it ran");
    assert!(output.status.success(), "{output:?}");
    assert_eq!(fs::read(&path).expect("the file"), b"{\"old\":true}");
    assert_eq!(left_over(folder.path()), Vec::<String>::new());
}

#[test]
fn permissions_stay_and_folders_are_made() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a/b/state.json");
    let writer = AtomicWriter::new();
    writer.write(&path, b"1").expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("set");
    writer.write(&path, b"2").expect("written");
    assert_eq!(
        fs::metadata(&path).expect("the file").permissions().mode() & 0o777,
        0o640
    );
}

#[test]
fn damage_is_found_where_it_is() {
    type Case<'c> = (Layout, &'c [u8], u64, Option<(u64, u64)>);
    let cases: [Case<'_>; 14] = [
        (Layout::Json, b"{\"a\": [1, 2]}\n", 1, None),
        (Layout::Json, b"{\n\"a\": [1,", 0, Some((2, 10))),
        (Layout::Json, b"", 0, Some((1, 0))),
        (Layout::Json, b"{} x", 0, Some((1, 4))),
        (Layout::JsonLines, b"1\n\n{}\n", 2, None),
        (Layout::JsonLines, b"1\n{\"a\n3\n", 2, Some((2, 5))),
        (Layout::JsonLines, b"1\n\0\0\0", 1, Some((2, 3))),
        (Layout::JsonLines, b"", 0, None),
        (Layout::Csv, b"a,b\n1,2\n", 2, None),
        (Layout::Csv, b"a,b\r\n\"x\ny\",\"q\"\"q,\"\r\n", 2, None),
        (Layout::Csv, b"a,b\n1\n3,4\n", 2, Some((2, 4))),
        (Layout::Csv, b"a,b\n1,\"2\n3,4\n", 2, Some((2, 4))),
        (Layout::Csv, b"a,b\n1,\0\n", 1, Some((2, 4))),
        (Layout::Csv, b"a,b\n1,2", 2, None),
    ];
    for (layout, contents, records, place) in cases {
        let found = CorruptionDetector::check(contents, layout);
        let shown = String::from_utf8_lossy(contents);
        assert_eq!(found.whole_records, records, "{shown:?}");
        let damage = found
            .damage
            .as_ref()
            .map(|damage| (damage.line, damage.offset));
        assert_eq!(damage, place, "{shown:?}: {found:?}");
    }
}

#[test]
fn what_is_whole_comes_back_and_says_what_is_missing() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = FallbackHandler::new();

    let path = folder.path().join("state.json");
    let missing = files
        .safe_read_json::<Value>(&path)
        .expect_err("nothing there");
    assert!(missing.to_string().starts_with("cannot read"), "{missing}");
    for n in 1..=3 {
        files
            .safe_write_json(&json!({"n": n}), &path)
            .expect("written");
    }
    fs::write(&path, "{\"n\":").expect("damaged");
    let newest = BackupManager::default().list(&path).remove(0);
    fs::write(&newest, "damaged too").expect("damaged");
    let recovered = DataRecovery::recover(&path, Layout::Json).expect("a backup");
    assert!(recovered.from_backup);
    assert_eq!(recovered.contents, b"{\"n\":1}\n");
    assert_eq!(
        files.safe_read_json::<Value>(&path).expect("a backup"),
        json!({"n": 1})
    );
    for backup in BackupManager::default().list(&path) {
        fs::remove_file(backup).expect("removed");
    }
    let lost = DataRecovery::recover(&path, Layout::Json).expect_err("all lost");
    assert!(matches!(lost, FallbackError::Damaged { .. }), "{lost}");

    let path = folder.path().join("rows.csv");
    let rows = [["a", "b"], ["x\ny", "q\"q,"], ["=1", ""]];
    files.safe_write_csv(rows, &path).expect("written");
    assert_eq!(files.safe_read_csv(&path).expect("rows"), rows);
    let mut contents = fs::read(&path).expect("the file");
    contents.extend_from_slice(b"1,\"2\n3,4\n");
    fs::write(&path, contents).expect("damaged");
    assert_eq!(files.safe_read_csv(&path).expect("rows").len(), 4);
    let unequal = files.safe_write_csv([vec!["a"], vec!["b", "c"]], &path);
    assert!(matches!(unequal, Err(FallbackError::Value { .. })));

    let path = folder.path().join("events.jsonl");
    let events = [json!(1), json!({"a": "b\nc"})];
    files
        .safe_write_json_lines(&events, &path)
        .expect("written");
    assert_eq!(
        fs::read(&path).expect("the file"),
        b"1\n{\"a\":\"b\\nc\"}\n"
    );
    let unfit = BTreeMap::from([((1, 2), 3)]);
    let refused = files
        .safe_write_json_lines([unfit], &path)
        .expect_err("no text as a key");
    assert!(refused.to_string().contains("key"), "{refused}");
    assert_eq!(
        fs::read(&path).expect("the file").len(),
        15,
        "it is what it was"
    );
}

#[test]
fn messages_wait_by_queue_and_time_until_they_are_old() {
    let folder = tempfile::tempdir().expect("a folder");
    let kept = DataLossProtection::new(folder.path().join(".hydra_backup"));
    assert_eq!(
        kept.restore_messages("mail").expect("none"),
        Vec::<Value>::new()
    );
    for n in 0..12 {
        kept.backup_message("mail", &json!({"n": n})).expect("kept");
    }
    kept.backup_message("mail-2/../x", &json!("other"))
        .expect("kept");
    let messages = kept.restore_messages("mail").expect("messages");
    let numbers: Vec<_> = messages
        .iter()
        .filter_map(|message| message["n"].as_u64())
        .collect();
    assert_eq!(numbers, (0..12).collect::<Vec<_>>());
    assert_eq!(
        kept.restore_messages("mail-2/../x").expect("messages"),
        [json!("other")]
    );
    assert_eq!(
        kept.cleanup_old_backups(Duration::from_hours(1))
            .expect("cleaned"),
        0
    );
    assert_eq!(
        kept.cleanup_old_backups(Duration::ZERO).expect("cleaned"),
        13
    );
    assert_eq!(
        kept.restore_messages("mail").expect("none"),
        Vec::<Value>::new()
    );

    let blocked = folder.path().join("file");
    fs::write(&blocked, "").expect("written");
    let refused = DataLossProtection::new(&blocked)
        .max_retries(1)
        .backup_message("q", &1);
    assert!(matches!(refused, Err(FallbackError::Io { .. })));
}
