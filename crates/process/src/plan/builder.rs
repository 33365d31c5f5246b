//! Enters: the inputs of the rules. Leaves: the rules' findings so far, for the rows.
//! Never: makes a message, or says anything personal.

use super::{Outcome, PolicyHold, To};
use crate::attachments::{Attachment, AttachmentKind};
use crate::calendar::BeyondCalendar;
use crate::case::Powers;
use crate::case_calendars::CaseCalendars;
use crate::case_state::CaseState;
use crate::circumstances::Circumstance;
use crate::deadlines::{Deadline, DeadlineRule};
use crate::events::list::EventName;
use crate::facts::Fact;
use crate::history::{History, PastEvent};
use crate::packs::pack::{Number, Pack, Row, SecondOpinion};
use crate::pending_effects::PendingEffect;
use crate::places::{Place, PlaceKind, Places};
use crate::purpose::Purpose;
use crate::response_window::ResponseWindow;
use chrono::NaiveDate;
use despatch_core::fault::Fault;
use despatch_core::words::{EntryId, Role, Sha256, date_words, weekday_words};
use std::collections::BTreeSet;

/// What the rules of every event may know of the case file.
#[derive(Debug, Clone, Copy)]
pub struct CaseFacts<'a> {
    pub event: EventName,
    /// Where the person is.
    pub place: &'a Place,
    pub detained_since: NaiveDate,
    pub representative: Option<&'a EntryId>,
    pub date_of_birth: NaiveDate,
    pub powers: Option<Powers>,
    pub attachments: &'a [Attachment],
}

/// The inputs of the rules, and their findings so far.
pub struct PlanBuilder<'a> {
    pub case: CaseFacts<'a>,
    pub history: &'a History,
    /// The copies that went to healthcare teams ahead of their files.
    pub copies: &'a [PastEvent],
    pub state: CaseState,
    pub pack: &'a Pack,
    pub calendars: CaseCalendars<'a>,
    pub places: &'a Places,
    pub today: NaiveDate,
    pub faults: Vec<Fault>,
    /// Contradictions of the record: faults, unless the case file justifies them.
    pub contradictions: Vec<Fault>,
    pub warnings: Vec<String>,
    pub notes: Vec<String>,
    pub circumstances: BTreeSet<Circumstance>,
    pub clocks: Vec<Deadline>,
    /// Once somebody authorises the step of this event: the rule of the clocks that change then, and what runs instead.
    pub once_authorised: Option<(DeadlineRule, Vec<Deadline>)>,
    pub window: Option<ResponseWindow>,
    /// The event keeps the person in detention.
    pub maintains: bool,
    /// Messages that a person must decide on.
    pub holds: Vec<Held>,
    pub pending_effects: BTreeSet<PendingEffect>,
    /// Tasks due on the day itself, each with the purposes whose rows give the source of the duty.
    pub immediate: Vec<(String, &'static [Purpose])>,
    pub outcome: Outcome,
}

/// Messages that a person must decide on, and why.
pub struct Held {
    pub purposes: &'static [Purpose],
    /// Whether the healthcare team's copy is held too (G19: only if it protects nobody any more).
    pub safety_too: bool,
    pub hold: PolicyHold,
}

impl<'a> PlanBuilder<'a> {
    pub(crate) fn new(
        case: CaseFacts<'a>,
        (history, copies): (&'a History, &'a [PastEvent]),
        state: CaseState,
        pack: &'a Pack,
        calendars: CaseCalendars<'a>,
        places: &'a Places,
        today: NaiveDate,
    ) -> Self {
        let mut outcome = Outcome {
            appointment: state.appointment.clone(),
            answers: state.answers,
            papers_only: state.papers_only,
            ..Outcome::default()
        };
        let dates = &mut outcome.dates;
        dates.referred_on = state.referred_on;
        dates.served_on = state.served_on;
        dates.removal_on = state.removal_on;
        if let Some(window) = state.appointment.as_ref().and_then(|booked| booked.fact.window.as_ref()) {
            dates.set_window(window);
        }
        // The day for the referral is printed with the event that sets it, and with no other.
        for clock in state.clocks.iter().filter(|clock| clock.rule != DeadlineRule::Refer) {
            dates.set(clock.rule, clock.due);
        }
        Self {
            case,
            history,
            copies,
            state,
            pack,
            calendars,
            places,
            today,
            faults: Vec::new(),
            contradictions: Vec::new(),
            warnings: Vec::new(),
            notes: Vec::new(),
            circumstances: BTreeSet::new(),
            clocks: Vec::new(),
            once_authorised: None,
            window: None,
            maintains: false,
            holds: Vec::new(),
            pending_effects: BTreeSet::new(),
            immediate: Vec::new(),
            outcome,
        }
    }

    /// Returns the kind of the place where the person is.
    pub(crate) fn place_kind(&self) -> PlaceKind {
        self.case.place.kind
    }

    /// Returns what the pack says of second opinions. Every plan begins with the check that the pack owns the event, so to
    /// an event of that family it is there.
    pub(crate) fn second_opinion(&self) -> Option<&'a SecondOpinion> {
        self.pack.second_opinion()
    }

    pub(crate) fn fault(&mut self, at: &str, code: &'static str, cause: impl Into<String>, cure: &str) {
        self.faults.push(Fault::new(at, code, cause, cure));
    }

    /// Tells the reviewer what they should know and what blocks nothing.
    pub(crate) fn warn(&mut self, words: impl Into<String>) {
        self.warnings.push(words.into());
    }

    /// Adds a note to be copied to CID and Atlas (G15).
    pub(crate) fn note(&mut self, words: impl Into<String>) {
        self.notes.push(words.into());
    }

    /// States why the messages are sent.
    pub(crate) fn because(&mut self, words: impl Into<String>) {
        self.outcome.reason = Some(words.into());
    }

    /// Adds a contradiction of the record: `cause` says what the record has.
    pub(crate) fn contradiction(&mut self, at: &str, code: &'static str, cause: impl Into<String>) {
        let cure = "correct the event, or drop the event that is missing first; if the record is wrong or not whole, \
                    say why in despite_history";
        self.contradictions.push(Fault::new(at, code, cause, cure));
    }

    /// Turns contradictions into faults, or into warnings if the case file says why the event is right.
    pub(crate) fn weigh_contradictions(&mut self, despite_history: bool) {
        let found = std::mem::take(&mut self.contradictions);
        if !despite_history {
            self.faults.extend(found);
            return;
        }
        if found.is_empty() {
            self.warn(
                "The case file says why the event is right despite the record, and nothing on record contradicts it.",
            );
        }
        self.warnings.extend(found.into_iter().map(|fault| {
            format!(
                "The record contradicts this event: {}. The case file says why it is right all the same: read it.",
                fault.cause
            )
        }));
    }

    /// Adds a fault if the date is in the future.
    pub(crate) fn not_future(&mut self, at: &str, date: NaiveDate) {
        if date > self.today {
            let cause = format!("{} is in the future", weekday_words(date));
            self.fault(at, "date.future", cause, "correct the date");
        }
    }

    pub(crate) fn covered<T>(&mut self, at: &str, counted: Result<T, BeyondCalendar>) -> Option<T> {
        match counted {
            Ok(value) => Some(value),
            Err(beyond) => {
                let fault = beyond.fault(at);
                if !self.faults.contains(&fault) {
                    self.faults.push(fault);
                }
                None
            }
        }
    }

    /// Starts an official's clock.
    pub(crate) fn start(
        &mut self,
        at: &str,
        rule: DeadlineRule,
        number: &Number,
        from: NaiveDate,
    ) -> Option<NaiveDate> {
        let clock = self.calendars.clock(rule, number, from);
        let clock = self.covered(at, clock)?;
        let due = clock.due;
        self.clocks.push(clock);
        self.outcome.dates.set(rule, due);
        Some(due)
    }

    /// Starts the clock of a task that is due on the day itself and required by the row of one of these purposes.
    pub(crate) fn start_immediately(&mut self, on: NaiveDate, what: &str, purposes: &'static [Purpose]) {
        self.immediate.push((what.to_owned(), purposes));
        let arithmetic = format!("immediately on {}", date_words(on));
        self.clocks.push(Deadline::of_day(DeadlineRule::Immediately, on, what, "", arithmetic));
    }

    /// Fills in the sources of tasks due on the day itself: of the rows of their purposes, the one that was made.
    pub(crate) fn source_immediate(&mut self, made: &[&Row]) {
        let event = self.case.event;
        for (what, purposes) in &self.immediate {
            let asks = |row: &&&Row| purposes.contains(&row.purpose);
            let listed = self.pack.rows.iter().filter(|row| row.events.contains(&event)).collect::<Vec<_>>();
            let row = made.iter().find(asks).or_else(|| listed.iter().find(asks));
            let own = self.clocks.iter_mut().filter(|clock| clock.rule == DeadlineRule::Immediately);
            for clock in own.filter(|clock| clock.what == *what) {
                clock.source = row.map(|row| row.source.clone()).unwrap_or_default();
            }
        }
    }

    /// Starts the clock of the response before a removal (row 33): at the latest the last working day before it, as
    /// nobody serves on other days.
    pub(crate) fn start_before_removal(&mut self, at: &str, removal_on: NaiveDate) {
        self.outcome.dates.removal_on = Some(removal_on);
        let days = *self.calendars.persons();
        let due = days.before(removal_on, 1);
        let Some(due) = self.covered(at, due) else {
            return;
        };
        let rows = &self.pack.rows;
        let source = rows.iter().find(|row| row.deadline == Some(DeadlineRule::BeforeRemoval));
        let source = source.map(|row| row.source.as_str()).unwrap_or_default();
        let arithmetic = format!("before the removal: {}", days.arithmetic(1, removal_on, due));
        let rule = DeadlineRule::BeforeRemoval;
        self.clocks.push(Deadline::of_day(rule, due, rule.label(), source, arithmetic));
    }

    /// Keeps the outstanding review of detention in sight, until the day by which the response before a removal is
    /// served: no day is set for it.
    pub(crate) fn start_review(&mut self) {
        let before = self.clocks.iter().find(|clock| clock.rule == DeadlineRule::BeforeRemoval).cloned();
        let source = self.pack.rows.iter().find(|row| row.purpose == Purpose::VulnerabilityOutcome);
        self.clocks.extend(before.map(|before| Deadline {
            rule: DeadlineRule::Review,
            what: DeadlineRule::Review.label().to_owned(),
            source: source.map(|row| row.source.clone()).unwrap_or_default(),
            ..before
        }));
    }

    /// Holds messages until a person has decided.
    pub(crate) fn hold(&mut self, purposes: &'static [Purpose], code: &str, words: impl Into<String>) {
        let hold = PolicyHold { code: code.to_owned(), words: words.into(), firm: false };
        self.holds.push(Held { purposes, safety_too: false, hold });
    }

    /// Holds messages, including a healthcare team's copy, until a person has decided.
    pub(crate) fn hold_all(&mut self, purposes: &'static [Purpose], code: &str, words: impl Into<String>) {
        self.hold(purposes, code, words);
        if let Some(held) = self.holds.last_mut() {
            held.safety_too = true;
        }
    }

    /// Returns whether the healthcare team of the place has the document already, or is to get it: from a copy that went
    /// ahead of its file.
    pub(crate) fn copy_is_made(&self, purpose: Purpose, sha256: Option<Sha256>) -> bool {
        let here = To::Body(Some(self.case.place.id.clone()));
        let of_document = |past: &&PastEvent| match &past.recorded.fact {
            Fact::CopiedToHealthcare(copy) => copy.sha256 == sha256,
            _ => false,
        };
        let messages = self.copies.iter().filter(of_document).flat_map(|past| &past.messages);
        messages.filter(|message| message.to == here).any(|message| message.purpose == purpose)
    }

    /// Returns whether the place of the person was sent, or is to get, a message of this purpose.
    pub(crate) fn was_told_here(&self, purpose: Purpose) -> bool {
        let here = To::Body(Some(self.case.place.id.clone()));
        let messages = self
            .history
            .events
            .iter()
            .chain(self.copies)
            .flat_map(|past| past.messages.iter().chain(&past.messages_before));
        messages.filter(|message| message.to == here).any(|message| message.purpose == purpose)
    }

    /// Asks for the healthcare team's copy of an attachment, unless it was made ahead of this file.
    pub(crate) fn need_copy(&mut self, purpose: Purpose, kind: AttachmentKind) {
        let document = self.case.attachments.iter().find(|one| one.kind == kind).map(|one| one.sha256);
        if self.copy_is_made(purpose, document) {
            self.warn("The healthcare team's copy was made ahead of this file, and is not made again.");
        } else {
            self.circumstances.insert(Circumstance::CopyLacking);
        }
    }

    /// Warns of unsent copies for a healthcare team that are held, and says what to do.
    pub(crate) fn warn_of_copies(&mut self, todo: &str) {
        let messages = self.history.events.iter().flat_map(|past| &past.messages);
        let kinds: BTreeSet<&str> = messages
            .filter(|message| !message.sent && message.role == Role::Healthcare)
            .filter(|message| self.pack.rows.iter().any(|row| row.safety && row.kind == message.kind))
            .map(|message| message.kind.as_str())
            .collect();
        let warnings: Vec<String> = kinds
            .iter()
            .map(|kind| {
                format!("The healthcare team's copy ({kind}) has not gone to the former place and is held: {todo}.")
            })
            .collect();
        self.warnings.extend(warnings);
    }
}
