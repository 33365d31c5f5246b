//! Enters: a sealed document, and its recipient's key or passphrase. Leaves: the document.
//! Never: leaves a part of a document that does not open whole, or overwrites a file.

use super::args::Open;
use super::print::Print;
use super::{Exit, Failure};
use crate::fault::Fault;
use crate::office::Unlock;
use crate::seal::keys::SecretKey;
use crate::seal::lock::MAX_WORK_FACTOR;
use crate::seal::passphrase::{self, Passphrase};
use crate::seal::sealing::{self, OpenFault};
use age::secrecy::ExposeSecret;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

pub(super) fn open(args: &Open, print: &Print) -> Result<Exit, Failure> {
    let plain = plain(args)?;
    let output = match &args.output {
        Some(output) => output.clone(),
        None if args.file.extension().is_some_and(|extension| extension == "age") => {
            args.file.with_extension("")
        }
        None => {
            let cause = "it does not end in .age, so the document's name is not known";
            return Err(Failure::Usage(Fault::new(
                show(&args.file),
                "open.name",
                cause,
                "say where with --output",
            )));
        }
    };
    write_new(&output, &plain)?;
    print.json(&serde_json::json!({ "opened": output, "bytes": plain.len() }));
    print.line(&format!(
        "Opened {} ({} bytes). Keep it as safe as the letter.",
        output.display(),
        plain.len()
    ));
    Ok(Exit::Done)
}

/// The document, opened with whichever of the two was given.
fn plain(args: &Open) -> Result<Vec<u8>, Fault> {
    if let Some(path) = &args.identity {
        let identity = read(path)?;
        let key = SecretKey::from_identity_file(&String::from_utf8_lossy(&identity))
            .map_err(|refusal| Fault::new(show(path), "open.identity", refusal.cause, refusal.cure))?;
        return sealing::open(&read(&args.file)?, &key).map_err(|why| unopened(&args.file, why, None));
    }
    let sealed = read(&args.file)?;
    let from = args.passphrase_file.clone().map_or(Unlock::Prompt, Unlock::File);
    let typed = from.passphrase("The words that the office read out to you: ")?;
    let passphrase = Passphrase::from_typed(typed.expose_secret());
    sealing::open_with_passphrase(&sealed, &passphrase, MAX_WORK_FACTOR).map_err(|why| {
        let doubt = passphrase::doubt(typed.expose_secret()).filter(|_| why == OpenFault::NoKeyFits);
        unopened(&args.file, why, doubt)
    })
}

fn unopened(file: &Path, why: OpenFault, doubt: Option<String>) -> Fault {
    let (cause, cure) = why.words().split_once("; ").unwrap_or((why.words(), "check the file and the key"));
    let cure = match (why, doubt) {
        (OpenFault::Passphrase, _) => "give --passphrase in place of --identity".to_owned(),
        (OpenFault::Key, _) => "give --identity and the file of your private key".to_owned(),
        (_, Some(doubt)) => format!("{doubt}; type them again, or ask the office to read them out again"),
        (_, None) => cure.to_owned(),
    };
    Fault::new(show(file), "open.sealed", cause, cure)
}

/// Writes a private file that was not there before.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(bytes));
    written.map_err(|error| {
        if error.kind() == io::ErrorKind::AlreadyExists {
            return Fault::new(
                show(path),
                "open.exists",
                "it is here already",
                "move it away, or choose another place",
            );
        }
        Fault::new(show(path), "open.write", format!("it cannot be written: {error}"), "choose another place")
    })
}

fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    fs::read(path).map_err(|error| {
        Fault::new(
            show(path),
            "open.read",
            format!("it cannot be read: {error}"),
            "check the name and who may read it",
        )
    })
}

fn show(path: &Path) -> String {
    path.display().to_string()
}
