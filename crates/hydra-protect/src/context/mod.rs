//! Secrets that their surroundings give away: the value of a name that says `password`.

mod pair;
pub(crate) mod value;

pub(crate) use pair::after_separator;
