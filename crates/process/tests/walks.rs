//! Wandering stories: events of every kind in any order, on any day, at every kind of place. Whatever happens there is
//! a plan or a named fault (each step asks the conscience), and together the walks reach every row.

use super::cases::contact;
use super::events::*;
use super::story::{EVERY_PLACE, Story};
use chrono::{Days, NaiveDate, NaiveTime};
use despatch_process::case::*;
use despatch_process::events::Family;
use despatch_process::{PlaceKind, Plan};

/// Numbers that look random and are the same each time.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `most`.
    pub fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % most
    }

    fn one_in(&mut self, most: u64) -> bool {
        self.below(most) == 0
    }

    pub fn of<T: Copy>(&mut self, list: &[T]) -> T {
        let most = u64::try_from(list.len()).expect("short");
        list[usize::try_from(self.below(most)).expect("short")]
    }
}

const PLACES: [&str; 6] = ["brook-house", "northmoor", "dungavel", "glenfern", "manchester-sthf", "st-osyth"];

/// A walk of some steps; `honest` ones give no reason to go against the record.
pub fn walk(seed: u64, honest: bool) -> Story {
    let mut dice = Dice::new(seed);
    let mut story = Story::at(dice.of(&PLACES));
    story.pack.second_opinion_mut().expect("its family").standards.complete = dice.one_in(2);
    if dice.one_in(4) {
        story.case.representative = None;
    }
    let mut today =
        super::day("Monday 2 March 2026").checked_add_days(Days::new(dice.below(40))).expect("a day");
    for step in 0..24 {
        today = today.checked_add_days(Days::new(dice.of(&[0, 0, 1, 1, 2, 3, 5]))).expect("a day");
        let name = if step < 2 && dice.below(5) > 0 {
            [EventName::ExternalReportReceived, EventName::ReferralReceived][step]
        } else {
            likely(&mut dice, &story)
        };
        if !honest && dice.one_in(3) {
            story.despite_history();
        }
        step_on(&mut dice, &mut story, name, today);
    }
    story
}

/// Something happens, or is refused and has not.
fn step_on(dice: &mut Dice, story: &mut Story, name: EventName, today: NaiveDate) {
    let (detention, representative) = (story.case.detention.clone(), story.case.representative.clone());
    let event = event(dice, story, name, today);
    match story.try_on(today, event) {
        Ok(plan) => {
            story.take(plan);
            match dice.below(6) {
                0 => story.nothing_went(),
                1 | 2 => story.all_went(),
                _ => {}
            }
        }
        Err(_) => {
            story.case.despite_history = None;
            (story.case.detention, story.case.representative) = (detention, representative);
        }
    }
}

/// Any event, and more often one that goes on with the process.
fn likely(dice: &mut Dice, story: &Story) -> EventName {
    use EventName::*;
    let last = story.plans.last().map(|(name, ..)| *name);
    let next: &[EventName] = match last {
        None => &[ExternalReportReceived, ReferralReceived],
        Some(ExternalReportReceived) => &[ReferralReceived, Transferred, RemovalFailed],
        Some(ReferralReceived) => {
            &[AppointmentConfirmed, AppointmentConfirmed, Transferred, NoDoctorAvailable]
        }
        Some(AppointmentConfirmed) => &[LetterServed, LetterServed, ResponseReceived, ServiceFailed],
        Some(LetterServed) => &[ResponseReceived, NoResponse, AssessmentOutcome],
        Some(ResponseReceived) => &[RecordsReceived, AssessmentOutcome, ResponseReceived],
        Some(RecordsReceived) => &[AssessmentOutcome, ResponseReceived],
        Some(AssessmentOutcome) => &[SecondOpinionReceived, AppointmentConfirmed, AssessmentOutcome],
        Some(NoResponse) => &[SecondOpinionReceived, ReleaseDecided],
        Some(SecondOpinionReceived) => &[ResponseDecided],
        Some(ReleaseDecided) => &[ReleaseWithdrawn, LeftDetention, SecondOpinionReceived],
        Some(LeftDetention) => &[DetainedAgain, SecondOpinionReceived],
        Some(DetainedAgain | ReleaseWithdrawn) => &[ReferralReceived, ResponseDecided],
        Some(RemovalSet) => &[RemovalFailed, ResponseDecided],
        Some(RemovalFailed) => &[ReferralReceived, ResponseDecided],
        Some(ResponseDecided) => &[AnswerServed, SecondOpinionReceived, RemovalSet],
        _ => &[AppointmentConfirmed, ResponseDecided],
    };
    let all: Vec<EventName> = EventName::of_family(Family::SecondOpinion).collect();
    if dice.below(3) > 0 { dice.of(next) } else { dice.of(&all) }
}

fn near(dice: &mut Dice, today: NaiveDate, back: u64, ahead: u64) -> NaiveDate {
    let first = today.checked_sub_days(Days::new(back)).expect("a day");
    first.checked_add_days(Days::new(dice.below(back + ahead + 1))).expect("a day")
}

/// An event of this kind, in one of its shapes; moves and changes are made in the case too.
fn event(dice: &mut Dice, story: &mut Story, name: EventName, today: NaiveDate) -> Event {
    let happened = if dice.one_in(6) { near(dice, today, 3, 0) } else { today };
    let happens: Happens = match name {
        EventName::ExternalReportReceived => return received(dice, happened),
        EventName::CopiedToHealthcare => copied(dice.of(&[CopyOf::Report, CopyOf::SecondOpinion])),
        EventName::ReferralReceived if dice.one_in(8) => referral_without_request(),
        EventName::ReferralReceived => {
            let week = story.pack.second_opinion().expect("its family").capacity.week_of(happened);
            if dice.one_in(8) {
                story.history.granted.insert(week, 10);
            }
            referral()
        }
        EventName::NoDoctorAvailable => {
            let referred_on = referred(story, today);
            return Event::NoDoctorAvailable(NoDoctorAvailable { established_on: happened, referred_on });
        }
        EventName::AppointmentConfirmed => return Event::AppointmentConfirmed(booked(dice, story, today)),
        EventName::LetterServed => served(),
        EventName::ServiceFailed => service_failed(),
        EventName::GuidanceGiven => guidance(),
        EventName::ResponseReceived => return answered(dice, story, happened),
        EventName::NoResponse => silence(),
        EventName::RecordsReceived => records(),
        EventName::AssessmentOutcome => return came_of_it(dice, story, today),
        EventName::ConcernsRaised => concerns(),
        EventName::SecondOpinionReceived => opinion(dice.of(&[OpinionMethod::Video, OpinionMethod::Papers])),
        EventName::Transferred => return moved(dice, story, happened),
        EventName::ReleaseDecided => release(),
        EventName::RemovalSet => {
            let removal_on = near(dice, today, 0, 30);
            return Event::RemovalSet(RemovalSet { set_on: happened, removal_on });
        }
        EventName::ReleaseWithdrawn => release_withdrawn(),
        EventName::DetainedAgain => return again(dice, story, happened),
        EventName::LeftDetention => left(dice.of(&[Departure::Released, Departure::Removed])),
        EventName::RemovalFailed => return failed(dice, happened),
        EventName::RepresentativeChanged => return changed(dice, story, happened),
        EventName::Died => died(),
        EventName::ResponseDecided => return decided_on(dice, story, happened),
        EventName::AnswerServed => answer_served(),
        other => panic!("{} is walked elsewhere", other.label()),
    };
    happens(happened)
}

fn received(dice: &mut Dice, on: NaiveDate) -> Event {
    let mut event =
        dice.of::<fn() -> Happens>(&[report, report, report, report_of_an_unregulated_author])()(on);
    if let Event::ExternalReportReceived(event) = &mut event {
        event.removal_set_for = dice.one_in(4).then(|| near(dice, on, 0, 30));
        event.release_decided_on = dice.one_in(8).then_some(on);
    }
    event
}

/// The day of the referral on record.
fn referred(story: &Story, today: NaiveDate) -> NaiveDate {
    despatch_process::CaseState::of(&story.history).referred_on.unwrap_or(today)
}

fn booked(dice: &mut Dice, story: &Story, today: NaiveDate) -> AppointmentConfirmed {
    let standing = despatch_process::CaseState::of(&story.history);
    let mut details = details(referred(story, today), near(dice, today, 0, 10));
    details.time = NaiveTime::from_hms_opt(14, 30, 0).expect("a time");
    let cancelled = standing.to_rebook().map(|booked| booked.fact.date);
    details.rebooks = if dice.one_in(10) { Some(near(dice, today, 3, 0)) } else { cancelled };
    if dice.one_in(4) {
        details.doctor = contact("another-doctor");
    }
    details
}

fn answers(dice: &mut Dice) -> Happens {
    let one = [Answer::Yes, Answer::No, Answer::NotGiven];
    let (attend, records) = (dice.of(&one), dice.of(&one));
    match dice.below(3) {
        0 => answer(Respondent::Representative, attend, records),
        1 => instructed(attend, records),
        _ => answer(Respondent::Individual, attend, records),
    }
}

/// An answer, and for a yes the appointment for which bookings may have to be made again.
fn answered(dice: &mut Dice, story: &Story, on: NaiveDate) -> Event {
    let mut event = answers(dice)(on);
    let booked = despatch_process::CaseState::of(&story.history).appointment;
    if let (Event::ResponseReceived(event), Some(booked)) = (&mut event, booked)
        && event.attend == Answer::Yes
    {
        let mut details = details(booked.fact.referred_on, booked.fact.date);
        details.time = booked.fact.time;
        event.appointment = Some(details);
    }
    event
}

fn came_of_it(dice: &mut Dice, story: &Story, today: NaiveDate) -> Event {
    let on_record =
        despatch_process::CaseState::of(&story.history).appointment.map(|booked| booked.fact.date);
    let date = on_record.unwrap_or(today);
    let outcome = dice.of(Outcome::WORDS).1;
    let theirs = matches!(
        outcome,
        Outcome::StaffUnavailable
            | Outcome::Technical
            | Outcome::InterpreterUnavailable
            | Outcome::OtherHomeOffice
    );
    let rebooking =
        theirs.then(|| dice.of(&[Rebooking::Possible, Rebooking::Impossible, Rebooking::Possible]));
    let then = [None, None, Some(AfterCancellation::PapersOnly), Some(AfterCancellation::StandardsOnly)];
    let then = dice.of(&then).filter(|_| rebooking == Some(Rebooking::Impossible));
    Event::AssessmentOutcome(AssessmentOutcome {
        date,
        reported_on: today,
        outcome,
        rebooking,
        no_other_records: Some(true),
        then,
    })
}

fn moved(dice: &mut Dice, story: &mut Story, on: NaiveDate) -> Event {
    let to = dice.of(&PLACES).parse().expect("an id");
    let from = std::mem::replace(&mut story.case.detention.place, to);
    Event::Transferred(Transferred { on, from })
}

fn again(dice: &mut Dice, story: &mut Story, detained_on: NaiveDate) -> Event {
    story.case.detention.place = dice.of(&PLACES).parse().expect("an id");
    story.case.detention.since = detained_on;
    Event::DetainedAgain(DetainedAgain { detained_on })
}

fn failed(dice: &mut Dice, failed_on: NaiveDate) -> Event {
    Event::RemovalFailed(RemovalFailed {
        failed_on,
        cause: RemovalFailure::Representations,
        detention_maintained: dice.below(5) > 0,
        removal_set_for: dice.one_in(4).then(|| near(dice, failed_on, 0, 40)),
    })
}

fn changed(dice: &mut Dice, story: &mut Story, on: NaiveDate) -> Event {
    let standing = despatch_process::CaseState::of(&story.history);
    let date = standing.ahead().map(|booked| booked.fact.date);
    let details = date.map(|date| details(referred(story, on), date));
    let entry = dice.of(&[Some("new-representative"), Some("the-representative"), None]);
    story.new_representative(entry, details)(on)
}

fn decided_on(dice: &mut Dice, story: &Story, on: NaiveDate) -> Event {
    let standing = despatch_process::CaseState::of(&story.history);
    let happens = if standing.opinion_received_on.is_some() { response_with_opinion() } else { response() };
    let removal_on = standing.removal_on.filter(|_| dice.below(4) > 0);
    let unreviewed = removal_on.is_some() && dice.one_in(4);
    decided_from(happens, move |event| {
        event.removal_on = removal_on;
        if unreviewed {
            (event.dcpr_completed_on, event.no_review_because) = (None, Some("Marker-Review".to_owned()));
        }
    })(on)
}

/// What one plan made of which row of the pack: its index, the event, the kind of the place.
pub fn rows_of(story: &Story) -> Vec<(usize, EventName, PlaceKind)> {
    let mut found = Vec::new();
    for (event, kind, plan) in &story.plans {
        for (index, row) in story.pack.rows.iter().enumerate() {
            let made = plan.despatches.iter().any(|one| {
                (&one.row, one.purpose, &one.kind, one.role, one.copy)
                    == (&row.number, row.purpose, &row.kind, row.role, row.copy)
            });
            if made && row.events.contains(event) {
                found.push((index, *event, kind_of(plan, row.at, *kind)));
            }
        }
    }
    found
}

/// The kind of the place that a row means.
fn kind_of(plan: &Plan, at: despatch_process::packs::pack::At, kind: PlaceKind) -> PlaceKind {
    let booked = plan.outcome.cancelled.as_ref().or(plan.outcome.appointment.as_ref());
    match (at, booked) {
        (despatch_process::packs::pack::At::Appointment, Some(booked)) => booked.kind,
        _ => kind,
    }
}

#[test]
fn whatever_happens_there_is_a_plan_or_a_named_fault() {
    let of = |honest: bool| -> usize {
        (1..=1000).filter(|seed| (seed % 2 == 0) == honest).map(|seed| walk(seed, honest).plans.len()).sum()
    };
    let plans: usize = std::thread::scope(|scope| {
        let honest = scope.spawn(|| of(true));
        of(false) + honest.join().expect("the honest walks")
    });
    assert!(plans > 5_000, "only {plans} plans were made");
}

/// Each event at each place, with nothing on record and with an ordinary record, has an answer or a named fault.
#[test]
fn every_event_has_an_answer_at_every_place() {
    let today = super::day("Monday 9 March 2026");
    let (mut answered, mut dice) = (0, Dice::new(7));
    for place in EVERY_PLACE.iter() {
        for recorded in [false, true] {
            for name in EventName::of_family(Family::SecondOpinion) {
                let mut story = if recorded {
                    super::paths::referred(place.id.as_str())
                } else {
                    Story::at(place.id.as_str())
                };
                let event = event(&mut dice, &mut story, name, today);
                answered += u32::from(story.try_on(today, event).is_ok());
            }
        }
    }
    assert!(answered > 200, "{answered}");
}
