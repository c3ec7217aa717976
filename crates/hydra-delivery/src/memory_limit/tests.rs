use super::*;

/// A root with these files.
fn root(files: &[(&str, &str)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

fn usage(files: &[(&str, &str)]) -> Option<MemoryUsage> {
    Limits::below(root(files).path()).usage()
}

const UNLIMITED: (&str, &str) = (
    "proc/self/limits",
    "Limit                     Soft Limit           Hard Limit           Units     \n\
     Max data size             unlimited            unlimited            bytes     \n\
     Max address space         unlimited            unlimited            bytes     \n",
);
const STATUS: (&str, &str) = (
    "proc/self/status",
    "Name:\tcat\nVmPeak:\t    3000 kB\nVmSize:\t    2000 kB\nVmData:\t     500 kB\n",
);
const V2_MOUNT: (&str, &str) = (
    "proc/self/mountinfo",
    "22 28 0:20 / /sys rw,nosuid shared:7 - sysfs sysfs rw\n\
     30 22 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n",
);
const V1_MOUNTS: (&str, &str) = (
    "proc/self/mountinfo",
    "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n\
     33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw shared:2 - cgroup cgroup rw,cpu,cpuacct\n\
     35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:3 - cgroup cgroup rw,memory\n\
     41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n",
);

#[test]
fn without_any_limit_there_is_no_usage() {
    assert_eq!(usage(&[]), None);
    assert_eq!(usage(&[UNLIMITED, STATUS]), None);
    let files = [
        UNLIMITED,
        STATUS,
        V2_MOUNT,
        ("proc/self/cgroup", "0::/user.slice\n"),
        ("sys/fs/cgroup/user.slice/memory.max", "max\n"),
        ("sys/fs/cgroup/user.slice/memory.high", "max\n"),
        ("sys/fs/cgroup/user.slice/memory.current", "4096\n"),
    ];
    assert_eq!(usage(&files), None);
}

#[test]
fn a_container_of_version_2_sees_its_own_cgroup_at_the_mount_point() {
    let found = usage(&[
        V2_MOUNT,
        ("proc/self/cgroup", "0::/\n"),
        ("sys/fs/cgroup/memory.max", "1000000\n"),
        ("sys/fs/cgroup/memory.current", "600000\n"),
        (
            "sys/fs/cgroup/memory.stat",
            "anon 300000\nfile 300000\ninactive_anon 0\ninactive_file 100000\n",
        ),
    ]);
    let found = found.unwrap();
    assert_eq!((found.used, found.limit), (500_000, 1_000_000));
    assert_eq!(found.of, MemoryLimit::Cgroup);
    assert!((found.percent() - 50.0).abs() < 1e-9);
}

#[test]
fn of_nested_cgroups_the_nearest_limit_counts() {
    let files = [
        V2_MOUNT,
        ("proc/self/cgroup", "0::/system.slice/app.service\n"),
        ("sys/fs/cgroup/system.slice/app.service/memory.max", "max\n"),
        (
            "sys/fs/cgroup/system.slice/app.service/memory.high",
            "1000\n",
        ),
        (
            "sys/fs/cgroup/system.slice/app.service/memory.current",
            "300\n",
        ),
        ("sys/fs/cgroup/system.slice/memory.max", "2000\n"),
        ("sys/fs/cgroup/system.slice/memory.current", "1500\n"),
        // Not a cgroup of this process.
        ("sys/fs/cgroup/memory.max", "garbage"),
    ];
    let found = usage(&files).unwrap();
    assert_eq!((found.used, found.limit), (1500, 2000));
}

#[test]
fn version_1_is_found_by_its_controller() {
    let files = [
        V1_MOUNTS,
        (
            "proc/self/cgroup",
            "9:name=systemd:/\n5:cpu,cpuacct:/other\n4:hugetlb,memory:/docker/1f\n0::/\n",
        ),
        (
            "sys/fs/cgroup/memory/docker/1f/memory.limit_in_bytes",
            "4000\n",
        ),
        (
            "sys/fs/cgroup/memory/docker/1f/memory.usage_in_bytes",
            "1500\n",
        ),
        (
            "sys/fs/cgroup/memory/docker/1f/memory.stat",
            "inactive_file 1\ntotal_cache 900\ntotal_inactive_file 500\n",
        ),
        (
            "sys/fs/cgroup/memory/memory.limit_in_bytes",
            "9223372036854771712\n",
        ),
        ("sys/fs/cgroup/memory/memory.usage_in_bytes", "9000\n"),
    ];
    let found = usage(&files).unwrap();
    assert_eq!((found.used, found.limit), (1000, 4000));
}

#[test]
fn a_container_that_sees_the_hosts_path_finds_its_cgroup_at_the_mount_point() {
    let files = [
        (
            "proc/self/mountinfo",
            "35 31 0:32 /docker/1f /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n",
        ),
        ("proc/self/cgroup", "4:memory:/docker/1f\n"),
        ("sys/fs/cgroup/memory/memory.limit_in_bytes", "1000\n"),
        ("sys/fs/cgroup/memory/memory.usage_in_bytes", "900\n"),
    ];
    assert_eq!(usage(&files).unwrap().used, 900);
    let mut outside = files;
    outside[1] = ("proc/self/cgroup", "4:memory:/elsewhere\n");
    assert_eq!(usage(&outside).unwrap().used, 900);
}

#[test]
fn a_mount_point_may_hold_blanks() {
    let line = r"30 22 0:26 /a\040b /sys/fs/c\134g rw - cgroup2 cgroup2 rw";
    let mount = Mount::of(line, Version::Two).unwrap();
    assert_eq!(mount.root, Path::new("/a b"));
    assert_eq!(mount.point, Path::new(r"/sys/fs/c\g"));
}

#[test]
fn the_process_has_limits_of_its_own() {
    let limited = (
        "proc/self/limits",
        "Max data size             1024000              unlimited            bytes     \n\
         Max address space         2560000              unlimited            bytes     \n",
    );
    let found = usage(&[limited, STATUS]).unwrap();
    assert_eq!(found.of, MemoryLimit::AddressSpace);
    assert_eq!((found.used, found.limit), (2_048_000, 2_560_000));
}

#[test]
fn what_is_cut_off_or_nonsense_is_no_limit() {
    let whole = "Max address space         2560000              unlimited            bytes     \n";
    for end in 0..whole.len() {
        let files = [("proc/self/limits", &whole[..end]), STATUS];
        let _ = usage(&files);
    }
    for line in ["", "0", "0:", "0::", ":::", "4:memory", "\u{fffd}"] {
        let _ = membership(line, Version::One);
        let _ = membership(line, Version::Two);
        let _ = Mount::of(line, Version::One);
    }
    assert_eq!(unescaped(r"\04"), r"\04");
    assert_eq!(unescaped(r"\999"), r"\999");
}
