//! Enters: a caseworker's requests, page by page. Leaves: proof that a case is started, planned, dropped and mended in the
//! pages, that what is wrong stands beside its question, and that nobody gets at a draft of somebody else's.
//! Never: a real person; every name is made up.

use crate::support::office::{DemoOffice, PREPARER, PROGRAM, REVIEWER, TODAY, appointment, paper};
use crate::support::visitor::Visitor;
use despatch_core::clock::Clock;
use std::fs;

const REPORT: &[u8] = paper!("A made-up report.");

fn visitor(office: &DemoOffice, name: &str) -> Visitor {
    Visitor::signed_in(&office.dir, PROGRAM.as_ref(), Clock::Fixed(TODAY.parse().unwrap()), name)
}

/// The form fields of a case file of somebody who died, as the page of all questions names them.
const DIED: &[(&str, &str)] = &[
    ("case_id", "NEW-0001"),
    ("home_office_reference", "X7654321"),
    ("detention.place", "brook-house"),
    ("detention.since-day", "1"),
    ("detention.since-month", "10"),
    ("detention.since-year", "2026"),
    ("detention.powers", "immigration"),
    ("person.name", "Ilse Featherstonehaugh"),
    ("person.date_of_birth-day", "17"),
    ("person.date_of_birth-month", "5"),
    ("person.date_of_birth-year", "1990"),
    ("person.nationality", "Narnian"),
    ("person.interpreter_needed", "no"),
    ("caseworker.entry", "caseworker-marisol"),
    ("manager", "no"),
    ("decision_maker", "no"),
    ("representative", "no"),
    ("event.on-day", "22"),
    ("event.on-month", "11"),
    ("event.on-year", "2026"),
    ("event_id", "new-0001-died-1"),
    ("aside", "no"),
];

/// Starts a case of one event, with all questions on one page; returns the path of its draft.
fn start(visitor: &mut Visitor, event: &str) -> String {
    visitor.get(&format!("/start/{event}")).ok();
    visitor.post(&format!("/start/{event}"), &[("case", "NEW-0001"), ("way", "all")]).leads_to()
}

#[test]
fn a_case_is_started_planned_and_dropped_in_the_pages() {
    let office = DemoOffice::new();
    let mut visitor = visitor(&office, PREPARER);
    let events = visitor.get("/start").ok();
    for words in ["The person died", "A letter was handed over in person", "to be printed", "withdraw"] {
        assert!(events.contains(words), "{words}");
    }
    let of_case = visitor.get("/start?case=NEW-0001").ok();
    assert!(
        of_case.contains("/start/died?case&#x3D;NEW-0001") || of_case.contains("/start/died?case=NEW-0001")
    );
    let draft = start(&mut visitor, "died");
    let form = visitor.get(&draft).ok();
    assert!(form.contains("NEW-0001") && !form.contains("There is a problem"), "{form}");

    // What is wrong stands beside its question, and in the summary with a link to it.
    let mut fields = DIED.to_vec();
    fields.retain(|(name, _)| *name != "person.name");
    fields.push(("person.name", "<script>alert(1)</script>\u{202e}"));
    fields.push(("do", "continue"));
    let wrong = visitor.post(&draft, &fields).with_status(422);
    assert!(wrong.contains("There is a problem") && wrong.contains("href=\"#person-name\""), "{wrong}");
    assert!(wrong.contains("id=\"person-name-error\""), "{wrong}");
    assert!(!wrong.contains("<script>alert"), "it is shown as text: {wrong}");

    let mut fields = DIED.to_vec();
    fields.push(("do", "continue"));
    let plan = visitor.post(&draft, &fields).leads_to();
    assert_eq!(plan, format!("{draft}/plan"));
    let shown = visitor.get(&plan).ok();
    assert!(shown.contains("Drop this case") && shown.contains("This makes no message"), "{shown}");
    assert!(fs::read_dir(office.dir.join("inbox")).unwrap().count() == 0, "nothing is dropped yet");
    visitor.post(&format!("{draft}/drop"), &[]).leads_to();
    let list = visitor.get("/drafts").ok();
    assert!(list.contains("Case NEW-0001 was dropped") && list.contains("You have no drafts"), "{list}");
    let run = office.run(&["run", "--once"]);
    assert!(run.stdout.contains("(NEW-0001)"), "{run:?}");
}

#[test]
fn one_question_a_page_leads_to_the_same_plan() {
    let office = DemoOffice::new();
    let mut visitor = visitor(&office, PREPARER);
    let draft = visitor.post("/start/died", &[("case", "NEW-0001"), ("way", "one")]).leads_to();
    let mut path = visitor.get(&draft).leads_to();
    let mut asked = 0;
    while !path.ends_with("/plan") {
        asked += 1;
        assert!(asked < 40, "asked again and again: {path}");
        let shown = visitor.get(&path).ok();
        assert_eq!(shown.matches("<h1").count(), 1, "{path}");
        let name = path.rsplit('/').next().unwrap().to_owned();
        if asked == 3 {
            // An answer that is missing is asked for once more.
            visitor.post(&path, &[("do", "continue")]).with_status(422);
        }
        let prefix = format!("{name}-");
        let mut fields: Vec<(&str, &str)> =
            DIED.iter().filter(|(of, _)| *of == name || of.starts_with(&prefix)).copied().collect();
        fields.push(("do", "continue"));
        path = visitor.post(&path, &fields).leads_to();
    }
    assert!(asked > 15, "{asked}");
    assert!(visitor.get(&path).ok().contains("Drop this case"));
    // It is remembered.
    let next = visitor.get("/start/letter-served").ok();
    assert!(next.contains("value=\"one\" checked"), "{next}");
}

#[test]
fn files_are_uploaded_hashed_and_taken_out_and_what_is_no_pdf_is_refused() {
    let office = DemoOffice::new();
    let mut visitor = visitor(&office, PREPARER);
    let draft = start(&mut visitor, "external-report-received");
    let page = [("do", "upload")];
    let refused = visitor.upload(&draft, &page, &[("a.html", b"<html>")]).with_status(422);
    assert!(refused.contains("This is not a PDF"), "{refused}");
    visitor.upload(&draft, &page, &[("../../a\"report<b>.pdf", REPORT)]).leads_to();
    let shown = visitor.get(&draft).ok();
    assert!(shown.contains("Remove attachment 1") && !shown.contains("<b>.pdf"), "{shown}");
    let title = [("attachments.0.kind", "external_medical_report"), ("do", "save")];
    visitor.post(&draft, &title).leads_to();
    assert!(visitor.get(&draft).ok().contains("value=\"External medical report\""));
    visitor.post(&draft, &[("do", "remove:/attachments:0")]).leads_to();
    assert!(!visitor.get(&draft).ok().contains("Remove attachment"));
}

#[test]
fn a_draft_is_its_authors_alone_and_is_removed_once_that_was_asked() {
    let office = DemoOffice::new();
    let mut author = visitor(&office, PREPARER);
    let draft = start(&mut author, "died");
    for path in [draft.clone(), format!("{draft}/plan"), format!("{draft}/questions/person.name")] {
        let mut other = visitor(&office, REVIEWER);
        let answer = other.get(&path);
        assert!(matches!(answer.status, 403 | 404 | 422), "{path}: {}", answer.status);
    }
    author.get("/drafts/0000000000000000").with_status(404);
    author.get("/drafts/..%2fkey").with_status(404);
    author.get(&format!("{draft}/questions/prepared_by")).with_status(404);
    assert!(author.get(&format!("{draft}/remove")).ok().contains("Remove this draft?"));
    author.post(&format!("{draft}/remove"), &[]).leads_to();
    assert!(author.get("/drafts").ok().contains("You have no drafts"));
}

#[test]
fn a_rejected_file_opens_as_a_form_with_its_fault_beside_the_date() {
    let office = DemoOffice::new();
    let mut file = appointment(1, REPORT);
    file["event"]["date"] = "2026-10-01".into();
    office.drop_case("spoilt", &file.to_string(), &[("report.pdf", REPORT)]);
    office.run(&["run", "--once"]);
    let mut visitor = visitor(&office, PREPARER);
    let listed = office.run_as(PREPARER, &["--json", "rejected"]).expect(0).json();
    let all = listed["rejected"].as_array().unwrap();
    let number = all.iter().find(|one| one["file"] == "spoilt.json").unwrap()["submission"].to_string();
    let path = format!("/rejected/{number}");
    assert!(visitor.get("/rejected").ok().contains(&format!("href=\"{path}\"")));
    assert!(visitor.get(&path).ok().contains("Mend it"));
    let draft = visitor.post(&path, &[]).leads_to();
    let form = visitor.get(&draft).ok();
    assert!(
        form.contains("id=\"event-referred_on-error\"") && form.contains("Selamawit Quartermaine"),
        "{form}"
    );
    let date = [
        ("event.date-day", "1"),
        ("event.date-month", "12"),
        ("event.date-year", "2026"),
        ("do", "continue"),
    ];
    let plan = visitor.post(&draft, &date).leads_to();
    visitor.get(&plan).ok();
    visitor.post(&format!("{draft}/drop"), &[]).leads_to();
    assert!(office.run(&["run", "--once"]).stdout.contains("1 queued"));
}

#[test]
fn an_event_is_withdrawn_and_a_call_is_noted_in_the_pages() {
    let office = DemoOffice::new();
    office.drop_case("first", &appointment(1, REPORT).to_string(), &[("report.pdf", REPORT)]);
    office.run(&["run", "--once"]);
    let id = office.despatch_for("TEST-00001", "det")["id"].as_str().unwrap().to_owned();
    let number = id.split('-').next().unwrap();
    let mut visitor = visitor(&office, PREPARER);
    let path = visitor.post("/calls", &[("id", &id)]).leads_to();
    visitor.post(&path, &[("note", "x")]).with_status(422);
    visitor.post(&path, &[("outcome", "spoke"), ("note", "back on Monday")]).leads_to();
    assert!(office.events(&id).iter().any(|(_, what)| what == "telephoned"));

    let path = visitor.post("/withdraw", &[("number", number)]).leads_to();
    let asked = visitor.get(&path).ok();
    assert!(asked.contains("TEST-00001") && asked.contains(&id), "{asked}");
    visitor.post(&path, &[("reason", " ")]).with_status(422);
    visitor.post(&path, &[("reason", "it was another case")]).leads_to();
    assert_eq!(office.despatch_for("TEST-00001", "det")["state"], "cancelled");
    visitor.get(&path).with_status(404);
}

#[test]
fn letters_for_service_are_given_out_as_one_pdf_once_they_are_approved() {
    let office = DemoOffice::new();
    office.drop_case("first", &appointment(1, REPORT).to_string(), &[("report.pdf", REPORT)]);
    office.run(&["run", "--once"]);
    let id = office.despatch_for("TEST-00001", "det")["id"].as_str().unwrap().to_owned();
    let mut visitor = visitor(&office, REVIEWER);
    visitor.post("/key/open", &[("passphrase", "")]);
    assert!(!visitor.get("/print").ok().contains(&format!("value=\"{id}\"")), "it is not approved");
    visitor.post("/print", &[("ids", &id)]).with_status(422);
    let seen = office.dir.join("seen");
    office.run_as(REVIEWER, &["outbox", "open", &id, "--to", seen.to_str().unwrap()]).expect(0);
    office.run_as(REVIEWER, &["outbox", "approve", &id]).expect(0);
    assert!(visitor.get("/print?case=TEST-00001").ok().contains(&format!("value=\"{id}\"")));
    let printed = visitor.post("/print", &[("ids", &id)]);
    assert_eq!((printed.status, printed.download.as_deref()), (200, Some("letters-for-service.pdf")));
    assert!(printed.body.starts_with(b"%PDF-"));
    visitor.post("/print", &[]).with_status(422);
}
