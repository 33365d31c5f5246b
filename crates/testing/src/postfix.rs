//! Enters: messages over implicit TLS on loopback. Leaves: the bytes that Postfix delivered, and its log.
//! Never: delivers outside its own temporary folder, or touches the machine's own mail service.

use super::tools::{command, run};
use crate::swap::Swap;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const MAIN_CF: &str = include_str!("main.cf");
const MASTER_CF: &str = include_str!("master.cf");
/// The OpenSSL configuration for the certificates of a relay on this machine.
pub const TLS_CNF: &str = include_str!("tls.cnf");

/// The account `nobody`, which owns the maildir; Postfix does not deliver as a privileged account.
const NOBODY: u32 = 65534;

/// How long to wait for anything, generous for a real mail server.
const PATIENCE: Duration = Duration::from_secs(30);

/// A Postfix for one test: every address under `example.invalid` is delivered to one maildir, `busy@` is deferred
/// (450), `gone@` is refused (550), any other domain is refused (554). It stops on drop.
#[derive(Debug)]
pub struct Postfix {
    folder: TempDir,
    port: u16,
}

impl Postfix {
    /// Starts it on a free port of 127.0.0.1, with a certificate for `localhost` and `127.0.0.1` from an authority of
    /// its own.
    ///
    /// # Panics
    /// If this is not root (Postfix's master needs it), a program is missing, or it does not start.
    pub fn start() -> Self {
        assert!(
            nix::unistd::Uid::effective().is_root(),
            "a private Postfix takes root, because its master starts helpers under other accounts: \
             run the tests as root, for example in a container: sudo -E tests/run"
        );
        // Another process may take the port before Postfix binds it.
        for _ in 0..5 {
            let folder = TempDir::with_prefix("despatch-postfix-").expect("a temporary folder");
            let port = free_port();
            lay_out(folder.path(), port);
            certify(folder.path());
            let started = run(command("postfix").arg("-c").arg(config(folder.path())).arg("start"));
            let postfix = Self { folder, port };
            let log = postfix.log();
            match started {
                Ok(_) => {
                    TcpStream::connect(("127.0.0.1", port))
                        .unwrap_or_else(|error| panic!("Postfix does not listen: {error}\n{log}"));
                    return postfix;
                }
                Err(_) if log.contains("Address already in use") => {}
                Err(reason) => panic!("Postfix did not start: {reason}\n{log}"),
            }
        }
        panic!("no port on 127.0.0.1 stays free long enough for Postfix to take it");
    }

    /// The port on 127.0.0.1 for SMTP over implicit TLS.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The path of the authority's certificate, which nothing else trusts.
    pub fn ca_pem_path(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Waits for at least `n` delivered messages and returns all of them, oldest first, as stored in the maildir: with
    /// LF line ends and the server's own headers (see [`strip_added_headers`]).
    ///
    /// # Panics
    /// If there are fewer after 30 seconds, with the server's log.
    pub fn wait_for(&self, n: usize) -> Vec<Vec<u8>> {
        let started = Instant::now();
        loop {
            let delivered = self.delivered();
            if delivered.len() >= n {
                return delivered;
            }
            assert!(
                started.elapsed() < PATIENCE,
                "{} of {n} messages were delivered in {PATIENCE:?}; the server says:\n{}",
                delivered.len(),
                self.log()
            );
            // Postfix gives no signal when it has delivered, so poll.
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// All messages delivered so far, oldest first.
    pub fn delivered(&self) -> Vec<Vec<u8>> {
        let Ok(entries) = fs::read_dir(self.folder.path().join("mail/box/new")) else {
            return Vec::new();
        };
        let mut files: Vec<_> = entries
            .map(|entry| entry.expect("a readable maildir").path())
            .map(|path| {
                let delivered_at = fs::metadata(&path).and_then(|meta| meta.modified());
                (delivered_at.expect("a delivered file stays"), path)
            })
            .collect();
        files.sort();
        files.into_iter().map(|(_, path)| fs::read(path).expect("a delivered file is whole")).collect()
    }

    /// What the server has logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

/// The path of the script of a relay that fails on purpose, for a current Python.
pub fn smtp_sink() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/smtp_sink.py")
}

impl Drop for Postfix {
    fn drop(&mut self) {
        // An error can be ignored: the instance ends with its container at the latest.
        let config = config(self.folder.path());
        let _ = run(command("postfix").arg("-c").arg(config).arg("stop"));
    }
}

/// The message without the headers that the server prepended, with CRLF line ends: a maildir has LF, and mail on the
/// wire has CRLF.
pub fn strip_added_headers(delivered: &[u8]) -> Vec<u8> {
    const ADDED: [&[u8]; 4] = [b"return-path:", b"x-original-to:", b"delivered-to:", b"received:"];
    let mut lines = delivered.split_inclusive(|byte| *byte == b'\n').peekable();
    while lines.peek().is_some_and(|line| ADDED.iter().any(|name| starts_with(line, name))) {
        lines.next();
        // Lines that begin with white space continue the header.
        while lines.next_if(|line| line.starts_with(b" ") || line.starts_with(b"\t")).is_some() {}
    }
    let mut message = Vec::with_capacity(delivered.len() + delivered.len() / 40);
    for line in lines {
        match line.strip_suffix(b"\n") {
            Some(text) => {
                message.extend_from_slice(text.strip_suffix(b"\r").unwrap_or(text));
                message.extend_from_slice(b"\r\n");
            }
            None => message.extend_from_slice(line),
        }
    }
    message
}

fn starts_with(line: &[u8], name: &[u8]) -> bool {
    line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
}

fn config(folder: &Path) -> PathBuf {
    folder.join("config")
}

/// Creates the folders and files of one instance, with the owners that Postfix insists on.
fn lay_out(folder: &Path, port: u16) {
    let make = |name: &str| {
        let path = folder.join(name);
        fs::create_dir(&path).expect("a new folder");
        path
    };
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).expect("a new file");
    // Its helpers run under other accounts, which must reach their folders.
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).expect("our own folder");
    make("config");
    make("queue");
    let postfix = nix::unistd::User::from_name("postfix")
        .ok()
        .flatten()
        .expect("the postfix package makes the account; run tests/run");
    chown(make("data"), Some(postfix.uid.as_raw()), None).expect("root may");
    chown(make("mail"), Some(NOBODY), Some(NOBODY)).expect("root may");
    let here = folder.to_str().expect("a temporary path in UTF-8");
    write("config/main.cf", &MAIN_CF.swapped("DIR", here));
    write("config/master.cf", &MASTER_CF.swapped("PORT", &port.to_string()));
    write("config/domains", "/^(.+\\.)?example\\.invalid$/ ok\n");
    write(
        "config/recipients",
        "/^busy@/ 450 4.2.1 the mailbox is busy, try again\n/^gone@/ 550 5.1.1 there is no such mailbox\n",
    );
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port on loopback");
    listener.local_addr().expect("a bound listener").port()
}

/// Creates an authority, and a certificate from it for the server, valid for two days.
fn certify(folder: &Path) {
    fs::write(folder.join("tls.cnf"), TLS_CNF).expect("a new file");
    let openssl = |arguments: &str| {
        let mut command = command("openssl");
        command.current_dir(folder).args(arguments.split(' '));
        run(&mut command).unwrap_or_else(|reason| panic!("no certificate: {reason}"));
    };
    let request = "req -x509 -config tls.cnf -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 2";
    openssl(&format!("{request} -extensions authority -keyout ca.key -out ca.pem"));
    openssl(&format!(
        "{request} -extensions server -CA ca.pem -CAkey ca.key -subj /CN=localhost -keyout server.key -out server.pem"
    ));
}
