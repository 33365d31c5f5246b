//! Enters: what is on record for a case. Leaves: sentences for people. Never: decides anything, or says more than the
//! record does.

use super::detention_summary::detention_lines;
use chrono::NaiveDate;
use despatch_core::clock::Moment;
use despatch_core::words::{PlaceId, count, date_words, time_words, weekday_words};
use despatch_process::case::Level;
use despatch_process::case_state::{AppointmentState, Replies};
use despatch_process::detention::LondonTime;
use despatch_process::{Answers, Booked, CaseState, Places};

/// The label of the line that must not be overlooked: the day of removal.
pub const REMOVAL: &str = "removal";

/// From how many minutes on a distance is told in days.
const NEAR_MINUTES: usize = 48 * 60;

/// The distance to a day: "today", "in 2 days", "3 days past".
pub fn days_left(due: NaiveDate, today: NaiveDate) -> String {
    let days = (due - today).num_days();
    let number = usize::try_from(days.unsigned_abs()).unwrap_or(usize::MAX);
    match days {
        0 => "today".to_owned(),
        1.. => format!("in {}", count(number, "day")),
        _ => format!("{} past", count(number, "day")),
    }
}

/// The distance to a moment that ends something: in hours or minutes where it is near, else in days.
pub fn time_left(due: LondonTime, now: Moment) -> String {
    let minutes = (due.utc() - now.at).num_minutes();
    let number = usize::try_from(minutes.unsigned_abs()).unwrap_or(usize::MAX);
    let near = match number {
        0 => return "now".to_owned(),
        1..60 => count(number, "minute"),
        60..NEAR_MINUTES => count(number / 60, "hour"),
        _ => return days_left(due.last_day(), now.today),
    };
    if minutes < 0 { format!("{near} past") } else { format!("in {near}") }
}

/// The time since a day: "today", "3 days ago".
pub fn days_ago(day: NaiveDate, today: NaiveDate) -> String {
    let days = usize::try_from((today - day).num_days()).unwrap_or(0);
    if days == 0 { "today".to_owned() } else { format!("{} ago", count(days, "day")) }
}

/// The state of a case, each line with its label.
pub(super) fn state_lines(standing: &CaseState, places: &Places) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    if let Some((id, class)) = &standing.place {
        lines.push(("place", format!("{} ({})", place_name(id, places), class.label())));
    }
    let of_detention = detention_lines(&standing.detention);
    if !of_detention.is_empty() {
        lines.extend(of_detention);
        return lines;
    }
    if let Some(since) = standing.detained_since {
        lines.push(("detained since", date_words(since)));
    }
    let representative = standing.representative.as_ref().map_or("none", |entry| entry.as_str());
    lines.push(("represented", representative.to_owned()));
    lines.push(("route", route(standing).to_owned()));
    match &standing.appointment {
        Some(booked) => {
            lines.push(("appointment", appointment(booked, &place_name(&booked.place, places))));
            lines.push(("answers", answers(standing)));
        }
        None => lines.push(("appointment", "none yet".to_owned())),
    }
    if let Some(day) = standing.opinion_received_on {
        lines.push(("second opinion", format!("received on {}", date_words(day))));
    }
    if let Some(day) = standing.removal_on {
        lines.push((REMOVAL, weekday_words(day)));
    }
    lines.push(("pending", pending(standing)));
    lines.push(("level in force", level(standing)));
    lines
}

/// The name of a place; its id if the office does not know it.
pub fn place_name(id: &PlaceId, places: &Places) -> String {
    places.get(id).map_or_else(|| id.to_string(), |place| place.name.clone())
}

/// An appointment and its state.
fn appointment(booked: &Booked, place: &str) -> String {
    let state = match booked.state {
        AppointmentState::Ahead => "ahead",
        AppointmentState::Completed => "completed",
        AppointmentState::NotAttended => "the person did not take part",
        AppointmentState::ToRebook => "cancelled, to be booked again",
        AppointmentState::Cancelled => "cancelled",
    };
    let fact = &booked.fact;
    format!(
        "{}: number {}, {} at {}, {place}, with {}",
        state,
        booked.number,
        weekday_words(fact.date),
        time_words(fact.time),
        fact.doctor
    )
}

/// The current answers to the invitation.
fn answers(standing: &CaseState) -> String {
    let Answers { individual, representative, former, consent } = &standing.answers;
    let of = |who: &str, replies: &Option<Replies>| {
        replies.map(|replies| {
            format!("{who}: attend {}, records {}", replies.attend.label(), replies.records.label())
        })
    };
    // Consent given or withdrawn by instruction, or in answer to an earlier invitation, is in neither reply.
    let own = individual.map(|replies| replies.records.label());
    let word = |consent: bool| if consent { "yes" } else { "no" };
    let consent = consent.map(word).filter(|consent| own != Some(consent));
    let given: Vec<String> = of("individual", individual)
        .into_iter()
        .chain(of("representative", representative))
        .chain(of("former representative", former))
        .chain(consent.map(|consent| format!("consent to the release of records: {consent}")))
        .collect();
    if !given.is_empty() {
        return given.join("; ");
    }
    match (standing.silent, standing.served_on) {
        (true, _) => "none came, and both sides confirmed that".to_owned(),
        (false, Some(day)) => format!("none yet; the letter was served on {}", date_words(day)),
        (false, None) => "none yet".to_owned(),
    }
}

/// The route by which the report is considered.
pub(super) fn route(standing: &CaseState) -> &'static str {
    if standing.requested == Some(false) {
        "on the report alone: no second opinion is asked for"
    } else if standing.without_opinion {
        "on the standards of the guidance, without a second opinion"
    } else if standing.papers_only {
        "with a second opinion on papers alone"
    } else if standing.requested.is_some() || standing.appointment.is_some() {
        "with a second opinion by an assessment"
    } else {
        "whether a second opinion is asked for is not on record"
    }
}

/// What is still outstanding.
pub(super) fn pending(standing: &CaseState) -> String {
    if let Some(day) = standing.died_on {
        return format!("nothing: the person died on {}", date_words(day));
    }
    let mut waits = Vec::new();
    if standing.awaits_opinion() {
        waits.push(match standing.ahead() {
            Some(booked) if !standing.assessed() => {
                format!("the assessment on {}, then the second opinion report", date_words(booked.fact.date))
            }
            _ if standing.assessed() => "the second opinion report".to_owned(),
            _ => "a date for the assessment, then the second opinion report".to_owned(),
        });
    }
    if standing.responded_on.is_none() && standing.left.is_none() {
        waits.push("the response to the external medical report".to_owned());
    }
    match (waits.is_empty(), standing.left) {
        (false, _) => waits.join("; then "),
        (true, Some((day, how))) => format!("nothing: {} on {}", how.label(), date_words(day)),
        (true, None) => "nothing".to_owned(),
    }
}

/// The level in force, and how long it remains so (G9).
fn level(standing: &CaseState) -> String {
    let stays = if standing.awaits_opinion() {
        "; while the second opinion is pending it stays in force, and no change is required"
    } else {
        ""
    };
    match standing.level {
        Some(Level::None) => format!("no level{stays}"),
        Some(level) => format!("{}{stays}", level.label()),
        None if standing.awaits_opinion() => {
            "not on record here; whatever level is in force stays in force while the second opinion is pending"
                .to_owned()
        }
        None => "not on record here".to_owned(),
    }
}
