//! Enters: that the date of the assessment is set. Leaves: all that the program knows of that event.
//! Never: books anything.

use super::{AttachmentKind, CaseEvent, Due, EventFact, FreeText};
use crate::fields::check::{Checker, whole};
use crate::fields::closed::closed;
use crate::fields::{Field, MAX_LABEL, MAX_LINE, MAX_PARAGRAPH, Order, When, ask, codes, fields, need};
use crate::people::Contact;
use crate::policy::ResponseWindow;
use chrono::{NaiveDate, NaiveTime};
use despatch_core::words::{EntryId, Role, time_words, weekday_words};
use serde::{Deserialize, Serialize};

fields! {
    /// The date of the second-opinion assessment is set (rows 5, 8 to 10, 12 to 14, and 24 for a rebooking).
    AppointmentConfirmed {
        /// The day on which the report was referred to the DMRT; starts the 7 working days (B4).
        referred_on: NaiveDate = ask("The day on which the report was referred to the Detained Medical Reports Team");
        date: NaiveDate = ask("The day of the assessment");
        /// Europe/London.
        time: NaiveTime = ask("Its time in the United Kingdom");
        /// The room, as the letter says it after "at".
        location: String = ask("The room, as the letter says it after \"at\"").most(MAX_LINE);
        doctor: Contact = ask("The contracted doctor").role(Role::Doctor);
        interpreter: Option<Interpreter> = INTERPRETER;
        /// The day of transfer from a temporary place, which starts the 7 working days anew (row 11).
        transferred_on: Option<NaiveDate> = ask("The day on which the person came from a temporary place, where they did")
            .note("The time for the assessment runs from it")
            .order(&[Order::NotAfter("date", "the person came from a temporary place after the day of the assessment")]);
        /// The date of the cancelled assessment that this one takes the place of (row 24).
        rebooks: Option<NaiveDate> =
            ask("The date of the cancelled assessment that this one takes the place of, where there was one").order(&[
                Order::NotBefore("referred_on", "the cancelled assessment was to be before the report was referred"),
            ]);
        /// How the doctor joins the video call, for the doctor's bundle alone.
        joining_instructions: Option<String> = ask("How the doctor joins the call")
            .note("Where it is missing, the note asks the doctor to call, and the reviewer is told")
            .most(MAX_PARAGRAPH);
        /// Whom the doctor calls on the day.
        on_the_day_contact: Option<String> = ask("Whom to call on the day").note("Where it is missing, the note asks the doctor to call, and the reviewer is told").most(MAX_LINE);
    }
}

/// An interpreter is booked exactly where one is needed (domain B15).
const INTERPRETER: Field = ask("The interpreter who was booked")
    .needed(need(
        When::Is("/person/interpreter_needed", &["true"]),
        codes::FACT_INTERPRETER,
        "an interpreter is needed and none is booked",
        "add the interpreter: language and mode",
    ))
    .barred(need(
        When::Is("/person/interpreter_needed", &["false"]),
        codes::FACT_INTERPRETER,
        "an interpreter is booked, and interpreter_needed is false",
        "correct one of the two",
    ));

fields! {
    /// The interpreter who was booked, or is to be (B15, G21).
    Interpreter {
        language: String = ask("The interpreter's language").most(MAX_LABEL);
        mode: InterpreterMode = ask("How does the interpreter take part?");
        dialect: Option<String> = ask("The dialect, where one was asked for").most(MAX_LABEL);
        requested_gender: Option<Gender> = ask("The interpreter's gender, where one was asked for");
    }
}

closed! {
    /// How the interpreter takes part.
    InterpreterMode {
        InPerson = "in_person", "in person";
        Video = "video", "by video-link";
    }
}

closed! {
    /// The gender of interpreter that was asked for (G21).
    Gender {
        Female = "female", "female";
        Male = "male", "male";
    }
}

/// Holds the appointment at a pointer against the person: the event itself, or the one that a new representative is
/// told of.
pub(super) fn check_at(checker: &mut Checker<'_, '_>, at: &str) {
    let language = whole(at, "interpreter/language");
    let lower = |at| checker.text(at).map(str::to_lowercase);
    let (spoken, booked) = (lower("/person/language"), lower(&language));
    let needed = checker.flag("/person/interpreter_needed") == Some(true);
    if needed && spoken.is_some() && booked.is_some() && spoken != booked {
        let cause = "the interpreter's language is not the person's";
        checker.fault(&language, codes::FACT_LANGUAGE, cause, "correct one of the two");
    }
}

impl CaseEvent for AppointmentConfirmed {
    type Fact = BookedFact;
    const LABEL: &'static str = "appointment confirmed";
    const ATTACHMENTS: &'static [(AttachmentKind, Due)] =
        &[(AttachmentKind::ExternalMedicalReport, Due::One)];

    fn check(checker: &mut Checker<'_, '_>) {
        check_at(checker, "/event");
    }

    fn free_texts(&self) -> Vec<FreeText> {
        let dialect = self.interpreter.as_ref().and_then(|interpreter| interpreter.dialect.as_ref());
        let all = [
            ("the room", Some(&self.location)),
            ("the joining instructions", self.joining_instructions.as_ref()),
            ("the contact of the day", self.on_the_day_contact.as_ref()),
            ("the dialect", dialect),
        ];
        all.into_iter().filter_map(|(what, text)| Some((what, text?.clone()))).collect()
    }

    fn doctor(&self) -> Option<&Contact> {
        Some(&self.doctor)
    }

    fn appointment(&self) -> Option<&AppointmentConfirmed> {
        Some(self)
    }
}

/// An appointment as it goes on record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BookedFact {
    pub referred_on: NaiveDate,
    pub date: NaiveDate,
    pub time: NaiveTime,
    pub doctor: EntryId,
    pub interpreter: bool,
    /// `None` for a rebooking to which the earlier answers still hold.
    pub window: Option<ResponseWindow>,
    /// The day on which the invitation was issued whose time to answer goes on, where this corrects a file.
    #[serde(default)]
    pub invited_on: Option<NaiveDate>,
}

impl EventFact for BookedFact {
    fn happened_on(&self) -> NaiveDate {
        self.referred_on
    }

    fn summary(&self, what: &str, on: &str) -> String {
        let (date, time) = (weekday_words(self.date), time_words(self.time));
        format!("{what} for {date} at {time}, with {} (referred on {on})", self.doctor)
    }
}
