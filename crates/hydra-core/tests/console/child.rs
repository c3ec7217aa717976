//! What the child processes of these tests do. Each writes to its own stdout and stderr.

use std::io::{self, ErrorKind, Write as _};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::thread;

use hydra_core::config::{ConsoleConfig, Stream};
use hydra_core::destination::BatchBuf;
use hydra_core::destination::console::ConsoleDestination;
use hydra_core::format::{ColorMode, FormatKind, FormatSettings, RenderContext, Theme};
use hydra_core::{Buffer, Destination, Level, LineMeta, Record};

/// How many lines a thread writes.
pub(crate) const LINES: usize = 2_000;
/// Longer than a pipe holds.
pub(crate) const LONG: usize = 300_000;

const META: LineMeta = LineMeta::new(Level::Info, 0);

/// Does what it is named after, and ends the process.
pub(crate) fn run(role: &str) -> ! {
    match role {
        "threads" => threads(),
        "reader gone" => reader_gone(),
        "full pipe" => full_pipe(),
        "signals" => signals(),
        "split" => split(),
        "batch" => batch(),
        "color" => color(),
        "stdout locked" => stdout_locked(),
        "fork" => fork(),
        "file size" => file_size(),
        other => panic!("no role is called {other:?}"),
    }
    std::process::exit(0);
}

/// Four threads log while another prints.
fn threads() {
    let console = ConsoleDestination::new(Stream::Stdout);
    thread::scope(|scope| {
        for writer in 0..4 {
            let console = &console;
            scope.spawn(move || {
                for i in 0..LINES {
                    let line = line_of(writer, i);
                    console.deliver(line.as_bytes(), &META).unwrap();
                }
            });
        }
        scope.spawn(|| {
            for i in 0..LINES {
                print!("{}", line_of(9, i));
            }
        });
    });
    assert_eq!(console.stats().snapshot().records, 4 * LINES as u64);
}

/// The line that a writer writes as its number `i`, of a length of its own.
pub(crate) fn line_of(writer: usize, i: usize) -> String {
    format!("<{writer} {i} {}>\n", "x".repeat((writer * 37 + i) % 200))
}

fn reader_gone() {
    let console = ConsoleDestination::new(Stream::Stdout);
    let mut taken = 0;
    let error = loop {
        match console.deliver(b"a line\n", &META) {
            Ok(()) => taken += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::BrokenPipe);
    for _ in 0..100 {
        let again = console.deliver(b"a line\n", &META).unwrap_err();
        assert_eq!(again.kind(), ErrorKind::BrokenPipe);
    }
    console.flush().unwrap();
    assert_eq!(console.stats().snapshot().records, taken);
    eprintln!("ended quietly");
}

/// A stdout that does not block: a write into a full pipe is EAGAIN.
fn full_pipe() {
    // SAFETY: plain integers; the descriptor is this process's stdout.
    unsafe { libc::fcntl(1, libc::F_SETFL, libc::O_NONBLOCK | libc::O_WRONLY) };
    long_lines();
}

pub(crate) fn long_line(i: u8) -> Vec<u8> {
    let mut line = vec![b'a' + i; LONG];
    line.push(b'\n');
    line
}

fn long_lines() {
    let console = ConsoleDestination::new(Stream::Stdout);
    for i in 0..5 {
        console.deliver(&long_line(i), &META).unwrap();
    }
}

/// A thread interrupts the one that writes into a full pipe, with a handler that does not restart
/// system calls. The reader begins when that has happened three times.
fn signals() {
    static MET: AtomicU32 = AtomicU32::new(0);
    extern "C" fn handler(_: libc::c_int) {
        MET.fetch_add(1, Relaxed);
    }
    // SAFETY: the handler changes an atomic; the structure is initialised and lives for the call.
    let writer = unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler as *const () as usize;
        libc::sigaction(libc::SIGUSR1, &raw const action, std::ptr::null_mut());
        libc::pthread_self()
    };
    thread::scope(|scope| {
        scope.spawn(|| {
            while MET.load(Relaxed) < 3 {
                if bytes_in_stdout() > 60_000 {
                    // SAFETY: the thread lives: it waits for a reader that is waiting for us.
                    unsafe { libc::pthread_kill(writer, libc::SIGUSR1) };
                }
                thread::yield_now();
            }
            eprintln!("go");
        });
        long_lines();
    });
}

/// How many bytes are in the pipe that is this process's stdout.
fn bytes_in_stdout() -> i32 {
    let mut waiting: libc::c_int = 0;
    // SAFETY: the pointer is to one c_int, where the number goes.
    unsafe { libc::ioctl(1, libc::FIONREAD, &raw mut waiting) };
    waiting
}

fn split() {
    let mut config = ConsoleConfig::default();
    (config.stream, config.split_level) = (Stream::Split, Level::Error);
    let console = ConsoleDestination::from(config);
    for level in Level::ALL {
        let meta = LineMeta::new(level, 0);
        console
            .deliver(format!("<{level}>\n").as_bytes(), &meta)
            .unwrap();
    }
}

fn batch() {
    let mut config = ConsoleConfig::default();
    (config.stream, config.split_level) = (Stream::Split, Level::Error);
    let console = ConsoleDestination::from(config);
    let mut lines = BatchBuf::default();
    for level in Level::ALL.into_iter().chain([Level::Info, Level::Error]) {
        let meta = LineMeta::new(level, 0);
        assert!(lines.push(format!("<{level}>\n").as_bytes(), &meta));
    }
    console.deliver_batch(&lines.as_batch()).unwrap();
    assert_eq!(console.stats().snapshot().by_level, [1, 1, 2, 1, 2, 1]);
}

fn color() {
    let mut settings = FormatSettings::new(FormatKind::Json);
    settings.theme = ColorMode::Auto
        .decide_for(&io::stdout())
        .then_some(Theme::DEFAULT);
    let format = settings.bind("APP").unwrap();
    let mut line = Buffer::default();
    let record = Record::new(0, Level::Error, "APP", "down");
    format.render(&record, &mut RenderContext::default(), &mut line);
    let console = ConsoleDestination::new(Stream::Stdout);
    console.deliver(line.as_bytes(), &META).unwrap();
}

/// An application that keeps stdout's lock while another thread logs, and waits for it.
fn stdout_locked() {
    let mut held = io::stdout().lock();
    thread::spawn(|| {
        ConsoleDestination::new(Stream::Stdout)
            .deliver(b"<logged>\n", &META)
            .unwrap();
    })
    .join()
    .unwrap();
    held.write_all(b"<printed>\n").unwrap();
}

/// Forks while a thread holds the console's lock in a write that nobody reads.
fn fork() {
    let console = ConsoleDestination::new(Stream::Stdout);
    thread::scope(|scope| {
        let writer = scope.spawn(|| console.deliver(&long_line(0), &META).unwrap());
        while bytes_in_stdout() < 60_000 {
            thread::yield_now();
        }
        // SAFETY: the child writes with system calls alone, and ends.
        let child = unsafe { libc::fork() };
        if child == 0 {
            let delivered = console.deliver(b"<from the child>\n", &META);
            // SAFETY: ends the child at once, without running anything else.
            unsafe { libc::_exit(i32::from(delivered.is_err())) };
        }
        eprintln!("forked");
        let mut status = -1;
        // SAFETY: `status` is a place for one c_int.
        unsafe { libc::waitpid(child, &raw mut status, 0) };
        assert_eq!(status, 0);
        writer.join().unwrap();
    });
}

/// stdout is a file that may not grow beyond 100 bytes, until it may again.
fn file_size() {
    let limit = |bytes: libc::rlim_t| {
        let limit = libc::rlimit {
            rlim_cur: bytes,
            rlim_max: libc::RLIM_INFINITY,
        };
        // SAFETY: the pointer is to one initialised `rlimit`.
        unsafe { libc::setrlimit(libc::RLIMIT_FSIZE, &raw const limit) };
    };
    // SAFETY: ignoring a signal needs no handler.
    unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
    let console = ConsoleDestination::new(Stream::Stdout);
    limit(100);
    console
        .deliver(&[&[b'a'; 79][..], b"\n"].concat(), &META)
        .unwrap();
    console
        .deliver(&[&[b'b'; 79][..], b"\n"].concat(), &META)
        .unwrap_err();
    console.deliver(b"<lost too>\n", &META).unwrap_err();
    limit(libc::RLIM_INFINITY);
    console.deliver(b"<whole again>\n", &META).unwrap();
    assert_eq!(console.stats().snapshot().records, 2);
}
