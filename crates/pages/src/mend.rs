//! Enters: whose case file was rejected, or whose message came back. Leaves: a draft of it, to be mended.
//! Never: opens either before a button says so: each view is on record.

use crate::components::{Cell, Part, SummaryList, Table, fact};
use crate::drafts::key;
use crate::frame::Head;
use crate::visit::{Visit, no_page};
use despatch_app::operations::Failure;
use despatch_app::operations::casework::seen;
use despatch_app::operations::drafts::{mend_rejected, mend_returned};
use despatch_app::operations::inbox::{Rejected, list_rejected};
use despatch_core::shown::shown_path;
use despatch_core::words::capital;
use despatch_core::words::moment_words;
use despatch_ledger::DespatchId;
use despatch_web::Response;
use serde::Serialize;

/// What the list of rejected case files shows.
#[derive(Serialize)]
struct RejectedPage {
    table: Table,
    any: bool,
}

/// Lists the rejected case files that nobody has mended.
///
/// # Errors
/// The person is not on the staff list; the ledger cannot be read.
pub fn rejected(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    let found = list_rejected(visit.open, &actor, None)?;
    let row = |one: &Rejected| -> Vec<Cell> {
        let name = shown_path(&one.file);
        let case = one.case_id.as_ref().map_or_else(String::new, ToString::to_string);
        let by = one.preparer.as_ref().map_or_else(|| "not known".to_owned(), ToString::to_string);
        let first: Cell = match one.submission {
            Some(number) => Part::link(format!("Case file {number}"), format!("/rejected/{number}")).into(),
            None => name.clone().into(),
        };
        vec![first, case.into(), name.into(), by.into(), moment_words(one.since).into()]
    };
    let head = ["Rejected", "Case", "File", "Prepared by", "Since"].map(Cell::from).to_vec();
    let table = Table::new("Case files that were rejected", head, found.iter().map(row).collect()).headed();
    let page = RejectedPage { table, any: !found.is_empty() };
    visit.page("mend/rejected", Head::of("Rejected case files"), &page)
}

/// What the page of one rejected case file shows.
#[derive(Serialize)]
struct OneRejected {
    action: String,
    about: SummaryList,
    /// What is said of all of it.
    said: Vec<String>,
    faults: Vec<ToMend>,
    own: bool,
}

/// A fault, and how it is mended.
#[derive(Debug, Default, Serialize)]
struct ToMend {
    fault: String,
    cure: String,
}

/// What the list of a file's faults says, for who mends it in a form: where in the file something is, and what to do with
/// the file, is for who mends it in an editor.
fn told(faults: &str) -> (Vec<String>, Vec<ToMend>) {
    let is_place = |line: &str| {
        let number = line.split_once(". ").map(|(number, _)| number);
        number.is_some_and(|number| number.parse::<usize>().is_ok())
    };
    let (mut said, mut found): (Vec<String>, Vec<ToMend>) = (Vec::new(), Vec::new());
    for line in faults.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if is_place(line) {
            found.push(ToMend::default());
        } else if !line.starts_with("Mend the file and drop") {
            match found.last_mut() {
                Some(last) if line.starts_with("To mend:") => line.clone_into(&mut last.cure),
                Some(last) if last.fault.is_empty() => last.fault = capital(line),
                _ => said.push(capital(line)),
            }
        }
    }
    (said, found)
}

/// Shows why a case file was rejected.
///
/// # Errors
/// There is no such file; the ledger cannot be read.
pub fn one_rejected(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let number: i64 = visit.step_as("which")?;
    let actor = visit.actor()?;
    let found = list_rejected(visit.open, &actor, Some(&number.to_string()))?;
    let one = found.first().ok_or_else(no_page)?;
    let case = one.case_id.as_ref().map_or_else(|| "not known".to_owned(), ToString::to_string);
    let by = one.preparer.as_ref().map_or_else(|| "not known".to_owned(), ToString::to_string);
    let about = SummaryList::new(vec![
        fact("Case", case),
        fact("File", shown_path(&one.file)),
        fact("Rejected", moment_words(one.since)),
        fact("Prepared by", by),
    ]);
    let own = one.preparer.as_ref() == Some(&actor.staff()?.id);
    let (said, faults) = told(&one.faults);
    let page = OneRejected { action: format!("/rejected/{number}"), about, said, faults, own };
    let head = Head::of(format!("Case file {number} was rejected")).back("Rejected case files", "/rejected");
    visit.page("mend/one", head, &page)
}

/// Opens a rejected case file as a draft.
///
/// # Errors
/// There is no such file, or somebody else prepared it; the disk fails.
pub fn mend(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let number: i64 = visit.step_as("which")?;
    let Some(key) = key::of(visit)? else { return Ok(key::ask()) };
    let actor = visit.actor()?;
    let draft = mend_rejected(visit.open, &actor, &key, &number.to_string())?;
    Ok(Response::redirect(format!("/drafts/{}", draft.id)))
}

/// What the page that corrects a message's case file shows.
#[derive(Serialize)]
struct Returned {
    action: String,
    about: SummaryList,
    key_open: bool,
}

/// Asks before the case file of a message is opened.
///
/// # Errors
/// There is no such message.
pub fn returned(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let id: DespatchId = visit.step_as("id")?;
    let actor = visit.actor()?;
    let despatch = seen(&mut visit.open.ledger, &actor, id)?;
    let mut facts = vec![
        fact("Message", id.to_string()),
        fact("Case", despatch.case_id.to_string()),
        fact("To", despatch.recipient.name.clone()),
        fact("State", despatch.state.label()),
    ];
    facts.extend(despatch.reason.as_ref().map(|reason| fact("Reason", reason.as_str())));
    let page = Returned {
        action: format!("/mend/{id}"),
        about: SummaryList::new(facts),
        key_open: visit.can_open(),
    };
    let head = Head::of("Correct this case file").back("Back", format!("/review/{id}"));
    visit.page("mend/returned", head, &page)
}

/// Opens the case file of a message as a draft that corrects it.
///
/// # Errors
/// There is no such message; its case file was removed or replaced; the review key is not open; the disk fails.
pub fn correct(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let id: DespatchId = visit.step_as("id")?;
    let Some(key) = key::of(visit)? else { return Ok(key::ask()) };
    let (actor, unlock) = (visit.actor()?, visit.unlock());
    let draft = mend_returned(visit.open, &actor, &key, id, &unlock)?;
    Ok(Response::redirect(format!("/drafts/{}", draft.id)))
}
