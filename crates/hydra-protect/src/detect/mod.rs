//! The detectors.

mod kind;

mod birth_date;
mod card;
mod context_words;
mod digits;
mod dispatch;
mod email;
mod entropy;
mod iban;
mod identity;
mod ip;
mod jwt;
mod mac;
mod pem;
mod phone;
mod ssn;
mod tokens;
mod word_heads;

pub(crate) use dispatch::{
    Around, Enabled, REACH_BEHIND, REACH_OF_NAME, at_colon, at_group, at_name, at_number, at_sign,
    at_value, at_word, beside, heads, may_be_known, may_be_known_there, may_name_behind,
    name_heads, needs_digit, telephone_words,
};
pub(crate) use entropy::looks_random;
pub(crate) use kind::Kind;

#[cfg(test)]
mod verifier_tests;
