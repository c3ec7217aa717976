//! The corpus itself: the same in every run, broad, and true about where its values stand.

use std::collections::BTreeSet;

use hydra_protect_corpus::{Group, Line, Options, SEED, corpus, score, survives};

#[test]
fn the_same_seed_gives_the_same_lines_and_another_seed_gives_others() {
    assert_eq!(corpus(SEED, 500), corpus(SEED, 500));
    assert_ne!(corpus(SEED, 500), corpus(SEED + 1, 500));
}

#[test]
fn a_value_stands_where_the_line_says_and_nowhere_else() {
    for line in corpus(SEED, 4_000) {
        let mut rest = line.text.clone();
        for value in line.values.iter().rev() {
            assert!(
                survives(value, &line.text, &line.text).is_some(),
                "{value:?} is not in {:?}",
                line.text
            );
            rest.replace_range(value.range.clone(), "\0");
        }
        for value in &line.values {
            let twice = survives(value, &line.text, &rest);
            assert_eq!(twice, None, "in {:?}", line.text);
        }
    }
}

#[test]
fn every_group_and_forty_kinds_of_sensitive_and_of_harmless_lines_are_there() {
    let lines = corpus(SEED, 20_000);
    let (harmless, sensitive): (Vec<&Line>, Vec<&Line>) =
        lines.iter().partition(|line| line.values.is_empty());
    let kinds: BTreeSet<_> = sensitive
        .iter()
        .flat_map(|line| &line.values)
        .map(|value| value.kind)
        .collect();
    let groups: BTreeSet<_> = kinds.iter().map(|kind| kind.group).collect();
    assert_eq!(groups.len(), Group::ALL.len());
    assert!(kinds.len() >= 100, "{} kinds of values", kinds.len());
    let negatives: BTreeSet<_> = harmless.iter().map(|line| line.template).collect();
    assert!(
        negatives.len() >= 40,
        "{} kinds of harmless lines",
        negatives.len()
    );
    let hard = sensitive
        .iter()
        .filter(|line| !line.hard.is_empty())
        .count();
    assert!(
        hard * 4 > sensitive.len(),
        "{hard} hard lines of {}",
        sensitive.len()
    );
}

#[test]
fn doing_nothing_hides_nothing_and_cutting_all_hides_all() {
    let lines = corpus(SEED, 2_000);
    let all = Options {
        ip: true,
        mac: true,
    };
    let nothing = score(&lines, all, str::to_owned);
    assert!(nothing.micro().percent().abs() < f64::EPSILON);
    assert_eq!(
        (
            nothing.false_alarms().hits,
            nothing.lost.hits,
            nothing.broken.len()
        ),
        (0, 0, 0)
    );
    let everything = score(&lines, all, |_| "[REDACTED:ALL]".to_owned());
    assert_eq!(everything.micro().hits, everything.micro().of);
    assert_eq!(everything.false_alarms().hits, everything.false_alarms().of);
    assert_eq!(everything.lost.hits, everything.lost.of);
}

#[test]
fn a_run_of_sixty_percent_counts_as_survived_and_a_shorter_one_does_not() {
    let lines = corpus(SEED, 2_000);
    let (line, value) = lines
        .iter()
        .flat_map(|line| line.values.iter().map(move |value| (line, value)))
        .find(|(line, value)| {
            line.hard.is_empty() && value.kind.name == "GITHUB_TOKEN" && value.plain.len() == 40
        })
        .expect("two thousand lines hold such a token");
    assert!(survives(value, &line.text, &value.plain[3..27]).is_some());
    assert_eq!(survives(value, &line.text, &value.plain[3..26]), None);
}
