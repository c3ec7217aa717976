//! A disk that answers EIO, and then lies: a sync says so once, the next one says that all is well, and
//! what it was about is not there. Nothing of which the logger says that it survives a loss of power is
//! lost then, with spool and log on that disk: the power goes after some such episodes.
//!
//! The disk is a file that `qemu-storage-daemon` shows through FUSE, under a loop device: told so, it
//! fails every write. The file system's journal is on another, sound one, which would else end it all at
//! the first error.
//!
//! Episodes: 5, or as many as HYDRA_BAD_DISKS says. Needs root, loop devices, FUSE, xfs_io and
//! qemu-storage-daemon (Debian: xfsprogs, qemu-utils); without them it says that it skips, but in CI.

#![cfg(all(feature = "spool", feature = "config-files", target_os = "linux"))]

#[path = "support/child.rs"]
mod child;
#[path = "support/killed.rs"]
mod killed;
#[path = "support/random.rs"]
mod random;
#[path = "support/writer.rs"]
mod writer;

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::ops::Deref as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use hydra_logger::config::{DestinationBuilder, Durability};
use hydra_logger::{AsyncLogger, EngineOptions, Logger};
use random::Random;
use writer::{Writer, run};

/// About how many bytes a record has: what is written goes on to other pages soon, and is not made good by
/// the next that comes to the same one.
const LENGTH: usize = 1000;

fn episodes() -> u64 {
    let episodes = std::env::var("HYDRA_BAD_DISKS").ok();
    let episodes = episodes.and_then(|episodes| episodes.parse().ok());
    episodes.unwrap_or(5)
}

/// A loop device over a file.
struct Loop(String);

impl Loop {
    fn over(file: &Path) -> Result<Loop, String> {
        let output = Command::new("losetup")
            .args(["-f", "--show"])
            .arg(file)
            .output()
            .map_err(|error| format!("losetup: {error}"))?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let device = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Ok(Loop(device))
    }
}

impl Drop for Loop {
    fn drop(&mut self) {
        let _ = run("losetup", &["-d", &self.0]);
    }
}

/// The program that shows a file as another one, whose writes may fail.
struct Daemon {
    child: Child,
    commands: BufReader<UnixStream>,
}

impl Daemon {
    fn start(image: &Path, shown: &Path, socket: &Path) -> Result<Daemon, String> {
        let [image, shown, socket] = [image, shown, socket].map(Path::display);
        let child = Command::new("qemu-storage-daemon")
            .args([
                "--blockdev",
                &format!("driver=file,node-name=sound,filename={image}"),
                "--blockdev",
                "driver=blkdebug,node-name=bad,image=sound,inject-error.0.event=none,\
                 inject-error.0.iotype=write,inject-error.0.errno=5",
                "--blockdev",
                "driver=raw,node-name=disk,file=sound",
                "--export",
                &format!("type=fuse,id=shown,node-name=disk,mountpoint={shown},writable=on"),
                "--chardev",
                &format!("socket,id=commands,path={socket},server=on,wait=on"),
                "--monitor",
                "chardev=commands",
            ])
            .stdin(Stdio::null())
            .spawn()
            .map_err(|error| format!("qemu-storage-daemon: {error}"))?;
        Daemon::connect(child, &socket.to_string())
    }

    fn connect(mut child: Child, socket: &str) -> Result<Daemon, String> {
        let stream = loop {
            if let Ok(stream) = UnixStream::connect(socket) {
                break stream;
            }
            if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
                return Err(format!("qemu-storage-daemon: {status}"));
            }
            thread::yield_now();
        };
        let mut daemon = Daemon {
            child,
            commands: BufReader::new(stream),
        };
        daemon.answer()?;
        daemon.tell(r#"{"execute": "qmp_capabilities"}"#)?;
        Ok(daemon)
    }

    /// Has it do something, and waits until it has.
    fn tell(&mut self, command: &str) -> Result<(), String> {
        let stream = self.commands.get_mut();
        writeln!(stream, "{command}").map_err(|error| error.to_string())?;
        loop {
            let answer = self.answer()?;
            if answer.contains(r#""return""#) {
                return Ok(());
            }
            if answer.contains(r#""error""#) {
                return Err(answer);
            }
        }
    }

    fn answer(&mut self) -> Result<String, String> {
        let mut line = String::new();
        match self.commands.read_line(&mut line) {
            Ok(1..) => Ok(line),
            Ok(0) => Err("qemu-storage-daemon is gone".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It takes its mount along.
        let _ = run("kill", &[&self.child.id().to_string()]);
        let _ = self.child.wait();
    }
}

/// A file system on a disk that fails when it is told so. Dropped in this order.
struct Disk {
    mounted: Mounted,
    data: Loop,
    _journal: Loop,
    daemon: Daemon,
}

struct Mounted(PathBuf);

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = run("umount", &["-l", &self.0.to_string_lossy()]);
    }
}

impl Disk {
    fn make(directory: &Path) -> Result<Disk, String> {
        const SIZE: u64 = 256 << 20;
        run("xfs_io", &["-V"])?;
        let [image, shown, journal, socket, mounted] =
            ["image", "shown", "journal", "socket", "mounted"].map(|name| directory.join(name));
        let file = |path: &Path, size| fs::File::create(path)?.set_len(size);
        let made = file(&image, SIZE)
            .and_then(|()| file(&shown, 0))
            .and_then(|()| file(&journal, 64 << 20))
            .and_then(|()| fs::create_dir(&mounted));
        made.map_err(|error| error.to_string())?;
        let daemon = Daemon::start(&image, &shown, &socket)?;
        // It shows the file once it answers, or has said why not.
        if fs::metadata(&shown)
            .map_err(|error| error.to_string())?
            .len()
            != SIZE
        {
            return Err("qemu-storage-daemon shows no file: FUSE is missing".to_owned());
        }
        let (journal, data) = (Loop::over(&journal)?, Loop::over(&shown)?);
        run(
            "mke2fs",
            &["-q", "-b", "4096", "-O", "journal_dev", &journal.0],
        )?;
        let on = format!("device={}", journal.0);
        run("mkfs.ext4", &["-q", "-b", "4096", "-J", &on, &data.0])?;
        let disk = Disk {
            mounted: Mounted(mounted),
            data,
            _journal: journal,
            daemon,
        };
        disk.mount()?;
        Ok(disk)
    }

    fn mount(&self) -> Result<(), String> {
        let mounted = self.mounted.0.to_string_lossy();
        run("mount", &["-o", "errors=continue", &self.data.0, &mounted])
    }

    /// It is over, or begins.
    fn fails(&mut self, whether: bool) {
        let from = if whether { "bad" } else { "sound" };
        let command = format!(
            r#"{{"execute": "blockdev-reopen", "arguments": {{"options":
                [{{"driver": "raw", "node-name": "disk", "file": "{from}"}}]}}}}"#
        );
        self.daemon.tell(&command.replace('\n', " ")).unwrap();
    }

    /// Whether the file system takes nothing more, as it could not write what it needs itself.
    fn is_given_up(&self) -> bool {
        fs::write(self.mounted.0.join("probe"), "")
            .is_err_and(|error| error.kind() == std::io::ErrorKind::ReadOnlyFilesystem)
    }

    /// Nothing that was not synced will be there.
    fn cut(&self) {
        let mounted = self.mounted.0.to_string_lossy();
        run("xfs_io", &["-x", "-c", "shutdown", &mounted]).unwrap();
    }

    fn mount_again(&self) {
        run("umount", &[&self.mounted.0.to_string_lossy()]).unwrap();
        self.mount().unwrap();
    }
}

/// A disk that fails, if this machine lets us have one.
fn disk(directory: &Path) -> Option<Disk> {
    match Disk::make(directory) {
        Ok(disk) => Some(disk),
        Err(why) => {
            assert!(std::env::var_os("CI").is_none(), "{why}");
            eprintln!(
                "skipped, as it needs root, loop devices, FUSE, xfs_io and qemu-storage-daemon: {why}"
            );
            None
        }
    }
}

fn logger(place: &Path) -> AsyncLogger {
    Logger::builder()
        .file(place.join("app.log"), DestinationBuilder::unlimited_size)
        .durability(Durability::Power)
        .state_dir(place.join("state"))
        .build()
        .unwrap()
        .into_async(EngineOptions::default())
}

/// What a child does, in the test of this name; false in the parent.
fn is_child() -> bool {
    let Some((role, place)) = child::task() else {
        return false;
    };
    if role == "syncs once more" {
        return sync_once_more(&place.join("app.log"));
    }
    let logger = logger(&place);
    killed::log_and_say(&logger, LENGTH, || logger.durability() == Durability::Power)
}

/// What is not to be done: the second sync is believed.
fn sync_once_more(path: &Path) -> bool {
    let mut log = OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .unwrap();
    let pipe = OpenOptions::new().write(true).open("/proc/self/fd/1");
    let mut pipe = pipe.unwrap();
    for n in 0_u64.. {
        log.write_all(format!("INFO - 0 {n:<LENGTH$}\n").as_bytes())
            .unwrap();
        while log.sync_data().is_err() {}
        pipe.write_all(format!("@ 0 {n}\n").as_bytes()).unwrap();
    }
    true
}

/// How many records of each thread are there, each behind those before it; it may come again, with those
/// behind it. Beside what the disk has made zeros of a line may be torn.
fn found(place: &Path) -> BTreeMap<u64, u64> {
    let mut next: BTreeMap<u64, u64> = BTreeMap::new();
    let bytes = fs::read(place.join("app.log")).unwrap();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if line.contains(&0) {
            continue;
        }
        let line = std::str::from_utf8(line).unwrap();
        let message = line.split_once("INFO - ").map(|(_, message)| message);
        let words = message.and_then(|message| message.trim_end().split_once(' '));
        let (thread, n) = words.unwrap_or_else(|| panic!("torn: {line:?}"));
        let (thread, n): (u64, u64) = (thread.parse().unwrap(), n.parse().unwrap());
        let next = next.entry(thread).or_default();
        if n == *next {
            *next = n + 1;
        }
    }
    next
}

/// Of how many records that are said to be safe nothing is left after a writer's disk was bad for a
/// while, several times, and the power went.
fn lost_on_a_bad_disk(test: &str, role: &str, disk: &mut Disk) -> u64 {
    let mut random = Random(11);
    let place = disk.mounted.0.join("place");
    fs::create_dir(&place).unwrap();
    run("sync", &["-f", &place.to_string_lossy()]).unwrap();
    let writer = Writer::start(test, role, &place);
    for _ in 0..episodes() {
        thread::sleep(Duration::from_micros(random.below(50_000)));
        disk.fails(true);
        thread::sleep(Duration::from_micros(random.below(300_000)));
        disk.fails(false);
        // It does not stay as it is.
        writer.wait_until_it_says_more(|| disk.is_given_up());
    }
    writer.stop();
    disk.cut();
    let safe = writer.kill();
    disk.mount_again();
    // What its spool holds is delivered by the next start.
    logger(&place).deref().close().unwrap();
    let found = found(&place);
    let lost = |(thread, safe): (&u64, &u64)| safe - safe.min(found.get(thread).unwrap_or(&0));
    safe.iter().map(lost).sum()
}

#[test]
fn what_is_said_to_survive_a_loss_of_power_does() {
    const TEST: &str = "what_is_said_to_survive_a_loss_of_power_does";
    if is_child() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    if let Some(mut disk) = disk(directory.path()) {
        assert_eq!(lost_on_a_bad_disk(TEST, "logs", &mut disk), 0);
    }
}

#[test]
fn this_test_notices_whoever_believes_the_second_sync() {
    const TEST: &str = "this_test_notices_whoever_believes_the_second_sync";
    if is_child() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    if let Some(mut disk) = disk(directory.path()) {
        assert!(lost_on_a_bad_disk(TEST, "syncs once more", &mut disk) > 0);
    }
}
