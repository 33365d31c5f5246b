//! Enters: a sheet whose rows all became case files. Leaves: each that has not gone in the inbox, or a proof of what would be
//! made of them. Never: leaves a row half dropped when it is interrupted.

use super::given::Given;
use super::{Failure, read};
use crate::caller::{CallerPath, Delivery};
use crate::context::{CommandContext, Exit};
use crate::interrupts::Interrupts;
use crate::printing::{Pace, Print, strong};
use despatch_app::operations::batch::Prepared;
use despatch_app::operations::batch::begin::{BeginBatch, begin};
use despatch_app::operations::batch::go_on::{BatchRun, go_on, take_turn};
use despatch_app::operations::batch::proof::{Proved, prove};
use despatch_app::operations::batch::proved::Proof;
use despatch_app::operations::{Actor, OpenOffice};
use despatch_core::timings::Timings;
use despatch_core::words::{BatchName, count};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The most stages of a dry run that its profile has: it is kept in memory until the end, and a few thousand rows say as
/// much as all.
const STAGES_MAX: usize = 50_000;

/// How a sheet is run.
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub(super) struct How {
    /// The name of the batch, without anybody's name in it (default: made of the sheet's contents)
    #[arg(long, value_name = "NAME")]
    name: Option<BatchName>,
    /// Read it, say what is wrong, and do nothing more
    #[arg(long, conflicts_with = "dry_run")]
    check: bool,
    /// Write a copy of the sheet with a column that says what is wrong with each row; mend the copy and give it back
    #[arg(long, value_name = "FILE.xlsx")]
    copy: Option<CallerPath>,
    /// Drop nothing: make everything, show what it would be, and throw it away
    #[arg(long)]
    dry_run: bool,
    /// Write the proof of a dry run into this new PDF, for somebody to sign off
    #[arg(long, value_name = "FILE", requires = "dry_run")]
    proof: Option<CallerPath>,
    /// Write how long the stages of a dry run take into this new file, for chrome://tracing or Perfetto
    #[arg(long, value_name = "FILE", requires = "dry_run")]
    timings: Option<CallerPath>,
}

/// Runs a sheet, or tries it.
///
/// # Errors
/// The office cannot be opened; the sheet cannot be read; the batch is somebody else's, held or cancelled.
pub(super) fn run(given: Given, how: How, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    let Some((prepared, said)) = read::rows(&mut open, &actor, (given, how.copy), context)? else {
        return Ok(Exit::AtFault);
    };
    if how.check {
        read::show_prepared(&prepared, &said, print);
        return Ok(Exit::Done);
    }
    // Blocked until the end: what is begun of a row is ended.
    let interrupts = Interrupts::watch(context.service.is_some())?;
    match how.dry_run {
        true => rehearse(&mut open, &actor, &prepared, (how.proof, how.timings), (context, &interrupts)),
        false => drop_rows(&mut open, &actor, &prepared, how.name, (context, &interrupts)),
    }
}

fn drop_rows(
    open: &mut OpenOffice,
    actor: &Actor,
    prepared: &Prepared,
    name: Option<BatchName>,
    (context, interrupts): (&CommandContext, &Interrupts),
) -> Result<Exit, Failure> {
    let print = context.print();
    let name = match name {
        Some(name) => name,
        None => prepared.own_name()?,
    };
    let turn = take_turn(open)?;
    let goes_on = || context.caller.is_there() && !interrupts.came();
    let batch = begin(open, actor, BeginBatch { name: &name, prepared })?;
    let mut pace = Pace::new("rows", prepared.rows.len());
    let ran = go_on(open, actor, (batch, prepared, &turn), &mut |progress| {
        pace.tell(progress.done, print);
        goes_on()
    })?;
    print.json(&ran);
    Ok(show_run(&ran, print))
}

fn show_run(ran: &BatchRun, print: Print) -> Exit {
    let BatchRun { batch, progress, stopped } = ran;
    let name = &batch.name;
    let dropped = count(progress.dropped, "row");
    let known = match progress.known {
        0 => String::new(),
        known => format!("; {} had gone before", count(known, "row")),
    };
    print.line(&strong(&format!("Batch {name}: {dropped} dropped into the inbox{known}")));
    if *stopped {
        let left = progress.rows - progress.done;
        print.line(&format!(
            "Stopped with {} left: give the same command again to go on.",
            count(left, "row")
        ));
        return Exit::TryAgain;
    }
    print.line(&format!("What becomes of it: `despatch batch show {name}`"));
    Exit::Done
}

fn rehearse(
    open: &mut OpenOffice,
    actor: &Actor,
    prepared: &Prepared,
    (to, timings_to): (Option<CallerPath>, Option<CallerPath>),
    (context, interrupts): (&CommandContext, &Interrupts),
) -> Result<Exit, Failure> {
    let print = context.print();
    let mut pace = Pace::new("rows made", prepared.rows.len());
    let profile = timings_to.map(|to| (to, Timings::in_memory(STAGES_MAX)));
    let timings = profile.as_ref().map(|(_, (timings, _))| timings.clone()).unwrap_or_default();
    let proved = prove(open, actor, prepared, &timings, &mut |done| {
        pace.tell(done, print);
        context.caller.is_there() && !interrupts.came()
    })?;
    if let Some((to, (timings, kept))) = profile {
        timings.finish()?;
        let file = context.caller.deliver(Delivery::File(to, kept.bytes().into()))?;
        print.line(&format!("How long the stages took is in {file}."));
    }
    let proof = match proved {
        Proved::Proof(proof) => proof,
        Proved::Faults(faults) => {
            print.json(&json!({ "faults": faults }));
            read::show_faults(&faults, print);
            return Ok(Exit::AtFault);
        }
    };
    print.json(&proof);
    show_proof(&proof, print);
    if let Some(to) = to {
        let file = context.caller.deliver(Delivery::File(to, proof.pdf.into()))?;
        print.line(&format!(
            "The proof is {file}: it shows letters in clear, so remove it once it is signed off."
        ));
    }
    Ok(Exit::Done)
}

fn show_proof(proof: &Proof, print: Print) {
    print.line(&strong(&format!("{}: nothing was dropped", count(proof.rows, "row"))));
    let numbers = [
        ("letters", &proof.kinds, "No letter is made."),
        ("recipients", &proof.recipients, "Nothing is for anybody."),
        ("held", &proof.holds, "Nothing is held."),
        ("checks ask", &proof.asked, "No check asks anything."),
    ];
    for (heading, counted, none) in numbers {
        let rows = counted.iter().map(|one| vec![one.what.clone(), one.messages.to_string()]);
        print.table(&[heading, "messages"], rows, none);
    }
    let days = proof.deadlines.iter().map(|(due, messages)| vec![due.to_string(), messages.to_string()]);
    print.table(&["due", "messages"], days, "Nothing has a deadline.");
    let rows = proof.letters.iter().map(|one| {
        let pages = count(one.pages, "page");
        vec![one.because.join(", "), one.row.to_string(), one.title.clone(), one.to.clone(), pages]
    });
    print.table(&["look at", "row", "letter", "to", ""], rows, "No letter is made.");
}
