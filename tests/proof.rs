//! Enters: what an office sends and records. Leaves: the proof that anybody can check it with stock tools, and that
//! every kind of tampering shows.

mod audit;
mod checkpoints;
mod export;
mod incident;
mod on_the_way;
mod open;
mod stock;

use crate::support::office::{DemoOffice, Said};
use crate::support::tools::{command, run, run_with};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// The list and its signature.
const LIST: &str = "SHA256SUMS";
const SIGNATURE: &str = "SHA256SUMS.sig";
/// What stock tools are told of the office.
const NAMESPACE: &str = "despatch.list@v1";

/// An office, with the file by which its recipients check what it sends.
pub struct Scene {
    pub office: DemoOffice,
    pub folder: tempfile::TempDir,
}

impl Scene {
    pub fn new() -> Scene {
        Scene::of(DemoOffice::new())
    }

    fn of(office: DemoOffice) -> Scene {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let shown = office.run(&["--json", "keys", "signing", "show"]).expect(0).json();
        let scene = Scene { office, folder };
        fs::write(scene.signers(), format!("{}\n", words(&shown["allowed_signers"]))).expect("a new file");
        scene
    }

    fn signers(&self) -> PathBuf {
        self.folder.path().join("allowed_signers")
    }

    /// The name under which the office's line has it.
    fn name(&self) -> String {
        let line = fs::read_to_string(self.signers()).expect("the line");
        line.split(' ').next().expect("a name").to_owned()
    }

    /// The attachments of a despatch, saved into a new folder as a mail program would.
    fn saved(&self, despatch: &Value, as_name: &str) -> PathBuf {
        let folder = self.folder.path().join(as_name);
        fs::create_dir(&folder).expect("a new folder");
        save_attachments(&self.office.message_path(despatch), &folder);
        folder
    }

    /// The despatch of the sample appointment for the detention team of Yarl's Wood.
    pub fn letter(&self) -> Value {
        self.office.despatch_for("DEMO-0902", "det")
    }

    fn key(&self) -> PathBuf {
        self.office.key("det-yarls-wood")
    }

    /// `despatch open` of a message or a folder, as its recipient.
    pub fn open(&self, what: &Path, more: &[&str]) -> Said {
        let words = ["open", what.to_str().unwrap(), "--identity"];
        let (key, signers) = (self.key(), self.signers());
        let own = [key.to_str().unwrap(), "--signer", signers.to_str().unwrap()];
        crate::support::office::despatch(&[&words[..], &own, more].concat())
    }
}

fn words(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

/// Python's mail program saves every attachment of a message under its name.
pub fn save_attachments(message: &Path, folder: &Path) {
    let script = r#"
import email, email.policy, pathlib, sys
message = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
for part in message.iter_attachments():
    pathlib.Path(sys.argv[2], part.get_filename()).write_bytes(part.get_content())
"#;
    run(command("python3").args(["-c", script]).arg(message).arg(folder))
        .unwrap_or_else(|why| panic!("{why}"));
}

/// `ssh-keygen -Y verify` of a list as the page for recipients tells it.
fn ssh_verifies(signers: &Path, name: &str, namespace: &str, folder: &Path) -> Result<(), String> {
    let list = fs::read(folder.join(LIST)).map_err(|error| error.to_string())?;
    let mut verify = command("ssh-keygen");
    verify.args(["-Y", "verify", "-f"]).arg(signers).args(["-I", name, "-n", namespace, "-s"]);
    verify.arg(folder.join(SIGNATURE));
    run_with(&mut verify, &list).map(drop)
}

/// `sha256sum -c` as the page for recipients tells it.
fn sums_hold(folder: &Path) -> Result<(), String> {
    run(command("sha256sum").args(["--strict", "-c", LIST]).current_dir(folder)).map(drop)
}

/// What stock tools say of a folder of attachments: both must be content.
fn stock_tools(scene: &Scene, folder: &Path) -> Result<(), String> {
    ssh_verifies(&scene.signers(), &scene.name(), NAMESPACE, folder).and_then(|()| sums_hold(folder))
}
