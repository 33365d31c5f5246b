//! Enters: a reviewer's commands. Leaves: what waits, what it holds, and what was decided.
//! Never: lets somebody decide without being on the staff list.

use super::args::{Approve, Common, Decide, List, OpenDespatch, Outbox, Passphrase, Release, UrgentRelease};
use super::checked;
use super::open::{make_folder, write_all};
use super::print::{self, Print, count, strong, wrapped};
use super::reading::{documents, sealed_to, words};
use super::receipts::{received, unopened};
use super::run::signing;
use super::secrets::Secrets;
use super::{Exit, Failure, open_ledger, open_office, this_program};
use despatch_app::intake::{Inbox, Scanner, Waiting};
use despatch_app::office::{Office, Unlock};
use despatch_app::pipeline::{Line, append_file, remake};
use despatch_core::clock::{Clock, Moment};
use despatch_core::fault::Fault;
use despatch_core::private::Secret;
use despatch_core::random::random_hex;
use despatch_core::words::{KindName, Sha256, date_words, weekday_words};
use despatch_directory::entry::Method;
use despatch_ledger::{
    Checks, Decision, Despatch, DespatchId, Event, Hold, Ledger, LedgerError, OutboxPage, Page, Selection,
    State, recheck,
};
use despatch_settings::Staff;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub(super) fn outbox(common: &Common, command: Outbox, print: &Print) -> Result<Exit, Failure> {
    let (office, clock) = open_office(common)?;
    let desk = Desk { office: &office, clock, print };
    let actor = || office.actor(common.actor.as_ref());
    match command {
        Outbox::List(list) => desk.list(&list),
        Outbox::Show { id } => desk.show(id),
        Outbox::Open(open) => desk.open(&open, actor()?),
        Outbox::Approve(approve) => desk.approve(&approve, actor()?),
        Outbox::Return(decide) => desk.decide(&decide, actor()?, Decision::Return),
        Outbox::Hold(decide) => desk.decide(&decide, actor()?, Decision::Hold),
        Outbox::Cancel(decide) => desk.decide(&decide, actor()?, Decision::Cancel),
        Outbox::Release(release) => desk.release(&release, actor()?),
        Outbox::Words(args) => words(&office, &args, actor()?, clock.now(), print),
        Outbox::Received(args) => received(&office, &args, actor()?, clock.now(), print),
        Outbox::Unopened(args) => unopened(&office, &args, actor()?, clock.now(), print),
        Outbox::Urgent(decide) => desk.urgent(&decide, actor()?),
        Outbox::Reviewed(decide) => desk.reviewed(&decide, actor()?),
    }
}

/// Lifts holds and makes anew what has to be, as `outbox release` does.
pub(super) fn release(
    office: &Office,
    clock: Clock,
    print: &Print,
    release: &Release,
    actor: &Staff,
) -> Result<Exit, Failure> {
    Desk { office, clock, print }.release(release, actor)
}

/// Where a reviewer sits.
struct Desk<'a> {
    office: &'a Office,
    clock: Clock,
    print: &'a Print,
}

impl Desk<'_> {
    fn list(&self, list: &List) -> Result<Exit, Failure> {
        let selection = Selection {
            states: list.state.as_ref().map_or_else(Vec::new, |states| states.0.clone()),
            case_id: list.case.clone(),
            role: list.role,
        };
        let page = Page { number: list.page, limit: list.limit };
        let mut ledger = open_ledger(self.office)?;
        let OutboxPage { despatches, total } = ledger.outbox_page(&selection, page)?;
        let unreviewed = ledger.unreviewed()?;
        let to_review: Vec<DespatchId> = unreviewed.iter().map(|one| one.id).collect();
        let waiting = self.waiting()?;
        self.print.json(&json!({
            "despatches": despatches, "page": page.number, "limit": page.limit, "total": total,
            "waiting": waiting, "to_review": to_review,
        }));
        let head = ["id", "case", "row", "what", "to", "due", "state"];
        self.print.table(
            &head,
            &despatches.iter().map(row).collect::<Vec<_>>(),
            "The outbox holds no such despatch.",
        );
        let shown = u64::from(page.number) * u64::from(page.limit);
        if total > shown {
            let more = format!("{} more: --page {} shows the next", total - shown, page.number + 1);
            self.print.line(&format!("\n{more}."));
        }
        let reasons = despatches.iter().filter_map(|despatch| Some((despatch, why(despatch)?)));
        for (index, (despatch, why)) in reasons.enumerate() {
            let gap = if index == 0 { "\n" } else { "" };
            self.print.line(&format!(
                "{gap}{}",
                wrapped(&format!("{} {}", despatch.id, despatch.state.words()), &why)
            ));
        }
        checked::tell_open(&despatches, &unreviewed, self.print);
        let newer = self.outdated(&despatches);
        if !newer.is_empty() {
            self.print.line(&format!(
                "\nThe templates of {} have changed since. What waits stays as it was made; to have it made anew, drop the case file again with `replaces`.",
                newer.join(", ")
            ));
        }
        for one in waiting {
            self.print.line(&format!(
                "\nwaiting in the inbox: {}: {}",
                one.file.display(),
                one.missing.join("; ")
            ));
        }
        Ok(Exit::Done)
    }

    /// The despatches that wait and were made of other templates than there are now.
    fn outdated(&self, despatches: &[Despatch]) -> Vec<String> {
        let mut now: BTreeMap<&KindName, Sha256> = BTreeMap::new();
        let mut outdated = Vec::new();
        for despatch in despatches {
            let waits = matches!(
                despatch.state,
                State::Held | State::AwaitingReview | State::Approved | State::Deferred | State::Returned
            );
            let Some(bound) = despatch.message.as_ref().filter(|_| waits) else { continue };
            let kind = &despatch.planned.kind;
            let now = now.entry(kind).or_insert_with(|| self.office.catalogue.fingerprint(kind));
            if bound.template != *now {
                outdated.push(despatch.id.to_string());
            }
        }
        outdated
    }

    /// What the inbox still waits for.
    fn waiting(&self) -> Result<Vec<Waiting>, Failure> {
        let inbox = Inbox::open(&self.office.inbox())?;
        Ok(Scanner::for_one_look().look(&inbox)?.waiting)
    }

    fn show(&self, id: DespatchId) -> Result<Exit, Failure> {
        let mut ledger = open_ledger(self.office)?;
        let despatch = ledger.despatch(id)?;
        let events = ledger.events(Some(&id.to_string()))?;
        self.print.json(&json!({ "despatch": despatch, "events": events }));
        show(&despatch, &events, self.print);
        Ok(Exit::Done)
    }

    fn open(&self, open: &OpenDespatch, actor: &Staff) -> Result<Exit, Failure> {
        let mut ledger = open_ledger(self.office)?;
        let despatch = ledger.despatch(open.id)?;
        let Some(bound) = &despatch.message else {
            let cause = "there is no message yet";
            return Err(Fault::new(
                open.id.to_string(),
                "open.no_message",
                cause,
                "mend what holds it and release it",
            )
            .into());
        };
        if ledger.is_removed(&ledger.files().message(open.id, bound.revision))? {
            let cause = "it was removed, when its period was over or with its case; the record of it stays";
            let cure = "`despatch outbox show` says when and by whom";
            return Err(Fault::new(open.id.to_string(), "open.removed", cause, cure).into());
        }
        let sealed_to = sealed_to(&mut ledger, self.office, &despatch)?;
        let secret = self.office.review_secret_of(&sealed_to, &unlock(&open.unlock))?;
        ledger.record_view(open.id, actor.id.as_str(), self.clock.now().at)?;
        let documents = documents(ledger.files(), &despatch, bound, &secret)?;
        if open.to.as_deref() == Some(Path::new("-")) {
            return to_stdout(&documents);
        }
        let folder = self.folder_for(open)?;
        write_all(&folder, &documents)?;
        let names: Vec<&String> = documents.iter().map(|(name, _)| name).collect();
        self.print.json(&json!({ "folder": folder, "documents": names, "message": bound.sha256 }));
        self.print.line(&format!(
            "Opened {} of {} into {}:",
            count(names.len(), "file"),
            open.id,
            folder.display()
        ));
        names.iter().for_each(|name| self.print.line(&format!("  {name}")));
        self.print.line(&format!("message {}; delete the folder when you have looked", bound.sha256.short()));
        Ok(Exit::Done)
    }

    /// Where the documents go: the reviewer's choice, else a new folder in memory, which no disk keeps.
    fn folder_for(&self, open: &OpenDespatch) -> Result<PathBuf, Failure> {
        let folder = match &open.to {
            Some(folder) => folder.clone(),
            None => memory_folder()?.join(format!("despatch-{}-{}", open.id, random_hex(4)?)),
        };
        make_folder(&folder)?;
        Ok(folder)
    }

    fn approve(&self, approve: &Approve, actor: &Staff) -> Result<Exit, Failure> {
        let mut ledger = open_ledger(self.office)?;
        self.each(&approve.ids, |id| {
            let seen = approve.message.as_deref();
            let now = self.clock.now();
            Ok(ledger.approve(id, actor, seen, &approve.confirm, self.checks(), now)?)
        })
    }

    fn decide(
        &self,
        decide: &Decide,
        actor: &Staff,
        decision: fn(String) -> Decision,
    ) -> Result<Exit, Failure> {
        let reason = reason(&decide.reason)?;
        let mut ledger = open_ledger(self.office)?;
        self.each(&decide.ids, |id| {
            let decision = decision(reason.clone());
            Ok(ledger.decide(id, actor, &decision, self.checks(), self.clock.now())?)
        })
    }

    /// Lifts holds; a message that was not right for its recipient is made anew, which takes the review key.
    fn release(&self, release: &Release, actor: &Staff) -> Result<Exit, Failure> {
        let reason = reason(&release.decide.reason)?;
        let mut ledger = open_ledger(self.office)?;
        let secrets = Secrets::new(self.office, unlock(&release.unlock));
        let signing = signing(&release.signing);
        let mut remaker = Remaker { office: self.office, secrets, signing, line: None };
        self.each(&release.decide.ids, |id| {
            let now = self.clock.now();
            if !release.overridden.is_empty() {
                ledger.override_checks(id, actor, &release.overridden, &reason, now)?;
            }
            let despatch = ledger.despatch(id)?;
            if must_remake(&despatch, &mut ledger, self.checks(), now)? {
                return remaker.remake(&mut ledger, &despatch, actor, &reason, now);
            }
            let decision = Decision::Release(reason.clone());
            Ok(ledger.decide(id, actor, &decision, self.checks(), now)?)
        })
    }

    /// Lets safety messages go on one person's word; a review is asked for afterwards.
    fn urgent(&self, urgent: &UrgentRelease, actor: &Staff) -> Result<Exit, Failure> {
        let UrgentRelease { decide, confirm } = urgent;
        let reason = reason(&decide.reason)?;
        let roles = &self.office.config.guards.urgent_release;
        let mut ledger = open_ledger(self.office)?;
        self.each(&decide.ids, |id| {
            let word = (reason.as_str(), confirm.as_slice());
            Ok(ledger.release_urgently(id, actor, word, roles, self.checks(), self.clock.now())?)
        })
    }

    /// Records the review of what one person alone let go.
    fn reviewed(&self, decide: &Decide, actor: &Staff) -> Result<Exit, Failure> {
        let reason = reason(&decide.reason)?;
        let mut ledger = open_ledger(self.office)?;
        self.each(&decide.ids, |id| Ok(ledger.review_urgent(id, actor, &reason, self.clock.now())?))
    }

    fn checks(&self) -> Checks<'_> {
        Checks { directory: &self.office.directory, packs: &self.office.packs }
    }

    /// Does one thing to each despatch, going on where one is refused.
    fn each(
        &self,
        ids: &[DespatchId],
        mut decide: impl FnMut(DespatchId) -> Result<Despatch, Failure>,
    ) -> Result<Exit, Failure> {
        let mut exit = Exit::Done;
        for id in ids {
            match decide(*id) {
                Ok(despatch) => {
                    self.print.json(&despatch);
                    let state = print::state(despatch.state);
                    self.print.line(&format!(
                        "{state}  {id}  to {}{}",
                        despatch.recipient.name,
                        binding(&despatch)
                    ));
                }
                Err(Failure::Faults(faults)) => {
                    exit = Exit::AtFault;
                    self.print.faults(&faults);
                }
                Err(other) => return Err(other),
            }
        }
        Ok(exit)
    }
}

/// Makes messages anew, with the key unlocked and the workers started once for all.
struct Remaker<'a> {
    office: &'a Office,
    secrets: Secrets<'a>,
    signing: Unlock,
    line: Option<Line<'a>>,
}

impl Remaker<'_> {
    fn remake(
        &mut self,
        ledger: &mut Ledger,
        despatch: &Despatch,
        actor: &Staff,
        reason: &str,
        now: Moment,
    ) -> Result<Despatch, Failure> {
        let sealed_to = ledger.review_key_of(despatch.id.claim, &self.office.review_key.fingerprint())?;
        let secret = self.secrets.key(&sealed_to)?;
        let line = match self.line.take() {
            Some(line) => self.line.insert(line),
            None => {
                let signer = self.office.signing_secret(&self.signing)?;
                ledger.keep_versions(&self.office.catalogue.versions(), now.today)?;
                ledger.keep_packs(&self.office.packs, now.today)?;
                self.line.insert(Line::new(self.office, &this_program()?)?.signed_by(signer))
            }
        };
        // What is wrong in the case file says where in it; the reader has to know whose it is.
        let whose = |fault: Fault| match fault.at.starts_with('/') {
            true => Fault { at: format!("{}: {}", despatch.id, fault.at), ..fault },
            false => fault,
        };
        let mut sealed = remake(line, ledger, despatch, secret, now)
            .map_err(|faults| faults.into_iter().map(whose).collect::<Vec<_>>())?;
        sealed.despatch.keep_overrides(&despatch.checks);
        if !sealed.despatch.holds.is_empty() {
            let words: Vec<&str> = sealed.despatch.holds.iter().map(|hold| hold.words.as_str()).collect();
            let cure = "mend that first; it is still held";
            return Err(Fault::new(despatch.id.to_string(), "despatch.held", words.join("; "), cure).into());
        }
        Ok(ledger.remade(despatch.id, actor, reason, sealed, now)?)
    }
}

/// Whether what stands in a despatch's way is gone once its message is made anew. What may have arrived is not
/// made again: a person settles that first.
fn must_remake(
    despatch: &Despatch,
    ledger: &mut Ledger,
    checks: Checks<'_>,
    now: Moment,
) -> Result<bool, LedgerError> {
    let held = matches!(despatch.state, State::Held | State::Refused | State::Deferred);
    let (packs, frozen) = (ledger.packs()?, ledger.frozen()?);
    let in_the_way =
        recheck(despatch, ledger.files(), checks, (&packs, &frozen), now.today).err().unwrap_or_default();
    // Only the rules can lift what they hold firmly, and they are asked when the message is made anew.
    let firm = despatch.planned.hold.as_ref().is_some_and(|hold| hold.firm);
    // A case that was moved is planned by its new pack, whatever was the matter with the old one.
    let moved = ledger.pack_of(despatch.id.claim)?.is_some_and(|pack| pack != despatch.pack);
    let by_pack = |hold: &Hold| moved && hold.code.starts_with("pack_");
    Ok(held && (firm || !in_the_way.is_empty()) && in_the_way.iter().all(|hold| hold.remake || by_pack(hold)))
}

pub(super) fn unlock(passphrase: &Passphrase) -> Unlock {
    Unlock::of(passphrase.passphrase_file.clone())
}

/// The reason that a command was given.
///
/// Errors: it says nothing.
pub(super) fn reason(text: &str) -> Result<String, Failure> {
    let text = text.trim();
    if text.is_empty() {
        let fault = Fault::new("--reason", "reason.empty", "a reason is missing", "say why in a few words");
        return Err(Failure::Usage(fault));
    }
    Ok(text.to_owned())
}

/// Writes the documents to stdout as a tar archive: for a reviewer whose command runs as another account, which
/// owns the outbox and must not own what the reviewer looks at.
fn to_stdout(documents: &[(String, Secret)]) -> Result<Exit, Failure> {
    let mut archive = tar::Builder::new(std::io::stdout().lock());
    for (name, plain) in documents {
        append_file(&mut archive, name, plain.as_slice(), plain.len() as u64)?;
    }
    archive.finish()?;
    Ok(Exit::Done)
}

/// A folder in memory: the user's own, or the machine's.
///
/// Errors: there is neither, and a disk would keep what is opened.
pub(super) fn memory_folder() -> Result<PathBuf, Fault> {
    let own = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let found = own.into_iter().chain([PathBuf::from("/dev/shm")]).find(|path| path.is_dir());
    let cure = "say where with --to, best on an encrypted disk";
    found.ok_or_else(|| Fault::new("--to", "open.memory", "this machine has no folder in memory", cure))
}

/// What an approval binds, in short.
fn binding(despatch: &Despatch) -> String {
    despatch.approval.as_ref().map_or_else(String::new, |approval| {
        format!(": message {}, keys {}", approval.sha256.short(), approval.fingerprints.join(", "))
    })
}

fn row(despatch: &Despatch) -> Vec<String> {
    vec![
        despatch.id.to_string(),
        despatch.case_id.to_string(),
        despatch.planned.row.to_string(),
        despatch.planned.kind.to_string(),
        despatch
            .recipient
            .entry
            .as_ref()
            .map_or_else(|| despatch.recipient.name.clone(), ToString::to_string),
        despatch.planned.deadline.as_ref().map_or_else(String::new, |deadline| date_words(deadline.due)),
        print::state(despatch.state),
    ]
}

/// Why a despatch is where it is, where that needs saying.
fn why(despatch: &Despatch) -> Option<String> {
    let holds: Vec<&str> = despatch.holds.iter().map(|hold| hold.words.as_str()).collect();
    match despatch.state {
        State::Held => Some(holds.join("; ")),
        State::Deferred | State::Refused | State::InDoubt => despatch.reply.clone(),
        State::Returned | State::Cancelled => despatch.reason.clone(),
        _ => None,
    }
}

fn show(despatch: &Despatch, events: &[Event], print: &Print) {
    let planned = &despatch.planned;
    let line = |label: &str, text: &str| print.line(&wrapped(label, text));
    print.line(&strong(&format!("{}  {}", despatch.id, print::state(despatch.state))));
    line(
        "case",
        &format!("{}, event {}, prepared by {}", despatch.case_id, despatch.event_id, despatch.prepared_by),
    );
    line(
        "what",
        &format!("{}, row {}{}", planned.kind, planned.row, if planned.copy { " (copy)" } else { "" }),
    );
    line("case file", &despatch.case_file.to_string());
    let recipient = &despatch.recipient;
    line("to", &format!("{}, {} <{}>", recipient.name, recipient.organisation, recipient.address));
    line("issued on", &weekday_words(despatch.issued_on));
    if let Some(deadline) = &planned.deadline {
        line("due", &format!("{}: {} ({})", weekday_words(deadline.due), deadline.what, deadline.arithmetic));
    }
    if let Some(window) = &planned.window {
        line("serve by", &format!("{}, or the window closes", weekday_words(window.latest_service)));
    }
    if let Some(last) = planned.not_after {
        line("not after", &weekday_words(last));
    }
    line("because", &planned.source);
    if let Some(bound) = &despatch.message {
        let size = bound.size.div_ceil(1000);
        let documents = count(bound.documents, "document");
        line("message", &format!("{} ({size} kB, {documents}, {})", bound.sha256, bound.message_id));
        let keys = match bound.method() {
            None => "the review key alone".to_owned(),
            Some(Method::Age) => bound.fingerprints.join(", "),
            Some(method) => {
                format!("opens {}; `despatch outbox words {}` has them", method.words(), despatch.id)
            }
        };
        line("sealed to", &keys);
        line("templates", &bound.template.to_string());
    }
    if let Some(approval) = &despatch.approval {
        line("approved", &format!("by {} on {}", approval.by, approval.at.format("%-d %B %Y, %H:%M UTC")));
    }
    checked::show(despatch, print);
    despatch.holds.iter().for_each(|hold| line("held", &hold.words));
    despatch.warnings.iter().for_each(|warning| line("warning", warning));
    despatch.reply.iter().for_each(|reply| line("answer", reply));
    despatch.reason.iter().for_each(|reason| line("reason", reason));
    if let Some(receipt) = &despatch.receipt {
        let opened = if receipt.opened { "opened" } else { "cannot be opened" };
        line(
            "receipt",
            &format!("{opened}; {} heard on {}: {}", receipt.by, date_words(receipt.on), receipt.how),
        );
    }
    let history: Vec<Vec<String>> = events
        .iter()
        .map(|event| vec![when(&event.at), event.what.replace('_', " "), event.actor.clone()])
        .collect();
    print.line("");
    print.table(&["at", "what", "by"], &history, "");
}

/// An event's time for people; as it stands where it is no time.
fn when(at: &str) -> String {
    let time = chrono::DateTime::parse_from_rfc3339(at);
    time.map_or_else(|_| at.to_owned(), |time| time.format("%-d %B %Y, %H:%M:%S UTC").to_string())
}
