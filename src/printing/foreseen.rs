//! Enters: what a case file would produce. Leaves: each message on the screen, with its recipient, deadline and reason.
//! Never: decides anything.

use super::{Print, listed, strong};
use despatch_app::operations::foresight::{Foreseeable, Made};
use despatch_core::words::weekday_words;
use despatch_ledger::State;
use despatch_process::packs::pack::IMPLIED;
use despatch_process::{Planned, To};

/// Prints what a case file would produce.
pub fn show_foreseen(foreseen: &Foreseeable, print: Print) {
    let Foreseeable { case_id, event_id, event, plan, made, week, .. } = foreseen;
    print.line(&strong(&format!("{case_id}  {}, event {event_id}", event.label())));
    print.labelled("dated", &weekday_words(plan.issued_on));
    print.labelled("pack", plan.pack.as_str());
    if let Some(corrected) = plan.corrects {
        print.labelled("corrects", &format!("the letters of {}", weekday_words(corrected)));
    }
    for (made, planned) in made.iter().zip(&plan.despatches) {
        show_made(made, planned, print);
    }
    print.line("");
    if plan.despatches.is_empty() {
        print.line("No message would be made.");
    }
    for one in &plan.not_made {
        print.labelled("not made", &format!("row {}: {}", one.row, one.reason));
    }
    plan.warnings.iter().for_each(|warning| print.labelled("warning", warning));
    plan.notes.iter().for_each(|note| print.labelled("note", note));
    if let Some(week) = week {
        print.labelled("week's places", &week.words());
    }
    print.labelled("unsent", &unsent_words(foreseen));
}

fn show_made(made: &Made, planned: &Planned, print: Print) {
    let copy = if planned.copy { " (copy)" } else { "" };
    print.line("");
    print.line(&strong(&format!("{}  row {}: {}{copy}", made.position, planned.row, made.title)));
    let role = planned.role.label();
    print.labelled(
        "to",
        &match &made.to {
            Some(to) => format!("{}, {} ({role})", to.name, to.organisation),
            None => format!("nobody answers: {} ({role})", meant(&planned.to)),
        },
    );
    if !made.encloses.is_empty() {
        print.labelled("with", &made.encloses.join("; "));
    }
    if let Some(due) = &planned.deadline {
        print.labelled("due", &format!("{}: {}", weekday_words(due.due), due.what));
        print.labelled("counted", &due.arithmetic);
    }
    if let Some(window) = &planned.window {
        let served = weekday_words(window.latest_service);
        let answered = weekday_words(window.respond_by);
        print.labelled("window", &format!("served by {served} at the latest, answered by {answered}"));
    }
    if let Some(last) = planned.not_after {
        print.labelled("not after", &weekday_words(last));
    }
    made.holds.iter().for_each(|hold| print.labelled("would be held", &hold.words));
    let implied = planned.source == IMPLIED;
    print.labelled(
        "because",
        if implied { "implied by the guidance, not written in it" } else { &planned.source },
    );
}

/// Names the entry or the body that a despatch is meant for.
fn meant(to: &To) -> String {
    match to {
        To::Entry(entry) => entry.to_string(),
        To::Body(Some(place)) => format!("for {place}"),
        To::Body(None) => "no entry".to_owned(),
    }
}

/// Says what would happen to the unsent despatches of the case.
fn unsent_words(foreseen: &Foreseeable) -> String {
    let becomes = |state: State, what: &str| {
        let ids = foreseen.unsent.iter().filter(|one| one.becomes == state).map(|one| one.id);
        let ids: Vec<_> = ids.collect();
        (!ids.is_empty()).then(|| format!("{} {what}", listed(&ids)))
    };
    let gone = becomes(State::Superseded, "would be superseded by this");
    let held = becomes(State::Held, "would be held for a person to decide");
    let let_go = becomes(State::AwaitingReview, "would be held no longer, and reviewed again");
    let words: Vec<String> = gone.into_iter().chain(held).chain(let_go).collect();
    match words.is_empty() {
        true => "no waiting despatch of the case would change".to_owned(),
        false => words.join("; "),
    }
}
