//! Enters: words of the command line. Leaves: typed arguments.
//! Never: does anything with them.

/// Words of `despatch directory`.
pub mod directory;
mod keeping;

use crate::context::date;
use chrono::NaiveDate;
use clap::Subcommand;
use despatch_core::words::{CaseId, KindName, PackId};
use despatch_process::case::EventName;
use std::path::PathBuf;

/// The commands about keys, the record and incidents.
mod proof;
pub use keeping::{Backup, Drill, Erase, Keys, Litigation, Purge, Reconcile, Restore, RotateReview};
pub use proof::*;

/// Make a made-up office, process its sample cases, and go on watching
#[derive(Debug, clap::Args)]
pub struct Demo {
    /// Where to make it
    #[arg(long, value_name = "DIR", default_value = "demo-office")]
    pub dir: PathBuf,
    /// End when the inbox is empty
    #[arg(long)]
    pub once: bool,
}

/// Make the folder of a new office
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

/// Write a case file by answering questions
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

/// Make a kind's documents to look at them, anew on each save
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

pub(super) fn event(text: &str) -> Result<EventName, &'static str> {
    let word = text.replace('-', "_");
    let named = EventName::WORDS.iter().find(|(name, _)| *name == word);
    named.map(|(_, event)| *event).ok_or("there is no such event: `despatch new` lists them")
}

fn kind(text: &str) -> Result<KindName, String> {
    text.parse().map_err(|_| format!("write the name of a kind: {}", KindName::PATTERN))
}
