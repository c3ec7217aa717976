//! Data protection, useful alone: it finds personal data and secrets in text and takes them out.
//!
//! ```
//! let text = "login failed for bob, password=hunter2";
//! assert_eq!(hydra_protect::redact(text), "login failed for bob, password=[REDACTED:PASSWORD]");
//! ```

mod action;
mod ahead;
mod anchors;
#[cfg(feature = "audit")]
pub mod audit;
mod base64;
mod builder;
mod context;
mod custom;
mod cut;
mod detect;
mod detectors;
mod embedded;
mod error;
#[cfg(feature = "fallback")]
pub mod fallback;
mod finding;
mod gate;
#[cfg(feature = "hash")]
pub mod hash;
mod json;
mod keys;
#[cfg(test)]
mod linear_tests;
mod masks;
mod named;
mod pattern;
mod redactor;
mod sanitize;
mod scan;
#[cfg(any(feature = "hash", feature = "encrypt"))]
mod seal;
mod search;
mod settle;
mod span;
#[cfg(test)]
mod steps;
mod stream;
mod text;
pub mod validate;
mod view;
mod word_list;

pub use action::Action;
pub use builder::RedactorBuilder;
pub use custom::CustomRule;
pub use detectors::{Detector, Explanation, detectors};
pub use error::RuleError;
pub use finding::Finding;
pub use named::SensitiveKey;
pub use pattern::PatternFault;
pub use redactor::{Redactor, redact};
pub use sanitize::sanitize_text;
#[cfg(feature = "encrypt")]
pub use seal::RevealError;
pub use stream::{Place, StreamRedactor};
