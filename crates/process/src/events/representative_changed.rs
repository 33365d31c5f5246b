//! Enters: that there is another legal representative, or none any more. Leaves: all that the program knows of that
//! event. Never: takes the new representative's authority as given.

use super::{AppointmentConfirmed, CaseEvent, Day, FreeText, appointment_confirmed};
use crate::fields::check::Checker;
use crate::fields::{When, ask, codes, fields, need};
use chrono::NaiveDate;
use despatch_core::words::{EntryId, Role};

fields! {
    /// The case's representative is a new one, or there is none any more (G10).
    RepresentativeChanged {
        on: NaiveDate = ask("The day of the change");
        previous: Option<EntryId> = ask("The representative before").role(Role::Representative).needed(need(
            When::Absent("/representative"),
            codes::FACT_UNCHANGED,
            "neither the previous representative nor a new one is named",
            "name the previous one here, or the new one as the representative",
        ));
        /// The appointment that is ahead, as it was confirmed: the new representative gets the invitation to it.
        appointment: Option<AppointmentConfirmed> =
            ask("Is an appointment ahead, to which the new representative is invited?").asked(When::There("/representative"));
    }
}

impl CaseEvent for RepresentativeChanged {
    type Fact = Day;
    const LABEL: &'static str = "representative changed";

    fn check(checker: &mut Checker<'_, '_>) {
        const PREVIOUS: &str = "/event/previous";
        let previous = checker.text(PREVIOUS);
        if previous.is_some() && previous == checker.text("/representative/entry") {
            let cause = "the previous representative is the new one";
            let cure = "correct one of the two; where there is none any more, leave the representative out";
            checker.fault(PREVIOUS, codes::FACT_UNCHANGED, cause, cure);
        }
        appointment_confirmed::check_at(checker, "/event/appointment");
    }

    fn free_texts(&self) -> Vec<FreeText> {
        self.appointment.as_ref().map(CaseEvent::free_texts).unwrap_or_default()
    }

    fn appointment(&self) -> Option<&AppointmentConfirmed> {
        self.appointment.as_ref()
    }
}
