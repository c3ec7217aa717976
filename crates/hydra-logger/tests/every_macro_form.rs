//! Each way of writing a call, and what arrives.

use std::error::Error;

use hydra_logger::{
    Level, Location, Logger, OwnedValue, critical, debug, error, info, log, testing, trace, warn,
    warning,
};

/// What one call gave: level, layer, message, fields as `name=value`.
fn one(call: impl FnOnce(&Logger)) -> (Level, String, String, Vec<String>) {
    let (logger, records) = testing::capture();
    call(&logger);
    let mut records = records.take();
    assert_eq!(records.len(), 1, "one call, one record: {records:?}");
    let record = records.remove(0);
    let fields = record.fields.iter().map(|(name, value)| match value {
        OwnedValue::Str(text) => format!("{name}={text}"),
        other => format!("{name}={other:?}"),
    });
    (
        record.level,
        record.layer,
        record.message.clone(),
        fields.collect(),
    )
}

/// Message and fields of one call.
fn said(call: impl FnOnce(&Logger)) -> (String, Vec<String>) {
    let (_, _, message, fields) = one(call);
    (message, fields)
}

fn expected(message: &str, fields: &[&str]) -> (String, Vec<String>) {
    let fields = fields.iter().map(|field| (*field).to_owned());
    (message.to_owned(), fields.collect())
}

#[test]
fn each_macro_has_its_level() {
    assert_eq!(one(|logger| trace!(logger, "A", "m")).0, Level::Trace);
    assert_eq!(one(|logger| debug!(logger, "A", "m")).0, Level::Debug);
    assert_eq!(one(|logger| info!(logger, "A", "m")).0, Level::Info);
    assert_eq!(one(|logger| warning!(logger, "A", "m")).0, Level::Warning);
    assert_eq!(one(|logger| warn!(logger, "A", "m")).0, Level::Warning);
    assert_eq!(one(|logger| error!(logger, "A", "m")).0, Level::Error);
    assert_eq!(one(|logger| critical!(logger, "A", "m")).0, Level::Critical);
    let level = Level::Debug;
    assert_eq!(one(|logger| log!(level, logger, "A", "m")).0, Level::Debug);
}

#[test]
fn no_name_of_the_macros_own_hides_one_of_the_callers() {
    const SITE: &str = "vienna";
    const LOCATION: &str = "here";
    let (level, target) = (1, "there");
    let by_name = said(|logger| info!(logger, "A", site = SITE, level, "at {LOCATION}, {target}"));
    assert_eq!(
        by_name,
        expected("at here, there", &["site=vienna", "level=I64(1)"])
    );
    let by_handle = said(|logger| {
        let handle = logger.layer("A");
        info!(handle; site = SITE, level, "at {LOCATION}, {target}");
    });
    assert_eq!(by_handle, by_name);
}

#[test]
fn a_layer_is_a_literal_a_value_a_handle_or_the_default() {
    const NAME: &str = "CONSTANT";
    assert_eq!(one(|logger| info!(logger, "LITERAL", "m")).1, "LITERAL");
    assert_eq!(one(|logger| info!(logger, NAME, "m")).1, "CONSTANT");
    let name = String::from("VALUE");
    assert_eq!(one(|logger| info!(logger, &name, "m")).1, "VALUE");
    assert_eq!(
        one(|logger| info!(logger, format!("T-{}", 7).as_str(), x = 1, "m")).1,
        "T-7"
    );
    let by_handle = |logger: &Logger| {
        let layer = logger.layer("HANDLE");
        info!(layer; "m");
    };
    assert_eq!(one(by_handle).1, "HANDLE");
    assert_eq!(
        one(|logger| info!(logger.layer("MADE_HERE"); x = 1, "m")).1,
        "MADE_HERE"
    );
    assert_eq!(
        one(|logger| info!(&logger.layer("BORROWED"); "m")).1,
        "BORROWED"
    );
    assert_eq!(one(|logger| info!(logger; "m")).1, "DEFAULT");
    assert_eq!(one(|logger| info!(&&logger; "m")).1, "DEFAULT");
}

#[test]
fn a_logger_may_be_owned_borrowed_or_in_a_struct() {
    struct App {
        log: Logger,
    }
    let by_field = |logger: &Logger| {
        let app = App {
            log: logger.clone(),
        };
        info!(app.log, "A", "m");
    };
    assert_eq!(one(by_field).2, "m");
    assert_eq!(one(|logger| info!(logger.clone(), "A", "m")).2, "m");
    assert_eq!(
        one(|logger| info!(std::sync::Arc::new(logger.clone()), "A", "m")).2,
        "m"
    );
}

#[test]
fn a_message_is_a_format_string_or_nothing() {
    let (a, b) = (1, "two");
    assert_eq!(
        said(|logger| info!(logger, "A", "plain")),
        expected("plain", &[])
    );
    assert_eq!(
        said(|logger| info!(logger, "A", "{a} and {b}")),
        expected("1 and two", &[])
    );
    assert_eq!(
        said(|logger| info!(logger, "A", "{} {:>4}|", a, b)),
        expected("1  two|", &[])
    );
    assert_eq!(
        said(|logger| info!(logger, "A", "{x:?}", x = b)),
        expected("\"two\"", &[])
    );
    assert_eq!(
        said(|logger| info!(logger, "A", "{{}}")),
        expected("{}", &[])
    );
    assert_eq!(said(|logger| info!(logger, "A")), expected("", &[]));
    assert_eq!(said(|logger| info!(logger, "A",)), expected("", &[]));
    assert_eq!(
        said(|logger| info!(logger, "A", a)),
        expected("", &["a=I64(1)"])
    );
}

#[test]
fn trailing_commas_are_taken_everywhere() {
    let a = 1;
    assert_eq!(said(|logger| info!(logger, "A", "m",)), expected("m", &[]));
    assert_eq!(
        said(|logger| info!(logger, "A", "{}", 1,)),
        expected("1", &[])
    );
    assert_eq!(
        said(|logger| info!(logger, "A", a, "m",)),
        expected("m", &["a=I64(1)"])
    );
    assert_eq!(
        said(|logger| info!(logger, "A", a,)),
        expected("", &["a=I64(1)"])
    );
    assert_eq!(
        said(|logger| info!(logger; a = 2,)),
        expected("", &["a=I64(2)"])
    );
    assert_eq!(said(|logger| info!(logger; ?a,)), expected("", &["a=1"]));
}

#[test]
fn a_field_has_a_name_and_one_of_four_ways_of_showing() {
    let error = "x".parse::<u8>().unwrap_err();
    let path = std::path::Path::new("/tmp");
    let call = |logger: &Logger| {
        info!(
            logger, "A",
            number = 1 + 1,
            text = "t",
            shown = %path.display(),
            debug = ?Some("t"),
            failure = #error,
            "m {}", 7
        );
    };
    let fields = [
        "number=I64(2)",
        "text=t",
        "shown=/tmp",
        "debug=Some(\"t\")",
        "failure=invalid digit found in string",
    ];
    assert_eq!(said(call), expected("m 7", &fields));
}

#[test]
fn a_variable_is_a_field_of_its_name() {
    let (user, state) = ("ada", Some(1));
    let failure: Box<dyn Error> = "broken".into();
    let failure = &*failure;
    let shown = format_args!("{}", 7).to_string();
    assert_eq!(
        said(|logger| info!(logger, "A", user, ?state, %shown, "m")),
        expected("m", &["user=ada", "state=Some(1)", "shown=7"])
    );
    let io = std::io::Error::other("disk full");
    assert_eq!(
        said(|logger| info!(logger, "A", #io, "m")),
        expected("m", &["io=disk full"])
    );
    assert_eq!(
        said(|logger| info!(logger, "A", failure, "m")),
        expected("m", &["failure=broken"])
    );
}

#[test]
fn a_name_may_have_dots_or_be_any_text() {
    let call = |logger: &Logger| {
        info!(
            logger, "A",
            http.method = "GET",
            http.request.id = %17,
            gen_ai.model = ?"m",
            "http.status-code" = 200,
            "with space" = %1,
            "quoted" = ?"x",
            "error" = #std::fmt::Error,
            r#type = "raw",
            "m"
        );
    };
    let fields = [
        "http.method=GET",
        "http.request.id=17",
        "gen_ai.model=\"m\"",
        "http.status-code=I64(200)",
        "with space=1",
        "quoted=\"x\"",
        "error=an error occurred when formatting an argument",
        "type=raw",
    ];
    assert_eq!(said(call), expected("m", &fields));
}

#[test]
fn nothing_is_evaluated_below_the_level() {
    let (logger, records) = testing::capture();
    logger.set_level("A", Level::Error);
    let never = || -> i32 { panic!("evaluated") };
    info!(logger, "A", x = never(), "{}", never());
    let layer = logger.layer("A");
    info!(layer; x = never(), "{}", never());
    assert!(records.is_empty());
}

#[test]
fn expressions_are_evaluated_once() {
    let (logger, records) = testing::capture();
    let mut calls = [0; 4];
    let mut count = |i: usize| {
        calls[i] += 1;
        i
    };
    log!(
        [Level::Info, Level::Debug][count(0)],
        logger,
        "A",
        x = count(1),
        "{}",
        count(2)
    );
    let _ = count(3);
    assert_eq!(calls, [1, 1, 1, 1]);
    assert_eq!(records.len(), 1);
}

#[test]
fn a_call_knows_its_place_in_the_source() {
    let (logger, records) = testing::capture();
    let line = line!() + 1;
    info!(logger, "A", "by a literal layer");
    info!(logger; "by a handle");
    logger.info("A", "by a method");
    let file = file!();
    let places: Vec<_> = records
        .all()
        .into_iter()
        .map(|record| record.location)
        .collect();
    let at = |line| Some(Location { file, line });
    assert_eq!(places, [at(line), at(line + 1), None]);
}

#[test]
fn a_call_is_an_expression_and_may_borrow_mutably_held_values() {
    let (logger, records) = testing::capture();
    let mut text = String::from("a");
    let held = &mut text;
    match held.len() {
        0 => error!(logger, "A", "other arm"),
        1 => info!(logger, "A", held, "in a match arm"),
        _ => error!(logger, "A", "other arm"),
    }
    held.push('b');
    let closure = || info!(logger, "A", held, "in a closure");
    closure();
    assert_eq!(records.len(), 2);
}
