//! How much memory this process may use, and how much of it is used: the limits of its cgroups
//! (version 1 and 2), then its own resource limits. Never the host's memory, which is not ours.
//!
//! What counts against a cgroup's limit is what cannot be taken back at once: pages of files that
//! nobody has used lately do not, or a program that writes much would seem to be at its limit always.
//!
//! Everything is read below a root, so that a test can make one.

use std::fs;
use std::path::{Path, PathBuf};

/// What sets a limit of memory.
///
/// ```
/// assert_eq!(hydra_delivery::MemoryLimit::Cgroup.name(), "cgroup");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MemoryLimit {
    /// A cgroup that the process is in, a container's mostly: `memory.max`, `memory.high`, or
    /// `memory.limit_in_bytes` of version 1.
    Cgroup,
    /// `RLIMIT_AS`: addresses, whether there is memory behind them or not.
    AddressSpace,
    /// `RLIMIT_DATA`: data, heap and private mappings.
    Data,
}

impl MemoryLimit {
    /// Its name: `cgroup`, `address_space`, `data`.
    pub const fn name(self) -> &'static str {
        match self {
            MemoryLimit::Cgroup => "cgroup",
            MemoryLimit::AddressSpace => "address_space",
            MemoryLimit::Data => "data",
        }
    }
}

/// How much of a limit is used.
///
/// ```
/// if let Some(usage) = hydra_delivery::MemoryUsage::now() {
///     println!("{} of {} bytes, {} %", usage.used, usage.limit, usage.percent());
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MemoryUsage {
    /// Bytes that count against the limit.
    pub used: u64,
    /// Bytes that may be used.
    pub limit: u64,
    /// What sets the limit.
    pub of: MemoryLimit,
}

impl MemoryUsage {
    /// The usage of the limit that is nearest; `None` where there is none, or the system does not
    /// tell. It takes some ten microseconds.
    pub fn now() -> Option<MemoryUsage> {
        Limits::below(Path::new("/")).usage()
    }

    /// How much of the limit is used, in percent.
    pub fn percent(&self) -> f64 {
        if self.limit == 0 {
            return 100.0;
        }
        self.used as f64 / self.limit as f64 * 100.0
    }
}

/// Where the limits of this process are read.
pub(crate) struct Limits {
    root: PathBuf,
    /// The folders of the cgroups that the process is in, and of those around them.
    cgroups: Vec<Cgroup>,
}

#[derive(Debug, PartialEq)]
struct Cgroup {
    folder: PathBuf,
    version: Version,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Version {
    One,
    Two,
}

impl Limits {
    pub(crate) fn below(root: &Path) -> Limits {
        let read = |path: &str| fs::read_to_string(root.join(path)).unwrap_or_default();
        let memberships = read("proc/self/cgroup");
        let mounts = read("proc/self/mountinfo");
        let mut cgroups = Vec::new();
        for version in [Version::One, Version::Two] {
            let path = membership(&memberships, version);
            let mount = mounts.lines().find_map(|line| Mount::of(line, version));
            if let (Some(path), Some(mount)) = (path, mount) {
                cgroups.extend(mount.folders(path).map(|folder| Cgroup {
                    folder: below(root, &folder),
                    version,
                }));
            }
        }
        Limits {
            root: root.to_owned(),
            cgroups,
        }
    }

    /// The usage of the limit that is nearest.
    pub(crate) fn usage(&self) -> Option<MemoryUsage> {
        let cgroups = self.cgroups.iter().filter_map(Cgroup::usage);
        cgroups
            .chain(self.of_process())
            .max_by(|one, other| one.percent().total_cmp(&other.percent()))
    }

    fn of_process(&self) -> impl Iterator<Item = MemoryUsage> {
        let read = |path: &str| fs::read_to_string(self.root.join(path)).unwrap_or_default();
        let limits = read("proc/self/limits");
        let status = read("proc/self/status");
        let usage = |limit: &str, used: &str, of| {
            Some(MemoryUsage {
                used: kilobytes(&status, used)?,
                limit: resource_limit(&limits, limit)?,
                of,
            })
        };
        let limits = [
            usage("Max address space", "VmSize:", MemoryLimit::AddressSpace),
            usage("Max data size", "VmData:", MemoryLimit::Data),
        ];
        limits.into_iter().flatten()
    }
}

impl Cgroup {
    fn usage(&self) -> Option<MemoryUsage> {
        let read = |name: &str| fs::read_to_string(self.folder.join(name)).ok();
        let number = |name: &str| read(name)?.trim().parse::<u64>().ok();
        let (limit, used, idle) = match self.version {
            Version::Two => {
                let limits = [number("memory.max"), number("memory.high")];
                let limit = limits.into_iter().flatten().min();
                (limit, "memory.current", "inactive_file")
            }
            Version::One => {
                // No limit is a number near 2^63, rounded to pages.
                let limit = number("memory.limit_in_bytes").filter(|limit| *limit < 1 << 60);
                (limit, "memory.usage_in_bytes", "total_inactive_file")
            }
        };
        let limit = limit?;
        let idle = statistic(&read("memory.stat").unwrap_or_default(), idle);
        Some(MemoryUsage {
            used: number(used)?.saturating_sub(idle),
            limit,
            of: MemoryLimit::Cgroup,
        })
    }
}

/// The path of the cgroup that has the memory, of `/proc/self/cgroup`: `4:memory:/docker/1f`, or
/// `0::/docker/1f` in version 2.
fn membership(text: &str, version: Version) -> Option<&str> {
    text.lines().find_map(|line| {
        let (number, rest) = line.split_once(':')?;
        let (controllers, path) = rest.split_once(':')?;
        let is_it = match version {
            Version::One => controllers.split(',').any(|name| name == "memory"),
            Version::Two => number == "0" && controllers.is_empty(),
        };
        is_it.then_some(path)
    })
}

/// Where cgroups are mounted.
#[derive(Debug, PartialEq)]
struct Mount {
    /// The cgroup that stands at the mount point.
    root: PathBuf,
    point: PathBuf,
}

impl Mount {
    /// Of a line of `/proc/self/mountinfo`, see proc(5), if it is of these cgroups.
    fn of(line: &str, version: Version) -> Option<Mount> {
        let (place, kind) = line.split_once(" - ")?;
        let mut kind = kind.split(' ');
        let is_it = match version {
            Version::Two => kind.next() == Some("cgroup2"),
            Version::One => {
                kind.next() == Some("cgroup")
                    && kind.nth(1)?.split(',').any(|option| option == "memory")
            }
        };
        let mut place = place.split(' ').skip(3);
        let (root, point) = (place.next()?, place.next()?);
        is_it.then(|| Mount {
            root: PathBuf::from(unescaped(root)),
            point: PathBuf::from(unescaped(point)),
        })
    }

    /// The folders of a cgroup and of those around it, as far as they can be seen from here.
    fn folders(&self, cgroup: &str) -> impl Iterator<Item = PathBuf> {
        // In a container the path may be the host's: then its own cgroup is at the mount point.
        let inside = Path::new(cgroup).strip_prefix(&self.root);
        let inside = inside.ok().filter(|path| !path.starts_with(".."));
        let leaf = self.point.join(inside.unwrap_or(Path::new("")));
        let folders: Vec<_> = leaf.ancestors().map(Path::to_owned).collect();
        let point = self.point.clone();
        folders
            .into_iter()
            .take_while(move |folder| folder.starts_with(&point))
    }
}

fn below(root: &Path, absolute: &Path) -> PathBuf {
    root.join(absolute.strip_prefix("/").unwrap_or(absolute))
}

/// A path of mountinfo: blanks and backslashes are three octal digits.
fn unescaped(text: &str) -> String {
    let mut parts = text.split('\\');
    let mut path = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part
            .get(..3)
            .and_then(|digits| u8::from_str_radix(digits, 8).ok());
        if let Some(code) = code {
            path.push(char::from(code));
            path.push_str(&part[3..]);
        } else {
            path.push('\\');
            path.push_str(part);
        }
    }
    path
}

/// A number of `memory.stat`; 0 where there is none.
fn statistic(text: &str, name: &str) -> u64 {
    let lines = text.lines().filter_map(|line| line.split_once(' '));
    let found = lines.into_iter().find(|(key, _)| *key == name);
    found
        .and_then(|(_, value)| value.trim().parse().ok())
        .unwrap_or(0)
}

/// The soft limit of `/proc/self/limits`; none where it is `unlimited`.
fn resource_limit(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// A size of `/proc/self/status`, in bytes.
fn kilobytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let number: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(number * 1024)
}

#[cfg(test)]
mod tests;
