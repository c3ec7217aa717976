//! Each example, run as it stands, says what its text promises.

mod support;

#[cfg(feature = "async")]
#[allow(unreachable_pub)]
#[path = "../examples/asynchronous.rs"]
mod asynchronous;
#[allow(unreachable_pub)]
#[path = "../examples/context.rs"]
mod context;
#[allow(unreachable_pub)]
#[path = "../examples/first_steps.rs"]
mod first_steps;
#[allow(unreachable_pub)]
#[path = "../examples/layers_and_files.rs"]
mod layers_and_files;
#[cfg(feature = "config-files")]
#[allow(unreachable_pub)]
#[path = "../examples/presets.rs"]
mod presets;
#[allow(unreachable_pub)]
#[path = "../examples/testing.rs"]
mod testing;

#[cfg(feature = "log")]
#[allow(unreachable_pub)]
#[path = "../examples/log_crate.rs"]
mod log_crate;
#[cfg(feature = "tracing")]
#[allow(unreachable_pub)]
#[path = "../examples/tracing.rs"]
mod tracing_example;

/// The lines on stderr after date and time.
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

#[test]
fn first_steps_shows_layers_levels_and_fields() {
    if support::is_child() {
        return first_steps::main();
    }
    let output = support::run_again("first_steps_shows_layers_levels_and_fields");
    let expected = [
        "APP INFO - started",
        "AUTH INFO - logged in from Vienna user_id=7",
        "DB WARNING - slow query attempt=1 table=users",
        "DB WARNING - slow query attempt=2 table=users",
        "APP ERROR - cannot read the port error=\"invalid digit found in string\"",
        "DB DEBUG - shown",
    ];
    assert_eq!(lines(&output), expected);
}

#[test]
fn layers_and_files_writes_each_layer_to_its_files() {
    if support::is_child() {
        let directory = tempfile::tempdir().unwrap();
        std::env::set_current_dir(&directory).unwrap();
        layers_and_files::main().unwrap();
        for (name, lines) in [("app.log", 2), ("audit.jsonl", 1), ("http.csv", 2)] {
            let path = directory.path().join("logs").join(name);
            assert_eq!(support::lines(&path).len(), lines, "{name}");
        }
        return;
    }
    let output = support::run_again("layers_and_files_writes_each_layer_to_its_files");
    let expected = ["SHOP ERROR - no paper bags left order=4711"];
    assert_eq!(lines(&output), expected);
    assert_eq!(
        support::lines_with(&output.stdout, "0 dropped").len(),
        4,
        "{output:?}"
    );
}

#[cfg(feature = "async")]
#[test]
fn asynchronous_delivers_what_four_threads_log() {
    if support::is_child() {
        let directory = tempfile::tempdir().unwrap();
        std::env::set_current_dir(&directory).unwrap();
        return asynchronous::main().unwrap();
    }
    let output = support::run_again("asynchronous_delivers_what_four_threads_log");
    let counts = support::lines_with(&output.stdout, "4000 ");
    let ends = ["4000 delivered, 0 dropped", "4000 lines"];
    assert_eq!(counts.len(), 2, "{counts:?}");
    assert!(
        counts
            .iter()
            .zip(ends)
            .all(|(line, end)| line.ends_with(end))
    );
}

#[test]
fn context_follows_a_request_to_another_thread() {
    if support::is_child() {
        return context::main();
    }
    let output = support::run_again("context_follows_a_request_to_another_thread");
    let expected = [
        "HTTP INFO - accepted request_id=r-17",
        "DB INFO - found request_id=r-17 user=ada",
        "MAIL INFO - sent request_id=r-17 job=3",
        "HTTP INFO - waiting",
    ];
    assert_eq!(lines(&output), expected);
}

#[cfg(feature = "config-files")]
#[test]
fn presets_registers_one_of_its_own() {
    if support::is_child() {
        return presets::main().unwrap();
    }
    let output = support::run_again("presets_registers_one_of_its_own");
    let listed = support::lines_with(&output.stdout, "our_shop");
    assert_eq!(listed, ["our_shop           As testing, in columns"]);
    let shown = support::lines_with(&output.stderr, "SHOP");
    assert_eq!(shown.len(), 1, "{shown:?}");
    assert!(
        shown[0].ends_with("SHOP WARNING  out of paper bags"),
        "{shown:?}"
    );
}

#[test]
fn testing_captures_what_a_function_logs() {
    testing::main();
}
