//! The ways in which a process ends, and what an asynchronous logger that nobody closed has
//! delivered then. Each runs in a process of its own.

#![cfg(all(feature = "async", unix))]

mod support;

use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use hydra_logger::{AsyncLogger, EngineOptions, Logger, info};

/// Tells a child where to log.
const FILE: &str = "HYDRA_TEST_FILE";
const RECORDS: usize = 5000;

/// Runs the test again as a child, which gets the file's path; its status and how many lines there
/// are.
fn in_child(test: &str) -> (ExitStatus, usize) {
    let (status, lines) = lines_of_child(test);
    (status, lines.len())
}

fn lines_of_child(test: &str) -> (ExitStatus, Vec<String>) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.log");
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args([test, "--exact", "--nocapture", "--test-threads=1"]);
    let status = child
        .env(FILE, &path)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    (status, support::lines(&path))
}

fn file() -> Option<PathBuf> {
    std::env::var_os(FILE).map(PathBuf::from)
}

/// A logger as a program has it that never drops it, with records on their way.
fn logger_in_use(path: &Path) -> &'static AsyncLogger {
    let logger = Logger::builder().file(path, |file| file).build().unwrap();
    let logger = Box::leak(Box::new(logger.into_async(EngineOptions::default())));
    for n in 0..RECORDS {
        info!(logger, "APP", n, "on its way");
    }
    logger
}

#[test]
fn a_return_from_main_delivers_all() {
    if let Some(path) = file() {
        logger_in_use(&path);
        return;
    }
    let (status, lines) = in_child("a_return_from_main_delivers_all");
    assert_eq!((status.code(), lines), (Some(0), RECORDS));
}

#[test]
fn process_exit_delivers_all_and_what_a_hook_logs_after_it() {
    if let Some(path) = file() {
        static LOGGER: std::sync::OnceLock<&'static AsyncLogger> = std::sync::OnceLock::new();
        extern "C" fn last() {
            if let Some(logger) = LOGGER.get() {
                logger.info("APP", "from a hook");
            }
        }
        // SAFETY: a plain function. It is registered before the logger's own hook, so it runs later.
        unsafe { libc::atexit(last) };
        let _ = LOGGER.set(logger_in_use(&path));
        std::process::exit(3);
    }
    let test = "process_exit_delivers_all_and_what_a_hook_logs_after_it";
    let (status, lines) = lines_of_child(test);
    assert_eq!((status.code(), lines.len()), (Some(3), RECORDS + 1));
    // It does not overtake what was logged before.
    assert!(lines[RECORDS].contains("from a hook"));
}

#[test]
fn what_a_thread_logs_while_the_process_ends_overtakes_nothing_and_is_not_dropped() {
    if let Some(path) = file() {
        // A ring that is often full: the end finds the thread waiting for room.
        let options = EngineOptions {
            ring_size: 4096,
            ..EngineOptions::default()
        };
        let logger = Logger::builder().file(&path, |file| file).build().unwrap();
        let logger: &AsyncLogger = Box::leak(Box::new(logger.into_async(options)));
        std::thread::spawn(move || {
            for n in 0_u64.. {
                info!(logger, "APP", "record {n}.");
            }
        });
        while logger.engine_counts().accepted < 2000 {
            std::thread::yield_now();
        }
        std::process::exit(0);
    }
    let test = "what_a_thread_logs_while_the_process_ends_overtakes_nothing_and_is_not_dropped";
    // Where the end finds the thread is chance: either fault shows in every second run.
    for _ in 0..8 {
        let (status, lines) = lines_of_child(test);
        let count = lines.len();
        assert!(status.success() && count >= 2000, "{status} {count}");
        for (n, line) in lines.iter().enumerate() {
            assert!(line.ends_with(&format!("record {n}.")), "{n}: {line}");
        }
    }
}

#[test]
fn a_panic_delivers_all_though_the_process_then_aborts() {
    if let Some(path) = file() {
        let earlier = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            earlier(info);
            std::process::abort();
        }));
        logger_in_use(&path);
        panic!("the end");
    }
    let (status, lines) = in_child("a_panic_delivers_all_though_the_process_then_aborts");
    assert_eq!((status.signal(), lines), (Some(libc::SIGABRT), RECORDS));
}

#[cfg(feature = "signals")]
mod with_signals_handled {
    use super::*;

    fn raise(signal: i32) {
        // SAFETY: it is handled, or ends the process, which is what is asked for.
        unsafe { libc::raise(signal) };
    }

    fn wait_for_the_end() -> ! {
        loop {
            std::thread::park();
        }
    }

    fn delivers_all(test: &str, signal: i32) {
        if let Some(path) = file() {
            hydra_logger::handle_signals().unwrap();
            logger_in_use(&path);
            raise(signal);
            wait_for_the_end();
        }
        let (status, lines) = in_child(&format!("with_signals_handled::{test}"));
        assert_eq!((status.signal(), lines), (Some(signal), RECORDS));
    }

    #[test]
    fn sigterm_delivers_all() {
        delivers_all("sigterm_delivers_all", libc::SIGTERM);
    }

    #[test]
    fn sigint_delivers_all() {
        delivers_all("sigint_delivers_all", libc::SIGINT);
    }

    #[test]
    fn a_buffered_file_of_a_synchronous_logger_is_written() {
        if let Some(path) = file() {
            hydra_logger::handle_signals().unwrap();
            let builder = Logger::builder().file(&path, |file| file.buffer_size(1 << 20));
            let logger = Box::leak(Box::new(builder.build().unwrap()));
            for n in 0..RECORDS {
                info!(logger, "APP", n, "in the buffer");
            }
            raise(libc::SIGTERM);
            wait_for_the_end();
        }
        let test = "with_signals_handled::a_buffered_file_of_a_synchronous_logger_is_written";
        let (status, lines) = in_child(test);
        assert_eq!((status.signal(), lines), (Some(libc::SIGTERM), RECORDS));
    }

    #[test]
    fn a_second_signal_ends_the_process_at_once() {
        if let Some(path) = file() {
            hydra_logger::handle_signals().unwrap();
            let pipe = path.with_file_name("pipe");
            let name = std::ffi::CString::new(pipe.to_str().unwrap()).unwrap();
            // SAFETY: a path that ends with NUL.
            assert_eq!(unsafe { libc::mkfifo(name.as_ptr(), 0o600) }, 0);
            let options = std::fs::OpenOptions::new().read(true).write(true).clone();
            let _nobody_reads = options.open(&pipe).unwrap();
            logger_in_use(&pipe);
            raise(libc::SIGTERM);
            raise(libc::SIGTERM);
            wait_for_the_end();
        }
        let begun = std::time::Instant::now();
        let test = "with_signals_handled::a_second_signal_ends_the_process_at_once";
        let (status, _) = in_child(test);
        assert_eq!(status.signal(), Some(libc::SIGTERM));
        // The first alone waits five seconds for somebody to read.
        assert!(begun.elapsed() < std::time::Duration::from_secs(4));
    }

    #[test]
    fn a_forked_childs_signal_is_the_childs_alone() {
        if let Some(path) = file() {
            hydra_logger::handle_signals().unwrap();
            let logger = logger_in_use(&path);
            // SAFETY: the child does nothing but wait for the signal that it sends itself.
            let child = unsafe { libc::fork() };
            if child == 0 {
                raise(libc::SIGTERM);
                wait_for_the_end();
            }
            let mut status = 0;
            // SAFETY: waits for a child of this process.
            unsafe { libc::waitpid(child, &raw mut status, 0) };
            assert_eq!(ExitStatus::from_raw(status).signal(), Some(libc::SIGTERM));
            info!(logger, "APP", "the parent lives");
            return;
        }
        let test = "with_signals_handled::a_forked_childs_signal_is_the_childs_alone";
        let (status, lines) = in_child(test);
        assert_eq!((status.code(), lines), (Some(0), RECORDS + 1));
    }
}

#[test]
fn a_process_that_ends_does_not_wait_for_ever_for_a_pipe_that_nobody_reads() {
    let directory = tempfile::tempdir().unwrap();
    let pipe = directory.path().join("pipe");
    if let Some(path) = file() {
        let pipe = path.with_file_name("pipe");
        let logger = Logger::builder()
            .file(&pipe, |file| file)
            .layer("KEPT", |layer| layer.file(&path, |file| file))
            .build()
            .unwrap();
        let logger = Box::leak(Box::new(logger.into_async(EngineOptions::default())));
        for n in 0..RECORDS {
            info!(logger, "APP", n, "into a pipe");
            info!(logger, "KEPT", n, "into a file");
        }
        return;
    }
    let path = std::ffi::CString::new(pipe.to_str().unwrap()).unwrap();
    // SAFETY: a path that ends with NUL.
    assert_eq!(unsafe { libc::mkfifo(path.as_ptr(), 0o600) }, 0);
    // Somebody holds the other end and reads nothing.
    let _reader = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open(&pipe)
        .unwrap();
    let log = directory.path().join("app.log");
    let mut child = Command::new(std::env::current_exe().unwrap());
    let test = "a_process_that_ends_does_not_wait_for_ever_for_a_pipe_that_nobody_reads";
    child.args([test, "--exact", "--test-threads=1"]);
    let mut child = child
        .env(FILE, &log)
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(support::lines(&log).len(), RECORDS);
}
