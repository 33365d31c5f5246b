//! Enters: commands about policy packs. Leaves: the contents of each pack, and decisions on record.
//! Never: decides anything.

mod show;

use crate::context::{CommandContext, Exit, date};
use crate::printing::{Print, listed, strong, wrapped};
use chrono::NaiveDate;
use clap::Subcommand;
use despatch_app::operations::Failure;
use despatch_app::operations::policy::diff::{DiffPacks, Difference, PackDiff, diff};
use despatch_app::operations::policy::{
    AdoptPack, CaseMoved, MoveCase, PackAdopted, PackView, PackWithdrawn, ProposedTerms, WithdrawPack, adopt,
    list, move_case, show, withdraw,
};
use despatch_core::words::{CaseId, PackId, StaffId, count, date_words};
use despatch_ledger::DespatchId;
use despatch_process::{Adoption, PackRecord};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Which edition of the guidance applies, and to which cases
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand, Serialize, Deserialize)]
enum Command {
    /// Every policy pack, and whether it may be used today
    List,
    /// Everything that a pack holds
    Show {
        /// A pack, such as hoso-2022-09-12
        pack: PackId,
    },
    /// The differences between two packs
    Diff {
        /// A pack, such as hoso-2022-09-12
        a: PackId,
        /// Another one
        b: PackId,
    },
    /// Use a pack that is not in force: one person proposes it, a second one confirms
    Adopt(Adopt),
    /// Stop using a pack, and hold what was made under it
    Withdraw {
        /// A pack, such as hoso-2022-09-12
        pack: PackId,
        /// Why; it stays on record
        #[arg(long)]
        reason: String,
    },
    /// Put a case under another pack
    Move {
        /// A case, such as DEMO-0901
        case: CaseId,
        /// The pack that counts for it from now on
        pack: PackId,
        /// Why; it stays on record
        #[arg(long)]
        reason: String,
    },
}

#[derive(Debug, clap::Args, Serialize, Deserialize)]
struct Adopt {
    /// A pack, such as hoso-2022-09-12
    pack: PackId,
    /// To propose it: why; it stays on record
    #[arg(long, requires = "until")]
    reason: Option<String>,
    /// To propose it: the last day on which it may be used, such as 2027-03-31
    #[arg(long, value_name = "DATE", value_parser = date, requires = "reason")]
    until: Option<NaiveDate>,
}

/// Runs `despatch policy`.
///
/// # Errors
/// The office cannot be opened; there is no such pack or case; the operation refuses the decision.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    let today = open.now().today;
    match args.command {
        Command::List => {
            let packs = list(&mut open, &actor)?;
            print.json(&json!({ "today": today, "packs": packs }));
            show_list(&packs, print);
        }
        Command::Show { pack } => {
            let shown = show(&mut open, &actor, pack)?;
            print.json(&shown);
            show::show(&shown.pack, shown.status_today.as_ref(), print);
            print.line(&strong("\nIn this office"));
            decided(&shown.decided).iter().for_each(|line| print.line(line));
            let usable =
                shown.why_not.map_or_else(|| "yes".to_owned(), |fault| format!("no: {}", fault.cause));
            print.labelled("usable", &usable);
        }
        Command::Diff { a, b } => show_diff(&diff(&mut open, &actor, DiffPacks { a, b })?, print),
        Command::Adopt(Adopt { pack, reason, until }) => {
            let terms = reason.zip(until).map(|(reason, until)| ProposedTerms { reason, until });
            let adopted = adopt(&mut open, &actor, AdoptPack { pack, terms })?;
            print.json(&adopted);
            match adopted.decided.proposed() {
                Some(proposed) => show_proposed(&adopted, proposed, &actor.staff()?.id, print),
                None => show_adopted(&adopted, print),
            }
        }
        Command::Withdraw { pack, reason } => {
            let withdrawn = withdraw(&mut open, &actor, WithdrawPack { pack, reason })?;
            print.json(&withdrawn);
            show_withdrawn(&withdrawn, &actor.staff()?.id, print);
        }
        Command::Move { case, pack, reason } => {
            let moved = move_case(&mut open, &actor, MoveCase { case, pack, reason })?;
            print.json(&moved);
            show_moved(&moved, &actor.staff()?.id, print);
        }
    }
    Ok(Exit::Done)
}

fn show_list(packs: &[PackView], print: Print) {
    let row = |pack: &PackView| {
        vec![
            pack.id.to_string(),
            show::status_words(pack.status.as_ref()),
            adopted_until(&pack.decided),
            if pack.usable { "yes" } else { "no" }.to_owned(),
            if pack.for_new_cases { "new cases" } else { "" }.to_owned(),
            pack.extends.as_ref().map_or_else(String::new, |extends| extends.pack.to_string()),
        ]
    };
    let head = ["pack", "status", "adopted", "usable", "used for", "extends"];
    print.table(&head, packs.iter().map(row), "The office has no policy pack.");
    for pack in packs {
        print.line(&format!("\n{}", strong(pack.id.as_str())));
        print.labelled("title", &pack.title);
        decided(&pack.decided).iter().for_each(|line| print.line(line));
        pack.why_not.iter().for_each(|fault| print.labelled("not usable", &fault.cause));
    }
}

fn show_proposed(adopted: &PackAdopted, proposed: &Adoption, by: &StaffId, print: Print) {
    let (pack, until) = (&adopted.pack, date_words(proposed.expires));
    print.line(&format!("Proposed by {by}: to adopt {pack} until {until}."));
    if let Some(earlier) = adopted.before.proposed() {
        let by = listed(&earlier.by);
        print.line(&format!("What {by} proposed until {} is void.", date_words(earlier.expires)));
    }
    if let Some(holds) = adopted.before.adoption.as_ref().filter(|adoption| adoption.by.len() > 1) {
        print.line(&format!("The adoption until {} goes on meanwhile.", date_words(holds.expires)));
    }
    print.line("A second member of staff must confirm it:");
    print.line(&format!("  despatch policy show {pack} && despatch policy adopt {pack}"));
}

fn show_adopted(adopted: &PackAdopted, print: Print) {
    let Some(adoption) = &adopted.decided.adoption else { return };
    let (people, until) = (people(adoption), date_words(adoption.expires));
    print.line(&format!("Adopted by {people}: {} may be used until {until}.", adopted.pack));
    if !adopted.for_new_cases {
        print.line("It is not the pack for new cases: that is policy.pack in despatch.toml.");
    }
    if adopted.before.withdrawn.is_some() {
        print.line("It is no longer withdrawn; what was held stays so until it is released.");
    }
}

fn show_withdrawn(withdrawn: &PackWithdrawn, by: &StaffId, print: Print) {
    let (many, held) = (count(withdrawn.cases.len(), "case"), count(withdrawn.held.len(), "despatch"));
    print.line(&format!("Withdrawn by {by}: {}. Under it: {many}; held: {held}.", withdrawn.pack));
    for case in &withdrawn.cases {
        let text = if case.held.is_empty() { "nothing unsent".to_owned() } else { listed(&case.held) };
        print.labelled(case.case_id.as_str(), &format!(" {text}"));
    }
    if !withdrawn.not_held.is_empty() {
        let ids = listed(&withdrawn.not_held);
        let text = format!("{ids}: copies for a healthcare team, which no policy delays");
        print.labelled("not held", &text);
    }
    if withdrawn.for_new_cases {
        print.line("It was the pack for new cases: until policy.pack in despatch.toml names another one,");
        print.line("`despatch run` takes nothing from the inbox.");
    }
    if !withdrawn.cases.is_empty() {
        print.line("For each case: despatch policy move CASE PACK --reason REASON");
    }
}

fn show_moved(moved: &CaseMoved, by: &StaffId, print: Print) {
    let CaseMoved { case_id, pack, before, held, other_unsent, .. } = moved;
    let from = before.as_ref().map_or_else(String::new, |before| format!(" from {before}"));
    print.line(&format!("Moved by {by}: {case_id}{from} to {pack}. New events of this case follow {pack}."));
    if held.is_empty() {
        print.line("Nothing of it is held.");
    } else {
        print.labelled("held", &listed(held));
        print.line("To regenerate it under its new pack, for review:");
        let ids: Vec<String> = held.iter().map(DespatchId::to_string).collect();
        print.line(&format!("  despatch outbox release {} --reason REASON", ids.join(" ")));
    }
    if !other_unsent.is_empty() {
        let ids = listed(other_unsent);
        let text = format!("{ids}: made under the earlier pack; it goes as it is, if that may be used");
        print.labelled("not held", &text);
    }
}

/// Prints the differences between two packs.
fn show_diff(diff: &PackDiff, print: Print) {
    let PackDiff { a, b, values, rows, .. } = diff;
    print.json(diff);
    if values.is_empty() && rows.is_empty() {
        return print.line(&format!("{a} and {b} say the same."));
    }
    print.line(&format!("A is {a}, B is {b}."));
    for value in values {
        print.line(&format!("\n{}", strong(&value.path)));
        show_difference(value, print);
        diff.reasons(&value.path).for_each(|reason| print.labelled("  because", reason));
    }
    for row in rows {
        print.line(&format!("\n{}", strong(&row.row)));
        row.only_in.iter().for_each(|only_in| print.labelled("", &format!("only in {only_in}")));
        for difference in &row.differences {
            print.line(&format!("  {}", difference.path));
            show_difference(difference, print);
        }
    }
    let (values, rows) = (count(values.len(), "value"), count(rows.len(), "row"));
    print.line(&format!("\n{values} and {rows} differ."));
}

fn show_difference(difference: &Difference, print: Print) {
    for (label, value) in [("  A", &difference.a), ("  B", &difference.b)] {
        print.labelled(label, value.as_deref().unwrap_or("(not there)"));
    }
}

/// Formats the last day of an adoption, or that it awaits a second person.
fn adopted_until(record: &PackRecord) -> String {
    match &record.adoption {
        Some(adoption) if adoption.by.len() > 1 => format!("until {}", date_words(adoption.expires)),
        Some(_) => "by one of two".to_owned(),
        None => String::new(),
    }
}

fn people(adoption: &Adoption) -> String {
    adoption.by.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
}

/// Formats the decisions about a pack, a line each.
fn decided(record: &PackRecord) -> Vec<String> {
    let mut lines = Vec::new();
    for adoption in record.adoption.iter().chain(&record.renewal) {
        let (people, until) = (people(adoption), date_words(adoption.expires));
        lines.push(if adoption.by.len() > 1 {
            let from = date_words(adoption.from);
            wrapped("adopted", &format!("by {people}, from {from} until {until}: {}", adoption.reason))
        } else {
            let waits = "waits for a second member of staff";
            wrapped("proposed", &format!("by {people}, until {until}: {}; {waits}", adoption.reason))
        });
    }
    if let Some(withdrawn) = &record.withdrawn {
        let on = date_words(withdrawn.on);
        lines.push(wrapped("withdrawn", &format!("by {} on {on}: {}", withdrawn.by, withdrawn.reason)));
    }
    lines
}
