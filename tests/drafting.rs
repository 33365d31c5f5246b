//! Enters: whoever prepares a case file in the pages. Leaves: proof that a draft is sealed, comes back as it was, and
//! becomes a case; that what was rejected or came back is mended; and that letters are printed once they are approved.
//! Never: a real person; every name is made up.

use crate::support::office::{DemoOffice, PREPARER, PROGRAM, REVIEWER, TODAY, appointment, authorise, paper};
use age::secrecy::SecretString;
use despatch_app::office::Unlock;
use despatch_app::operations::drafts::{self, Background, Draft, DraftKey, Origin, Way};
use despatch_app::operations::drop_case::DropOutcome;
use despatch_app::operations::foresight::Foresight;
use despatch_app::operations::new_case::form::Form;
use despatch_app::operations::new_case::inputs::{Input, Kind, date_parts, moment_parts};
use despatch_app::operations::new_case::placed::Placed;
use despatch_app::operations::print::{PrintLetters, print};
use despatch_app::operations::withdraw::preview;
use despatch_app::operations::{Actor, Failure, OpenOffice};
use despatch_core::clock::Clock;
use despatch_process::case::EventName;
use despatch_testing::pdf;
use serde_json::Value;
use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime};

const REPORT: &[u8] = paper!("A made-up report.");

fn open(office: &DemoOffice) -> OpenOffice {
    let clock = Clock::Fixed(TODAY.parse().unwrap());
    OpenOffice::open(&office.dir, clock, PROGRAM.into()).expect("an office")
}

fn actor(open: &OpenOffice, name: &str) -> Actor {
    Actor::of_process(&open.office, Some(&name.parse().unwrap()))
}

fn words(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}

/// In a demo office nobody is asked: its review key lies open.
fn nobody_asked() -> Unlock {
    Unlock::unattended(|| Ok(words("")))
}

/// Whoever prepares a case file, at their desk.
struct Desk {
    office: DemoOffice,
    open: OpenOffice,
    actor: Actor,
    key: DraftKey,
}

impl Desk {
    fn of(office: DemoOffice) -> Desk {
        let open = open(&office);
        let actor = actor(&open, PREPARER);
        let key = drafts::unlock(&open, &actor, &words("correct horse battery staple")).unwrap();
        Desk { office, open, actor, key }
    }

    fn new() -> Desk {
        Desk::of(DemoOffice::new())
    }

    fn background(&mut self, form: &Form) -> Background {
        Background::of_form(&mut self.open, &self.actor, form).unwrap()
    }

    fn begin(&mut self, event: EventName, case: &str) -> Draft {
        let case = case.parse().unwrap();
        let background = Background::of(&mut self.open, &self.actor, Some(&case), event).unwrap();
        let form = Form::begin(event, &PREPARER.parse().unwrap(), &case, background.known());
        drafts::begin(&self.open, &self.actor, &self.key, form, Origin::New).unwrap()
    }

    /// Fills in a draft with what a case file says, as somebody would who has it on paper.
    fn fill(&mut self, draft: &mut Draft, file: &Value) {
        for _ in 0..4 {
            let background = self.background(&draft.kept.form);
            let inputs = draft.kept.form.inputs(background.known());
            let fields: Vec<(String, String)> = inputs.iter().flat_map(|input| said(input, file)).collect();
            draft.kept.form.take(&fields, background.known());
        }
    }

    fn drop(&mut self, draft: &Draft) -> Result<DropOutcome, Failure> {
        drafts::drop_draft(&mut self.open, &self.actor, &self.key, draft)
    }
}

/// What a browser posts of an input for what a case file says.
fn said(input: &Input, file: &Value) -> Vec<(String, String)> {
    let value = match file.pointer(&input.at) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Bool(flag)) => if *flag { "yes" } else { "no" }.to_owned(),
        Some(Value::Object(_)) => "yes".to_owned(),
        _ if input.at == "/?" && file.get("correction").is_some() => "yes".to_owned(),
        _ if input.kind == Kind::Gate => "no".to_owned(),
        _ => return Vec::new(),
    };
    let parts = |name: &str| {
        let ends = ["day", "month", "year"].iter().zip(date_parts(&value));
        ends.map(|(end, part)| (format!("{name}-{end}"), part)).collect()
    };
    match input.kind {
        Kind::Date(_) => parts(&input.name),
        Kind::Moment => {
            let ends = ["day", "month", "year", "time"].iter().zip(moment_parts(&value));
            ends.map(|(end, part)| (format!("{}-{end}", input.name), part)).collect()
        }
        _ => vec![(input.name.clone(), value)],
    }
}

/// Every file below a folder.
fn all_in(folder: &Path) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { found.extend(all_in(&path)) } else { found.push(fs::read(path).expect("a file")) }
    }
    found
}

#[test]
fn a_draft_is_sealed_comes_back_as_it_was_and_becomes_a_case() {
    let mut desk = Desk::new();
    let file = appointment(1, REPORT);
    authorise(&desk.office.dir, &file.to_string());
    let mut draft = desk.begin(EventName::AppointmentConfirmed, "TEST-00001");
    let attached =
        drafts::attach(&mut desk.open, &desk.actor, &desk.key, &mut draft, ("my report.pdf", REPORT));
    let (found, _) = attached.expect("a sound PDF");
    assert_eq!(found.name, "my report.pdf");
    let mut wanted = file.clone();
    wanted["attachments"][0]["file"] = "my report.pdf".into();
    desk.fill(&mut draft, &wanted);
    drafts::save(&desk.open, &desk.actor, &desk.key, &mut draft).unwrap();

    // A thief of the disk reads nothing of it, and nobody else sees it.
    for bytes in all_in(&desk.office.dir.join("drafts")) {
        for secret in ["Quartermaine", "TEST-00001", "appointment_confirmed", "%PDF"] {
            assert!(
                !bytes.windows(secret.len()).any(|part| part == secret.as_bytes()),
                "{secret} lies there in clear"
            );
        }
    }
    let other = actor(&desk.open, REVIEWER);
    assert!(drafts::list(&desk.open, &other, None).unwrap().is_empty());
    assert!(drafts::load(&desk.open, &other, &desk.key, &draft.id).is_err());
    assert!(drafts::unlock(&desk.open, &desk.actor, &words("another passphrase of theirs")).is_err());

    // With a new passphrase it is the same draft.
    drafts::lock_again(&desk.open, &desk.actor, &desk.key, &words("a new passphrase of theirs")).unwrap();
    assert!(drafts::unlock(&desk.open, &desk.actor, &words("correct horse battery staple")).is_err());
    desk.key = drafts::unlock(&desk.open, &desk.actor, &words("a new passphrase of theirs")).unwrap();
    let again = drafts::load(&desk.open, &desk.actor, &desk.key, &draft.id).unwrap();
    assert_eq!(again.kept.form.bytes(), draft.kept.form.bytes());
    let listed = drafts::list(&desk.open, &desk.actor, Some(&desk.key)).unwrap();
    let about = listed[0].about.as_ref().expect("its key is there");
    assert_eq!(
        (about.event, about.case_id.as_ref().unwrap().as_str()),
        (EventName::AppointmentConfirmed, "TEST-00001")
    );

    // What it would make is told, and then it is dropped for certain as its preparer's.
    let foreseen = drafts::plan(&mut desk.open, &desk.actor, &desk.key, &again);
    let Ok(Foresight::New(foreseen)) = foreseen else { panic!("{foreseen:?}") };
    assert!(foreseen.made.len() > 3, "{:?}", foreseen.made);
    let dropped = desk.drop(&again).expect("it is in order");
    assert!(matches!(dropped, DropOutcome::Dropped(_)));
    assert!(drafts::list(&desk.open, &desk.actor, None).unwrap().is_empty(), "it is a case now");
    let run = desk.office.run(&["run", "--once"]);
    assert!(run.stdout.contains("1 queued"), "{run:?}");
    let despatch = desk.office.despatch_for("TEST-00001", "det");
    assert_eq!(despatch["prepared_by"], PREPARER);
    assert!(despatch.get("uncertain_preparer").is_none(), "{despatch}");
}

#[test]
fn what_cannot_be_an_attachment_is_refused_before_it_is_kept() {
    let mut desk = Desk::new();
    let mut draft = desk.begin(EventName::ExternalReportReceived, "TEST-00001");
    let before = draft.kept.form.bytes();
    for bytes in
        [b"<html>a page</html>".as_slice(), b"%PDF-1.7\nnothing of a PDF", &REPORT[..REPORT.len() / 2]]
    {
        let refused = drafts::attach(&mut desk.open, &desk.actor, &desk.key, &mut draft, ("a.pdf", bytes));
        let Err(Failure::Faults(faults)) = refused else { panic!("{refused:?}") };
        assert_eq!((faults[0].at.as_str(), faults[0].code), ("/attachments", "attachment.refused"));
    }
    assert_eq!(draft.kept.form.bytes(), before);
    let folder = desk.office.dir.join("drafts").join(PREPARER).join(draft.id.as_str());
    assert_eq!(fs::read_dir(folder).unwrap().count(), 1, "the answers alone");
}

#[test]
fn how_somebody_likes_to_be_asked_is_remembered() {
    let desk = Desk::new();
    assert_eq!(drafts::way(&desk.open, &desk.actor).unwrap(), Way::OneByOne);
    drafts::set_way(&desk.open, &desk.actor, Way::AllTogether).unwrap();
    assert_eq!(drafts::way(&desk.open, &desk.actor).unwrap(), Way::AllTogether);
    assert_eq!(drafts::way(&desk.open, &actor(&desk.open, REVIEWER)).unwrap(), Way::OneByOne);
}

#[test]
fn a_rejected_file_is_mended_in_its_form_and_goes_back_in() {
    let mut desk = Desk::new();
    let mut file = appointment(1, REPORT);
    file["event"]["date"] = "2026-10-01".into();
    desk.office.drop_case("spoilt", &file.to_string(), &[("report.pdf", REPORT)]);
    desk.office.run(&["run", "--once"]);
    let listed = desk.office.run_as(PREPARER, &["--json", "rejected"]).expect(0).json();
    let all = listed["rejected"].as_array().unwrap();
    let number = all.iter().find(|one| one["file"] == "spoilt.json").unwrap()["submission"].to_string();

    let other = actor(&desk.open, REVIEWER);
    let their_key = drafts::unlock(&desk.open, &other, &words("the words of a reviewer")).unwrap();
    assert!(
        drafts::mend_rejected(&mut desk.open, &other, &their_key, &number).is_err(),
        "it is about somebody"
    );

    let mut draft = drafts::mend_rejected(&mut desk.open, &desk.actor, &desk.key, &number).unwrap();
    let again = drafts::mend_rejected(&mut desk.open, &desk.actor, &desk.key, &number).unwrap();
    assert_eq!(draft.id, again.id, "one draft for one file");
    let Err(Failure::Faults(faults)) = drafts::plan(&mut desk.open, &desk.actor, &desk.key, &draft) else {
        panic!("it was rejected")
    };
    let background = desk.background(&draft.kept.form);
    let placed = Placed::of(&faults, &draft.kept.form.inputs(background.known()));
    assert!(placed.at("/event/referred_on").count() > 0, "{placed:?}");
    assert_eq!(placed.rest, [""; 0]);

    file["event"]["date"] = "2026-12-01".into();
    desk.fill(&mut draft, &file);
    desk.drop(&draft).expect("it is mended");
    assert!(desk.office.run(&["run", "--once"]).stdout.contains("1 queued"));
    let said = desk.office.run_as(PREPARER, &["rejected"]).expect(0);
    assert!(!said.stdout.contains("spoilt.json"), "it is over: {said:?}");
}

#[test]
fn a_returned_message_is_corrected_in_the_form_of_its_case_file() {
    let office = DemoOffice::new();
    let file = appointment(1, REPORT);
    office.drop_case("first", &file.to_string(), &[("report.pdf", REPORT)]);
    office.run(&["run", "--once"]);
    let id = office.despatch_for("TEST-00001", "det")["id"].as_str().unwrap().to_owned();
    office.run_as(REVIEWER, &["outbox", "return", &id, "--reason", "another room"]).expect(0);
    let mut desk = Desk::of(office);
    let unlock = nobody_asked();
    let despatch = id.parse().unwrap();
    let mut draft = drafts::mend_returned(&mut desk.open, &desk.actor, &desk.key, despatch, &unlock)
        .expect("its case file");
    assert_eq!(draft.kept.form.files(), ["report.pdf"]);
    let mut corrected = file.clone();
    corrected["correction"] = "The room is another one.".into();
    corrected["event"]["location"] = "another room".into();
    desk.fill(&mut draft, &corrected);
    desk.drop(&draft).unwrap_or_else(|failure| panic!("{failure:?}"));
    assert!(desk.office.run(&["run", "--once"]).stdout.contains("1 queued"));
    let shown = desk.office.run(&["--json", "outbox", "show", &id]).expect(0).json();
    assert_eq!(shown["despatch"]["state"], "superseded");
    let events = desk.office.events("case ");
    assert_eq!(events.iter().filter(|(_, what)| what == "viewed").count(), 1, "it is on record: {events:?}");
    // What has been replaced is not corrected twice.
    let again = drafts::mend_returned(&mut desk.open, &desk.actor, &desk.key, despatch, &unlock);
    let Err(Failure::Faults(faults)) = again else { panic!("{again:?}") };
    assert_eq!(faults[0].code, "correct.replaced");
}

#[test]
fn an_old_draft_is_removed_by_a_purge_and_a_new_one_is_not() {
    let mut desk = Desk::new();
    let old = desk.begin(EventName::Died, "TEST-00001");
    let new = desk.begin(EventName::Died, "TEST-00002");
    let folder = desk.office.dir.join("drafts").join(PREPARER);
    let put_back = |id: &str, days: u64| {
        let day = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_392_000 - days * 86_400);
        File::options()
            .append(true)
            .open(folder.join(id).join("answers.age"))
            .unwrap()
            .set_modified(day)
            .unwrap();
    };
    // Counted back from the day on which the office stands, 23 November 2026.
    put_back(old.id.as_str(), 32);
    put_back(new.id.as_str(), 29);
    let said = desk.office.run(&["--json", "purge"]).expect(0).json();
    assert_eq!(said["drafts"].as_array().map(Vec::len), Some(1), "{said}");
    assert_eq!(said["drafts"][0]["id"], old.id.as_str());
    desk.office.run_as(REVIEWER, &["purge", "--do"]).expect(0);
    let left = desk.office.run_as(PREPARER, &["--json", "drafts"]).expect(0).json();
    let left: Vec<&str> =
        left["drafts"].as_array().unwrap().iter().filter_map(|one| one["id"].as_str()).collect();
    assert_eq!(left, [new.id.as_str()]);
    desk.office.run_as(PREPARER, &["drafts", "remove", new.id.as_str()]).expect(0);
    desk.office.run_as(PREPARER, &["drafts", "remove", new.id.as_str()]).expect(1);
}

#[test]
fn a_draft_is_written_as_a_case_file_by_whoever_has_its_passphrase() {
    let mut desk = Desk::new();
    let draft = desk.begin(EventName::Died, "TEST-00001");
    let folder = tempfile::tempdir().unwrap();
    let (wrong, right) = (folder.path().join("wrong"), folder.path().join("right"));
    for (path, text) in [(&wrong, "another one"), (&right, "correct horse battery staple")] {
        despatch_testing::cases::private_file(path, text.as_bytes());
    }
    let to = folder.path().join("draft");
    let command = |file: &Path| {
        let words = ["drafts", "open", draft.id.as_str(), "--to", to.to_str().unwrap(), "--passphrase-file"];
        desk.office.run_as(PREPARER, &[words.as_slice(), &[file.to_str().unwrap()]].concat())
    };
    command(&wrong).expect(1);
    assert!(!to.exists());
    command(&right).expect(0);
    let text = fs::read_to_string(to.join("case.json")).expect("a case file");
    assert!(text.contains("TEST-00001"), "{text}");
}

#[test]
fn letters_are_printed_as_one_file_once_they_are_approved_and_that_is_on_record() {
    let office = DemoOffice::new();
    office.drop_case("first", &appointment(1, REPORT).to_string(), &[("report.pdf", REPORT)]);
    office.run(&["run", "--once"]);
    let id = office.despatch_for("TEST-00001", "det")["id"].as_str().unwrap().to_owned();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("letters.pdf");
    let print_it = || office.run_as(PREPARER, &["outbox", "print", &id, "--to", file.to_str().unwrap()]);
    let said = print_it().expect(1);
    assert!(said.stderr.contains("only what was approved is printed") && !file.exists(), "{said:?}");
    let seen = folder.path().join("seen");
    office.run_as(REVIEWER, &["outbox", "open", &id, "--to", seen.to_str().unwrap()]).expect(0);
    office.run_as(REVIEWER, &["outbox", "approve", &id]).expect(0);
    let said = print_it().expect(0);
    assert!(said.stdout.contains("Invitation letter: copy to keep"), "{said:?}");

    let bytes = fs::read(&file).unwrap();
    pdf::qpdf_check(&bytes).unwrap();
    let text = pdf::text(&bytes);
    for part in ["ADDRESSEE ONLY", "Quartermaine"] {
        assert!(text.contains(part), "{text}");
    }
    let mut pages = 0;
    let mut names: Vec<_> = fs::read_dir(&seen).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let letters = names.iter().filter(|path| path.extension().is_some_and(|end| end == "pdf")).skip(1);
    for letter in letters {
        let alone = pdf::text(&fs::read(letter).unwrap());
        pages += alone.matches('\u{c}').count();
    }
    assert!(pages > 3);
    assert_eq!(text.matches('\u{c}').count(), pages, "the pages of all letters");
    let views = office.events(&id).into_iter().filter(|(_, what)| what == "viewed").count();
    assert_eq!(views, 2, "the reviewer's, and the one to print");

    let mut open = open(&office);
    let preparer = actor(&open, PREPARER);
    let other = office.despatch_for("TEST-00001", "doctor")["id"].as_str().unwrap().parse().unwrap();
    let refused = print(&mut open, &preparer, &PrintLetters { ids: vec![other] }, &nobody_asked());
    let Err(Failure::Faults(faults)) = refused else { panic!("it is not served") };
    assert_eq!(faults[0].code, "print.not_served");
}

#[test]
fn a_wrong_event_is_withdrawn_with_what_is_unsent_of_it_and_stays_on_record() {
    let office = DemoOffice::new();
    office.drop_case("first", &appointment(1, REPORT).to_string(), &[("report.pdf", REPORT)]);
    office.run(&["run", "--once"]);
    let despatch = office.despatch_for("TEST-00001", "det");
    let id = despatch["id"].as_str().unwrap();
    let number = id.split('-').next().unwrap();
    office.run_as(PREPARER, &["withdraw", number, "--reason", " "]).expect(2);
    office.run_as(PREPARER, &["withdraw", "999", "--reason", "it was another case"]).expect(1);
    let said =
        office.run_as(PREPARER, &["--json", "withdraw", number, "--reason", "it was another case"]).expect(0);
    assert!(said.json()["stopped"].as_array().unwrap().len() > 3, "{said:?}");
    let states: Vec<Value> = office
        .despatches()
        .into_iter()
        .filter(|one| one["case_id"] == "TEST-00001")
        .map(|one| one["state"].clone())
        .collect();
    assert!(states.iter().all(|state| state == "cancelled"), "{states:?}");
    let shown = office.run(&["case", "TEST-00001"]);
    assert!(shown.stdout.contains("what it says did not happen"), "{shown:?}");
    office.run_as(PREPARER, &["withdraw", number, "--reason", "once more"]).expect(1);
    let audit = office.run(&["audit", "verify"]);
    assert_eq!(audit.code, 0, "{audit:?}");
}

#[test]
fn what_a_withdrawn_event_stopped_is_listed_and_is_not_brought_back() {
    let office = DemoOffice::new();
    let drop = |file: &Value, name: &str| {
        office.drop_case(name, &file.to_string(), &[("report.pdf", REPORT)]);
        let run = office.run(&["run", "--once"]);
        assert!(run.stdout.contains("1 queued"), "{run:?}");
        office.despatches().iter().filter_map(|one| one["id"].as_str()?.split('-').next()?.parse().ok()).max()
    };
    let first: Option<i64> = drop(&appointment(1, REPORT), "first");
    let letter = office.despatch_for("TEST-00001", "det")["id"].as_str().unwrap().to_owned();
    let mut rebooked = appointment(1, REPORT);
    rebooked["event_id"] = "test-rebooked".into();
    rebooked["despite_history"] = "The day was changed by telephone.".into();
    rebooked["event"]["rebooks"] = "2026-12-01".into();
    rebooked["event"]["date"] = "2026-12-03".into();
    let second = drop(&rebooked, "second").expect("a number").to_string();
    let state =
        || office.run(&["--json", "outbox", "show", &letter]).expect(0).json()["despatch"]["state"].clone();
    assert_eq!(state(), "superseded");

    let mut open = open(&office);
    let preparer = actor(&open, PREPARER);
    let shown =
        preview(&mut open, &preparer, second.parse().unwrap()).unwrap_or_else(|why| panic!("{why:?}"));
    let one =
        shown.others.replaced.iter().find(|one| one.despatch.to_string() == letter).expect("it is listed");
    assert_eq!(
        (one.kind.as_str(), one.to.as_str(), Some(one.case_file)),
        ("service-pack", "Brook House Detention Engagement Team", first)
    );
    let said = office.run_as(PREPARER, &["withdraw", &second, "--reason", "it has no new date"]).expect(0);
    let told = format!("correct case file {}", first.expect("a number"));
    assert!(said.stdout.contains(&letter) && said.stdout.contains(&told), "{said:?}");
    assert_eq!(state(), "superseded", "it was made for how things stood before");

    // What an event holds waits for a reviewer.
    let mut died =
        despatch_testing::cases::event(1, "test-died", serde_json::json!({ "type": "died", "on": TODAY }));
    died["attachments"] = serde_json::json!([]);
    let other = appointment(2, REPORT);
    drop(&other, "other");
    died["case_id"] = other["case_id"].clone();
    office.drop_case("died", &died.to_string(), &[]);
    office.run(&["run", "--once"]);
    let held = office.despatch_for("TEST-00002", "det");
    assert_eq!(held["state"], "held", "{held}");
    let all = office.events("case ");
    let (last, _) = all.iter().rfind(|(_, what)| what == "queued").expect("the last one");
    let said = office
        .run_as(
            PREPARER,
            &["--json", "withdraw", last.trim_start_matches("case "), "--reason", "somebody else"],
        )
        .expect(0)
        .json();
    assert!(said["held"].as_array().unwrap().iter().any(|one| one["despatch"] == held["id"]), "{said}");
}

#[test]
fn a_call_is_on_record_and_is_no_acknowledgement() {
    let office = DemoOffice::new();
    let id = office.despatches()[0]["id"].as_str().unwrap().to_owned();
    let call = |words: &[&str]| office.run_as(PREPARER, &[&["outbox", "telephoned", &id], words].concat());
    call(&["--outcome", "no_answer"]).expect(0);
    call(&["--outcome", "spoke", "--note", "back on Monday"]).expect(0);
    call(&["--outcome", "shouted"]).expect(2);
    call(&["--outcome", "spoke", "--note", &"x".repeat(201)]).expect(2);
    let calls = office.events(&id).into_iter().filter(|(_, what)| what == "telephoned").count();
    assert_eq!(calls, 2);
    let shown = office.run(&["--json", "outbox", "show", &id]).expect(0).json();
    assert!(shown["despatch"]["receipt"].is_null(), "{shown}");
}
