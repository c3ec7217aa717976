//! The kinds of sensitive data that are detected without configuration.

/// A kind of sensitive data; its label stands in the marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Kind {
    Email,
    Phone,
    Card,
    Ssn,
    Iban,
    Ip,
    Mac,
    BirthDate,
    Passport,
    NationalId,
    Password,
    Secret,
    ApiKey,
    Token,
    Jwt,
    PrivateKey,
    UrlCredential,
    Authorization,
    Cookie,
}
