//! What differs between operating systems, behind one face.
//!
//! `unix` is what the tests run on; `portable` makes every other system compile and behave as well
//! as it can: there, a file that another program moved is noticed only when its path is gone, no
//! lock on a log file says who else writes it, and nothing runs around a fork, since there is none.

#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub(crate) use unix::*;

#[cfg(not(unix))]
mod portable;
#[cfg(not(unix))]
pub(crate) use portable::*;
