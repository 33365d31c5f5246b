//! Enters: a sealed document, or a whole despatch as a message or a folder, and its recipient's key or passphrase.
//! Leaves: the documents, with what is proved of them. Never: leaves a part of what does not open whole, or overwrites a
//! file.

use super::args::Open;
use super::print::{Print, count, wrapped};
use super::{Exit, Failure};
use age::secrecy::{ExposeSecret, SecretString};
use chrono_tz::Europe::London;
use despatch_app::office::{Unlock, private_key};
use despatch_core::fault::Fault;
use despatch_core::private;
use despatch_core::private::Secret;
use despatch_core::words::{date_words, time_words};
use despatch_message::{Opener, Parts, Proof, listed, prove, saved};
use despatch_seal::keys::SecretKey;
use despatch_seal::manifest::SUMS_NAME;
use despatch_seal::passphrase;
use despatch_seal::passphrase::Passphrase;
use despatch_seal::sealing::OpenFault;
use despatch_seal::signing::{Signer, allowed_signers};
use serde_json::json;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The largest file of a folder that is read: a message has at most 35 MB.
const FILE_BYTES_MAX: u64 = 50_000_000;

pub(super) fn open(args: &Open, print: &Print) -> Result<Exit, Failure> {
    let is_document = args.file.extension().is_some_and(|extension| extension == "age");
    match &args.signer {
        Some(signer) if !is_document => open_despatch(args, signer, print),
        Some(_) => {
            let cause = "a signature is over a whole despatch, not over one document";
            let cure = "give the saved message, or the folder with every attachment";
            Err(Failure::Usage(Fault::new(show(&args.file), "open.one_document", cause, cure)))
        }
        None if args.file.is_dir() || (!is_document && is_message(&args.file)?) => {
            let cause = "it is a whole despatch, and --signer does not say whose signature it must bear";
            let mut cure = "give the office's line in a file: --signer allowed_signers".to_owned();
            if parts_of(&args.file).is_ok_and(|parts| parts.stay_locked()) {
                cure = format!("{cure}; its PDFs open in your PDF reader, which asks for the words");
            }
            Err(Failure::Usage(Fault::new(show(&args.file), "open.no_signer", cause, cure)))
        }
        None => open_document(args, print),
    }
}

/// What the recipient opens with.
enum Given {
    Key(SecretKey),
    Words(Passphrase, SecretString),
    /// Nothing is opened here: a PDF reader asks for the words.
    Reader,
}

impl Given {
    fn of(args: &Open) -> Result<Self, Fault> {
        let from = args.passphrase_file.clone().map_or(Unlock::Prompt, Unlock::File);
        if let Some(path) = &args.identity {
            return Ok(Self::Key(private_key(path, &from, "Passphrase of your key: ")?));
        }
        let typed = from.passphrase("The words that the office read out to you: ")?;
        Ok(Self::Words(Passphrase::from_typed(typed.expose_secret()), typed))
    }

    fn opener(&self) -> Opener<'_> {
        match self {
            Self::Key(key) => Opener::Key(key),
            Self::Words(words, _) => Opener::Words(words),
            Self::Reader => Opener::Reader,
        }
    }

    /// Why something did not open, with what may be wrong with the words.
    fn unopened(&self, file: &Path, why: OpenFault) -> Fault {
        let doubt = match self {
            Self::Words(_, typed) if why == OpenFault::NoKeyFits => passphrase::doubt(typed.expose_secret()),
            _ => None,
        };
        let (cause, cure) =
            why.words().split_once("; ").unwrap_or((why.words(), "check the file and the key"));
        let cure = match (why, doubt) {
            (OpenFault::Passphrase, _) => "give --passphrase in place of --identity".to_owned(),
            (OpenFault::Key, _) => "give --identity and the file of your private key".to_owned(),
            (_, Some(doubt)) => format!("{doubt}; type them again, or ask the office to read them out again"),
            (_, None) => cure.to_owned(),
        };
        Fault::new(show(file), "open.sealed", cause, cure)
    }
}

/// One sealed document by itself.
fn open_document(args: &Open, print: &Print) -> Result<Exit, Failure> {
    let sealed = read(&args.file)?;
    if sealed.starts_with(b"%PDF-") && args.file.extension().is_none_or(|extension| extension != "age") {
        let cause = "it is a PDF, not a sealed file";
        let cure = "open it in your PDF reader; if it asks for a password, that is the words that the office told you";
        return Err(Fault::new(show(&args.file), "open.pdf", cause, cure).into());
    }
    let given = Given::of(args)?;
    let plain = given.opener().open(&sealed).map_err(|why| given.unopened(&args.file, why))?;
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
    print.json(&json!({ "opened": output, "bytes": plain.len() }));
    print.line(&format!(
        "Opened {} ({} bytes). Keep it as safe as the letter.",
        output.display(),
        plain.len()
    ));
    Ok(Exit::Done)
}

/// A whole despatch, proved before any of it is written.
fn open_despatch(args: &Open, signer: &Path, print: &Print) -> Result<Exit, Failure> {
    let signers = signers(signer)?;
    let parts = parts_of(&args.file)?;
    let for_a_reader = parts.stay_locked() && args.identity.is_none();
    let given = if for_a_reader { Given::Reader } else { Given::of(args)? };
    let mut proof = prove(&parts, &given.opener(), &signers)?;
    let folder = match &args.output {
        Some(output) => output.clone(),
        None if args.file.is_dir() => args.file.clone(),
        None => args.file.with_extension(""),
    };
    let (proved, not_proved) = (proved(&proof), not_proved(&proof));
    if folder == args.file {
        // What stays locked lies there already, and was checked as it lies.
        proof.documents.retain(|(name, _)| !proof.locked.contains(name));
    }
    make_folder(&folder)?;
    write_all(&folder, &proof.documents)?;
    let names: Vec<&String> = proof.documents.iter().map(|(name, _)| name).collect();
    let recipient = proof.manifest.as_ref().and_then(|manifest| manifest.recipient.as_ref());
    let head = &proof.list.head;
    print.json(&json!({
        "opened": folder, "documents": names, "locked": proof.locked, "despatch": head.despatch,
        "message_id": head.message_id, "signer": proof.signer,
        "signer_fingerprint": proof.signer_fingerprint, "sealed_at": head.sealed_at,
        "recipient": recipient, "proved": proved, "not_proved": not_proved,
    }));
    if !names.is_empty() {
        let done = if proof.locked.is_empty() { "Opened" } else { "Wrote" };
        print.line(&format!("{done} {} into {}:", count(names.len(), "file"), folder.display()));
        names.iter().for_each(|name| print.line(&format!("  {name}")));
    }
    if !proof.locked.is_empty() {
        print.line("The PDFs are locked. Open each in your PDF reader, which asks for the words that the office told you.");
    }
    print.line("");
    proved.iter().for_each(|words| print.line(&wrapped("proved", words)));
    not_proved.iter().for_each(|words| print.line(&wrapped("not proved", words)));
    print.line("\nKeep them as safe as the letter.");
    Ok(Exit::Done)
}

/// Reads a file of allowed signers.
pub(super) fn signers(path: &Path) -> Result<Vec<Signer>, Fault> {
    let text = String::from_utf8_lossy(&read(path)?).into_owned();
    allowed_signers(&text).map_err(|(line, refusal)| {
        Fault::new(format!("{}:{line}", path.display()), "open.signers", refusal.cause, refusal.cure)
    })
}

fn proved(proof: &Proof) -> Vec<String> {
    let at = proof.list.head.sealed_at.with_timezone(&London);
    let documents = proof.manifest.as_ref().map_or(proof.documents.len(), |one| one.documents.len());
    let who = proof.signer.as_deref().unwrap_or("the holder of an allowed key");
    let keys = match (proof.by_the_office, proof.with_words) {
        (true, _) => "the office's review key",
        (false, true) => "the words that the office told you",
        (false, false) => "your key",
    };
    let mut words = vec![
        format!(
            "{who} signed for exactly these parts, with the key {}, as sealed on {} at {}",
            proof.signer_fingerprint,
            date_words(at.date_naive()),
            time_words(at.time())
        ),
        format!("nothing is missing, changed or out of order: {}", count(documents, "document")),
    ];
    if let Some(manifest) = &proof.manifest {
        words.push(match &manifest.recipient {
            Some(recipient) => format!("it was sealed for {}, and opened with {keys}", recipient.address),
            None => format!("it was opened with {keys}"),
        });
    }
    if proof.message_id_checked {
        words.push(format!("it came in the message that it was made for, {}", proof.list.head.message_id));
    }
    words
}

fn not_proved(proof: &Proof) -> Vec<String> {
    let mut words = vec!["when it was sent, and what others have done with a copy of theirs".to_owned()];
    if !proof.message_id_checked {
        words.push("in which message it came: these parts were given without one".to_owned());
    }
    if proof.manifest.is_none() {
        words.push("that your words open them: that shows in your PDF reader".to_owned());
    }
    words
}

/// Whether a file begins as a message does, with headers.
fn is_message(path: &Path) -> Result<bool, Fault> {
    Ok(saved(&read(path)?).is_some())
}

/// The parts of a despatch: of a saved message, or the files of a folder.
fn parts_of(path: &Path) -> Result<Parts, Fault> {
    if !path.is_dir() {
        let found = saved(&read(path)?).ok_or_else(|| {
            let cure = "save the email whole (.eml), or every attachment into one folder, and give that";
            Fault::new(show(path), "open.message", "it is no saved message with attachments", cure)
        })?;
        return Ok(Parts { files: found.files, ordered: true, message_id: found.message_id });
    }
    let unread = |error: io::Error| {
        let cause = format!("it cannot be read: {error}");
        Fault::new(show(path), "open.read", cause, "check the name and who may read it")
    };
    let mut named = Vec::new();
    let mut found = Vec::new();
    for entry in fs::read_dir(path).map_err(unread)? {
        let entry = entry.map_err(unread)?;
        let about = entry.metadata().map_err(unread)?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if about.is_file() && about.len() <= FILE_BYTES_MAX {
            if name == SUMS_NAME {
                named = listed(&read(&entry.path())?);
            }
            found.push((name, entry.path()));
        }
    }
    let mut files = Vec::new();
    for (name, path) in found {
        let wanted = name.ends_with(".age") || name.starts_with(SUMS_NAME) || named.contains(&name);
        if wanted {
            files.push((name, read(&path)?.to_vec()));
        }
    }
    Ok(Parts { files, ordered: false, message_id: None })
}

/// Writes every document, or none: what was written is taken back when one cannot be.
pub(super) fn write_all(folder: &Path, documents: &[(String, Secret)]) -> Result<(), Fault> {
    let mut written: Vec<PathBuf> = Vec::new();
    for (name, plain) in documents {
        let path = folder.join(name);
        if let Err(fault) = write_new(&path, plain) {
            if fault.code == "open.write" {
                written.push(path);
            }
            for path in &written {
                // What cannot be removed was said to be unwritten; there is nothing more to do about it.
                let _ = fs::remove_file(path);
            }
            return Err(fault);
        }
        written.push(path);
    }
    Ok(())
}

/// Makes a private folder for what a command lays down, and those above it.
///
/// Errors: something else has its name, or this account may not make it.
pub(super) fn make_folder(path: &Path) -> Result<(), Fault> {
    private::make_folder(path).map_err(|error| {
        let cause = match error.kind() {
            io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
                "there is a file of this name, or of a folder's above it".to_owned()
            }
            _ => format!("the folder cannot be made: {error}"),
        };
        Fault::new(show(path), "open.folder", cause, "choose another place")
    })
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
