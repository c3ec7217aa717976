//! The detectors.

mod kind;

pub(crate) use kind::Kind;
