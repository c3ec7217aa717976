//! The presets that are built in, and those that a program registers.

use hydra_core::Level;
use hydra_core::config::{Config, presets};

use super::VALIDATOR;
use super::yaml;

#[test]
fn every_preset_is_right_by_decoder_and_schema_and_takes_a_call_without_a_layer() {
    let built_in = presets::list().into_iter().filter(|preset| preset.built_in);
    let built_in: Vec<_> = built_in.collect();
    assert_eq!(built_in.len(), 14);
    for preset in built_in {
        let loaded = preset.load().unwrap_or_else(|error| panic!("{error}"));
        assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
        let default = &loaded.config.layers["DEFAULT"];
        assert!(!default.destinations.is_empty(), "{}", preset.name);
        let text = preset.text();
        assert!(text.starts_with(&format!("# {}", preset.name)));
        assert!(
            text.contains("Turns "),
            "{} says what it turns off",
            preset.name
        );
        let tree: serde_json::Value = serde_norway::from_str(&text).unwrap();
        let errors: Vec<_> = VALIDATOR.iter_errors(&tree).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", preset.name);
    }
}

#[test]
fn presets_are_registered_listed_and_checked_from_many_threads() {
    std::thread::scope(|scope| {
        for i in 0..8 {
            scope.spawn(move || {
                let name = format!("threads_{i}");
                for _ in 0..20 {
                    presets::register(&name, "one of eight", "extends: production").unwrap();
                    assert!(presets::list().iter().any(|preset| preset.name == name));
                    assert!(presets::get(&name).unwrap().load().is_ok());
                }
            });
        }
    });
    let mut config = Config::default();
    config.default_level = Level::Error;
    presets::register("from_config", "From a Config", &config).unwrap();
    let preset = presets::get("from_config").unwrap();
    assert_eq!(preset.load().unwrap().config, config);
    assert_eq!(
        yaml(&preset.text()).config,
        config,
        "its printed form is a file"
    );
    for (name, source) in [
        ("Bad", "{}"),
        ("", "{}"),
        ("ultra_fast", "{}"),
        ("fine", "layers: 5"),
    ] {
        assert!(presets::register(name, "", source).is_err(), "{name}");
    }
    assert!(
        presets::get("fine").is_none(),
        "what is wrong is not registered"
    );
}
