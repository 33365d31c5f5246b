//! Enters: the record of a case. Leaves: the contradictions of it that several events look for.
//! Never: decides what follows.

use crate::case::Powers;
use crate::plan::builder::PlanBuilder;
use chrono::NaiveDate;
use despatch_core::words::weekday_words;

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
            self.warn(format!(
                "The appointment on record is of the same day, {when}: make sure that it has not been held, or report \
                 its outcome first."
            ));
        }
        (date < on).then_some(when)
    }

    /// Adds a fault if the person is detained under other powers, and a warning if the file does not say (B1).
    pub(crate) fn must_be_under_immigration_powers(&mut self) {
        match self.case.powers {
            Some(Powers::Immigration) => {}
            Some(Powers::Other) => self.fault(
                "/detention/powers",
                "detention.powers",
                "the guidance applies only to somebody who is detained under immigration powers",
                "correct this if they are; if not, consider the report under the guidance for those who are not",
            ),
            None => self.warn(
                "The file does not say under which powers the person is detained. The guidance is for immigration \
                 powers alone: make sure before this goes.",
            ),
        }
    }

    /// Adds a fault if the day for which removal is set has passed.
    pub(crate) fn removal_not_past(&mut self, at: &str, removal: NaiveDate, cure: &str) {
        if removal < self.today {
            self.fault(at, "removal.past", "the removal is set for a day that has passed", cure);
        }
    }

    /// Adds a contradiction if the same event was reported before under another id.
    pub(crate) fn must_be_first(&mut self) {
        let name = self.case.event;
        if self.history.events.iter().any(|past| past.recorded.fact.name() == name) {
            let cause = format!("an event of this kind is on record already ({})", name.label());
            self.contradiction("/event/type", "history.twice", cause);
        }
    }
}
