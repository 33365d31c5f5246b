//! Enters: the decision-maker's consideration of the evidence. Leaves: the response, or what stands in its way (B14,
//! G8), and hints on the level (B12, G9). Never: decides a level, or hints before one is recorded.

use super::ruling::{Held, Ruling};
use crate::case::{Agreement, Block, Decision, Level, Prose, ResponseDecided, SecondOpinion};
use crate::events::DecisionFact;
use crate::policy::PolicyHold;
use crate::policy::history::Fact;
use crate::policy::rule::Rule;
use crate::policy::when::When;
use despatch_core::words::{StandardId, weekday_words};
use std::collections::BTreeSet;

/// Rows 33, 36 and 37 (G0, "Responding to the external medical report").
pub(super) fn decided(ruling: &mut Ruling<'_>, event: &ResponseDecided) -> Option<Fact> {
    ruling.not_future("/event/dcpr_completed_on", event.dcpr_completed_on);
    ruling.not_future("/event/authorised_by/on", event.authorised_by.on);
    if ruling.standing.died_on.is_some() {
        ruling.must_be_open("/event/type");
    }
    if ruling.standing.responded_on.is_some() {
        let cause = "the response to this report is on record already";
        ruling.contradiction("/event/type", "history.twice", cause);
    }
    if event.outcome == Decision::Maintain && ruling.standing.release_decided_on.is_some() {
        let cause = "the record says that release was decided, and this maintains detention";
        ruling.contradiction("/event/outcome", "history.release", cause);
    }
    check_opinion(ruling, event);
    check_standards(ruling, event);
    dismissive(ruling, event);
    if let Some(opinion) = &event.second_opinion {
        hints(ruling, event.level, opinion);
    }
    check_removal(ruling, event);
    if ruling.standing.left.is_some() {
        ruling.hold(
            &["33", "36"],
            "left_detention",
            "the person has left detention, so nobody there can hand them the response: a person decides how it reaches \
             them",
        );
    }
    ruling
        .notes
        .push(format!("The response was decided; the level in force is now {}.", event.level.words()));
    Some(Fact::ResponseDecided(DecisionFact {
        on: event.dcpr_completed_on,
        level: event.level,
        outcome: event.outcome,
        before_removal: event.removal_on.is_some(),
    }))
}

/// Whether this is the response before a removal (row 33) or the ordinary one (row 36).
fn check_removal(ruling: &mut Ruling<'_>, event: &ResponseDecided) {
    const AT: &str = "/event/removal_on";
    let on_record = ruling.standing.removal_on;
    let Some(removal) = event.removal_on else {
        ruling.when.insert(When::AfterReview);
        if let Some(removal) =
            on_record.filter(|_| ruling.standing.awaits_opinion() || ruling.standing.cut_short)
        {
            let when = weekday_words(removal);
            let cause = format!("the record has removal set for {when}, before the second opinion is in");
            ruling.contradiction(AT, "history.removal", cause);
        }
        return;
    };
    ruling.when.insert(When::BeforeRemoval);
    if removal < ruling.today {
        let cause = "the removal is set for a day that has passed";
        ruling.fault(AT, "removal.past", cause, "report what became of the removal");
    }
    if !ruling.history.events.is_empty() && on_record != Some(removal) {
        let cause = match on_record {
            Some(on_record) => format!("the record has removal set for {}", weekday_words(on_record)),
            None => "the record has no removal that is set".to_owned(),
        };
        ruling.contradiction(AT, "history.removal", cause);
    }
    if let Some(due) = in_time(ruling, removal) {
        let cause = format!(
            "a second opinion is still to come, by {}, and the removal leaves time for it",
            weekday_words(due)
        );
        ruling.contradiction(AT, "history.pending", cause);
    }
    ruling.start_before_removal(AT, removal);
}

/// The day on which a second opinion is due that is still to come before the removal: the response waits for it. One
/// that is overdue is not waited for.
fn in_time(ruling: &Ruling<'_>, removal: chrono::NaiveDate) -> Option<chrono::NaiveDate> {
    let due = ruling.standing.due(Rule::Report).filter(|_| ruling.standing.awaits_opinion())?;
    (due >= ruling.today && due < removal).then_some(due)
}

/// The gate follows the route (G8): a second opinion that exists is cited and enclosed; one that is still to come
/// is waited for, unless a removal comes first.
fn check_opinion(ruling: &mut Ruling<'_>, event: &ResponseDecided) {
    const AT: &str = "/event/second_opinion";
    let standing = &ruling.standing;
    let received = standing.opinion_received_on.is_some();
    let given = event.second_opinion.is_some();
    let nothing_on_record = ruling.history.events.is_empty();
    if received && !given {
        let cause = "a second opinion report is on record, and the response neither cites nor encloses it";
        ruling.contradiction(AT, "history.opinion", cause);
    } else if given && !received && !nothing_on_record {
        ruling.contradiction(AT, "history.opinion", "no second opinion report is on record");
    } else if !received
        && event.removal_on.is_none()
        && standing.removal_on.is_none()
        && ruling.standing.awaits_opinion()
    {
        let cause = "a second opinion was requested and is still to come, and no removal is set before it";
        ruling.contradiction(AT, "history.pending", cause);
    }
    if received_after_review(ruling, event) {
        let cause = "the record has the second opinion report received after the review was completed";
        ruling.contradiction("/event/dcpr_completed_on", "history.review", cause);
    }
    if !event.report.author_regulated {
        ruling.warnings.push(
            "The report's author is not regulated: such a report is rejected and is not considered as evidence, \
             and the letter that rejects it answers it."
                .to_owned(),
        );
    }
}

fn received_after_review(ruling: &Ruling<'_>, event: &ResponseDecided) -> bool {
    ruling.standing.opinion_received_on.is_some_and(|received| received > event.dcpr_completed_on)
}

/// Each standard of the pack has one finding; a list that is not declared complete lets no response go (G8).
fn check_standards(ruling: &mut Ruling<'_>, event: &ResponseDecided) {
    let standards = &ruling.pack.standards;
    let known: BTreeSet<&StandardId> = standards.list.iter().map(|standard| &standard.id).collect();
    let found: BTreeSet<&StandardId> = event.standards.iter().map(|finding| &finding.id).collect();
    for (index, finding) in event.standards.iter().enumerate() {
        if !known.contains(&finding.id) {
            let at = format!("/event/standards/{index}/id");
            let cause = "the policy pack lists no standard of this id";
            ruling.fault(&at, "standard.unknown", cause, "use the ids that `despatch policy show` lists");
        }
    }
    for missing in known.difference(&found) {
        let cause = format!("the standard {missing} has no finding");
        let cure = "say for each standard of the pack whether the report meets it, and why";
        ruling.fault("/event/standards", "standard.missing", cause, cure);
    }
    if standards.complete {
        return;
    }
    let mut words =
        "the policy pack does not declare its list of standards for external medical reports complete, \
                     so no response may go: complete the list in the office's own pack, with its source, and \
                     move the case to it"
            .to_owned();
    if let Some(removal) = event.removal_on {
        let by = weekday_words(removal);
        words.push_str(&format!("; removal is set for {by}: take this to a manager at once"));
        ruling
            .warnings
            .push(format!("Removal is set for {by} and the response is held: take it to a manager at once."));
    }
    let hold = PolicyHold { code: "standards_incomplete".to_owned(), words, firm: true };
    ruling.holds.push(Held { rows: &["33", "36"], safety_too: false, hold });
}

/// Clinical opinions are taken to be given in good faith (G0, "Conflicting evidence"): words that might dismiss one are
/// shown to the reviewer.
fn dismissive(ruling: &mut Ruling<'_>, event: &ResponseDecided) {
    let compared = [
        event.agreement.as_ref().map(|prose| ("where the reports agree", prose)),
        event.differences.as_ref().map(|prose| ("where they differ", prose)),
    ];
    let texts = [
        ("the individual circumstances", &event.circumstances),
        ("the reasons for the level", &event.level_reasons),
        ("the reasons for the outcome", &event.outcome_reasons),
    ];
    let findings = event.standards.iter().map(|finding| ("the standards", &finding.reasons));
    for (part, prose) in compared.into_iter().flatten().chain(texts).chain(findings) {
        let text = plain(prose).to_lowercase();
        for word in ruling.pack.dismissive.iter().filter(|word| text.contains(&word.to_lowercase())) {
            ruling.warnings.push(format!(
                "The text on {part} holds \"{word}\": check that it does not dismiss a clinical opinion, for each is \
                 taken to be given in good faith."
            ));
        }
    }
}

/// Hints, once the decision-maker has recorded a level, in the guidance's own three cases (B12, G9).
fn hints(ruling: &mut Ruling<'_>, level: Level, opinion: &SecondOpinion) {
    const RULE: &str = "Full consideration of the individual circumstances decides.";
    let hint = match (opinion.agrees_condition, opinion.agrees_harm) {
        (_, Agreement::Yes) if level != Level::Three => {
            Some("Both reports agree that detention may result in harm, which the guidance takes for level 3")
        }
        (Agreement::Yes, Agreement::No) if level != Level::Two => Some(
            "The reports disagree on the likelihood of harm; where the second opinion advances strong reasons, the \
             guidance takes level 2 for the most likely",
        ),
        (Agreement::Yes, Agreement::NotStated) if level != Level::Two => {
            Some("Both reports agree on the condition, which the guidance takes for level 2")
        }
        _ => None,
    };
    if let Some(hint) = hint {
        ruling.warnings.push(format!("{hint}; the level recorded is {}. {RULE}", level.words()));
    }
}

/// The text of prose without its marks.
fn plain(prose: &Prose) -> String {
    fn blocks(list: &[Block], text: &mut String) {
        for block in list {
            match block {
                Block::Paragraph { spans } => {
                    spans.iter().for_each(|span| text.push_str(&span.text));
                    text.push('\n');
                }
                Block::List { items, .. } => items.iter().for_each(|item| blocks(item, text)),
                Block::Quote { blocks: quoted } => blocks(quoted, text),
            }
        }
    }
    let mut text = String::new();
    blocks(prose.blocks(), &mut text);
    text
}
