//! How well the validator tells attacks from lines: payloads by category (each third was never
//! looked at while the signs were chosen), made lines, and real logs where they are at hand.

#[path = "support/benign.rs"]
mod benign;

use std::path::{Path, PathBuf};

use hydra_protect::validate::SecurityValidator;

struct Category {
    name: String,
    payloads: Vec<String>,
}

fn categories() -> Vec<Category> {
    // `PAYLOADS` names a folder of other lists to measure with.
    let ours = PathBuf::from("tests/payloads");
    let folder = std::env::var_os("PAYLOADS").map_or(ours, PathBuf::from);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("the payloads are there")
        .map(|entry| entry.expect("a file").path())
        .collect();
    files.sort();
    let category = |path: &PathBuf| Category {
        name: path
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned(),
        payloads: std::fs::read_to_string(path)
            .expect("text")
            .lines()
            .map(str::to_owned)
            .collect(),
    };
    files.iter().map(category).collect()
}

/// Every third payload was kept apart while the signs were chosen.
fn is_held_out(index: usize) -> bool {
    index % 3 == 2
}

#[test]
fn at_least_95_percent_of_the_payloads_are_found_those_kept_apart_too() {
    let validator = SecurityValidator::new();
    let show = std::env::var_os("SHOW_MISSES").is_some();
    let (mut counts, mut total) = ([(0, 0); 2], 0);
    for category in categories() {
        let mut of_category = [(0, 0); 2];
        for (i, payload) in category.payloads.iter().enumerate() {
            let found = validator.validate_input(payload);
            let hit = found
                .threats
                .iter()
                .any(|t| t.kind.as_str() == category.name);
            let part = usize::from(is_held_out(i));
            of_category[part].1 += 1;
            of_category[part].0 += usize::from(hit);
            if show && !hit && part == 0 {
                println!("missed {}: {payload}   {:?}", category.name, found.threats);
            }
        }
        println!(
            "{:20} tuned {:?}, kept apart {:?}",
            category.name, of_category[0], of_category[1]
        );
        for (count, of) in counts.iter_mut().zip(of_category) {
            *count = (count.0 + of.0, count.1 + of.1);
        }
        total += category.payloads.len();
    }
    println!("tuned {:?}, kept apart {:?}", counts[0], counts[1]);
    assert!(total >= 400, "{total} payloads");
    for (found, all) in counts {
        assert!(found * 100 >= all * 95, "{found} of {all} were found");
    }
}

fn false_alarms<'a>(lines: impl Iterator<Item = &'a str>) -> (usize, usize) {
    let validator = SecurityValidator::new();
    let (mut flagged, mut all) = (0, 0);
    for line in lines {
        let found = validator.validate_input(line);
        all += 1;
        if !found.valid {
            flagged += 1;
            if flagged <= 40 {
                let signs: Vec<_> = found
                    .threats
                    .iter()
                    .map(|t| (t.kind.as_str(), t.reason))
                    .collect();
                println!("flagged: {line}   {signs:?}");
            }
        }
    }
    (flagged, all)
}

#[test]
fn at_most_one_made_line_in_two_hundred_is_flagged() {
    let lines = benign::lines(5000, 20_261_121);
    let (flagged, all) = false_alarms(lines.iter().map(String::as_str));
    println!("{flagged} of {all} made lines");
    assert!(flagged * 200 <= all, "{flagged} of {all} lines are flagged");
}

#[test]
fn at_most_one_real_line_in_two_hundred_is_flagged() {
    let folder = Path::new("../../../shared/data/logs");
    let Ok(files) = std::fs::read_dir(folder) else {
        println!("no real logs at {}: nothing measured", folder.display());
        return;
    };
    let texts: Vec<String> = files
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "log"))
        .map(|path| String::from_utf8_lossy(&std::fs::read(path).expect("a log")).into_owned())
        .collect();
    let (flagged, all) = false_alarms(texts.iter().flat_map(|text| text.lines()));
    println!("{flagged} of {all} real lines");
    assert!(flagged * 200 <= all, "{flagged} of {all} lines are flagged");
}
