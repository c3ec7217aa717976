//! A generated corpus of log lines, and the scorer that judges redaction by it.
//!
//! The lines are what real programs write: with passwords, tokens, cards and addresses in plain and
//! in hard forms (escaped, percent-encoded, coloured, in prose), and without anything sensitive but
//! looking as if. The same seed gives the same lines on every platform, so a figure of one run can
//! be held against another's. No value is anybody's: each is drawn after its published format.
//!
//! ```
//! use hydra_protect_corpus::{Options, corpus, score};
//!
//! let lines = corpus(1, 200);
//! let nothing_hidden = score(&lines, Options::default(), |text| text.to_owned());
//! assert_eq!(nothing_hidden.micro().percent(), 0.0);
//! ```

mod draw;
mod fill;
mod harden;
mod kind;
mod line;
mod negative;
mod positive;
mod score;
mod table;
mod value;
mod words;

pub use draw::Draw;
pub use kind::{Group, Kind};
pub use line::{BadLine, Line, Value};
pub use negative::NEVER;
pub use score::{Miss, Options, Rate, Report, score, survives};
pub use table::table;

/// The seed that the tests and the scoring program use.
pub const SEED: u64 = 20_261_121;

/// `count` lines, 55 of a hundred with something sensitive in them.
///
/// ```
/// use hydra_protect_corpus::corpus;
///
/// assert_eq!(corpus(3, 50), corpus(3, 50));
/// ```
pub fn corpus(seed: u64, count: usize) -> Vec<Line> {
    let mut draw = Draw::new(seed);
    let sensitive = count * 55 / 100;
    let mut lines = positive::lines(&mut draw, sensitive);
    lines.extend(negative::lines(&mut draw, count - sensitive));
    lines
}
