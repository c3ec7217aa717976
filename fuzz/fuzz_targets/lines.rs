//! A record is one line in every format, whatever stands in its message and its fields.
#![no_main]

use hydra_core::format::{FormatKind, FormatSettings, RenderContext};
use hydra_core::{Buffer, Fields, Key, Level, Record, Value};

libfuzzer_sys::fuzz_target!(|texts: (&str, &str, &str, f64)| {
    let (message, name, text, number) = texts;
    let keys = [Key::dynamic(name), Key::dynamic(text)];
    let values = [Value::Str(text), Value::F64(number)];
    let record = Record::new(1_700_000_000_123_456_789, Level::Info, "APP", message)
        .with_fields(Fields::new(&keys, &values));
    for kind in FormatKind::ALL {
        let format = FormatSettings::new(kind)
            .bind("APP")
            .expect("the defaults are valid");
        let mut line = Buffer::default();
        format.render(&record, &mut RenderContext::default(), &mut line);
        let line = std::str::from_utf8(line.as_bytes()).expect("lines are UTF-8");
        let (last, body) = (line.chars().next_back(), &line[..line.len() - 1]);
        assert_eq!(last, Some('\n'));
        let bad = body.chars().find(|c| {
            (c.is_control() && *c != '\t') || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        });
        assert_eq!(bad, None, "{kind}: {body:?}");
    }
});
