//! Enters: a reviewer at a terminal. Leaves: their review key open for the pages while this runs: this process gives out
//! the keys of single files, and says so each time. Never: gives out the key, or opens anything for anybody else.

use crate::context::{CommandContext, Exit};
use crate::passphrases::ReviewPassphrase;
use despatch_app::office::{KeyId, OpenKeys};
use despatch_app::operations::Failure;
use despatch_app::operations::unlock::open_with_helper;
use despatch_core::fault::Fault;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::Duration;

/// How often the service looks whether the reviewer has ended it.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Open messages in the pages with your review key, which stays in this process
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub struct Args {
    #[command(flatten)]
    unlock: ReviewPassphrase,
}

/// Runs `despatch unlock`.
///
/// # Errors
/// There is no service; the office cannot be opened; whoever gives the command is no reviewer; the passphrase is wrong.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let Some(service) = &context.service else {
        let cause = "no service runs here that has pages";
        let cure = "start `despatch run` with [pages] in despatch.toml, and give the command again";
        return Err(Fault::new("the service", "unlock.no_service", cause, cure).into());
    };
    let (mut open, actor, print) = context.open()?;
    let keys = &service.open_keys;
    let id = open_with_helper(&mut open, &actor, &context.unlock(args.unlock.source()), keys)?;
    let held = Held { keys, id };
    // The record is not needed while this waits.
    drop(open);
    print.json(&json!({ "open": true }));
    print.line("Your review key is open for the pages, for you alone. It stays in this process.");
    print.line(
        "Ctrl-C closes it, and so do half an hour without use, twelve hours, and the button in the pages.",
    );
    while context.caller.is_there() {
        if !held.keys.stays_open(id, LOOK_EVERY) {
            print.json(&json!({ "open": false }));
            print.line("Your review key is closed.");
            break;
        }
    }
    Ok(Exit::Done)
}

/// An open key, which is closed however the command ends.
struct Held<'a> {
    keys: &'a OpenKeys,
    id: KeyId,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.keys.close_one(self.id);
    }
}
