use super::*;

fn found(text: &str) -> Option<(&str, Kind)> {
    (0..text.len())
        .find_map(|at| identity(text.as_bytes(), at))
        .map(|span| (&text[span.start..span.end], span.kind))
}

#[test]
fn numbers_are_found_behind_the_words_for_their_documents() {
    for (text, number) in [
        ("NINO: AB 12 34 56 C", "AB 12 34 56 C"),
        ("national insurance number AB123456C used", "AB123456C"),
        ("nationalInsuranceNumber=AB123456C", "AB123456C"),
        ("invalid CPF: 529.982.247-25", "529.982.247-25"),
        ("DNI 12345678Z", "12345678Z"),
        ("NIE: X1234567L", "X1234567L"),
        ("{\"pesel\":\"44051401359\"}", "44051401359"),
        ("Aadhaar=2345 6789 0123", "2345 6789 0123"),
        ("SIN: 046-454-286", "046-454-286"),
        ("codice fiscale RSSMRA85M01H501Z", "RSSMRA85M01H501Z"),
        ("personnummer 19811218-9876", "19811218-9876"),
        ("national_id IH4563025", "IH4563025"),
        ("tax id: 13536123814", "13536123814"),
        ("driver license K8832204 renewed", "K8832204"),
        ("driver's license no. D123-4567-8901", "D123-4567-8901"),
        ("NHS number: 943 476 5919", "943 476 5919"),
        ("NIR 1 84 12 76 451 089 46", "1 84 12 76 451 089 46"),
        ("bsn=111222333", "111222333"),
    ] {
        assert_eq!(found(text), Some((number, Kind::NationalId)), "{text}");
    }
    for (text, number) in [
        ("passport no. C01X00T47 expired", "C01X00T47"),
        ("passportNo=651182634", "651182634"),
        ("checked in with passport KF9XXH525", "KF9XXH525"),
        ("{\"passport_number\":\"E42654701\"}", "E42654701"),
        ("Reisepass: C2RJF7MZ8", "C2RJF7MZ8"),
    ] {
        assert_eq!(found(text), Some((number, Kind::Passport)), "{text}");
    }
}

#[test]
fn a_word_without_a_number_and_a_number_without_a_word_are_left() {
    for text in [
        "passport: expired",
        "passport public",
        "passport-saml 3.2.1",
        "passport.js v0.6.0",
        "SIN wave 12",
        "since 123456789",
        "tax idea 12345678901",
        "driver license expired",
        "order 12345678Z",
        "national id missing",
        "dni",
        "nie wieder 2024",
        "tin can 12",
        "nhs wait 12",
        "tax identity unknown",
    ] {
        assert_eq!(found(text), None, "{text}");
    }
}
