//! Lines that hold something sensitive, family by family.

mod formats;
mod keyed;
mod password;
mod person;
mod style;
mod token;

use crate::draw::Draw;
use crate::fill::fill;
use crate::harden::{self, percent};
use crate::kind::{Group, Kind};
use crate::line::{Draft, Line, Secret};
use crate::value::password::Place;
use crate::value::vendor::{RARE, SHAPED, Vendor};
use crate::value::{self, azure, card, iban, mail, net, person as people, phone, token as secrets};
use style::Style;

/// What a family of lines is about.
#[derive(Clone, Copy)]
enum Family {
    Vendor(&'static Vendor),
    Jwt,
    Pem,
    Basic,
    Bearer,
    Aws,
    Webhook,
    Url,
    UrlToken,
    Cookie,
    ApiKey,
    Password,
    Format,
    Azure(Kind),
    Vault,
    Card(Kind),
    Mail,
    MailWide,
    Iban,
    Ssn,
    PhoneInternational,
    PhoneAmerican,
    PhoneNational,
    Birth,
    Passport,
    Document,
    V4,
    V6,
    Mac,
}

/// The families with their share of the lines.
fn families() -> Vec<(Family, u64)> {
    let mut all: Vec<(Family, u64)> = vec![
        (Family::Jwt, 10),
        (Family::Pem, 8),
        (Family::Basic, 10),
        (Family::Bearer, 14),
        (Family::Aws, 14),
        (Family::Webhook, 8),
        (Family::Url, 24),
        (Family::UrlToken, 14),
        (Family::Cookie, 18),
        (Family::ApiKey, 40),
        (Family::Password, 80),
        (Family::Format, 60),
        (Family::Vault, 10),
        (Family::Mail, 36),
        (Family::MailWide, 12),
        (Family::Iban, 24),
        (Family::Ssn, 24),
        (Family::PhoneInternational, 20),
        (Family::PhoneAmerican, 14),
        (Family::PhoneNational, 14),
        (Family::Birth, 12),
        (Family::Passport, 8),
        (Family::Document, 10),
        (Family::V4, 16),
        (Family::V6, 16),
        (Family::Mac, 6),
    ];
    all.extend(SHAPED.iter().map(|vendor| (Family::Vendor(vendor), 4)));
    all.extend(RARE.iter().map(|vendor| (Family::Vendor(vendor), 1)));
    all.extend(
        card::kinds()
            .into_iter()
            .map(|kind| (Family::Card(kind), 5)),
    );
    let azure = [
        azure::STORAGE,
        azure::SAS,
        azure::CLIENT,
        azure::BUS,
        azure::DEVOPS,
    ];
    all.extend(azure.map(|kind| (Family::Azure(kind), 4)));
    all
}

/// `count` lines with at least one value each.
pub(crate) fn lines(draw: &mut Draw, count: usize) -> Vec<Line> {
    let families = families();
    let whole: u64 = families.iter().map(|(_, share)| share).sum();
    let mut lines = Vec::with_capacity(count);
    while lines.len() < count {
        let mut ticket = draw.below(whole);
        let family = families.iter().find(|(_, share)| {
            let found = ticket < *share;
            ticket = ticket.saturating_sub(*share);
            found
        });
        if let Some((family, _)) = family {
            let line = line(draw, *family);
            // A value that the line repeats outside of its place would be judged as survived.
            if crate::score::is_fair(&line) {
                lines.push(line);
            }
        }
    }
    lines
}

/// One line: a template, filled; then in three of ten cases made hard to read.
fn line(draw: &mut Draw, family: Family) -> Line {
    let mut draft = Draft::default();
    let (template, odd) = family.write(draw, &mut draft);
    let encodings = harden::applicable(&draft);
    if !odd && draw.chance(30) {
        let plain = draft.clone().finish(template, "");
        let encoding = encodings[draw.index(encodings.len())];
        encoding.apply(draw, &mut draft);
        let hard = draft.finish(template, encoding.name);
        // Some encodings have nothing to encode in some lines.
        return if hard.text == plain.text { plain } else { hard };
    }
    // An odd shape is sometimes carried by JSON too, as everything is.
    if odd && draw.chance(15) {
        harden::JSON.apply(draw, &mut draft);
    }
    draft.finish(template, if odd { "odd shape" } else { "" })
}

/// A template of the plain or the odd ones: one in eight is odd.
fn choose(draw: &mut Draw, plain: &[&'static str], odd: &[&'static str]) -> (&'static str, bool) {
    if odd.is_empty() || draw.chance(87) {
        (plain[draw.index(plain.len())], false)
    } else {
        (odd[draw.index(odd.len())], true)
    }
}

impl Family {
    /// Writes a line and tells its template and whether that one is odd.
    fn write(self, draw: &mut Draw, draft: &mut Draft) -> (&'static str, bool) {
        match self {
            Family::Vendor(vendor) => vendor_line(draw, draft, vendor),
            Family::Jwt => shaped(draw, draft, secrets::jwt),
            Family::Webhook => simple(draw, draft, token::WEBHOOK, &[], secrets::webhook),
            Family::Pem => pem_line(draw, draft),
            Family::Basic => simple(draw, draft, token::BASIC, token::BASIC_HARD, secrets::basic),
            Family::Bearer => simple(draw, draft, token::BEARER, token::BEARER_HARD, |draw| {
                if draw.chance(25) {
                    Secret::new(secrets::BEARER, secrets::jwt(draw).plain)
                } else {
                    secrets::bearer(draw)
                }
            }),
            Family::Aws => aws_line(draw, draft),
            Family::Url => url_line(draw, draft),
            Family::UrlToken => simple(draw, draft, token::URL_TOKEN, &[], secrets::url_token),
            Family::Cookie => simple(
                draw,
                draft,
                token::COOKIE,
                token::COOKIE_HARD,
                secrets::cookie,
            ),
            Family::ApiKey => keyed(draw, draft, keyed::API_NAMES, |draw, _| {
                secrets::api_key(draw)
            }),
            Family::Password => password_line(draw, draft),
            Family::Format => {
                let (template, fill_in) = formats::FORMATS[draw.index(formats::FORMATS.len())];
                *draft = fill(
                    draw,
                    template,
                    |draw, mark| (mark == "v").then(|| fill_in.make(draw)),
                    |_| String::new(),
                );
                (template, false)
            }
            Family::Azure(kind) => {
                draft.text(if draw.chance(50) {
                    "connecting with "
                } else {
                    ""
                });
                (azure::carrier(draw, kind, draft), false)
            }
            Family::Vault if draw.chance(50) => keyed(
                draw,
                draft,
                &["VAULT_TOKEN", "x_vault_token", "client_token"],
                |draw, _| azure::vault(draw),
            ),
            Family::Vault => shaped(draw, draft, |draw| {
                loop {
                    let token = azure::vault(draw);
                    // The old short form has too little shape to be known without a name.
                    if !token.plain.starts_with("s.") {
                        return token;
                    }
                }
            }),
            Family::Card(kind) => simple(draw, draft, person::CARD, person::CARD_HARD, |draw| {
                card::make(draw, kind)
            }),
            Family::Mail => simple(draw, draft, person::MAIL, person::MAIL_HARD, mail::common),
            Family::MailWide => simple(draw, draft, person::MAIL, person::MAIL_HARD, mail::wide),
            Family::Iban => simple(draw, draft, person::IBAN, person::IBAN_HARD, iban::make),
            Family::Ssn if draw.chance(50) => {
                simple(draw, draft, person::SSN_NAMED, &[], people::ssn_named)
            }
            Family::Ssn => simple(draw, draft, person::SSN, person::SSN_HARD, people::ssn),
            Family::PhoneInternational if draw.chance(50) => {
                simple(draw, draft, person::PHONE, &[], phone::e164)
            }
            Family::PhoneInternational => simple(
                draw,
                draft,
                person::PHONE_NAMED,
                person::PHONE_HARD,
                phone::e164,
            ),
            Family::PhoneAmerican if draw.chance(50) => {
                simple(draw, draft, person::PHONE, &[], phone::nanp)
            }
            Family::PhoneAmerican => simple(
                draw,
                draft,
                person::PHONE_NAMED,
                person::PHONE_HARD,
                phone::nanp,
            ),
            Family::PhoneNational => {
                simple(draw, draft, person::PHONE_NATIONAL, &[], phone::national)
            }
            Family::Birth => simple(draw, draft, person::BIRTH, &[], people::birth),
            Family::Passport => simple(draw, draft, person::PASSPORT, &[], people::passport),
            Family::Document => document_line(draw, draft),
            Family::V4 => simple(draw, draft, person::ADDRESS, person::V4, net::v4),
            Family::V6 => simple(draw, draft, person::ADDRESS, person::V6, net::v6),
            Family::Mac => simple(draw, draft, person::HARDWARE, &[], net::mac),
        }
    }
}

/// A line whose every `«v»` is a value of the maker.
fn simple(
    draw: &mut Draw,
    draft: &mut Draft,
    plain: &[&'static str],
    odd: &[&'static str],
    make: impl Fn(&mut Draw) -> Secret,
) -> (&'static str, bool) {
    let (template, is_odd) = choose(draw, plain, odd);
    *draft = fill(
        draw,
        template,
        |draw, mark| (mark == "v").then(|| make(draw)),
        |_| String::new(),
    );
    (template, is_odd)
}

fn shaped(
    draw: &mut Draw,
    draft: &mut Draft,
    make: impl Fn(&mut Draw) -> Secret,
) -> (&'static str, bool) {
    simple(draw, draft, token::SHAPED, token::SHAPED_HARD, make)
}

/// A line in which a name stands beside the value; the maker learns where the value stands.
fn keyed(
    draw: &mut Draw,
    draft: &mut Draft,
    names: &[&str],
    make: impl Fn(&mut Draw, Place) -> Secret,
) -> (&'static str, bool) {
    let (templates, place, style, odd) = match draw.below(100) {
        0..=33 => (keyed::BARE, Place::Bare, Style::of_settings(draw), false),
        34..=67 => (keyed::QUOTED, Place::Quoted, Style::of_code(draw), false),
        68..=85 => (
            keyed::REQUEST,
            Place::Plain,
            Style::of_requests(draw),
            false,
        ),
        _ => (keyed::PROSE, Place::Plain, Style::of_prose(draw), true),
    };
    let template = templates[draw.index(templates.len())];
    let name = style.write(draw, |draw| draw.pick(names));
    *draft = fill(
        draw,
        template,
        |draw, mark| (mark == "v").then(|| make(draw, place)),
        |_| name.clone(),
    );
    if template.starts_with('<') {
        draft.encode_values(harden::xml);
    } else if template.contains(['?', '&']) {
        draft.encode_values(|value| percent(value, "-_.~"));
    }
    (template, odd)
}

fn vendor_line(
    draw: &mut Draw,
    draft: &mut Draft,
    vendor: &'static Vendor,
) -> (&'static str, bool) {
    let by_itself = vendor.kind.group == Group::Token && !vendor.kind.name.starts_with("MAILGUN");
    if by_itself && draw.chance(50) {
        shaped(draw, draft, |draw| vendor.make(draw))
    } else {
        keyed(draw, draft, vendor.keys, |draw, _| vendor.make(draw))
    }
}

fn password_line(draw: &mut Draw, draft: &mut Draft) -> (&'static str, bool) {
    let (templates, place, odd) = match draw.below(100) {
        0..=59 => return keyed(draw, draft, keyed::PASSWORD_NAMES, value::password::make),
        60..=79 => (password::BARE, Place::Bare, false),
        80..=91 => (password::QUOTED, Place::Quoted, false),
        _ => (password::PROSE, Place::Plain, true),
    };
    let template = templates[draw.index(templates.len())];
    *draft = fill(
        draw,
        template,
        |draw, mark| (mark == "v").then(|| value::password::make(draw, place)),
        |_| String::new(),
    );
    if template.starts_with('<') {
        draft.encode_values(harden::xml);
    } else if template.contains('?') {
        draft.encode_values(|value| percent(value, "-_.~"));
    }
    (template, odd)
}

fn aws_line(draw: &mut Draw, draft: &mut Draft) -> (&'static str, bool) {
    let (template, odd) = choose(draw, token::AWS, token::AWS_HARD);
    let make = |draw: &mut Draw, mark: &str| match mark {
        "v" => Some(secrets::aws_id(draw)),
        "v2" => Some(secrets::aws_secret(draw)),
        _ => None,
    };
    *draft = fill(draw, template, make, |_| String::new());
    (template, odd)
}

/// The password of a URL: of letters that need no encoding, or percent-encoded.
fn url_line(draw: &mut Draw, draft: &mut Draft) -> (&'static str, bool) {
    let (template, odd) = choose(draw, token::URL, token::URL_HARD);
    let place = if draw.chance(70) {
        Place::Plain
    } else {
        Place::Bare
    };
    let make = |draw: &mut Draw, mark: &str| {
        (mark == "v").then(|| {
            Secret::new(
                value::password::URL_CREDENTIAL,
                value::password::make(draw, place).plain,
            )
        })
    };
    *draft = fill(draw, template, make, |_| String::new());
    draft.encode_values(|value| percent(value, "-_.~!*"));
    (template, odd)
}

fn document_line(draw: &mut Draw, draft: &mut Draft) -> (&'static str, bool) {
    let template = person::DOCUMENT[draw.index(person::DOCUMENT.len())];
    let (word, secret) = people::national_id(draw);
    let filled = template.replace("«word»", word);
    *draft = fill(
        draw,
        &filled,
        |_, mark| (mark == "v").then(|| secret.clone()),
        |_| String::new(),
    );
    (template, false)
}

/// A private key over several lines, or folded into one by an encoder.
fn pem_line(draw: &mut Draw, draft: &mut Draft) -> (&'static str, bool) {
    let (template, newline, before, after, odd) = match draw.below(8) {
        0 | 1 => ("pem", "\n", "loaded key:\n", "\ndone", false),
        2 => ("pem, CRLF", "\r\n", "", "\r\n", false),
        3 => (
            "pem in JSON",
            "\\n",
            "{\"type\":\"service_account\",\"private_key\":\"",
            "\\n\",\"client_id\":\"1\"}",
            false,
        ),
        4 => ("pem in an export", "\n", "export SSH_KEY=\"", "\"", false),
        5 => (
            "pem in JSON in JSON",
            "\\\\n",
            "{\"msg\":\"{\\\"private_key\\\":\\\"",
            "\\\"}\"}",
            true,
        ),
        6 => (
            "pem in YAML",
            "\n    ",
            "tls.key: |\n    ",
            "\nkind: Secret",
            true,
        ),
        _ => ("pem in one line", " ", "key ", " ends", true),
    };
    draft.text(before);
    draft.value(secrets::pem(draw, newline));
    draft.text(after);
    (template, odd)
}
