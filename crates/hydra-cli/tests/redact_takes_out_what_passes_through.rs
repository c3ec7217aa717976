//! `hydra redact` takes personal data and secrets out of what passes through it.

mod support;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};

use support::{Ran, hydra, run, start};

const KEY: &str = "a key of more than sixteen bytes";

fn redacted(args: &[&str], stdin: &[u8]) -> Ran {
    let directory = tempfile::tempdir().unwrap();
    run(directory.path(), &[&["redact"], args].concat(), stdin)
}

/// Runs with a key in LOG_KEY.
fn with_key(key: &str, args: &[&str], stdin: &[u8]) -> Ran {
    let directory = tempfile::tempdir().unwrap();
    let mut command = hydra(directory.path());
    command.arg("redact").args(args).env("LOG_KEY", key);
    let mut child = start(&mut command);
    child.stdin.take().unwrap().write_all(stdin).unwrap();
    child.wait_with_output().unwrap().into()
}

#[test]
fn stdin_goes_to_stdout_with_nothing_changed_but_what_is_sensitive() {
    let ran = redacted(
        &[],
        b"login of ann@example.com\r\npassword=hunter2 ok\nno end",
    );
    assert_eq!(
        ran.stdout,
        "login of [REDACTED:EMAIL]\r\npassword=[REDACTED:PASSWORD] ok\nno end"
    );
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
}

#[test]
fn any_bytes_and_lines_of_any_length_pass() {
    let directory = tempfile::tempdir().unwrap();
    let mut text: Vec<u8> = (0..3_000_000_u32).map(|n| (n * 7 % 256) as u8).collect();
    text.retain(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'@' | b'\n' | 0));
    fs::write(directory.path().join("bytes"), &text).unwrap();
    let mut command = hydra(directory.path());
    let output = command.args(["redact", "bytes"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout == text);
}

#[test]
fn files_are_read_one_after_another_and_one_that_is_missing_is_told() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("a.log"), "pwd=hunter2\n").unwrap();
    fs::write(directory.path().join("b.log"), "from ann@example.com\n").unwrap();
    let args = ["redact", "a.log", "missing.log", "b.log", "-"];
    let ran = run(directory.path(), &args, b"stdin\n");
    assert_eq!(
        ran.stdout,
        "pwd=[REDACTED:PASSWORD]\nfrom [REDACTED:EMAIL]\nstdin\n"
    );
    assert!(
        ran.stderr.starts_with("hydra: cannot read missing.log: "),
        "{}",
        ran.stderr
    );
    assert_eq!(ran.code, Some(2));
}

#[test]
fn what_is_redacted_and_how_is_as_the_arguments_say() {
    let text =
        b"10.1.2.3 badge B-1234 ann@example.com bob@example.org floor_code=77 4111111111111111";
    for (args, wanted) in [
        (
            &["--detectors", "default,ip,-email"][..],
            "[REDACTED:IP] badge B-1234 ann@example.com bob@example.org floor_code=77 [REDACTED:CREDIT_CARD]",
        ),
        (
            &["--pattern", "badge=B-[0-9]{4}", "--detectors", "badge"],
            "10.1.2.3 badge [REDACTED:BADGE] ann@example.com bob@example.org floor_code=77 4111111111111111",
        ),
        (
            &[
                "--key",
                "floor_code",
                "--allow-pattern",
                ".+@example[.]org",
                "--allow",
                "4111111111111111",
            ],
            "10.1.2.3 badge B-1234 [REDACTED:EMAIL] bob@example.org floor_code=[REDACTED:SECRET] 4111111111111111",
        ),
        (
            &["--action", "remove", "--action-for", "credit_card=mask"],
            "10.1.2.3 badge B-1234   floor_code=77 ****1111",
        ),
    ] {
        let ran = redacted(args, text);
        assert_eq!(ran.stdout, wanted, "{args:?} {}", ran.stderr);
        assert_eq!(ran.code, Some(0));
    }
    let ran = redacted(&["--decode-base64"], b"x Y2FyZCA0MTExMTExMTExMTExMTEx y");
    assert_eq!(ran.stdout, "x [REDACTED:CREDIT_CARD] y");
}

#[test]
fn a_dry_run_tells_places_and_no_values() {
    let text = "ok\nn\u{e9}e ann@example.com pwd=hunter2\nok\n".as_bytes();
    let ran = redacted(&["--dry-run"], text);
    assert_eq!(ran.stdout, "<stdin>:2:5: email\n<stdin>:2:25: password\n");
    assert_eq!(ran.code, Some(1));
    let ran = redacted(&["--dry-run"], b"nothing at all\n");
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""));
}

#[test]
fn a_count_goes_to_stderr() {
    let ran = redacted(&["--count"], b"a@example.com b@example.com pwd=hunter2\n");
    assert_eq!(ran.stderr, "hydra: 3 redacted: email 2, password 1\n");
    assert_eq!(redacted(&["--count"], b"x\n").stderr, "hydra: 0 redacted\n");
}

#[test]
fn hashes_are_equal_for_equal_values_and_encrypted_values_come_back() {
    let args = ["--action", "hash", "--key-env", "2026=LOG_KEY"];
    let ran = with_key(KEY, &args, b"Ann@example.com ann@example.com");
    let (one, other) = ran.stdout.split_once(' ').unwrap();
    assert!(
        one == other && one.starts_with("[EMAIL:2026:"),
        "{}",
        ran.stdout
    );

    let text = "{\"mail\":\"ann@example.com\",\"password\":\"h\u{fc}nter 2\"}\n";
    let sealed = with_key(
        KEY,
        &["--action", "encrypt", "--key-env", "LOG_KEY"],
        text.as_bytes(),
    );
    assert!(
        sealed.stdout.contains("[EMAIL:enc:k1:"),
        "{}",
        sealed.stdout
    );
    let reveal = ["--reveal", "--key-env", "LOG_KEY"];
    let revealed = with_key(KEY, &reveal, sealed.stdout.as_bytes());
    assert_eq!((revealed.stdout.as_str(), revealed.code), (text, Some(0)));
    let other = with_key(
        "another key of sixteen bytes",
        &reveal,
        sealed.stdout.as_bytes(),
    );
    assert_eq!((other.stdout, other.code), (sealed.stdout, Some(1)));
    assert!(
        other.stderr.starts_with("hydra: <stdin>: line 1: "),
        "{}",
        other.stderr
    );
}

#[test]
fn what_cannot_be_done_is_told_with_what_would_be_right() {
    for (args, told) in [
        (
            &["--detectors", "emial"][..],
            "there is no detector \"emial\"; there are: email",
        ),
        (
            &["--pattern", "badge=B(?=1)"],
            "look-around is not supported",
        ),
        (&["--pattern", "badge"], "NAME=REGEX"),
        (
            &["--pattern", "email=x+"],
            "there already is a detector named \"email\"",
        ),
        (
            &["--action-for", "email=encode"],
            "replace, mask, remove, hash or encrypt",
        ),
        (&["--action", "hash"], "--key-env VAR"),
        (&["--reveal"], "--key-env VAR"),
        (
            &["--action", "hash", "--key-env", "NOT_SET"],
            "NOT_SET is not set",
        ),
        (
            &["--action", "hash", "--key-env", "a secret!"],
            "never the key",
        ),
    ] {
        let ran = redacted(args, b"x");
        assert!(ran.stderr.contains(told), "{args:?}: {}", ran.stderr);
        assert!(!ran.stderr.contains("a secret!"));
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{args:?}");
    }
    let ran = with_key("short", &["--action", "hash", "--key-env", "LOG_KEY"], b"");
    assert!(ran.stderr.contains("at least 16 bytes") && !ran.stderr.contains("short\n"));
}

#[test]
fn what_came_is_shown_while_the_input_pauses() {
    let directory = tempfile::tempdir().unwrap();
    let mut child = start(hydra(directory.path()).arg("redact"));
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    for number in 0..3 {
        stdin
            .write_all(format!("pwd=hunter{number}\npwd=").as_bytes())
            .unwrap();
        stdin.flush().unwrap();
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert!(line.ends_with("pwd=[REDACTED:PASSWORD]\n"), "{line}");
    }
    drop(stdin);
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "pwd=");
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let directory = tempfile::tempdir().unwrap();
    let mut child = start(hydra(directory.path()).arg("redact"));
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    // Until the pipe to it breaks, too.
    while stdin.write_all(b"some line of a log\n").is_ok() {}
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}
