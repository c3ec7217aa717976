//! What several behaviour tests need.
#![allow(dead_code, unreachable_pub)] // Each test uses a part of it.

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The environment variable that tells a test it is the child.
const CHILD: &str = "HYDRA_TEST_CHILD";

/// Whether this process was started by [`run_again`].
pub fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
}

/// Whether every logger of this run is an asynchronous one, see CONTRIBUTING.
pub fn is_asynchronous() -> bool {
    std::env::var_os("HYDRA_TEST_ASYNC").is_some()
}

/// Runs one test of this binary in a process of its own, whose streams are then known.
pub fn run_again(test: &str) -> Output {
    let mut child = Command::new(std::env::current_exe().expect("the test's own path"));
    child.args([test, "--exact", "--nocapture", "--test-threads=1"]);
    let child = child.env(CHILD, "1").stdin(Stdio::null()).output();
    let output = child.expect("the child runs");
    assert!(output.status.success(), "{output:?}");
    output
}

/// The lines of a stream that the logger wrote, without those of the test harness.
pub fn lines_with<'a>(stream: &'a [u8], part: &str) -> Vec<&'a str> {
    let text = std::str::from_utf8(stream).expect("UTF-8");
    text.lines().filter(|line| line.contains(part)).collect()
}

/// The lines of a file; none if it is not there.
pub fn lines(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}
