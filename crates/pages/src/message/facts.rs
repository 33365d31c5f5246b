//! Enters: a despatch with its history. Leaves: what is known of it, as the parts of its page.
//! Never: a value of the detained person: a despatch has none.

use super::authority;
use crate::components::{
    Cell, Moment, Part, SummaryList, Table, Text, Timeline, TimelineItem, WarningText, fact,
};
use crate::visit::Visit;
use chrono::{DateTime, SecondsFormat, Utc};
use despatch_app::operations::authority_standing::Standing;
use despatch_app::operations::reading::SeenEmail;
use despatch_app::operations::week_places::WeekPlaces;
use despatch_core::words::capital;
use despatch_core::words::{date_words, moment_words, weekday_words};
use despatch_guards::{Check, Outcome};
use despatch_ledger::{Despatch, Event, Hold, State};

/// What must not be missed.
pub(super) fn warnings(despatch: &Despatch) -> Vec<WarningText> {
    let mut words = Vec::new();
    // What waits for an authority says so below, with who may give it.
    let (authority, others): (Vec<&Hold>, Vec<&Hold>) =
        despatch.holds.iter().partition(|hold| hold.code == Hold::AUTHORITY);
    if despatch.state == State::Held && !others.is_empty() {
        let others: Vec<&str> = others.iter().map(|hold| hold.words.as_str()).collect();
        words.push(format!("Held: {}", others.join("; ")));
    }
    if let (Some(first), State::AwaitingReview) = (&despatch.first_approval, despatch.state) {
        words.push(format!("{} has approved it; another reviewer has to as well.", first.by));
    } else if despatch.needs_two() && despatch.state == State::AwaitingReview {
        words.push("Nothing proves who prepared it: two people approve it.".to_owned());
    }
    if let Some(urgent) = &despatch.urgent {
        let reviewed = match &urgent.reviewed_by {
            Some(by) => format!("reviewed by {by}"),
            None => "nobody has reviewed that yet".to_owned(),
        };
        words.push(format!("Let go by {} alone: {}; {reviewed}.", urgent.by, urgent.reason));
    }
    if let (Some(reply), State::InDoubt | State::Refused | State::Deferred) =
        (&despatch.reply, despatch.state)
    {
        words.push(format!("The relay: {reply}"));
    }
    let told = |warning: &&String| authority.iter().all(|hold| hold.words != **warning);
    words.extend(despatch.warnings.iter().filter(told).cloned());
    words.into_iter().map(WarningText::new).collect()
}

/// To whom it goes, and why that is known to be right.
pub(super) fn recipient(visit: &Visit<'_>, despatch: &Despatch) -> SummaryList {
    let recipient = &despatch.recipient;
    let mut rows = vec![
        fact("Name", recipient.name.clone()),
        fact("Organisation", recipient.organisation.clone()),
        fact("As", capital(despatch.planned.role.label())),
        fact("Address", Text::from(vec![Part::code(recipient.address.clone())])),
    ];
    let entry = recipient.entry.as_ref().and_then(|id| visit.open.office.directory.get(id));
    if let Some(entry) = entry {
        let verified = match &entry.verified {
            Some(one) => format!("by {} on {}: {}", one.by, date_words(one.on), one.how),
            None => "nobody has verified it".to_owned(),
        };
        rows.push(fact("Verified", verified));
        let link =
            Part::link(entry.id.to_string(), format!("/directory/{}", entry.id)).about("in the directory");
        rows.push(fact("Entry", Text::from(vec![link])));
    }
    if let Some(bound) = &despatch.message {
        let opens = match bound.opening {
            None => "only the office can: the entry has no key and no other way".to_owned(),
            Some(method) => capital(method.label()),
        };
        rows.push(fact("Opens", opens));
        for fingerprint in &bound.fingerprints {
            rows.push(fact("Key", Text::from(vec![Part::code(fingerprint.clone())])));
        }
    }
    SummaryList::new(rows)
}

/// By when it is due, and until when it makes sense.
pub(super) fn times(despatch: &Despatch, week: Option<&WeekPlaces>) -> SummaryList {
    let planned = &despatch.planned;
    let mut rows = vec![fact("Dated", weekday_words(despatch.issued_on))];
    if let Some(deadline) = &planned.deadline {
        rows.push(fact("Due", format!("{}: {}", weekday_words(deadline.due), deadline.what)));
        rows.push(fact("Counted", deadline.arithmetic.clone()));
        rows.push(fact("Rule", deadline.source.clone()));
    }
    if let Some(window) = &planned.window {
        rows.push(fact(
            "Serve by",
            format!("{}, or the window closes", weekday_words(window.latest_service)),
        ));
    }
    if let Some(last) = planned.not_after {
        rows.push(fact("Not after", weekday_words(last)));
    }
    if let Some(week) = week {
        rows.push(fact("Places of the week", week.words()));
    }
    SummaryList::new(rows)
}

/// Of what it was made, by whom, and why.
pub(super) fn origin(visit: &Visit<'_>, despatch: &Despatch, standing: Option<&Standing>) -> SummaryList {
    let planned = &despatch.planned;
    let copy = if planned.copy { ", a copy" } else { "" };
    let mut rows = vec![
        fact("Prepared by", despatch.prepared_by.to_string()),
        fact("Because", planned.source.clone()),
        fact("Letter", format!("{}, row {}{copy}", planned.kind, planned.row)),
        fact("Pack", despatch.pack.to_string()),
    ];
    if let Some(bound) = &despatch.message {
        let now = visit.open.office.catalogue.fingerprint(&planned.kind);
        let same = if now == bound.template { "" } else { "; the templates have changed since" };
        rows.push(fact("Templates", Text::from(vec![Part::code(bound.template.short()), Part::text(same)])));
        rows.push(fact("Message", Text::from(vec![Part::code(bound.sha256.to_string())])));
        rows.push(fact("Message-ID", Text::from(vec![Part::code(bound.message_id.clone())])));
    }
    if let Some(Standing::Given(given)) = standing {
        rows.push(fact("Authorised", format!("by {}", authority::said(given))));
    }
    for approval in despatch.first_approval.iter().chain(&despatch.approval) {
        rows.push(fact("Approved", format!("by {} on {}", approval.by, moment_words(approval.at))));
    }
    if let Some(receipt) = &despatch.receipt {
        let opened = if receipt.opened { "opened" } else { "cannot be opened" };
        rows.push(fact(
            "Receipt",
            format!("{opened}; {} heard on {}: {}", receipt.by, date_words(receipt.on), receipt.how),
        ));
    }
    rows.extend(despatch.reason.iter().map(|reason| fact("Reason given", reason.clone())));
    SummaryList::new(rows)
}

/// Each guard with its verdict and its evidence.
pub(super) fn checks(despatch: &Despatch) -> Table {
    let row = |check: &Check| {
        let colour = match (check.outcome, &check.overridden) {
            (_, Some(_)) | (Outcome::Warned, None) => "yellow",
            (Outcome::Passed, None) => "green",
            (Outcome::Confirm, None) => "orange",
            (Outcome::Stops, None) => "red",
        };
        vec![
            Cell::from(capital(check.guard.label())),
            Text::from(vec![Part::tag(capital(&check.outcome_label()), colour)]).into(),
            Cell::from(check.evidence.clone()),
        ]
    };
    let head = ["Check", "Verdict", "Evidence"].map(Cell::from).to_vec();
    Table::new("What the program checked", head, despatch.checks.iter().map(row).collect())
}

/// The headers of the cover email.
pub(super) fn headers(email: &SeenEmail) -> SummaryList {
    SummaryList::new(vec![
        fact("From", email.from.clone()),
        fact("To", email.to.clone()),
        fact("Subject", email.subject.clone()),
    ])
}

/// What happened to it, newest first.
pub(super) fn history(events: &[Event]) -> Timeline {
    let item = |event: &Event| TimelineItem {
        label: capital(&event.label()).into(),
        byline: Some(event.actor.clone().into()),
        datetime: moment(event.at),
        ..TimelineItem::default()
    };
    Timeline { items: events.iter().rev().map(item).collect(), heading_level: Some(3), ..Timeline::default() }
}

/// A moment for machines and for people.
pub(crate) fn moment(at: DateTime<Utc>) -> Moment {
    Moment { timestamp: at.to_rfc3339_opts(SecondsFormat::Secs, true), text: moment_words(at) }
}
