//! Enters: a period. Leaves: how much of what there is, how fast it goes and who decided what, as numbers and short lists.
//! Never: shows anything of a case that the actor may not see.

use super::alarms::{Unacknowledged, unacknowledged};
use super::due_list::{Due, DueList};
use super::inbox::LiesThere;
use super::{Actor, Failure, OpenOffice};
use chrono::{Days, NaiveDate, TimeDelta};
use despatch_core::words::StaffId;
use despatch_ledger::{Deeds, Despatch, State};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Days of the chart of what went through.
const CHART_DAYS: u64 = 14;
/// The bounds of the ages, in days.
const AGES: [i64; 3] = [1, 3, 7];
/// The most messages of one kind that are listed; the rest is a number.
const LISTED_MAX: usize = 50;
/// What people decide, by the codes of the events.
pub const DECISIONS: [&str; 9] = [
    "approved",
    "first_approved",
    "returned",
    "held",
    "released",
    "cancelled",
    "override",
    "urgent_release",
    "urgent_reviewed",
];

/// A period whose decisions are counted; the last seven days without one.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct ShowOverview {
    pub from: Option<NaiveDate>,
    /// The last day.
    pub until: Option<NaiveDate>,
}

/// How an office stands.
#[derive(Debug, Serialize)]
pub struct Overview {
    pub today: NaiveDate,
    /// How many messages are in each state that waits for something.
    pub states: Vec<InState>,
    pub due_today: Vec<Due>,
    pub late: Vec<Due>,
    /// Messages that may have been delivered.
    pub in_doubt: Vec<Despatch>,
    pub unacknowledged: Vec<Unacknowledged>,
    /// Messages that are held, with their reasons; the oldest of them.
    pub held: Vec<Despatch>,
    /// Case files in the inbox: ready, waiting for something, and rejected.
    pub inbox: InInbox,
    pub throughput: Vec<DayCounts>,
    pub ages: Vec<Age>,
    pub from: NaiveDate,
    pub until: NaiveDate,
    /// Who decided what in that period.
    pub decided: BTreeMap<String, BTreeMap<String, u64>>,
}

/// How many messages are in a state.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct InState {
    pub state: State,
    pub number: usize,
}

/// What lies in the inbox.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct InInbox {
    pub ready: usize,
    pub waiting: usize,
    pub left: usize,
    pub rejected: usize,
}

/// What went through on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DayCounts {
    pub day: NaiveDate,
    /// Case files.
    pub queued: u64,
    /// Messages.
    pub approved: u64,
    pub sent: u64,
}

/// How many messages that have still to go are this old.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Age {
    pub label: String,
    pub awaiting_review: u64,
    pub held: u64,
}

/// Returns how the office stands.
///
/// # Errors
/// The actor is not on the staff list; the last day is before the first; the ledger or the inbox cannot be read.
pub fn overview(
    open: &mut OpenOffice,
    actor: &Actor,
    request: ShowOverview,
    due: &mut DueList,
) -> Result<Overview, Failure> {
    let me = actor.staff()?.id.clone();
    let now = open.now();
    let today = now.today;
    let until = request.until.unwrap_or(today);
    let from = request.from.unwrap_or_else(|| until.checked_sub_days(Days::new(6)).unwrap_or(until));
    if until < from {
        let cause = "its last day is before its first";
        return Err(Failure::request(
            "until",
            "overview.period",
            cause,
            "give the first day and the last one",
        ));
    }
    let all = due.now(open)?;
    let OpenOffice { office, ledger, .. } = open;
    let hidden = ledger.hidden_from(Some(&me))?;
    let seen: Vec<&Due> = all.iter().filter(|one| !hidden.contains(&one.case_id)).collect();
    let mut unacknowledged = unacknowledged(ledger, &office.calendar, now)?;
    unacknowledged.retain(|one| !hidden.contains(&one.case_id));
    let mut in_doubt = ledger.despatches(&[State::InDoubt])?;
    in_doubt.retain(|one| !hidden.contains(&one.case_id));
    let mut states = Vec::new();
    for state in State::ALL.into_iter().filter(|state| state.waits() || *state == State::InDoubt) {
        let number = ledger.count_waiting(state, Some(&me))?;
        states.push(InState { state, number: usize::try_from(number).unwrap_or(usize::MAX) });
    }
    let lies = LiesThere::of(office, ledger, Some(&me))?;
    let page = despatch_ledger::Page { number: 1, limit: LISTED_MAX as u32 };
    let held = ledger.waiting(State::Held, (despatch_ledger::Whose::Team, Some(&me)), today, page)?;
    let decided = decided(ledger.deeds(&DECISIONS, (from, until), Some(&me))?);
    Ok(Overview {
        today,
        states,
        due_today: seen
            .iter()
            .filter(|one| one.due == today && !one.is_late(now))
            .map(|one| (*one).clone())
            .collect(),
        late: seen.iter().filter(|one| one.is_late(now)).take(LISTED_MAX).map(|one| (*one).clone()).collect(),
        in_doubt,
        unacknowledged,
        held: held.despatches,
        inbox: InInbox {
            ready: lies.ready.len(),
            waiting: lies.waiting.len(),
            left: lies.left.len(),
            rejected: lies.rejected.len(),
        },
        throughput: throughput(open, &me)?,
        ages: ages(open, &me)?,
        from,
        until,
        decided,
    })
}

/// By person, and by what they did.
fn decided(deeds: Vec<Deeds>) -> BTreeMap<String, BTreeMap<String, u64>> {
    let mut by_person: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for Deeds { by, what, number } in deeds {
        *by_person.entry(by).or_default().entry(what).or_default() += number;
    }
    by_person
}

fn throughput(open: &mut OpenOffice, me: &StaffId) -> Result<Vec<DayCounts>, Failure> {
    let today = open.now().today;
    let since = today.checked_sub_days(Days::new(CHART_DAYS - 1)).unwrap_or(today);
    let mut counted = |what| open.ledger.counted_by_day(what, since, Some(me));
    let (queued, approved, sent) = (counted("queued")?, counted("approved")?, counted("sent")?);
    let of = |days: &BTreeMap<NaiveDate, u64>, day| days.get(&day).copied().unwrap_or(0);
    Ok(since
        .iter_days()
        .take_while(|day| *day <= today)
        .map(|day| DayCounts {
            day,
            queued: of(&queued, day),
            approved: of(&approved, day),
            sent: of(&sent, day),
        })
        .collect())
}

/// How old what has still to go is, the youngest first.
fn ages(open: &mut OpenOffice, me: &StaffId) -> Result<Vec<Age>, Failure> {
    let now = open.now().at;
    let moments: Vec<_> = AGES.iter().rev().map(|days| now - TimeDelta::days(*days)).collect();
    let awaiting_review = open.ledger.ages(State::AwaitingReview, &moments, Some(me))?;
    let held = open.ledger.ages(State::Held, &moments, Some(me))?;
    let [one, three, seven] = AGES;
    let labels = [
        format!("more than {seven} days"),
        format!("{three} to {seven} days"),
        format!("{one} to {three} days"),
        "up to a day".to_owned(),
    ];
    let both = awaiting_review.into_iter().zip(held);
    let mut ages: Vec<Age> = labels
        .into_iter()
        .zip(both)
        .map(|(label, (awaiting_review, held))| Age { label, awaiting_review, held })
        .collect();
    ages.reverse();
    Ok(ages)
}
