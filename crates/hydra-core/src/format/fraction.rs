//! Where a strftime template shows the fraction of the second.

use super::FormatError;

/// A template with this many digits after its seconds, where it shows seconds.
pub(super) fn with_fraction(template: &str, digits: u8) -> Result<String, FormatError> {
    let seconds = end_of(template, b'S').or_else(|| end_of(template, b'T'));
    let Some(at) = seconds.filter(|_| digits > 0) else {
        return Ok(template.to_owned());
    };
    if split_at_fraction(template)?.1 > 0 {
        return Err(FormatError::FractionSetTwice {
            template: template.to_owned(),
            digits,
        });
    }
    let (before, after) = template.split_at(at);
    Ok(format!("{before}%.{digits}f{after}"))
}

/// Where the first `%` with this letter ends; `%%S` shows a percent sign and an S.
fn end_of(template: &str, letter: u8) -> Option<usize> {
    let bytes = template.as_bytes();
    let mut at = 0;
    while at + 1 < bytes.len() {
        match (bytes[at], bytes[at + 1]) {
            (b'%', found) if found == letter => return Some(at + 2),
            (b'%', _) => at += 2,
            _ => at += 1,
        }
    }
    None
}

/// Splits a template at its `%f`, `%3f`, `%.f` or `%.3f`.
pub(super) fn split_at_fraction(template: &str) -> Result<(String, u8, &str), FormatError> {
    let bytes = template.as_bytes();
    let mut at = 0;
    let mut found = None;
    while at < bytes.len() {
        if bytes[at] != b'%' {
            at += 1;
            continue;
        }
        let mut end = at + 1;
        let dot = bytes.get(end) == Some(&b'.');
        end += usize::from(dot);
        let digit = bytes
            .get(end)
            .filter(|b| (b'1'..=b'9').contains(b))
            .map(|b| b - b'0');
        end += usize::from(digit.is_some());
        if bytes.get(end) == Some(&b'f') {
            if found.is_some() {
                return Err(FormatError::TwoFractions {
                    template: template.to_owned(),
                });
            }
            let before = format!("{}{}", &template[..at], if dot { "." } else { "" });
            found = Some((before, digit.unwrap_or(6), &template[end + 1..]));
            at = end + 1;
        } else {
            at += 2; // "%%" must not be taken for the beginning of a field
        }
    }
    Ok(found.unwrap_or_else(|| (template.to_owned(), 0, "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_put_after_the_seconds_and_not_after_a_percent_sign_and_an_s() {
        for (template, expected) in [
            ("%H:%M:%S", "%H:%M:%S%.3f"),
            ("%T%:z", "%T%.3f%:z"),
            ("%%S %H:%M:%S", "%%S %H:%M:%S%.3f"),
            ("100%%T at %T", "100%%T at %T%.3f"),
            ("%%%S", "%%%S%.3f"),
            ("%%S", "%%S"),
            ("ü%", "ü%"),
            ("%H:%M", "%H:%M"),
        ] {
            assert_eq!(with_fraction(template, 3).unwrap(), expected);
            assert_eq!(with_fraction(template, 0).unwrap(), template);
        }
    }

    #[test]
    fn a_fraction_that_is_set_in_two_ways_is_an_error_that_names_both() {
        let error = with_fraction("%T.%f", 3).unwrap_err().to_string();
        assert!(error.contains("\"%T.%f\""), "{error}");
        assert!(error.contains("subsecond_digits: 3"), "{error}");
        assert_eq!(with_fraction("%T.%f", 0).unwrap(), "%T.%f");
    }
}
