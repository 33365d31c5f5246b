//! Enters: a valid case file of each event. Leaves: the proof that what it says arrives, and that what contradicts
//! itself is told in words that help.
//! Never: a rule of the guidance.

use super::{change, files, good, read, valid};
use despatch_core::words::Role;
use despatch_process::case::{
    self, About, Agreement, Answer, AttachmentKind, Block, Decision, Departure, Event, EventName, Gender,
    InterpreterMode, Level, Met, Method, OpinionMethod, Outcome, Rebooking, RemovalFailure, Respondent,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Every word of every closed list.
pub fn words() -> impl Iterator<Item = &'static str> {
    fn of<T>(list: &'static [(&'static str, T)]) -> impl Iterator<Item = &'static str> {
        list.iter().map(|(word, _)| *word)
    }
    of(EventName::WORDS)
        .chain(of(Method::WORDS))
        .chain(of(OpinionMethod::WORDS))
        .chain(of(InterpreterMode::WORDS))
        .chain(of(Gender::WORDS))
        .chain(of(Respondent::WORDS))
        .chain(of(Answer::WORDS))
        .chain(of(Outcome::WORDS))
        .chain(of(Rebooking::WORDS))
        .chain(of(About::WORDS))
        .chain(of(Departure::WORDS))
        .chain(of(RemovalFailure::WORDS))
        .chain(of(Agreement::WORDS))
        .chain(of(Met::WORDS))
        .chain(of(Level::WORDS))
        .chain(of(Decision::WORDS))
}

#[test]
fn every_event_has_a_valid_file_and_is_read_as_itself() {
    let mut seen = BTreeSet::new();
    for path in files("valid", ".json") {
        let bytes = read(&path);
        let written: Value = serde_json::from_slice(&bytes).expect("JSON");
        let name = case::parse(&bytes).expect("a valid case").event.name();
        assert_eq!(json!(name), written["event"]["type"], "{}", path.display());
        seen.insert(name);
    }
    assert_eq!(seen.len(), EventName::WORDS.len(), "{seen:?}");
}

#[test]
fn a_word_that_is_no_event_is_told_which_ones_there_are() {
    let mut file = valid("died.json");
    change(&mut file, "/event/type", Some(json!("deceased")));
    let faults = case::parse(file.to_string().as_bytes()).expect_err("no such event");
    assert_eq!(faults.len(), 1, "{faults:?}");
    for (word, _) in EventName::WORDS {
        assert!(faults[0].cure.contains(&format!("\"{word}\"")), "{word}: {}", faults[0]);
    }
}

#[test]
fn a_response_that_was_decided_is_read_whole() {
    let case = good("response-decided.json");
    let Event::ResponseDecided(event) = case.event else { panic!("another event") };
    assert_eq!(event.dcpr_completed_on.map(|date| date.to_string()).as_deref(), Some("2026-03-24"));
    assert_eq!((event.level, event.outcome), (Level::Two, Decision::Maintain));
    let opinion = event.second_opinion.expect("a second opinion");
    assert_eq!((opinion.agrees_condition, opinion.agrees_harm), (Agreement::Yes, Agreement::NotStated));
    assert_eq!(opinion.assessed_on.map(|date| date.to_string()).as_deref(), Some("2026-03-13"));
    let standards: Vec<_> = event.standards.iter().map(|one| (one.id.as_str(), one.met)).collect();
    assert_eq!(standards, [("regulated-author", Met::Yes), ("in-person", Met::Partly)]);
    let [Block::Paragraph { .. }, Block::List { ordered: false, items }] =
        event.standards[1].reasons.blocks()
    else {
        panic!("{:?}", event.standards[1].reasons)
    };
    assert_eq!(items.len(), 2);
    assert!(matches!(event.circumstances.blocks(), [_, Block::Quote { .. }, _]));
    assert_eq!(
        (event.decision_maker.name.as_str(), event.authorised_by.name.as_str()),
        ("Sefton Vale", "Orla Finch")
    );
    assert_eq!(event.authorised_by.on.to_string(), "2026-03-25");
}

#[test]
fn an_appointment_booked_again_is_read_whole() {
    let case = good("appointment-rebooked.json");
    assert_eq!(case.correction.as_deref(), Some("The assessment is at 10am, not at 11am."));
    assert_eq!(case.despite_history.as_deref(), Some("The room was free after all."));
    let Event::AppointmentConfirmed(event) = case.event else { panic!("another event") };
    assert_eq!(event.transferred_on.map(|date| date.to_string()).as_deref(), Some("2026-03-05"));
    assert_eq!(event.rebooks.map(|date| date.to_string()).as_deref(), Some("2026-03-13"));
    assert_eq!(event.on_the_day_contact.as_deref(), Some("The duty officer, extension 214"));
    let interpreter = event.interpreter.expect("an interpreter");
    assert_eq!(
        (interpreter.mode, interpreter.requested_gender),
        (InterpreterMode::InPerson, Some(Gender::Female))
    );
    assert_eq!(interpreter.dialect.as_deref(), Some("Asmara"));
}

#[test]
fn an_answer_keeps_its_two_questions_apart() {
    let case = good("response-individual.json");
    assert_eq!(case.attachments[0].kind, AttachmentKind::SignedConsent);
    let Event::ResponseReceived(event) = case.event else { panic!("another event") };
    assert_eq!((event.attend, event.records), (Answer::No, Answer::Yes));
    assert_eq!((event.from, event.signed, event.own_instruction), (Respondent::Individual, true, false));
    let Event::LetterServed(event) = good("letter-served.json").event else { panic!("another event") };
    assert!(event.explained && !event.refused);
}

#[test]
fn whoever_is_written_to_is_known_by_their_own_reference() {
    let case = good("second-opinion-received.json");
    assert_eq!(case.reference_of(Role::Doctor), Some("W-19"));
    assert_eq!(case.reference_of(Role::SeniorCaseworker), Some("SCW 3"));
    assert_eq!(good("referral-received.json").reference_of(Role::Doctor), Some("W-19"));
    assert_eq!(good("died.json").reference_of(Role::Doctor), None);
    assert!(good("representative-gone.json").representative.is_none());
}

#[test]
fn a_consent_that_is_not_the_persons_own_is_told_how_to_become_so() {
    let mut file = valid("response-representative.json");
    change(&mut file, "/event/own_instruction", Some(json!(false)));
    let faults = case::parse(file.to_string().as_bytes()).expect_err("no instruction");
    assert!(faults[0].cause.contains("the person's own choice"), "{}", faults[0]);
    for how in ["written statement", "other_record", "not_given"] {
        assert!(faults[0].cure.contains(how), "{how}: {}", faults[0]);
    }
}

#[test]
fn an_attachment_with_a_mistyped_kind_is_not_missed_as_well() {
    for name in ["records-received.json", "second-opinion-received.json", "response-individual.json"] {
        let mut file = valid(name);
        let count = file["attachments"].as_array().map_or(0, Vec::len);
        for index in 0..count {
            change(&mut file, &format!("/attachments/{index}/kind"), Some(json!("scan")));
        }
        let faults = case::parse(file.to_string().as_bytes()).expect_err("no such kind");
        assert!(faults.iter().all(|fault| fault.code == "value.choice"), "{name}: {faults:?}");
    }
    let mut file = valid("second-opinion-received.json");
    let mut twice = file["attachments"][0].clone();
    (twice["file"], twice["sha256"]) = (json!("again.pdf"), json!("0".repeat(64)));
    file["attachments"].as_array_mut().expect("a list").push(twice);
    let faults = case::parse(file.to_string().as_bytes()).expect_err("two reports");
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].cause.ends_with("the list has 2"), "{}", faults[0]);
}

#[test]
fn an_event_that_happened_before_detention_began_is_dated_wrongly() {
    for name in ["transferred", "left-detention", "died", "letter-served", "release-decided"] {
        let mut file = valid(&format!("{name}.json"));
        change(&mut file, "/detention/since", Some(json!("2026-06-01")));
        let faults = case::parse(file.to_string().as_bytes()).expect_err(name);
        assert_eq!(faults.len(), 1, "{name}: {faults:?}");
        assert_eq!(faults[0].code, "fact.order", "{name}");
    }
}
