//! Enters: whoever began case files in the pages. Leaves: their drafts, listed, written among their own files, or removed.
//! Never: shows anybody else's, or opens one without its passphrase.

use crate::caller::{CallerPath, Delivery, Document, PassphraseSource};
use crate::context::{CommandContext, Exit};
use clap::Subcommand;
use despatch_app::operations::drafts::{self, DraftId, ListedDraft};
use despatch_app::operations::{Actor, Failure, OpenOffice};
use despatch_core::words::{date_words, moment_words};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The question for the passphrase.
const QUESTION: &str = "The passphrase with which you sign in to the pages: ";

/// Case files that you began in the pages and have not dropped
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand, Serialize, Deserialize)]
enum Command {
    /// Your drafts; what they are about is sealed
    List,
    /// Write a draft as a case file with its attachments, to be dropped or mended
    Open {
        /// A draft, as `despatch drafts` lists it
        id: DraftId,
        /// The folder to write it into [default: a private folder in memory]
        #[arg(long, value_name = "DIR")]
        to: Option<CallerPath>,
        /// Read your passphrase from the first line of a file instead of asking
        #[arg(long, value_name = "FILE")]
        passphrase_file: Option<CallerPath>,
    },
    /// Remove a draft for good
    Remove {
        /// A draft, as `despatch drafts` lists it
        id: DraftId,
    },
}

impl Args {
    /// Whether the command needs the passphrase of the caller.
    pub(super) fn needs_passphrase(&self) -> bool {
        matches!(self.command, Some(Command::Open { .. }))
    }
}

/// Runs `despatch drafts`.
///
/// # Errors
/// The office cannot be opened; the caller is not on the staff list, or has no such draft; the passphrase is wrong.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    match args.command.unwrap_or(Command::List) {
        Command::List => {
            let listed = drafts::list(&open, &actor, None)?;
            print.json(&json!({ "drafts": listed }));
            let row = |one: &ListedDraft| {
                vec![one.id.to_string(), moment_words(one.changed), date_words(one.kept_until)]
            };
            print.table(&["draft", "changed", "kept until"], listed.iter().map(row), "You have no drafts.");
            Ok(Exit::Done)
        }
        Command::Open { id, to, passphrase_file } => {
            let source = PassphraseSource { file: passphrase_file, review: false };
            let passphrase = context.caller.passphrase(&source, QUESTION)?;
            let key = drafts::unlock(&open, &actor, &passphrase)?;
            let (documents, name) = written(&mut open, &actor, &key, &id)?;
            let folder = context.caller.deliver(Delivery::Documents { to, name, documents })?;
            print.json(&json!({ "folder": folder }));
            print.line(&format!(
                "Wrote the draft into {folder}; it stays among your drafts until you remove it."
            ));
            Ok(Exit::Done)
        }
        Command::Remove { id } => {
            drafts::remove(&open, &actor, &id)?;
            print.json(&json!({ "removed": id }));
            print.line("The draft is removed.");
            Ok(Exit::Done)
        }
    }
}

/// The files of a draft: the case file, and its attachments in a folder of its name; and that name.
fn written(
    open: &mut OpenOffice,
    actor: &Actor,
    key: &drafts::DraftKey,
    id: &DraftId,
) -> Result<(Vec<Document>, String), Failure> {
    let draft = drafts::load(open, actor, key, id)?;
    let case = drafts::case_of(open, actor, key, &draft)?;
    let mut documents = vec![Document { name: format!("{}.json", case.stem), bytes: case.bytes()?.clone() }];
    let attachments = case.files().into_iter();
    documents
        .extend(attachments.map(|(file, bytes)| Document { name: format!("{}/{file}", case.stem), bytes }));
    Ok((documents, case.stem))
}
