//! Enters: what staff ask and decide about policy packs. Leaves: what each pack says, and the decisions on record.
//! Never: lets a pack into use that two people have not adopted, or a decision without its person and reason.

mod diff;
mod fit;
mod show;

pub(super) use fit::{ending_soon, unfit};

use super::args::{Adopt, Policy};
use super::{open_ledger, open_office};
use crate::context::GlobalArgs as Common;
use crate::context::{CommandContext, Exit};
use crate::printing::{Print, strong, wrapped};
use despatch_app::office::Office;
use despatch_app::operations::Failure;
use despatch_app::operations::reason;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, PackId, count, date_words};
use despatch_ledger::{Adopted, Despatch, DespatchId, State, Terms};
use despatch_process::packs::pack::Status;
use despatch_process::{Adoption, Pack, PackRecord};
use despatch_settings::Staff;
use fit::Case;
use serde_json::json;

pub(super) fn policy(common: &Common, command: Policy, print: &Print) -> Result<Exit, Failure> {
    let (office, clock) = open_office(common)?;
    let desk = Desk { office: &office, now: clock.now(), print };
    let actor = || office.actor(common.actor.as_ref());
    match command {
        Policy::List => desk.list(),
        Policy::Show { pack } => desk.show(&pack),
        Policy::Diff { a, b } => {
            diff::diff(desk.pack(&a)?, desk.pack(&b)?, print);
            Ok(Exit::Done)
        }
        Policy::Adopt(adopt) => desk.adopt(&adopt, actor()?),
        Policy::Withdraw { pack, reason: why } => desk.withdraw(&pack, actor()?, &reason(&why)?),
        Policy::Move { case, pack, reason: why } => desk.move_case(&case, &pack, actor()?, &reason(&why)?),
    }
}

/// Where staff decide about packs.
struct Desk<'a> {
    office: &'a Office,
    now: Moment,
    print: &'a Print,
}

impl Desk<'_> {
    /// A pack of the office.
    fn pack(&self, id: &PackId) -> Result<&Pack, Fault> {
        self.office.packs.get(id).ok_or_else(|| {
            let known: Vec<&str> = self.office.packs.iter().map(|pack| pack.id.as_str()).collect();
            let cure = format!("name one of: {}", known.join(", "));
            Fault::new(format!("policy pack {id}"), "pack.missing", "the office has no such pack", cure)
        })
    }

    fn list(&self) -> Result<Exit, Failure> {
        let records = open_ledger(self.office)?.packs()?;
        let none = PackRecord::default();
        let mut rows = Vec::new();
        let mut listed = Vec::new();
        let mut lines = Vec::new();
        for pack in self.office.packs.iter() {
            let record = records.get(&pack.id).unwrap_or(&none);
            let default = pack.id == self.office.config.pack;
            let barred = self.office.packs.permitted(&pack.id, Some(record), self.now.today).err();
            rows.push(vec![
                pack.id.to_string(),
                show::status_words(pack, self.now.today),
                adopted_until(record),
                if barred.is_none() { "yes" } else { "no" }.to_owned(),
                if default { "new cases" } else { "" }.to_owned(),
                pack.extends.as_ref().map_or_else(String::new, |extends| extends.pack.to_string()),
            ]);
            lines.extend([String::new(), strong(pack.id.as_str()), wrapped("title", &pack.title)]);
            lines.extend(decided(record));
            lines.extend(barred.as_ref().map(|fault| wrapped("not usable", &fault.cause)));
            listed.push(json!({
                "id": pack.id, "title": pack.title, "status": pack.status_on(self.now.today),
                "usable": barred.is_none(), "why_not": barred, "for_new_cases": default,
                "extends": pack.extends, "decided": record,
            }));
        }
        self.print.json(&json!({ "today": self.now.today, "packs": listed }));
        let head = ["pack", "status", "adopted", "usable", "used for", "extends"];
        self.print.table(&head, &rows, "The office has no policy pack.");
        lines.iter().for_each(|line| self.print.line(line));
        Ok(Exit::Done)
    }

    fn show(&self, id: &PackId) -> Result<Exit, Failure> {
        let pack = self.pack(id)?;
        let record = open_ledger(self.office)?.packs()?.remove(id).unwrap_or_default();
        let barred = self.office.packs.permitted(id, Some(&record), self.now.today).err();
        self.print.json(&json!({
            "pack": pack, "status_today": pack.status_on(self.now.today), "usable": barred.is_none(),
            "why_not": barred, "decided": record,
        }));
        show::show(pack, self.now.today, self.print);
        self.print.line(&strong("\nIn this office"));
        decided(&record).iter().for_each(|line| self.print.line(line));
        let usable = barred.map_or_else(|| "yes".to_owned(), |fault| format!("no: {}", fault.cause));
        self.print.line(&wrapped("usable", &usable));
        Ok(Exit::Done)
    }

    fn adopt(&self, adopt: &Adopt, actor: &Staff) -> Result<Exit, Failure> {
        let pack = self.pack(&adopt.pack)?;
        let terms = match (&adopt.reason, adopt.until) {
            (Some(why), Some(expires)) => Some(Terms { reason: reason(why)?, expires }),
            _ => None,
        };
        let mut ledger = open_ledger(self.office)?;
        let before = ledger.packs()?.remove(&pack.id).unwrap_or_default();
        let in_force = pack.status_on(self.now.today).is_some_and(|change| change.status == Status::InForce);
        if in_force && before.withdrawn.is_none() {
            let cause = "it is in force, so it needs no adoption";
            let cure =
                "use it: policy.pack in despatch.toml for new cases, `despatch policy move` for open ones";
            return Err(Fault::new(format!("policy pack {}", pack.id), "adopt.in_force", cause, cure).into());
        }
        let adopted = ledger.adopt(&pack.id, actor, terms.as_ref(), self.now)?;
        let now = ledger.packs()?.remove(&pack.id).unwrap_or_default();
        self.print.json(&json!({
            "pack": pack.id, "outcome": match adopted { Adopted::Proposed => "proposed", Adopted::Confirmed => "adopted" },
            "decided": now,
        }));
        match adopted {
            Adopted::Proposed => self.tell_proposed(pack, actor, &before, &now),
            Adopted::Confirmed => self.tell_adopted(pack, &before, &now),
        }
        Ok(Exit::Done)
    }

    fn tell_proposed(&self, pack: &Pack, actor: &Staff, before: &PackRecord, now: &PackRecord) {
        let until = now.proposed().map_or_else(String::new, |terms| date_words(terms.expires));
        self.print.line(&format!("Proposed by {}: to adopt {} until {until}.", actor.id, pack.id));
        if let Some(earlier) = before.proposed() {
            let by = earlier.by.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            self.print.line(&format!("What {by} proposed until {} is void.", date_words(earlier.expires)));
        }
        if let Some(holds) = before.adoption.as_ref().filter(|adoption| adoption.by.len() > 1) {
            self.print.line(&format!("The adoption until {} goes on meanwhile.", date_words(holds.expires)));
        }
        self.print.line("A second member of staff must confirm it:");
        self.print.line(&format!("  despatch policy show {0} && despatch policy adopt {0}", pack.id));
    }

    fn tell_adopted(&self, pack: &Pack, before: &PackRecord, now: &PackRecord) {
        let Some(adoption) = &now.adoption else { return };
        let people = people(adoption);
        self.print.line(&format!(
            "Adopted by {people}: {} may be used until {}.",
            pack.id,
            date_words(adoption.expires)
        ));
        if pack.id != self.office.config.pack {
            self.print.line("It is not the pack for new cases: that is policy.pack in despatch.toml.");
        }
        if before.withdrawn.is_some() {
            self.print.line("It is no longer withdrawn; what was held stays so until it is released.");
        }
    }

    fn withdraw(&self, id: &PackId, actor: &Staff, why: &str) -> Result<Exit, Failure> {
        self.pack(id)?;
        let mut ledger = open_ledger(self.office)?;
        let at = format!("policy pack {id}");
        if let Some(earlier) = ledger.packs()?.remove(id).and_then(|record| record.withdrawn) {
            let cause = format!("{} withdrew it on {}", earlier.by, date_words(earlier.on));
            let cure = "nothing is left to do; `despatch outbox list --state held` has what is held";
            return Err(Fault::new(at, "withdraw.twice", cause, cure).into());
        }
        let (_, held) = ledger.withdraw(id, actor, why, self.now)?;
        let despatches = ledger.unsent_of_pack(id)?;
        let going: Vec<DespatchId> =
            despatches.iter().filter(|one| one.planned.safety).map(|one| one.id).collect();
        let of_case = |case: &CaseId| -> Vec<String> {
            let ours = |one: &&Despatch| one.case_id == *case && held.contains(&one.id);
            despatches.iter().filter(ours).map(|one| one.id.to_string()).collect()
        };
        let mut cases: Vec<(CaseId, Vec<String>)> = Vec::new();
        for Case { id: case, pack, open } in fit::cases(&mut ledger)? {
            let held = of_case(&case);
            if pack == *id && (open || !held.is_empty()) {
                cases.push((case, held));
            }
        }
        self.print.json(&json!({
            "pack": id, "outcome": "withdrawn", "held": held, "not_held": going,
            "cases": cases.iter().map(|(case, held)| json!({ "case_id": case, "held": held })).collect::<Vec<_>>(),
        }));
        self.tell_withdrawn(id, actor, &held, &cases, &going);
        Ok(Exit::Done)
    }

    fn tell_withdrawn(
        &self,
        id: &PackId,
        actor: &Staff,
        held: &[DespatchId],
        cases: &[(CaseId, Vec<String>)],
        going: &[DespatchId],
    ) {
        let say = |text: &str| self.print.line(text);
        let (many, despatches) = (count(cases.len(), "case"), count(held.len(), "despatch"));
        say(&format!("Withdrawn by {}: {id}. Under it: {many}; held: {despatches}.", actor.id));
        for (case, held) in cases {
            let text = if held.is_empty() { "nothing unsent".to_owned() } else { held.join(", ") };
            say(&wrapped(case.as_str(), &format!(" {text}")));
        }
        if !going.is_empty() {
            let ids: Vec<String> = going.iter().map(ToString::to_string).collect();
            say(&wrapped(
                "not held",
                &format!("{}: copies for a healthcare team, which no policy delays", ids.join(", ")),
            ));
        }
        if *id == self.office.config.pack {
            say("It was the pack for new cases: until policy.pack in despatch.toml names another one,");
            say("`despatch run` takes nothing from the inbox.");
        }
        if !cases.is_empty() {
            say("For each case: despatch policy move CASE PACK --reason REASON");
        }
    }

    fn move_case(&self, case: &CaseId, id: &PackId, actor: &Staff, why: &str) -> Result<Exit, Failure> {
        self.pack(id)?;
        let mut ledger = open_ledger(self.office)?;
        let records = ledger.packs()?;
        self.office.packs.permitted(id, records.get(id), self.now.today)?;
        let before = ledger.case_events(case)?.last().map(|event| event.pack.clone());
        if before.as_ref() == Some(id) {
            let cause = format!("it is under {id} already");
            return Err(Fault::new(case.to_string(), "move.same", cause, "name another pack").into());
        }
        ledger.move_case(case, id, actor, why, self.now)?;
        let mut unsent = ledger.unsent_of_case(case)?;
        unsent.retain(|one| one.pack != *id);
        let ids = |held: bool| -> Vec<String> {
            let state = |one: &&Despatch| (one.state == State::Held) == held;
            unsent.iter().filter(state).map(|one| one.id.to_string()).collect()
        };
        let (held, others) = (ids(true), ids(false));
        self.print.json(&json!({
            "case_id": case, "pack": id, "before": before, "outcome": "moved", "held": held, "other_unsent": others,
        }));
        let from = before.map_or_else(String::new, |before| format!(" from {before}"));
        self.print.line(&format!(
            "Moved by {}: {case}{from} to {id}. New events of this case follow {id}.",
            actor.id
        ));
        if held.is_empty() {
            self.print.line("Nothing of it is held.");
        } else {
            self.print.line(&wrapped("held", &held.join(", ")));
            self.print.line("To make it anew under its new pack, for review:");
            self.print.line(&format!("  despatch outbox release {} --reason REASON", held.join(" ")));
        }
        if !others.is_empty() {
            let text = format!(
                "{}: made under the earlier pack; it goes as it is, if that may be used",
                others.join(", ")
            );
            self.print.line(&wrapped("not held", &text));
        }
        Ok(Exit::Done)
    }
}

/// Until when a pack is adopted, or what that waits for.
fn adopted_until(record: &PackRecord) -> String {
    match &record.adoption {
        Some(adoption) if adoption.by.len() > 1 => format!("until {}", date_words(adoption.expires)),
        Some(_) => "by one of two".to_owned(),
        None => String::new(),
    }
}

fn people(adoption: &Adoption) -> String {
    adoption.by.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
}

/// What staff decided about a pack, in lines.
fn decided(record: &PackRecord) -> Vec<String> {
    let mut lines = Vec::new();
    for adoption in record.adoption.iter().chain(&record.renewal) {
        let (people, until) = (people(adoption), date_words(adoption.expires));
        lines.push(if adoption.by.len() > 1 {
            let from = date_words(adoption.from);
            wrapped("adopted", &format!("by {people}, from {from} until {until}: {}", adoption.reason))
        } else {
            let waits = "waits for a second member of staff";
            wrapped("proposed", &format!("by {people}, until {until}: {}; {waits}", adoption.reason))
        });
    }
    if let Some(withdrawn) = &record.withdrawn {
        let on = date_words(withdrawn.on);
        lines.push(wrapped("withdrawn", &format!("by {} on {on}: {}", withdrawn.by, withdrawn.reason)));
    }
    lines
}

/// Which edition of the guidance counts, and for which cases
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Policy,
}

pub fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    policy(&context.global, args.command, &context.print)
}
