//! Secrets that their surroundings give away: the value of a name that says `password`.

mod command;
mod credentials;
mod header;
mod line;
pub(crate) mod marker;
mod pair;
mod prose;
mod secret;
mod sql;
mod stand_in;
mod take;
mod target;
mod url;
pub(crate) mod value;
mod word;

pub(crate) use pair::{after_separator, may_separate};
pub(crate) use target::before_host;
pub(crate) use word::{HEADS, WHOLE, at_word};
