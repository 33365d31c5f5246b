//! Enters: what people decide about what is kept. Leaves: what would go, what went, what is on hold.
//! Never: removes anything without `--do`, or a case without a second person.

use super::args::{Erase, Litigation, Purge};
use super::{open_ledger, open_office};
use crate::context::Exit;
use crate::context::GlobalArgs as Common;
use crate::printing::{Print, wrapped};
use despatch_app::keeping;
use despatch_app::keeping::{Due, Going};
use despatch_app::office::Office;
use despatch_app::operations::Failure;
use despatch_app::operations::reason;
use despatch_core::fault::Fault;
use despatch_core::words::{count, date_words};
use despatch_ledger::Ledger;
use serde_json::json;

pub(super) fn purge(common: &Common, args: &Purge, print: &Print) -> Result<Exit, Failure> {
    let (office, clock) = open_office(common)?;
    let mut ledger = open_ledger(&office)?;
    let due = keeping::due(&office, &mut ledger, clock.now().today)?;
    let pending = ledger.pending_removals()?.len();
    if !args.really {
        print.json(&json!({ "due": due, "half_removed": pending, "removed": null }));
        tell(&due, pending, print);
        print.line("Nothing was changed. `despatch purge --do` removes what is listed above.");
        return Ok(Exit::Done);
    }
    let actor = office.actor(common.actor.as_ref())?;
    let _lease = ledger.files().lease("keeper")?;
    let removed = keeping::purge(&office, &mut ledger, &due, actor, clock.now())?;
    print.json(&json!({ "due": due, "half_removed": pending, "removed": removed }));
    tell(&due, pending, print);
    print.line(&format!(
        "Removed {}. The record says what each was and keeps its hash.",
        count(removed, "file")
    ));
    Ok(Exit::Done)
}

fn tell(due: &Due, pending: usize, print: &Print) {
    let row = |one: &Going| {
        vec![
            one.subject.clone(),
            one.case_id.clone().unwrap_or_default(),
            one.kind.to_owned(),
            date_words(one.since),
            format!("{} days", one.days),
            count(one.files.len(), "file"),
        ]
    };
    let rows: Vec<_> = due.going.iter().map(row).collect();
    print.table(
        &["what", "case", "kind", "since", "period", "files"],
        &rows,
        "Nothing has outlived its period.",
    );
    for one in &due.on_hold {
        let case = one.case_id.clone().unwrap_or_default();
        print.line(&wrapped(
            "kept",
            &format!("{} of {case}: the case is on hold for litigation", one.subject),
        ));
    }
    if due.rejected_kept {
        let why = "what lies in inbox/rejected/: a case is on hold, and whose files these are cannot be told for certain";
        print.line(&wrapped("kept", why));
    }
    if pending > 0 {
        let text = format!("{} whose removal is on record and was stopped", count(pending, "file"));
        print.line(&wrapped("half removed", &text));
    }
    if !due.without_period.is_empty() {
        let text =
            format!("{}: [retention] in despatch.toml has no period for it", due.without_period.join(", "));
        print.line(&wrapped("kept for good", &text));
    }
}

/// What `check` says of what is kept: kinds without a period, and removals that were stopped.
pub(super) fn warnings(office: &Office, ledger: &mut Ledger) -> Result<Vec<String>, Failure> {
    let without_period = keeping::without_period(office);
    let mut warnings = Vec::new();
    if !without_period.is_empty() {
        warnings.push(format!(
            "Nothing of these kinds is ever purged, because [retention] in despatch.toml has no period for them: {}.",
            without_period.join(", ")
        ));
    }
    if !ledger.pending_removals()?.is_empty() {
        warnings.push("A removal was stopped half way: `despatch purge --do` ends it.".to_owned());
    }
    Ok(warnings)
}

pub(super) fn litigation(common: &Common, command: Litigation, print: &Print) -> Result<Exit, Failure> {
    let (office, clock) = open_office(common)?;
    let mut ledger = open_ledger(&office)?;
    match command {
        Litigation::Hold { case, reason: text } => {
            let (actor, why) = (office.actor(common.actor.as_ref())?, reason(&text)?);
            ledger.hold_case(&case, actor, &why, clock.now())?;
            print.json(&json!({ "case_id": case, "outcome": "held" }));
            print.line(&format!(
                "On hold: {case}. Nothing of it is purged or erased until a second person lifts it."
            ));
        }
        Litigation::Lift { case, reason: text } => {
            let (actor, why) = (office.actor(common.actor.as_ref())?, reason(&text)?);
            ledger.lift_hold(&case, actor, &why, clock.now())?;
            print.json(&json!({ "case_id": case, "outcome": "lifted" }));
            print.line(&format!("Lifted: {case}. It may be purged and erased again."));
        }
        Litigation::List => {
            let holds = ledger.litigation_holds()?;
            print.json(&json!({ "holds": holds }));
            let day = |text: &str| text.parse().map_or_else(|_| text.to_owned(), date_words);
            let rows: Vec<_> = holds
                .iter()
                .map(|hold| {
                    vec![hold.case_id.clone(), hold.by.clone(), day(&hold.since), hold.reason.clone()]
                })
                .collect();
            print.table(&["case", "by", "since", "reason"], &rows, "No case is on hold.");
        }
    }
    Ok(Exit::Done)
}

pub(super) fn erase(common: &Common, args: &Erase, print: &Print) -> Result<Exit, Failure> {
    let (office, clock) = open_office(common)?;
    let actor = office.actor(common.actor.as_ref())?;
    let mut ledger = open_ledger(&office)?;
    let case = &args.case;
    match &args.reason {
        Some(text) if !args.confirm => {
            ledger.ask_erasure(case, actor, &reason(text)?, clock.now())?;
            print.json(&json!({ "case_id": case, "outcome": "asked" }));
            print.line(&format!("{} asks that {case} be erased. A second person confirms it:", actor.id));
            print.line(&format!("  despatch erase {case} --confirm"));
        }
        None if args.confirm => {
            let _lease = ledger.files().lease("keeper")?;
            let erased = keeping::erase(&office, &mut ledger, case, actor, clock.now())?;
            print.json(&json!({
                "case_id": case, "outcome": "erased", "sealed": erased.sealed, "rejected": erased.rejected,
                "untold": erased.untold.iter().map(|path| path.to_string_lossy()).collect::<Vec<_>>(),
            }));
            print.line(&format!(
                "Erased: {case}; {} and {} of rejected cases.",
                count(erased.sealed, "sealed file"),
                count(erased.rejected, "file")
            ));
            for path in &erased.untold {
                print.line(&format!(
                    "Whose this is cannot be told, so look yourself: inbox/{}",
                    path.display()
                ));
            }
            print.line("The record stays: that the case was there, what went to whom and when, in closed words and hashes.");
            print.line("Backups that were made before still hold it.");
        }
        _ => {
            let cause = "say why, or confirm what somebody else has asked for";
            let fault =
                Fault::new("erase", "erase.words", cause, "use --reason, or --confirm as a second person");
            return Err(Failure::Request(fault));
        }
    }
    Ok(Exit::Done)
}
