//! Enters: the contents of the outbox. Leaves: them on the screen. Never: shows personal data of the detained person.

use crate::printing::{self, Print, checks_view, listed, show_despatches, strong, wrapped};
use despatch_app::operations::moot::MootHold;
use despatch_app::operations::outbox::{DespatchHistory, OutboxList, held_for};
use despatch_app::operations::week_places::WeekPlaces;
use despatch_core::clock::Moment;
use despatch_core::words::{count, date_words, weekday_words};
use despatch_ledger::{Despatch, State};
use despatch_process::Planned;

/// Prints what is in the outbox, and what lies in the inbox.
pub(super) fn list(outbox: &OutboxList, now: Moment, print: Print) {
    print.json(outbox);
    let despatches = &outbox.despatches;
    let to = |despatch: &Despatch| {
        let entry = despatch.recipient.entry.as_ref();
        entry.map_or_else(|| despatch.recipient.name.clone(), ToString::to_string)
    };
    show_despatches(despatches, to, "The outbox holds no such despatch.", print);
    let shown = u64::from(outbox.page) * u64::from(outbox.limit);
    if outbox.total > shown {
        let (more, next) = (outbox.total - shown, outbox.page + 1);
        print.line(&format!("\n{more} more: --page {next} shows the next."));
    }
    let reasons = despatches.iter().filter_map(|despatch| Some((despatch, why(despatch)?)));
    for (index, (despatch, why)) in reasons.enumerate() {
        let gap = if index == 0 { "\n" } else { "" };
        let label = format!("{} {}", despatch.id, despatch.state.label());
        print.line(&format!("{gap}{}", wrapped(&label, &why)));
    }
    checks_view::tell_open(despatches, &outbox.unreviewed, print);
    if !outbox.outdated.is_empty() {
        print.line(&format!(
            "\nThe templates of {} have changed since. What waits stays as it was made; to have it regenerated, drop the case file again with `replaces`.",
            listed(&outbox.outdated)
        ));
    }
    show_moot(&outbox.moot, print);
    for (index, text) in outbox.inbox.texts(now).iter().enumerate() {
        let gap = if index == 0 { "\n" } else { "" };
        print.line(&format!("{gap}{}", wrapped("inbox", text)));
    }
}

/// Prints what is held and waits for nothing any more, and how it is closed in one step.
fn show_moot(moot: &[MootHold], print: Print) {
    if moot.is_empty() {
        return;
    }
    print.line("\nHeld and moot; `despatch outbox close` cancels them, each with its reason:");
    moot.iter().for_each(|one| print.labelled(&one.despatch.to_string(), &one.why));
}

/// Returns why a despatch is in its state, if the state needs an explanation.
fn why(despatch: &Despatch) -> Option<String> {
    match despatch.state {
        State::Held => Some(held_for(despatch)),
        State::Deferred | State::Refused | State::InDoubt => despatch.reply.clone(),
        State::Returned | State::Cancelled => despatch.reason.clone(),
        _ => None,
    }
}

/// Prints one despatch with its history.
pub(super) fn show(history: &DespatchHistory, print: Print) {
    print.json(history);
    let DespatchHistory { despatch, week, events } = history;
    let planned = &despatch.planned;
    print.line(&strong(&format!("{}  {}", despatch.id, printing::state(despatch.state))));
    print.labelled(
        "case",
        &format!("{}, event {}, prepared by {}", despatch.case_id, despatch.event_id, despatch.prepared_by),
    );
    print.labelled(
        "what",
        &format!("{}, row {}{}", planned.kind, planned.row, if planned.copy { " (copy)" } else { "" }),
    );
    print.labelled("case file", &despatch.case_file.to_string());
    let recipient = &despatch.recipient;
    print.labelled("to", &format!("{}, {} <{}>", recipient.name, recipient.organisation, recipient.address));
    print.labelled("issued on", &weekday_words(despatch.issued_on));
    show_times(planned, week.as_ref(), print);
    print.labelled("because", &planned.source);
    if let Some(bound) = &despatch.message {
        let size = bound.size.div_ceil(1000);
        let documents = count(bound.documents, "document");
        print
            .labelled("message", &format!("{} ({size} kB, {documents}, {})", bound.sha256, bound.message_id));
        let keys = match bound.opening {
            None => "the review key alone".to_owned(),
            Some(method) if method.needs_keys() => bound.fingerprints.join(", "),
            Some(method) => {
                format!("opens {}; `despatch outbox words {}` has them", method.label(), despatch.id)
            }
        };
        print.labelled("sealed to", &keys);
        print.labelled("templates", &bound.template.to_string());
    }
    for approval in despatch.first_approval.iter().chain(&despatch.approval) {
        let unseen = approval.unseen.as_ref().map_or_else(String::new, |why| format!(", unseen: {why}"));
        let signed = if approval.signed.is_some() { ", signed with a key of their own" } else { "" };
        print.labelled(
            "approved",
            &format!("by {} on {}{signed}{unseen}", approval.by, approval.at.format("%-d %B %Y, %H:%M UTC")),
        );
    }
    checks_view::show(despatch, print);
    despatch.holds.iter().for_each(|hold| print.labelled("held", &hold.words));
    despatch.warnings.iter().for_each(|warning| print.labelled("warning", warning));
    despatch.reply.iter().for_each(|reply| print.labelled("answer", reply));
    despatch.reason.iter().for_each(|reason| print.labelled("reason", reason));
    if let Some(receipt) = &despatch.receipt {
        let opened = if receipt.opened { "opened" } else { "cannot be opened" };
        print.labelled(
            "receipt",
            &format!("{opened}; {} heard on {}: {}", receipt.by, date_words(receipt.on), receipt.how),
        );
    }
    let history = events.iter().map(|event| vec![when(event.at), event.label(), event.actor.clone()]);
    print.line("");
    print.table(&["at", "what", "by"], history, "");
}

/// Prints by when a despatch is due, until when it makes sense, and the places of its week.
fn show_times(planned: &Planned, week: Option<&WeekPlaces>, print: Print) {
    if let Some(deadline) = &planned.deadline {
        print.labelled(
            "due",
            &format!("{}: {} ({})", weekday_words(deadline.due), deadline.what, deadline.arithmetic),
        );
    }
    if let Some(window) = &planned.window {
        print
            .labelled("serve by", &format!("{}, or the window closes", weekday_words(window.latest_service)));
    }
    if let Some(last) = planned.not_after {
        print.labelled("not after", &weekday_words(last));
    }
    if let Some(week) = week {
        print.labelled("week's places", &week.words());
    }
}

/// Formats the time of an event.
fn when(at: chrono::DateTime<chrono::Utc>) -> String {
    at.format("%-d %B %Y, %H:%M:%S UTC").to_string()
}
