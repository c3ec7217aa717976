//! Data protection, useful alone: it finds personal data and secrets in text and takes them out.
//!
//! ```
//! let text = "login failed for bob, password=hunter2";
//! assert_eq!(hydra_protect::redact(text), "login failed for bob, password=[REDACTED:PASSWORD]");
//! ```

mod action;
mod builder;
mod context;
mod cut;
mod detect;
mod error;
mod finding;
mod keys;
mod masks;
mod redactor;
mod scan;
mod span;
mod text;

pub use action::Action;
pub use builder::RedactorBuilder;
pub use error::RuleError;
pub use finding::Finding;
pub use redactor::{Redactor, redact};
