//! The detectors.

#[allow(dead_code, reason = "the scanner makes them")]
mod kind;

#[allow(dead_code, reason = "the scanner calls it")]
mod birth_date;
#[allow(dead_code, reason = "the scanner calls it")]
mod bytes;
#[allow(dead_code, reason = "the scanner calls it")]
mod card;
#[allow(dead_code, reason = "the scanner calls it")]
mod context_words;
#[allow(dead_code, reason = "the scanner calls it")]
mod email;
#[allow(dead_code, reason = "the scanner calls it")]
mod entropy;
#[allow(dead_code, reason = "the scanner calls it")]
mod iban;
#[allow(dead_code, reason = "the scanner calls it")]
mod identity;
#[allow(dead_code, reason = "the scanner calls it")]
mod ip;
#[allow(dead_code, reason = "the scanner calls it")]
mod jwt;
#[allow(dead_code, reason = "the scanner calls it")]
mod mac;
#[allow(dead_code, reason = "the scanner calls it")]
mod pem;
#[allow(dead_code, reason = "the scanner calls it")]
mod phone;
#[allow(dead_code, reason = "the scanner calls it")]
mod ssn;
#[allow(dead_code, reason = "the scanner calls it")]
mod tokens;

pub(crate) use kind::Kind;

#[cfg(test)]
mod verifier_tests;
