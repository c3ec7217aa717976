//! Writes records that were read back, with the formats of `hydra-core`: [`Renderer`].

use std::collections::{HashMap, HashSet};
use std::time::SystemTime;

use hydra_core::format::{FormatError, FormatSettings, LineFormat, RenderContext};
use hydra_core::{
    Buffer, Fields, Key, Location, OwnedValue, Record, TextClass, ToValue as _, Value,
};

use crate::read::{Origin, OwnedRecord, Place};

/// How many bound formats are kept: one for each layer and origin. A log with more makes them anew.
const MAX_BOUND: usize = 1024;

/// How many names of source files are kept for good; the places of further ones become fields.
const MAX_FILES: usize = 4096;

/// Renders records of any layer in one format.
///
/// ```
/// use hydra_cli::read::read;
/// use hydra_cli::render::Renderer;
/// use hydra_core::Buffer;
/// use hydra_core::format::{FormatKind, FormatSettings};
///
/// let record = read(FormatKind::Logfmt, b"ts=2026-11-21T12:05:36Z level=warn msg=slow ms=7")?;
/// let mut renderer = Renderer::new(FormatSettings::new(FormatKind::Json))?;
/// let mut out = Buffer::default();
/// renderer.render(&record, &mut out)?;
/// assert!(out.as_bytes().ends_with(b"\"message\":\"slow\",\"ms\":7}\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Renderer {
    settings: FormatSettings,
    bound: HashMap<String, Vec<Bound>>,
    bound_count: usize,
    context: RenderContext,
    files: HashSet<&'static str>,
    /// The time of the record before, which one without a time takes over.
    last_ns: i64,
}

/// A format for the records of a layer that come from one place, at one precision.
struct Bound {
    origin: Origin,
    has_nanoseconds: bool,
    format: Box<dyn LineFormat>,
}

impl Renderer {
    /// A renderer with these settings. A record's own host, program and facility go before theirs,
    /// and where [`FormatSettings::subsecond_digits`] is not set, a time finer than a microsecond
    /// is written with nine.
    ///
    /// # Errors
    /// A setting is wrong: see [`FormatSettings::bind`].
    pub fn new(settings: FormatSettings) -> Result<Renderer, FormatError> {
        settings.bind("")?;
        let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        Ok(Renderer {
            settings,
            bound: HashMap::new(),
            bound_count: 0,
            context: RenderContext::default(),
            files: HashSet::new(),
            last_ns: since_1970.map_or(0, |passed| passed.as_nanos() as i64),
        })
    }

    /// What stands once before all lines.
    ///
    /// # Errors
    /// As [`Renderer::new`].
    pub fn header(&self) -> Result<Option<Vec<u8>>, FormatError> {
        Ok(self.settings.bind("")?.header())
    }

    /// Appends a record as one line. One without a time gets that of the record before it, the
    /// first one the time at which the renderer was made. A place in the source that the format
    /// has no room for becomes the fields `file` and `line`.
    ///
    /// # Errors
    /// As [`Renderer::new`].
    pub fn render(&mut self, record: &OwnedRecord, out: &mut Buffer) -> Result<(), FormatError> {
        let unix_ns = record.unix_ns.unwrap_or(self.last_ns);
        self.last_ns = unix_ns;
        let location = record.place.as_ref().and_then(|place| self.location(place));
        let place = record.place.as_ref().filter(|_| location.is_none());
        let line = place.map(|place| OwnedValue::U64(place.line.into()));
        let extra = place.zip(line.as_ref());
        let fields = record
            .fields
            .iter()
            .map(|(name, value)| (&**name, value.to_value()));
        let (keys, values): (Vec<Key<'_>>, Vec<Value<'_>>) = fields
            .chain(extra.into_iter().flat_map(|(place, line)| {
                [("file", Value::Str(&place.file)), ("line", line.to_value())]
            }))
            .map(|(name, value)| (Key::dynamic(name), value))
            .unzip();
        let layer = clean(&record.layer);
        let mut written = Record::new(unix_ns, record.level, &layer, &record.message)
            .with_fields(Fields::new(&keys, &values));
        if let Some(location) = location {
            written = written.with_location(location);
        }
        let at = self.bind(&layer, &record.origin, unix_ns % 1000 != 0)?;
        if let Some(bound) = self.bound.get(&*layer).and_then(|bound| bound.get(at)) {
            bound.format.render(&written, &mut self.context, out);
        }
        Ok(())
    }

    /// Where the layer's format for such records stands, made if it is not there.
    fn bind(
        &mut self,
        layer: &str,
        origin: &Origin,
        has_nanoseconds: bool,
    ) -> Result<usize, FormatError> {
        let fits =
            |bound: &Bound| bound.has_nanoseconds == has_nanoseconds && bound.origin == *origin;
        if let Some(at) = self
            .bound
            .get(layer)
            .and_then(|all| all.iter().position(fits))
        {
            return Ok(at);
        }
        let mut settings = self.settings.clone();
        settings.host_name = origin.host.clone().or(settings.host_name);
        settings.app_name = origin.program.clone().or(settings.app_name);
        settings.facility = origin.facility.unwrap_or(settings.facility);
        if has_nanoseconds {
            settings.subsecond_digits = settings.subsecond_digits.or(Some(9));
        }
        let bound = Bound {
            origin: origin.clone(),
            has_nanoseconds,
            format: settings.bind(layer)?,
        };
        if self.bound_count == MAX_BOUND {
            self.bound.clear();
            self.bound_count = 0;
        }
        self.bound_count += 1;
        let all = self.bound.entry(layer.to_owned()).or_default();
        all.push(bound);
        Ok(all.len() - 1)
    }

    /// The place as a record has it. The formats take names that live for good, as the compiler's
    /// do: each is kept once, and there is an end to it.
    fn location(&mut self, place: &Place) -> Option<Location> {
        if !self.settings.source {
            return None;
        }
        let file = match self.files.get(&*place.file) {
            Some(file) => *file,
            None if self.files.len() < MAX_FILES => {
                let file: &'static str = Box::leak(place.file.clone().into_boxed_str());
                self.files.insert(file);
                file
            }
            None => return None,
        };
        Some(Location {
            file,
            line: place.line,
        })
    }
}

/// A layer's name without what a line may not hold: formats trust a layer's name.
fn clean(layer: &str) -> std::borrow::Cow<'_, str> {
    let class = TextClass::of(layer);
    if !class.has(TextClass::CONTROL) && !class.has(TextClass::TAB) {
        return layer.into();
    }
    let bad = |c: char| {
        let class = TextClass::of(c.encode_utf8(&mut [0; 4]));
        c == '\t' || class.has(TextClass::CONTROL)
    };
    layer.replace(bad, "_").into()
}

#[cfg(test)]
mod tests {
    use hydra_core::format::FormatKind;

    use super::*;
    use crate::read::read;

    fn rendered(renderer: &mut Renderer, record: &OwnedRecord) -> String {
        let mut out = Buffer::default();
        renderer.render(record, &mut out).unwrap();
        String::from_utf8(out.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn a_records_own_host_program_and_facility_are_kept() {
        let line = "<165>1 2003-08-24T05:14:15.000003Z web1 shop - ID47 - up\n";
        let mut renderer = Renderer::new(FormatSettings::new(FormatKind::Syslog)).unwrap();
        let again = rendered(
            &mut renderer,
            &read(FormatKind::Syslog, line.as_bytes()).unwrap(),
        );
        assert!(
            again.starts_with("<166>1 2003-08-24T05:14:15.000003Z web1 shop "),
            "{again}"
        );
    }

    #[test]
    fn a_layer_cannot_forge_a_line_and_a_missing_time_is_the_one_before() {
        let mut renderer = Renderer::new(FormatSettings::new(FormatKind::Logfmt)).unwrap();
        let mut record = OwnedRecord {
            unix_ns: Some(1_000),
            layer: "a\nb".into(),
            ..OwnedRecord::default()
        };
        let first = rendered(&mut renderer, &record);
        assert!(first.contains("logger=a_b "), "{first}");
        record.unix_ns = None;
        assert_eq!(rendered(&mut renderer, &record), first);
    }

    #[test]
    fn nanoseconds_and_the_place_in_the_source_are_kept() {
        let mut settings = FormatSettings::new(FormatKind::Json);
        let line = br#"{"timestamp":"1970-01-01T00:00:00.000000001Z","level":"INFO","logger":"A","message":"x","file":"a.rs","line":7}"#;
        let record = read(FormatKind::Json, line).unwrap();
        let without = rendered(&mut Renderer::new(settings.clone()).unwrap(), &record);
        assert!(without.contains(r#""file_":"a.rs","line_":7"#), "{without}");
        settings.source = true;
        let with = rendered(&mut Renderer::new(settings).unwrap(), &record);
        assert_eq!(with.trim_end().as_bytes(), line);
    }

    #[test]
    fn layers_without_end_fill_no_memory() {
        let mut renderer = Renderer::new(FormatSettings::new(FormatKind::Json)).unwrap();
        for n in 0..3 * MAX_BOUND {
            let record = OwnedRecord {
                unix_ns: Some(0),
                layer: format!("layer {n}"),
                ..OwnedRecord::default()
            };
            assert!(rendered(&mut renderer, &record).contains(&record.layer));
        }
        assert!(renderer.bound.len() <= MAX_BOUND);
    }
}
