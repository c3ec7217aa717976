//! Runs the program itself.

// Each test file takes what it needs.
#![allow(dead_code)]

use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// The program, in this directory, without what the caller's environment would change.
pub(crate) fn hydra(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hydra"));
    command.current_dir(directory).env_clear();
    // Coverage writes its counts where this says.
    if let Some(profile) = std::env::var_os("LLVM_PROFILE_FILE") {
        command.env("LLVM_PROFILE_FILE", profile);
    }
    command
}

/// What a run of the program gave.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Ran {
        Ran {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// Runs the program with these arguments and this on stdin, to its end.
pub(crate) fn run(directory: &Path, args: &[&str], stdin: &[u8]) -> Ran {
    let mut command = hydra(directory);
    command.args(args);
    let mut child = start(&mut command);
    let mut input = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        // In a thread: the program may not read all of it before it writes.
        scope.spawn(move || {
            // The program may have ended before it had read all.
            let _ = input.write_all(stdin);
        });
        child.wait_with_output().unwrap().into()
    })
}

/// Starts the program with all three streams as pipes.
pub(crate) fn start(command: &mut Command) -> Child {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}
