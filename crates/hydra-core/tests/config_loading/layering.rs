//! What comes from presets, included files and the file itself, and what cannot be read.

use std::path::Path;

use hydra_core::Level;
use hydra_core::config::{ProblemKind, load_file, presets};

fn write(directory: &Path, name: &str, text: &str) -> std::path::PathBuf {
    let path = directory.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn presets_then_included_files_then_the_file_itself_are_laid_over_each_other() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("more")).unwrap();
    write(
        directory.path(),
        "more/base.toml",
        "default_level = 'ERROR'\ninclude = 'deep.json'\n[layers.APP]\nlevel = 'CRITICAL'\n",
    );
    write(
        directory.path(),
        "more/deep.json",
        "{\"source\": true, \"buffer_size\": \"1KB\"}",
    );
    let main = write(
        directory.path(),
        "main.yaml",
        "extends: [testing, production]\ninclude: [more/base.toml]\nlayers: {APP: {level: DEBUG}}\nbuffer_size: null\n",
    );
    let loaded = load_file(&main).unwrap_or_else(|error| panic!("{error}"));
    let config = &loaded.config;
    assert!(config.layers.contains_key("TEST") && config.layers.contains_key("SECURITY"));
    assert_eq!(
        config.default_level,
        Level::Error,
        "the included file wins over the preset"
    );
    assert_eq!(
        config.layers["APP"].level,
        Some(Level::Debug),
        "the file wins over all"
    );
    assert_eq!(
        config.layers["APP"].destinations.len(),
        3,
        "maps are merged key by key"
    );
    assert!(config.source, "what an included file includes is read");
    assert_eq!(config.buffer_size, None, "a null hides what is under it");
    let names: Vec<_> = loaded
        .files
        .iter()
        .map(|file| file.file_name().unwrap())
        .collect();
    assert_eq!(names, ["main.yaml", "base.toml", "deep.json"]);
}

#[test]
fn a_circle_of_files_or_presets_is_an_error_that_shows_it() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "b.yaml", "include: c.yaml\n");
    write(
        directory.path(),
        "c.yaml",
        "source: true\ninclude: b.yaml\n",
    );
    let main = write(directory.path(), "a.yaml", "include: b.yaml\n");
    let error = load_file(&main).unwrap_err();
    assert_eq!(error.problems.len(), 1);
    assert_eq!(error.problems[0].kind, ProblemKind::Cycle);
    let message = error.problems[0].to_string();
    assert!(
        message.ends_with("c.yaml:2:10: include: a circle: b.yaml -> c.yaml -> b.yaml"),
        "{message}"
    );
    let error = presets::register("selfish", "", "extends: selfish").unwrap_err();
    assert_eq!(
        error.problems[0].kind,
        ProblemKind::WrongValue,
        "it is not there yet"
    );
    presets::register("selfish", "", "{}").unwrap();
    let error = presets::register("selfish", "", "extends: selfish").unwrap_err();
    assert!(
        error
            .to_string()
            .contains("a circle: preset selfish -> preset selfish")
    );
}

#[test]
fn files_that_include_each_other_many_times_end_in_an_error() {
    let directory = tempfile::tempdir().unwrap();
    for i in 0..12 {
        let next = i + 1;
        let text = format!("include: [f{next}.yaml, f{next}.yaml, f{next}.yaml]\n");
        write(directory.path(), &format!("f{i}.yaml"), &text);
    }
    write(directory.path(), "f12.yaml", "source: true\n");
    let error = load_file(directory.path().join("f0.yaml")).unwrap_err();
    assert_eq!(error.problems[0].kind, ProblemKind::TooBig);
}

#[test]
fn a_file_that_cannot_be_read_says_why() {
    let directory = tempfile::tempdir().unwrap();
    let message = |path: &Path| load_file(path).unwrap_err().problems[0].to_string();
    let missing = directory.path().join("none.yaml");
    assert!(message(&missing).contains("none.yaml cannot be read: No such file"));
    let other = write(directory.path(), "app.ini", "");
    assert!(message(&other).contains("app.ini should end in .yaml, .yml, .toml or .json"));
    let binary = directory.path().join("binary.yaml");
    std::fs::write(&binary, b"source: \xff").unwrap();
    assert!(message(&binary).ends_with("binary.yaml is not UTF-8, at byte 8"));
    let huge = write(
        directory.path(),
        "huge.yaml",
        &"# comment\n".repeat(120_000),
    );
    assert!(message(&huge).ends_with("huge.yaml:1:1: more than 1 MiB are no configuration"));
}
