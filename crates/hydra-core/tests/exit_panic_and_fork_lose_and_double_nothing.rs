//! The ends of a process, and its doubling. Each runs in a process of its own.

#![cfg(unix)]

mod support;

use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hydra_core::Destination;
use hydra_core::destination::file::{FileDestination, FileOptions};
use hydra_core::fork::{Held, OverFork};
use support::{NOON, TestDir, command, info, lines, put, role, shared_dir};

/// A destination that nothing but the end of the process flushes.
fn buffered(dir: &Path) -> FileDestination {
    let options = FileOptions::new(dir.join("app.log")).flush_interval(Duration::from_hours(1));
    FileDestination::new(options)
}

/// Lives until the process ends, as a global logger does.
fn leaked(dir: &Path) -> &'static FileDestination {
    Box::leak(Box::new(buffered(dir)))
}

fn run(test: &str, dir: &TestDir) -> ExitStatus {
    // What a child says of its own end is not this test's output.
    let mut command = command(test, "alone", dir.path());
    command.stderr(Stdio::null()).status().unwrap()
}

#[test]
fn a_return_from_main_flushes() {
    if role().is_some() {
        return put(leaked(&shared_dir()), "last words", NOON);
    }
    let dir = TestDir::new();
    assert!(run("a_return_from_main_flushes", &dir).success());
    assert_eq!(lines(&dir.join("app.log")), ["last words"]);
}

#[test]
fn process_exit_flushes_and_what_other_threads_log_after_it_does_not_rest() {
    if role().is_some() {
        put(leaked(&shared_dir()), "last words", NOON);
        std::process::exit(3);
    }
    let dir = TestDir::new();
    let test = "process_exit_flushes_and_what_other_threads_log_after_it_does_not_rest";
    assert_eq!(run(test, &dir).code(), Some(3));
    assert_eq!(lines(&dir.join("app.log")), ["last words"]);
}

#[test]
fn a_panic_flushes_though_the_process_then_aborts() {
    if role().is_some() {
        put(leaked(&shared_dir()), "last words", NOON);
        let earlier = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            earlier(info);
            std::process::abort();
        }));
        panic!("the end");
    }
    let dir = TestDir::new();
    let status = run("a_panic_flushes_though_the_process_then_aborts", &dir);
    assert_eq!(status.signal(), Some(libc::SIGABRT));
    assert_eq!(lines(&dir.join("app.log")), ["last words"]);
}

/// Forks; the child runs `body` and ends without any of its destructors or hooks.
fn fork(body: impl FnOnce()) -> libc::pid_t {
    // SAFETY: the child uses what this crate makes usable after a fork, and glibc's allocator.
    match unsafe { libc::fork() } {
        0 => {
            body();
            // SAFETY: ends the child at once.
            unsafe { libc::_exit(0) }
        }
        child => child,
    }
}

fn wait(child: libc::pid_t) {
    let mut status = -1;
    // SAFETY: waits for a child of this process.
    let waited = unsafe { libc::waitpid(child, &raw mut status, 0) };
    assert_eq!((waited, status), (child, 0));
}

#[test]
fn a_forked_child_starts_with_an_empty_buffer_and_a_flusher_of_its_own() {
    if role().is_some() {
        let file = buffered(&shared_dir());
        put(&file, "parent before", NOON);
        let child = fork(|| {
            put(&file, "child", NOON);
            file.flush().unwrap();
        });
        wait(child);
        put(&file, "parent after", NOON);
        drop(file);
        let options = FileOptions::new(shared_dir().join("app.log"));
        let quick = FileDestination::new(options.flush_interval(Duration::from_millis(5)));
        put(&quick, "parent's flusher", NOON);
        let log = shared_dir().join("app.log");
        wait(fork(|| {
            put(&quick, "child's flusher", NOON);
            while !lines(&log).iter().any(|line| line == "child's flusher") {
                std::thread::sleep(Duration::from_millis(1));
            }
        }));
        return;
    }
    let dir = TestDir::new();
    let test = "a_forked_child_starts_with_an_empty_buffer_and_a_flusher_of_its_own";
    assert!(run(test, &dir).success());
    let mut found = lines(&dir.join("app.log"));
    assert_eq!(found[..3], ["child", "parent before", "parent after"]);
    found[3..].sort();
    assert_eq!(found[3..], ["child's flusher", "parent's flusher"]);
}

#[test]
fn forks_in_the_middle_of_logging_threads_neither_hang_nor_lose_nor_double() {
    const FORKS: usize = 60;
    let test = "forks_in_the_middle_of_logging_threads_neither_hang_nor_lose_nor_double";
    if role().is_some() {
        let dir = shared_dir();
        let options = FileOptions::new(dir.join("app.log")).max_size(50_000);
        let files = [
            FileDestination::new(options.clone().buffer_size(2000)),
            FileDestination::new(options),
        ];
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for (thread, file) in [0, 1, 2, 3].into_iter().zip(files.iter().cycle()) {
                let done = &done;
                scope.spawn(move || {
                    let mut n = 0;
                    while !done.load(Relaxed) || n == 0 {
                        put(file, &format!("thread{thread} {n}"), NOON);
                        n += 1;
                    }
                    put(file, &format!("thread{thread} {n} last"), NOON);
                });
            }
            for number in 0..FORKS {
                wait(fork(|| {
                    for n in 0..20 {
                        put(
                            &files[n % 2],
                            &format!("child{number}-{} {}", n % 2, n / 2),
                            NOON,
                        );
                    }
                    put(&files[0], &format!("child{number}-0 10 last"), NOON);
                    put(&files[1], &format!("child{number}-1 10 last"), NOON);
                    files[0].flush().unwrap();
                }));
            }
            done.store(true, Relaxed);
        });
        return;
    }
    let dir = TestDir::new();
    assert!(run(test, &dir).success());
    let mut next = std::collections::HashMap::new();
    let mut ended = 0;
    for line in lines(&dir.join("app.log")) {
        let (who, rest) = line.split_once(' ').unwrap();
        let number = rest.trim_end_matches(" last");
        ended += usize::from(rest.ends_with(" last"));
        let expected: &mut usize = next.entry(who.to_owned()).or_default();
        assert_eq!(number.parse(), Ok(*expected), "{line}");
        *expected += 1;
    }
    assert_eq!(ended, 4 + 2 * FORKS);
    assert_eq!(next.len(), ended);
}

#[test]
fn signals_that_interrupt_system_calls_tear_nothing() {
    extern "C" fn ignore(_: libc::c_int) {}
    if role().is_some() {
        // SAFETY: the handler does nothing; without SA_RESTART it makes system calls end early.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = ignore as *const () as usize;
            libc::sigaction(libc::SIGALRM, &raw const action, std::ptr::null_mut());
            let every = libc::timeval {
                tv_sec: 0,
                tv_usec: 50,
            };
            let timer = libc::itimerval {
                it_interval: every,
                it_value: every,
            };
            assert_eq!(
                libc::setitimer(libc::ITIMER_REAL, &raw const timer, std::ptr::null_mut()),
                0
            );
        }
        let options = FileOptions::new(shared_dir().join("app.log")).max_size(20_000);
        let through = FileDestination::new(options.clone());
        let buffered = FileDestination::new(options.buffer_size(1000));
        for n in 0..5_000 {
            through
                .deliver(format!("t {n}\n").as_bytes(), &info(NOON))
                .unwrap();
            buffered
                .deliver(format!("b {n}\n").as_bytes(), &info(NOON))
                .unwrap();
        }
        return drop(buffered);
    }
    let dir = TestDir::new();
    let test = "signals_that_interrupt_system_calls_tear_nothing";
    assert!(run(test, &dir).success());
    let found = lines(&dir.join("app.log"));
    for who in ["t", "b"] {
        let own: Vec<&String> = found.iter().filter(|line| line.starts_with(who)).collect();
        let expected: Vec<String> = (0..5_000).map(|n| format!("{who} {n}")).collect();
        assert!(own.into_iter().eq(&expected));
    }
}

#[test]
fn a_pipe_that_takes_a_line_in_parts_gets_all_of_it_though_signals_interrupt() {
    extern "C" fn ignore(_: libc::c_int) {}
    use std::io::Read as _;
    use std::os::unix::thread::JoinHandleExt as _;
    let dir = TestDir::new();
    let path = dir.join("pipe");
    let name = std::ffi::CString::new(path.to_str().unwrap()).unwrap();
    // SAFETY: `name` is a C string; the handler does nothing.
    unsafe {
        assert_eq!(libc::mkfifo(name.as_ptr(), 0o600), 0);
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = ignore as *const () as usize;
        libc::sigaction(libc::SIGUSR1, &raw const action, std::ptr::null_mut());
    }
    let line = format!("{}\n", "x".repeat(300_000));
    let to_write = line.clone();
    let destination = FileDestination::new(FileOptions::new(&path));
    let writer = std::thread::spawn(move || {
        put(&destination, "small", NOON);
        destination
            .deliver(to_write.as_bytes(), &info(NOON))
            .unwrap();
    });
    let mut reader = std::fs::File::open(&path).unwrap();
    let mut found = Vec::new();
    let mut part = [0; 5000];
    loop {
        // SAFETY: the thread has not been joined.
        unsafe { libc::pthread_kill(writer.as_pthread_t(), libc::SIGUSR1) };
        match reader.read(&mut part).unwrap() {
            0 => break,
            n => found.extend_from_slice(&part[..n]),
        }
    }
    writer.join().unwrap();
    assert!(found == format!("small\n{line}").as_bytes());
}

struct Numbers(Mutex<Vec<u32>>);

impl OverFork for Numbers {
    fn hold(self: Arc<Self>) -> Box<dyn Held> {
        Box::new(hydra_core::fork::hold(
            self,
            |numbers| &numbers.0,
            Vec::clear,
        ))
    }
}

#[test]
fn a_registered_lock_is_free_in_the_child_and_what_it_guards_is_renewed_there_alone() {
    if role().is_some() {
        let numbers = Arc::new(Numbers(Mutex::default()));
        hydra_core::fork::register(&(Arc::clone(&numbers) as Arc<dyn OverFork>));
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let pushed: Vec<_> = (0..2)
                .map(|thread| {
                    let (numbers, done) = (&numbers, &done);
                    scope.spawn(move || {
                        let mut pushed = 0;
                        while !done.load(Relaxed) {
                            numbers.0.lock().unwrap().push(thread);
                            pushed += 1;
                        }
                        pushed
                    })
                })
                .collect();
            for _ in 0..100 {
                wait(fork(|| assert!(numbers.0.lock().unwrap().is_empty())));
            }
            done.store(true, Relaxed);
            let pushed: usize = pushed.into_iter().map(|one| one.join().unwrap()).sum();
            assert_eq!(numbers.0.lock().unwrap().len(), pushed);
        });
        return;
    }
    let dir = TestDir::new();
    let test = "a_registered_lock_is_free_in_the_child_and_what_it_guards_is_renewed_there_alone";
    assert!(run(test, &dir).success());
}
