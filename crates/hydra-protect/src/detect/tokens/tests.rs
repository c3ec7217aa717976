//! Every rule's own sample is found, and what only begins like a token is not.

use super::rule::Class;
use super::*;

/// Draws bytes of a class, the same each run.
struct Lot(u64);

impl Lot {
    fn of(&mut self, class: Class) -> u8 {
        loop {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let b = (self.0 >> 33) as u8 & 0x7f;
            // Padding and dots stand at ends in real tokens: none inside.
            if class.holds(b) && !matches!(b, b'.' | b'=' | b'%' | b'-') {
                return b;
            }
        }
    }

    fn sample(&mut self, rule: &Rule) -> Vec<u8> {
        let mut sample = rule.prefix.to_vec();
        for piece in rule.body {
            match *piece {
                Piece::Run { class, least, .. } => {
                    sample.extend((0..least).map(|_| self.of(class)));
                }
                Piece::Text(literal) => sample.extend(literal),
            }
        }
        sample
    }
}

#[test]
fn every_rule_finds_its_own_samples_whole_wherever_a_word_can_start() {
    let mut lot = Lot(1);
    for rule in &RULES {
        let mut missed = 0;
        for _ in 0..200 {
            let sample = lot.sample(rule);
            for (before, after) in [
                ("", ""),
                ("token=", " used"),
                ("\"", "\","),
                ("(", ")."),
                ("\\n", "\\n"),
            ] {
                let text = [before.as_bytes(), &sample, after.as_bytes()].concat();
                let found = at_word(&text, before.len());
                let whole = found.is_some_and(|span| {
                    span.start == before.len() && span.end == before.len() + sample.len()
                });
                missed += usize::from(!whole);
            }
        }
        // Short bodies may spell something.
        let most = if rule.check == Check::Random { 30 } else { 0 };
        assert!(
            missed <= most,
            "{} {}: {missed} of 1000",
            rule.vendor,
            String::from_utf8_lossy(rule.prefix)
        );
    }
}

#[test]
fn every_prefix_is_among_the_heads() {
    for rule in &RULES {
        assert!(HEADS.iter().any(|head| {
            head.iter()
                .zip(rule.prefix)
                .all(|(&h, p)| h == 0 || h == p.to_ascii_lowercase())
        }));
    }
}

#[test]
fn what_begins_like_a_token_is_not_one() {
    for text in [
        "sk-learn",
        "sk-learn-0.24.2-cp39-manylinux2014-x86",
        "pk.pem",
        "key-value",
        "key-value-store-replication-1",
        "live_stream_quality_monitor_1080p",
        "test_that_redaction_is_idempotent_2",
        "secret_manager",
        "npm_config_registry",
        "npm_lifecycle_event_postinstall_script_name",
        "pypi-server",
        "hf_hub_download",
        "api-gateway-v2",
        "api-6fd9c7b4d5-x2k4j",
        "sdk-version-2.1.3",
        "re_compile_pattern_with_flags",
        "pat.match",
        "s.replace",
        "b.startsWith",
        "ACCELERATION",
        "ASIA",
        "AKIA",
        "SG.region",
        "xoxo",
        "EAAccelerator",
        "EAA",
        "AC123",
        "SKU1234567890",
        "MTU.value",
        "NTP.server.org",
        "Other.things",
        "sha256~",
        "dose-response",
        "dapi",
        "tfc-agent-pool",
        "pul-request",
        "ico-file-name",
        "fc-cache-invalidation-worker",
        "sl.bin",
        "md-to-pdf-converter-tool",
        "pa-checker",
        "polar_coordinates_to_cartesian_conversion",
        "fastly_cache_status_of_the_request_1",
        "dagster_daemon_heartbeat_interval_seconds_30",
        "cios",
        "ciphertext_block_chaining_mode_0123",
        "oy2",
        "4b1d5e4c-6fd9-4c7b-8d5e-2k4j",
        "Node",
        "Note.that.this",
        "MD5",
        "NDJSON",
        "access_token$",
        "t1.micro.instance.running",
        "y0_axis",
        "mob-network",
        "mfa.required",
        "ops_team",
        "TEST-1234",
        "APP_USR",
        "YCAM",
        "BSA_region",
    ] {
        for at in 0..text.len() {
            assert_eq!(at_word(text.as_bytes(), at), None, "{text} at {at}");
        }
    }
}

#[test]
fn digests_and_identifiers_are_no_tokens() {
    let mut lot = Lot(3);
    for _ in 0..2000 {
        let hex: String = (0..64)
            .map(|_| char::from(lot.of(rule::HEX)).to_ascii_lowercase())
            .collect();
        let uuid = format!(
            "{}-{}-{}-{}-{}",
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..32]
        );
        for text in [
            &hex[..],
            &hex[..40],
            &hex[..32],
            &hex[..24],
            &uuid,
            &format!("sha256:{hex}"),
            &format!("req-{uuid}"),
            &format!("web-{}-{}", &hex[..10], &hex[10..15]),
        ] {
            for at in 0..text.len() {
                assert_eq!(at_word(text.as_bytes(), at), None, "{text} at {at}");
            }
        }
    }
}

/// Text and what is found from `at` on, its pieces kept apart so that no whole token stands here.
fn found_at(pieces: &[&str], at: usize) -> Option<String> {
    let text = pieces.concat();
    let span = at_word(text.as_bytes(), at).or_else(|| at_digit(text.as_bytes(), at))?;
    Some(text[span.start..span.end].to_owned())
}

#[test]
fn tokens_are_known_by_what_stands_in_their_middle_too() {
    let hex = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";
    let base62 = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6kL9nO2qR5tU8wX1zA4cD7fG0iJ3lM6oP9rS2uV5xY8";
    let cases: [(&[&str], usize); 13] = [
        (&["a1B", "8Q", "~", &base62[..34]], 3),
        (&[hex, "-us", "12"], 33),
        (&[&base62[..14], ".atlas", "v1.", &base62[..64]], 15),
        (&["eu01xx", &hex[..30], "NR", "AL"], 36),
        (&[&base62[..6], "_", &base62[6..35], "_m", "mk"], 37),
        (
            &[
                "https://hooks.",
                "slack.com/services/T0AB1CD2E/B0AB1CD2E/",
                &base62[..24],
            ],
            8,
        ),
        (
            &[
                "https://discord",
                ".com/api/webhooks/123456789012345678/",
                &base62[..68],
            ],
            8,
        ),
        (
            &[
                "https://acme.webhook",
                ".office.com/webhookb2/",
                hex,
                "@",
                hex,
                "/IncomingWebhook/",
                hex,
            ],
            13,
        ),
        (&["123456789", ":AA", &base62[..33]], 0),
        (&["1234567890123456", "|", &base62[..27]], 0),
        (&["1234567890123456", "-", &base62[..40]], 0),
        (&["1//", "0", &base62[..60]], 0),
        (&["1/1234567890123", ":", hex], 0),
    ];
    for (pieces, at) in cases {
        assert_eq!(
            found_at(pieces, at).as_deref(),
            Some(&*pieces.concat()),
            "{pieces:?}"
        );
    }
}

#[test]
fn an_aws_secret_is_found_beside_its_id() {
    let id = ["AKI", "AIOSFODNN7ABCDEFG"].concat();
    let secret = ["aB3dE6gH9jK2mN5pQ8sT", "/W4yZ7bC0eF3hI6kL9+O"].concat();
    for between in [":", " / ", " secret=", "\",\"secret\":\""] {
        let text = format!("{id}{between}{secret}\"");
        let found = at_word(text.as_bytes(), 0).and_then(|id| beside(text.as_bytes(), id));
        assert_eq!(
            found.map(|span| &text[span.start..span.end]),
            Some(&*secret),
            "{between}"
        );
    }
    let digest = format!("{id} commit {}", "0a1b2c3d4e5f60718293a4b5c6d7e8f900112233");
    let id = at_word(digest.as_bytes(), 0).unwrap();
    assert_eq!(beside(digest.as_bytes(), id), None);
}
