//! One made-up person's case as a sequence of events on days. Each plan's record goes into the history, with what
//! became of its messages; what each event makes is told in short lines.

use super::cases::{attachment, case, entry as id};
use super::events::{Happens, died, report};
use super::{conscience, day, the_calendar, the_pack};
use chrono::NaiveDate;
use despatch_core::fault::Fault;
use despatch_core::words::{Role, weekday_words};
use despatch_process::case::*;
use despatch_process::events::ReferralFact;
use despatch_process::{
    Calendar, Fact, History, Pack, PastEvent, PastMessage, PendingEffect, PlaceKind, Places, Plan, Planned,
    Recorded, To, plan,
};
use std::fmt::Write;
use std::sync::LazyLock;

/// Made-up places of the kinds of which the guidance names none: id, name, kind, nation and the teams there.
const MORE_PLACES: [(&str, &str, &str, &str, &str); 8] = [
    ("northmoor", "Northmoor", "prison", "england", "\"ost\", \"healthcare\""),
    ("glenfern", "Glenfern", "prison", "scotland", "\"ost\", \"healthcare\""),
    ("ashdale", "Ashdale", "yoi", "england", "\"ost\", \"healthcare\""),
    ("larch-unit", "Larch Unit", "mbu", "england", "\"ost\", \"healthcare\""),
    ("st-osyth", "St Osyth", "hospital", "england", "\"healthcare\""),
    ("kirk-street", "Kirk Street", "police", "northern-ireland", "\"healthcare\""),
    ("quay-side", "Quay Side", "holding_room", "england", "\"healthcare\""),
    ("pier-lodge", "Pier Lodge", "residential_holding_room", "england", "\"healthcare\""),
];

pub static CALENDAR: LazyLock<Calendar> = LazyLock::new(the_calendar);
/// The places of the guidance, and those.
pub static EVERY_PLACE: LazyLock<Places> = LazyLock::new(|| {
    let more = MORE_PLACES.map(|(id, name, kind, nation, bodies)| {
        let division = if nation == "england" { "england-and-wales" } else { nation };
        format!(
            "\n[[place]]\nid = \"{id}\"\nname = \"{name}\"\nkind = \"{kind}\"\ndivision = \"{division}\"\nnation = \
             \"{nation}\"\nbodies = [{bodies}]\nsource = \"made up\"\n"
        )
    });
    Places::parse(&format!("{}{}", super::PLACES, more.concat())).expect("the places are sound")
});
static PACK: LazyLock<Pack> = LazyLock::new(the_pack);

/// A person's case, as it goes on.
pub struct Story {
    pub case: Case,
    pub history: History,
    pub pack: Pack,
    /// Whether the files come without their attachments from now on.
    bare: bool,
    /// What each plan was made of, and whether the standards were complete.
    asked: Vec<(Case, History, bool)>,
    /// Every plan so far, with its event and the kind of the place.
    pub plans: Vec<(EventName, PlaceKind, Plan)>,
}

/// What one event made.
#[derive(Debug)]
pub struct Made {
    pub plan: Plan,
    lines: Vec<String>,
}

impl Story {
    /// The person is detained at this place since Monday 5 January 2026, needs an interpreter and is represented.
    pub fn at(place: &str) -> Self {
        let mut case = case(report()(day("Monday 5 January 2026")));
        case.detention = Detention {
            place: place.parse().expect("an id"),
            since: day("Monday 5 January 2026"),
            powers: Some(Powers::Immigration),
        };
        case.representative.as_mut().expect("one").authority_date = day("Monday 12 January 2026");
        case.decision_maker =
            Some(Manager { entry: id("the-team-leader"), grade: Grade::SEO, reference: None });
        Self {
            case,
            history: History::default(),
            pack: PACK.clone(),
            bare: false,
            asked: Vec::new(),
            plans: Vec::new(),
        }
    }

    /// Whoever writes the files forgets to attach anything from now on.
    pub fn nothing_is_attached(&mut self) {
        self.bare = true;
    }

    /// The office has completed the list of standards, so responses can go.
    pub fn with_complete_standards(mut self) -> Self {
        self.pack.second_opinion_mut().expect("its family").standards.complete = true;
        self
    }

    pub fn without_representative(mut self) -> Self {
        self.case.representative = None;
        self
    }

    /// What comes next is dropped with the reason why it is right despite the record.
    pub fn despite_history(&mut self) {
        self.case.despite_history = Some("Marker-Despite".to_owned());
    }

    /// Something happens, and the rules have a plan for it. All that no person must decide first goes at once.
    #[track_caller]
    pub fn on(&mut self, words: &str, happens: Happens) -> Made {
        let today = day(words);
        match self.try_on(today, happens(today)) {
            Ok(plan) => self.take(plan),
            Err(faults) => panic!("{words}: {}", told(&faults).join("\n")),
        }
    }

    /// The file of an earlier event is corrected, and refused: nothing has changed.
    #[track_caller]
    pub fn refuses_correction(&mut self, index: usize, words: &str, happens: Happens) -> Vec<String> {
        let whole = self.history.clone();
        let mut later = self.history.events.split_off(index);
        let first = later.remove(0);
        let recorded = std::iter::once(&first).chain(&later).map(|past| &past.recorded);
        self.history.served_since = History::served_after(recorded, &first.recorded.event_id, day(words));
        self.history.replaced = Some(Box::new(first));
        let faults = self.refused(words, happens);
        self.history = whole;
        faults
    }

    /// Something is said to have happened, and is refused: "code at pointer: cause".
    #[track_caller]
    pub fn refused(&mut self, words: &str, happens: Happens) -> Vec<String> {
        let today = day(words);
        match self.try_on(today, happens(today)) {
            Ok(plan) => panic!("{words}: {}", lines(&plan).join("\n")),
            Err(faults) => told(&faults),
        }
    }

    /// The plan for an event, which changes nothing yet.
    pub fn try_on(&mut self, today: NaiveDate, event: Event) -> Result<Plan, Vec<Fault>> {
        let number = self.history.events.len() + 1;
        self.case.event_id = format!("e-{number}").parse().expect("an id");
        let opinion = despatch_process::CaseState::of(&self.history).opinion_received_on.is_some();
        self.case.attachments = if self.bare { Vec::new() } else { attachments(&event, opinion) };
        self.case.event = event;
        let plan = || plan(&self.case, &self.history, &self.pack, &CALENDAR, &EVERY_PLACE, today);
        let found = plan();
        assert_eq!(found, plan(), "the same from the same");
        match &found {
            Ok(plan) => conscience::plan(&self.case, &self.history, plan),
            Err(faults) => conscience::faults(faults),
        }
        found
    }

    /// Puts a plan on record: what is unsent becomes what it says, and what it makes goes.
    pub fn take(&mut self, plan: Plan) -> Made {
        self.asked.push((
            self.case.clone(),
            self.history.clone(),
            self.pack.second_opinion().expect("its family").standards.complete,
        ));
        self.give_way(&plan.recorded);
        let messages = plan.despatches.iter().map(|one| PastMessage {
            purpose: one.purpose,
            row: one.row.clone(),
            kind: one.kind.clone(),
            role: one.role,
            to: one.to.clone(),
            sent: one.hold.is_none(),
        });
        let submission = self.next_submission();
        self.history.events.push(PastEvent {
            submission,
            pack: plan.pack.clone(),
            recorded: plan.recorded.clone(),
            messages: messages.collect(),
            messages_before: Vec::new(),
        });
        if let Fact::ReferralReceived(ReferralFact { week, granted: true, .. }) = plan.recorded.fact {
            *self.history.granted.entry(week).or_default() += 1;
        }
        self.case.despite_history = None;
        let kind = plan.recorded.place_kind;
        self.plans.push((plan.recorded.fact.name(), kind, plan.clone()));
        Made { lines: lines(&plan), plan }
    }

    /// An event happens that is made already.
    #[track_caller]
    pub fn take_outcome(&mut self, words: &str, event: Event) -> Made {
        let plan = self.try_on(day(words), event).unwrap_or_else(|faults| panic!("{words}: {faults:?}"));
        self.take(plan)
    }

    fn next_submission(&self) -> i64 {
        self.history.events.iter().map(|past| past.submission).max().unwrap_or_default() + 1
    }

    /// The file of an earlier event, by its index, is corrected: planned by what came before it, the mended event
    /// stands in its place.
    #[track_caller]
    pub fn corrects(&mut self, index: usize, words: &str, happens: Happens) -> Made {
        let submission = self.next_submission();
        let mut later = self.history.events.split_off(index);
        let first = later.remove(0);
        self.history.replaced_on = Some(first.recorded.on);
        self.history.replaced = Some(Box::new(first));
        let today = day(words);
        let recorded = self.history.replaced.iter().map(|past| &past.recorded);
        let recorded = recorded.chain(later.iter().map(|past| &past.recorded));
        let id = self.history.replaced.as_ref().map(|past| past.recorded.event_id.clone()).expect("one");
        self.history.served_since = History::served_after(recorded, &id, today);
        let made = self.on(words, happens);
        (self.history.replaced_on, self.history.replaced, self.history.served_since) = (None, None, None);
        self.history.events[index].submission = submission;
        self.history.events.extend(later);
        self.plans.swap_remove(index);
        self.asked.swap_remove(index);
        made
    }

    /// Another story beside it, whose plans count as well.
    pub fn with(&mut self, other: Story) {
        self.asked.extend(other.asked);
        self.plans.extend(other.plans);
    }

    /// The plans that another pack makes of the same.
    pub fn again(&self, pack: &Pack) -> Vec<Plan> {
        let mut pack = pack.clone();
        let asked = self.asked.iter().zip(&self.plans);
        let again = asked.map(|((case, history, complete), (_, _, made))| {
            pack.second_opinion_mut().expect("its family").standards.complete = *complete;
            plan(case, history, &pack, &CALENDAR, &EVERY_PLACE, made.issued_on).expect("a plan, as before")
        });
        again.collect()
    }

    /// What has not gone gives way, as the event says.
    fn give_way(&mut self, by: &Recorded) {
        let gives_way = |one: &Planned, made: &Fact| {
            by.pending_effects.iter().any(|effect| effect.supersedes() && effect.means(by, one, Some(made)))
        };
        for (past, (_, _, plan)) in self.history.events.iter_mut().zip(&self.plans) {
            let made = &past.recorded.fact;
            past.messages.retain(|message| {
                let same = |one: &&Planned| {
                    (one.purpose, &one.kind, &one.to) == (message.purpose, &message.kind, &message.to)
                };
                message.sent || !plan.despatches.iter().filter(same).any(|one| gives_way(one, made))
            });
        }
    }

    /// None of the last event's messages has gone yet.
    pub fn nothing_went(&mut self) {
        let last = self.history.events.last_mut().expect("an event");
        last.messages.iter_mut().for_each(|message| message.sent = false);
    }

    /// A person let what was held of the last event go.
    pub fn all_went(&mut self) {
        let last = self.history.events.last_mut().expect("an event");
        last.messages.iter_mut().for_each(|message| message.sent = true);
    }

    /// The person is moved.
    #[track_caller]
    pub fn moves(&mut self, words: &str, to: &str) -> Made {
        let from = std::mem::replace(&mut self.case.detention.place, to.parse().expect("an id"));
        self.on(words, Box::new(move |on| Event::Transferred(Transferred { on, from: from.clone() })))
    }

    /// The person, who had left, is detained again on this day.
    #[track_caller]
    pub fn is_detained_again(&mut self, words: &str, at: &str) -> Made {
        self.case.detention.place = at.parse().expect("an id");
        self.case.detention.since = day(words);
        self.on(words, Box::new(|detained_on| Event::DetainedAgain(DetainedAgain { detained_on })))
    }

    /// Another representative, or none, from now on.
    pub fn new_representative(
        &mut self,
        entry: Option<&str>,
        appointment: Option<AppointmentConfirmed>,
    ) -> Happens {
        let authority_date = day("Monday 12 January 2026");
        let new = entry.map(|entry| Representative { entry: id(entry), authority_date, reference: None });
        let old = std::mem::replace(&mut self.case.representative, new);
        let previous = old.map(|old| old.entry);
        Box::new(move |on| {
            let appointment = appointment.clone();
            Event::RepresentativeChanged(RepresentativeChanged {
                on,
                previous: previous.clone(),
                appointment,
            })
        })
    }
}

impl Made {
    /// Each message in one line.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// Exactly these messages.
    #[track_caller]
    pub fn makes(&self, expected: &[&str]) -> &Self {
        assert!(
            self.lines == expected,
            "made:\n{}\nin place of:\n{}",
            self.lines.join("\n"),
            expected.join("\n")
        );
        self
    }

    /// A line of this start among others.
    #[track_caller]
    pub fn tells(&self, start: &str) -> &Self {
        assert!(
            self.lines.iter().any(|line| line.starts_with(start)),
            "no {start} in:\n{}",
            self.lines.join("\n")
        );
        self
    }

    /// No line of this start.
    #[track_caller]
    pub fn is_silent_on(&self, start: &str) -> &Self {
        assert!(
            !self.lines.iter().any(|line| line.starts_with(start)),
            "{start} in:\n{}",
            self.lines.join("\n")
        );
        self
    }

    /// A warning that says so.
    #[track_caller]
    pub fn warns(&self, says: &str) -> &Self {
        let warnings = &self.plan.warnings;
        assert!(warnings.iter().any(|warning| warning.contains(says)), "no {says} in {warnings:#?}");
        self
    }

    #[track_caller]
    pub fn warns_of_nothing(&self) -> &Self {
        assert!(self.plan.warnings.is_empty(), "{:#?}", self.plan.warnings);
        self
    }

    /// The reason that the letters give.
    #[track_caller]
    pub fn because(&self, reason: &str) -> &Self {
        assert_eq!(self.plan.outcome.reason.as_deref(), Some(reason));
        self
    }

    #[track_caller]
    pub fn affects(&self, effect: PendingEffect) -> &Self {
        assert!(
            self.plan.recorded.pending_effects.contains(&effect),
            "{:?}",
            self.plan.recorded.pending_effects
        );
        self
    }

    /// What has not gone stays as it is.
    #[track_caller]
    pub fn leaves_the_unsent(&self) -> &Self {
        assert!(self.plan.recorded.pending_effects.is_empty(), "{:?}", self.plan.recorded.pending_effects);
        self
    }

    /// The one message of a row to a role.
    #[track_caller]
    pub fn message(&self, row: &str, role: Role) -> &Planned {
        let mut found =
            self.plan.despatches.iter().filter(|one| (one.row.to_string().as_str(), one.role) == (row, role));
        let one =
            found.next().unwrap_or_else(|| panic!("no {row} to {role:?} in:\n{}", self.lines.join("\n")));
        assert!(found.next().is_none(), "several: {row} to {role:?}");
        one
    }
}

/// What the caseworker attaches to such an event.
fn attachments(event: &Event, opinion: bool) -> Vec<Attachment> {
    use AttachmentKind::*;
    let kinds: &[AttachmentKind] = match event {
        Event::ExternalReportReceived(_) | Event::NoDoctorAvailable(_) => &[ExternalMedicalReport],
        Event::CopiedToHealthcare(event) if event.of == CopyOf::Report => &[ExternalMedicalReport],
        Event::CopiedToHealthcare(_) => &[SecondOpinionReport],
        Event::AppointmentConfirmed(_) => &[SupportingInformation, ExternalMedicalReport],
        Event::ResponseReceived(event) if event.records == Answer::Yes => &[SignedConsent],
        Event::RecordsReceived(_) => &[HealthcareRecords],
        Event::DetainedAgain(_) if opinion => &[ExternalMedicalReport, SecondOpinionReport],
        Event::DetainedAgain(_) => &[ExternalMedicalReport],
        Event::ReleaseWithdrawn(_) if opinion => &[SecondOpinionReport],
        // Whoever moves the person has the report at hand, and the second opinion once it is in.
        Event::Transferred(_) if opinion => &[ExternalMedicalReport, SecondOpinionReport],
        Event::Transferred(_) => &[ExternalMedicalReport],
        Event::SecondOpinionReceived(_) => &[SecondOpinionReport],
        Event::ResponseDecided(event) if event.second_opinion.is_some() => &[SecondOpinionReport],
        _ => &[],
    };
    kinds.iter().map(|kind| attachment(&format!("{kind:?}.pdf").to_lowercase(), *kind)).collect()
}

/// "code at pointer: cause"
fn told(faults: &[Fault]) -> Vec<String> {
    faults.iter().map(|fault| format!("{} at {}: {}", fault.code, fault.at, fault.cause)).collect()
}

pub fn lines(plan: &Plan) -> Vec<String> {
    plan.despatches.iter().map(line).collect()
}

/// "12 service-pack to the DET of brook-house, due Friday 6 March 2026"
pub fn line(one: &Planned) -> String {
    let role = match one.role {
        Role::Dmrt => "the DMRT",
        Role::Det => "the DET",
        Role::Ost => "the OST",
        Role::Healthcare => "healthcare",
        Role::InterpreterBooking => "the interpreters",
        _ => "",
    };
    let to = match &one.to {
        To::Entry(entry) => entry.as_str().replace('-', " "),
        To::Body(Some(place)) => format!("{role} of {place}"),
        To::Body(None) => role.to_owned(),
    };
    let mut line = format!("{} {} to {to}", one.row, one.kind);
    if let Some(deadline) = &one.deadline {
        write!(line, ", due {}", weekday_words(deadline.due)).expect("text");
    }
    if let Some(hold) = &one.hold {
        let firm = if hold.firm { " firmly" } else { "" };
        write!(line, ", held{firm}: {}", hold.code).expect("text");
    }
    line
}

#[test]
fn a_story_remembers_what_went_and_what_waits() {
    let mut story = Story::at("brook-house");
    story.on("Monday 2 March 2026", report()).tells("1 referral to the DMRT, due Tuesday 3 March 2026");
    assert!(story.history.events[0].messages.iter().all(|message| message.sent));
    story.nothing_went();
    assert!(story.history.events[0].messages.iter().all(|message| !message.sent));
    story.on("Tuesday 3 March 2026", died()).affects(PendingEffect::Held);
    assert_eq!(story.history.events.len(), 2);
    let again = story.refused("Tuesday 3 March 2026", died());
    assert_eq!(again.len(), 1, "{again:?}");
}
