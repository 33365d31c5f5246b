//! Enters: the contents of the outbox. Leaves: them on the screen. Never: shows personal data of the detained person.

use crate::printing::{self, Print, checks_view, strong, wrapped};
use despatch_app::operations::outbox::{DespatchHistory, OutboxList};
use despatch_core::words::{count, date_words, weekday_words};
use despatch_ledger::{Despatch, State};

/// Prints what is in the outbox, and what still waits in the inbox.
pub(super) fn list(outbox: &OutboxList, print: &Print) {
    print.json(outbox);
    let despatches = &outbox.despatches;
    let rows: Vec<Vec<String>> = despatches.iter().map(row).collect();
    let head = ["id", "case", "row", "what", "to", "due", "state"];
    print.table(&head, &rows, "The outbox holds no such despatch.");
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
        let outdated: Vec<String> = outbox.outdated.iter().map(ToString::to_string).collect();
        print.line(&format!(
            "\nThe templates of {} have changed since. What waits stays as it was made; to have it regenerated, drop the case file again with `replaces`.",
            outdated.join(", ")
        ));
    }
    for one in &outbox.waiting {
        let missing = one.missing.join("; ");
        print.line(&format!("\nwaiting in the inbox: {}: {missing}", one.file.display()));
    }
}

fn row(despatch: &Despatch) -> Vec<String> {
    vec![
        despatch.id.to_string(),
        despatch.case_id.to_string(),
        despatch.planned.row.to_string(),
        despatch.planned.kind.to_string(),
        despatch
            .recipient
            .entry
            .as_ref()
            .map_or_else(|| despatch.recipient.name.clone(), ToString::to_string),
        despatch.planned.deadline.as_ref().map_or_else(String::new, |deadline| date_words(deadline.due)),
        printing::state(despatch.state),
    ]
}

/// Returns why a despatch is in its state, if the state needs an explanation.
fn why(despatch: &Despatch) -> Option<String> {
    let holds: Vec<&str> = despatch.holds.iter().map(|hold| hold.words.as_str()).collect();
    match despatch.state {
        State::Held => Some(holds.join("; ")),
        State::Deferred | State::Refused | State::InDoubt => despatch.reply.clone(),
        State::Returned | State::Cancelled => despatch.reason.clone(),
        _ => None,
    }
}

/// Prints one despatch with its history.
pub(super) fn show(history: &DespatchHistory, print: &Print) {
    print.json(history);
    let DespatchHistory { despatch, events } = history;
    let planned = &despatch.planned;
    let line = |label: &str, text: &str| print.line(&wrapped(label, text));
    print.line(&strong(&format!("{}  {}", despatch.id, printing::state(despatch.state))));
    line(
        "case",
        &format!("{}, event {}, prepared by {}", despatch.case_id, despatch.event_id, despatch.prepared_by),
    );
    line(
        "what",
        &format!("{}, row {}{}", planned.kind, planned.row, if planned.copy { " (copy)" } else { "" }),
    );
    line("case file", &despatch.case_file.to_string());
    let recipient = &despatch.recipient;
    line("to", &format!("{}, {} <{}>", recipient.name, recipient.organisation, recipient.address));
    line("issued on", &weekday_words(despatch.issued_on));
    if let Some(deadline) = &planned.deadline {
        line("due", &format!("{}: {} ({})", weekday_words(deadline.due), deadline.what, deadline.arithmetic));
    }
    if let Some(window) = &planned.window {
        line("serve by", &format!("{}, or the window closes", weekday_words(window.latest_service)));
    }
    if let Some(last) = planned.not_after {
        line("not after", &weekday_words(last));
    }
    line("because", &planned.source);
    if let Some(bound) = &despatch.message {
        let size = bound.size.div_ceil(1000);
        let documents = count(bound.documents, "document");
        line("message", &format!("{} ({size} kB, {documents}, {})", bound.sha256, bound.message_id));
        let keys = match bound.opening {
            None => "the review key alone".to_owned(),
            Some(method) if method.needs_keys() => bound.fingerprints.join(", "),
            Some(method) => {
                format!("opens {}; `despatch outbox words {}` has them", method.label(), despatch.id)
            }
        };
        line("sealed to", &keys);
        line("templates", &bound.template.to_string());
    }
    if let Some(approval) = &despatch.approval {
        line("approved", &format!("by {} on {}", approval.by, approval.at.format("%-d %B %Y, %H:%M UTC")));
    }
    checks_view::show(despatch, print);
    despatch.holds.iter().for_each(|hold| line("held", &hold.words));
    despatch.warnings.iter().for_each(|warning| line("warning", warning));
    despatch.reply.iter().for_each(|reply| line("answer", reply));
    despatch.reason.iter().for_each(|reason| line("reason", reason));
    if let Some(receipt) = &despatch.receipt {
        let opened = if receipt.opened { "opened" } else { "cannot be opened" };
        line(
            "receipt",
            &format!("{opened}; {} heard on {}: {}", receipt.by, date_words(receipt.on), receipt.how),
        );
    }
    let history: Vec<Vec<String>> =
        events.iter().map(|event| vec![when(event.at), event.label(), event.actor.clone()]).collect();
    print.line("");
    print.table(&["at", "what", "by"], &history, "");
}

/// Formats the time of an event.
fn when(at: chrono::DateTime<chrono::Utc>) -> String {
    at.format("%-d %B %Y, %H:%M:%S UTC").to_string()
}
