//! Enters: every case on record, and today. Leaves: what runs, nearest first, on the screen, as JSON and as a calendar.
//! Never: calls the response of row 36 overdue, for no deadline is set for it; or puts anything personal in a calendar.

use super::alarm::Alarm;
use super::args::{Common, Deadlines};
use super::incident::{alarm_words, running};
use super::open::write_new;
use super::print::{Print, count, red, strong, wrapped};
use super::receipts::{Unheard, unheard};
use super::told::{ago, left};
use super::{Exit, Failure, open_ledger, open_office};
use chrono::{NaiveDate, NaiveTime};
use despatch_app::office::Office;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::random::random_hex;
use despatch_core::words::{CaseId, time_words, weekday_words};
use despatch_ledger::{Incident, Ledger, OnRecord};
use despatch_letters::ics::{Entry, When, calendar};
use despatch_process::case::Grade;
use despatch_process::events::DecisionFact;
use despatch_process::{
    Calendar, CaseState, Deadline, DeadlineRule, Fact, History, Purpose, detention_reviews,
};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

/// How a file begins that this command may write anew.
const CALENDAR: &[u8] = b"BEGIN:VCALENDAR";

pub(super) fn deadlines(common: &Common, args: &Deadlines, print: &Print) -> Result<Exit, Failure> {
    let (office, clock) = open_office(common)?;
    let mut ledger = open_ledger(&office)?;
    let now = clock.now();
    let cases = match &args.case {
        Some(only) if !ledger.knows_case(only)? => return Err(unknown(only).into()),
        Some(only) => vec![only.clone()],
        None => ledger.cases()?,
    };
    let board = Board::of(&mut ledger, &office.calendar, &cases, now)?;
    if let Some(path) = &args.ics {
        write_calendar(path, &board.calendar(&office, now))?;
    }
    print.json(&serde_json::json!({ "today": now.today, "board": board }));
    board.show(now, print);
    if let Some(path) = &args.ics {
        let deadlines = count(board.deadlines.len(), "deadline");
        let appointments = count(board.appointments.len(), "appointment");
        print.line(&format!("\nWrote {deadlines} and {appointments} to {}.", path.display()));
    }
    Ok(Exit::Done)
}

/// The fault of a case that nothing is on record of.
pub(super) fn unknown(case_id: &CaseId) -> Fault {
    let cure = "check the case's id with `despatch outbox list`";
    Fault::new(case_id.to_string(), "case.unknown", "nothing of this case is on record", cure)
}

/// Everything that runs.
#[derive(Debug, Default, Serialize)]
pub(super) struct Board {
    /// Copies for healthcare teams that have waited too long (G19).
    alarms: Vec<Alarm>,
    /// Messages that their recipients cannot open, or have not acknowledged for a working day.
    unheard: Vec<Unheard>,
    deadlines: Vec<Due>,
    appointments: Vec<Ahead>,
    /// The responses that are still to be made or sent: their age alone (row 36).
    responses: Vec<Age>,
    reviews: Vec<ReviewDue>,
    /// What must be reported within 72 hours (UK GDPR, article 33(1)).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    incidents: Vec<Incident>,
}

#[derive(Debug, Serialize)]
struct Due {
    case_id: CaseId,
    days_left: i64,
    #[serde(flatten)]
    clock: Deadline,
}

#[derive(Debug, Serialize)]
struct Ahead {
    case_id: CaseId,
    number: u32,
    date: NaiveDate,
    time: NaiveTime,
}

#[derive(Debug, Serialize)]
struct Age {
    case_id: CaseId,
    /// What there is to do.
    what: &'static str,
    since: NaiveDate,
    days: i64,
}

#[derive(Debug, Serialize)]
struct ReviewDue {
    case_id: CaseId,
    due: NaiveDate,
    name: String,
    /// The lowest that may authorise it.
    grade: Grade,
    days_left: i64,
}

impl Board {
    /// Everything that runs in these cases, nearest first.
    pub(super) fn of(
        ledger: &mut Ledger,
        days: &Calendar,
        cases: &[CaseId],
        now: Moment,
    ) -> Result<Board, Failure> {
        let mut board = Board::default();
        for case_id in cases {
            let events = ledger.case_events(case_id)?;
            board.add(ledger, case_id, &events, now)?;
        }
        board.sort();
        board.unheard = unheard(ledger, days, now)?;
        board.unheard.retain(|one| cases.contains(&one.case_id));
        board.incidents = running(ledger)?;
        board.incidents.retain(|incident| cases.contains(&incident.case_id));
        Ok(board)
    }

    /// Puts one case on it.
    fn add(
        &mut self,
        ledger: &mut Ledger,
        case_id: &CaseId,
        events: &[OnRecord],
        now: Moment,
    ) -> Result<(), Failure> {
        let today = now.today;
        let history = History { events: events.iter().map(OnRecord::past).collect(), ..History::default() };
        let standing = CaseState::of(&history);
        for despatch in events.iter().flat_map(|event| &event.despatches) {
            self.alarms.extend(Alarm::of(ledger, despatch, now)?);
        }
        self.deadlines.extend(standing.clocks.iter().map(|clock| Due {
            case_id: case_id.clone(),
            days_left: (clock.due - today).num_days(),
            clock: clock.clone(),
        }));
        self.appointments.extend(standing.ahead().map(|booked| Ahead {
            case_id: case_id.clone(),
            number: booked.number,
            date: booked.fact.date,
            time: booked.fact.time,
        }));
        let response = response(&standing, events);
        let open = standing.died_on.is_none()
            && standing.left.is_none()
            && (standing.responded_on.is_none() || response.is_some());
        self.responses.extend(response.map(|(what, since)| Age {
            case_id: case_id.clone(),
            what,
            since,
            days: (today - since).num_days(),
        }));
        let review =
            standing.detained_since.filter(|_| open).and_then(|since| detention_reviews::next(since, today));
        self.reviews.extend(review.map(|review| ReviewDue {
            case_id: case_id.clone(),
            days_left: (review.due - today).num_days(),
            due: review.due,
            name: review.name,
            grade: review.grade,
        }));
        Ok(())
    }

    /// Nearest first; responses by age, oldest first.
    fn sort(&mut self) {
        self.alarms.sort_by_key(|alarm| std::cmp::Reverse(alarm.minutes));
        self.deadlines.sort_by_key(|due| due.clock.due);
        self.appointments.sort_by_key(|ahead| (ahead.date, ahead.time));
        self.responses.sort_by_key(|age| age.since);
        self.reviews.sort_by_key(|review| review.due);
    }

    pub(super) fn show(&self, now: Moment, print: &Print) {
        let today = now.today;
        self.incidents.iter().for_each(|incident| print.line(&red(&alarm_words(incident, now))));
        self.alarms.iter().for_each(|alarm| alarm.show(print));
        self.unheard.iter().for_each(|unheard| unheard.show(print));
        if !(self.incidents.is_empty() && self.alarms.is_empty() && self.unheard.is_empty()) {
            print.line("");
        }
        let rows: Vec<Vec<String>> = self.deadlines.iter().map(|due| due.row(today)).collect();
        print.table(&["due", "left", "case", "what must be done"], &rows, "No deadline runs.");
        for (index, due) in self.deadlines.iter().enumerate() {
            let gap = if index == 0 { "\n" } else { "" };
            let deadline = &due.clock;
            let text = format!("{}, {}: {}", due.case_id, deadline.what, deadline.arithmetic);
            print.line(&format!("{gap}{}", wrapped("counted", &text)));
        }
        section(print, "Appointments", &self.appointments, |ahead| {
            let day = weekday_words(ahead.date);
            let far = left(ahead.date, today);
            format!("{} at {} ({far}): number {}", day, time_words(ahead.time), ahead.number)
        });
        section(
            print,
            "Responses to reports: no deadline is set, so this is their age",
            &self.responses,
            |age| format!("{}, since {} ({})", age.what, weekday_words(age.since), ago(age.since, today)),
        );
        section(print, "Detention reviews", &self.reviews, |review| {
            format!(
                "{} ({}): {}, authorised by {:?} or above",
                weekday_words(review.due),
                left(review.due, today),
                review.name,
                review.grade
            )
        });
    }

    /// The deadlines and the appointments, with the case's id and the rule's words alone.
    fn calendar(&self, office: &Office, now: Moment) -> String {
        let domain = &office.config.mail_domain;
        let mut known = BTreeSet::new();
        let mut uid = |stem: String| {
            let mut uid = format!("{stem}@{domain}");
            let mut number = 1;
            while !known.insert(uid.clone()) {
                number += 1;
                uid = format!("{stem}.{number}@{domain}");
            }
            uid
        };
        let mut entries = Vec::new();
        for Ahead { case_id, number, date, time } in &self.appointments {
            entries.push(Entry {
                uid: uid(format!("{case_id}.appointment.{number}")),
                when: When::At(*date, *time),
                summary: format!("{case_id}: second opinion assessment"),
                description: String::new(),
                location: None,
            });
        }
        for Due { case_id, clock: deadline, .. } in &self.deadlines {
            entries.push(Entry {
                uid: uid(format!("{case_id}.{}.{}", rule_word(deadline.rule), deadline.due.format("%Y%m%d"))),
                when: When::AllDay(deadline.due),
                summary: format!("{case_id}: {}", deadline.what),
                description: deadline.arithmetic.clone(),
                location: None,
            });
        }
        calendar(&entries, now.at)
    }
}

impl Due {
    fn row(&self, today: NaiveDate) -> Vec<String> {
        let due = self.clock.due;
        let coloured = |text: String| if due < today { red(&text) } else { text };
        vec![
            coloured(due.format("%a %-d %b %Y").to_string()),
            coloured(left(due, today)),
            self.case_id.to_string(),
            self.clock.what.clone(),
        ]
    }
}

fn section<T: HasCase>(print: &Print, title: &str, all: &[T], words: impl Fn(&T) -> String) {
    if !all.is_empty() {
        print.line(&format!("\n{}", strong(title)));
        all.iter().for_each(|one| print.line(&wrapped(one.case_id().as_str(), &words(one))));
    }
}

/// What belongs to one case.
trait HasCase {
    fn case_id(&self) -> &CaseId;
}

macro_rules! has_case {
    ($($name:ident)*) => { $(impl HasCase for $name {
        fn case_id(&self) -> &CaseId { &self.case_id }
    })* };
}
has_case!(Ahead Age ReviewDue);

/// The word of a rule, as the ledger writes it.
fn rule_word(rule: DeadlineRule) -> String {
    serde_json::to_value(rule).ok().and_then(|word| Some(word.as_str()?.to_owned())).unwrap_or_default()
}

/// The response that is still to be made or sent, and since when it could have been.
fn response(standing: &CaseState, events: &[OnRecord]) -> Option<(&'static str, NaiveDate)> {
    let decided = events.iter().rev().find_map(|event| match event.recorded.fact {
        Fact::ResponseDecided(DecisionFact { on, before_removal: false, .. }) => Some((event, on)),
        _ => None,
    });
    if let Some((event, on)) = decided {
        let unsent =
            event.despatches.iter().any(|one| one.planned.purpose == Purpose::Response && one.state.waits());
        return unsent.then_some(("the response is decided and has not gone to everybody", on));
    }
    let over = standing.died_on.is_some() || standing.left.is_some() || standing.responded_on.is_some();
    if over || standing.awaits_opinion() {
        return None;
    }
    let arrived = standing.received_on.or(standing.referred_on);
    match standing.opinion_received_on {
        Some(on) => Some(("the second opinion is here and the response is not decided", on)),
        // What the record does not tell is not shown as if it did.
        None if standing.requested.is_none() && !standing.without_opinion => None,
        None => Some(("no second opinion is to come and the response is not decided", arrived?)),
    }
}

/// Writes a calendar, also over an earlier one, and over nothing else.
fn write_calendar(path: &Path, text: &str) -> Result<(), Failure> {
    let at = path.display().to_string();
    if path.exists() && !fs::read(path).is_ok_and(|bytes| bytes.starts_with(CALENDAR)) {
        let cause = "there is another file of this name, which is no calendar";
        return Err(Fault::new(at, "ics.other_file", cause, "choose another name").into());
    }
    // Under a name of its own first, so that whoever reads the calendar meanwhile reads a whole one.
    let written = random_hex(8).and_then(|random| {
        let unfinished = path.with_file_name(format!(".{random}.part"));
        write_new(&unfinished, text.as_bytes()).map_err(|fault| io::Error::other(fault.cause))?;
        fs::rename(&unfinished, path)
    });
    written.map_err(|error| {
        Fault::new(at, "ics.unwritten", format!("it was not written: {error}"), "choose another place").into()
    })
}
