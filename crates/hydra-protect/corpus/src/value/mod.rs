//! Makers of sensitive values, after their published formats.

pub(crate) mod azure;
pub(crate) mod card;
pub(crate) mod iban;
pub(crate) mod mail;
pub(crate) mod net;
pub(crate) mod password;
pub(crate) mod person;
pub(crate) mod phone;
pub(crate) mod token;
pub(crate) mod vendor;
