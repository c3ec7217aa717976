//! What holds for the readers of all formats, whatever line they are given. The fuzz targets ask
//! it of lines that a fuzzer makes up, a test of `hydra-cli` of those in `seeds`.

use hydra_cli::read::{OwnedRecord, detect, read};
use hydra_cli::render::Renderer;
use hydra_core::Buffer;
use hydra_core::format::{FormatKind, FormatSettings};

/// Reads a line, and where it is one of the format: what is written from it is one line in every
/// format, can be read again, and, in the format it came from, is the same line from then on.
///
/// # Panics
/// Where that does not hold.
pub fn check(kind: FormatKind, line: &[u8]) {
    let _ = detect(line);
    let record = match read(kind, line) {
        Ok(record) => record,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    for to in FormatKind::ALL {
        let written = write(to, &record);
        let text = std::str::from_utf8(&written).expect("a line is UTF-8");
        assert_eq!(text.find('\n'), Some(text.len() - 1), "{to}: {text:?}");
        let again = read(to, &written).unwrap_or_else(|error| panic!("{error}: {text:?}"));
        assert_eq!(again.level, record.level, "{to}: {text:?}");
        if to == kind {
            let twice = String::from_utf8(write(to, &again)).expect("a line is UTF-8");
            assert_eq!(twice, text, "{to}");
        }
    }
}

fn write(kind: FormatKind, record: &OwnedRecord) -> Vec<u8> {
    let mut settings = FormatSettings::new(kind);
    settings.source = true;
    let mut line = Buffer::default();
    Renderer::new(settings)
        .and_then(|mut renderer| renderer.render(record, &mut line))
        .expect("the defaults are valid");
    line.as_bytes().to_vec()
}
