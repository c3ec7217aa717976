//! Signals that a command which reads until the end of its input answers to.
//!
//! SIGHUP asks to open files anew, SIGINT and SIGTERM to end; a second one of these ends the
//! process at once, even where it hangs in a write. Where there are no such signals, waiting is
//! reading.

/// What there is to do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Event {
    /// The input has bytes, or has ended.
    Input,
    /// SIGHUP.
    Reopen,
    /// SIGINT or SIGTERM.
    Stop,
}

#[cfg(unix)]
pub(crate) use unix::Signals;

#[cfg(not(unix))]
pub(crate) use portable::Signals;

#[cfg(unix)]
mod unix {
    use std::io::{self, Read as _};
    use std::os::unix::net::UnixStream;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use signal_hook::consts::{SIGHUP, SIGINT, SIGPIPE, SIGTERM};
    use signal_hook::flag;
    use signal_hook::low_level::pipe;

    use super::Event;

    /// Watches for signals from its making on.
    pub(crate) struct Signals {
        stop: Arc<AtomicBool>,
        reopen: Arc<AtomicBool>,
        /// Has a byte for each signal: it wakes the poll.
        wake: UnixStream,
    }

    impl Signals {
        pub(crate) fn new() -> io::Result<Signals> {
            let (wake, from_signal) = UnixStream::pair()?;
            wake.set_nonblocking(true)?;
            let signals = Signals {
                stop: Arc::default(),
                reopen: Arc::default(),
                wake,
            };
            for signal in [SIGINT, SIGTERM] {
                // In this order: the first signal finds the flag unset, the second one set.
                flag::register_conditional_default(signal, Arc::clone(&signals.stop))?;
                flag::register(signal, Arc::clone(&signals.stop))?;
                pipe::register(signal, from_signal.try_clone()?)?;
            }
            flag::register(SIGHUP, Arc::clone(&signals.reopen))?;
            pipe::register(SIGHUP, from_signal)?;
            Ok(signals)
        }

        /// Waits until there is something to do.
        pub(crate) fn wait(&mut self) -> io::Result<Event> {
            let mut has_input = false;
            loop {
                // After the poll too: a signal that came before the input is answered before it.
                if self.stop.load(SeqCst) {
                    return Ok(Event::Stop);
                }
                if self.reopen.swap(false, SeqCst) {
                    return Ok(Event::Reopen);
                }
                if has_input {
                    return Ok(Event::Input);
                }
                let stdin = io::stdin();
                let mut fds = [
                    PollFd::new(&stdin, PollFlags::IN),
                    PollFd::new(&self.wake, PollFlags::IN),
                ];
                match poll(&mut fds, None) {
                    Err(rustix::io::Errno::INTR) => continue,
                    result => result?,
                };
                let [input, wake] = fds.map(|fd| !fd.revents().is_empty());
                has_input = input;
                if wake {
                    let mut bytes = [0; 64];
                    // Empty already is as good.
                    let _ = self.wake.read(&mut bytes);
                }
            }
        }

        /// Whether the input has bytes, or has ended, at this moment.
        pub(crate) fn has_input() -> bool {
            Signals::has_input_within(Duration::ZERO)
        }

        /// The same, at this moment or before that much time has passed.
        pub(crate) fn has_input_within(time: Duration) -> bool {
            let stdin = io::stdin();
            let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
            let time = Timespec::try_from(time).unwrap_or_default();
            poll(&mut fds, Some(&time)).is_ok_and(|ready| ready > 0)
        }

        /// Whether nobody reads stdout any more.
        pub(crate) fn stdout_is_gone() -> bool {
            let stdout = io::stdout();
            let mut fds = [PollFd::new(&stdout, PollFlags::empty())];
            poll(&mut fds, Some(&Timespec::default())).is_ok()
                && fds[0].revents().contains(PollFlags::ERR)
        }

        /// From now on the process ends when it writes to a pipe that nobody reads, as filters do.
        pub(crate) fn end_with_the_reader() -> io::Result<()> {
            let always = Arc::new(AtomicBool::new(true));
            flag::register_conditional_default(SIGPIPE, always).map(drop)
        }
    }
}

#[cfg(not(unix))]
mod portable {
    use std::io;
    use std::time::Duration;

    use super::Event;

    /// Reads, and nothing else.
    pub(crate) struct Signals(());

    impl Signals {
        pub(crate) fn new() -> io::Result<Signals> {
            Ok(Signals(()))
        }

        pub(crate) fn wait(&mut self) -> io::Result<Event> {
            Ok(Event::Input)
        }

        pub(crate) fn has_input() -> bool {
            false
        }

        pub(crate) fn has_input_within(_: Duration) -> bool {
            false
        }

        pub(crate) fn stdout_is_gone() -> bool {
            false
        }

        pub(crate) fn end_with_the_reader() -> io::Result<()> {
            Ok(())
        }
    }
}
