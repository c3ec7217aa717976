//! Telephone numbers of many countries, and what is written like one.

use super::*;

fn found(text: &str) -> Option<&str> {
    (0..text.len())
        .find_map(|at| phone(text.as_bytes(), at))
        .map(|range| &text[range])
}

#[test]
fn international_numbers_are_found_as_each_country_writes_them() {
    for number in [
        "+14155550123",
        "+1 415 555 0123",
        "+1 (415) 555-0123",
        "+1-415-555-0123",
        "+1.415.555.0123",
        "+44 20 7946 0958",
        "+44 (0)20 7946 0958",
        "+447911123456",
        "+49 30 901820",
        "+49 (0)30 901820",
        "+4915123456789",
        "+33 1 23 45 67 89",
        "+33123456789",
        "+34 612 34 56 78",
        "+39 06 698 12345",
        "+31 20 123 4567",
        "+41 44 668 18 00",
        "+43 1 58858 123",
        "+46 70 123 45 67",
        "+47 22 12 34 56",
        "+358 40 123 4567",
        "+48 22 123 45 67",
        "+7 495 123-45-67",
        "+81 3-1234-5678",
        "+86 138 1234 5678",
        "+91 98765 43210",
        "+55 11 91234-5678",
        "+61 2 9374 4000",
        "+972 54-123-4567",
        "+353 1 234 5678",
    ] {
        for (before, after) in [
            ("", ""),
            ("to ", "."),
            ("\"", "\""),
            ("tel:", " ok"),
            ("<", ">"),
        ] {
            assert_eq!(
                found(&format!("{before}{number}{after}")),
                Some(number),
                "{number}"
            );
        }
    }
    assert_eq!(found("call (+44) 20 7946 0958"), Some("+44) 20 7946 0958"));
    assert_eq!(found("to 0044 20 7946 0958"), Some("0044 20 7946 0958"));
}

#[test]
fn north_american_shapes_are_found_by_their_plan_with_extensions() {
    for number in [
        "(415) 555-2671",
        "(415)555-2671",
        "415-555-2671",
        "415.555.2671",
        "1-415-555-2671",
        "(415) 555-2671 x123",
        "415-555-2671 ext. 12",
    ] {
        assert_eq!(
            found(&format!("from {number}, then")),
            Some(number),
            "{number}"
        );
    }
    for text in [
        "115-555-2671",
        "411-555-2671",
        "415-155-2671",
        "415-911-2671",
        "415-555-26711",
        "AB-415-555-2671",
        "#415-555-2671",
        "part 415-555-2671",
        "SKU: 415-555-2671",
        "ticket 415-555-2671",
        "415 555 2671",
        "4155552671",
    ] {
        assert_eq!(found(text), None, "{text}");
    }
}

#[test]
fn national_forms_are_found_beside_a_word_for_a_telephone_alone() {
    for (text, number) in [
        ("phone: 4155552671", "4155552671"),
        ("T\u{e9}l : 01 23 45 67 89", "01 23 45 67 89"),
        ("mobile_number=07911 123456", "07911 123456"),
        ("customerPhone=030 901820", "030 901820"),
        ("\u{96fb}\u{8a71}: 03-1234-5678", "03-1234-5678"),
        ("m\u{f3}vil 612 34 56 78", "612 34 56 78"),
        ("call me at 4155552671", "4155552671"),
        ("call Marie at 415-555-2671", "415-555-2671"),
        ("SMS sent to 4155552671", "4155552671"),
        ("phone number is 070-123 47 76", "070-123 47 76"),
        ("054-123-3209/phone", "054-123-3209"),
        ("WhatsApp 98765 43210", "98765 43210"),
        ("{\"phone\":\"13812345678\"}", "13812345678"),
    ] {
        assert_eq!(found(text), Some(number), "{text}");
    }
    for text in [
        "01 23 45 67 89",
        "07911 123456",
        "phonetic 07911 123456",
        "phone verified 2024-01-02",
        "call took 1234567890 ns",
        "phone seen at 1700000000",
        "[REDACTED:PHONE] 07911 123456",
        "mobile app 10.2.3.4",
    ] {
        assert_eq!(found(text), None, "{text}");
    }
}

#[test]
fn times_identifiers_fractions_and_sums_are_no_numbers() {
    for text in [
        "1700000000",
        "1700000000123",
        "ts=1700000000.123",
        "3.14159265358979",
        "52.5200066, 13.404954",
        "2024-01-02 12:00:00",
        "20240102120000",
        "3b1e4111-4111-4111-8111-111111111111",
        "order 4155552671",
        "$4155552671",
        "+1024",
        "+0200",
        "+00:00",
        "UTC+02:00",
        "a+14155550123",
        "10.0.0.1",
        "978-3-16-148410-0",
        "4006381333931",
        "1.2.3-415",
        "+999999999999",
        "0x4155552671",
        "4155552671ms",
    ] {
        assert_eq!(found(text), None, "{text}");
    }
}

#[test]
fn a_duration_in_brackets_behind_a_number_is_no_part_of_it() {
    for (text, number) in [
        ("phone: +33 4 73 51 30 38 (167ms)", "+33 4 73 51 30 38"),
        ("dial 404-784-1385 (263ms)", "404-784-1385"),
        ("sms +5511925864386 (560ms)", "+5511925864386"),
    ] {
        let found = (0..text.len()).find_map(|at| phone(text.as_bytes(), at));
        assert_eq!(found.map(|range| &text[range]), Some(number), "{text}");
    }
}
