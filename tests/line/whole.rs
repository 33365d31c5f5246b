//! Whole paths through the real program: one made-up person from the report to the response, and every event that a
//! caseworker can drop. Never: looks inside the program.

use super::history::send;
use super::stories::{STORIES, Story};
use super::{REPORT, despatches_of, opened, said_lines, tidy_office, words};
use crate::support::office::{DemoOffice, REVIEWER, appointment, event, paper, report_received};
use crate::support::pdf::keywords;
use despatch_core::words::Sha256;
use despatch_process::case::EventName;
use despatch_process::events::Family;
use despatch_testing::swap::Swap;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;

const OWN: &str = "own-2026";
const OPINION: &[u8] = paper!("The made-up second opinion.");
const CONSENT: &[u8] = paper!("The made-up signed consent.");
const RECORDS: &[u8] = paper!("The made-up healthcare records.");

/// A pack of the office's own whose list of standards is complete, adopted by two and in force for new cases.
fn with_complete_standards() -> DemoOffice {
    let office = tidy_office();
    fs::create_dir_all(office.dir.join("policy")).expect("a folder");
    let pack = format!(
        "id = \"{OWN}\"\ntitle = \"The office's own edition\"\nextends = \"hoso-2022-09-12\"\n\n\
         [[change]]\nvalue = \"standards\"\nreason = \"The list was obtained\"\n\
         to = {{ complete = true, source = \"The made-up list\", standard = [\n\
         {{ id = \"author-regulated\", title = \"The author is regulated\", source = \"page 1\" }},\n\
         {{ id = \"in-person\", title = \"The assessment was in person\", source = \"page 2\" }},\n] }}\n"
    );
    fs::write(office.dir.join(format!("policy/{OWN}.toml")), pack).expect("a new file");
    let terms = ["policy", "adopt", OWN, "--reason", "the list is complete", "--until", "2027-03-31"];
    office.run_as(REVIEWER, &terms).expect(0);
    office.run_as("tomasz-achebe", &["policy", "adopt", OWN]).expect(0);
    office.edit("despatch.toml", |text| {
        text.swapped("pack = \"hoso-2022-09-12\"", &format!("pack = \"{OWN}\""))
    });
    office
}

/// An event of the `n`th person's case with what is attached: the kind of each and its bytes.
fn with(mut case: Value, attached: &[(&str, &[u8])]) -> Value {
    let list: Vec<Value> = attached
        .iter()
        .map(|(kind, bytes)| {
            json!({
                "file": format!("{kind}.pdf"), "kind": kind, "title": kind.replace('_', " "),
                "size": bytes.len(), "sha256": Sha256::of(bytes).to_string(),
            })
        })
        .collect();
    case["attachments"] = json!(list);
    case
}

/// Drops an event on a day and processes it: its finding, which must be that it was queued, and what it made.
#[track_caller]
fn drop_on(office: &DemoOffice, day: &str, case: &Value) -> Vec<String> {
    let name = words(&case["event_id"]).to_owned();
    let all: [(&str, &[u8]); 4] = [
        ("external_medical_report", REPORT),
        ("second_opinion_report", OPINION),
        ("signed_consent", CONSENT),
        ("healthcare_records", RECORDS),
    ];
    let listed = case["attachments"].as_array().expect("a list");
    let files: Vec<(String, &[u8])> = listed
        .iter()
        .map(|one| {
            let kind = words(&one["kind"]);
            let bytes = all.iter().find(|(known, _)| *known == kind).expect("bytes of that kind").1;
            (words(&one["file"]).to_owned(), bytes)
        })
        .collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(file, bytes)| (file.as_str(), *bytes)).collect();
    office.drop_case(&name, &case.to_string(), &files);
    let said = office.on(day, &["--json", "run", "--once"]);
    let file = format!("{name}.json");
    let lines = said_lines(&said);
    let finding = lines.iter().find(|one| one["file"] == file.as_str());
    let finding = finding.unwrap_or_else(|| panic!("nothing was said of {file}: {said:?}"));
    assert_eq!(finding["outcome"], "queued", "{finding}");
    let made = finding["despatches"].as_array().expect("a list").iter();
    made.map(|one| {
        let planned = &one["planned"];
        let to = one["recipient"]["entry"].as_str().unwrap_or("nobody");
        format!("{} {} {to}", words(&planned["row"]), words(&planned["kind"]))
    })
    .collect()
}

/// An event of person `n` under an id of its own.
fn happens(n: usize, what: Value) -> Value {
    let name = format!("{}-{n}", words(&what["type"]).replace('_', "-"));
    event(n, &name, what)
}

fn report() -> Value {
    json!({
        "author": "Dr Ottilie Marchetti-Bell", "profession": "psychiatrist", "author_regulated": true,
        "regulator": "General Medical Council", "registration": "0000000",
        "assessed_on": "2026-11-10", "report_date": "2026-11-16", "method": "in_person",
    })
}

fn opinion_received(n: usize, doctor: &str) -> Value {
    let mut case = happens(
        n,
        json!({
            "type": "second_opinion_received", "received_on": "2026-12-08", "doctor": { "entry": doctor },
            "method": "video", "assessed_on": "2026-12-02", "limitations_stated": true,
        }),
    );
    case["decision_maker"] = json!({ "entry": "senior-rosalind", "grade": "SEO" });
    with(case, &[("second_opinion_report", OPINION)])
}

fn response_decided(n: usize) -> Value {
    let case = happens(
        n,
        json!({
            "type": "response_decided", "dcpr_completed_on": "2026-12-10", "report": report(),
            "second_opinion": {
                "doctor_name": "Dr Priyamvada Rathore-Quill", "report_date": "2026-12-07", "method": "video",
                "assessed_on": "2026-12-02", "limitations": "A video shows less.",
                "agrees_condition": "yes", "agrees_harm": "not_stated",
            },
            "standards": [
                { "id": "author-regulated", "met": "yes", "reasons": "The author is on the register." },
                { "id": "in-person", "met": "yes", "reasons": "The author met the person." },
            ],
            "agreement": "Both find the same condition.", "differences": "One is silent on harm.",
            "weight": "It has significant weight.", "circumstances": "The person has been detained since 1 October 2026.",
            "level": "2", "level_reasons": "Both agree on the condition.",
            "outcome": "maintain", "outcome_reasons": "Removal is near.",
            "decision_maker": { "name": "Rosalind Achterberg", "grade": "SEO" },
            "authorised_by": { "name": "Orla Finch", "grade": "G7", "on": "2026-12-10" },
        }),
    );
    with(case, &[("second_opinion_report", OPINION)])
}

/// The letters, notes and forms that the program made for a case, which attachments are not.
fn made_documents(office: &DemoOffice, case: &str) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for despatch in despatches_of(office, case) {
        let kind = words(&despatch["planned"]["kind"]).to_owned();
        let own = opened(office, &despatch).into_iter().filter(|(name, bytes)| {
            name.ends_with(".pdf") && ![REPORT, OPINION, CONSENT, RECORDS].contains(&bytes.as_slice())
        });
        all.extend(own.map(|(name, bytes)| (format!("{kind}/{name}"), bytes)));
    }
    all
}

/// The person of the straight path.
const CASE: &str = "TEST-00001";

#[test]
fn one_person_goes_straight_through_from_the_report_to_the_response() {
    let office = with_complete_standards();
    from_the_report_to_the_invitation(&office);
    from_service_to_the_response(&office);
    response_is_one_letter_with_the_opinion(&office, CASE);
    let documents = made_documents(&office, CASE);
    assert!(documents.len() > 25, "only {} documents", documents.len());
    for (name, pdf) in documents {
        assert!(keywords(&pdf).contains(OWN), "{name}: {:?}", keywords(&pdf));
    }
    the_answer_is_served(&office);
}

/// The response goes to those who serve it, who say that they did.
fn the_answer_is_served(office: &DemoOffice) {
    let despatches = despatches_of(office, CASE);
    let to_serve = |one: &&Value| one["planned"]["kind"] == "response" && one["planned"]["role"] == "det";
    let id = words(&despatches.iter().find(to_serve).expect("the response")["id"]);
    let sent = "2026-12-10";
    office.on(sent, &["--as", REVIEWER, "outbox", "approve", id]).expect(0);
    office.on(sent, &["send", "--once"]).expect(0);
    let served = json!({
        "type": "answer_served", "served_on": "2026-12-11", "explained": true, "refused": false,
    });
    assert!(drop_on(office, "2026-12-11", &happens(1, served)).is_empty());
    let case = office.on("2026-12-11", &["case", CASE]).expect(0).stdout;
    assert!(case.contains("was served on Friday 11 December 2026"), "{case}");
}

fn from_the_report_to_the_invitation(office: &DemoOffice) {
    let mut received = report_received(1, REPORT);
    received["attachments"] =
        with(received.clone(), &[("external_medical_report", REPORT)])["attachments"].take();
    let made = drop_on(office, "2026-11-23", &received);
    assert_eq!(
        made,
        [
            "1 referral dmrt-inbox",
            "1 referral manager-ayesha",
            "2 report-to-healthcare healthcare-brook-house"
        ]
    );
    let referred = json!({
        "type": "referral_received", "received_on": "2026-11-23", "opinion_requested": true,
        "doctor": { "entry": "dr-rathore-quill" },
    });
    let made = drop_on(office, "2026-11-24", &happens(1, referred));
    assert_eq!(made, ["3 doctor-availability dr-rathore-quill", "4 date-request det-brook-house"]);
    let mut booked = with(appointment(1, REPORT), &[("external_medical_report", REPORT)]);
    booked["event_id"] = json!("booked-1");
    booked["event"]["referred_on"] = json!("2026-11-23");
    booked["event"]["date"] = json!("2026-12-02");
    let made = drop_on(office, "2026-11-24", &booked);
    assert_eq!(
        made,
        [
            "5 assessment-date caseworker-marisol",
            "8 doctor-bundle dr-rathore-quill",
            "9 interpreter-booking interpreter-bookings",
            "10 room-booking det-brook-house",
            "12 service-pack det-brook-house",
            "14 invitation harbour-lane-law",
        ]
    );
    send(office, CASE, &["doctor-bundle", "service-pack", "invitation", "room-booking"]);
}

fn from_service_to_the_response(office: &DemoOffice) {
    let served =
        json!({ "type": "letter_served", "served_on": "2026-11-25", "explained": true, "refused": false });
    assert!(drop_on(office, "2026-11-25", &happens(1, served)).is_empty());
    let agreed = json!({
        "type": "response_received", "received_on": "2026-11-26", "from": "individual", "attend": "yes",
        "records": "yes", "signed": true, "own_instruction": false,
    });
    let made = drop_on(office, "2026-11-26", &with(happens(1, agreed), &[("signed_consent", CONSENT)]));
    assert_eq!(
        made,
        [
            "G6 response-result dr-rathore-quill",
            "G6 response-result det-brook-house",
            "G6 records-request healthcare-brook-house",
        ]
    );
    let records = happens(1, json!({ "type": "records_received", "received_on": "2026-11-30" }));
    let made = drop_on(office, "2026-11-30", &with(records, &[("healthcare_records", RECORDS)]));
    assert_eq!(made, ["G6 records-to-doctor dr-rathore-quill"]);
    let completed = json!({
        "type": "assessment_outcome", "date": "2026-12-02", "reported_on": "2026-12-02", "outcome": "completed",
    });
    assert!(drop_on(office, "2026-12-02", &happens(1, completed)).is_empty());
    let made = drop_on(office, "2026-12-08", &opinion_received(1, "dr-rathore-quill"));
    assert_eq!(
        made,
        [
            "30 second-opinion caseworker-marisol",
            "31 second-opinion healthcare-brook-house",
            "32 decision-needed senior-rosalind",
        ]
    );
    let made = drop_on(office, "2026-12-10", &response_decided(1));
    assert_eq!(
        made,
        [
            "36 response det-brook-house",
            "36 response harbour-lane-law",
            "37 vulnerability-outcome dmrt-inbox"
        ]
    );
}

/// The person, through the DET, and the representative get the same letter and the second opinion report, unheld.
fn response_is_one_letter_with_the_opinion(office: &DemoOffice, case: &str) {
    let despatches = despatches_of(office, case);
    let responses: Vec<&Value> =
        despatches.iter().filter(|one| one["planned"]["kind"] == "response").collect();
    let letters: BTreeSet<Vec<u8>> = responses
        .iter()
        .map(|one| {
            assert_eq!(one["state"], "awaiting_review", "{one}");
            let documents = opened(office, one);
            // Those who serve it have the sheet for its envelope before it, and the record of service after it.
            let served = one["planned"]["role"] == "det";
            let (letter, opinion) = if served { ("03", "05") } else { ("02", "03") };
            assert_eq!(documents[&format!("{opinion}-document.pdf")], OPINION, "{one}");
            documents[&format!("{letter}-document.pdf")].clone()
        })
        .collect();
    assert_eq!((responses.len(), letters.len()), (2, 1));
}

impl Story {
    /// Drops it all for person `n`; what the events made, one after the other.
    fn play(&self, office: &DemoOffice, n: usize) -> Vec<String> {
        let mut made = Vec::new();
        for (day, what) in self.steps {
            let mut case = happens(n, serde_json::from_str(what).expect("JSON"));
            if case["event"]["type"] == "transferred" {
                case["detention"]["place"] = json!("yarls-wood");
            }
            if case["event"]["type"] == "representative_changed" {
                case["representative"] =
                    json!({ "entry": "millstone-chambers", "authority_date": "2026-11-25" });
                case["event"]["appointment"] = appointment(n, REPORT)["event"].take();
                case["event"]["appointment"].as_object_mut().expect("an object").remove("type");
            }
            made.extend(drop_on(office, day, &case));
        }
        made
    }
}

/// Appointments of the first `people`, of which everybody has been told.
fn all_told(office: &DemoOffice, people: usize) {
    for n in 1..=people {
        let case = appointment(n, REPORT).to_string();
        office.drop_case(&format!("booked-{n}"), &case, &[("report.pdf", REPORT)]);
    }
    office.run(&["run", "--once"]).expect(0);
    let waits =
        |one: &&Value| words(&one["case_id"]).starts_with("TEST-") && one["state"] == "awaiting_review";
    let despatches = office.despatches();
    let ids: Vec<&str> = despatches.iter().filter(waits).map(|one| words(&one["id"])).collect();
    assert_eq!(ids.len(), 6 * people, "{ids:?}");
    office.run_as(REVIEWER, &[&["outbox", "approve"], ids.as_slice()].concat()).expect(0);
    office.run(&["send", "--once"]).expect(0);
}

#[test]
fn every_other_event_makes_what_its_rows_say() {
    let office = tidy_office();
    let mut wrong = Vec::new();
    let mut dropped: BTreeSet<String> = straight().map(str::to_owned).into();
    all_told(&office, STORIES.len());
    for (n, story) in (1..).zip(STORIES) {
        let made = story.play(&office, n);
        office.due_is_what_the_record_says("2026-12-03");
        if made != story.makes {
            wrong.push(format!("{:?}: {made:#?}", story.steps.last()));
        }
        let types = story.steps.iter().map(|(_, what)| {
            let what: Value = serde_json::from_str(what).expect("JSON");
            words(&what["type"]).to_owned()
        });
        dropped.extend(types);
    }
    let referred =
        json!({ "type": "referral_received", "received_on": "2026-11-23", "opinion_requested": true });
    drop_on(&office, "2026-11-23", &happens(40, referred));
    let none =
        json!({ "type": "no_doctor_available", "established_on": "2026-11-24", "referred_on": "2026-11-23" });
    let made =
        drop_on(&office, "2026-11-24", &with(happens(40, none), &[("external_medical_report", REPORT)]));
    dropped.insert("no_doctor_available".to_owned());
    if made != ["6 no-second-opinion caseworker-marisol"] {
        wrong.push(format!("no doctor: {made:#?}"));
    }
    dropped.extend(back_again(&office, &mut wrong));
    office.due_is_what_the_record_says("2026-12-03");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // The program makes this one itself, of a file that is at fault (`copy_ahead`).
    dropped.insert("copied_to_healthcare".to_owned());
    // Those of a detention are dropped in `detentions::whole`.
    let of_family = EventName::WORDS.iter().filter(|(_, name)| name.family() == Family::SecondOpinion);
    let every: BTreeSet<String> = of_family.map(|(word, _)| (*word).to_owned()).collect();
    assert_eq!(dropped, every, "each event is dropped in one of the two tests");
}

/// A decision to release is withdrawn, and somebody who had left is detained again.
fn back_again(office: &DemoOffice, wrong: &mut Vec<String>) -> [String; 2] {
    let released = json!({ "type": "release_decided", "decided_on": "2026-11-24" });
    drop_on(office, "2026-11-24", &happens(41, released));
    let withdrawn = json!({ "type": "release_withdrawn", "withdrawn_on": "2026-11-24" });
    let made = drop_on(office, "2026-11-24", &happens(41, withdrawn));
    if !made.is_empty() {
        wrong.push(format!("nobody was told: {made:#?}"));
    }
    let left = json!({ "type": "left_detention", "on": "2026-11-25", "how": "released" });
    drop_on(office, "2026-11-25", &happens(41, left));
    let again = json!({ "type": "detained_again", "detained_on": "2026-11-26" });
    let mut again = with(happens(41, again), &[("external_medical_report", REPORT)]);
    again["detention"]["since"] = json!("2026-11-26");
    let made = drop_on(office, "2026-11-26", &again);
    if made != ["2 report-to-healthcare healthcare-brook-house", "38 earlier-report caseworker-marisol"] {
        wrong.push(format!("detained again: {made:#?}"));
    }
    ["release_withdrawn", "detained_again"].map(str::to_owned)
}

/// The events of the straight path.
fn straight() -> [&'static str; 10] {
    [
        "external_report_received",
        "referral_received",
        "appointment_confirmed",
        "letter_served",
        "response_received",
        "records_received",
        "assessment_outcome",
        "second_opinion_received",
        "response_decided",
        "answer_served",
    ]
}

#[test]
fn a_doctor_whom_the_directory_lacks_does_not_keep_the_opinion_from_healthcare() {
    let office = tidy_office();
    let made = drop_on(&office, "2026-12-08", &opinion_received(1, "dr-nobody"));
    assert_eq!(
        made,
        [
            "30 second-opinion caseworker-marisol",
            "31 second-opinion healthcare-brook-house",
            "32 decision-needed senior-rosalind",
        ]
    );
    for one in despatches_of(&office, "TEST-00001") {
        assert_eq!(one["state"], "awaiting_review", "{one}");
    }
}

#[test]
fn a_reviewer_is_told_of_a_missing_link_or_contact() {
    const LINK: &str = "how the doctor joins the video call";
    const CONTACT: &str = "whom the doctor calls on the day";
    let office = tidy_office();
    for (n, field, missing, there) in
        [(1, "joining_instructions", CONTACT, LINK), (2, "on_the_day_contact", LINK, CONTACT)]
    {
        let mut case = with(appointment(n, REPORT), &[("external_medical_report", REPORT)]);
        case["event"][field] = json!("The duty officer, 020 7946 0155");
        drop_on(&office, "2026-11-23", &case);
        let warnings = office.despatch_for(words(&case["case_id"]), "doctor")["warnings"].to_string();
        assert!(warnings.contains(missing) && !warnings.contains(there), "{warnings}");
    }
}
