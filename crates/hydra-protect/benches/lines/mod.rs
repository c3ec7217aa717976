//! The lines that redaction is measured by, and what the peers look for in them.

/// 48 bytes with a number, as most messages have.
pub(crate) const SHORT: &str = "processed batch 1284 in 37 ms, queue depth now 3";

/// 55 bytes of words alone.
pub(crate) const WORDS: &str = "the configuration was loaded and the service has begun.";

/// 250 bytes.
pub(crate) const LONG: &str = "2026-11-21T12:05:36.123Z INFO [http-nio-8080-exec-7] c.e.shop.OrderController : GET \
    /api/v1/orders/81723/items?page=2&size=50 completed status=200 bytes=18234 duration=12ms \
    trace=4bf92f3577b34da6a3ce929d0e0e4736 user agent Mozilla/5.0 region eu-west-1 az b";

/// Lines of which each second holds a secret or personal data of another kind.
pub(crate) fn half() -> Vec<String> {
    let secrets = [
        "login failed for user ann@example.com from 10.0.0.7 after 3 attempts".to_owned(),
        format!(
            "charge declined card={} amount=12.50 EUR",
            "4111 1111 1111 1111"
        ),
        format!(
            "{{\"level\":\"warn\",\"user\":\"bob\",\"password\":\"{}\",\"n\":17}}",
            "hunter2"
        ),
        format!(
            "GET /v1/items?limit=3&access_token={} HTTP/1.1 200",
            "abc.def-123456"
        ),
        format!("> Authorization: Bearer {}", "q8w7e6r5t4y3u2i1o0p9a8s7"),
        format!(
            "connecting to postgres://app:{}@db.local:5432/shop",
            "s3cr3t"
        ),
        format!(
            "pushed with ghp_{} by ci",
            "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"
        ),
        "call +44 20 7946 0958 about invoice 81723".to_owned(),
    ];
    let clean = [
        SHORT,
        LONG,
        WORDS,
        "worker 7 picked job 8f14e45fceea167a from queue mail",
    ];
    secrets
        .iter()
        .zip(clean.iter().cycle())
        .flat_map(|(secret, clean)| [secret.clone(), (*clean).to_owned()])
        .collect()
}

/// What loggers look for.
pub(crate) const PATTERNS: &[&str] = &[
    r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}",
    r"\b(?:\d[ -]?){13,19}\b",
    r"\b\d{3}-\d{2}-\d{4}\b",
    r"\+?\d{1,3}[-. (]*\d{3}[-. )]*\d{3}[-. ]*\d{4}\b",
    r"\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b",
    r"(?i)password\s*[=:]\s*\S+",
    r"(?i)token\s*[=:]\s*\S+",
    r"(?i)secret\s*[=:]\s*\S+",
    r"(?i)api[_-]?key\s*[=:]\s*\S+",
    r#"(?i)"(?:password|token|secret|api_key)"\s*:\s*"[^"]*""#,
    r"(?i)authorization:\s*\S+\s+\S+",
    r"(?i)bearer\s+[A-Za-z0-9._~+/-]+=*",
    r"(?i)basic\s+[A-Za-z0-9+/]+=*",
    r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+",
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
    r"\bglpat-[A-Za-z0-9_-]{20}\b",
    r"\bxox[abprs]-[A-Za-z0-9-]{10,}\b",
    r"\b[sr]k_live_[A-Za-z0-9]{24,}\b",
    r"\bsk-[A-Za-z0-9]{20,}\b",
    r"\bAIza[A-Za-z0-9_-]{35}\b",
    r"\bnpm_[A-Za-z0-9]{36}\b",
    r"\bpypi-[A-Za-z0-9_-]{50,}\b",
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    r"[a-z]+://[^/\s:@]+:[^/\s@]+@",
    r"(?i)(?:set-)?cookie:\s*[^\r\n]+",
    r"(?i)access_token=[^&\s]+",
    r"(?i)\b(?:ssn|passport|iban)\s*[=:]\s*\S+",
];
