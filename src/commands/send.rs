//! Enters: an office. Leaves: its approved messages sent, with a report of each with the relay's answer.
//! Never: sends anything itself.

use crate::caller::unlock;
use crate::context::{CommandContext, Exit, this_program};
use crate::printing::{BatchProgress, Print, state};
use despatch_app::office::Office;
use despatch_app::operations::outbox::held_for;
use despatch_app::operations::send_approved::{SendApproved, SendProgress, send_approved};
use despatch_app::operations::sender::Sender;
use despatch_app::operations::{Failure, OpenOffice};
use despatch_ledger::{Despatch, Notice, StaffNotice, State, Verdict};
use std::path::PathBuf;

/// Send what is approved
#[derive(Debug, clap::Args)]
pub struct Args {
    /// End when nothing more is due
    #[arg(long)]
    once: bool,
    /// Sign a checkpoint of the record at the end, with the key that the passphrase of this file's first line opens
    #[arg(long, value_name = "FILE")]
    signing_passphrase_file: Option<PathBuf>,
}

/// Runs `despatch send`.
///
/// # Errors
/// The office cannot be opened; the signing key cannot be unlocked; another `send` is at work; the ledger fails.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (office, clock, program) = (Office::open(&context.global.office)?, context.clock()?, this_program()?);
    let signing = args.signing_passphrase_file.map(|file| unlock(Some(file)));
    let mut sender = Sender::of(&office, args.once, signing.as_ref())?;
    // Before the record is opened, which starts a thread.
    sender.confine(&office, &program)?;
    let mut open = OpenOffice::of(office, clock, program)?;
    let print = context.print();
    let bar = BatchProgress::new("messages", args.once);
    let (mut exit, mut tried) = (Exit::Done, 0);
    let request = SendApproved { once: args.once };
    send_approved(&mut open, sender, request, &mut |progress| match progress {
        SendProgress::InDoubt(id) => {
            let why = "an earlier sender stopped before the relay's answer was recorded";
            print.log(&format!("{id} is in doubt: {why}"));
            exit = Exit::AtFault;
        }
        SendProgress::Approved(number) => bar.more(number),
        SendProgress::Tried(despatch) => {
            tried += 1;
            bar.around(|| show(despatch, print));
            exit = worse(exit, despatch.state);
        }
        SendProgress::Told(notice, verdict) => bar.above(|| show_notice(notice, verdict, print)),
        SendProgress::ToldStaff(notice, verdict) => {
            bar.above(|| show_staff_notice(notice, verdict, print));
        }
        SendProgress::Untold(why) => {
            bar.above(|| print.log(&format!("no notice could be sent to staff: {why}")))
        }
        SendProgress::Clock(fault) => bar.above(|| print.faults(std::slice::from_ref(fault))),
        SendProgress::Alarm(alarm, now) => bar.above(|| print.alarm(alarm, now)),
    })?;
    bar.end();
    if tried == 0 {
        print.json(&serde_json::json!({ "despatches": [] }));
        print.line("Nothing is approved and due.");
    }
    Ok(exit)
}

fn show(despatch: &Despatch, print: Print) {
    print.json(despatch);
    let why = match despatch.state {
        State::Held => held_for(despatch),
        _ => despatch.reply.clone().unwrap_or_default(),
    };
    let state = state(despatch.state);
    print.line(&format!("{state}  {}  to {}: {why}", despatch.id, despatch.recipient.name));
}

/// Prints what became of a notice; the log has what did not go.
fn show_notice(notice: &Notice, verdict: &Verdict, print: Print) {
    let (number, to) = (notice.submission(), notice.to());
    print.json(&serde_json::json!({ "notice": number, "to": to, "verdict": verdict }));
    let why = match verdict {
        Verdict::Accepted { .. } => {
            return print.line(&format!("told      {to} that case file {number} was rejected"));
        }
        Verdict::Deferred { reply } => format!("{reply}; it is tried again"),
        Verdict::Refused { reply } | Verdict::InDoubt { why: reply } => reply.clone(),
    };
    print.log(&format!("{to} is not told by email that case file {number} was rejected: {why}"));
}

/// Prints what became of a notice to a member of staff; the log has what did not go.
fn show_staff_notice(notice: &StaffNotice, verdict: &Verdict, print: Print) {
    let to = notice.to();
    print.json(&serde_json::json!({ "waiting_notice": to, "verdict": verdict }));
    let why = match verdict {
        Verdict::Accepted { .. } => return print.line(&format!("told      {to} what waits for them")),
        Verdict::Deferred { reply } => format!("{reply}; it is tried again"),
        Verdict::Refused { reply } | Verdict::InDoubt { why: reply } => reply.clone(),
    };
    print.log(&format!("{to} is not told by email what waits for them: {why}"));
}

fn worse(exit: Exit, state: State) -> Exit {
    match (exit, state) {
        (_, State::Held | State::Refused | State::InDoubt) | (Exit::AtFault, _) => Exit::AtFault,
        (_, State::Deferred) => Exit::TryAgain,
        _ => exit,
    }
}
