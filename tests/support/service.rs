//! Enters: an office of a test. Leaves: its service, running, and commands given to it from other accounts.
//! Never: outlives its test, or uses an account that the system does not have.

use super::office::{PROGRAM, STATE, Said};
use despatch_testing::tools::{command, run};
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The group of Debian's `nogroup`, which drops into the inbox and may reach the service.
pub const GROUP: u32 = 65534;

/// How long a service may take to open its socket, on a machine that does much else.
const STARTS_WITHIN: Duration = Duration::from_secs(120);

/// A service that ends with the test.
pub struct Service {
    office: PathBuf,
    child: Child,
}

impl Service {
    /// Starts `despatch run` with these further words, and returns once somebody can connect.
    pub fn start(office: &Path, words: &[&str]) -> Self {
        open_to_group(office);
        let socket = office.join("despatch.sock");
        // One that a service before left: a process that it was just starting may still listen there for a moment.
        let _ = fs::remove_file(&socket);
        let child = Command::new(PROGRAM)
            .arg("--office")
            .arg(office)
            .args(words)
            .stdout(Stdio::null())
            .stderr(fs::File::create(office.with_extension("service.log")).expect("a new file"))
            .stdin(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut service = Self { office: office.to_owned(), child };
        let since = Instant::now();
        while UnixStream::connect(&socket).is_err() {
            let ended = service.child.try_wait().expect("our own child");
            assert!(ended.is_none() && since.elapsed() < STARTS_WITHIN, "{}", service.log());
            thread::yield_now();
        }
        service
    }

    /// What it wrote to its stderr.
    pub fn log(&self) -> String {
        fs::read_to_string(self.office.with_extension("service.log")).unwrap_or_default()
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has not ended.
    pub fn lives(&mut self) -> bool {
        self.child.try_wait().expect("our own child").is_none()
    }

    /// Waits for its end, and returns how it ended.
    pub fn ended(&mut self) -> Option<i32> {
        self.child.wait().expect("our own child").code()
    }

    /// Gives a command from an account.
    pub fn given_by(&self, uid: u32, words: &[&str]) -> Said {
        as_account(uid, &[&["--office", self.office.to_str().expect("UTF-8")], words].concat())
            .env(STATE, self.office.with_file_name(format!("state-{uid}")))
            .output()
            .expect("setpriv starts")
            .into()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program as another account would start it: the file itself lies where only root can reach it.
pub fn as_account(uid: u32, words: &[&str]) -> Command {
    let mut shell = command("sh");
    let script = format!(
        "exec setpriv --reuid={uid} --regid={GROUP} --clear-groups /proc/self/fd/9 \"$@\" 9<'{PROGRAM}'"
    );
    shell.args(["-c", script.as_str(), "sh"]).args(words).current_dir("/").stdin(Stdio::null());
    shell
}

/// Lets the accounts of the group reach an office and drop into its inbox, and everybody write beside it.
pub fn open_to_group(office: &Path) {
    let mode = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("root may");
    };
    mode(office.parent().expect("a folder of the test's own"), 0o1777);
    mode(office, 0o711);
    chown(office.join("inbox"), None, Some(GROUP)).expect("root may");
    mode(&office.join("inbox"), 0o3730);
    // What lies in it came before.
    run(command("chmod").arg("-R").arg("g+rX").arg(office.join("inbox/rejected"))).expect("chmod");
    run(command("chgrp").arg("-R").arg(GROUP.to_string()).arg(office.join("inbox/rejected"))).expect("chgrp");
}

/// A private file of an account, beside an office.
pub fn file_of(office: &Path, uid: u32, name: &str, bytes: &[u8]) -> PathBuf {
    let path = office.with_file_name(format!("of-{uid}-{name}"));
    despatch_testing::cases::private_file(&path, bytes);
    chown(&path, Some(uid), None).expect("root may");
    path
}
