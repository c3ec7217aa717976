//! Secrets with a structure of their own, or with none: JWT, PEM, Basic, Bearer, pairs of AWS,
//! webhooks, cookies, tokens in URLs, keys without a shape.

use crate::draw::{BASE64, Draw, URLSAFE};
use crate::kind::{Group, Kind};
use crate::line::Secret;
use crate::value::vendor::expand;
use crate::words::USERS;

pub(crate) const JWT: Kind = Kind::new("JWT", Group::Token);
pub(crate) const PEM: Kind = Kind::new("PEM", Group::Token);
pub(crate) const BASIC: Kind = Kind::new("BASIC", Group::Token);
pub(crate) const BEARER: Kind = Kind::new("BEARER", Group::Token);
pub(crate) const AWS_ID: Kind = Kind::new("AWS_KEY_ID", Group::Token);
pub(crate) const AWS_SECRET: Kind = Kind::new("AWS_SECRET", Group::Token);
pub(crate) const WEBHOOK: Kind = Kind::new("WEBHOOK", Group::Token);
pub(crate) const URL_TOKEN: Kind = Kind::new("URL_TOKEN", Group::UrlToken);
pub(crate) const COOKIE: Kind = Kind::new("SESSION_COOKIE", Group::SessionCookie);
pub(crate) const API_KEY: Kind = Kind::new("API_KEY", Group::ApiKey);

/// Base64 of some bytes, with its padding or, for URLs, without.
pub(crate) fn base64(bytes: &[u8], alphabet: &str, pad: bool) -> String {
    let table: Vec<char> = alphabet.chars().collect();
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk
            .iter()
            .chain([0u8; 2].iter())
            .take(3)
            .fold(0usize, |word, byte| word << 8 | usize::from(*byte));
        for place in 0..=chunk.len() {
            out.push(table[word >> (18 - 6 * place) & 63]);
        }
        if pad {
            out.push_str(&"="[..usize::from(chunk.len() < 3)]);
            out.push_str(&"="[..usize::from(chunk.len() < 2)]);
        }
    }
    out
}

/// Header, claims and signature.
pub(crate) fn jwt(draw: &mut Draw) -> Secret {
    let header = match draw.below(4) {
        0 => r#"{"alg":"RS256","typ":"JWT","kid":"k1"}"#,
        1 => r#"{"typ":"JWT","alg":"HS256"}"#,
        2 => r#"{"alg":"ES256"}"#,
        _ => r#"{"alg":"HS256","typ":"JWT"}"#,
    };
    let claims = format!(
        r#"{{"sub":"{}","iat":{}}}"#,
        draw.digits(10),
        draw.between(1_600_000_000, 1_800_000_000)
    );
    let signature = draw.pick(&["43", "86", "342"]).parse().unwrap_or(43);
    let written = format!(
        "{}.{}.{}",
        base64(header.as_bytes(), URLSAFE, false),
        base64(claims.as_bytes(), URLSAFE, false),
        draw.from(URLSAFE, signature)
    );
    Secret::new(JWT, written)
}

/// A private key, from its BEGIN line to its END line; `newline` is how its lines end.
pub(crate) fn pem(draw: &mut Draw, newline: &str) -> Secret {
    let name = draw.pick(&[
        "RSA PRIVATE KEY",
        "PRIVATE KEY",
        "EC PRIVATE KEY",
        "OPENSSH PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY",
        "DSA PRIVATE KEY",
        "PGP PRIVATE KEY BLOCK",
    ]);
    let lines = draw.between(2, 14);
    let mut body: Vec<String> = (0..lines).map(|_| draw.from(BASE64, 64)).collect();
    let last = draw.between(4, 60) as usize;
    body.push(draw.from(BASE64, last) + "=");
    let dashes = "-".repeat(5);
    let written = format!(
        "{dashes}BEGIN {name}{dashes}{newline}{}{newline}{dashes}END {name}{dashes}",
        body.join(newline)
    );
    Secret::new(PEM, written)
}

/// User and password as HTTP's basic scheme writes them.
pub(crate) fn basic(draw: &mut Draw) -> Secret {
    let length = draw.between(6, 20) as usize;
    let pair = format!("{}:{}", draw.pick(USERS), draw.alnum(length));
    Secret::new(BASIC, base64(pair.as_bytes(), BASE64, true))
}

/// An opaque token after `Bearer`.
pub(crate) fn bearer(draw: &mut Draw) -> Secret {
    let shape = draw.pick(&[
        "{s40}",
        "{h64}",
        "{A32}",
        "{U}",
        "{b43}=",
        "{A20}.{s40}",
        "{A24}",
    ]);
    Secret::new(BEARER, expand(draw, shape))
}

/// The public half of a pair.
pub(crate) fn aws_id(draw: &mut Draw) -> Secret {
    let start = draw.pick(&["AKIA", "ASIA", "AKIA", "ABIA", "ACCA"]);
    Secret::new(
        AWS_ID,
        start.to_owned() + &draw.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16),
    )
}

/// The secret half.
pub(crate) fn aws_secret(draw: &mut Draw) -> Secret {
    Secret::new(AWS_SECRET, draw.from(BASE64, 40))
}

/// A URL that lets anybody post who knows it.
pub(crate) fn webhook(draw: &mut Draw) -> Secret {
    let shape = draw.pick(&[
        "https://hooks.slack.com/services/T{u10}/B{u10}/{A24}",
        "https://hooks.slack.com/services/T{u8}/B{u8}/{A24}",
        "https://hooks.slack.com/workflows/T{u8}/A{u8}/{d18}/{A24}",
        "https://discord.com/api/webhooks/1{d17}/{s68}",
        "https://discordapp.com/api/webhooks/1{d18}/{s68}",
        "https://acme.webhook.office.com/webhookb2/{U}@{U}/IncomingWebhook/{h32}/{U}",
        "https://hooks.zapier.com/hooks/catch/{d7}/{l7}/",
    ]);
    Secret::new(WEBHOOK, expand(draw, shape))
}

/// What stands after `?access_token=`.
pub(crate) fn url_token(draw: &mut Draw) -> Secret {
    let shape = draw.pick(&["{s32}", "{h40}", "{A24}", "{U}", "{A64}", "{s20}", "{h32}"]);
    Secret::new(URL_TOKEN, expand(draw, shape))
}

/// The value of a session cookie in the forms of several frameworks.
pub(crate) fn cookie(draw: &mut Draw) -> Secret {
    let shape = draw.pick(&[
        "{h32}",
        "{A26}",
        "{H32}",
        "s%3A{s32}.{A43}",
        "{l32}",
        "eyJ{A60}.{s6}.{s27}",
        "{s86}",
        "{U}",
        "{A40}--{h40}",
        "{H32}.node1",
    ]);
    Secret::new(COOKIE, expand(draw, shape))
}

/// A key that only its name betrays.
pub(crate) fn api_key(draw: &mut Draw) -> Secret {
    let shape = draw.pick(&[
        "{h32}",
        "{A32}",
        "{U}",
        "{s43}",
        "{A40}",
        "{b43}=",
        "{l24}",
        "{u20}",
        "{h64}",
        "{A16}",
        "live_{A28}",
        "{d12}-{l32}",
        "prod-{h24}",
    ]);
    Secret::new(API_KEY, expand(draw, shape))
}
