//! Enters: one of the office's own files of rules and templates. Leaves: it proposed, or confirmed and written.
//! Never: decides anything.

use crate::caller::LocalFile;
use crate::context::{CommandContext, Exit};
use crate::printing::Print;
use clap::Subcommand;
use despatch_app::operations::Failure;
use despatch_app::operations::config_files::{
    ConfigFile, ConfirmConfig, PutConfig, confirm, list, put, show,
};
use despatch_ledger::{ConfigPath, Proposal};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Change packs, places, bank holidays and templates: one person proposes a file, a second one confirms it
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand, Serialize, Deserialize)]
enum Command {
    /// The office's own files, and what is proposed for them
    List,
    /// Propose what a file is to hold
    Put {
        /// The file, under your own account
        file: LocalFile,
        /// Its place in the office, such as policy/places.toml
        #[arg(long, value_name = "PATH")]
        path: ConfigPath,
    },
    /// What is proposed for a file, whole
    Show {
        /// Its place in the office
        path: ConfigPath,
    },
    /// Confirm what somebody else proposed, once you have read it
    Confirm {
        /// Its place in the office
        path: ConfigPath,
        /// The SHA-256 of what you read, or its beginning
        #[arg(long, value_name = "SHA256")]
        sha256: String,
    },
}

/// Runs `despatch config`.
///
/// # Errors
/// The office cannot be opened, or would not be in order with the file; the operation refuses the request.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    match args.command {
        Command::List => {
            let files = list(&mut open, &actor)?;
            print.json(&json!({ "files": files }));
            print.table(
                &["file", "sha-256", "state"],
                files.iter().map(row),
                "The office has no files of its own.",
            );
        }
        Command::Put { file, path } => {
            let text = file.text("config.file")?;
            let proposed = put(&mut open, &actor, PutConfig { path, text })?;
            print.json(&proposed);
            let Proposal { path, sha256, by, .. } = &proposed;
            print.line(&format!("Proposed by {by}: {path}, SHA-256 {}.", sha256.short()));
            print.line("A second member of staff reads it and confirms it:");
            print.line(&format!("  despatch config show {path}"));
            print.line(&format!("  despatch config confirm {path} --sha256 {}", sha256.short()));
        }
        Command::Show { path } => shown(&show(&mut open, &actor, path)?, print),
        Command::Confirm { path, sha256 } => {
            let confirmed = confirm(&mut open, &actor, ConfirmConfig { path, sha256 })?;
            context.outdated();
            print.json(&confirmed);
            print.line(&format!(
                "{} holds it now. `run` starts again with it; start `send` again too.",
                confirmed.path
            ));
        }
    }
    Ok(Exit::Done)
}

fn row(file: &ConfigFile) -> Vec<String> {
    let waits = file.proposal.as_ref().filter(|one| one.confirmed_by.is_none());
    let state = match (&file.sha256, waits) {
        (_, Some(proposal)) => format!("{} proposes {}", proposal.by, proposal.sha256.short()),
        (Some(_), None) if file.agreed => "agreed by two".to_owned(),
        (Some(_), None) => "laid here without a second person".to_owned(),
        (None, None) => "was removed".to_owned(),
    };
    let sha256 = file.sha256.map_or_else(String::new, |sha256| sha256.short());
    vec![file.path.to_string(), sha256, state]
}

fn shown(proposal: &Proposal, print: Print) {
    print.json(&json!({ "proposal": proposal, "text": proposal.text }));
    let state = proposal
        .confirmed_by
        .as_ref()
        .map_or_else(|| "waits for a second member of staff".to_owned(), |by| format!("confirmed by {by}"));
    print.labelled("proposed", &format!("by {}; {state}", proposal.by));
    print.labelled("sha-256", &proposal.sha256.to_string());
    print.line("");
    proposal.text.lines().for_each(|line| print.line(line));
}
