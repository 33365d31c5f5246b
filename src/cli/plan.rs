//! Enters: a case file that nobody has dropped yet. Leaves: what would be made of it, for whom, by when and why, or
//! every fault as `run` would tell it. Never: writes anything, or renders a letter.

use super::args::{Common, Plan as Args};
use super::print::{Print, strong, wrapped};
use super::{Exit, Failure, open_ledger, open_office};
use chrono::NaiveDate;
use despatch_app::intake::{Loose, LooseAttachment};
use despatch_app::office::Office;
use despatch_app::pipeline::{checked_plan, read_case};
use despatch_core::fault::Fault;
use despatch_core::words::{EntryId, Sha256, weekday_words};
use despatch_ledger::{DespatchId, Foreseen, Hold, Ledger, State};
use despatch_letters::render::fonts::without_glyph;
use despatch_process::case::Case;
use despatch_process::packs::pack::IMPLIED;
use despatch_process::{Plan, Planned, Recorded, To};
use serde::Serialize;

pub(super) fn plan(common: &Common, args: &Args, print: &Print) -> Result<Exit, Failure> {
    let (office, clock) = open_office(common)?;
    let mut ledger = open_ledger(&office)?;
    let file = Loose::read(&args.file)?;
    let known = foresee(&office, &mut ledger, &file, &file.bytes, clock.now().today)?;
    match known {
        Known::Already(claim) => {
            print.json(&serde_json::json!({ "duplicate_of": claim, "faults": [] }));
            print.line(&format!("The same file is case {claim}; nothing would be made of it again."));
        }
        Known::New(foresight) => {
            print.json(&foresight.view());
            foresight.show(print);
            print.line("Nothing was written: drop the case file and its attachments to have this made.");
        }
    }
    Ok(Exit::Done)
}

/// What would become of a case file.
pub(super) enum Known<'a> {
    /// The same bytes are queued already, as this claim.
    Already(i64),
    New(Box<Foresight<'a>>),
}

/// What a case file would make.
pub(super) struct Foresight<'a> {
    pub(super) case: Case,
    pub(super) attachments: Vec<LooseAttachment>,
    pub(super) plan: Plan,
    made: Vec<Made<'a>>,
    unsent: Vec<Gives>,
}

/// One message that would be made.
#[derive(Serialize)]
struct Made<'a> {
    position: usize,
    title: &'a str,
    to: Option<Named<'a>>,
    /// The letters and attachments that go with the cover note, by title.
    encloses: Vec<String>,
    /// What would stand in its way.
    holds: Vec<Hold>,
}

/// Somebody of the directory.
#[derive(Serialize)]
struct Named<'a> {
    entry: &'a EntryId,
    name: &'a str,
    organisation: &'a str,
}

/// An unsent despatch of the case that the event concerns.
#[derive(Serialize)]
struct Gives {
    id: DespatchId,
    becomes: State,
}

/// Plans `bytes`, which may be those of `file` with a field more, as `run` would today.
pub(super) fn foresee<'a>(
    office: &'a Office,
    ledger: &mut Ledger,
    file: &Loose,
    bytes: &[u8],
    today: NaiveDate,
) -> Result<Known<'a>, Failure> {
    let case = read_case(office, bytes, file.owner)?;
    let sha256 = Sha256::of(bytes);
    let (attachments, mut found) = match file.attachments(&case.attachments) {
        Ok(attachments) => (attachments, Vec::new()),
        Err(faults) => (Vec::new(), faults),
    };
    found.extend(without_glyph(bytes));
    match ledger.foresee(&case.event_id, case.replaces, sha256)? {
        Foreseen::Duplicate(claim) => return Ok(Known::Already(claim)),
        Foreseen::Conflict(fault) => found.push(fault),
        Foreseen::Fresh => {}
    }
    let record = ledger.record(&case.case_id, &case.event_id, case.event.name())?;
    let (_, plan) = checked_plan(office, &case, &record, file.owner, &found, today)?;
    let made = plan.despatches.iter().enumerate();
    let made = made.map(|(index, planned)| Made::of(office, &case, planned, index + 1, today)).collect();
    let unsent = giving_way(ledger, &case, &plan.recorded)?;
    Ok(Known::New(Box::new(Foresight { case, attachments, plan, made, unsent })))
}

/// The despatches of the case that have not gone and that this file would take out or hold.
fn giving_way(ledger: &mut Ledger, case: &Case, by: &Recorded) -> Result<Vec<Gives>, Failure> {
    let replaced = match case.replaces {
        Some(file) => ledger.despatches_of_file(file)?,
        None => Vec::new(),
    };
    let replaced = replaced.into_iter().filter(|despatch| despatch.state.may_become(State::Superseded));
    let mut giving: Vec<Gives> =
        replaced.map(|despatch| Gives { id: despatch.id, becomes: State::Superseded }).collect();
    let overtaken = ledger.overtaken_by(&case.case_id, &case.event_id, by)?;
    giving.extend(overtaken.into_iter().map(|(id, gives_way)| {
        let becomes = if gives_way { State::Superseded } else { State::Held };
        Gives { id, becomes }
    }));
    Ok(giving)
}

impl<'a> Made<'a> {
    fn of(office: &'a Office, case: &Case, planned: &Planned, position: usize, today: NaiveDate) -> Self {
        let kind = office.catalogue.kind(&planned.kind);
        let resolution = office.directory.resolve(planned.role, &planned.to, &case.case_id, today);
        let mut holds: Vec<Hold> = resolution.holds.iter().map(Hold::from).collect();
        holds.extend(planned.hold.as_ref().map(Hold::from));
        let letters = kind.into_iter().flat_map(|kind| &kind.documents).map(|own| own.title.clone());
        let enclosed = planned.attachments.iter().filter_map(|index| case.attachments.get(*index));
        Made {
            position,
            title: kind.map_or("", |kind| kind.title.as_str()),
            to: resolution.entry.map(|entry| Named {
                entry: &entry.id,
                name: &entry.name,
                organisation: &entry.organisation,
            }),
            encloses: letters.chain(enclosed.map(|listed| listed.title.clone())).collect(),
            holds,
        }
    }

    fn show(&self, planned: &Planned, print: &Print) {
        let line = |label: &str, text: &str| print.line(&wrapped(label, text));
        let copy = if planned.copy { " (copy)" } else { "" };
        print.line("");
        print.line(&strong(&format!("{}  row {}: {}{copy}", self.position, planned.row, self.title)));
        let role = planned.role.words();
        line(
            "to",
            &match &self.to {
                Some(to) => format!("{}, {} ({role})", to.name, to.organisation),
                None => format!("nobody answers: {} ({role})", meant(&planned.to)),
            },
        );
        if !self.encloses.is_empty() {
            line("with", &self.encloses.join("; "));
        }
        if let Some(due) = &planned.deadline {
            line("due", &format!("{}: {}", weekday_words(due.due), due.what));
            line("counted", &due.arithmetic);
        }
        if let Some(window) = &planned.window {
            let served = weekday_words(window.latest_service);
            let answered = weekday_words(window.respond_by);
            line("window", &format!("served by {served} at the latest, answered by {answered}"));
        }
        if let Some(last) = planned.not_after {
            line("not after", &weekday_words(last));
        }
        self.holds.iter().for_each(|hold| line("would be held", &hold.words));
        line("because", &because(&planned.source));
    }
}

/// The entry or the body that a despatch is meant for.
fn meant(to: &To) -> String {
    match to {
        To::Entry(entry) => entry.to_string(),
        To::Body(Some(place)) => format!("for {place}"),
        To::Body(None) => "no entry".to_owned(),
    }
}

fn because(source: &str) -> String {
    if source == IMPLIED {
        "implied by the guidance, not written in it".to_owned()
    } else {
        source.to_owned()
    }
}

impl Foresight<'_> {
    /// The plan, whole, with whom it would go to and what would hold it.
    pub(super) fn view(&self) -> serde_json::Value {
        serde_json::json!({
            "case_id": self.case.case_id, "event_id": self.case.event_id, "event": self.case.event.name(),
            "plan": self.plan, "made": self.made, "unsent": self.unsent, "faults": [],
        })
    }

    pub(super) fn show(&self, print: &Print) {
        let line = |label: &str, text: &str| print.line(&wrapped(label, text));
        let (case, plan) = (&self.case, &self.plan);
        let head = format!("{}  {}, event {}", case.case_id, case.event.name().words(), case.event_id);
        print.line(&strong(&head));
        line("dated", &weekday_words(plan.issued_on));
        line("pack", plan.pack.as_str());
        if let Some(corrected) = plan.corrects {
            line("corrects", &format!("the letters of {}", weekday_words(corrected)));
        }
        for (made, planned) in self.made.iter().zip(&plan.despatches) {
            made.show(planned, print);
        }
        print.line("");
        if plan.despatches.is_empty() {
            print.line("No message would be made.");
        }
        for one in &plan.not_made {
            line("not made", &format!("row {}: {}", one.row, one.reason));
        }
        plan.warnings.iter().for_each(|warning| line("warning", warning));
        plan.notes.iter().for_each(|note| line("note", note));
        line("unsent", &self.unsent_words());
    }

    /// What becomes of what has not gone.
    fn unsent_words(&self) -> String {
        let ids = |state: State| {
            let ids = self.unsent.iter().filter(|one| one.becomes == state);
            ids.map(|one| one.id.to_string()).collect::<Vec<_>>().join(", ")
        };
        let (gone, held) = (ids(State::Superseded), ids(State::Held));
        let mut words = Vec::new();
        if !gone.is_empty() {
            words.push(format!("{gone} would give way to this"));
        }
        if !held.is_empty() {
            words.push(format!("{held} would be held for a person to decide"));
        }
        if words.is_empty() {
            "nothing of the case that waits would change".to_owned()
        } else {
            words.join("; ")
        }
    }
}

/// Every fault of a file that cannot be read as a case.
pub(super) fn unfit(office: &Office, file: &Loose) -> Vec<Fault> {
    read_case(office, &file.bytes, file.owner).err().unwrap_or_default()
}
