//! Data protection, useful alone: it finds personal data and secrets in text and takes them out.

mod detect;
mod span;
