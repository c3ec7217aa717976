//! What holds for every verifier, whatever bytes it is given.

use std::ops::Range;

use proptest::prelude::*;

use super::{
    birth_date, card, email, entropy, iban, identity, ip, jwt, mac, pem, phone, ssn, tokens,
};

type Verifier = fn(&[u8], usize) -> Option<Range<usize>>;

/// Every verifier that tells a range, with its name and the most bytes it may reach from its anchor.
const ALL: [(&str, Verifier, usize); 14] = [
    ("email", email::email, 640),
    ("phone", phone::phone, 96),
    ("card", card::card, 64),
    ("ssn", ssn::ssn, 32),
    ("iban", iban::iban, 160),
    ("v4", ip::v4, 64),
    ("v6", ip::v6, 128),
    ("mac", mac::mac, 32),
    ("jwt", jwt::jwt, 24 * 1024),
    ("private key", pem::private_key, 80 * 1024),
    ("putty key", pem::putty_key, 80 * 1024),
    ("birth date", birth_date::birth_date, 160),
    (
        "token",
        |text, at| tokens::at_word(text, at).map(|span| span.start..span.end),
        24 * 1024,
    ),
    (
        "identity",
        |text, at| identity::identity(text, at).map(|span| span.start..span.end),
        160,
    ),
];

/// Bytes that shapes are made of, so that drawn texts come near them.
fn near_shapes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"@".to_vec()),
        Just(b"%40".to_vec()),
        Just(b".com".to_vec()),
        Just(b"+49 ".to_vec()),
        Just(b"(415) ".to_vec()),
        Just(b"4111 1111 ".to_vec()),
        Just(b"DE89".to_vec()),
        Just(b"phone: ".to_vec()),
        Just(b"ssn ".to_vec()),
        Just(b"passport no. ".to_vec()),
        Just(b"born on ".to_vec()),
        Just(b"eyJhbGciOiJIUzI1NiJ9".to_vec()),
        Just(b"-----BEGIN PRIVATE KEY-----".to_vec()),
        Just(b"-----END ".to_vec()),
        Just(b"PuTTY-User-Key-File-2: ".to_vec()),
        Just(b"sk-".to_vec()),
        Just("\u{a0}\u{96fb}\u{8a71}".as_bytes().to_vec()),
        prop::collection::vec(prop::sample::select(b"0123456789".to_vec()), 1..12),
        prop::collection::vec(
            prop::sample::select(b"abcXYZ019-_.:/ \"'\\=|~".to_vec()),
            1..12
        ),
        prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn check(text: &[u8]) {
    for (name, verify, reach) in ALL {
        for at in 0..text.len() + 2 {
            let Some(range) = verify(text, at) else {
                continue;
            };
            assert!(
                range.start < range.end && range.end <= text.len(),
                "{name} at {at}"
            );
            assert!(
                range.start + reach > at && range.end < at + reach,
                "{name} at {at}: {range:?}"
            );
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_give_a_range_within_the_text_and_near_the_anchor(text in prop::collection::vec(any::<u8>(), 0..256)) {
        check(&text);
        entropy::looks_random(&text);
    }

    #[test]
    fn bytes_near_shapes_give_a_range_within_the_text_and_near_the_anchor(text in near_shapes()) {
        check(&text);
    }

    #[test]
    fn what_is_found_does_not_depend_on_what_is_far_away(text in near_shapes(), far in near_shapes()) {
        let gap = vec![b'\n'; 200];
        let longer = [&text[..], &gap, &far].concat();
        for (name, verify, _) in ALL {
            if name.ends_with("key") || name == "jwt" {
                continue;
            }
            for at in 0..text.len() {
                let alone = verify(&[&text[..], &gap].concat(), at);
                prop_assert_eq!(alone, verify(&longer, at), "{} at {}", name, at);
            }
        }
    }
}
