//! Enters: an external medical report that came in. Leaves: whether a second opinion is requested, and why (B1, B2).
//! Never: decides whether the report is sent, for every report is (rows 1 and 2, G1).

use super::ruling::Ruling;
use crate::case::{ExternalReportReceived, Method};
use crate::events::ReportFact;
use crate::policy::calendar::{BeyondCalendar, count_words};
use crate::policy::history::Fact;
use crate::policy::places::PlaceClass;
use crate::policy::rule::Rule;
use crate::policy::when::When;
use despatch_core::words::weekday_words;

/// Rows 1, 2 and G14 (G0, "When to refer an external medical report for a second opinion").
pub(super) fn received(ruling: &mut Ruling<'_>, event: &ExternalReportReceived) -> Option<Fact> {
    const AT: &str = "/event/received_on";
    ruling.not_future(AT, event.received_on);
    // One case is one report (G18).
    ruling.must_be_first(ruling.case.event.name());
    if let Some(decided) = event.release_decided_on {
        ruling.not_future("/event/release_decided_on", decided);
    }
    if event.removal_set_for.is_some_and(|removal| removal < event.received_on) {
        ruling.fault(
            "/event/removal_set_for",
            "removal.before_receipt",
            "the removal is set for a day before the report was received",
            "give the day for which removal is set now, or leave it out",
        );
    }
    let pack = ruling.pack;
    let refer_by = ruling.start(AT, Rule::Refer, &pack.numbers.refer, event.received_on);
    let opinion = opinion(ruling, event);
    let refer_by = refer_by?;
    let Opinion { requested, barred, reason } = ruling.covered(AT, opinion)?;
    ruling.start_immediately(event.received_on, "send the report to the healthcare team", &["2"]);
    warn(ruling, event, refer_by, requested);
    if !event.report.author_regulated {
        ruling.when.insert(When::BelowBaseline);
    }
    if let Some(removal) = event.removal_set_for {
        ruling.start_before_removal("/event/removal_set_for", removal);
    }
    ruling.outcome.second_opinion_requested = Some(requested);
    ruling.outcome.reason = Some(reason);
    Some(Fact::ExternalReportReceived(ReportFact {
        received_on: event.received_on,
        requested,
        barred,
        removal_on: event.removal_set_for,
        level: event.level_in_force,
    }))
}

/// Whether a second opinion is requested.
struct Opinion {
    requested: bool,
    barred: bool,
    reason: String,
}

/// Whether a second opinion is requested, with the reason in one sentence that names nobody. It is looked at as
/// things stand on the day of the referral: a decision to release made by then ends the need for an opinion.
fn opinion(ruling: &Ruling<'_>, event: &ExternalReportReceived) -> Result<Opinion, BeyondCalendar> {
    let exclusion = ruling.pack.numbers.removal_exclusion.days;
    // The person gets the longer time: a holiday of one calendar alone excludes nobody (G3).
    let (excluded_to, _) = ruling.days.stricter(event.received_on, exclusion)?;
    let within = count_words(exclusion);
    let since = ruling.case.detention.since;
    let mut against = Vec::new();
    if event.received_on < since {
        against.push("the report was received before the current detention began".to_owned());
    }
    if event.report.report_date < since {
        against.push("the report pre-dates the current detention".to_owned());
    }
    if event.release_decided_on.is_some_and(|decided| decided <= ruling.today) {
        against.push("a decision to release has already been made".to_owned());
    }
    if !event.report.author_regulated {
        against.push("the report's author is not regulated, so the baseline standard is not met".to_owned());
    }
    // Only what stands against an opinion by itself outlasts a removal that fails (B10).
    let barred = !against.is_empty();
    if event.removal_set_for.is_some_and(|removal| removal <= excluded_to) {
        against.push(format!("removal is set to take effect within {within} of receipt of the report"));
    }
    let requested = against.is_empty();
    let reason = if requested {
        format!(
            "A second opinion is requested: the report belongs to the current detention and was received during \
             it, its author is regulated, no decision to release has been made and no removal is set to take \
             effect within {within} of receipt."
        )
    } else {
        format!("No second opinion is requested: {}.", against.join("; "))
    };
    Ok(Opinion { requested, barred, reason })
}

fn warn(
    ruling: &mut Ruling<'_>,
    event: &ExternalReportReceived,
    refer_by: chrono::NaiveDate,
    requested: bool,
) {
    let since = ruling.case.detention.since;
    let mut warn = |words: String| ruling.warnings.push(words);
    if event.report.assessed_on < since && since <= event.report.report_date {
        warn(
            "The report's assessment was made before the current detention began: consider whether the report \
             is contemporaneous with it."
                .to_owned(),
        );
    }
    if event.report.method != Method::InPerson && event.report.limitations_stated != Some(true) {
        warn(
            "The report's assessment was not in person, and the case does not say that the report sets out the limits \
             of that: it is given weight where it does."
                .to_owned(),
        );
    }
    if event.received_on < ruling.today {
        let received = weekday_words(event.received_on);
        warn(format!(
            "The report was received on {received} and was to go to the healthcare team immediately."
        ));
    }
    if refer_by < ruling.today {
        warn(format!("The referral is late: it was due by {}.", weekday_words(refer_by)));
    }
    if requested && ruling.place.kind.class() == PlaceClass::Temporary {
        warn(
            "The person is at a temporary place of detention: no assessment is arranged there. Report the transfer \
             when it happens."
                .to_owned(),
        );
    }
}
