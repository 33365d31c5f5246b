//! Enters: what staff say of those whom the office writes to. Leaves: the directory, changed with its author on record.
//! Never: shows a key's private half, or takes one person's word for an address.

mod change;
mod list;
mod onboard;
mod spread;
mod trial;

use super::args::directory::{Command, Verify};
use super::{open_ledger, open_office};
use crate::context::GlobalArgs as Common;
use crate::context::this_program;
use crate::context::{CommandContext, Exit};
use crate::printing::show_decided;
use crate::printing::{Print, wrapped};
use chrono::NaiveDate;
use despatch_app::office::Office;
use despatch_app::operations::Failure;
use despatch_app::operations::decisions::{Release, ReleaseUnlocks, release};
use despatch_app::operations::{Actor, OpenOffice, one_line};
use despatch_core::clock::{Clock, Moment};
use despatch_core::fault::Fault;
use despatch_core::words::{EntryId, count, date_words};
use despatch_directory::directory::{Directory, HoldReason};
use despatch_directory::entry::Entry;
use despatch_directory::import::LINE_MAX;
use despatch_ledger::{DespatchId, Heard, Hold, Ledger, Placed, Put, State, subject};
use despatch_settings::Staff;
use serde_json::json;

pub(super) fn directory(common: &Common, command: Command, print: &Print) -> Result<Exit, Failure> {
    let (office, clock) = open_office(common)?;
    let ledger = open_ledger(&office)?;
    let mut desk = Desk { office: &office, ledger, clock, print };
    let actor = || office.actor(common.actor.as_ref());
    match command {
        Command::List(list) => desk.list(&list),
        Command::Show { entry } => desk.show(&entry),
        Command::Add(add) => desk.add(&add, actor()?),
        Command::Change(change) => desk.change(&change, actor()?),
        Command::Key(key) => desk.key(&key, actor()?),
        Command::Verify(verify) => desk.verify(verify, actor()?),
        Command::Authority(authority) => desk.authority(&authority, actor()?),
        Command::Expire(expire) => desk.expire(&expire, actor()?),
        Command::Trial { entry, signing } => desk.trial(&entry, &signing.unlock(), actor()?),
        Command::Words { entry, unlock } => {
            let unlock = unlock.unlock();
            desk.words(&entry, &unlock, actor()?)
        }
        Command::Opened { entry, words } => desk.opened(&entry, &words, actor()?),
        Command::Onboard { entry } => desk.onboard(&entry),
        Command::Import(import) => desk.import(&import, actor()?),
        Command::Export { to } => desk.export(&to),
        Command::Check => desk.check(),
        Command::Reseal(reseal) => {
            let Waiting { ours, others } = desk.waiting_for(&reseal.entry)?;
            for id in others {
                let words = "it is held by something else too; `despatch outbox release` lifts that as well";
                print.log(&format!("{id} stays held: {words}"));
            }
            if ours.is_empty() {
                print.line("Nothing for this entry is held by the directory alone.");
                return Ok(Exit::Done);
            }
            let (review, signing) = (reseal.unlock.unlock(), reseal.signing.unlock());
            let unlocks = ReleaseUnlocks { review: &review, signing: &signing };
            let request = Release { ids: ours, reason: reseal.reason, overridden: Vec::new() };
            let actor = Actor::of_process(&office, common.actor.as_ref());
            let mut open = OpenOffice::open(&common.office, clock, this_program()?)?;
            show_decided(release(&mut open, &actor, request, unlocks)?, print)
        }
    }
}

/// Where somebody sits who looks after the directory.
struct Desk<'a> {
    office: &'a Office,
    ledger: Ledger,
    clock: Clock,
    print: &'a Print,
}

/// What is held for an entry.
#[derive(Debug, Default)]
struct Waiting {
    /// By the directory alone: made anew once the entry is in order.
    ours: Vec<DespatchId>,
    /// By something else too, which is not the directory's to lift.
    others: Vec<DespatchId>,
}

/// Whether a hold is for what the directory says, or said when the message was made.
fn is_of_directory(hold: &Hold) -> bool {
    HoldReason::is_code(&hold.code) || hold.code == "recipient_changed"
}

impl Desk<'_> {
    fn now(&self) -> Moment {
        self.clock.now()
    }

    fn entry(&self, id: &EntryId) -> Result<&Entry, Fault> {
        self.office.directory.get(id).ok_or_else(|| {
            let cure = "look it up with `despatch directory list`";
            Fault::new(subject(id), "entry.unknown", "the directory has no such entry", cure)
        })
    }

    fn verify(&mut self, verify: Verify, actor: &Staff) -> Result<Exit, Failure> {
        let Verify { entry, email, fingerprints, way, how, until } = verify;
        let how = plain(&how, "--how")?;
        let heard = Heard { email, fingerprints, way, how, until };
        let now = self.now();
        let rules = &self.office.config.addresses;
        let entry = self.ledger.verify_entry(&entry, &heard, rules, actor, now)?;
        self.print.json(&entry);
        self.print.line(&format!("{} is verified by {}.", entry.id, actor.id));
        let waiting = self.waiting_for(&entry.id)?.ours;
        if !waiting.is_empty() {
            self.print.line(&format!(
                "{} for it {}: `despatch directory reseal {} --reason …` makes what could not go anew.",
                count(waiting.len(), "despatch"),
                if waiting.len() == 1 { "waits" } else { "wait" },
                entry.id
            ));
        }
        self.what_is_missing(&entry, now.today);
        Ok(Exit::Done)
    }

    /// What the directory holds for an entry.
    fn waiting_for(&mut self, id: &EntryId) -> Result<Waiting, Failure> {
        let mut waiting = Waiting::default();
        let unsent = self.ledger.unsent_for_entry(id)?;
        for one in unsent.into_iter().filter(|one| one.state == State::Held) {
            if one.holds.iter().all(is_of_directory) {
                waiting.ours.push(one.id);
            } else if one.holds.iter().any(is_of_directory) {
                waiting.others.push(one.id);
            }
        }
        Ok(waiting)
    }

    /// Says what still holds what is meant for an entry.
    fn what_is_missing(&self, entry: &Entry, today: NaiveDate) {
        let holds = self.office.directory.holds(entry, today);
        for hold in &holds {
            self.print.line(&wrapped("still missing", &hold.to_string()));
        }
        if holds.is_empty() {
            self.print.line("It may be written to.");
        }
    }

    /// Puts entries into the directory, or tells everything that is wrong with them.
    fn put(&mut self, entries: Vec<Entry>, actor: &Staff) -> Result<Vec<Placed>, Failure> {
        let now = self.now();
        Ok(self.ledger.put_entries(entries, &self.office.config.addresses, actor, now)??)
    }

    fn tell_held(&self, placed: &Placed) {
        if !placed.held.is_empty() {
            let ids: Vec<String> = placed.held.iter().map(ToString::to_string).collect();
            self.print.line(&wrapped(
                "held",
                &format!(
                    "{}: any approval is void, and each is made anew once the entry is verified",
                    ids.join(", ")
                ),
            ));
        }
    }
}

/// One line of words that a person gave, as long as a line of an entry.
fn plain(text: &str, option: &str) -> Result<String, Failure> {
    one_line(text, option.trim_start_matches('-'), LINE_MAX)
}

/// What in the directory will hold a despatch, for whoever checks the office: by number, with the first few by name.
pub(super) fn not_ready(directory: &Directory, today: NaiveDate) -> Vec<String> {
    let mut warnings: Vec<String> = directory
        .entries()
        .iter()
        .filter_map(|entry| Some((entry, directory.ends_soon(entry, today)?)))
        .map(|(entry, last)| {
            format!("Entry {} holds until {} only: have it verified anew.", entry.id, date_words(last))
        })
        .collect();
    let held: Vec<&str> = directory
        .entries()
        .iter()
        .filter(|entry| !directory.holds(entry, today).is_empty())
        .map(|entry| entry.id.as_str())
        .collect();
    if let Some(first) = held.get(..held.len().min(NAMED)).filter(|first| !first.is_empty()) {
        let more = if held.len() > NAMED { " and others" } else { "" };
        warnings.push(format!(
            "What is meant for {} of the directory is held ({}{more}): `despatch directory check` says why.",
            count(held.len(), "entry"),
            first.join(", ")
        ));
    }
    warnings
}

/// Entries that one sentence names.
const NAMED: usize = 5;

/// What came of one entry, in a word.
fn put_words(put: Put) -> &'static str {
    match put {
        Put::Added => "added",
        Put::Changed => "changed",
        Put::Same => "as before",
    }
}

fn placed_json(placed: &[Placed]) -> serde_json::Value {
    let one =
        |placed: &Placed| json!({ "entry": placed.id, "came": put_words(placed.put), "held": placed.held });
    json!({ "entries": placed.iter().map(one).collect::<Vec<_>>() })
}

/// Whom the office may write to, and who made sure of it
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

pub fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    directory(&context.global, args.command, &context.print)
}
