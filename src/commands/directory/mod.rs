//! Enters: commands about the office's recipients. Leaves: the directory on the screen, or changed with its author on
//! record. Never: decides anything.

mod args;
mod view;

use crate::caller::{CallerPath, Delivery, LocalFile};
use crate::context::{CommandContext, Exit};
use crate::output::CHECK;
use crate::printing::{Print, listed, show_decided, show_passphrase};
use args::{Command, KeySource};
use despatch_app::operations::decisions::{Release, release};
use despatch_app::operations::directory::{
    self, AddEntry, ChangeEntry, ConfirmOpened, EntriesPut, EntryExpired, EntryVerified, ExpireEntry,
    FILE_BYTES_MAX, ImportEntries, ListEntries, RecordAuthority, ReplaceKeys, VerifyEntry, Waiting,
    waiting_for,
};
use despatch_app::operations::{Actor, Failure, OpenOffice, Unlocks};
use despatch_app::send::Verdict;
use despatch_core::fault::Fault;
use despatch_core::words::{EntryId, StaffId, count, date_words};
use despatch_ledger::DespatchId;
use serde_json::json;

pub use args::Args;

/// Runs `despatch directory`.
///
/// # Errors
/// The office cannot be opened; a file cannot be read or written; the operation refuses the request.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    let (open, actor) = (&mut open, &actor);
    match args.command {
        Command::List { role, place } => {
            view::list(&directory::list(open, actor, ListEntries { role, place })?, print);
        }
        Command::Show { entry } => view::show(&directory::show(open, actor, entry)?, print),
        Command::Check => return Ok(view::check(&directory::check(open, actor)?, print)),
        Command::Onboard { entry } => {
            return Ok(view::onboard(&directory::onboard(open, actor, entry)?, print));
        }
        Command::Add { entry, role, said, keys, expires } => {
            let request = AddEntry { entry, role, said: said.into(), keys: read_keys(keys)?, expires };
            show_put(&directory::add(open, actor, request)?, print);
        }
        Command::Change { entry, said } => {
            let request = ChangeEntry { entry, said: said.into() };
            show_put(&directory::change(open, actor, request)?, print);
        }
        Command::Key { entry, keys } => {
            let request = ReplaceKeys { entry, keys: read_keys(keys)? };
            show_put(&directory::replace_keys(open, actor, request)?, print);
        }
        Command::Verify { entry, email, fingerprints, way, how, until } => {
            let request = VerifyEntry { entry, email, fingerprints, way, how, until };
            show_verified(&directory::verify(open, actor, request)?, &actor.staff()?.id, print);
        }
        Command::Authority { entry, case, dated } => {
            let request = RecordAuthority { entry, case, dated };
            let seen = directory::record_authority(open, actor, request)?;
            print.json(&seen);
            let (entry, dated, case) = (&seen.entry, date_words(seen.dated), &seen.case_id);
            print.line(&format!("On record: {entry} has the person's authority of {dated} for {case}."));
        }
        Command::Expire { entry, on, reason } => {
            let request = ExpireEntry { entry, on, reason };
            show_expired(&directory::expire(open, actor, request)?, print);
        }
        Command::TestMessage { entry, signing } => {
            let sent = directory::send_test_message(open, actor, entry, &context.unlock(signing.source()))?;
            return Ok(show_sent(&sent, print));
        }
        Command::Words { entry, unlock } => {
            let (passphrase, entry) =
                directory::passphrase(open, actor, entry, &context.unlock(unlock.source()))?;
            show_passphrase(&passphrase, &entry.name, print);
        }
        Command::Opened { entry, words } => {
            let request = ConfirmOpened { entry, numbers: words };
            let opened = directory::confirm_opened(open, actor, request)?;
            print.json(&opened);
            print.line(&format!("{} could open the test message.", opened.entry.id));
            view::show_missing(&opened.holds, print);
        }
        Command::Import { file } => import(open, actor, &file, print)?,
        Command::Export { to } => export(open, actor, to, context)?,
        Command::Reseal { entry, reason, unlock, signing } => {
            let (review, signing) = (context.unlock(unlock.source()), context.unlock(signing.source()));
            let unlocks = Unlocks { review: &review, signing: &signing };
            return reseal(open, actor, (&entry, reason), unlocks, print);
        }
    }
    Ok(Exit::Done)
}

fn show_verified(verified: &EntryVerified, by: &StaffId, print: Print) {
    print.json(verified);
    let id = &verified.entry.id;
    print.line(&format!("{id} is verified by {by}."));
    if !verified.waiting.is_empty() {
        let waiting = count(verified.waiting.len(), "despatch");
        let verb = if verified.waiting.len() == 1 { "waits" } else { "wait" };
        print.line(&format!(
            "{waiting} for it {verb}: `despatch directory reseal {id} --reason …` regenerates what could not go."
        ));
    }
    view::show_missing(&verified.holds, print);
}

/// The code of the fault of a directory file that cannot be read.
const UNREAD: &str = "import.file";

/// Imports the entries of a file, all or none.
fn import(open: &mut OpenOffice, actor: &Actor, file: &LocalFile, print: Print) -> Result<(), Failure> {
    if file.bytes(UNREAD)?.len() as u64 > FILE_BYTES_MAX {
        let cause = format!("it has more than {FILE_BYTES_MAX} bytes");
        return Err(Fault::new(file.shown(), UNREAD, cause, CHECK).into());
    }
    let (name, text) = (file.name().to_owned(), file.text(UNREAD)?);
    let put = directory::import(open, actor, ImportEntries { name, text })?;
    print.json(&put);
    let of = |came| count(put.number(came), "entry");
    print.line(&format!(
        "{} added, {} changed, {} as before. Another person now verifies what is new.",
        of("added"),
        of("changed"),
        of("as before")
    ));
    put.entries.iter().for_each(|one| show_held(&one.held, print));
    Ok(())
}

fn export(
    open: &mut OpenOffice,
    actor: &Actor,
    to: CallerPath,
    context: &CommandContext,
) -> Result<(), Failure> {
    let csv = directory::export(open, actor)?;
    let file = context.caller.deliver(Delivery::File(to, csv.into()))?;
    let (number, print) = (open.office.directory.entries().len(), context.print());
    print.json(&json!({ "file": file, "entries": number }));
    print.line(&format!("Wrote {} to {file}.", count(number, "entry")));
    Ok(())
}

/// Regenerates the despatches that are held because of this entry alone.
fn reseal(
    open: &mut OpenOffice,
    actor: &Actor,
    (entry, reason): (&EntryId, String),
    unlocks: Unlocks<'_>,
    print: Print,
) -> Result<Exit, Failure> {
    let Waiting { ours, others } = waiting_for(open, actor, entry)?;
    for id in others {
        let words = "it is held by something else too; `despatch outbox release` lifts that as well";
        print.log(&format!("{id} stays held: {words}"));
    }
    if ours.is_empty() {
        print.line("Nothing for this entry is held by the directory alone.");
        return Ok(Exit::Done);
    }
    let request = Release { ids: ours, reason, overridden: Vec::new() };
    show_decided(release(open, actor, request, unlocks)?, print)
}

/// Collects the keys given on the command line and in files.
fn read_keys(keys: KeySource) -> Result<Vec<String>, Fault> {
    let mut texts = keys.keys;
    for file in &keys.key_files {
        let text = file.text("key.file")?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        texts.extend(lines.map(str::to_owned));
    }
    Ok(texts)
}

fn show_put(put: &EntriesPut, print: Print) {
    print.json(put);
    if let Some((before, now)) = &put.replaced {
        let text = format!("{} is replaced by {}", before.join(", "), now.join(", "));
        print.labelled("key", &text);
    }
    for one in &put.entries {
        print.line(&format!("{} {}.", one.entry, one.came));
        show_held(&one.held, print);
        view::show_missing(&one.holds, print);
    }
}

fn show_held(held: &[DespatchId], print: Print) {
    if !held.is_empty() {
        let ids = listed(held);
        let text = format!("{ids}: any approval is void, and each is regenerated once the entry is verified");
        print.labelled("held", &text);
    }
}

fn show_expired(expired: &EntryExpired, print: Print) {
    print.json(expired);
    let last = date_words(expired.last);
    print.line(&format!("{} is valid until {last}.", expired.entry.id));
    if !expired.held.is_empty() {
        print.labelled("held", &listed(&expired.held));
    }
}

fn show_sent(sent: &directory::TestMessageSent, print: Print) -> Exit {
    print.json(sent);
    let (exit, reply) = match &sent.verdict {
        Verdict::Accepted { reply } => (Exit::Done, reply),
        Verdict::Deferred { reply } => (Exit::TryAgain, reply),
        Verdict::Refused { reply } | Verdict::InDoubt { why: reply } => (Exit::AtFault, reply),
    };
    let (id, entry) = (&sent.id, &sent.entry);
    print.line(&format!("test message to {}, {}: {reply}", entry.name, entry.organisation));
    if !sent.verdict.may_have_gone() {
        print.line("It did not go, and nothing tries again by itself: mend that and give the command again.");
    }
    if exit == Exit::Done && sent.has_passphrase {
        print
            .line(&format!("First tell the recipient the words that open it: despatch directory words {id}"));
    }
    if exit == Exit::Done {
        print.line(&format!(
            "Once the recipient reads out its numbers: despatch directory opened {id} --words \"…\""
        ));
    }
    exit
}
