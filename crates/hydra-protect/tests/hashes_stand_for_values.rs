//! Hashes say how they were made, are verified by it, and refuse what they cannot judge.
#![cfg(feature = "hash")]

use std::collections::HashMap;

use hydra_protect::hash::{Algorithm, DataHasher, HashError};

const KEY: &[u8] = b"0123456789abcdef0123456789abcdef";

#[test]
fn known_answers_are_given() {
    // FIPS 180-4's "abc".
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(DataHasher::new().verify_hash("abc", abc), Ok(true));
    assert_eq!(DataHasher::new().verify_hash("abd", abc), Ok(false));
    // RFC 4231, test case 1.
    let hasher = DataHasher::with_key("k", &[0x0b; 20]).expect("a key");
    let tag = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7";
    assert_eq!(
        hasher.hash_data("Hi There"),
        Ok(format!("$hmac-sha256$v=1,k=k${tag}"))
    );
}

#[test]
fn salted_hashes_of_one_value_differ_and_all_verify() {
    for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
        let hasher = DataHasher::new().algorithm(algorithm);
        let (one, two) = (
            hasher.hash_data("x").expect("a hash"),
            hasher.hash_data("x").expect("a hash"),
        );
        assert_ne!(one, two);
        for hash in [one, two] {
            assert_eq!(hasher.verify_hash("x", &hash), Ok(true));
            assert_eq!(hasher.verify_hash("y", &hash), Ok(false));
        }
    }
}

#[test]
fn keyed_hashes_of_one_value_are_equal_and_those_of_another_key_are_not_judged() {
    let ours = DataHasher::with_key("ours", KEY).expect("a key");
    let hash = ours.hash_data("x").expect("a hash");
    assert_eq!(ours.hash_data("x").expect("a hash"), hash);
    assert_eq!(ours.verify_hash("x", &hash), Ok(true));
    assert_eq!(ours.verify_hash("y", &hash), Ok(false));

    let theirs = DataHasher::with_key("theirs", &KEY[1..]).expect("a key");
    let refused = theirs.verify_hash("x", &hash).expect_err("another key");
    assert_eq!(
        refused.to_string(),
        "the hash was made with the key \"ours\", and this hasher has theirs"
    );
    let same_name = DataHasher::with_key("ours", &KEY[1..]).expect("a key");
    assert_eq!(
        same_name.verify_hash("x", &hash),
        Ok(false),
        "a wrong key under the right name"
    );
}

#[test]
fn what_is_no_hash_or_a_broken_one_is_an_error_and_not_a_no() {
    let hasher = DataHasher::new();
    for broken in [
        "d41d8cd98f00b204e9800998ecf8427e",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    ] {
        assert!(matches!(
            hasher.verify_hash("", broken),
            Err(HashError::BrokenAlgorithm { .. })
        ));
    }
    for none in [
        "",
        "$",
        "x",
        "$sha256$v=1$zz$00",
        "$sha256$v=2$00$00",
        "$hmac-sha256$v=1$00",
        "$a$b$c$d$e",
        "abc",
    ] {
        assert!(hasher.verify_hash("x", none).is_err(), "{none:?}");
    }
    assert!(matches!(
        "whirlpool".parse::<Algorithm>(),
        Err(HashError::UnknownAlgorithm { .. })
    ));
    assert!(matches!(
        "SHA-1".parse::<Algorithm>(),
        Err(HashError::BrokenAlgorithm { .. })
    ));
}

#[test]
fn a_hash_that_was_cut_or_changed_does_not_verify() {
    let hasher = DataHasher::with_key("k", KEY).expect("a key");
    let hash = hasher.hash_data("x").expect("a hash");
    for at in hash.len() - 64..hash.len() {
        let mut changed = hash.clone().into_bytes();
        changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
        let changed = String::from_utf8(changed).expect("text");
        assert_eq!(hasher.verify_hash("x", &changed), Ok(false));
    }
    assert_eq!(hasher.verify_hash("x", &hash[..hash.len() - 2]), Ok(false));
}

#[test]
fn keys_are_held_to_their_shape_and_never_shown() {
    assert_eq!(
        DataHasher::with_key("k", b"short").unwrap_err(),
        HashError::ShortKey
    );
    for id in ["", "a b", "a$b", "é", &"x".repeat(33)] {
        assert!(
            matches!(DataHasher::with_key(id, KEY), Err(HashError::KeyId { .. })),
            "{id:?}"
        );
    }
    let hasher = DataHasher::with_key("k", KEY).expect("a key");
    assert!(matches!(
        hasher.clone().and_old_key("k", KEY),
        Err(HashError::DoubleKey { .. })
    ));
    assert_eq!(
        format!("{hasher:?}"),
        "DataHasher { algorithm: Sha256, keys: [\"k\"] }"
    );
}

#[test]
fn named_fields_are_hashed_and_others_stay() {
    let hasher = DataHasher::with_key("k", KEY).expect("a key");
    let mut map = HashMap::from([
        ("a".to_owned(), "1".to_owned()),
        ("b".to_owned(), "2".to_owned()),
    ]);
    assert_eq!(hasher.hash_sensitive_fields(&mut map, &["a", "c"]), Ok(1));
    assert_eq!(map["b"], "2");
    assert_eq!(hasher.verify_hash("1", &map["a"]), Ok(true));
}

#[cfg(feature = "argon2")]
#[test]
fn passwords_that_ask_for_too_much_memory_or_are_no_hashes_are_refused() {
    use hydra_protect::hash::verify_password;
    let greedy = "$argon2id$v=19$m=4294967295,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    assert!(
        verify_password("x", greedy)
            .unwrap_err()
            .to_string()
            .contains("1 GiB")
    );
    assert!(verify_password("x", "plain").is_err());
}
