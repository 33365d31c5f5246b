//! Enters: what is on record of a detention. Leaves: how it stands, in lines for people.
//! Never: counts a day, or says more than the record does.

use despatch_core::words::{count, date_words};
use despatch_process::detention::DetentionState;
use despatch_process::detention::terms::Population;

/// How a detention stands, each line with its label; none where its beginning is not on record.
pub(super) fn detention_lines(detention: &DetentionState) -> Vec<(&'static str, String)> {
    let Some(began) = detention.began else { return Vec::new() };
    let detained = began.detained;
    let mut lines = vec![
        ("detained since", format!("{} ({})", detained.at.words(), detained.origin.label())),
        ("command", detained.team.label().to_owned()),
    ];
    if began.population != Population::Anyone {
        lines.push(("group", began.population.label().to_owned()));
    }
    let reviews = match detention.reviews.last() {
        None => "none is on record".to_owned(),
        Some(last) => {
            let all = count(detention.reviews.len(), "review");
            format!("{} on {}, {all} in all", last.stage.words(), date_words(last.on))
        }
    };
    lines.push(("reviews", reviews));
    let reasons = match detention.reasons.last() {
        None => format!("those of the beginning, counted from {}", date_words(began.reasons_from)),
        Some(last) if last.refused => format!("refused on {}", date_words(last.on)),
        Some(last) => format!("served on {}", date_words(last.on)),
    };
    lines.push(("written reasons", reasons));
    if !detention.reports.is_empty() {
        lines.push((
            "reports",
            format!("{} of healthcare staff not answered", count(detention.reports.len(), "report")),
        ));
    }
    if let Some(day) = detention.release_decided_on {
        lines.push((
            "release",
            format!("decided on {}; the person is detained until the end is on record", date_words(day)),
        ));
    }
    if let Some(ended) = detention.ended_at {
        lines.push(("ended", ended.words()));
    }
    lines
}
