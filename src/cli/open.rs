//! Enters: a sealed document and its recipient's key. Leaves: the document.
//! Never: leaves a part of a document that does not open whole, or overwrites a file.

use super::args::Open;
use super::print::Print;
use super::{Exit, Failure};
use crate::fault::Fault;
use crate::private::Secret;
use crate::seal::keys::SecretKey;
use crate::seal::sealing;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

pub(super) fn open(args: &Open, print: &Print) -> Result<Exit, Failure> {
    let identity = read(&args.identity)?;
    let key = SecretKey::from_identity_file(str::from_utf8(&identity).unwrap_or_default())
        .map_err(|refusal| Fault::new(show(&args.identity), "open.identity", refusal.cause, refusal.cure))?;
    let sealed = read(&args.file)?;
    let plain = sealing::open(&sealed, &key).map_err(|why| {
        let (cause, cure) =
            why.words().split_once("; ").unwrap_or((why.words(), "check the file and the key"));
        Fault::new(show(&args.file), "open.sealed", cause, cure)
    })?;
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

fn read(path: &Path) -> Result<Secret, Fault> {
    fs::read(path).map(Secret::new).map_err(|error| {
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
