//! Enters: what a scripted relay is to do with each connection. Leaves: what it heard, and the messages that it took.
//! Never: answers anybody but this machine.

use crate::support::office::DemoOffice;
use crate::support::tools::{command, run};
use despatch_testing::postfix::TLS_CNF;
use despatch_testing::swap::Swap;
use std::fs;
use std::io::{BufRead, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Stdio};
use tempfile::TempDir;

const SCRIPT: &str = include_str!("slow_relay.py");

/// A relay that does as it is told, connection by connection, and then is gone.
pub struct SlowRelay {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    folder: TempDir,
    port: u16,
}

impl SlowRelay {
    /// A relay with a certificate for `localhost`.
    pub fn start(modes: &[&str]) -> Self {
        Self::named("localhost", modes)
    }

    /// A relay with a certificate for another name.
    pub fn named(name: &str, modes: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        certify(folder.path(), name);
        let mut child = command("python3")
            .args(["-c", SCRIPT, "relay.pem", "relay.key", ".", &modes.join(",")])
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 starts");
        let lines = BufReader::new(child.stdout.take().expect("piped above")).lines();
        let mut relay = Self { child, lines, folder, port: 0 };
        relay.port = relay.until("PORT ").pop().unwrap()[5..].parse().unwrap();
        relay
    }

    /// The relay's lines up to the first that begins so.
    pub fn until(&mut self, begin: &str) -> Vec<String> {
        let mut seen = Vec::new();
        for line in self.lines.by_ref() {
            seen.push(line.unwrap());
            if seen.last().unwrap().starts_with(begin) {
                return seen;
            }
        }
        panic!("the relay ended without {begin:?}: {seen:?}");
    }

    /// Its port on `localhost`.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The certificate of the authority that vouches for it.
    pub fn ca(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Lets the connection go on that waits at the gate.
    pub fn open_gate(&self) {
        fs::write(self.folder.path().join("gate"), "go").expect("the relay waits at its gate");
    }

    /// The message that got its dot on this connection.
    pub fn message(&self, number: usize) -> Option<Vec<u8>> {
        fs::read(self.folder.path().join(format!("{number}.eml"))).ok()
    }

    /// Makes it the relay of an office, which sends one message after the other: each connection has its mode.
    pub fn serve(&self, office: &DemoOffice) {
        use_relay(office, self.port, &self.ca());
        use_connections(office, 1);
    }
}

impl Drop for SlowRelay {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Makes the server on this port of `localhost` the relay of an office, vouched for by this authority.
pub fn use_relay(office: &DemoOffice, port: u16, ca: &Path) {
    office.edit("despatch.toml", |text| {
        let (before, _) = text.split_once("[courier]").expect("the courier comes last");
        let ca = ca.display();
        format!(
            "{before}[courier]\ntransport = \"smtp\"\nhost = \"localhost\"\nport = {port}\n\
             hello_name = \"despatch.example.invalid\"\ntls_ca = \"{ca}\"\n"
        )
    });
}

/// Sets how many messages an office sends at once.
pub fn use_connections(office: &DemoOffice, number: usize) {
    office.edit("despatch.toml", |text| format!("{text}connections = {number}\n"));
}

/// Makes an authority, `ca.pem`, and the certificate of a relay of this name, `relay.pem` and `relay.key`.
pub fn certify(folder: &Path, name: &str) {
    // The address is left out of the names, so that only the host's name counts.
    let names = TLS_CNF.swapped("DNS:localhost, IP:127.0.0.1", &format!("DNS:{name}"));
    fs::write(folder.join("tls.cnf"), names).expect("a new file");
    let request = "req -x509 -config tls.cnf -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 2";
    for arguments in [
        format!("{request} -extensions authority -keyout ca.key -out ca.pem"),
        format!(
            "{request} -extensions server -CA ca.pem -CAkey ca.key -subj /CN=relay -keyout relay.key -out relay.pem"
        ),
    ] {
        run(command("openssl").current_dir(folder).args(arguments.split(' '))).expect("a certificate");
    }
}
