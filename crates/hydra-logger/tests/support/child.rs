//! A child of a test: the same program again, which runs the same test and finds there what it is to
//! do, and where.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const ROLE: &str = "HYDRA_TEST_ROLE";
const PLACE: &str = "HYDRA_TEST_PLACE";

/// A child that runs the test of this name, and what it says comes through a pipe.
pub(crate) fn child(test: &str, role: &str, place: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(ROLE, role)
        .env(PLACE, place)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    command
}

/// In a child: its role, and its place.
pub(crate) fn task() -> Option<(String, PathBuf)> {
    let role = std::env::var(ROLE).ok()?;
    Some((role, PathBuf::from(std::env::var_os(PLACE)?)))
}
