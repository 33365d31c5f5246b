//! What a document says of itself, where it says that the person was seen, and what a case file tells third parties.

use super::{case_in_which, case_of};
use despatch_documents::inspect::PageText;
use despatch_guards::free_text;
use despatch_guards::free_text::Reader;
use despatch_guards::listed::SaysOfItself;
use despatch_guards::matrix::Tables;
use despatch_guards::text::{plain_words, words_of};
use despatch_guards::{Outcome, whereabouts};
use despatch_process::case::AttachmentKind;
use despatch_process::case::AttachmentKind::*;
use despatch_process::{History, Places};
use serde_json::json;
use std::collections::HashSet;

/// What the first page says, what the case file lists it as, and whether the reviewer is asked.
const FIRST_PAGES: [(&str, AttachmentKind, bool); 18] = [
    ("Medico-legal report\nName: A B", ExternalMedicalReport, false),
    ("MEDICO-LEGAL REPORT\nName: A B", SecondOpinionReport, true),
    ("Second opinion\nmedical report", SecondOpinionReport, false),
    ("Second opinion report\nName: A B", ExternalMedicalReport, true),
    ("Dr Bell, psychiatrist\n\nThe report on a patient", ExternalMedicalReport, false),
    ("Healthcare records\n3 November 2026: seen", SupportingInformation, true),
    ("Healthcare records\n3 November 2026: seen", HealthcareRecords, false),
    (
        "To whom it may concern\nI saw the scars.\nShe slept.\nHer medical records are in Leeds.",
        SupportingInformation,
        false,
    ),
    ("Reply to the invitation\nI agree to the release of my healthcare records.", SignedConsent, false),
    ("Reply to the invitation\nI agree.", OtherRecord, true),
    ("Advice on the appeal\nDear Ms B\nAs you know\nthis letter is privileged.", SignedConsent, true),
    ("Advice to our client\nDear Ms B", SupportingInformation, true),
    ("Rule 35 report\nName: A B", Rule35Report, false),
    ("Short-term Holding Facility Rule 32\nName: A B", Rule35Report, false),
    ("Detention Centre Rule 35\nName: A B", ExternalMedicalReport, true),
    ("Detention and Case Progression Review\nName: A B", Dcpr, false),
    ("Detention and Case Progression Review\nName: A B", Rule35Report, true),
    ("", ExternalMedicalReport, false),
];

#[test]
fn a_document_that_calls_itself_something_else_is_for_a_person_to_look_at() {
    let tables = Tables::built_in();
    for (text, listed, asked) in FIRST_PAGES {
        let blank = PageText::default();
        let page = PageText { text: text.to_owned(), ..PageText::default() };
        let says = SaysOfItself::of(&[blank, page], &tables);
        let check = says.privilege(3).or(says.check(3, listed));
        assert_eq!(check.is_some(), asked, "{text:?} as {listed:?}: {check:?}");
        if let Some(check) = check {
            assert_eq!(check.outcome, Outcome::Confirm);
            assert!(check.evidence.starts_with("document 3 "), "{}", check.evidence);
        }
    }
}

/// What a page behind the first one says, and whether the reviewer is asked.
const LATER_PAGES: [(&str, bool); 20] = [
    ("PRIVILEGED AND CONFIDENTIAL\nDear Ms B", true),
    ("Harbour Lane Law\n12 High Street\nAdvice to our client\nDear Ms B", true),
    ("Harbour Lane Law\nPrivileged: our advice on the appeal.", true),
    ("Attendance note\nAdvice to the client\nWe met on Monday.", true),
    (
        "Seen on Monday.\nSlept well.\nNo pain.\nPage 7\nThis letter is privileged and must not be shown.",
        true,
    ),
    ("3 March: seen.\n4 March: seen.\n5 March: seen.\nIt is subject to legal professional privilege.", true),
    ("3 March: seen.\n4 March: seen.\n5 March: seen.\nThe enclosed advice is legally\nprivileged.", true),
    ("3 March: seen.\n4 March: seen.\n5 March: seen.\nCounsel's note is privileged.", true),
    // What records say, and the footers of emails in them.
    ("He comes from a privileged family in the capital.\nSlept well.", false),
    (
        "3 March: seen.\n4 March: seen.\n5 March: seen.\nHe comes from a privileged family in the capital.",
        false,
    ),
    ("3 March: seen.\n4 March: seen.\n5 March: seen.\nShe was privileged to meet him.", false),
    ("3 March: seen.\n4 March: seen.\n5 March: seen.\nGave advice to the client about sleep.", false),
    ("3 March: seen.\n4 March: seen.\n5 March: seen.\nThis email may be legally privileged.", false),
    ("This email is confidential and may contain legally privileged information.", false),
    (
        "This email and its attachments may be confidential and privileged; if it is not for you, delete it.",
        false,
    ),
    ("This report is not privileged.\nI understand my duty to the tribunal.", false),
    ("3 March: seen.\n4 March: seen.\n5 March: seen.\nReferred to her solicitor for advice.", false),
    ("White privilege and its discontents: a reading list", false),
    ("", false),
    ("Legal representatives: Harbour Lane Law\nInstructed by the client on 3 March.", false),
];

#[test]
fn privilege_is_looked_for_on_every_page_that_was_read() {
    let tables = Tables::built_in();
    let page = |text: &str| PageText { text: text.to_owned(), ..PageText::default() };
    for (text, asked) in LATER_PAGES {
        let pages =
            [page("Healthcare records\nName: A B"), page("3 March: seen."), PageText::default(), page(text)];
        let check = SaysOfItself::of(&pages, &tables).privilege(3);
        assert_eq!(check.is_some(), asked, "{text:?}: {check:?}");
        if let Some(check) = check {
            assert_eq!(check.outcome, Outcome::Confirm);
            assert!(check.evidence.starts_with("document 3 says on page 4 "), "{}", check.evidence);
        }
    }
}

#[test]
fn a_report_that_speaks_of_another_place_alone_is_for_a_person_to_look_at() {
    let places = Places::parse(include_str!("../../../policy/places.toml")).expect("the places");
    for (text, asked) in [
        ("I saw her at Brook House.", false),
        ("I saw her at Brook House IRC after her time at Harmondsworth.", false),
        ("I saw her at Yarl's Wood.", true),
        ("I saw her at Harmondsworth Immigration Removal Centre.", true),
        ("She came to Manchester by way of Gatwick.", false),
        ("I saw her on 10 November.", false),
    ] {
        let named = whereabouts::named(&places, &words_of([text]));
        let check = whereabouts::check(1, &named, &case_of(None), &History::default());
        assert_eq!(check.is_some(), asked, "{text}: {check:?}");
    }
    let moved = case_in_which(json!({ "type": "transferred", "on": "2026-11-23", "from": "yarls-wood" }));
    let named = whereabouts::named(&places, &words_of(["I saw her at Yarl's Wood."]));
    assert!(whereabouts::check(1, &named, &moved, &History::default()).is_none(), "she was moved since");
}

#[test]
fn what_somebody_typed_tells_a_booking_nothing_of_the_person_and_a_third_party_nothing_of_health() {
    let health = Tables::built_in().health;
    let nobody = Reader { of_nobody: true, of_health: false };
    let stranger = Reader { of_nobody: false, of_health: false };
    let nurse = Reader { of_nobody: false, of_health: true };
    for (answer, reader, expected) in [
        ("Yes, room 3.", nobody, None),
        ("Ms Quartermaine speaks it.", nobody, Some(Outcome::Stops)),
        ("Ms Quartermaine speaks it.", stranger, None),
        ("The suicide watch wing.", nobody, Some(Outcome::Confirm)),
        ("There are flashbacks.", stranger, Some(Outcome::Confirm)),
        ("After self-harm.", stranger, Some(Outcome::Confirm)),
        ("There are flashbacks.", nurse, None),
    ] {
        let what = json!({
            "type": "guidance_given", "asked_on": "2026-11-23", "about": "service", "question": "May she?",
            "answer": answer,
        });
        let letters = plain_words(&format!("Our answer: {answer}"));
        let letters = letters.iter().map(String::as_str).collect();
        let checks = free_text::checks(&case_in_which(what.clone()), reader, &letters, &health);
        assert_eq!(checks.first().map(|check| check.outcome), expected, "{answer}: {checks:?}");
        let unrepeated = HashSet::from(["a", "letter", "about", "other", "things"]);
        assert!(free_text::checks(&case_in_which(what), reader, &unrepeated, &health).is_empty(), "{answer}");
    }
}
