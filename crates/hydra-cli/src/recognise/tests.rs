//! A table of lines as programs print them.

use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;

use super::level;
use hydra_logger::Level::{self, Critical, Debug, Error, Info, Trace, Warning};

const TABLE: &[(&str, Option<Level>)] = &[
    // syslog
    ("<3>disk failure", Some(Error)),
    ("<0>everything is lost", Some(Critical)),
    ("<6>usb 1-1: new device", Some(Info)),
    ("<7>probing", Some(Debug)),
    (
        "<165>1 2026-01-01T00:00:00Z host app - - - started",
        Some(Info),
    ),
    ("<191>x", Some(Debug)),
    ("<192>x", None),
    ("<>x", None),
    ("<1234>x", None),
    ("<html>", None),
    // JSON
    (r#"{"level":"warn","msg":"ERROR"}"#, Some(Warning)),
    (r#"{"msg":"a \"level\": b","level" : "error"}"#, Some(Error)),
    (r#"{"level":30,"time":1}"#, Some(Info)),
    (r#"{"level":60,"msg":"x"}"#, Some(Critical)),
    (r#"{"version":"1.1","level":3}"#, Some(Error)),
    (
        r#"{"nested":{"level":"error"},"severity":"NOTICE"}"#,
        Some(Info),
    ),
    (r#"{"log.level":"ERROR","message":"x"}"#, Some(Error)),
    (r#"{"@l":"Verbose"}"#, Some(Trace)),
    (r#"{"level":null,"lvl":"W"}"#, Some(Warning)),
    (r#"{"PRIORITY":"3","MESSAGE":"x"}"#, Some(Error)),
    (r#"{"priority":1,"task":"x"}"#, None),
    (r#"{"msg":"ERROR"}"#, None),
    (r#"{"level"#, None),
    (r#"{"level\"#, None),
    // klog, glog
    ("E1121 10:11:12.131415   1 main.go:7] no", Some(Error)),
    ("I1121 10:11:12.131415   1 main.go:7] yes", Some(Info)),
    ("F0101 00:00:00.000000 1 main.go:7] dead", Some(Critical)),
    ("E11210:11:12", None),
    // logcat
    (
        "03-17 16:13:38.811  1702  2395 D Manager: ERROR",
        Some(Debug),
    ),
    ("03-17 16:13:38.811  1702  2395 V Tag: x", Some(Trace)),
    (
        "2026-03-17 16:13:38.811  1702  2395 W Tag: x",
        Some(Warning),
    ),
    ("W/Tag( 1702): low", Some(Warning)),
    ("E/Tag(1702): no", Some(Error)),
    ("A/B testing", None),
    ("W/o reason (none)", None),
    // key and value
    ("ts=1 level=warn msg=x", Some(Warning)),
    (r#"time="x" level="error" msg="y""#, Some(Error)),
    ("lvl=dbug t=1", Some(Debug)),
    ("severity=CRITICAL x", Some(Critical)),
    ("level=unknown x", None),
    // capitals
    ("081109 203615 148 INFO dfs.DataNode: x", Some(Info)),
    (
        "17/06/09 20:10:40 WARN spark.SecurityManager: x",
        Some(Warning),
    ),
    (
        "2015-07-29 17:41:44,747 - ERROR [main:x@774] - y",
        Some(Error),
    ),
    (
        "2026-01-01T00:00:00.1Z  INFO 1 --- [main] c.x : y",
        Some(Info),
    ),
    (
        "2026-01-01 00:00:00,1 [exec-1] DEBUG com.x - y",
        Some(Debug),
    ),
    ("[2026-01-01T00:00:00Z WARN  app] x", Some(Warning)),
    ("ERROR:root:message", Some(Error)),
    ("SEVERE: message", Some(Error)),
    ("[INFO ] x", Some(Info)),
    ("FATAL: password authentication failed", Some(Critical)),
    (
        "2026-01-01 00:00:00 UTC [12] ERROR:  syntax error",
        Some(Error),
    ),
    ("I, [2026-01-01T00:00:00.1 #1]  WARN -- : x", Some(Warning)),
    (
        "\x1b[2m2026-01-01T00:00:00Z\x1b[0m \x1b[33m WARN\x1b[0m app: x",
        Some(Warning),
    ),
    ("\x1b[31mERROR\x1b[0m x", Some(Error)),
    ("npm ERR! code 1", Some(Error)),
    ("npm WARN deprecated x", Some(Warning)),
    ("ERROR_CODE=5", None),
    ("see /var/ERROR/x", None),
    ("TERROR strikes", None),
    ("An INFORMATIONAL text", None),
    // brackets
    ("[Sun Dec 04 04:47:44 2005] [error] mod_jk", Some(Error)),
    ("[Sun Dec 04 04:47:44 2005] [notice] workerEnv", Some(Info)),
    (
        "[Fri Jan 01 00:00:00.1 2026] [core:warn] [pid 1] x",
        Some(Warning),
    ),
    ("2026/01/01 00:00:00 [emerg] 1#1: bind()", Some(Critical)),
    ("00:00:00.000 [info] x", Some(Info)),
    ("2026-01-01T00:00:00.1Z 0 [Warning] [MY-1] x", Some(Warning)),
    // a colon
    ("error: cannot find value", Some(Error)),
    ("error[E0382]: borrow of moved value", Some(Error)),
    ("warning: unused variable", Some(Warning)),
    ("Dec 10 06:55:46 host sshd[1]: error: PAM: x", Some(Error)),
    (
        "Dec 10 06:55:46 host sshd[1]: fatal: Write failed",
        Some(Critical),
    ),
    ("panic: runtime error", Some(Critical)),
    ("fail: Microsoft.Hosting[11]", Some(Error)),
    ("dbug: Microsoft.Hosting[11]", Some(Debug)),
    // after a time stamp, or as logrus and zerolog have it
    (
        "2016-09-28 04:30:30, Info                  CBS    x",
        Some(Info),
    ),
    ("2026-01-01T00:00:00.1Z\terror\tmain.go:7\tx", Some(Error)),
    ("3:04PM INF started", Some(Info)),
    ("3:04PM FTL no", Some(Critical)),
    ("WARN[0003] slow", Some(Warning)),
    ("ERRO[0003] no", Some(Error)),
    // prose
    ("an error occurred", None),
    ("error in module x", None),
    ("no info given", None),
    ("authentication failure; logname= uid=0", None),
    ("Accepted password for fail from 1.2.3.4", None),
    ("", None),
    ("\x1b", None),
    ("\u{fc}bergro\u{df} ERROR x", Some(Error)),
];

#[test]
fn the_level_is_recognised_in_the_common_shapes() {
    for (line, expected) in TABLE {
        assert_eq!(level(line.as_bytes()), *expected, "{line}");
    }
}

#[test]
fn a_word_beyond_the_head_or_cut_by_its_end_is_no_level() {
    let far = format!("{} ERROR x", "x".repeat(200));
    assert_eq!(level(far.as_bytes()), None);
    // The head ends after `INFO`: the word goes on.
    let cut = format!("{} INFORMAL", "x".repeat(155));
    assert_eq!(level(cut.as_bytes()), None);
}

#[test]
fn no_bytes_are_too_odd() {
    for first in 0..=255_u8 {
        for second in 0..=255_u8 {
            level(&[first, second]);
            level(&[b'{', b'"', first, second]);
            level(&[b'<', first, second, b'>']);
        }
    }
}

proptest! {
    #[test]
    fn any_line_has_a_level_or_none(start in "[<{\\[ A-Z0-9]{0,3}", rest in vec(any::<u8>(), 0..300)) {
        let line = [start.as_bytes(), &rest].concat();
        let found = level(&line);
        // What stands beyond the head changes nothing, but in an object.
        if !line.starts_with(b"{") && line.len() > 200 {
            prop_assert_eq!(level(&line[..200]), found);
        }
    }
}

/// The column named `Level`, as those wrote it down who collected the logs. Before it stand
/// `quoted` columns with a comma in them.
fn expected_levels(csv: &str, quoted: usize) -> Vec<&str> {
    let mut lines = csv.lines();
    let header: Vec<&str> = lines.next().unwrap_or("").split(',').collect();
    let column = header.iter().position(|name| *name == "Level").unwrap();
    lines
        .map(|line| line.split(',').nth(column + quoted).unwrap())
        .collect()
}

#[test]
fn the_levels_of_real_logs_are_those_that_people_wrote_down() {
    let logs = Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").unwrap())
        .join("../../../shared/data/logs");
    let programs = [
        ("Android", 0),
        ("Apache", 0),
        ("HDFS", 0),
        ("Spark", 0),
        ("Windows", 0),
        ("Zookeeper", 1),
    ];
    for (name, quoted) in programs {
        let log = std::fs::read(logs.join(format!("{name}_2k.log")));
        let csv = std::fs::read_to_string(logs.join(format!("{name}_2k.structured.csv")));
        // They come beside the repository, or not at all.
        let (Ok(log), Ok(csv)) = (log, csv) else {
            return;
        };
        let lines = log.split(|b| *b == b'\n').filter(|line| !line.is_empty());
        let expected = expected_levels(&csv, quoted);
        assert_eq!(lines.clone().count(), expected.len());
        for (line, expected) in lines.zip(expected) {
            let expected = super::named(expected.as_bytes());
            assert!(expected.is_some());
            assert_eq!(level(line), expected, "{}", String::from_utf8_lossy(line));
        }
    }
}
