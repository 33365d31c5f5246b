//! Enters: a case and its history. Leaves: contradictions of the record that do not depend on the event, and checks
//! of the record that several events share. Never: decides what follows.

use crate::events::EventName;
use crate::plan::builder::PlanBuilder;
use chrono::NaiveDate;
use despatch_core::words::weekday_words;

/// The minimum age for this process, which is written for adults; a child's case needs a person's judgement.
const ADULT: u32 = 18;

impl PlanBuilder<'_> {
    /// Adds a contradiction if the process has ended, for an event that would continue it.
    pub(crate) fn must_be_open(&mut self, at: &str) {
        if let Some(ended) = self.state.ended() {
            self.contradiction(at, "history.ended", ended);
        }
    }

    /// Adds a contradiction if the person has left detention or died.
    pub(crate) fn must_be_there(&mut self, at: &str) {
        if self.state.left.is_some() {
            self.contradiction(at, "history.ended", "the record says that the person has left detention");
        }
        self.must_be_alive(at);
    }

    pub(crate) fn must_be_alive(&mut self, at: &str) {
        if self.state.died_on.is_some() {
            self.contradiction(at, "history.ended", "the record says that the person has died");
        }
    }

    /// Adds a contradiction if the appointment's day had passed when the event happened and no outcome is on record:
    /// whether an assessment took place decides what follows (B9).
    pub(crate) fn must_know_outcome(&mut self, at: &str, on: NaiveDate) {
        if let Some(when) = self.unknown_outcome(on) {
            let cause = format!("the record has the appointment on {when} and not what came of it");
            self.contradiction(at, "history.outcome", cause);
        }
    }

    /// Returns the day of an appointment before `on` without a reported outcome. On the day itself it only warns.
    pub(crate) fn unknown_outcome(&mut self, on: NaiveDate) -> Option<String> {
        let booked = self.state.ahead().filter(|_| !self.state.papers_only)?;
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

    /// Adds a contradiction if the same event was reported before under another id.
    pub(crate) fn must_be_first(&mut self) {
        let name = self.case.event.name();
        if self.history.events.iter().any(|past| past.recorded.fact.name() == name) {
            let cause = format!("an event of this kind is on record already ({})", name.label());
            self.contradiction("/event/type", "history.twice", cause);
        }
    }

    /// Checks the case independently of its event.
    pub(crate) fn check_case(&mut self) {
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
        if self.state.detained_since.is_some_and(|since| since != case.detention.since) {
            let cause = "the record has another first day of detention";
            self.contradiction("/detention/since", "history.detained_since", cause);
        }
    }

    /// Checks that the person is where the record says, unless this event moves them.
    fn check_place(&mut self) {
        let moves = self.case.event.name() == EventName::Transferred;
        let on_record = self.state.place.as_ref().map(|(place, _)| place);
        if !moves && on_record.is_some_and(|place| *place != self.place.id) {
            let cause = "the record has the person at another place of detention, and no transfer since";
            self.contradiction("/detention/place", "history.place", cause);
        }
    }

    /// Checks that the representative is the one on record, unless this event changes them.
    fn check_representative(&mut self) {
        let changes = self.case.event.name() == EventName::RepresentativeChanged;
        let named = self.case.representative.as_ref().map(|one| &one.entry);
        if !changes && !self.history.events.is_empty() && named != self.state.representative.as_ref() {
            let cause = "the record has another legal representative, or none, and no change since";
            self.contradiction("/representative", "history.representative", cause);
        }
    }
}
