//! What can happen, ready for a story: each event on the day on which the story tells it, unless it happened earlier.

use super::cases::{contact, prose};
use super::day;
use chrono::{Days, NaiveDate, NaiveTime};
use despatch_process::case::*;

/// An event, once its day is known.
pub type Happens = Box<dyn Fn(NaiveDate) -> Event>;

/// It happened on another day than that on which it is told.
pub fn on(words: &str, happens: Happens) -> Happens {
    let date = day(words);
    Box::new(move |_| happens(date))
}

/// The event with something changed.
pub fn but(happens: Happens, change: impl Fn(&mut Event) + 'static) -> Happens {
    Box::new(move |today| {
        let mut event = happens(today);
        change(&mut event);
        event
    })
}

fn back(date: NaiveDate, days: u64) -> NaiveDate {
    date.checked_sub_days(Days::new(days)).expect("a day")
}

/// The external report as it is received on a day.
fn external(received: NaiveDate) -> Report {
    Report {
        author: "Marker-Author".to_owned(),
        profession: "Marker-Profession".to_owned(),
        author_regulated: true,
        regulator: Some("Marker-Regulator".to_owned()),
        registration: Some("Marker-Registration".to_owned()),
        register_checked: None,
        assessed_on: back(received, 6),
        report_date: back(received, 3),
        method: Method::InPerson,
        limitations_stated: None,
    }
}

pub fn report() -> Happens {
    Box::new(|received_on| {
        Event::ExternalReportReceived(ExternalReportReceived {
            received_on,
            report: external(received_on),
            release_decided_on: None,
            removal_set_for: None,
            level_in_force: Some(Level::Two),
        })
    })
}

/// A report while removal is set for a day.
pub fn report_before_removal(removal: &str) -> Happens {
    let removal = day(removal);
    but(report(), move |event| {
        if let Event::ExternalReportReceived(event) = event {
            event.removal_set_for = Some(removal);
        }
    })
}

/// A report below the baseline standard.
pub fn report_of_an_unregulated_author() -> Happens {
    but(report(), |event| {
        if let Event::ExternalReportReceived(event) = event {
            event.report.author_regulated = false;
            event.report.register_checked = Some("Marker-Register".to_owned());
        }
    })
}

/// The healthcare team's copy alone.
pub fn copied(of: CopyOf) -> Happens {
    Box::new(move |on| {
        Event::CopiedToHealthcare(CopiedToHealthcare { of, received_on: Some(on), report: None })
    })
}

pub fn referral() -> Happens {
    Box::new(|received_on| {
        Event::ReferralReceived(ReferralReceived {
            received_on,
            opinion_requested: true,
            doctor: Some(contact("the-doctor")),
        })
    })
}

pub fn referral_without_request() -> Happens {
    Box::new(|received_on| {
        Event::ReferralReceived(ReferralReceived { received_on, opinion_requested: false, doctor: None })
    })
}

pub fn no_doctor(referred: &str) -> Happens {
    let referred_on = day(referred);
    Box::new(move |established_on| {
        Event::NoDoctorAvailable(NoDoctorAvailable { established_on, referred_on })
    })
}

/// The appointment as it is confirmed, at 2:30pm.
pub fn details(referred_on: NaiveDate, date: NaiveDate) -> AppointmentConfirmed {
    AppointmentConfirmed {
        referred_on,
        transferred_on: None,
        rebooks: None,
        serve_by: None,
        date,
        time: NaiveTime::from_hms_opt(14, 30, 0).expect("a time"),
        location: "Marker-Location".to_owned(),
        doctor: contact("the-doctor"),
        interpreter: Some(Interpreter {
            language: "Marker-Language".to_owned(),
            mode: InterpreterMode::Video,
            dialect: Some("Marker-Dialect".to_owned()),
            requested_gender: Some(Gender::Female),
        }),
        joining_instructions: Some("Marker-Joining".to_owned()),
        on_the_day_contact: Some("Marker-Contact".to_owned()),
    }
}

pub fn appointment(referred: &str, date: &str) -> Happens {
    let details = details(day(referred), day(date));
    Box::new(move |_| Event::AppointmentConfirmed(details.clone()))
}

/// An appointment that takes the place of one which was cancelled.
pub fn rebooking(referred: &str, cancelled: &str, date: &str) -> Happens {
    let cancelled = day(cancelled);
    but(appointment(referred, date), move |event| {
        if let Event::AppointmentConfirmed(event) = event {
            event.rebooks = Some(cancelled);
        }
    })
}

pub fn served() -> Happens {
    Box::new(|served_on| Event::LetterServed(LetterServed { served_on, explained: true, refused: false }))
}

pub fn service_failed() -> Happens {
    Box::new(|reported_on| {
        Event::ServiceFailed(ServiceFailed { reported_on, reason: "Marker-Reason".to_owned() })
    })
}

pub fn guidance() -> Happens {
    Box::new(|asked_on| {
        Event::GuidanceGiven(GuidanceGiven {
            asked_on,
            about: About::Service,
            question: prose("Marker-Question"),
            answer: prose("Marker-Answer"),
        })
    })
}

/// An answer to the two questions: attend, release of records.
pub fn answer(from: Respondent, attend: Answer, records: Answer) -> Happens {
    Box::new(move |received_on| {
        Event::ResponseReceived(ResponseReceived {
            received_on,
            from,
            attend,
            records,
            signed: true,
            own_instruction: false,
            no_other_records: Some(true),
            appointment: None,
        })
    })
}

/// The answer after the bookings were called off: they are booked again for the appointment as it was confirmed.
pub fn and_book_again(happens: Happens, referred: &str, date: &str) -> Happens {
    let details = details(day(referred), day(date));
    but(happens, move |event| {
        if let Event::ResponseReceived(event) = event {
            event.appointment = Some(details.clone());
        }
    })
}

/// The representative answers and states the individual's own instruction in writing.
pub fn instructed(attend: Answer, records: Answer) -> Happens {
    but(answer(Respondent::Representative, attend, records), |event| {
        if let Event::ResponseReceived(event) = event {
            event.own_instruction = true;
        }
    })
}

pub fn silence() -> Happens {
    Box::new(|on| {
        let no_other_records = Some(true);
        Event::NoResponse(NoResponse { place_confirmed_on: on, inbox_checked_on: on, no_other_records })
    })
}

pub fn records() -> Happens {
    Box::new(|received_on| Event::RecordsReceived(RecordsReceived { received_on }))
}

/// What came of the appointment of a day.
pub fn outcome(date: &str, outcome: Outcome, rebooking: Option<Rebooking>) -> Happens {
    let date = day(date);
    Box::new(move |reported_on| {
        Event::AssessmentOutcome(AssessmentOutcome {
            date,
            reported_on,
            outcome,
            rebooking,
            no_other_records: Some(true),
            then: None,
        })
    })
}

/// No date is left, and a person decided what follows.
pub fn outcome_decided(date: &str, cause: Outcome, then: AfterCancellation) -> Happens {
    but(outcome(date, cause, Some(Rebooking::Impossible)), move |event| {
        if let Event::AssessmentOutcome(event) = event {
            event.then = Some(then);
        }
    })
}

pub fn completed(date: &str) -> Happens {
    outcome(date, Outcome::Completed, None)
}

pub fn concerns() -> Happens {
    Box::new(|raised_on| {
        Event::ConcernsRaised(ConcernsRaised { raised_on, concerns: prose("Marker-Concerns") })
    })
}

pub fn opinion(method: OpinionMethod) -> Happens {
    Box::new(move |received_on| {
        Event::SecondOpinionReceived(SecondOpinionReceived {
            received_on,
            doctor: contact("the-doctor"),
            method,
            assessed_on: (method == OpinionMethod::Video).then(|| back(received_on, 3)),
            limitations_stated: true,
        })
    })
}

pub fn release() -> Happens {
    Box::new(|decided_on| Event::ReleaseDecided(ReleaseDecided { decided_on }))
}

/// The decision to release is withdrawn.
pub fn release_withdrawn() -> Happens {
    Box::new(|withdrawn_on| Event::ReleaseWithdrawn(ReleaseWithdrawn { withdrawn_on }))
}

pub fn removal(removal: &str) -> Happens {
    let removal_on = day(removal);
    Box::new(move |set_on| Event::RemovalSet(RemovalSet { set_on, removal_on }))
}

pub fn left(how: Departure) -> Happens {
    Box::new(move |on| Event::LeftDetention(LeftDetention { on, how }))
}

/// A removal failed; it may be set again for another day.
pub fn removal_failed(detention_maintained: bool, again: Option<&str>) -> Happens {
    let removal_set_for = again.map(day);
    Box::new(move |failed_on| {
        Event::RemovalFailed(RemovalFailed {
            failed_on,
            cause: RemovalFailure::Disruption,
            detention_maintained,
            removal_set_for,
        })
    })
}

pub fn died() -> Happens {
    Box::new(|on| Event::Died(Died { on }))
}

/// The standards that the pack of the guidance names.
pub const STANDARDS: [&str; 3] = ["author-regulated", "face-to-face", "current-detention"];

/// The response without a second opinion: level 2, detention maintained.
pub fn response() -> Happens {
    Box::new(|on| {
        let official = |name: &str| Official { name: name.to_owned(), grade: Grade::SEO };
        Event::ResponseDecided(ResponseDecided {
            dcpr_completed_on: Some(on),
            no_review_because: None,
            removal_on: None,
            report: external(back(on, 14)),
            second_opinion: None,
            no_second_opinion_because: Some("Marker-Because".to_owned()),
            standards: STANDARDS
                .iter()
                .map(|id| StandardFinding {
                    id: id.parse().expect("an id"),
                    met: Met::Yes,
                    reasons: prose("Marker-Finding"),
                })
                .collect(),
            agreement: None,
            differences: None,
            weight: prose("Marker-Weight"),
            circumstances: prose("Marker-Circumstances"),
            level: Level::Two,
            level_reasons: prose("Marker-Level"),
            outcome: Decision::Maintain,
            outcome_reasons: prose("Marker-Outcome"),
            decision_maker: official("Marker-Decider"),
            authorised_by: Authority { name: "Marker-Authority".to_owned(), grade: Grade::SEO, on },
        })
    })
}

/// The response with a second opinion that agrees on the condition and on nothing more.
pub fn response_with_opinion() -> Happens {
    decided(|event| {
        event.no_second_opinion_because = None;
        event.agreement = Some(prose("Marker-Agreement"));
        event.differences = Some(prose("Marker-Differences"));
        event.second_opinion = Some(SecondOpinion {
            doctor_name: "Marker-Doctor".to_owned(),
            report_date: event.authorised_by.on,
            method: OpinionMethod::Video,
            assessed_on: Some(back(event.authorised_by.on, 7)),
            limitations: prose("Marker-Limits"),
            agrees_condition: Agreement::Yes,
            agrees_harm: Agreement::NotStated,
        });
    })
}

/// The response with something changed.
pub fn decided(change: impl Fn(&mut ResponseDecided) + 'static) -> Happens {
    decided_from(response(), change)
}

pub fn decided_from(happens: Happens, change: impl Fn(&mut ResponseDecided) + 'static) -> Happens {
    but(happens, move |event| match event {
        Event::ResponseDecided(event) => change(event),
        _ => panic!("the other event"),
    })
}

/// The answer to the report is handed over.
pub fn answer_served() -> Happens {
    Box::new(|served_on| Event::AnswerServed(AnswerServed { served_on, explained: true, refused: false }))
}

/// The response before a removal, which comes before the review too.
pub fn response_before_review(removal: &str) -> Happens {
    decided_from(response_before_removal(removal), |event| {
        event.dcpr_completed_on = None;
        event.no_review_because = Some("Marker-Review".to_owned());
    })
}

/// The response before a removal.
pub fn response_before_removal(removal: &str) -> Happens {
    let removal = day(removal);
    decided(move |event| event.removal_on = Some(removal))
}
