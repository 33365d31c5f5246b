//! Enters: a reviewer's commands. Leaves: the outbox, opened documents, and the outcomes of decisions.
//! Never: decides anything.

mod calls;
mod signed;
mod view;

use crate::caller::{CallerPath, Delivery};
use crate::context::{CommandContext, Exit, date, role};
use crate::passphrases::{ReviewPassphrase, SigningPassphrase};
use crate::printing::{Print, red, show_decided, show_passphrase};
use chrono::NaiveDate;
use clap::{Subcommand, value_parser};
use despatch_app::operations::alarms::Unacknowledged;
use despatch_app::operations::calls::{ListCalls, calls as list_calls};
use despatch_app::operations::decisions::{
    self, Approve, Decide, Release, ReleaseUrgently, ReviewUrgent, Stop,
};
use despatch_app::operations::outbox::{self, ListOutbox};
use despatch_app::operations::print::{self, PrintLetters};
use despatch_app::operations::reading;
use despatch_app::operations::receipts::{self, Acknowledgement, RecordReceipt};
use despatch_app::operations::telephone::{self, RecordCall};
use despatch_app::operations::to_sign::AskToSign;
use despatch_app::operations::{Actor, Failure, OpenOffice, Unlocks};
use despatch_core::words::{CaseId, Role, count};
use despatch_guards::Guard;
use despatch_ledger::{CallOutcome, Despatch, DespatchId, State};
use serde::{Deserialize, Serialize};
use serde_json::json;
use signed::{SignKey, Signatures};
use std::str::FromStr;

/// Review what waits, and decide
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand, Serialize, Deserialize)]
enum Command {
    /// What is in the outbox, and what lies in the inbox
    List(List),
    /// One despatch with its whole history
    Show {
        /// A despatch, such as 17-3
        id: DespatchId,
    },
    /// Open a despatch's documents, as its recipient will see them
    Open(OpenDespatch),
    /// Write the letters of approved messages that are served in person into one PDF to print
    Print(PrintArgs),
    /// Let exactly these messages go to exactly these recipients
    Approve(ApproveArgs),
    /// Send back to the caseworker, who corrects the case with `replaces`
    Return(DecideArgs),
    /// Stop for now
    Hold(DecideArgs),
    /// Lift a hold, or order another attempt
    Release(ReleaseArgs),
    /// Stop for good
    Cancel(DecideArgs),
    /// Cancel what is held and waits for nothing any more, each with its reason
    Close {
        /// Despatches, such as 17-3 (default: all of them)
        #[arg(value_name = "ID")]
        ids: Vec<DespatchId>,
    },
    /// The words that open a message, to be told on the telephone
    Words {
        /// A despatch, such as 17-3
        id: DespatchId,
        #[command(flatten)]
        unlock: ReviewPassphrase,
    },
    /// Whom to telephone about such words, on which number, and what to say
    Calls {
        /// The day on which the messages were sent [default: today, with what is still to go]
        #[arg(long, value_name = "DATE", value_parser = date)]
        on: Option<NaiveDate>,
    },
    /// Record that the recipient has received and opened a message
    Received {
        /// A despatch, such as 17-3
        id: DespatchId,
        /// The Message-ID of the recipient's reply
        #[arg(long, value_name = "ID")]
        message_id: Option<String>,
        /// How you heard
        #[arg(long, value_name = "TEXT", default_value = "told the office")]
        how: String,
    },
    /// Record that the recipient cannot open a message
    Unopened {
        /// A despatch, such as 17-3
        id: DespatchId,
        /// What the recipient said; it stays on record
        #[arg(long)]
        reason: String,
    },
    /// Record a call about a message, however it ended
    Telephoned {
        /// A despatch, such as 17-3
        id: DespatchId,
        /// How it ended: spoke, words_told, message_left, no_answer or wrong_number
        #[arg(long, value_name = "OUTCOME")]
        outcome: CallOutcome,
        /// A few words, without anything about the detained person; they stay on record
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },
    /// Let a healthcare team's copy go at once, on your word alone; somebody reviews it afterwards
    Urgent(UrgentArgs),
    /// Record that you have looked at what one person alone let go
    Reviewed(DecideArgs),
}

#[derive(Debug, clap::Args, Serialize, Deserialize)]
struct List {
    /// Only this state, such as held or "awaiting review"
    #[arg(long)]
    state: Option<States>,
    /// Only this case
    #[arg(long)]
    case: Option<CaseId>,
    /// Only to this role
    #[arg(long, value_parser = role)]
    role: Option<Role>,
    /// Which page, the oldest despatches first
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = value_parser!(u32).range(1..))]
    page: u32,
    /// Despatches on a page
    #[arg(long, value_name = "NUMBER", default_value_t = 50, value_parser = value_parser!(u32).range(1..=LIMIT_MAX))]
    limit: u32,
}

/// The longest page; it is limited because each despatch on it is read whole.
const LIMIT_MAX: i64 = 10_000;

/// The states with one label: two of them are "being sent".
#[derive(Debug, Clone, Serialize, Deserialize)]
struct States(Vec<State>);

impl FromStr for States {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        State::called(text).map(Self)
    }
}

#[derive(Debug, clap::Args, Serialize, Deserialize)]
struct OpenDespatch {
    /// A despatch, such as 17-3
    id: DespatchId,
    /// Where to put the documents (default: a private folder in memory; -: a tar archive on stdout)
    #[arg(long, value_name = "DIR")]
    to: Option<CallerPath>,
    #[command(flatten)]
    unlock: ReviewPassphrase,
}

#[derive(Debug, clap::Args, Serialize, Deserialize)]
struct PrintArgs {
    /// Despatches, such as 17-3, in the order in which they are printed
    #[arg(required = true, value_name = "ID")]
    ids: Vec<DespatchId>,
    /// The new file to write
    #[arg(long, value_name = "FILE.pdf")]
    to: CallerPath,
    #[command(flatten)]
    unlock: ReviewPassphrase,
}

#[derive(Debug, clap::Args, Serialize, Deserialize)]
struct ApproveArgs {
    /// Despatches, such as 17-3
    #[arg(required = true, value_name = "ID")]
    ids: Vec<DespatchId>,
    /// The SHA-256 of the message that you looked at, or its beginning; only that one is approved
    #[arg(long, value_name = "SHA256")]
    message: Option<String>,
    /// The checks that you made in the machine's place, such as identity
    #[arg(long, value_name = "CHECK", value_delimiter = ',')]
    confirm: Vec<Guard>,
    #[command(flatten)]
    key: SignKey,
}

#[derive(Debug, clap::Args, Serialize, Deserialize)]
struct DecideArgs {
    /// Despatches, such as 17-3
    #[arg(required = true, value_name = "ID")]
    ids: Vec<DespatchId>,
    /// Why; it stays on record
    #[arg(long)]
    reason: String,
}

#[derive(Debug, clap::Args, Serialize, Deserialize)]
struct UrgentArgs {
    #[command(flatten)]
    decide: DecideArgs,
    /// Checks that a machine could not make and that you made, such as change; identity is in your word
    #[arg(long, value_name = "CHECK", value_delimiter = ',')]
    confirm: Vec<Guard>,
    #[command(flatten)]
    key: SignKey,
}

#[derive(Debug, clap::Args, Serialize, Deserialize)]
struct ReleaseArgs {
    #[command(flatten)]
    decide: DecideArgs,
    /// Checks that are no longer to stop it, such as identity; another person approves it then
    #[arg(long = "override", value_name = "CHECK", value_delimiter = ',')]
    overridden: Vec<Guard>,
    #[command(flatten)]
    unlock: ReviewPassphrase,
    #[command(flatten)]
    signing: SigningPassphrase,
}

/// The most sealed files of one despatch: its documents and the office's copy of them, with room.
const FILES_OF_ONE: usize = 64;

impl Args {
    /// How many sealed files the command opens at most: those of one despatch, where it names one.
    pub(super) fn files_opened_max(&self) -> usize {
        match &self.command {
            Command::Open(_) | Command::Words { .. } => FILES_OF_ONE,
            Command::Print(args) => FILES_OF_ONE.saturating_mul(args.ids.len()),
            Command::Release(args) => FILES_OF_ONE.saturating_mul(args.decide.ids.len()),
            _ => 0,
        }
    }
}

/// Runs `despatch outbox`.
///
/// # Errors
/// The office cannot be opened; the despatch is not on record; the operation refuses the request; a file cannot be
/// written.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    let (open, actor) = (&mut open, &actor);
    let stop = |open: &mut OpenOffice, DecideArgs { ids, reason }, stop| {
        show_decided(decisions::stop(open, actor, Decide { ids, stop, reason })?, print)
    };
    match args.command {
        Command::List(List { state, case, role, page, limit }) => {
            let states = state.map_or_else(Vec::new, |states| states.0);
            let request = ListOutbox { states, case, role, page, limit };
            let listed = outbox::list(open, actor, request)?;
            view::list(&listed, open.now(), print);
            Ok(Exit::Done)
        }
        Command::Show { id } => {
            view::show(&outbox::show(open, actor, id)?, print);
            Ok(Exit::Done)
        }
        Command::Open(args) => open_despatch(open, actor, args, context),
        Command::Print(args) => print_letters(open, actor, args, context),
        Command::Approve(args) => approve(open, actor, args, context),
        Command::Return(args) => stop(open, args, Stop::Return),
        Command::Hold(args) => stop(open, args, Stop::Hold),
        Command::Cancel(args) => stop(open, args, Stop::Cancel),
        Command::Close { ids } => show_decided(decisions::close(open, actor, ids)?, print),
        Command::Release(args) => {
            let ReleaseArgs { decide: DecideArgs { ids, reason }, overridden, unlock, signing } = args;
            let (review, signing) = (context.unlock(unlock.source()), context.unlock(signing.source()));
            let unlocks = Unlocks { review: &review, signing: &signing };
            let request = Release { ids, reason, overridden };
            show_decided(decisions::release(open, actor, request, unlocks)?, print)
        }
        Command::Words { id, unlock } => {
            let told = reading::passphrase(open, actor, id, &context.unlock(unlock.source()))?;
            show_passphrase(&told.passphrase, &told.recipient, print);
            Ok(Exit::Done)
        }
        Command::Calls { on } => {
            calls::show(&list_calls(open, actor, ListCalls { on })?, print);
            Ok(Exit::Done)
        }
        Command::Received { id, message_id, how } => {
            let said = message_id.map_or_else(|| Acknowledgement::Opened(how), Acknowledgement::Replied);
            let despatch = receipts::record(open, actor, RecordReceipt { id, said })?;
            print.json(&despatch);
            print.line(&format!("{} was received by {}.", despatch.id, despatch.recipient.name));
            Ok(Exit::Done)
        }
        Command::Unopened { id, reason } => {
            let said = Acknowledgement::CannotOpen(reason);
            let despatch = receipts::record(open, actor, RecordReceipt { id, said })?;
            show_unopened(despatch, print);
            Ok(Exit::Done)
        }
        Command::Telephoned { id, outcome, note } => {
            let despatch = telephone::record(open, actor, RecordCall { id, outcome, note })?;
            print.json(&despatch);
            print.line(&format!("The call about {} is on record: {}.", despatch.id, outcome.label()));
            Ok(Exit::Done)
        }
        Command::Urgent(args) => release_urgently(open, actor, args, context),
        Command::Reviewed(DecideArgs { ids, reason }) => {
            show_decided(decisions::review_urgent(open, actor, ReviewUrgent { ids, reason })?, print)
        }
    }
}

fn approve(
    open: &mut OpenOffice,
    actor: &Actor,
    args: ApproveArgs,
    context: &CommandContext,
) -> Result<Exit, Failure> {
    let ApproveArgs { ids, message, confirm, key } = args;
    let ask =
        AskToSign { ids: ids.clone(), message: message.clone(), confirm: confirm.clone(), urgently: false };
    let signed = Signatures::of(open, actor, ask, (context.caller.as_ref(), key))?;
    let decided = signed.decide(ids, |ids, signatures| {
        decisions::approve(open, actor, Approve { ids, message, confirm, signatures })
    })?;
    show_decided(decided, context.print())
}

fn release_urgently(
    open: &mut OpenOffice,
    actor: &Actor,
    args: UrgentArgs,
    context: &CommandContext,
) -> Result<Exit, Failure> {
    let UrgentArgs { decide: DecideArgs { ids, reason }, confirm, key } = args;
    let ask = AskToSign { ids: ids.clone(), message: None, confirm: confirm.clone(), urgently: true };
    let signed = Signatures::of(open, actor, ask, (context.caller.as_ref(), key))?;
    let decided = signed.decide(ids, |ids, signatures| {
        decisions::release_urgently(open, actor, ReleaseUrgently { ids, reason, confirm, signatures })
    })?;
    show_decided(decided, context.print())
}

fn open_despatch(
    open: &mut OpenOffice,
    actor: &Actor,
    args: OpenDespatch,
    context: &CommandContext,
) -> Result<Exit, Failure> {
    let (OpenDespatch { id, to, unlock }, print) = (args, context.print());
    let unlock = context.unlock(unlock.source());
    let opened = reading::open_despatch(open, actor, id, &unlock)?;
    let (names, message) = (opened.names(), opened.message);
    let to_stdout = to.as_ref().is_some_and(CallerPath::is_stdout);
    let folder = context.caller.show(to, opened)?;
    if to_stdout {
        return Ok(Exit::Done);
    }
    print.json(&json!({ "folder": folder, "documents": names, "message": message }));
    print.line(&format!("Opened {} of {id} into {folder}:", count(names.len(), "file")));
    names.iter().for_each(|name| print.line(&format!("  {name}")));
    print.line(&format!("message {}; delete the folder when you have looked", message.short()));
    Ok(Exit::Done)
}

fn print_letters(
    open: &mut OpenOffice,
    actor: &Actor,
    args: PrintArgs,
    context: &CommandContext,
) -> Result<Exit, Failure> {
    let PrintArgs { ids, to, unlock } = args;
    let unlock = context.unlock(unlock.source());
    let printed = print::print(open, actor, &PrintLetters { ids }, &unlock)?;
    let file = context.caller.deliver(Delivery::File(to, printed.pdf))?;
    let print = context.print();
    print.json(&json!({ "file": file, "letters": printed.letters }));
    print.line(&format!("Wrote {} into {file}:", count(printed.letters.len(), "letter")));
    printed.letters.iter().for_each(|one| print.labelled(&one.despatch.to_string(), &one.title));
    print.line("Print it, then remove the file; record the service with `despatch new letter-served`.");
    Ok(Exit::Done)
}

fn show_unopened(despatch: Despatch, print: Print) {
    print.json(&despatch);
    let entry = despatch.recipient.entry.as_ref().map_or_else(|| "ENTRY".to_owned(), ToString::to_string);
    print.line(&red(&Unacknowledged::of(despatch).text()));
    print.line(&format!(
        "Find out why: `despatch directory onboard {entry}`. Telephone meanwhile; the clock of the case runs on."
    ));
}
