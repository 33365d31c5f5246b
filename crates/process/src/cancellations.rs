//! Enters: assessments that the Home Office cancelled, one after the other. Leaves: from which day a new date counts, and
//! what follows where there is none (B7). Never: counts a day, or decides between two kinds of cause.

use crate::facts::{AfterCancellation, Outcome};
use chrono::NaiveDate;

/// The attempts at one assessment that the Home Office cancelled, since it was first to be held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cancellations {
    /// The day of the first that was cancelled: a second failure gives no new days.
    pub first: Option<NaiveDate>,
    /// Nobody at the place could facilitate one.
    staff: bool,
    /// One failed for another cause on the Home Office's side.
    other: bool,
}

impl Cancellations {
    /// Returns these with one more, if the outcome is a cancellation by the Home Office.
    pub(crate) fn with(self, date: NaiveDate, outcome: Outcome) -> Cancellations {
        if !outcome.is_of_home_office() {
            return self;
        }
        let staff = outcome == Outcome::StaffUnavailable;
        Cancellations {
            first: self.first.or(Some(date)),
            staff: self.staff || staff,
            other: self.other || !staff,
        }
    }

    /// Returns what follows where no date is left; `None` if causes of both kinds stood in the way, for which the
    /// guidance says two things.
    pub(crate) fn without_date(self) -> Option<AfterCancellation> {
        match (self.staff, self.other) {
            (true, true) => None,
            (true, false) => Some(AfterCancellation::StandardsOnly),
            (false, _) => Some(AfterCancellation::PapersOnly),
        }
    }
}
