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

impl Kind {
    /// Every kind, in the order of their numbers.
    pub(crate) const ALL: [Kind; 19] = [
        Kind::Email,
        Kind::Phone,
        Kind::Card,
        Kind::Ssn,
        Kind::Iban,
        Kind::Ip,
        Kind::Mac,
        Kind::BirthDate,
        Kind::Passport,
        Kind::NationalId,
        Kind::Password,
        Kind::Secret,
        Kind::ApiKey,
        Kind::Token,
        Kind::Jwt,
        Kind::PrivateKey,
        Kind::UrlCredential,
        Kind::Authorization,
        Kind::Cookie,
    ];

    /// What stands in the marker.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Kind::Email => "EMAIL",
            Kind::Phone => "PHONE",
            Kind::Card => "CREDIT_CARD",
            Kind::Ssn => "SSN",
            Kind::Iban => "IBAN",
            Kind::Ip => "IP",
            Kind::Mac => "MAC",
            Kind::BirthDate => "BIRTH_DATE",
            Kind::Passport => "PASSPORT",
            Kind::NationalId => "NATIONAL_ID",
            Kind::Password => "PASSWORD",
            Kind::Secret => "SECRET",
            Kind::ApiKey => "API_KEY",
            Kind::Token => "TOKEN",
            Kind::Jwt => "JWT",
            Kind::PrivateKey => "PRIVATE_KEY",
            Kind::UrlCredential => "URL_CREDENTIAL",
            Kind::Authorization => "AUTHORIZATION",
            Kind::Cookie => "COOKIE",
        }
    }

    /// What configuration calls the detector.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Kind::Email => "email",
            Kind::Phone => "phone",
            Kind::Card => "credit_card",
            Kind::Ssn => "ssn",
            Kind::Iban => "iban",
            Kind::Ip => "ip",
            Kind::Mac => "mac",
            Kind::BirthDate => "birth_date",
            Kind::Passport => "passport",
            Kind::NationalId => "national_id",
            Kind::Password => "password",
            Kind::Secret => "secret",
            Kind::ApiKey => "api_key",
            Kind::Token => "token",
            Kind::Jwt => "jwt",
            Kind::PrivateKey => "private_key",
            Kind::UrlCredential => "url_credential",
            Kind::Authorization => "authorization",
            Kind::Cookie => "cookie",
        }
    }

    /// Whether the detector runs when nothing else is said.
    pub(crate) const fn is_default(self) -> bool {
        !matches!(self, Kind::Ip | Kind::Mac)
    }
}
