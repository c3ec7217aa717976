//! A file system that a test can fill.

use std::ffi::CString;
use std::io;
use std::path::Path;

/// It is mounted until this is dropped.
pub(crate) struct SmallDisk(CString);

impl SmallDisk {
    /// A file system of so many bytes, as `256k`, over a directory that is there. Nothing, which is said,
    /// where this process may not mount one: never in CI.
    pub(crate) fn mount(directory: &Path, size: &str) -> Option<SmallDisk> {
        let text = |text: &str| CString::new(text).expect("no zero");
        let path = text(directory.to_str().expect("UTF-8"));
        let (kind, size) = (c"tmpfs".as_ptr(), text(&format!("size={size}")));
        // SAFETY: all are strings that end with a zero.
        let result = unsafe { libc::mount(kind, path.as_ptr(), kind, 0, size.as_ptr().cast()) };
        if result == 0 {
            return Some(SmallDisk(path));
        }
        let error = io::Error::last_os_error();
        assert!(
            std::env::var_os("CI").is_none(),
            "mounting a file system: {error}"
        );
        eprintln!("SKIPPED: it needs the right to mount a file system, as root has it ({error})");
        None
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // SAFETY: a string that ends with a zero.
        unsafe { libc::umount2(self.0.as_ptr(), libc::MNT_DETACH) };
    }
}
