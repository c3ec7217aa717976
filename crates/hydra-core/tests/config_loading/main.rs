//! Loading a configuration: the three syntaxes mean the same, presets and included files are laid
//! under the file, what is printed reads back, and no text panics.

#![cfg(feature = "config-files")]

mod layering;
mod made;
mod presets;
mod properties;
mod schema;
mod warnings;

use std::sync::LazyLock;
use std::time::Duration;

use hydra_core::Level;
use hydra_core::config::{Config, DestinationKind, FileConfig, Loaded, Syntax, load_text};
use hydra_core::format::{Color, ColorMode, Theme};

fn yaml(text: &str) -> Loaded {
    load_text(text, Syntax::Yaml).unwrap_or_else(|error| panic!("{error}"))
}

static VALIDATOR: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    let schema: serde_json::Value = serde_json::from_str(&hydra_core::config::schema()).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
});

#[test]
fn the_same_configuration_is_read_from_yaml_toml_and_json() {
    let from_yaml = yaml(
        "
default_level: debug
flush_interval: 1.5
layers:
  APP:
    level: WARN
    destinations:
      - type: console
        stream: split
      - type: file
        path: logs/app.log
        max_size: 1.5 kb
        mode: 0600
        format: TEXT
",
    );
    let toml = "
default_level = 'debug'
flush_interval = '1500ms'
[layers.APP]
level = 'WARN'
[[layers.APP.destinations]]
type = 'console'
stream = 'split'
[[layers.APP.destinations]]
type = 'file'
path = 'logs/app.log'
max_size = 1536
mode = 0o600
format = 'plain-text'
";
    let json = r#"{"default_level": 10, "flush_interval": 1.5, "layers": {"APP": {
        "level": "warning", "destinations": [
            {"type": "console", "stream": "split"},
            {"type": "file", "path": "logs\/app.log", "max_size": "1536B", "mode": "600"}]}}}"#;
    let from_toml = load_text(toml, Syntax::Toml).unwrap();
    let from_json = load_text(json, Syntax::Json).unwrap();
    assert_eq!(from_yaml.config, from_toml.config);
    assert_eq!(from_yaml.config, from_json.config);
    let app = &from_yaml.config.layers["APP"];
    assert_eq!(app.level, Some(Level::Warning));
    let mut file = FileConfig::new("logs/app.log");
    (file.max_size, file.mode) = (Some(1536), 0o600);
    assert_eq!(app.destinations[1].kind, DestinationKind::File(file));
    assert_eq!(
        from_yaml.config.flush_interval,
        Some(Duration::from_millis(1500))
    );
}

#[test]
fn plain_turns_colour_off_unless_color_mode_asks_for_it() {
    let mode = |keys: &str| {
        let text = format!("layers: {{A: {{destinations: [{{type: console, {keys}}}]}}}}");
        yaml(&text).config.layers["A"].destinations[0].effective_color_mode()
    };
    assert_eq!(mode("format: plain"), ColorMode::Never);
    assert_eq!(mode("format: plain, color_mode: always"), ColorMode::Always);
    assert_eq!(mode("format: text"), ColorMode::Auto);
    assert_eq!(mode("format: json"), ColorMode::Auto);
}

#[test]
fn a_configuration_without_any_destination_has_the_console_of_the_default() {
    assert_eq!(yaml("").config, Config::default());
    assert_eq!(yaml("layers: {DEFAULT: {}}").config, Config::default());
    let config = yaml("layers: {AUTH: {level: DEBUG}}").config;
    assert_eq!(
        config.layers["DEFAULT"],
        Config::default().layers["DEFAULT"]
    );
    let silent = yaml("layers: {DEFAULT: {destinations: []}}").config;
    assert!(silent.layers["DEFAULT"].destinations.is_empty());
    assert_eq!(Config::from_value(&silent.to_value()), Ok(silent));
}

#[test]
fn anchors_and_merge_keys_spare_repetition() {
    let config = yaml(
        "
layers:
  A: &a
    level: ERROR
    destinations: [&console {type: console, stream: stdout}]
  B:
    <<: *a
    level: DEBUG
  C:
    destinations: [*console]
",
    )
    .config;
    assert_eq!(config.layers["B"].level, Some(Level::Debug));
    assert_eq!(
        config.layers["B"].destinations,
        config.layers["A"].destinations
    );
    assert_eq!(
        config.layers["C"].destinations,
        config.layers["A"].destinations
    );
}

#[test]
fn a_theme_is_a_name_or_colours_over_another() {
    let config =
        yaml("theme: mine\nthemes:\n  mine: {base: dark, error: magenta, key: gray}\nlayers: {}\n")
            .config;
    let dark = Theme::named("dark").unwrap();
    let mine = dark
        .with_level(Level::Error, Color::Magenta)
        .with_key(Color::BrightBlack);
    assert_eq!((config.theme, config.themes["mine"]), (mine, mine));
    let inline = yaml("theme: {info: bright-blue}").config.theme;
    assert_eq!(
        inline,
        Theme::DEFAULT.with_level(Level::Info, Color::BrightBlue)
    );
}
