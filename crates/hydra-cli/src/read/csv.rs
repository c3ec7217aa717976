//! Reads `csv`: rows of five cells, or of seven with the source's file and line.
//!
//! Not kept by the format: what JSON does not keep of the fields' values, see [`super::json`].

use hydra_core::format::{FormatKind, text_of_cell};

use super::cursor::Cursor;
use super::json_value::Members;
use super::keys::Parts;
use super::{OwnedRecord, Place, ReadError, keys, time};

const COLUMNS: [&str; 7] = [
    "timestamp",
    "level",
    "logger",
    "message",
    "fields",
    "file",
    "line",
];

/// Whether a line is the names of the columns.
pub(super) fn is_header(text: &str) -> bool {
    text == "timestamp,level,logger,message,fields"
        || text == "timestamp,level,logger,message,fields,file,line"
}

pub(super) fn read(text: &str) -> Result<OwnedRecord, ReadError> {
    let cursor = Cursor::new(FormatKind::Csv, text);
    let row = Row::parse(text).ok_or_else(|| {
        cursor
            .error("a row of 5 cells (timestamp,level,logger,message,fields), or of 7 (file,line)")
    })?;
    let wrong = |column: usize, what: &str| {
        cursor.error(format!("{what} in the column {}", COLUMNS[column]))
    };
    let cell = |column| text_of_cell(row.cell(column)).into_owned();
    let unix_ns = time::whole(row.cell(0)).ok_or_else(|| wrong(0, "a time"))?;
    let level = keys::level_word(row.cell(1)).ok_or_else(|| wrong(1, "a level"))?;
    let members = match row.cell(4) {
        "" => Vec::new(),
        json => {
            let parsed = Members::parse(json);
            let Members(members) = parsed.map_err(|_| wrong(4, "a JSON object"))?;
            members
        }
    };
    let place = match (row.len(), row.cell(5)) {
        (7, file) if !(file.is_empty() && row.cell(6).is_empty()) => Some(Place {
            file: text_of_cell(file).into_owned(),
            line: row
                .cell(6)
                .parse()
                .map_err(|_| wrong(6, "a line's number"))?,
        }),
        _ => None,
    };
    Ok(OwnedRecord {
        unix_ns: Some(unix_ns),
        level,
        layer: cell(2),
        message: cell(3),
        fields: Parts(members).into_fields(),
        place,
        ..OwnedRecord::default()
    })
}

/// A row whose quotes are taken off.
struct Row {
    cells: String,
    ends: [usize; COLUMNS.len() + 1],
    len: usize,
}

impl Row {
    /// `None` if there are not 5 or 7 cells.
    fn parse(text: &str) -> Option<Row> {
        let mut cells = vec![0; text.len()];
        let mut ends = [0; COLUMNS.len() + 1];
        let mut reader = csv_core::Reader::new();
        let mut read = 0;
        let (mut written, mut len) = (0, 0);
        // A row ends with its line or with the text; the reader is told so by an empty input.
        loop {
            let (result, more_read, more_written, more_ends) = reader.read_record(
                &text.as_bytes()[read..],
                &mut cells[written..],
                &mut ends[len..],
            );
            read += more_read;
            written += more_written;
            len += more_ends;
            match result {
                csv_core::ReadRecordResult::Record => break,
                csv_core::ReadRecordResult::InputEmpty => {}
                _ => return None,
            }
        }
        cells.truncate(written);
        let cells = String::from_utf8(cells).ok()?;
        (matches!(len, 5 | 7) && read == text.len()).then_some(Row { cells, ends, len })
    }

    fn len(&self) -> usize {
        self.len
    }

    /// The text of a cell; empty where there is none.
    fn cell(&self, column: usize) -> &str {
        let start = column.checked_sub(1).map_or(0, |before| self.ends[before]);
        let end = if column < self.len {
            self.ends[column]
        } else {
            start
        };
        self.cells.get(start..end).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_told_from_a_row() {
        assert!(is_header("timestamp,level,logger,message,fields"));
        assert!(is_header("timestamp,level,logger,message,fields,file,line"));
        assert!(!is_header("timestamp,level,logger,message,fields,file"));
        assert!(!is_header("timestamp,level,logger,message,fields,"));
    }

    #[test]
    fn an_error_names_the_column() {
        for (row, expected) in [
            ("2026-11-21T12:05:36Z,INFO,APP", "a row of 5 cells"),
            ("soon,INFO,APP,x,", "a time in the column timestamp"),
            (
                "2026-11-21T12:05:36Z,LOUD,APP,x,",
                "a level in the column level",
            ),
            (
                "2026-11-21T12:05:36Z,INFO,APP,x,{",
                "a JSON object in the column fields",
            ),
            (
                "2026-11-21T12:05:36Z,INFO,APP,x,,a.rs,b",
                "a line's number in the column line",
            ),
        ] {
            let error = read(row).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
