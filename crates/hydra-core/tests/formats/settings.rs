//! What settings do to a line, and which are refused.

use hydra_core::config::{Templates, TimeZoneSetting};
use hydra_core::format::{Facility, FormatKind, FormatSettings, Theme};
use hydra_core::{Level, OwnedValue};

use crate::records::Call;

fn call() -> Call {
    Call {
        unix_ns: 1_700_000_000_123_456_789,
        level: Level::Info,
        layer: "APP".into(),
        message: "started".into(),
        fields: vec![("n".into(), OwnedValue::U64(1))],
        source: false,
    }
}

fn settings(kind: FormatKind) -> FormatSettings {
    let mut settings = FormatSettings::new(kind);
    settings.time_zone = Some(TimeZoneSetting::Utc);
    settings.host_name = Some("web1".into());
    settings.app_name = Some("shop".into());
    settings
}

#[test]
fn each_template_shapes_its_part_of_a_plain_line() {
    let table = [
        // date, time, name, message, line
        (
            None,
            None,
            None,
            None,
            "2023-11-14 22:13:20.123456+00:00 APP INFO - started n=1",
        ),
        (
            Some("%d.%m.%Y"),
            Some("%H:%M"),
            None,
            None,
            "14.11.2023 22:13 APP INFO - started n=1",
        ),
        (
            Some(""),
            None,
            None,
            None,
            "22:13:20.123456+00:00 APP INFO - started n=1",
        ),
        (
            None,
            Some(""),
            None,
            None,
            "2023-11-14 APP INFO - started n=1",
        ),
        (Some(""), Some(""), None, None, "APP INFO - started n=1"),
        (Some(""), Some(""), Some(""), None, "INFO - started n=1"),
        (
            Some(""),
            Some(""),
            Some("[{name:>5}]"),
            Some("{message} ({level:<8}|)"),
            "[  APP] started (INFO    |) n=1",
        ),
        (
            Some(""),
            Some(""),
            Some("%(name)s"),
            Some("%(levelname)-8s %(message)s"),
            "APP INFO     started n=1",
        ),
        (Some(""), Some(""), None, Some("{level}"), "APP INFO n=1"),
        (Some(""), Some(""), None, Some(""), "APP n=1"),
        (
            Some(""),
            Some(""),
            Some(""),
            Some("{message}{message}"),
            "startedstarted n=1",
        ),
        (
            Some(""),
            Some(""),
            None,
            Some("{levelno} {file}:{line}"),
            "APP 20 src/order, final.rs:42 n=1",
        ),
        (
            Some(""),
            Some("%H:%M:%S.%3f"),
            None,
            None,
            "22:13:20.123 APP INFO - started n=1",
        ),
        (
            Some(""),
            Some(""),
            Some("a\nb"),
            None,
            "a\\nb INFO - started n=1",
        ),
    ];
    for (date, time, name, message, expected) in table {
        let own = |template: Option<&str>| template.map(str::to_owned);
        let mut settings = settings(FormatKind::PlainText);
        settings.templates = Templates {
            date_format: own(date),
            time_format: own(time),
            logger_name_format: own(name),
            message_format: own(message),
        };
        assert_eq!(call().line(&settings), format!("{expected}\n"));
        settings.theme = Some(Theme::DEFAULT);
        let colored = call().line(&settings);
        assert_eq!(
            crate::records::without_color(&colored),
            format!("{expected}\n")
        );
    }
}

#[test]
fn a_level_is_coloured_with_the_room_it_is_given() {
    let mut settings = settings(FormatKind::PlainText);
    settings.templates.date_format = Some(String::new());
    settings.templates.time_format = Some(String::new());
    settings.templates.message_format = Some("{level:<8}|{level:>6}|{message}".into());
    settings.theme = Some(Theme::DEFAULT);
    assert_eq!(
        call().line(&settings),
        "APP \x1b[32mINFO    \x1b[0m|\x1b[32m  INFO\x1b[0m|started \x1b[34mn\x1b[0m=1\n"
    );
}

#[test]
fn date_and_time_have_the_digits_the_zone_and_the_templates_that_are_set() {
    let zone = Some(TimeZoneSetting::Fixed(-12_600));
    let table = [
        // kind, digits, zone, date, time, what the line begins with
        (
            FormatKind::Json,
            Some(3),
            None,
            None,
            None,
            "{\"timestamp\":\"2023-11-14T22:13:20.123Z\",",
        ),
        (
            FormatKind::Json,
            Some(0),
            zone.clone(),
            None,
            None,
            "{\"timestamp\":\"2023-11-14T18:43:20-03:30\",",
        ),
        (
            FormatKind::Json,
            None,
            None,
            Some("%d %b"),
            Some("%H:%M"),
            "{\"timestamp\":\"14 NovT22:13\",",
        ),
        (
            FormatKind::Csv,
            None,
            None,
            Some("%d, %b"),
            Some("%H:%M"),
            "\"14, NovT22:13\",INFO,",
        ),
        (
            FormatKind::Csv,
            Some(9),
            None,
            None,
            None,
            "2023-11-14T22:13:20.123456789Z,INFO,",
        ),
        (
            FormatKind::Logfmt,
            None,
            None,
            Some("%d %b"),
            Some("%H:%M"),
            "timestamp=\"14 NovT22:13\" level=INFO",
        ),
        (
            FormatKind::Syslog,
            Some(9),
            None,
            Some("%d"),
            None,
            "<14>1 2023-11-14T22:13:20.123456Z web1 ",
        ),
        (
            FormatKind::Syslog,
            Some(0),
            zone,
            None,
            None,
            "<14>1 2023-11-14T18:43:20-03:30 web1 ",
        ),
        (
            FormatKind::Gelf,
            Some(3),
            None,
            Some("%d"),
            None,
            "{\"timestamp\":1700000000.123,",
        ),
        (
            FormatKind::Gelf,
            Some(0),
            None,
            None,
            None,
            "{\"timestamp\":1700000000,",
        ),
    ];
    for (kind, digits, zone, date, time, expected) in table {
        let mut settings = settings(kind);
        settings.subsecond_digits = digits;
        settings.time_zone = zone.or(settings.time_zone);
        settings.templates.date_format = date.map(str::to_owned);
        settings.templates.time_format = time.map(str::to_owned);
        let line = call().line(&settings);
        assert!(line.starts_with(expected), "{kind}: {line}");
    }
}

#[test]
fn a_time_template_that_would_break_the_line_is_refused() {
    for (template, kinds) in [
        ("%H\n%M", &FormatKind::ALL[..]),
        ("%H%n%M", &FormatKind::ALL[..]),
        ("%H%t%M", &FormatKind::ALL[..]),
        ("\u{202e}%H", &FormatKind::ALL[..]),
        ("\x1b[31m%H", &FormatKind::ALL[..]),
        (
            "\"%H\"",
            &[FormatKind::Json, FormatKind::Csv, FormatKind::Logfmt][..],
        ),
        (
            "%H\\",
            &[FormatKind::Json, FormatKind::Csv, FormatKind::Logfmt][..],
        ),
    ] {
        // The standards of these two say what a time is: they take no template.
        let kinds = kinds
            .iter()
            .filter(|kind| !matches!(kind, FormatKind::Syslog | FormatKind::Gelf));
        for kind in kinds {
            let mut settings = settings(*kind);
            settings.templates.time_format = Some(template.into());
            let error = settings
                .bind("APP")
                .err()
                .unwrap_or_else(|| panic!("{kind} {template:?}"));
            assert!(
                error.to_string().contains("may not stand in a line"),
                "{error}"
            );
        }
    }
}

#[test]
fn syslog_has_the_facility_the_names_and_the_element_that_are_set() {
    let mut settings = settings(FormatKind::Syslog);
    settings.facility = Facility::Local7;
    settings.app_name = Some("an app ".repeat(10));
    settings.host_name = Some("größe.".repeat(60));
    settings.structured_data_id = Some("app@4711.1".into());
    let line = call().line(&settings);
    let read = syslog_rfc5424::parse_message(line.trim_end()).unwrap();
    assert_eq!((read.facility as u8, read.severity as u8), (23, 6));
    let app = read.appname.unwrap();
    assert!(app.len() == 48 && app.starts_with("an_app_an"), "{app}");
    let host = read.hostname.unwrap();
    assert!(host.len() == 255 && host.starts_with("gr__e."), "{host}");
    assert_eq!(
        read.sd.find_tuple("app@4711.1", "n").map(String::as_str),
        Some("1")
    );
}

#[test]
fn what_is_not_set_is_the_programs_and_the_machines_own_name() {
    let line = call().line(&FormatSettings::new(FormatKind::Syslog));
    let read = syslog_rfc5424::parse_message(line.trim_end()).unwrap();
    let program = std::env::current_exe().unwrap();
    let program = program.file_stem().unwrap().to_str().unwrap();
    assert!(program.starts_with(&read.appname.unwrap()));
    assert_eq!(
        read.procid,
        Some(syslog_rfc5424::message::ProcId::PID(
            std::process::id() as i32
        ))
    );
    assert!(read.hostname.is_some());
}

#[test]
fn an_element_name_that_the_rfc_does_not_allow_is_refused() {
    for name in [
        "",
        "fields",
        "@1",
        "fields@",
        "fields@x",
        "a b@1",
        "a]@1",
        "hydra@32473",
        "a@1..2",
        &format!("{}@1", "x".repeat(31)),
    ] {
        let mut settings = settings(FormatKind::Syslog);
        settings.structured_data_id = Some(name.into());
        let error = settings
            .bind("APP")
            .err()
            .unwrap_or_else(|| panic!("{name:?}"));
        assert!(error.to_string().contains("fields@32473"), "{error}");
    }
}

#[test]
fn a_message_of_ten_megabytes_is_one_line_in_every_format() {
    let mut call = call();
    call.message = format!("{}\n\x1b[31m\"end\"", "line, \\n ".repeat(10_000_000 / 9));
    for kind in FormatKind::ALL {
        let line = call.line(&settings(kind));
        assert_eq!(line.find('\n'), Some(line.len() - 1), "{kind}");
        assert!(line.len() > 10_000_000 && !line.contains('\x1b'), "{kind}");
    }
}

#[test]
fn a_line_tells_its_thread_and_process_padded_as_asked() {
    let mut settings = settings(FormatKind::PlainText);
    settings.templates.message_format = Some("|{thread:>8}|{process}|{message}".into());
    let write = move || call().line(&settings);
    let line = std::thread::Builder::new()
        .name("worker".into())
        .spawn(write.clone())
        .unwrap()
        .join()
        .unwrap();
    let process = std::process::id();
    assert!(
        line.contains(&format!("|  worker|{process}|started")),
        "{line}"
    );
    let unnamed = std::thread::spawn(write).join().unwrap();
    assert!(unnamed.contains("| unnamed|"), "{unnamed}");
}
