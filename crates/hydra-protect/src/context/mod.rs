//! Secrets that their surroundings give away: the value of a name that says `password`.

mod command;
mod credentials;
mod header;
mod pair;
mod prose;
mod sql;
mod url;
pub(crate) mod value;
mod word;

pub(crate) use pair::after_separator;
pub(crate) use word::{HEADS, at_word};
