//! The state directory: where that is kept which must outlive the process, such as the ring files
//! of `durability: process`.
//!
//! It is the first of these that is set:
//!
//! 1. what the program or its configuration says (`state_dir`),
//! 2. `HYDRA_LOG_STATE_DIR`,
//! 3. `STATE_DIRECTORY`, which systemd sets for `StateDirectory=` (the first of several),
//! 4. `hydra-logger` under `XDG_STATE_HOME`, or under `~/.local/state` without one.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The environment variable that names the directory.
pub const VARIABLE: &str = "HYDRA_LOG_STATE_DIR";

/// The state directory, absolute; it need not be there. Set and empty variables count as not set.
///
/// # Errors
/// Nothing says where it is: there is no `HOME` either. Or the working directory, from which a
/// relative path begins, is gone.
///
/// ```
/// use hydra_core::state_dir;
/// let found = state_dir::find(Some("state".as_ref()))?;
/// assert_eq!(found, std::env::current_dir()?.join("state"));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn find(said: Option<&Path>) -> io::Result<PathBuf> {
    find_by(said, |name| std::env::var_os(name))
}

/// The state directory, absolute, and made where it is not there: with mode 0700, so that nobody
/// else can read what waits in it. One that is there keeps its mode.
///
/// Whether files can be made in it is found out when one is.
///
/// # Errors
/// As [`find`], and those of making it.
///
/// ```
/// use hydra_core::state_dir;
/// # let directory = tempfile::tempdir()?;
/// let path = directory.path().join("state/of/myapp");
/// assert_eq!(state_dir::make(Some(&path))?, path);
/// assert!(path.is_dir());
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn make(said: Option<&Path>) -> io::Result<PathBuf> {
    let path = find(said)?;
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(&path) {
        Ok(()) => Ok(path),
        Err(error) => {
            let why = format!("the state directory {}: {error}", path.display());
            Err(io::Error::new(error.kind(), why))
        }
    }
}

/// Brings the names in a directory to the disk, so that a file made there is found after a loss of
/// power; and that of the directory, which may be new too.
///
/// # Errors
/// The directory cannot be opened or synced. Those above it need not let us.
///
/// ```
/// # let directory = tempfile::tempdir()?;
/// hydra_core::state_dir::sync(directory.path())?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[cfg(unix)]
pub fn sync(directory: &Path) -> io::Result<()> {
    let synced = |directory: &Path| fs::File::open(directory)?.sync_all();
    synced(directory)?;
    for above in directory.ancestors().skip(1) {
        if above.as_os_str().is_empty() || synced(above).is_err() {
            break;
        }
    }
    Ok(())
}

/// Names are with their files here.
///
/// # Errors
/// None.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
pub fn sync(_directory: &Path) -> io::Result<()> {
    Ok(())
}

fn find_by(
    said: Option<&Path>,
    variable: impl Fn(&str) -> Option<OsString>,
) -> io::Result<PathBuf> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    // XDG's base directories are absolute; others are to be ignored.
    let absolute = |name: &str| {
        set(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let systemd = || {
        let list = set("STATE_DIRECTORY")?;
        std::env::split_paths(&list).next()
    };
    let in_home = || Some(absolute("HOME")?.join(".local/state"));
    let path = said
        .filter(|path| !path.as_os_str().is_empty())
        .map(Path::to_owned)
        .or_else(|| set(VARIABLE).map(PathBuf::from))
        .or_else(systemd)
        .or_else(|| {
            Some(
                absolute("XDG_STATE_HOME")
                    .or_else(in_home)?
                    .join("hydra-logger"),
            )
        });
    match path {
        Some(path) => std::path::absolute(path),
        None => Err(io::Error::new(
            io::ErrorKind::NotFound,
            "nothing says where the state directory is: set HYDRA_LOG_STATE_DIR",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(said: Option<&str>, variables: &[(&str, &str)]) -> Option<PathBuf> {
        let variable = |name: &str| {
            let (_, value) = variables.iter().find(|(other, _)| *other == name)?;
            Some(OsString::from(value))
        };
        find_by(said.map(Path::new), variable).ok()
    }

    #[test]
    fn the_first_that_is_set_wins() {
        let mut variables = vec![
            ("HYDRA_LOG_STATE_DIR", "/own"),
            ("STATE_DIRECTORY", "/var/lib/app:/var/lib/other"),
            ("XDG_STATE_HOME", "/xdg"),
            ("HOME", "/users/ann"),
        ];
        let expected = [
            "/own",
            "/var/lib/app",
            "/xdg/hydra-logger",
            "/users/ann/.local/state/hydra-logger",
        ];
        assert_eq!(found(Some("/said"), &variables), Some("/said".into()));
        for path in expected {
            assert_eq!(found(None, &variables), Some(path.into()));
            variables.remove(0);
        }
        assert_eq!(found(None, &variables), None);
    }

    #[test]
    fn what_is_empty_is_not_set_and_a_relative_xdg_directory_is_ignored() {
        let variables = [
            ("HYDRA_LOG_STATE_DIR", ""),
            ("STATE_DIRECTORY", ""),
            ("XDG_STATE_HOME", "relative"),
            ("HOME", "/users/ann"),
        ];
        let expected = Some("/users/ann/.local/state/hydra-logger".into());
        assert_eq!(found(Some(""), &variables), expected);
    }

    #[test]
    fn a_relative_path_is_made_absolute() {
        let path = found(Some("state"), &[]).unwrap();
        assert!(path.is_absolute() && path.ends_with("state"));
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_what_is_made_and_what_was_there_keeps_its_mode() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a/b");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(make(Some(&path)).unwrap(), path);
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o700, 0o700));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        make(Some(&path)).unwrap();
        assert_eq!(mode(&path), 0o755);
        let error = make(Some(Path::new("/dev/null/state"))).unwrap_err();
        assert!(error.to_string().contains("/dev/null/state"));
    }
}
