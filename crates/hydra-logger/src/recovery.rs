//! What killed processes have left in a state directory, in ring files ([`Durability::Process`]) and in
//! spools: delivered to where it was going, looked at, or written out.
//!
//! An asynchronous logger with a durability does it for ring files when it is made, and takes over what
//! spools have for its destinations; [`recover`] and the program `hydra recover` do it by hand for all.
//! How a ring file is laid out is in `docs/ring-file.md`.

use std::io;
use std::path::Path;

use hydra_core::config::{Config, DestinationKind, Durability, Syntax, load_text};
use hydra_core::diagnostics::{self, ErrorKind};
use hydra_core::state_dir;
use hydra_delivery::EngineOptions;
pub use hydra_delivery::recovery::{Left, Outcome, export, list};

/// Delivers what dead processes have left in a state directory to where it was going, as their
/// configurations say. A directory that is not there holds nothing.
///
/// # Errors
/// The directory cannot be read. What is wrong with one file is in its [`Outcome`], and the file
/// stays.
///
/// ```
/// # let directory = tempfile::tempdir()?;
/// for left in hydra_logger::recovery::recover(directory.path())? {
///     println!("{} records of process {}: {}", left.records, left.pid, left.outcome);
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn recover(state_dir: &Path) -> io::Result<Vec<Left>> {
    #[cfg(feature = "audit")]
    crate::audit::provide();
    hydra_delivery::recovery::recover(state_dir, parse)
}

/// Reads a configuration that was kept beside records.
fn parse(json: &str) -> Result<Config, String> {
    let loaded = load_text(json, Syntax::Json).map_err(|error| error.to_string())?;
    Ok(loaded.config)
}

/// What a start of a program does: takes the durability of the configuration where the options name
/// none, and delivers what earlier processes have left.
pub(crate) fn begin(config: &Config, options: &mut EngineOptions) {
    let durability = *options.durability.get_or_insert(config.durability);
    let own = config.own_durability();
    options.ring_file |= own.iter().any(|(_, own)| *own == Durability::Process);
    if options.state_dir.is_none() {
        options.state_dir.clone_from(&config.state_dir);
    }
    if durability == Durability::Memory && own.iter().all(|(_, own)| *own == Durability::Memory) {
        return;
    }
    // Where there is no directory, the engine says so.
    let Ok(directory) = state_dir::find(options.state_dir.as_deref()) else {
        return;
    };
    #[cfg(feature = "audit")]
    crate::audit::provide();
    match hydra_delivery::recovery::begin(&directory, parse) {
        Ok(left) => left.iter().for_each(tell),
        Err(error) => {
            let path = directory.to_string_lossy();
            diagnostics::report(ErrorKind::Open, &path, &error);
        }
    }
}

/// Tells what is not as it should be: that records were delivered late is no error.
fn tell(left: &Left) {
    let path = left.path.to_string_lossy();
    if left.damaged > 0 {
        let message = format_args!(
            "{} places are damaged: {} bytes were passed over",
            left.damaged, left.damaged_bytes
        );
        diagnostics::report(ErrorKind::named("recovery"), &path, &message);
    }
    if let Outcome::Kept(_) = &left.outcome {
        diagnostics::report(ErrorKind::named("recovery"), &path, &left.outcome);
    }
}

/// A configuration as another process can follow it, from wherever it is started.
pub(crate) fn absolute(config: &Config) -> String {
    let mut config = config.clone();
    let destinations = config.layers.values_mut().flat_map(|l| &mut l.destinations);
    for destination in destinations {
        if let DestinationKind::File(file) = &mut destination.kind {
            let key = file
                .audit
                .as_mut()
                .and_then(|audit| audit.key_file.as_mut());
            for path in [Some(&mut file.path), key].into_iter().flatten() {
                if let Ok(absolute) = std::path::absolute(&*path) {
                    *path = absolute;
                }
            }
        }
    }
    config.to_json()
}
