//! Enters: a second opinion report that came in. Leaves: to whom it goes (rows 30 to 32).
//! Never: lets one that arrives after a release go anywhere without a person (G10).

use super::ruling::Ruling;
use crate::case::{OpinionMethod, SecondOpinionReceived};
use crate::events::OpinionFact;
use crate::policy::history::Fact;
use crate::policy::rule::Rule;
use despatch_core::words::weekday_words;

/// Rows 27 and 30 to 32 (G0, "The second opinion report").
pub(super) fn received(ruling: &mut Ruling<'_>, event: &SecondOpinionReceived) -> Option<Fact> {
    const AT: &str = "/event/received_on";
    ruling.not_future(AT, event.received_on);
    ruling.must_be_first(ruling.case.event.name());
    let standing = &ruling.standing;
    let gone = standing.left.is_some() || standing.died_on.is_some();
    let release = standing.release_decided_on.is_some();
    if standing.without_opinion {
        let cause = "the record says that the report is considered without a second opinion";
        ruling.contradiction("/event/type", "history.without_opinion", cause);
    } else if !ruling.history.events.is_empty() && !standing.assessed() {
        let cause =
            "the record has neither an assessment that was completed nor an instruction to assess on papers";
        ruling.contradiction("/event/type", "history.not_assessed", cause);
    }
    if gone {
        // No healthcare team there has the person in its care any more, so its copy waits too.
        ruling.hold_all(
            &["30", "31", "32"],
            "after_release",
            "the person has left detention or has died: the report is kept on file and goes nowhere without a person's \
             decision",
        );
    } else if release {
        ruling.hold(
            &["30", "32"],
            "after_release",
            "release was decided: the report is kept on file and goes nowhere without a person's decision; the \
             healthcare team has its copy while the person is there",
        );
    }
    check_method(ruling, event);
    let due = ruling.standing.due(Rule::Report);
    if let Some(due) = due.filter(|due| *due < event.received_on) {
        ruling.warnings.push(format!("The report is late: it was due by {}.", weekday_words(due)));
    }
    if !event.limitations_stated {
        ruling.warnings.push(
            "The report does not state the limits of its method, which it must (G0, Balancing the evidence): ask the \
             doctor."
                .to_owned(),
        );
    }
    ruling.start_immediately(event.received_on, "forward the second opinion report", &["30"]);
    Some(Fact::SecondOpinionReceived(OpinionFact { on: event.received_on, method: event.method }))
}

/// What the report says of its making, against the record: for the reviewer to look at.
fn check_method(ruling: &mut Ruling<'_>, event: &SecondOpinionReceived) {
    let standing = &ruling.standing;
    let on_papers = event.method == OpinionMethod::Papers;
    let other_method = standing.assessed() && on_papers != standing.papers_only;
    let other_doctor = standing.doctor.as_ref().is_some_and(|doctor| *doctor != event.doctor.entry);
    if other_method {
        ruling.warnings.push(
            "The report was made by another method than the record has (video-link, or papers alone): check it."
                .to_owned(),
        );
    }
    if other_doctor {
        ruling.warnings.push("The report is another doctor's than the record names: check it.".to_owned());
    }
}
