//! Enters: litigation holds, what has outlived its period, and erasures. Leaves: each decision on record.
//! Never: removes anything at one person's word that two must agree on.

use crate::blocks::{Block, Form, Sheet};
use crate::components::{Button, Cell, Field, Hidden, Part, Table, Text};
use crate::forms::{self, Refused, case_path, done};
use crate::frame::Head;
use crate::visit::Visit;
use crate::work::line;
use despatch_app::operations::Failure;
use despatch_app::operations::retention::{
    DecideCase, Purge, Purged, ask_erasure, confirm_erasure, hold, holds, lift, purge,
};
use despatch_app::retention::Going;
use despatch_core::words::{CaseId, count, date_words};
use despatch_web::Response;

const TITLE: &str = "Retention";
/// Items of each list that are shown.
const SHOWN: usize = 100;

/// Shows what is on hold and what has outlived its period.
///
/// # Errors
/// The ledger cannot be read.
pub fn show(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    page(visit, &Refused::default())
}

fn page(visit: &mut Visit<'_>, refused: &Refused) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    let on_hold = holds(visit.open, &actor)?;
    let found = purge(visit.open, &actor, Purge { remove: false })?;
    let day = |text: &str| text.parse().map_or_else(|_| text.to_owned(), date_words);
    let rows = on_hold.iter().map(|one| {
        let case = one.case_id.parse::<CaseId>().map_or_else(
            |_| Part::text(one.case_id.as_str()),
            |id| Part::link(one.case_id.as_str(), case_path(&id)),
        );
        vec![Cell::from(case), one.by.as_str().into(), day(&one.since).into(), one.reason.as_str().into()]
    });
    let head = ["Case", "By", "Since", "Why"].map(Cell::from).to_vec();
    let mut blocks = vec![
        Block::heading("On hold for litigation"),
        Block::table_or(
            Table::new("Nothing of these is removed", head, rows.collect()),
            "No case is on hold.",
        ),
    ];
    blocks.push(decide(visit, "hold", "Put a case on hold", Button::new("Keep everything of it"), refused));
    blocks.push(decide(
        visit,
        "lift",
        "Lift a hold that somebody else set",
        Button::new("Lift the hold").warning(),
        refused,
    ));
    blocks.push(Block::heading("What has outlived its period"));
    blocks.extend(outlived(&found));
    blocks.push(Block::heading("Erase a case"));
    blocks.push(decide(
        visit,
        "erase",
        "Ask for the erasure of a case",
        Button::new("Ask for it: a second person confirms").warning(),
        refused,
    ));
    let fields = vec![
        line(visit, "confirm_case", "Case", "Such as DEMO-0901", refused),
        Field::Buttons(vec![Button::new("Remove every sealed byte of it").warning()]),
    ];
    let form = Block::Form(Form::new("/retention/erase/confirm", fields));
    blocks.push(Block::unfolds("Confirm an erasure that somebody else asked for", vec![form]));
    let head = Head::of(TITLE).errors(refused.links(&[]));
    visit.page("retention/retention", head, &Sheet::new(TITLE, blocks))
}

/// A form that names a case and a reason.
fn decide(visit: &Visit<'_>, what: &str, summary: &str, button: Button, refused: &Refused) -> Block {
    let fields = vec![
        line(visit, &format!("{what}_case"), "Case", "Such as DEMO-0901", refused),
        line(visit, &format!("{what}_reason"), "Why", "It stays on record", refused),
        Field::Buttons(vec![button]),
    ];
    Block::unfolds(summary, vec![Block::Form(Form::new(format!("/retention/{what}"), fields))])
}

fn outlived(found: &Purged) -> Vec<Block> {
    let due = &found.due;
    let row = |one: &Going| {
        vec![
            Cell::from(one.subject.as_str()),
            one.case_id.clone().unwrap_or_default().into(),
            one.kind.into(),
            date_words(one.since).into(),
            Cell::number(one.days),
            Cell::number(one.files.len()),
        ]
    };
    let head = ["What", "Case", "Kind", "Since", "Days kept", "Files"].map(Cell::from).to_vec();
    let rows = due.going.iter().take(SHOWN).map(row).collect();
    let table = Table::new(count(due.going.len(), "item"), head, rows);
    let mut blocks = vec![Block::table_or(table, "Nothing has outlived its period.")];
    let mut told: Vec<Text> = due
        .on_hold
        .iter()
        .take(SHOWN)
        .map(|one| {
            format!(
                "{} of {} is kept: the case is on hold",
                one.subject,
                one.case_id.clone().unwrap_or_default()
            )
        })
        .map(Text::from)
        .collect();
    if !due.without_period.is_empty() {
        let kinds = due.without_period.join(", ");
        told.push(format!("Kept for good, because the settings have no period for them: {kinds}").into());
    }
    if found.half_removed > 0 {
        told.push(format!("{} whose removal was stopped half way", count(found.half_removed, "file")).into());
    }
    if !told.is_empty() {
        blocks.push(Block::List(told));
    }
    if !due.going.is_empty() || found.half_removed > 0 {
        let hidden = Hidden { name: "remove".to_owned(), value: "yes".to_owned() };
        let words = format!("Remove {} for good", count(due.going.len(), "item"));
        let fields = vec![Field::Hidden(hidden), Field::Buttons(vec![Button::new(words).warning()])];
        blocks.push(Block::Form(Form::new("/retention/purge", fields)));
    }
    blocks
}

/// The case and the reason of a form.
fn asked(visit: &Visit<'_>, what: &str) -> Result<DecideCase, Failure> {
    let case = forms::value(visit.request, &format!("{what}_case"), "a case’s id")?;
    Ok(DecideCase { case, reason: visit.request.field(&format!("{what}_reason")).to_owned() })
}

/// Puts a case on hold.
///
/// # Errors
/// The ledger fails.
pub fn put_on_hold(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    match asked(visit, "hold").and_then(|asked| hold(visit.open, &actor, asked)) {
        Ok(held) => Ok(done(
            visit,
            format!("Nothing of {} is removed until a second person lifts it.", held.case_id),
            "/retention",
        )),
        Err(failure) => page(visit, &Refused::of(failure)?.named(&[("reason", "hold_reason")])),
    }
}

/// Lifts a hold.
///
/// # Errors
/// The ledger fails.
pub fn lift_hold(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    match asked(visit, "lift").and_then(|asked| lift(visit.open, &actor, asked)) {
        Ok(lifted) => {
            Ok(done(visit, format!("{} may be purged and erased again.", lifted.case_id), "/retention"))
        }
        Err(failure) => page(visit, &Refused::of(failure)?.named(&[("reason", "lift_reason")])),
    }
}

/// Removes what has outlived its period.
///
/// # Errors
/// Another removal or a backup runs, or a file cannot be removed.
pub fn purge_all(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    let remove = visit.request.field("remove") == "yes";
    match purge(visit.open, &actor, Purge { remove }) {
        Ok(purged) => {
            let words = format!(
                "Removed {}. The record says what each was.",
                count(purged.removed.unwrap_or(0), "file")
            );
            Ok(done(visit, words, "/retention"))
        }
        Err(failure) => page(visit, &Refused::of(failure)?),
    }
}

/// Asks for the erasure of a case.
///
/// # Errors
/// The ledger fails.
pub fn erase(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    match asked(visit, "erase").and_then(|asked| ask_erasure(visit.open, &actor, asked)) {
        Ok(asked) => Ok(done(
            visit,
            format!("A second person confirms now that {} is erased.", asked.case_id),
            "/retention",
        )),
        Err(failure) => page(visit, &Refused::of(failure)?.named(&[("reason", "erase_reason")])),
    }
}

/// Erases a case whose erasure somebody else asked for.
///
/// # Errors
/// A file cannot be removed, or the ledger fails.
pub fn erase_now(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    let confirmed = forms::value(visit.request, "confirm_case", "a case’s id")
        .and_then(|case| confirm_erasure(visit.open, &actor, case));
    match confirmed {
        Ok(erased) => {
            let words = format!(
                "{} is erased: {} and {} of rejected cases. Backups that were made before still hold it.",
                erased.case_id,
                count(erased.erased.sealed, "sealed file"),
                count(erased.erased.rejected, "file")
            );
            Ok(done(visit, words, "/retention"))
        }
        Err(failure) => page(visit, &Refused::of(failure)?),
    }
}
