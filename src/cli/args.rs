//! Enters: words of the command line. Leaves: typed arguments.
//! Never: does anything with them.

/// Words of `despatch directory`.
pub mod directory;
mod keeping;
mod listing;

use chrono::NaiveDate;
use clap::{Parser, Subcommand};
use despatch_core::words::{CaseId, KindName, PackId, StaffId};
use despatch_guards::Guard;
use despatch_ledger::{DespatchId, NoteId};
use despatch_process::case::EventName;
use std::path::PathBuf;

/// The commands about keys, the record and incidents.
mod proof;
pub use keeping::{Backup, Drill, Erase, Keys, Litigation, Purge, Reconcile, Restore, RotateReview};
pub use listing::List;
pub use proof::*;

/// Letters that the right people, and only they, can open; nothing is sent that a second person has not approved.
#[derive(Debug, Parser)]
#[command(name = "despatch", version, about)]
pub struct Args {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command understands.
#[derive(Debug, Clone, clap::Args)]
pub struct Common {
    /// The office's folder
    #[arg(long, global = true, value_name = "DIR", default_value = ".")]
    pub office: PathBuf,
    /// Results as JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// Who gives the command (demo offices only)
    #[arg(long = "as", global = true, value_name = "STAFF")]
    pub actor: Option<StaffId>,
    /// The day to take for today (demo offices only)
    #[arg(long, global = true, value_name = "DATE", value_parser = date)]
    pub today: Option<NaiveDate>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a made-up office, process its sample cases, and go on watching
    Demo(Demo),
    /// Make the folder of a new office
    Init(Init),
    /// Write a case file by answering questions
    New(New),
    /// The JSON Schema of a case file, for editors and other programs
    Schema(super::schema::Schema),
    /// Process what lies in the inbox, and what will come
    Run(Run),
    /// Say what a case file would make, for whom and why, before it is dropped
    Plan(Plan),
    /// Drop a mended case file in place of the one that was taken
    Correct(Correct),
    /// Every deadline that runs, nearest first
    Deadlines(Deadlines),
    /// The whole history of a case, how it stands, and its notes for the casework system
    Case(Case),
    /// Review what waits, and decide
    #[command(subcommand)]
    Outbox(Outbox),
    /// Send what is approved
    Send(Send),
    /// Whom the office may write to, and who made sure of it
    #[command(subcommand)]
    Directory(directory::Command),
    /// Which edition of the guidance counts, and for which cases
    #[command(subcommand)]
    Policy(Policy),
    /// Make, check, look at and compare the kinds of letters
    #[command(subcommand)]
    Template(Template),
    /// Make a kind's documents to look at them, anew on each save
    Preview(Preview),
    /// The office's own keys: which there are, a new review key, a drill with the recovery key
    #[command(subcommand)]
    Keys(Keys),
    /// Write a sealed copy of the office, also while it is at work
    Backup(Backup),
    /// Make an office again from a backup
    Restore(Restore),
    /// Settle what a restored office may have sent since its backup
    Reconcile(Reconcile),
    /// Say what has outlived its period, and remove it
    Purge(Purge),
    /// Keep everything of a case, whatever its period
    #[command(subcommand)]
    Litigation(Litigation),
    /// Remove every sealed byte of a case: one person asks, a second one confirms
    Erase(Erase),
    /// Say everything that is wrong with the office
    Check,
    /// A message went to the wrong person: freeze, ask for deletion, run the clock, keep the record
    Incident(Incident),
    /// Whether the record is whole and unchanged
    #[command(subcommand)]
    Audit(Audit),
    /// Open what you were sent, and check where it comes from (for recipients)
    Open(Open),
}

#[derive(Debug, clap::Args)]
pub struct Demo {
    /// Where to make it
    #[arg(long, value_name = "DIR", default_value = "demo-office")]
    pub dir: PathBuf,
    /// End when the inbox is empty
    #[arg(long)]
    pub once: bool,
}

#[derive(Debug, clap::Args)]
pub struct Init {
    /// The folder to make
    pub dir: PathBuf,
    /// Read the review key's passphrase from the first line of a file instead of asking
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
    /// Lock the signing key with another passphrase: the first line of this file (default: the review key's)
    #[arg(long, value_name = "FILE")]
    pub signing_passphrase_file: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct New {
    /// What happened, such as appointment-confirmed (default: list the events)
    #[arg(value_parser = event)]
    pub event: Option<EventName>,
    /// The folder to write the case file into [default: .]
    #[arg(long, value_name = "DIR", conflicts_with = "drop")]
    pub to: Option<PathBuf>,
    /// Put it into the inbox at once
    #[arg(long)]
    pub drop: bool,
}

#[derive(Debug, clap::Args)]
pub struct Run {
    /// End when nothing more can be done
    #[arg(long)]
    pub once: bool,
    #[command(flatten)]
    pub signing: SigningPassphrase,
}

#[derive(Debug, clap::Args)]
pub struct Plan {
    /// The case file; its attachments lie beside it
    #[arg(value_name = "CASE.json")]
    pub file: PathBuf,
}

#[derive(Debug, clap::Args)]
pub struct Correct {
    /// The mended case file; its attachments lie beside it
    #[arg(value_name = "CASE.json")]
    pub file: PathBuf,
    /// What has changed, for whoever got the letters that this corrects
    #[arg(long, value_name = "TEXT")]
    pub changed: String,
}

#[derive(Debug, clap::Args)]
pub struct Deadlines {
    /// Only this case
    #[arg(long, value_name = "ID")]
    pub case: Option<CaseId>,
    /// Write the deadlines and appointments as a calendar file too
    #[arg(long, value_name = "FILE")]
    pub ics: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct Case {
    /// A case, such as DEMO-0901
    #[arg(value_name = "ID")]
    pub id: CaseId,
    /// Tick a note that you have copied into the casework system
    #[arg(long, value_name = "NOTE")]
    pub recorded: Option<NoteId>,
}

#[derive(Debug, clap::Args)]
pub struct Send {
    /// End when nothing more is due
    #[arg(long)]
    pub once: bool,
    /// Sign a checkpoint of the record at the end, with the key that the passphrase of this file's first line opens
    #[arg(long, value_name = "FILE")]
    pub signing_passphrase_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Outbox {
    /// What is in the outbox, and what still waits in the inbox
    List(List),
    /// One despatch whole, with what happened to it
    Show {
        /// A despatch, such as 17-3
        id: DespatchId,
    },
    /// Open a despatch's documents, as its recipient will see them
    Open(OpenDespatch),
    /// Let exactly these messages go to exactly these recipients
    Approve(Approve),
    /// Send back to the caseworker, who mends the case with `replaces`
    Return(Decide),
    /// Stop for now
    Hold(Decide),
    /// Lift a hold, or order another attempt
    Release(Release),
    /// Stop for good
    Cancel(Decide),
    /// The words that open a message, to be told on the telephone
    Words(Words),
    /// Take note that the recipient has received and opened a message
    Received(Received),
    /// Take note that the recipient cannot open a message
    Unopened(Unopened),
    /// Let a healthcare team's copy go at once, on your word alone; somebody reviews it afterwards
    Urgent(UrgentRelease),
    /// Say that you have looked at what one person alone let go
    Reviewed(Decide),
}

#[derive(Debug, clap::Args)]
pub struct Words {
    /// A despatch, such as 17-3
    pub id: DespatchId,
    #[command(flatten)]
    pub unlock: Passphrase,
}

#[derive(Debug, clap::Args)]
pub struct Received {
    /// A despatch, such as 17-3
    pub id: DespatchId,
    /// The Message-ID of the recipient's reply
    #[arg(long, value_name = "ID")]
    pub message_id: Option<String>,
    /// How you heard
    #[arg(long, value_name = "TEXT", default_value = "told the office")]
    pub how: String,
}

#[derive(Debug, clap::Args)]
pub struct Unopened {
    /// A despatch, such as 17-3
    pub id: DespatchId,
    /// What the recipient said; it stays on record
    #[arg(long)]
    pub reason: String,
}

#[derive(Debug, clap::Args)]
pub struct OpenDespatch {
    /// A despatch, such as 17-3
    pub id: DespatchId,
    /// Where to put the documents (default: a private folder in memory; -: a tar archive on stdout)
    #[arg(long, value_name = "DIR")]
    pub to: Option<PathBuf>,
    #[command(flatten)]
    pub unlock: Passphrase,
}

#[derive(Debug, clap::Args)]
pub struct Passphrase {
    /// Read the review key's passphrase from the first line of a file instead of asking
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct Approve {
    /// Despatches, such as 17-3
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<DespatchId>,
    /// The SHA-256 of the message that you looked at, or its beginning; only that one is approved
    #[arg(long, value_name = "SHA256")]
    pub message: Option<String>,
    /// The checks that you made in the machine's place, such as identity
    #[arg(long, value_name = "CHECK", value_delimiter = ',')]
    pub confirm: Vec<Guard>,
}

#[derive(Debug, clap::Args)]
pub struct Decide {
    /// Despatches, such as 17-3
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<DespatchId>,
    /// Why; it stays on record
    #[arg(long)]
    pub reason: String,
}

#[derive(Debug, clap::Args)]
pub struct UrgentRelease {
    #[command(flatten)]
    pub decide: Decide,
    /// Checks that a machine could not make and that you made, such as change; identity is in your word
    #[arg(long, value_name = "CHECK", value_delimiter = ',')]
    pub confirm: Vec<Guard>,
}

#[derive(Debug, clap::Args)]
pub struct Release {
    #[command(flatten)]
    pub decide: Decide,
    /// Checks that are to stop it no longer, such as identity; another person approves it then
    #[arg(long = "override", value_name = "CHECK", value_delimiter = ',')]
    pub overridden: Vec<Guard>,
    #[command(flatten)]
    pub unlock: Passphrase,
    #[command(flatten)]
    pub signing: SigningPassphrase,
}

#[derive(Debug, Subcommand)]
pub enum Policy {
    /// Every policy pack, and whether it may be used today
    List,
    /// Everything that a pack holds
    Show {
        /// A pack, such as hoso-2022-09-12
        pack: PackId,
    },
    /// What two packs say differently
    Diff {
        /// A pack, such as hoso-2022-09-12
        a: PackId,
        /// Another one
        b: PackId,
    },
    /// Use a pack that is not in force: one person proposes it, a second one confirms
    Adopt(Adopt),
    /// Use a pack no longer, and hold what was made under it
    Withdraw {
        /// A pack, such as hoso-2022-09-12
        pack: PackId,
        /// Why; it stays on record
        #[arg(long)]
        reason: String,
    },
    /// Put a case under another pack
    Move {
        /// A case, such as DEMO-0901
        case: CaseId,
        /// The pack that counts for it from now on
        pack: PackId,
        /// Why; it stays on record
        #[arg(long)]
        reason: String,
    },
}

#[derive(Debug, clap::Args)]
pub struct Adopt {
    /// A pack, such as hoso-2022-09-12
    pub pack: PackId,
    /// To propose it: why; it stays on record
    #[arg(long, requires = "until")]
    pub reason: Option<String>,
    /// To propose it: the last day on which it may be used, such as 2027-03-31
    #[arg(long, value_name = "DATE", value_parser = date, requires = "reason")]
    pub until: Option<NaiveDate>,
}

#[derive(Debug, clap::Args)]
pub struct Open {
    /// A saved message or a folder with all its attachments; or one sealed document (FILE.age), unchecked
    #[arg(value_name = "MESSAGE")]
    pub file: PathBuf,
    /// Your private key, as age-keygen made it, or locked with a passphrase
    #[arg(long, value_name = "KEY", required_unless_present_any = ["passphrase", "passphrase_file"])]
    pub identity: Option<PathBuf>,
    /// Ask for the words that the office read out to you
    #[arg(long, conflicts_with_all = ["identity", "passphrase_file"])]
    pub passphrase: bool,
    /// A file whose first line is these words, or the passphrase of a locked key: a systemd credential, /dev/stdin,
    /// /dev/fd/3
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
    /// Whose signature it must bear: a file with the line that the office published (as for ssh-keygen)
    #[arg(long, value_name = "ALLOWED_SIGNERS")]
    pub signer: Option<PathBuf>,
    /// Where to write the document, or the folder for all of them (default: beside it)
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Template {
    /// Every kind, and the version of its templates that is in use
    List,
    /// Begin a kind with a copy of another
    New(NewTemplate),
    /// Say everything that is wrong with templates, and which examples look other than before
    Check(CheckTemplate),
    /// One sheet with a picture of every letter
    Gallery(Gallery),
    /// The templates of which a despatch was made
    Show(ShowTemplate),
    /// Two versions of a kind side by side
    Diff(DiffTemplate),
}

#[derive(Debug, clap::Args)]
pub struct NewTemplate {
    /// The kind's name: the folder that is made
    #[arg(value_parser = kind)]
    pub name: KindName,
    /// The kind to copy
    #[arg(long, value_name = "KIND", value_parser = kind)]
    pub from: KindName,
}

#[derive(Debug, clap::Args)]
pub struct CheckTemplate {
    /// Only this kind
    #[arg(value_parser = kind)]
    pub kind: Option<KindName>,
    /// Take how the examples look now for right, once you have looked
    #[arg(long)]
    pub update: bool,
}

#[derive(Debug, clap::Args)]
pub struct Gallery {
    /// Only this kind
    #[arg(value_parser = kind)]
    pub kind: Option<KindName>,
    /// Where to write the sheet
    #[arg(long, value_name = "FILE", default_value = "gallery.html")]
    pub to: PathBuf,
}

#[derive(Debug, clap::Args)]
pub struct ShowTemplate {
    /// A version, as `outbox show` names it, or its beginning
    pub hash: String,
    /// Write its files into this folder
    #[arg(long, value_name = "DIR")]
    pub to: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct DiffTemplate {
    #[arg(value_parser = kind)]
    pub kind: KindName,
    /// A version, "current" or "built-in"
    pub a: String,
    /// Another one
    pub b: String,
    /// Where to write both side by side
    #[arg(long, value_name = "FILE", default_value = "diff.html")]
    pub to: PathBuf,
}

#[derive(Debug, clap::Args)]
pub struct Preview {
    #[arg(value_parser = kind)]
    pub kind: KindName,
    /// With this example of the kind (default: its first)
    #[arg(long, value_name = "NAME", conflicts_with = "case")]
    pub example: Option<String>,
    /// With a case file that nobody has dropped yet
    #[arg(long, value_name = "CASE.json")]
    pub case: Option<PathBuf>,
    /// Make them anew on each save, until Ctrl-C
    #[arg(long)]
    pub watch: bool,
    /// Where to put them (default: a private folder in memory)
    #[arg(long, value_name = "DIR")]
    pub to: Option<PathBuf>,
}

fn date(text: &str) -> Result<NaiveDate, &'static str> {
    text.parse().map_err(|_| "write a date such as 2026-11-23")
}

pub(super) fn event(text: &str) -> Result<EventName, &'static str> {
    let word = text.replace('-', "_");
    let named = EventName::WORDS.iter().find(|(name, _)| *name == word);
    named.map(|(_, event)| *event).ok_or("there is no such event: `despatch new` lists them")
}

fn kind(text: &str) -> Result<KindName, String> {
    text.parse().map_err(|_| format!("write the name of a kind: {}", KindName::PATTERN))
}
