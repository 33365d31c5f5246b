//! Enters: the tree of a case file. Leaves: what contradicts itself in its event.
//! Never: needs a rule of the guidance, or today's date, to see it (that is `policy`).

use super::super::closed::{Answer, EventName, OpinionMethod, Outcome, Respondent};
use super::super::codes;
use super::super::json::Node;
use super::{Facts, earlier, text_of};
use std::collections::HashMap;

impl Facts<'_, '_> {
    pub(super) fn event(&mut self) {
        let Some(name) = self.event_name() else {
            return;
        };
        match name {
            EventName::ExternalReportReceived => self.report_received(),
            EventName::NoDoctorAvailable => {
                let cause = "the report was referred after the day on which no doctor was found for it";
                self.order("/event/referred_on", "/event/established_on", "/event/referred_on", cause);
            }
            EventName::AppointmentConfirmed => self.appointment("/event"),
            EventName::LetterServed => self.in_detention("/event/served_on"),
            EventName::ResponseReceived => self.response(),
            EventName::AssessmentOutcome => self.outcome(),
            EventName::SecondOpinionReceived => self.opinion_received(),
            EventName::Transferred => self.transferred(),
            EventName::ReleaseDecided => self.in_detention("/event/decided_on"),
            EventName::RemovalSet => {
                let cause = "removal is set for a day before the one on which it was set";
                self.order("/event/set_on", "/event/removal_on", "/event/removal_on", cause);
            }
            EventName::LeftDetention | EventName::Died => self.in_detention("/event/on"),
            EventName::RemovalFailed => {
                let cause = "removal is set anew for a day before it failed";
                self.order("/event/failed_on", "/event/removal_set_for", "/event/removal_set_for", cause);
            }
            EventName::RepresentativeChanged => self.representative_changed(),
            EventName::ResponseDecided => self.response_decided(),
            EventName::ReferralReceived
            | EventName::ServiceFailed
            | EventName::GuidanceGiven
            | EventName::NoResponse
            | EventName::RecordsReceived
            | EventName::ConcernsRaised => {}
        }
    }

    /// What happens to a detained person doesn't happen before they are detained.
    fn in_detention(&mut self, at: &str) {
        let cause = "this day is before the first day of detention";
        self.order("/detention/since", at, at, cause);
    }

    fn report_received(&mut self) {
        self.report("/event/received_on", "the report is dated after the day on which it was received");
        if self.at("/manager").is_none() {
            let cause = "a report that was received is copied to the casework manager, and none is named";
            self.fault("/manager", codes::FACT_MANAGER, cause, "add the manager: entry and grade");
        }
    }

    /// The external report, which was there on the day `by`, or `late` says what is wrong.
    fn report(&mut self, by: &str, late: &str) {
        const ASSESSED: &str = "/event/report/assessed_on";
        const DATED: &str = "/event/report/report_date";
        const CHECKED: &str = "/event/report/register_checked";
        let cause = "the assessment was made after the date of the report";
        self.order(ASSESSED, DATED, ASSESSED, cause);
        self.order(DATED, by, DATED, late);
        let regulated = self.flag("/event/report/author_regulated");
        if regulated == Some(true) {
            for at in ["/event/report/regulator", "/event/report/registration"] {
                if self.at(at).is_none() {
                    let cause =
                        "the author is said to be regulated, and this does not say by whom or how registered";
                    self.fault(at, codes::FACT_AUTHOR, cause, "add it, or set author_regulated to false");
                }
            }
        }
        if regulated == Some(false) && self.at(CHECKED).is_none() {
            let cause =
                "the author is said not to be regulated, and this does not say which register was checked";
            let cure = "add the register in which the author was looked for, or correct author_regulated";
            self.fault(CHECKED, codes::FACT_AUTHOR, cause, cure);
        }
    }

    /// The appointment at a pointer: the event itself, or the one that a new representative is told of.
    fn appointment(&mut self, at: &str) {
        let [transferred, date, referred, rebooks] =
            ["transferred_on", "date", "referred_on", "rebooks"].map(|field| format!("{at}/{field}"));
        let cause = "the person came from a temporary place after the day of the assessment";
        self.order(&transferred, &date, &transferred, cause);
        let cause = "the cancelled assessment was to be before the report was referred";
        self.order(&referred, &rebooks, &rebooks, cause);
        self.interpreter(&format!("{at}/interpreter"));
    }

    /// An interpreter is booked exactly where one is needed (domain B15).
    fn interpreter(&mut self, at: &str) {
        let Some(needed) = self.flag("/person/interpreter_needed") else {
            return;
        };
        match (needed, self.at(at).is_some()) {
            (true, false) => {
                let cause = "an interpreter is needed and none is booked";
                self.fault(at, codes::FACT_INTERPRETER, cause, "add the interpreter: language and mode");
            }
            (false, true) => {
                let cause = "an interpreter is booked, and interpreter_needed is false";
                self.fault(at, codes::FACT_INTERPRETER, cause, "correct one of the two");
            }
            _ => {}
        }
        let spoken = self.text("/person/language").map(str::to_lowercase);
        let language = format!("{at}/language");
        let booked = self.text(&language).map(str::to_lowercase);
        if needed && spoken.is_some() && booked.is_some() && spoken != booked {
            let cause = "the interpreter's language is not the person's";
            self.fault(&language, codes::FACT_LANGUAGE, cause, "correct one of the two");
        }
    }

    fn response(&mut self) {
        let answer = |at| self.word(at, Answer::WORDS);
        let (attend, records) = (answer("/event/attend"), answer("/event/records"));
        if (attend, records) == (Some(Answer::NotGiven), Some(Answer::NotGiven)) {
            let cause = "neither of the two questions is answered";
            let cure =
                "write the answer that was given; where nobody answered at all, the event is no_response";
            self.fault("/event/attend", codes::FACT_ANSWER, cause, cure);
        }
        let (signed, own) = (self.flag("/event/signed"), self.flag("/event/own_instruction"));
        match self.word("/event/from", Respondent::WORDS).filter(|_| records == Some(Answer::Yes)) {
            Some(Respondent::Individual) if signed == Some(false) => {
                let cause = "the person agrees to the release of their records, and has not signed this";
                let cure = "have it signed, attach it as signed_consent and set this to true; until then records is not_given";
                self.fault("/event/signed", codes::FACT_CONSENT, cause, cure);
            }
            Some(Respondent::Representative) if own == Some(false) => {
                let cause = "the release of the records is the person's own choice, and this is not said to be their instruction";
                let cure = "get the representative's written statement of their client's instruction, attach it as signed_consent and set this to true; until then records is not_given";
                self.fault("/event/own_instruction", codes::FACT_CONSENT, cause, cure);
            }
            _ => {}
        }
    }

    fn outcome(&mut self) {
        const REBOOKING: &str = "/event/rebooking";
        let Some(outcome) = self.word("/event/outcome", Outcome::WORDS) else {
            return;
        };
        match (outcome.is_home_office(), self.at(REBOOKING).is_some()) {
            (true, false) => {
                let cause = "the Home Office had to cancel, and this does not say whether the assessment can be booked again in time";
                let cure = "write \"possible\" or \"impossible\"";
                self.fault(REBOOKING, codes::FACT_REBOOKING, cause, cure);
            }
            (false, true) => {
                let cause = "an assessment with this outcome is not booked again";
                self.fault(REBOOKING, codes::FACT_REBOOKING, cause, "remove it, or correct the outcome");
            }
            _ => {}
        }
        // A cancellation, an illness or a refusal can be reported before the day; these two can't.
        if matches!(outcome, Outcome::Completed | Outcome::DidNotAttend) {
            let cause = "this was reported before the day of the appointment";
            self.order("/event/date", "/event/reported_on", "/event/reported_on", cause);
        }
    }

    fn opinion_received(&mut self) {
        self.assessed("/event/method", "/event/assessed_on");
        let cause = "the assessment was made after the report was received";
        self.order("/event/assessed_on", "/event/received_on", "/event/assessed_on", cause);
        if self.at("/decision_maker").is_none() {
            let cause = "a second opinion is put to the senior caseworker or team leader who decides, and none is named";
            let cure = "add the decision_maker: entry and grade";
            self.fault("/decision_maker", codes::FACT_DECISION_MAKER, cause, cure);
        }
    }

    /// A second opinion by video has the date of an assessment, and one on papers has none.
    fn assessed(&mut self, method: &str, at: &str) {
        match (self.word(method, OpinionMethod::WORDS), self.at(at).is_some()) {
            (Some(OpinionMethod::Video), false) => {
                let cause = "the person was assessed by video, and this does not say when";
                self.fault(
                    at,
                    codes::FACT_METHOD,
                    cause,
                    "add the date of the assessment, or correct the method",
                );
            }
            (Some(OpinionMethod::Papers), true) => {
                let cause = "the second opinion is on papers alone, and this is the date of an assessment";
                self.fault(at, codes::FACT_METHOD, cause, "remove it, or correct the method");
            }
            _ => {}
        }
    }

    fn transferred(&mut self) {
        self.in_detention("/event/on");
        let from = self.text("/event/from");
        if from.is_some() && from == self.text("/detention/place") {
            let cause = "the person was moved from the place where they are said to be now";
            let cure = "write the old place here, and the new one as the place of detention";
            self.fault("/event/from", codes::FACT_UNCHANGED, cause, cure);
        }
    }

    fn representative_changed(&mut self) {
        const PREVIOUS: &str = "/event/previous";
        if self.at(PREVIOUS).is_none() && self.at("/representative").is_none() {
            let cause = "neither the previous representative nor a new one is named";
            let cure = "name the previous one here, or the new one as the representative";
            self.fault(PREVIOUS, codes::FACT_UNCHANGED, cause, cure);
        }
        let previous = self.text(PREVIOUS);
        if previous.is_some() && previous == self.text("/representative/entry") {
            let cause = "the previous representative is the new one";
            let cure = "correct one of the two; where there is none any more, leave the representative out";
            self.fault(PREVIOUS, codes::FACT_UNCHANGED, cause, cure);
        }
        if self.at("/event/appointment").is_some() {
            self.appointment("/event/appointment");
        }
    }

    fn response_decided(&mut self) {
        const COMPLETED: &str = "/event/dcpr_completed_on";
        const AUTHORISED: &str = "/event/authorised_by/on";
        const OPINION: &str = "/event/second_opinion";
        const BECAUSE: &str = "/event/no_second_opinion_because";
        self.report(COMPLETED, "the report is dated after the day on which the review was completed");
        match (self.at(OPINION).is_some(), self.at(BECAUSE).is_some()) {
            (false, false) => {
                let cause = "there is neither a second opinion nor a reason why there is none";
                let cure = "add the second opinion, or say in no_second_opinion_because why there is none";
                self.fault(OPINION, codes::FACT_SECOND_OPINION, cause, cure);
            }
            (true, true) => {
                let cause = "this says why there is no second opinion, and there is one";
                self.fault(BECAUSE, codes::FACT_SECOND_OPINION, cause, "remove one of the two");
            }
            _ => {}
        }
        for at in ["/event/agreement", "/event/differences"] {
            match (self.at(OPINION).is_some(), self.at(at).is_some()) {
                (true, false) => {
                    let cause = "there are two reports, and this does not say how they compare";
                    self.fault(at, codes::FACT_SECOND_OPINION, cause, "add it");
                }
                (false, true) => {
                    let cause = "there is no second opinion to compare with";
                    self.fault(at, codes::FACT_SECOND_OPINION, cause, "remove it");
                }
                _ => {}
            }
        }
        self.second_opinion(COMPLETED);
        let cause = "the response was authorised before the review was completed";
        self.order(COMPLETED, AUTHORISED, AUTHORISED, cause);
        let cause = "removal is set for a day before the response was authorised";
        self.order(AUTHORISED, "/event/removal_on", "/event/removal_on", cause);
        self.standards();
    }

    fn second_opinion(&mut self, completed: &str) {
        const ASSESSED: &str = "/event/second_opinion/assessed_on";
        const DATED: &str = "/event/second_opinion/report_date";
        if self.at("/event/second_opinion").is_none() {
            return;
        }
        self.assessed("/event/second_opinion/method", ASSESSED);
        self.order(ASSESSED, DATED, ASSESSED, "the assessment was made after the date of the report");
        let cause = "the second opinion is dated before the report that it is about";
        self.order("/event/report/report_date", DATED, DATED, cause);
        let cause = "the second opinion is dated after the day on which the review was completed";
        self.order(DATED, completed, DATED, cause);
    }

    /// One finding for each standard.
    fn standards(&mut self) {
        let Some(Node::List(list)) = self.at("/event/standards") else {
            return;
        };
        let mut ids = HashMap::new();
        for (index, standard) in list.iter().enumerate() {
            let id = standard.field("id").and_then(text_of);
            if let Some(first) = id.and_then(|id| earlier(&mut ids, id, index + 1)) {
                let at = format!("/event/standards/{index}/id");
                let cause = format!("finding {first} in the list is about the same standard");
                self.fault(&at, codes::FACT_STANDARD_TWICE, &cause, "keep one of the two, or correct the id");
            }
        }
    }
}
