//! Enters: a sealed document, or a whole despatch as a message or a folder, and its recipient's key or passphrase.
//! Leaves: the documents, with what is proved about them. Never: leaves part of what does not open whole, or overwrites
//! a file.

use crate::caller::unlock;
use crate::context::{CommandContext, Exit};
use crate::output::{make_folder, read, read_text, show, unread, write_all, write_new};
use crate::printing::{Print, red, wrapped};
use age::secrecy::{ExposeSecret, SecretString};
use chrono_tz::Europe::London;
use despatch_app::office::private_key;
use despatch_app::operations::Failure;
use despatch_app::operations::audit::{NamedText, signers};
use despatch_core::fault::Fault;
use despatch_core::shown::shown_path;
use despatch_core::words::{count, date_words, time_words};
use despatch_message::{Compared, Opener, Parts, Proof, listed, prove, stay_locked};
use despatch_seal::keys::SecretKey;
use despatch_seal::manifest::SUMS_NAME;
use despatch_seal::passphrase::{self, Passphrase};
use despatch_seal::sealing::OpenFault;
use serde_json::json;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Larger files of a folder are not read: a message has at most 35 MB.
const FILE_BYTES_MAX: u64 = 50_000_000;

/// The code of the fault of a file that cannot be read.
const UNREAD: &str = "open.read";

/// Open what you were sent, and check where it comes from (for recipients)
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A saved message or a folder with all its attachments; or one sealed document (FILE.age), unchecked
    #[arg(value_name = "MESSAGE")]
    file: PathBuf,
    /// Your private key, as age-keygen made it, or locked with a passphrase
    #[arg(long, value_name = "KEY", required_unless_present_any = ["passphrase", "passphrase_file"])]
    identity: Option<PathBuf>,
    /// Ask for the words that the office read out to you
    #[arg(long, conflicts_with_all = ["identity", "passphrase_file"])]
    passphrase: bool,
    /// A file whose first line is these words, or the passphrase of a locked key: a systemd credential, /dev/stdin,
    /// /dev/fd/3
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Whose signature it must bear: a file with the line that the office published (as for ssh-keygen)
    #[arg(long, value_name = "ALLOWED_SIGNERS")]
    signer: Option<PathBuf>,
    /// Where to write the document, or the folder for all of them (default: beside it)
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Runs `despatch open`.
///
/// # Errors
/// The options do not fit the file; a file cannot be read or written; the despatch does not open, or is not proved.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (args, print) = (&args, context.print());
    let is_document = is_document(&args.file);
    match &args.signer {
        Some(signer) if !is_document => open_despatch(args, signer, print),
        Some(_) => {
            let cause = "a signature is over a whole despatch, not over one document";
            let cure = "give the saved message, or the folder with every attachment";
            Err(refused(&args.file, "open.one_document", cause, cure))
        }
        None if args.file.is_dir() || (!is_document && is_message(&args.file)?) => {
            let cause = "it is a whole despatch, and --signer does not say whose signature it must bear";
            let mut cure = "give the office's line in a file: --signer allowed_signers".to_owned();
            if parts_of(&args.file).is_ok_and(|parts| stay_locked(&parts)) {
                cure = format!("{cure}; its PDFs open in your PDF reader, which asks for the words");
            }
            Err(refused(&args.file, "open.no_signer", cause, &cure))
        }
        None => open_document(args, print),
    }
}

/// The fault of options that do not fit the file.
fn refused(file: &Path, code: &'static str, cause: &str, cure: &str) -> Failure {
    Failure::Request(Fault::new(show(file), code, cause, cure))
}

/// The recipient's means of opening.
enum Given {
    Key(SecretKey),
    Words(Passphrase, SecretString),
    /// Nothing is opened here: the recipient's PDF reader asks for the passphrase.
    Reader,
}

impl Given {
    fn of(args: &Args) -> Result<Self, Fault> {
        let from = unlock(args.passphrase_file.clone());
        if let Some(path) = &args.identity {
            return Ok(Self::Key(private_key(path, &from, "Passphrase of your key: ")?));
        }
        let typed = from.passphrase("The words that the office read out to you: ")?;
        Ok(Self::Words(Passphrase::from_typed(typed.expose_secret()), typed))
    }

    fn opener(&self) -> Opener<'_> {
        match self {
            Self::Key(key) => Opener::Key(key),
            Self::Words(words, _) => Opener::Passphrase(words),
            Self::Reader => Opener::Reader,
        }
    }

    /// Explains why a file did not open, and what may be wrong with the passphrase.
    fn unopened(&self, file: &Path, why: OpenFault) -> Fault {
        let doubt = match self {
            Self::Words(_, typed) if why == OpenFault::NoKeyFits => passphrase::doubt(typed.expose_secret()),
            _ => None,
        };
        let (cause, cure) =
            why.label().split_once("; ").unwrap_or((why.label(), "check the file and the key"));
        let cure = match (why, doubt) {
            (OpenFault::Passphrase, _) => "give --passphrase in place of --identity".to_owned(),
            (OpenFault::Key, _) => "give --identity and the file of your private key".to_owned(),
            (_, Some(doubt)) => format!("{doubt}; type them again, or ask the office to read them out again"),
            (_, None) => cure.to_owned(),
        };
        Fault::new(show(file), "open.sealed", cause, cure)
    }
}

/// Opens one sealed document by itself, without proving where it comes from.
fn open_document(args: &Args, print: Print) -> Result<Exit, Failure> {
    let sealed = read(&args.file, UNREAD)?;
    if sealed.starts_with(b"%PDF-") && !is_document(&args.file) {
        let cause = "it is a PDF, not a sealed file";
        let cure = "open it in your PDF reader; if it asks for a password, that is the words that the office told you";
        return Err(Fault::new(show(&args.file), "open.pdf", cause, cure).into());
    }
    let given = Given::of(args)?;
    let plain = given.opener().open(&sealed).map_err(|why| given.unopened(&args.file, why))?;
    let output = match &args.output {
        Some(output) => output.clone(),
        None if is_document(&args.file) => args.file.with_extension(""),
        None => {
            let cause = "it does not end in .age, so the document's name is not known";
            return Err(refused(&args.file, "open.name", cause, "say where with --output"));
        }
    };
    write_new(&output, &plain)?;
    print.json(&json!({ "opened": output, "bytes": plain.len() }));
    print.line(&format!(
        "Opened {} ({} bytes). Keep it as safe as the letter.",
        shown_path(&output),
        plain.len()
    ));
    Ok(Exit::Done)
}

/// Opens a whole despatch, and proves it before any of it is written.
fn open_despatch(args: &Args, signer: &Path, print: Print) -> Result<Exit, Failure> {
    let text = read_text(signer, UNREAD)?;
    let signers = signers(&NamedText { name: show(signer), text })?;
    let parts = parts_of(&args.file)?;
    let for_a_reader = stay_locked(&parts) && args.identity.is_none();
    let given = if for_a_reader { Given::Reader } else { Given::of(args)? };
    let mut proof = prove(&parts, &given.opener(), &signers)?;
    let folder = match &args.output {
        Some(output) => output.clone(),
        None if args.file.is_dir() => args.file.clone(),
        None => args.file.with_extension(""),
    };
    let (proved, not_proved) = (proved(&proof), not_proved(&proof));
    if folder == args.file {
        // Locked PDFs are in this folder already, and were checked there.
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
        "rewritten": proof.told.rewritten, "added": proof.told.added, "altered": proof.told.altered,
    }));
    if !names.is_empty() {
        let done = if proof.locked.is_empty() { "Opened" } else { "Wrote" };
        print.line(&format!("{done} {} into {}:", count(names.len(), "file"), shown_path(&folder)));
        names.iter().for_each(|name| print.line(&format!("  {name}")));
    }
    if !proof.locked.is_empty() {
        print.line("The PDFs are locked. Open each in your PDF reader, which asks for the words that the office told you.");
    }
    print.line("");
    proved.iter().for_each(|words| print.labelled("proved", words));
    show_words(&proof, print);
    not_proved.iter().for_each(|words| print.labelled("not proved", words));
    print.line("\nKeep them as safe as the letter.");
    Ok(if proof.told.altered.is_empty() { Exit::Done } else { Exit::AtFault })
}

/// Prints what mail systems changed, what was added to the email's words, what is not as it was sent, and where they cannot be believed as they
/// stand the words that were signed: the recipient's question is which telephone number is the office's.
fn show_words(proof: &Proof, print: Print) {
    let Compared { rewritten, added, altered, .. } = &proof.told;
    rewritten.iter().for_each(|words| print.labelled("rewritten", words));
    added.iter().for_each(|words| print.labelled("added", words));
    altered.iter().for_each(|words| print.labelled("altered", words));
    if !altered.is_empty() {
        print.line(&red(&wrapped("warning", warning(proof))));
    }
    let to_be_shown = !proof.in_an_email || !altered.is_empty();
    let Some(signed) = proof.list.words.as_ref().filter(|_| to_be_shown) else {
        return;
    };
    print.line("\nThe email as it was signed:");
    let heads =
        [("from", &signed.from), ("to", &signed.to), ("date", &signed.date), ("subject", &signed.subject)];
    heads.into_iter().for_each(|(label, text)| print.labelled(label, text));
    signed.text.iter().for_each(|line| print.labelled("", line));
    print.line("");
}

/// What an altered email calls for. A relay that dates emails anew touches no word of them.
fn warning(proof: &Proof) -> &'static str {
    let is_dated_anew = proof.told.altered.iter().all(|words| words.starts_with("its date "));
    if is_dated_anew {
        return "its date is not the one that was signed; some relays date emails anew. Go by the date below";
    }
    "somebody or something changed the email on the way: believe no number, name or link of it. The documents above \
     are whole"
}

fn proved(proof: &Proof) -> Vec<String> {
    let at = proof.list.head.sealed_at.with_timezone(&London);
    let documents = proof.manifest.as_ref().map_or(proof.documents.len(), |one| one.documents.len());
    let who = proof.signer.as_deref().unwrap_or("the holder of an allowed key");
    let keys = match (proof.by_the_office, proof.with_passphrase) {
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
        format!("nothing of its parts is missing, changed or out of order: {}", count(documents, "document")),
    ];
    if let Some(manifest) = &proof.manifest {
        words.push(match &manifest.recipient {
            Some(recipient) => format!("it was sealed for {}, and opened with {keys}", recipient.address),
            None => format!("it was opened with {keys}"),
        });
    }
    words.extend(proof.told.proved.iter().cloned());
    words
}

fn not_proved(proof: &Proof) -> Vec<String> {
    let mut words = vec!["when it was sent, and what others have done with a copy of theirs".to_owned()];
    if !proof.in_an_email {
        words.push("in which message it came: these parts were given without one".to_owned());
    }
    match (&proof.list.words, proof.in_an_email) {
        (None, _) => words.push(
            "the email around the parts: its subject, sender, date, words and telephone numbers, since its list is of \
             a form from before they were signed for"
                .to_owned(),
        ),
        (Some(_), false) => words.push("the words of an email that you have: compare them with those above".to_owned()),
        (Some(_), true) => {
            words.push("how the email looks: a style may hide words or move them".to_owned());
        }
    }
    if proof.manifest.is_none() {
        words.push("that your words open them: that shows in your PDF reader".to_owned());
    }
    words
}

/// Whether a file is one sealed document, by its name.
fn is_document(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "age")
}

/// Whether a file is a saved message, with headers.
fn is_message(path: &Path) -> Result<bool, Fault> {
    Ok(!Parts::of_message(&read(path, UNREAD)?).is_empty())
}

/// Reads what may be parts of a despatch from a saved message or the files of a folder.
fn parts_of(path: &Path) -> Result<Vec<Parts>, Fault> {
    if !path.is_dir() {
        let found = Parts::of_message(&read(path, UNREAD)?);
        if found.is_empty() {
            let cure = "save the email whole (.eml), or every attachment into one folder, and give that";
            let cause = "it is not a saved message with attachments, or has more of them than any despatch";
            return Err(Fault::new(show(path), "open.message", cause, cure));
        }
        return Ok(found);
    }
    let unread = |error: io::Error| unread(path, UNREAD, &error);
    let mut named = Vec::new();
    let mut found = Vec::new();
    for entry in fs::read_dir(path).map_err(unread)? {
        let entry = entry.map_err(unread)?;
        let about = entry.metadata().map_err(unread)?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if about.is_file() && about.len() <= FILE_BYTES_MAX {
            if name.starts_with(SUMS_NAME) {
                named.extend(listed(&read(&entry.path(), UNREAD)?));
            }
            found.push((name, entry.path()));
        }
    }
    let mut files = Vec::new();
    let are_pdfs = named.iter().any(|name| name.ends_with(".pdf"));
    for (name, path) in found {
        // A browser that saves a second file of one name puts a number into it.
        let is_sealed = name.ends_with(".age") || (are_pdfs && name.ends_with(".pdf"));
        let wanted = is_sealed || name.starts_with(SUMS_NAME) || named.contains(&name);
        if wanted {
            files.push((name, read(&path, UNREAD)?.to_vec()));
        }
    }
    Ok(vec![Parts::of_folder(files)])
}
