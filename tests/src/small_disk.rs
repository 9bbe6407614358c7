//! A file system that is soon full, for a server to see in place of one of its folders.
//!
//! It is mounted in a name space of the server's own, so nobody else sees it and it goes with the server. It must not
//! know any server. Needs root, or a kernel that lets its users have name spaces.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// Mounts the disk, waits beside the server for the sign to enlarge it, and becomes the server.
const SCRIPT: &str = r#"mount -t tmpfs -o "$2" none "$1" || exit 1
    ( while [ ! -e "$1.grow" ]; do kill -0 $$ 2>/dev/null || exit; sleep 0.1; done
      mount -o remount,size=256m "$1" && : > "$1.grown" ) &
    shift 2
    exec "$@""#;

pub struct SmallDisk {
    folder: PathBuf,
    megabytes: u32,
}

impl SmallDisk {
    /// A disk in place of the folder, which is made where it is not there.
    pub fn new(folder: &Path, megabytes: u32) -> SmallDisk {
        std::fs::create_dir_all(folder).expect("a folder to mount in");
        SmallDisk { folder: folder.to_path_buf(), megabytes }
    }

    /// Can it be mounted here? Where not, the caller says so and tests what remains.
    pub fn can_be() -> bool {
        let words = unshare();
        let tried = Command::new(&words[0]).args(&words[1..]).args(["sh", "-c", "mount -t tmpfs none /mnt"]).output();
        tried.is_ok_and(|o| o.status.success())
    }

    /// Words before a server's own command, so that it sees the disk as its own: the server's user by number, where that
    /// is another than the tests'.
    pub(crate) fn seen_by(&self, user: Option<u32>) -> Vec<String> {
        let mut words = unshare();
        let owner = user.map(|id| format!(",uid={id}")).unwrap_or_default();
        let size = format!("size={}m,mode=0700{owner}", self.megabytes);
        let folder = self.folder.display().to_string();
        words.extend(["sh", "-c", SCRIPT, "small-disk", &folder, &size].map(String::from));
        words
    }

    pub(crate) fn grow(&self) {
        let sign = |ending: &str| PathBuf::from(format!("{}.{ending}", self.folder.display()));
        std::fs::write(sign("grow"), "").expect("the sign to grow");
        let begun = Instant::now();
        while !sign("grown").exists() {
            assert!(begun.elapsed() < Duration::from_secs(60), "the disk did not grow");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// As another user than root, who keeps the right to mount in a name space of its own.
fn unshare() -> Vec<String> {
    use std::os::unix::fs::MetadataExt;
    let root = std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0);
    let words: &[&str] =
        if root { &["unshare", "--mount"] } else { &["unshare", "--map-current-user", "--keep-caps", "--mount"] };
    words.iter().map(|w| w.to_string()).collect()
}
