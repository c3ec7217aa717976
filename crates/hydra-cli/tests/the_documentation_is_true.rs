//! What README.md and the pages under `docs` say of keys, variables, presets, commands and lines is
//! what the program does. (Their Rust code is tested with the documentation of hydra-logger.)

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use hydra_core::config::{env, presets};
use serde_json::Value;
use support::{hydra, run, start};

/// Asked when it runs: clones that share a build folder may share this program.
fn root() -> PathBuf {
    PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap()).join("../..")
}

fn page(name: &str) -> String {
    let path = root().join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// README.md and every page, by name.
fn pages() -> Vec<(String, String)> {
    let docs = fs::read_dir(root().join("docs")).unwrap();
    let names = docs.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let names = names.filter(|name| Path::new(name).extension() == Some("md".as_ref()));
    let mut names: Vec<String> = names.map(|name| format!("docs/{name}")).collect();
    names.push("README.md".to_owned());
    let text = |name: String| (name.clone(), page(&name));
    names.into_iter().map(text).collect()
}

/// The blocks of code in a page: what stands after the fence, and the code.
fn blocks(page: &str) -> Vec<(&str, String)> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(info) = line.strip_prefix("```") {
            let code: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            blocks.push((info, code.join("\n") + "\n"));
        }
    }
    blocks
}

/// The part of a page under a heading, up to the next one.
fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let (_, rest) = page
        .split_once(&format!("\n{heading}\n"))
        .unwrap_or_else(|| panic!("no {heading:?}"));
    rest.split("\n#").next().unwrap()
}

/// The rows of the tables whose first cell is code: that code, and the last cell.
fn rows(text: &str) -> BTreeMap<String, String> {
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    let cells = rows.map(|row| {
        let (first, _) = row.split_once('`').unwrap();
        let last = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        (first.to_owned(), last.to_owned())
    });
    cells.collect()
}

#[test]
fn every_configuration_is_right_and_the_wrong_one_is_told_as_shown() {
    let directory = tempfile::tempdir().unwrap();
    let mut wrong = 0;
    let mut right = 0;
    for (name, page) in pages() {
        let blocks = blocks(&page);
        for (i, (info, code)) in blocks.iter().enumerate() {
            let file = match *info {
                "yaml" | "yaml wrong" => "hydra.yaml",
                "toml" if !code.contains("[dependencies]") => "hydra.toml",
                _ => continue,
            };
            fs::write(directory.path().join(file), code).unwrap();
            let ran = run(directory.path(), &["check", file], b"");
            let told = format!("{}{}", ran.stdout, ran.stderr);
            if *info == "yaml wrong" {
                assert_eq!((ran.code, &told), (Some(1), &blocks[i + 1].1), "{name}");
                wrong += 1;
            } else {
                assert_eq!(ran.code, Some(0), "{name}: {told}\n{code}");
                assert!(!told.contains("warning"), "{name}: {told}\n{code}");
                right += 1;
            }
        }
    }
    assert!(wrong == 1 && right >= 8, "{wrong} wrong, {right} right");
}

#[test]
fn every_key_is_explained_as_the_schema_explains_it() {
    let directory = tempfile::tempdir().unwrap();
    let schema = run(directory.path(), &["schema"], b"").stdout;
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let page = page("docs/configuration.md");
    for (heading, at) in [
        ("## Keys of the root", ""),
        ("## Keys of a layer", "/$defs/layer"),
        ("## Keys of a destination", "/$defs/destination"),
        ("### Keys of `extra`", "/$defs/destination/properties/extra"),
        ("## Keys of `redaction`", "/$defs/redaction"),
        ("## Keys of a theme", "/$defs/theme"),
    ] {
        let keys = schema.pointer(&format!("{at}/properties")).unwrap();
        let mut explained = rows(section(&page, heading));
        for (key, value) in keys.as_object().unwrap() {
            let found = explained.remove(key);
            let expected = value["description"].as_str();
            assert_eq!(found.as_deref(), expected, "{heading}, the row of {key}");
        }
        assert!(explained.is_empty(), "{heading}: {explained:?}");
    }
}

#[test]
fn every_variable_and_every_preset_is_listed() {
    let variables = env::VARIABLES.iter();
    let variables: BTreeMap<String, String> = variables
        .map(|variable| (variable.name.to_owned(), variable.meaning.to_owned()))
        .collect();
    assert_eq!(rows(&page("docs/environment.md")), variables);
    let presets: BTreeMap<String, String> = presets::list()
        .into_iter()
        .map(|preset| (preset.name, preset.description))
        .collect();
    assert_eq!(rows(&page("docs/presets.md")), presets);
    let readme = page("README.md");
    let readme = section(&readme, "### Presets");
    for name in presets.keys() {
        assert!(readme.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn every_command_has_a_section_that_names_its_options() {
    let directory = tempfile::tempdir().unwrap();
    let help = run(directory.path(), &["--help"], b"").stdout;
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    let page = page("docs/command-line.md");
    for line in commands.lines().take_while(|line| !line.is_empty()) {
        let command = line.split_whitespace().next().unwrap();
        if command == "help" {
            continue;
        }
        let section = section(&page, &format!("## hydra {command}"));
        let help = run(directory.path(), &[command, "--help"], b"").stdout;
        for line in help.lines().map(str::trim_start) {
            let option = line.strip_prefix("--").or_else(|| {
                let short = line.starts_with('-') && line.get(2..6) == Some(", --");
                short.then(|| &line[6..])
            });
            let Some(option) = option else { continue };
            let option = option.split([' ', '=']).next().unwrap();
            let named = option == "help" || section.contains(&format!("--{option}"));
            assert!(named, "hydra {command} --{option}");
        }
    }
}

#[test]
fn a_line_of_each_format_is_as_shown() {
    let record = br#"{"timestamp":"2026-11-21T12:05:36.123456Z","level":"INFO","message":"logged in","user_id":7,"from":"Vienna, AT"}"#;
    let directory = tempfile::tempdir().unwrap();
    let settings = "\
time_zone: utc
layers:
  DEFAULT:
    destinations:
      - { type: console, stream: stdout, format: FORMAT, host_name: web1, app_name: shop }
";
    for (name, page) in pages() {
        let heading = match name.as_str() {
            "README.md" => "### Formats",
            "docs/formats.md" => "# Formats",
            _ => continue,
        };
        let page = format!("\n{page}");
        let lines = section(&page, heading).lines();
        let mut shown = 0;
        for row in lines.filter_map(|line| line.strip_prefix("| `")) {
            let (format, rest) = row.split_once('`').unwrap();
            let (_, line) = rest.split_once("| `").unwrap();
            let line = line.strip_suffix("` |").unwrap();
            let settings = settings.replace("FORMAT", format);
            fs::write(directory.path().join("hydra.yaml"), settings).unwrap();
            let args = [
                "pipe",
                "--layer",
                "AUTH",
                "--parse",
                "json",
                "--config",
                "hydra.yaml",
            ];
            let mut command = hydra(directory.path());
            let mut child = start(command.args(args));
            let process = child.id();
            child.stdin.take().unwrap().write_all(record).unwrap();
            let output = child.wait_with_output().unwrap();
            let found = String::from_utf8(output.stdout).unwrap();
            // The number of the process is the one thing that differs from run to run.
            let found = found.replace(&format!(" {process} "), " 4711 ");
            assert_eq!(found.lines().last(), Some(line), "{name}");
            shown += 1;
        }
        assert_eq!(shown, 6, "{name}");
    }
}

#[test]
fn the_readme_quotes_measured_figures_only() {
    let (readme, measured) = (page("README.md"), page("docs/performance.md"));
    let words = section(&readme, "## Speed").split_whitespace();
    let figures = words.filter(|word| word.ends_with('×') || word.contains(','));
    let figures = figures.map(|word| word.trim_matches(|c: char| !c.is_numeric() && c != '×'));
    let figures: Vec<&str> = figures
        .filter(|word| word.starts_with(char::is_numeric))
        .collect();
    assert!(figures.len() >= 4, "{figures:?}");
    for figure in figures {
        assert!(measured.contains(figure), "{figure}");
    }
}

#[test]
fn every_link_leads_to_a_file_or_a_heading() {
    let anchor = |line: &str| {
        let heading = line.trim_start_matches('#').trim().to_lowercase();
        let kept = heading
            .chars()
            .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.collect::<String>().replace(' ', "-")
    };
    for (name, text) in pages() {
        let folder = root().join(&name).parent().unwrap().to_owned();
        for link in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            if link.contains("://") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() {
                text.clone()
            } else {
                let path = folder.join(file);
                assert!(path.exists(), "{name}: {link}");
                fs::read_to_string(path).unwrap_or_default()
            };
            let mut headings = target.lines().filter(|line| line.starts_with('#'));
            let found = heading.is_empty() || headings.any(|line| anchor(line) == heading);
            assert!(found, "{name}: {link}");
        }
    }
}
