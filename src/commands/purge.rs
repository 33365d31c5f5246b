//! Enters: an office. Leaves: the files past their retention period, listed or removed. Never: removes anything without
//! `--do`.

use crate::context::{CommandContext, Exit};
use crate::printing::Print;
use despatch_app::operations::Failure;
use despatch_app::operations::drafts::KEPT_DAYS;
use despatch_app::operations::retention::{Purge, Purged, purge};
use despatch_app::retention::Going;
use despatch_core::words::{count, date_words};
use serde::{Deserialize, Serialize};

/// Say what has outlived its period, and remove it
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub struct Args {
    /// Remove what would otherwise only be listed
    #[arg(long = "do")]
    really: bool,
}

/// Runs `despatch purge`.
///
/// # Errors
/// The office cannot be opened, or a file cannot be removed.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    let purged = purge(&mut open, &actor, Purge { remove: args.really })?;
    print.json(&purged);
    show(&purged, print);
    print.line(&match purged.removed {
        None => "Nothing was changed. `despatch purge --do` removes what is listed above.".to_owned(),
        Some(removed) => {
            format!("Removed {}. The record says what each was and keeps its hash.", count(removed, "file"))
        }
    });
    Ok(Exit::Done)
}

fn show(purged: &Purged, print: Print) {
    let due = &purged.due;
    let row = |one: &Going| {
        vec![
            one.subject.clone(),
            one.case_id.clone().unwrap_or_default(),
            one.kind.to_owned(),
            date_words(one.since),
            format!("{} days", one.days),
            count(one.files.len(), "file"),
        ]
    };
    let head = ["what", "case", "kind", "since", "period", "files"];
    print.table(&head, due.going.iter().map(row), "Nothing has outlived its period.");
    let line = |label: &str, text: String| print.labelled(label, &text);
    for one in &due.on_hold {
        let case = one.case_id.clone().unwrap_or_default();
        line("kept", format!("{} of {case}: the case is on hold for litigation", one.subject));
    }
    if due.rejected_kept {
        let why = "rejected case files: a case is on hold, and whose files these are is not certain";
        line("kept", why.to_owned());
    }
    if purged.half_removed > 0 {
        let files = count(purged.half_removed, "file");
        line("half removed", format!("{files} whose removal is on record and was stopped"));
    }
    if !purged.drafts.is_empty() {
        let drafts = count(purged.drafts.len(), "draft");
        line("drafts", format!("{drafts}, unchanged for more than {KEPT_DAYS} days"));
    }
    if !due.without_period.is_empty() {
        let kinds = due.without_period.join(", ");
        line("kept for good", format!("{kinds}: [retention] in despatch.toml has no period for it"));
    }
}
