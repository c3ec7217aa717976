//! The logs that the demo runs on, and how their lines are taken apart.

use std::io;
use std::net::Ipv4Addr;
use std::path::Path;

use hydra_logger::{Level, Value};

use crate::recognise;

/// A program whose log is there.
pub(super) struct Source {
    /// The layer that it logs to.
    pub(super) layer: &'static str,
    /// The name of its log among the real ones.
    file: &'static str,
    /// A few lines of the same shape, which we wrote ourselves.
    sample: &'static str,
    /// Message and fields of a line of this shape.
    take_apart: fn(&str) -> Option<Parts<'_>>,
}

/// A line, taken apart.
pub(super) struct Parts<'a> {
    pub(super) level: Level,
    pub(super) message: &'a str,
    pub(super) fields: Vec<(&'static str, Value<'a>)>,
}

macro_rules! sources {
    ($($layer:literal $file:literal $sample:literal $take_apart:path;)*) => {
        /// Every source, by the name of its layer.
        pub(super) const SOURCES: &[Source] = &[$(Source {
            layer: $layer,
            file: $file,
            sample: include_str!(concat!("../../../sample/", $sample)),
            take_apart: $take_apart,
        }),*];
    };
}

sources! {
    "ANDROID" "Android_2k.log" "android.log" android;
    "APACHE" "Apache_2k.log" "apache.log" apache;
    "HDFS" "HDFS_2k.log" "hdfs.log" hdfs;
    "LINUX" "Linux_2k.log" "linux.log" daemon;
    "SPARK" "Spark_2k.log" "spark.log" spark;
    "SSH" "OpenSSH_2k.log" "ssh.log" daemon;
    "WINDOWS" "Windows_2k.log" "windows.log" windows;
    "ZOOKEEPER" "Zookeeper_2k.log" "zookeeper.log" zookeeper;
}

impl Source {
    /// Its real log in this directory; `None` where there is none.
    pub(super) fn real(&self, directory: &Path) -> io::Result<Option<String>> {
        match std::fs::read(directory.join(self.file)) {
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The sample.
    pub(super) fn sample(&self) -> String {
        self.sample.to_owned()
    }

    /// A line's parts; one of another shape is all message.
    pub(super) fn parts<'a>(&self, line: &'a str) -> Parts<'a> {
        let line = line.trim_end();
        let mut parts = (self.take_apart)(line).unwrap_or(Parts {
            level: Level::Info,
            message: line,
            fields: Vec::new(),
        });
        parts.level = match recognise::level(line.as_bytes()) {
            Some(level) => level,
            None => judged(parts.message),
        };
        parts
    }
}

/// The level of a message whose program prints none: the demo's own judgement.
fn judged(message: &str) -> Level {
    const WORDS: [(&str, Level); 4] = [
        ("BREAK-IN", Level::Critical),
        ("authentication failure", Level::Warning),
        ("Failed password", Level::Warning),
        ("Invalid user", Level::Warning),
    ];
    let found = WORDS.iter().find(|(words, _)| message.contains(words));
    found.map_or(Level::Info, |(_, level)| *level)
}

fn parts<'a>(message: &'a str, fields: Vec<(&'static str, Value<'a>)>) -> Parts<'a> {
    Parts {
        level: Level::Info,
        message,
        fields,
    }
}

/// A whole number where the text is one.
fn number(text: &str) -> Value<'_> {
    text.parse().map_or(Value::Str(text), Value::U64)
}

/// A class without its packages.
fn short(class: &str) -> Value<'_> {
    Value::Str(class.rsplit('.').next().unwrap_or(class))
}

/// The first `N` words, and what follows them.
fn words<const N: usize>(line: &str) -> Option<([&str; N], &str)> {
    let mut words = [""; N];
    let mut rest = line;
    for word in &mut words {
        (*word, rest) = rest.trim_start().split_once(' ')?;
    }
    Some((words, rest.trim_start()))
}

/// `04-11 09:12:01.104  811  934 D Tag: message`
fn android(line: &str) -> Option<Parts<'_>> {
    let ([_, _, process, thread, _], rest) = words(line)?;
    let (tag, message) = rest.split_once(": ")?;
    let fields = vec![
        ("tag", Value::Str(tag.trim_end())),
        ("pid", number(process)),
        ("tid", number(thread)),
    ];
    Some(parts(message, fields))
}

/// `[Mon Apr 13 06:25:01 2026] [error] [client 192.0.2.77] message`
fn apache(line: &str) -> Option<Parts<'_>> {
    let (_, rest) = line.split_once("] ")?;
    let (_, message) = rest.split_once("] ")?;
    let client = message.strip_prefix("[client ");
    Some(match client.and_then(|rest| rest.split_once("] ")) {
        Some((client, message)) => parts(message, vec![("client", Value::Str(client))]),
        None => parts(message, Vec::new()),
    })
}

/// `260413 101501 148 INFO dfs.DataNode: message`
fn hdfs(line: &str) -> Option<Parts<'_>> {
    let ([_, _, thread, _], rest) = words(line)?;
    let (class, message) = rest.split_once(": ")?;
    let mut fields = vec![("class", short(class)), ("tid", number(thread))];
    let block = message
        .split([' ', '/'])
        .find(|word| word.starts_with("blk_"));
    fields.extend(block.map(|block| ("block", Value::Str(block))));
    Some(parts(message, fields))
}

/// `Apr 13 06:55:46 quince sshd[24200]: message`
fn daemon(line: &str) -> Option<Parts<'_>> {
    let ([_, _, _, _], rest) = words(line)?;
    let (program, message) = rest.split_once(": ")?;
    let (program, process) = match program.split_once('[') {
        Some((program, process)) => (program, Some(process.trim_end_matches(']'))),
        None => (program, None),
    };
    let mut fields = vec![("program", Value::Str(program))];
    fields.extend(process.map(|process| ("pid", number(process))));
    let is_address = |word: &&str| word.parse::<Ipv4Addr>().is_ok();
    let mut candidates = message.split([' ', '[', ']', '=', ':']);
    fields.extend(candidates.find(is_address).map(|ip| ("ip", Value::Str(ip))));
    fields.extend(user(message).map(|user| ("user", Value::Str(user))));
    Some(parts(message, fields))
}

/// Whom a message of a daemon is about.
fn user(message: &str) -> Option<&str> {
    const BEFORE: [&str; 4] = ["nvalid user ", " user=", "for user ", "password for "];
    let (_, rest) = BEFORE
        .iter()
        .find_map(|before| message.split_once(before))?;
    rest.split_whitespace().next()
}

/// `26/04/13 20:10:40 INFO spark.SecurityManager: message`
fn spark(line: &str) -> Option<Parts<'_>> {
    let ([_, _, _], rest) = words(line)?;
    let (class, message) = rest.split_once(": ")?;
    Some(parts(message, vec![("class", short(class))]))
}

/// `2026-04-13 04:30:30, Info                  CBS    message`
fn windows(line: &str) -> Option<Parts<'_>> {
    let ([_, _, _, component], message) = words(line)?;
    Some(parts(message, vec![("component", Value::Str(component))]))
}

/// `2026-04-13 17:41:44,747 - INFO  [Thread:Class@774] - message`
fn zookeeper(line: &str) -> Option<Parts<'_>> {
    let (origin, message) = line.split_once("] - ")?;
    let (_, origin) = origin.split_once(" [")?;
    Some(match origin.rsplit_once('@') {
        Some((thread, line)) => parts(
            message,
            vec![("thread", Value::Str(thread)), ("at_line", number(line))],
        ),
        None => parts(message, vec![("thread", Value::Str(origin))]),
    })
}
