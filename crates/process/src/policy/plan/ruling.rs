//! Enters: what the rules are asked about. Leaves: what they have found so far, for the rows.
//! Never: makes a message, or says anything personal.

use crate::case::{Case, EventName};
use crate::policy::calendar::BeyondCalendar;
use crate::policy::history::{Fact, History, Past};
use crate::policy::pack::{Number, Pack, Row};
use crate::policy::places::{Place, PlaceClass, Places};
use crate::policy::rule::Rule;
use crate::policy::standing::{Appointment, Booked, Standing};
use crate::policy::timing::Days;
use crate::policy::when::When;
use crate::policy::{Deadline, Outcome, PolicyHold, ResponseWindow, To, Unsent};
use chrono::NaiveDate;
use despatch_core::fault::Fault;
use despatch_core::words::{Role, date_words, weekday_words};
use std::collections::BTreeSet;

/// The age from which this process may be used: it is written for adults, and a child is for a person to look at.
const ADULT: u32 = 18;

/// What the rules are asked about, and what they have found so far.
pub(super) struct Ruling<'a> {
    pub case: &'a Case,
    pub history: &'a History,
    pub standing: Standing,
    pub pack: &'a Pack,
    pub days: Days<'a>,
    pub place: &'a Place,
    pub places: &'a Places,
    pub today: NaiveDate,
    pub faults: Vec<Fault>,
    /// What contradicts the record: faults, unless the case file says why it is right all the same.
    pub contradictions: Vec<Fault>,
    pub warnings: Vec<String>,
    pub notes: Vec<String>,
    pub when: BTreeSet<When>,
    pub clocks: Vec<Deadline>,
    pub window: Option<ResponseWindow>,
    /// Rows that a person must decide on.
    pub holds: Vec<Held>,
    pub unsent: BTreeSet<Unsent>,
    /// The rows that say of what is due on the day itself why it is, by what is due.
    pub immediate: Vec<(String, &'static [&'static str])>,
    pub outcome: Outcome,
}

/// Rows that a person must decide on, and why.
pub(super) struct Held {
    /// Their numbers.
    pub rows: &'static [&'static str],
    /// Whether the healthcare team's copy waits too (G19: only where it protects nobody any more).
    pub safety_too: bool,
    pub hold: PolicyHold,
}

impl<'a> Ruling<'a> {
    pub(super) fn new(
        case: &'a Case,
        history: &'a History,
        pack: &'a Pack,
        days: Days<'a>,
        place: &'a Place,
        places: &'a Places,
        today: NaiveDate,
    ) -> Self {
        let standing = Standing::of(history);
        let mut outcome = Outcome {
            appointment: standing.appointment.clone(),
            answers: standing.answers,
            papers_only: standing.papers_only,
            ..Outcome::default()
        };
        let dates = &mut outcome.dates;
        dates.referred_on = standing.referred_on;
        dates.served_on = standing.served_on;
        dates.removal_on = standing.removal_on;
        if let Some(window) = standing.appointment.as_ref().and_then(|booked| booked.fact.window.as_ref()) {
            dates.serve_by = Some(window.serve_by);
            dates.latest_service = Some(window.latest_service);
            dates.respond_by = Some(window.respond_by);
        }
        for clock in &standing.clocks {
            let due = Some(clock.due);
            match clock.rule {
                Rule::Assess => dates.assess_by = due,
                Rule::Report => dates.report_by = due,
                Rule::Rebook => dates.rebook_by = due,
                _ => {}
            }
        }
        Self {
            case,
            history,
            standing,
            pack,
            days,
            place,
            places,
            today,
            faults: Vec::new(),
            contradictions: Vec::new(),
            warnings: Vec::new(),
            notes: Vec::new(),
            when: BTreeSet::new(),
            clocks: Vec::new(),
            window: None,
            holds: Vec::new(),
            unsent: BTreeSet::new(),
            immediate: Vec::new(),
            outcome,
        }
    }

    /// The class of the place where the person is.
    pub(super) fn class(&self) -> PlaceClass {
        self.place.kind.class()
    }

    pub(super) fn fault(&mut self, at: &str, code: &'static str, cause: impl Into<String>, cure: &str) {
        self.faults.push(Fault::new(at, code, cause, cure));
    }

    /// A contradiction of the record: `cause` says what the record has.
    pub(super) fn contradiction(&mut self, at: &str, code: &'static str, cause: impl Into<String>) {
        let cure = "correct the event, or drop the event that is missing first; if the record is wrong or not whole, \
                    say why in despite_history";
        self.contradictions.push(Fault::new(at, code, cause, cure));
    }

    /// That the process has ended contradicts an event that would go on with it.
    pub(super) fn must_be_open(&mut self, at: &str) {
        if let Some(ended) = self.standing.ended() {
            self.contradiction(at, "history.ended", ended);
        }
    }

    /// The person is in detention.
    pub(super) fn must_be_there(&mut self, at: &str) {
        if self.standing.left.is_some() {
            self.contradiction(at, "history.ended", "the record says that the person has left detention");
        }
        self.must_be_alive(at);
    }

    pub(super) fn must_be_alive(&mut self, at: &str) {
        if self.standing.died_on.is_some() {
            self.contradiction(at, "history.ended", "the record says that the person has died");
        }
    }

    /// Whether an assessment took place decides what follows (B9), so its day must not be past, when the event
    /// happens, without an outcome on record.
    pub(super) fn must_know_outcome(&mut self, at: &str, on: NaiveDate) {
        if let Some(when) = self.unknown_outcome(on) {
            let cause = format!("the record has the appointment on {when} and not what came of it");
            self.contradiction(at, "history.outcome", cause);
        }
    }

    /// The appointment before `on` of which nobody has said what came of it. On the day itself only a warning is due.
    pub(super) fn unknown_outcome(&mut self, on: NaiveDate) -> Option<String> {
        let booked = self.standing.ahead().filter(|_| !self.standing.papers_only)?;
        let date = booked.fact.date;
        let when = weekday_words(date);
        if date == on {
            self.warnings.push(format!(
                "The appointment on record is of the same day, {when}: make sure that it has not been held, or report \
                 its outcome first."
            ));
        }
        (date < on).then_some(when)
    }

    /// The same thing cannot be reported twice under two ids.
    pub(super) fn must_be_first(&mut self, name: EventName) {
        if self.history.events.iter().any(|past| past.recorded.fact.name() == name) {
            let cause = format!("an event of this kind is on record already ({})", name.words());
            self.contradiction("/event/type", "history.twice", cause);
        }
    }

    /// The contradictions become faults, or warnings where the case file says why the event is right.
    pub(super) fn weigh_contradictions(&mut self) {
        let found = std::mem::take(&mut self.contradictions);
        if self.case.despite_history.is_none() {
            self.faults.extend(found);
            return;
        }
        if found.is_empty() {
            self.warnings.push(
                "The case file says why the event is right despite the record, and nothing on record contradicts it."
                    .to_owned(),
            );
        }
        self.warnings.extend(found.into_iter().map(|fault| {
            format!(
                "The record contradicts this event: {}. The case file says why it is right all the same: read it.",
                fault.cause
            )
        }));
    }

    /// A day that has been, or today; else a fault.
    pub(super) fn not_future(&mut self, at: &str, date: NaiveDate) {
        if date > self.today {
            let cause = format!("{} is in the future", weekday_words(date));
            self.fault(at, "date.future", cause, "correct the date");
        }
    }

    /// What is wrong with the case, whatever its event.
    pub(super) fn check_case(&mut self) {
        let case = self.case;
        if self.today.years_since(case.person.date_of_birth).is_none_or(|age| age < ADULT) {
            self.fault(
                "/person/date_of_birth",
                "person.under_18",
                "by this date of birth the person is under 18, and this process is for adults only",
                "correct the date of birth; if it is right, stop and take the case to a manager at once",
            );
        }
        self.not_future("/detention/since", case.detention.since);
        if let Some(representative) = &case.representative {
            self.not_future("/representative/authority_date", representative.authority_date);
        }
        self.check_place();
        self.check_representative();
        if self.standing.detained_since.is_some_and(|since| since != case.detention.since) {
            let cause = "the record has another first day of detention";
            self.contradiction("/detention/since", "history.detained_since", cause);
        }
    }

    /// The person is where the record says, unless this event moves them.
    fn check_place(&mut self) {
        let moves = self.case.event.name() == EventName::Transferred;
        let on_record = self.standing.place.as_ref().map(|(place, _)| place);
        if !moves && on_record.is_some_and(|place| *place != self.place.id) {
            let cause = "the record has the person at another place of detention, and no transfer since";
            self.contradiction("/detention/place", "history.place", cause);
        }
    }

    /// The representative is the one on record, unless this event changes them.
    fn check_representative(&mut self) {
        let changes = self.case.event.name() == EventName::RepresentativeChanged;
        let named = self.case.representative.as_ref().map(|one| &one.entry);
        if !changes && !self.history.events.is_empty() && named != self.standing.representative.as_ref() {
            let cause = "the record has another legal representative, or none, and no change since";
            self.contradiction("/representative", "history.representative", cause);
        }
    }

    pub(super) fn covered<T>(&mut self, at: &str, counted: Result<T, BeyondCalendar>) -> Option<T> {
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

    /// Starts the clock of an official.
    pub(super) fn start(
        &mut self,
        at: &str,
        rule: Rule,
        number: &Number,
        from: NaiveDate,
    ) -> Option<NaiveDate> {
        let clock = self.days.clock(rule, number, from);
        let clock = self.covered(at, clock)?;
        let due = clock.due;
        self.clocks.push(clock);
        let dates = &mut self.outcome.dates;
        match rule {
            Rule::Refer => dates.refer_by = Some(due),
            Rule::Assess => dates.assess_by = Some(due),
            Rule::Report => dates.report_by = Some(due),
            Rule::Rebook => dates.rebook_by = Some(due),
            _ => {}
        }
        Some(due)
    }

    /// Starts the clock of what is to be done on the day itself, and which of these rows asks for.
    pub(super) fn start_immediately(&mut self, on: NaiveDate, what: &str, rows: &'static [&'static str]) {
        self.immediate.push((what.to_owned(), rows));
        self.clocks.push(Deadline {
            rule: Rule::Immediately,
            due: on,
            what: what.to_owned(),
            source: String::new(),
            arithmetic: format!("immediately on {}", date_words(on)),
        });
    }

    /// Fills in the sources of what is due on the day itself: of these rows, the one that is made.
    pub(super) fn source_immediate(&mut self, made: &[&Row]) {
        let event = self.case.event.name();
        for (what, rows) in &self.immediate {
            let asks = |row: &&&Row| rows.contains(&row.number.as_str());
            let listed = self.pack.rows.iter().filter(|row| row.events.contains(&event)).collect::<Vec<_>>();
            let row = made.iter().find(asks).or_else(|| listed.iter().find(asks));
            let own = self.clocks.iter_mut().filter(|clock| clock.rule == Rule::Immediately);
            for clock in own.filter(|clock| clock.what == *what) {
                clock.source = row.map(|row| row.source.clone()).unwrap_or_default();
            }
        }
    }

    /// The response must be served before a removal (row 33): at the latest on the last working day before it, for
    /// nobody serves on the others.
    pub(super) fn start_before_removal(&mut self, at: &str, removal_on: NaiveDate) {
        self.outcome.dates.removal_on = Some(removal_on);
        let days = *self.days.persons();
        let due = days.before(removal_on, 1);
        let Some(due) = self.covered(at, due) else {
            return;
        };
        let rows = &self.pack.rows;
        let source = rows.iter().find(|row| row.deadline == Some(Rule::BeforeRemoval));
        self.clocks.push(Deadline {
            rule: Rule::BeforeRemoval,
            due,
            what: Rule::BeforeRemoval.what().to_owned(),
            source: source.map(|row| row.source.clone()).unwrap_or_default(),
            arithmetic: format!("before the removal: {}", days.arithmetic(1, removal_on, due)),
        });
    }

    /// Holds rows until a person has decided.
    pub(super) fn hold(&mut self, rows: &'static [&'static str], code: &str, words: impl Into<String>) {
        let hold = PolicyHold { code: code.to_owned(), words: words.into(), firm: false };
        self.holds.push(Held { rows, safety_too: false, hold });
    }

    /// Holds rows, a healthcare team's copy among them, until a person has decided.
    pub(super) fn hold_all(&mut self, rows: &'static [&'static str], code: &str, words: impl Into<String>) {
        self.hold(rows, code, words);
        if let Some(held) = self.holds.last_mut() {
            held.safety_too = true;
        }
    }

    /// Warns of copies for a healthcare team that have not gone and go no longer, and says what to do.
    pub(super) fn warn_of_copies(&mut self, todo: &str) {
        let told = self.history.events.iter().flat_map(|past| &past.told);
        let kinds: BTreeSet<&str> = told
            .filter(|told| !told.sent && told.role == Role::Healthcare)
            .filter(|told| self.pack.rows.iter().any(|row| row.safety && row.kind == told.kind))
            .map(|told| told.kind.as_str())
            .collect();
        let warnings: Vec<String> = kinds
            .iter()
            .map(|kind| {
                format!("The healthcare team's copy ({kind}) has not gone to the former place and is held: {todo}.")
            })
            .collect();
        self.warnings.extend(warnings);
    }

    /// The latest appointment's event, with what was told of it.
    pub(super) fn appointment_past(&self) -> Option<&Past> {
        self.history.events.iter().rev().find(|past| is_appointment(past))
    }

    /// The day on which the invitation to the latest appointment was issued.
    pub(super) fn invited_on(&self) -> Option<NaiveDate> {
        let past = self.appointment_past()?;
        let Fact::AppointmentConfirmed(booked) = &past.recorded.fact else {
            return None;
        };
        Some(booked.invited_on.unwrap_or(past.recorded.on))
    }

    /// Whether the appointment on record is still to be held.
    pub(super) fn is_to_be_held(&self) -> bool {
        self.standing.ahead().is_some_and(|booked| booked.fact.date >= self.today)
    }

    /// Whether one of these rows of the latest appointment has gone to this role.
    pub(super) fn told(&self, rows: &[&str], role: Option<Role>) -> bool {
        self.appointment_past().is_some_and(|past| {
            past.gone()
                .any(|told| rows.contains(&told.row.as_str()) && role.is_none_or(|role| told.role == role))
        })
    }

    /// The appointment that was ahead does not take place: who has been told of it is told (G10). After a decision to
    /// assess on papers there is none to cancel. For one that is to be booked again nothing is booked any more, but the
    /// doctor, the person and the representative wait for its date.
    pub(super) fn cancel(&mut self, person_told: bool) {
        let standing = &self.standing;
        let Some(booked) =
            standing.ahead().or(standing.to_rebook()).filter(|_| !standing.papers_only).cloned()
        else {
            return;
        };
        self.when.insert(When::Cancelled);
        self.outcome.cancelled = Some(booked.clone());
        if self.told(&["8"], None) {
            self.when.insert(When::DoctorTold);
        }
        if person_told {
            self.when.insert(When::PersonTold);
        }
        if booked.state == Appointment::ToRebook {
            if person_told {
                self.cancel_letters();
            }
            return;
        }
        self.cancel_bookings(&booked);
        self.cancel_letters();
    }

    /// Those who have the letter are told.
    pub(super) fn cancel_letters(&mut self) {
        if self.told(&["12", "24"], Some(Role::Det)) || self.told(&["12", "24"], Some(Role::Ost)) {
            self.when.insert(When::PlaceTold);
        }
        if self.representative_told() {
            self.when.insert(When::RepresentativeTold);
        }
    }

    /// Whether the representative whom the case names now has the letter about the appointment: a new one may have
    /// got it after a change (G10), and a former one is not written to again.
    fn representative_told(&self) -> bool {
        let Some(current) = &self.case.representative else {
            return false;
        };
        let current = To::Entry(current.entry.clone());
        let events = &self.history.events;
        let booked = events.iter().rposition(is_appointment).unwrap_or(events.len());
        let since = events.iter().skip(booked).flat_map(Past::gone);
        since.filter(|told| told.to == current).any(|told| ["14", "24", "G10"].contains(&told.row.as_str()))
    }

    /// The interpreter and the room are no longer needed, while the day is ahead.
    pub(super) fn cancel_bookings(&mut self, booked: &Booked) {
        if booked.fact.date < self.today || self.standing.bookings_off {
            return;
        }
        if self.told(&["9"], None) {
            self.when.insert(When::InterpreterTold);
        }
        if self.told(&["10"], None) {
            self.when.insert(When::RoomTold);
        }
    }
}

fn is_appointment(past: &Past) -> bool {
    matches!(past.recorded.fact, Fact::AppointmentConfirmed(_))
}
