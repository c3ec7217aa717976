//! One plain sample of every verifier.
use super::*;
fn find(f: fn(&[u8], usize) -> Option<std::ops::Range<usize>>, t: &str) -> Option<&str> {
    (0..t.len()).find_map(|i| f(t.as_bytes(), i)).map(|r| &t[r])
}
#[test]
fn every_verifier_finds_its_plain_shape() {
    assert_eq!(
        find(email::email, "to bob.o'neil+x@mail.example.co.uk, ok"),
        Some("bob.o'neil+x@mail.example.co.uk")
    );
    assert_eq!(
        find(email::email, "q=john%2Bq%40example.com&x"),
        Some("john%2Bq%40example.com")
    );
    assert_eq!(
        find(email::email, "q=email%3Djohn%40example.com&x"),
        Some("john%40example.com")
    );
    assert_eq!(
        find(email::email, "联系zhang@example.com。谢谢"),
        Some("zhang@example.com")
    );
    assert_eq!(
        find(email::email, "用户@例子.广告 x"),
        Some("用户@例子.广告")
    );
    for no in [
        "lodash@4.17.21",
        "git@github.com:org/repo",
        "@app.route('x')",
        "a@localhost",
        "icon@2x.png",
        "postgres://u:p@h.example.com/db",
    ] {
        assert_eq!(find(email::email, no), None, "{no}");
    }
}

#[test]
fn every_number_verifier_finds_its_plain_shape() {
    assert_eq!(
        find(card::card, "card_4111111111111111 x"),
        Some("4111111111111111")
    );
    assert_eq!(
        find(card::card, "card 4111 1111 1111 1111 12/27"),
        Some("4111 1111 1111 1111")
    );
    assert_eq!(
        find(card::card, "3782-822463-10005."),
        Some("3782-822463-10005")
    );
    assert_eq!(find(ssn::ssn, "x 536-22-1234."), Some("536-22-1234"));
    assert_eq!(
        find(iban::iban, "DE89 3704 0044 0532 0130 00 ok"),
        Some("DE89 3704 0044 0532 0130 00")
    );
    assert_eq!(
        find(iban::iban, "gb82west12345698765432"),
        Some("gb82west12345698765432")
    );
    assert_eq!(find(ip::v4, "from 10.0.0.1:80"), Some("10.0.0.1"));
    assert_eq!(
        find(ip::v6, "[2001:db8::1%eth0]:80"),
        Some("2001:db8::1%eth0")
    );
    assert_eq!(
        find(mac::mac, "hw 00:1a:2b:3c:4d:5e."),
        Some("00:1a:2b:3c:4d:5e")
    );
    for yes in [
        "+14155550123",
        "+44 20 7946 0958",
        "+49 (0)30 901820",
        "(415) 555-2671",
        "415-555-2671",
        "+33 1 23 45 67 89",
    ] {
        assert_eq!(find(phone::phone, yes), Some(yes), "{yes}");
    }
    for no in [
        "1700000000",
        "ts=1700000000123",
        "part 415-555-2671",
        "3.14159265358",
        "2024-01-02 12:00:00",
    ] {
        assert_eq!(find(phone::phone, no), None, "{no}");
    }
    assert_eq!(
        find(phone::phone, "phone: 4155552671 x"),
        Some("4155552671")
    );
    assert_eq!(
        find(phone::phone, "Tél : 01 23 45 67 89"),
        Some("01 23 45 67 89")
    );
    let pem = "x -----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7\nabc=\n-----END RSA PRIVATE KEY----- y";
    assert_eq!(find(pem::private_key, pem), Some(&pem[2..pem.len() - 2]));
    let jwt = concat!("eyJhbGciOiJIUzI1NiJ9", ".eyJzdWIiOiIxIn0.abcdefghijk");
    assert_eq!(find(jwt::jwt, jwt), Some(jwt));
    assert!(
        tokens::at_word(
            concat!("ghp", "_aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6").as_bytes(),
            0
        )
        .is_some()
    );
    assert!(birth_date::birth_date(b"dob: 1980-02-03", 0).is_some());
    assert!(identity::identity(b"passport: X1234567", 0).is_some());
    assert!(entropy::looks_random(b"aB3dE6gH9jK2mN5pQ8sT"));
}
