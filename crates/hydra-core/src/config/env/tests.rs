//! Every variable does what its table says.

use super::*;
use crate::config::ConsoleConfig;
use crate::format::Color;

fn applied(variables: &[(&str, &str)]) -> (Config, Vec<String>) {
    let mut config = Config::default();
    let file = DestinationConfig::file("a.log");
    let console = DestinationKind::Console(ConsoleConfig::default());
    config.layers.insert(
        "rate-limit".into(),
        LayerConfig {
            level: Some(Level::Error),
            destinations: vec![DestinationConfig::new(console), file],
            ..LayerConfig::default()
        },
    );
    let problems = apply(&mut config, variables.iter().copied());
    let problems = problems.iter().map(ToString::to_string).collect();
    (config, problems)
}

#[test]
fn every_variable_sets_something_and_takes_what_it_says() {
    // One is asked elsewhere, after the configuration.
    let sets = |variable: &&Variable| !matches!(variable.sets, Sets::Nothing);
    for variable in VARIABLES.iter().filter(sets) {
        let name = variable.name.replace("<LAYER>", "NEW");
        let value = match &name["HYDRA_LOG_".len()..] {
            "LEVEL" | "LEVEL_NEW" => "trace",
            "FORMAT" | "CONSOLE_FORMAT" => "gelf",
            "COLOR_MODE" => "always",
            "THEME" => "light",
            "DURABILITY" => "process",
            "PRIMARY_STRATEGY" => "direct",
            "TIME_ZONE" => "utc",
            "SUBSECOND_DIGITS" => "3",
            "MAX_MESSAGE_SIZE" | "BUFFER_SIZE" => "1KB",
            "FLUSH_INTERVAL" => "2s",
            "DATE_FORMAT" | "TIME_FORMAT" => "%d",
            "LOGGER_NAME_FORMAT" => "[{name}]",
            "MESSAGE_FORMAT" => "{message}",
            "SOURCE" | "ENABLE_SECURITY" | "ENABLE_ANALYTICS" => "yes",
            "LAZY_INITIALIZATION"
            | "ENABLE_PLUGINS"
            | "REDACT_SENSITIVE"
            | "ENABLE_SANITIZATION"
            | "ENABLE_PERFORMANCE" => "off",
            color if color.starts_with("COLOR_") => "bright_white",
            other => panic!("no value for {other}"),
        };
        let (config, problems) = applied(&[(&name, value)]);
        assert!(problems.is_empty(), "{name}: {problems:?}");
        assert_ne!(config, applied(&[]).0, "{name} changes nothing");
        let (same, problems) = applied(&[(&name, "\u{1}nonsense")]);
        assert_eq!(problems.len(), 1, "{name} takes anything");
        assert_eq!(same, applied(&[]).0, "{name} is not ignored");
        assert_eq!(applied(&[(&name, "")]).0, same, "an empty value is none");
    }
}

#[test]
fn a_layers_level_is_found_by_its_name_in_any_case_and_wins_over_the_general_one() {
    let (config, problems) = applied(&[
        ("HYDRA_LOG_LEVEL_RATE_LIMIT", "DEBUG"),
        ("HYDRA_LOG_LEVEL_DEFAULT", "ERROR"),
        ("HYDRA_LOG_LEVEL", "WARNING"),
        ("HYDRA_LOG_LEVEL_NEW", "10"),
    ]);
    assert_eq!(problems, [""; 0]);
    assert_eq!(config.default_level, Level::Warning);
    assert_eq!(config.level_of("rate-limit"), Level::Debug);
    assert_eq!(config.level_of("DEFAULT"), Level::Error);
    assert_eq!(config.level_of("NEW"), Level::Debug);
    assert!(config.layers["NEW"].destinations.is_empty());
}

#[test]
fn formats_reach_every_destination_and_colours_consoles_alone() {
    let (config, _) = applied(&[
        ("HYDRA_LOG_FORMAT", "json"),
        ("HYDRA_LOG_CONSOLE_FORMAT", "plain"),
        ("HYDRA_LOG_COLOR_ERROR", "magenta"),
        ("HYDRA_LOG_THEME", "dark"),
    ]);
    let [console, file] = config.layers["rate-limit"].destinations.as_slice() else {
        panic!("two destinations");
    };
    assert_eq!(file.format, FormatKind::Json);
    assert_eq!(file.color_mode, None);
    assert_eq!(console.format, FormatKind::PlainText);
    assert_eq!(console.color_mode, Some(ColorMode::Never));
    let dark = Theme::named("dark").unwrap();
    assert_eq!(config.theme, dark.with_level(Level::Error, Color::Magenta));
}

#[test]
fn wrong_values_and_unknown_names_are_told_with_the_nearest_right_one() {
    let (_, problems) = applied(&[
        ("HYDRA_LOG_LEVLE", "INFO"),
        ("HYDRA_LOG_FORMAT", "colored"),
        ("HYDRA_LOG_SOURCE", "maybe"),
        ("HYDRA_LOG_LEVEL___X__", "INFO"),
        ("HYDRA_LOG_BUFFER_SIZE", "-1"),
        ("HYDRA_LOG_", "x"),
        ("OTHER", "x"),
    ]);
    assert_eq!(
        problems,
        [
            "HYDRA_LOG_LEVEL___X__: layer names of the form __X__ are reserved, except \
             __CENTRALIZED__",
            "HYDRA_LOG_FORMAT: found \"colored\": not a format; allowed: plain-text, json, \
             csv, syslog, gelf, logfmt (a format is the layout of a line; its colour is \
             another key, color_mode: auto, always or never)",
            "HYDRA_LOG_SOURCE: found \"maybe\": should be a switch; allowed: true, false",
            "HYDRA_LOG_BUFFER_SIZE: found \"-1\": a size cannot be negative; allowed: bytes \
             as a number, or a number with KB, MB, GB or TB (KB = 1024), like \"5MB\"",
            "HYDRA_LOG_: no variable of this name is read",
            "HYDRA_LOG_LEVLE: no variable of this name is read; did you mean HYDRA_LOG_LEVEL?",
        ]
    );
}
