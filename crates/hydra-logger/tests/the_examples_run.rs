//! Each example, run as it stands, says what its text promises.

mod support;

#[cfg(feature = "log")]
#[allow(unreachable_pub)]
#[path = "../examples/log_crate.rs"]
mod log_crate;
#[cfg(feature = "tracing")]
#[allow(unreachable_pub)]
#[path = "../examples/tracing.rs"]
mod tracing_example;

/// The lines on stderr after date and time.
#[cfg(any(feature = "log", feature = "tracing"))]
fn lines(output: &std::process::Output) -> Vec<&str> {
    let lines = support::lines_with(&output.stderr, " - ").into_iter();
    lines
        .map(|line| line.splitn(3, ' ').nth(2).unwrap_or(line))
        .collect()
}

#[cfg(feature = "log")]
#[test]
fn log_crate_sends_each_target_to_its_layer() {
    if support::is_child() {
        return log_crate::main().unwrap();
    }
    let output = support::run_again("log_crate_sends_each_target_to_its_layer");
    let expected = [
        "shop INFO - order placed order=4711 total=12.5",
        "hyper WARNING - connection closed early target=hyper::proto::h1",
    ];
    assert_eq!(lines(&output), expected);
}

#[cfg(feature = "tracing")]
#[test]
fn tracing_shows_spans_as_context() {
    if support::is_child() {
        return tracing_example::main().unwrap();
    }
    let output = support::run_again("tracing_shows_spans_as_context");
    let expected = [
        "the_examples_run::tracing_example INFO - accepted request=17 user=ada span=handle",
        "the_examples_run::tracing_example WARNING - nothing found request=17 user=ada \
         span=handle:query sql=\"SELECT 1\" rows=0 slow=true",
    ];
    assert_eq!(lines(&output), expected);
}
