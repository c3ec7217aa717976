//! What each detector finds, where its form is laid down, and samples.

use crate::detect::Kind;

/// What there is to say about a detector.
pub(super) struct About {
    kind: Kind,
    pub(super) description: &'static str,
    pub(super) source: &'static str,
    pub(super) context: &'static [&'static str],
    pub(super) must_not_match: &'static [&'static str],
}

impl About {
    pub(super) fn of(kind: Kind) -> &'static About {
        let [first, ..] = &ABOUT;
        ABOUT
            .iter()
            .find(|about| about.kind == kind)
            .unwrap_or(first)
    }
}

/// Every detector, in the order of their kinds.
static ABOUT: [About; Kind::ALL.len()] = [
    About {
        kind: Kind::Email,
        description: "an address of e-mail, internationalised ones too",
        source: "RFC 5322, RFC 6531",
        context: &[],
        must_not_match: &["lodash@4.17.21", "@app.route", "git@host: x"],
    },
    About {
        kind: Kind::Phone,
        description: "a telephone number",
        source: "ITU-T E.164, the North American numbering plan",
        context: &["phone", "tel", "mobile", "call", "fax"],
        must_not_match: &["1700000000", "at 12:30:45.123456"],
    },
    About {
        kind: Kind::Card,
        description: "a payment card's number with an issuer's prefix and a right check digit",
        source: "ISO/IEC 7812-1, Luhn",
        context: &[],
        must_not_match: &["4111 1111 1111 1112", "9999999999999999"],
    },
    About {
        kind: Kind::Ssn,
        description: "a social security number of the USA, of an area and a group that exist",
        source: "Social Security Administration, POMS RM 10201",
        context: &["ssn", "social security"],
        must_not_match: &["000-12-3456", "666-12-3456", "123-00-4567"],
    },
    About {
        kind: Kind::Iban,
        description: "an account number with a right check",
        source: "ISO 13616, mod 97",
        context: &[],
        must_not_match: &["DE89 3704 0044 0532 0130 01"],
    },
    About {
        kind: Kind::Ip,
        description: "an address of IP, version 4 or 6",
        source: "RFC 791, RFC 4291",
        context: &[],
        must_not_match: &["version 1.2.3.4", "12:30:45"],
    },
    About {
        kind: Kind::Mac,
        description: "a hardware address",
        source: "IEEE 802, EUI-48",
        context: &[],
        must_not_match: &["12:30:45", "00:1b:44:11:3a"],
    },
    About {
        kind: Kind::BirthDate,
        description: "a date of birth",
        source: "ISO 8601 and national forms of dates",
        context: &["birth", "born", "dob"],
        must_not_match: &["deployed 1980-04-12", "date: 1980-04-12"],
    },
    About {
        kind: Kind::Passport,
        description: "a passport's number",
        source: "ICAO Doc 9303",
        context: &["passport"],
        must_not_match: &["passport expired", "order 925665416"],
    },
    About {
        kind: Kind::NationalId,
        description: "a national identity number",
        source: "the registers of the countries: PESEL, CPF, NIR, Aadhaar and others",
        context: &["pesel", "cpf", "national id", "aadhaar", "nir"],
        must_not_match: &["order 44051401359"],
    },
    About {
        kind: Kind::Password,
        description: "the value of a name for passwords",
        source: "OWASP Logging Cheat Sheet, the public rules of gitleaks",
        context: &["password", "passwd", "pwd", "passphrase", "pw"],
        must_not_match: &[
            "password: expired",
            "password=${DB_PASSWORD}",
            "password_policy=strong",
        ],
    },
    About {
        kind: Kind::Secret,
        description: "the value of a name for secrets",
        source: "OWASP Logging Cheat Sheet, the public rules of gitleaks",
        context: &["secret", "credential", "private"],
        must_not_match: &["secret: none", "secret_id=7"],
    },
    About {
        kind: Kind::ApiKey,
        description: "the value of a name for keys of programs",
        source: "the public rules of gitleaks",
        context: &["api_key", "apikey", "api-key", "key"],
        must_not_match: &[
            "api_key=${API_KEY}",
            "primary_key=7",
            "monkey=9f86d081884c7d65",
        ],
    },
    About {
        kind: Kind::Token,
        description: "a token in a provider's format, or the value of a name for tokens",
        source: "the providers' documentation, the public rules of gitleaks",
        context: &["token", "bearer"],
        must_not_match: &["token: expired", "max_tokens=4096"],
    },
    About {
        kind: Kind::Jwt,
        description: "a signed token of JSON",
        source: "RFC 7519, RFC 7515",
        context: &[],
        must_not_match: &["eyJ hello", "the parts of a.b.c"],
    },
    About {
        kind: Kind::PrivateKey,
        description: "a private key over all its lines",
        source: "RFC 7468, RFC 9580, PuTTY",
        context: &[],
        must_not_match: &["-----BEGIN CERTIFICATE-----", "-----BEGIN PUBLIC KEY-----"],
    },
    About {
        kind: Kind::UrlCredential,
        description: "a password within a URL",
        source: "RFC 3986, section 3.2.1",
        context: &["://"],
        must_not_match: &["https://example.com/a", "https://example.com:8080/a@b"],
    },
    About {
        kind: Kind::Authorization,
        description: "the credentials of a header",
        source: "RFC 9110, section 11.6.2; RFC 7617",
        context: &["authorization", "basic", "bearer"],
        must_not_match: &["authorization: required", "basic setup"],
    },
    About {
        kind: Kind::Cookie,
        description: "the value of a session's cookie",
        source: "RFC 6265",
        context: &["cookie", "session"],
        must_not_match: &["cookie policy accepted", "Cookie: theme=dark"],
    },
];

/// Texts in which the detector finds something, put together from parts.
pub(super) fn must_match(kind: Kind) -> Vec<String> {
    let samples: [String; 2] = match kind {
        Kind::Email => ["ann@example.com", "to zo\u{eb}+x@b\u{fc}cher.example"].map(Into::into),
        Kind::Phone => ["+44 20 7946 0958", "tel. (415) 555-2671"].map(Into::into),
        Kind::Card => ["4111 1111 1111 1111", "5500-0000-0000-0004"].map(Into::into),
        Kind::Ssn => ["ssn 268-62-7281", "268-62-7281"].map(Into::into),
        Kind::Iban => ["DE89 3704 0044 0532 0130 00", "GB82WEST12345698765432"].map(Into::into),
        Kind::Ip => ["203.0.113.7", "from 2001:db8::1"].map(Into::into),
        Kind::Mac => ["00:1b:44:11:3a:b7", "00-1B-44-11-3A-B7"].map(Into::into),
        Kind::BirthDate => ["date of birth: 1980-04-12", "dob=12/04/1980"].map(Into::into),
        Kind::Passport => ["passport number: 925665416", "passport no 925665416"].map(Into::into),
        Kind::NationalId => ["PESEL 44051401359", "pesel: 44051401359"].map(Into::into),
        Kind::Password => ["password=hunter2", r#"{"db_password":"hunter2"}"#].map(Into::into),
        Kind::Secret => [digits("client_secret="), digits("secret: ")],
        Kind::ApiKey => [digits("api_key="), digits("X-Api-Key: ")],
        Kind::Token => [
            format!("ghp_{}", "a1B2c3D4e5F6".repeat(3)),
            digits("access_token="),
        ],
        Kind::Jwt => {
            let jwt = [
                "eyJhbGciOiJIUzI1NiJ9",
                "eyJzdWIiOiIxMjMifQ",
                &"a1B2c3D".repeat(6),
            ]
            .join(".");
            [format!("got {jwt}"), jwt]
        }
        Kind::PrivateKey => ["", "RSA "].map(|form| {
            let lines = format!("{}\n", "MIIEvQIBADANBgkq".repeat(4)).repeat(3);
            format!("-----BEGIN {form}PRIVATE KEY-----\n{lines}-----END {form}PRIVATE KEY-----")
        }),
        Kind::UrlCredential => {
            ["postgres", "https"].map(|scheme| format!("{scheme}://app:hunter2@db/x"))
        }
        Kind::Authorization => [
            "Authorization: Basic dXNlcjpodW50ZXIy".into(),
            digits("Authorization: Bearer "),
        ],
        Kind::Cookie => [digits("Cookie: session="), digits("Set-Cookie: sid=")],
    };
    samples.into()
}

/// A made-up secret behind a name.
fn digits(name: &str) -> String {
    format!("{name}{}", "9f8a6d0b".repeat(4))
}
