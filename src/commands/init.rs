//! Enters: a folder and a passphrase. Leaves: a new office, ready to be filled in.
//! Never: takes a folder that is not empty.

use super::args::Init;
use crate::context::{CommandContext, Exit};
use crate::printing::Print;
use despatch_app::operations::Failure;

use crate::passphrases::unlock;
use age::secrecy::{ExposeSecret, SecretString};
use despatch_app::office::{Founding, found};
use despatch_core::fault::Fault;
use despatch_seal::keys::SecretKey;
use despatch_seal::signing::SigningKey;
use std::fs;
use std::path::Path;

/// The shortest passphrase: four words, or as many letters.
const PASSPHRASE_CHARACTERS_MIN: usize = 16;

pub(super) fn init(args: &Init, print: &Print) -> Result<Exit, Failure> {
    if !is_free(&args.dir) {
        let at = args.dir.display().to_string();
        return Err(Fault::new(at, "init.not_empty", "the folder is not empty", "choose a new folder").into());
    }
    let passphrase =
        new_passphrase(args.passphrase_file.as_deref(), "A new passphrase for the review key: ")?;
    let signing = match &args.signing_passphrase_file {
        Some(file) => Some(new_passphrase(Some(file), "")?),
        None => None,
    };
    let founding = Founding {
        config: include_str!("new-office/despatch.toml"),
        places: None,
        review: &SecretKey::generate(),
        signing: &new_signing_key()?,
        passphrases: Some((&passphrase, signing.as_ref().unwrap_or(&passphrase))),
    };
    found(&args.dir, &founding)?;
    print.json(&serde_json::json!({ "office": args.dir }));
    print.line(&format!("Made an office in {}. Next:", args.dir.display()));
    print.line(
        "  1. fill in despatch.toml there, then `despatch directory import` or `add` whom you write to",
    );
    print.line(&format!("  2. despatch check --office {}", args.dir.display()));
    print.line("  3. keep a copy of keys/ and the passphrase where only reviewers can get at them");
    print
        .line("  4. publish the line of `despatch keys signing show`: it proves what comes from this office");
    Ok(Exit::Done)
}

/// A new signing key.
pub(super) fn new_signing_key() -> Result<SigningKey, Failure> {
    SigningKey::generate().map_err(Failure::Internal)
}

/// A passphrase for a new key, from a file or asked for twice.
///
/// Errors: it cannot be read, is too short, or the two differ.
pub(super) fn new_passphrase(file: Option<&Path>, ask: &str) -> Result<SecretString, Fault> {
    let unlock = unlock(file.map(Path::to_owned));
    let passphrase = unlock.passphrase(ask)?;
    if unlock.asks_somebody() {
        let again = unlock.passphrase("The same again: ")?;
        if again.expose_secret() != passphrase.expose_secret() {
            return Err(Fault::new("passphrase", "init.differs", "the two differ", "start again"));
        }
    }
    if passphrase.expose_secret().chars().count() < PASSPHRASE_CHARACTERS_MIN {
        let cause = format!("it has fewer than {PASSPHRASE_CHARACTERS_MIN} characters");
        return Err(Fault::new("passphrase", "init.short", cause, "use four or more words drawn by chance"));
    }
    Ok(passphrase)
}

/// Whether the folder is missing or empty.
pub(super) fn is_free(dir: &Path) -> bool {
    fs::read_dir(dir).map_or(!dir.exists(), |mut entries| entries.next().is_none())
}

pub use super::args::Init as Args;

pub fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    init(&args, &context.print)
}
