//! What a redaction took that was not its to take.

use std::ops::Range;

use crate::line::Value;

/// Characters outside of values, and those of them that are gone.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Loss {
    pub(crate) lost: usize,
    pub(crate) outside: usize,
    /// The lost characters.
    pub(crate) text: String,
}

impl Loss {
    /// Lays the output beside the line: what stands between markers is what was kept.
    pub(crate) fn of(line: &str, output: &str, values: &[&Value]) -> Loss {
        let inside = |at: usize| values.iter().any(|value| value.range.contains(&at));
        if line.contains('\0') {
            // UTF-16 read as bytes gets markers of the same kind: nothing here can be laid beside.
            return Loss::default();
        }
        let outside = line.char_indices().filter(|(at, _)| !inside(*at)).count();
        if output == line {
            return Loss {
                outside,
                ..Loss::default()
            };
        }
        let ends: Vec<usize> = values.iter().map(|value| value.range.end).collect();
        let text: String = removed(line, output, &ends)
            .into_iter()
            .flat_map(|range| {
                line[range.clone()]
                    .char_indices()
                    .map(move |(at, letter)| (range.start + at, letter))
            })
            .filter(|(at, _)| !inside(*at))
            .map(|(_, letter)| letter)
            .collect();
        Loss {
            lost: text.chars().count(),
            outside,
            text,
        }
    }
}

/// The ranges of the line that are not in the output. Where what was kept fits in several places,
/// the one that starts where a value ends is meant.
fn removed(line: &str, output: &str, ends: &[usize]) -> Vec<Range<usize>> {
    let kept = kept(output);
    let mut ranges = Vec::new();
    let mut at = 0;
    for (number, part) in kept.iter().enumerate() {
        let is_last = number + 1 == kept.len();
        let found = [*part, part.trim_matches(['"', '\'', '\\'])]
            .into_iter()
            .find_map(|part| {
                let start = place(line, part, at, number == 0, is_last, ends)?;
                Some(start..start + part.len())
            });
        // A part that is nowhere: the text was rewritten, and the rest counts as lost.
        let Some(found) = found else {
            break;
        };
        ranges.push(at..found.start);
        at = found.end;
    }
    ranges.push(at..line.len());
    ranges
}

fn place(
    line: &str,
    part: &str,
    at: usize,
    is_first: bool,
    is_last: bool,
    ends: &[usize],
) -> Option<usize> {
    let rest = line.get(at..)?;
    if is_first {
        return rest.starts_with(part).then_some(at);
    }
    if is_last {
        return rest.ends_with(part).then(|| line.len() - part.len());
    }
    ends.iter()
        .copied()
        .find(|end| *end > at && line.get(*end..).is_some_and(|tail| tail.starts_with(part)))
        .or_else(|| rest.find(part).map(|found| at + found))
}

/// What stands between the markers of the output.
fn kept(output: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = output;
    while let Some((before, marked)) = rest.split_once("[REDACT") {
        parts.push(before);
        rest = marked.split_once(']').map_or("", |(_, after)| after);
    }
    parts.push(rest);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_outside_of_markers_is_laid_beside_the_line() {
        let loss = Loss::of("user bob token abc end", "user [REDACTED:X] end", &[]);
        assert_eq!(loss.text, "bob token abc");
        assert_eq!((loss.lost, loss.outside), (13, 22));
    }

    #[test]
    fn the_quotes_that_make_a_number_a_string_are_no_loss() {
        let loss = Loss::of("{\"a\":1}", "{\"a\":\"[REDACTED:X]\"}", &[]);
        assert_eq!(loss.text, "1");
    }
}
