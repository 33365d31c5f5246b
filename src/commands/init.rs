//! Enters: a folder and two passphrases. Leaves: a new office, and the next steps.
//! Never: decides what an office contains.

use crate::caller::unlock;
use crate::context::{CommandContext, Exit};
use despatch_app::operations::Failure;
use despatch_app::operations::create_office::create_office;
use despatch_seal::lock::WorkFactor;
use serde_json::json;
use std::path::PathBuf;

/// Make the folder of a new office
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder to make
    dir: PathBuf,
    /// Keep the inbox in this folder instead of in the office, with claimed/ and rejected/ beside it
    #[arg(long, value_name = "FOLDER")]
    intake: Option<PathBuf>,
    /// Read the review key's passphrase from the first line of a file instead of asking
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Read the signing key's passphrase, which is another one, from the first line of a file instead of asking
    #[arg(long, value_name = "FILE")]
    signing_passphrase_file: Option<PathBuf>,
}

/// Runs `despatch init`.
///
/// # Errors
/// The folder cannot be made, or a passphrase cannot be read or is refused.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let Args { dir, intake, passphrase_file, signing_passphrase_file } = args;
    let (review, signing) = (unlock(passphrase_file), unlock(signing_passphrase_file));
    create_office(&dir, intake.as_deref(), [&review, &signing], WorkFactor::STRONG)?;
    let (print, shown) = (context.print(), dir.display());
    print.json(&json!({ "office": dir }));
    print.line(&format!("Made an office in {shown}. Next:"));
    print.line(
        "  1. fill in despatch.toml there, then `despatch directory import` or `add` whom you write to",
    );
    print.line(&format!("  2. despatch check --office {shown}"));
    print.line(
        "  3. keep a copy of keys/ and the review key's passphrase where only reviewers can get at them",
    );
    print
        .line("  4. publish the line of `despatch keys signing show`: it proves what comes from this office");
    Ok(Exit::Done)
}
