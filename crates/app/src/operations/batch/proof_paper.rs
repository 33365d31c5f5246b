//! Enters: what would be made of a sheet. Leaves: it as a paper for whoever signs it off.
//! Never: says that anything was sent.

use super::proved::{Counted, Picked, Proof};
use crate::operations::paper::{Paper, Picture, Section};
use despatch_core::words::{capital, count, date_words};

/// How many lines a table of the paper has; what is left out is counted.
const LINES_MAX: usize = 200;
/// The longest alternative text of a picture, in characters.
const ALT_MAX: usize = 4_000;

pub(super) fn paper(proof: &Proof) -> Paper {
    let facts = Section::new("The sheet").facts([
        ("Event", proof.event.map(|event| event.label().to_owned())),
        ("Rows", Some(proof.rows.to_string())),
        ("Queued before", Some(proof.known).filter(|known| *known > 0).map(|known| known.to_string())),
        ("After another row", Some(proof.later).filter(|later| *later > 0).map(|later| later.to_string())),
        ("SHA-256", Some(proof.sheet.to_string())),
    ]);
    let deadlines: Vec<Counted> = proof
        .deadlines
        .iter()
        .map(|(due, messages)| Counted { what: date_words(*due), messages: *messages })
        .collect();
    let kinds = proof.kinds.iter().map(|one| (one.what.clone(), one.messages as u64)).collect();
    let said = proof.kinds.iter().map(|one| format!("{} of {}", one.messages, one.what));
    let alt = format!("Messages by letter: {}", said.collect::<Vec<_>>().join(", "));
    let mut sections = vec![
        facts,
        table("Messages by letter and recipient", "Letter", &proof.kinds, "Nothing would be made.")
            .chart(alt, kinds),
        table("By recipient", "Recipient", &proof.recipients, "Nobody would get anything."),
        table("Deadlines", "Due on", &deadlines, "Nothing has a deadline."),
        table("What would be held", "For", &proof.holds, "Nothing would be held."),
        table("What the checks ask a reviewer", "Check", &proof.asked, "They ask nothing."),
    ];
    sections.extend(proof.letters.iter().map(letter));
    let mut sign = Section::new("Signed off");
    let line = "Name, signature and date: ______________________________________________________".to_owned();
    sign.paragraphs = vec!["I have looked at this, and the batch may run.".to_owned(), line];
    sections.push(sign);
    Paper {
        title: "Proof of a batch".to_owned(),
        sender: None,
        reference: proof.sheet.short(),
        introduction: vec![
            "What would be made of this sheet today. Nothing was queued, and nothing of it can be sent."
                .to_owned(),
        ],
        sections,
    }
}

fn table(heading: &str, of: &str, lines: &[Counted], none: &str) -> Section {
    let mut section = Section::new(heading);
    if lines.is_empty() {
        section.paragraphs.push(none.to_owned());
        return section;
    }
    if lines.len() > LINES_MAX {
        let more = lines.len() - LINES_MAX;
        section.paragraphs.push(format!("{more} more are in the answer for programs (--json)."));
    }
    let rows = lines.iter().take(LINES_MAX).map(|one| [one.what.clone(), one.messages.to_string()]);
    section.table([of, "Messages"], rows)
}

fn letter(picked: &Picked) -> Section {
    let because = capital(&picked.because.join(", "));
    let mut section = Section::new(format!("{because}: row {}", picked.row)).facts([
        ("Letter", Some(picked.title.clone())),
        ("To", Some(picked.to.clone())),
        ("Pages", Some(picked.pages.to_string())),
        ("Checks that ask", Some(picked.asked.to_string())),
    ]);
    let hidden = picked.pages.saturating_sub(picked.drawn.len());
    if hidden > 0 {
        section.paragraphs.push(format!("{} more of it not shown here.", count(hidden, "page")));
    }
    section.pictures = picked
        .drawn
        .iter()
        .zip(1..)
        .map(|(page, number)| Picture {
            caption: format!("{}, page {number}", picked.title),
            alt: page.text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(ALT_MAX).collect(),
            png: page.picture.clone(),
        })
        .collect();
    section
}
