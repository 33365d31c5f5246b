//! Enters: the object of an event. Leaves: the event, field by field, or nothing and its faults.
//! Never: compares two fields (that is `facts`).

use super::fields::{
    GRADES, MAX_LABEL, MAX_LINE, MAX_NAME, MAX_PARAGRAPH, MAX_REGISTRATION, contact, record,
};
use super::reader::{Reader, choice, date, flag, id, list, object, prose, text, time};
use super::{
    About, Agreement, Answer, AppointmentConfirmed, AssessmentOutcome, Authority, ConcernsRaised, Decision,
    Departure, Died, Event, EventName, Gender, GuidanceGiven, Interpreter, InterpreterMode, LeftDetention,
    LetterServed, Level, Met, Method, NoDoctorAvailable, NoResponse, Official, OpinionMethod, Outcome,
    Rebooking, RecordsReceived, ReferralReceived, ReleaseDecided, RemovalFailed, RemovalFailure, RemovalSet,
    Report, ReportReceived, RepresentativeChanged, Respondent, ResponseDecided, ResponseReceived,
    SecondOpinion, SecondOpinionReceived, ServiceFailed, StandardFinding, Transferred,
};

/// Standards of which one response can speak: a limit on the file, not the number that a policy pack lists.
pub const MAX_STANDARDS: usize = 50;

pub(super) fn event(r: &mut Reader) -> Option<Event> {
    let Some(name) = r.must("type", choice(EventName::WORDS)) else {
        r.accept_the_rest();
        return None;
    };
    match name {
        EventName::ExternalReportReceived => report_received(r).map(Event::ExternalReportReceived),
        EventName::ReferralReceived => referral_received(r).map(Event::ReferralReceived),
        EventName::NoDoctorAvailable => no_doctor_available(r).map(Event::NoDoctorAvailable),
        EventName::AppointmentConfirmed => appointment_confirmed(r).map(Event::AppointmentConfirmed),
        EventName::LetterServed => letter_served(r).map(Event::LetterServed),
        EventName::ServiceFailed => service_failed(r).map(Event::ServiceFailed),
        EventName::GuidanceGiven => guidance_given(r).map(Event::GuidanceGiven),
        EventName::ResponseReceived => response_received(r).map(Event::ResponseReceived),
        EventName::NoResponse => no_response(r).map(Event::NoResponse),
        EventName::RecordsReceived => records_received(r).map(Event::RecordsReceived),
        EventName::AssessmentOutcome => assessment_outcome(r).map(Event::AssessmentOutcome),
        EventName::ConcernsRaised => concerns_raised(r).map(Event::ConcernsRaised),
        EventName::SecondOpinionReceived => second_opinion_received(r).map(Event::SecondOpinionReceived),
        EventName::Transferred => transferred(r).map(Event::Transferred),
        EventName::ReleaseDecided => release_decided(r).map(Event::ReleaseDecided),
        EventName::RemovalSet => removal_set(r).map(Event::RemovalSet),
        EventName::LeftDetention => left_detention(r).map(Event::LeftDetention),
        EventName::RemovalFailed => removal_failed(r).map(Event::RemovalFailed),
        EventName::RepresentativeChanged => representative_changed(r).map(Event::RepresentativeChanged),
        EventName::Died => died(r).map(Event::Died),
        EventName::ResponseDecided => {
            response_decided(r).map(|event| Event::ResponseDecided(Box::new(event)))
        }
    }
}

fn report_received(r: &mut Reader) -> Option<ReportReceived> {
    record!(r => ReportReceived {
        received_on: must date,
        report: must object(report),
        release_decided_on: may date,
        removal_set_for: may date,
        level_in_force: may choice(Level::WORDS),
    })
}

fn report(r: &mut Reader) -> Option<Report> {
    record!(r => Report {
        author: must text(MAX_NAME),
        profession: must text(MAX_LABEL),
        author_regulated: must flag,
        regulator: may text(MAX_LABEL),
        registration: may text(MAX_REGISTRATION),
        register_checked: may text(MAX_LINE),
        assessed_on: must date,
        report_date: must date,
        method: must choice(Method::WORDS),
        limitations_stated: may flag,
    })
}

fn referral_received(r: &mut Reader) -> Option<ReferralReceived> {
    record!(r => ReferralReceived {
        received_on: must date,
        opinion_requested: must flag,
        doctor: may object(contact),
    })
}

fn no_doctor_available(r: &mut Reader) -> Option<NoDoctorAvailable> {
    record!(r => NoDoctorAvailable {
        established_on: must date,
        referred_on: must date,
    })
}

fn appointment_confirmed(r: &mut Reader) -> Option<AppointmentConfirmed> {
    record!(r => AppointmentConfirmed {
        referred_on: must date,
        transferred_on: may date,
        rebooks: may date,
        date: must date,
        time: must time,
        location: must text(MAX_LINE),
        doctor: must object(contact),
        interpreter: may object(interpreter),
        joining_instructions: may text(MAX_PARAGRAPH),
        on_the_day_contact: may text(MAX_LINE),
    })
}

fn interpreter(r: &mut Reader) -> Option<Interpreter> {
    record!(r => Interpreter {
        language: must text(MAX_LABEL),
        mode: must choice(InterpreterMode::WORDS),
        dialect: may text(MAX_LABEL),
        requested_gender: may choice(Gender::WORDS),
    })
}

fn letter_served(r: &mut Reader) -> Option<LetterServed> {
    record!(r => LetterServed {
        served_on: must date,
        explained: must flag,
        refused: must flag,
    })
}

fn service_failed(r: &mut Reader) -> Option<ServiceFailed> {
    record!(r => ServiceFailed {
        reported_on: must date,
        reason: must text(MAX_PARAGRAPH),
    })
}

fn guidance_given(r: &mut Reader) -> Option<GuidanceGiven> {
    record!(r => GuidanceGiven {
        asked_on: must date,
        about: must choice(About::WORDS),
        question: must prose,
        answer: must prose,
    })
}

fn response_received(r: &mut Reader) -> Option<ResponseReceived> {
    record!(r => ResponseReceived {
        received_on: must date,
        from: must choice(Respondent::WORDS),
        attend: must choice(Answer::WORDS),
        records: must choice(Answer::WORDS),
        signed: must flag,
        own_instruction: must flag,
    })
}

fn no_response(r: &mut Reader) -> Option<NoResponse> {
    record!(r => NoResponse {
        place_confirmed_on: must date,
        inbox_checked_on: must date,
    })
}

fn records_received(r: &mut Reader) -> Option<RecordsReceived> {
    record!(r => RecordsReceived {
        received_on: must date,
    })
}

fn assessment_outcome(r: &mut Reader) -> Option<AssessmentOutcome> {
    // `date` comes behind whatever is read with `date`, because it hides the reader of that name.
    record!(r => AssessmentOutcome {
        reported_on: must date,
        date: must date,
        outcome: must choice(Outcome::WORDS),
        rebooking: may choice(Rebooking::WORDS),
    })
}

fn concerns_raised(r: &mut Reader) -> Option<ConcernsRaised> {
    record!(r => ConcernsRaised {
        raised_on: must date,
        concerns: must prose,
    })
}

fn second_opinion_received(r: &mut Reader) -> Option<SecondOpinionReceived> {
    record!(r => SecondOpinionReceived {
        received_on: must date,
        doctor: must object(contact),
        method: must choice(OpinionMethod::WORDS),
        assessed_on: may date,
        limitations_stated: must flag,
    })
}

fn transferred(r: &mut Reader) -> Option<Transferred> {
    record!(r => Transferred {
        on: must date,
        from: must id,
    })
}

fn release_decided(r: &mut Reader) -> Option<ReleaseDecided> {
    record!(r => ReleaseDecided {
        decided_on: must date,
    })
}

fn removal_set(r: &mut Reader) -> Option<RemovalSet> {
    record!(r => RemovalSet {
        set_on: must date,
        removal_on: must date,
    })
}

fn left_detention(r: &mut Reader) -> Option<LeftDetention> {
    record!(r => LeftDetention {
        on: must date,
        how: must choice(Departure::WORDS),
    })
}

fn removal_failed(r: &mut Reader) -> Option<RemovalFailed> {
    record!(r => RemovalFailed {
        failed_on: must date,
        cause: must choice(RemovalFailure::WORDS),
        detention_maintained: must flag,
        removal_set_for: may date,
    })
}

fn representative_changed(r: &mut Reader) -> Option<RepresentativeChanged> {
    let (on, previous) = (r.must("on", date), r.may("previous", id));
    let appointment = r.may("appointment", object(appointment_confirmed));
    Some(RepresentativeChanged { on: on?, previous: previous?, appointment: appointment?.map(Box::new) })
}

fn died(r: &mut Reader) -> Option<Died> {
    record!(r => Died {
        on: must date,
    })
}

fn response_decided(r: &mut Reader) -> Option<ResponseDecided> {
    record!(r => ResponseDecided {
        dcpr_completed_on: must date,
        removal_on: may date,
        report: must object(report),
        second_opinion: may object(second_opinion),
        no_second_opinion_because: may text(MAX_PARAGRAPH),
        standards: must list(MAX_STANDARDS, standard),
        agreement: may prose,
        differences: may prose,
        circumstances: must prose,
        level: must choice(Level::WORDS),
        level_reasons: must prose,
        outcome: must choice(Decision::WORDS),
        outcome_reasons: must prose,
        decision_maker: must object(official),
        authorised_by: must object(authority),
    })
}

fn second_opinion(r: &mut Reader) -> Option<SecondOpinion> {
    record!(r => SecondOpinion {
        doctor_name: must text(MAX_NAME),
        report_date: must date,
        method: must choice(OpinionMethod::WORDS),
        assessed_on: may date,
        limitations: must prose,
        agrees_condition: must choice(Agreement::WORDS),
        agrees_harm: must choice(Agreement::WORDS),
    })
}

fn standard(r: &mut Reader) -> Option<StandardFinding> {
    record!(r => StandardFinding {
        id: must id,
        met: must choice(Met::WORDS),
        reasons: must prose,
    })
}

fn official(r: &mut Reader) -> Option<Official> {
    record!(r => Official {
        name: must text(MAX_NAME),
        grade: must choice(GRADES),
    })
}

fn authority(r: &mut Reader) -> Option<Authority> {
    record!(r => Authority {
        name: must text(MAX_NAME),
        grade: must choice(GRADES),
        on: must date,
    })
}
