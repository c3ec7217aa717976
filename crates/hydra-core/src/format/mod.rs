//! How a record becomes a line: which layout ([`FormatKind`]) and which colours ([`Color`],
//! [`ColorMode`], [`Theme`]).

mod color;
mod kind;

pub use color::{Color, ColorMode, ParseColorError, ParseColorModeError, Theme};
pub use kind::{FormatKind, ParseFormatError};
