//! What may go to whom, how large, and what may stand in clear: each cell and each place broken once.

use super::case_of;
use despatch_core::words::Role;
use despatch_documents::inspect::{Active, Behind, Inspection};
use despatch_guards::attachment;
use despatch_guards::attachment::{History, Limits};
use despatch_guards::clear;
use despatch_guards::clear::Clear;
use despatch_guards::matrix;
use despatch_guards::matrix::Tables;
use despatch_guards::{Check, Guard, Outcome};
use despatch_process::case::AttachmentKind;
use despatch_process::case::AttachmentKind::*;
use despatch_process::{Place, Places};
use std::collections::BTreeSet;

const KINDS: [AttachmentKind; 10] = [
    ExternalMedicalReport,
    SupportingInformation,
    SecondOpinionReport,
    HealthcareRecords,
    SignedConsent,
    Rule35Report,
    Dcpr,
    MinisterAuthority,
    StayAuthority,
    OtherRecord,
];

/// Who may receive what, as issue and guidance have it; everything else is broken here once.
fn lawful(kind: AttachmentKind, role: Role) -> bool {
    use Role::*;
    match kind {
        ExternalMedicalReport => matches!(role, Dmrt | CaseworkManager | Caseworker | Healthcare | Doctor),
        SupportingInformation | HealthcareRecords => role == Doctor,
        SecondOpinionReport => {
            matches!(role, Caseworker | SeniorCaseworker | Healthcare | Representative | Det | Ost)
        }
        SignedConsent => role == Healthcare,
        Rule35Report => matches!(role, R35t | Caseworker | Det),
        Dcpr => matches!(role, ReviewAuthoriser | StrategicDirector),
        MinisterAuthority | StayAuthority | OtherRecord => false,
    }
}

#[test]
fn every_cell_of_the_matrix_lets_pass_what_is_lawful_and_stops_the_rest() {
    let tables = Tables::built_in();
    for kind in KINDS {
        for role in Role::ALL {
            let check = matrix::check(&tables, role, &[(3, kind)], true, |_| true);
            let expected = if lawful(kind, role) { Outcome::Passed } else { Outcome::Stops };
            assert_eq!(check.outcome, expected, "{kind:?} to {role:?}: {}", check.evidence);
            let without_row = matrix::check(&tables, role, &[(3, kind)], true, |_| false);
            assert_eq!(without_row.outcome, Outcome::Stops, "{kind:?} to {role:?}");
        }
    }
    let no_consent = matrix::check(&tables, Role::Doctor, &[(2, HealthcareRecords)], false, |_| true);
    assert_eq!(no_consent.outcome, Outcome::Stops);
    assert!(no_consent.evidence.contains("consent"), "{}", no_consent.evidence);
    let nothing = Tables::default();
    assert_eq!(
        matrix::check(&nothing, Role::Doctor, &[(2, SupportingInformation)], true, |_| true).outcome,
        Outcome::Stops
    );
    assert!(!Guard::Matrix.may_be_overridden() && !Guard::Virus.may_be_overridden());
}

#[test]
fn whoever_reviews_detention_may_know_of_health_and_whoever_books_or_sits_on_a_panel_may_not() {
    use Role::*;
    let tables = Tables::built_in();
    let knows = [
        Dmrt,
        Caseworker,
        CaseworkManager,
        Healthcare,
        Doctor,
        Representative,
        ReviewAuthoriser,
        StrategicDirector,
    ];
    for role in Role::ALL {
        assert_eq!(tables.may_know_of_health(role), knows.contains(&role), "{role:?}");
    }
}

fn sound() -> Inspection {
    Inspection { sound: true, pages: Some(2), ..Inspection::default() }
}

#[test]
fn an_attachment_is_sound_open_at_rest_and_within_limits() {
    let limits = Limits { pages: 2, bytes: 100, ..Limits::default() };
    let outcome = |found: &Inspection, bytes: usize| {
        let over = attachment::within_limits(3, found, bytes, &limits).map(|check| check.outcome);
        attachment::check(3, found).outcome.at_least(over.unwrap_or(Outcome::Passed))
    };
    assert_eq!(outcome(&sound(), 100), Outcome::Passed);
    assert_eq!(outcome(&sound(), 101), Outcome::Stops);
    for (what, found) in [
        ("too long", Inspection { pages: Some(3), ..sound() }),
        ("of unknown length", Inspection { pages: None, ..sound() }),
        ("not sound", Inspection { sound: false, ..sound() }),
        ("locked", Inspection { encrypted: true, ..sound() }),
        ("not looked at", Inspection::default()),
    ] {
        assert_eq!(outcome(&found, 100), Outcome::Stops, "{what}");
    }
    for active in [
        Active::Script,
        Active::OpenAction,
        Active::AdditionalActions,
        Active::Launch,
        Active::SubmitForm,
        Active::EmbeddedFile,
        Active::RichMedia,
        Active::Xfa,
        Active::Elsewhere,
        Active::PostScript,
    ] {
        let found = Inspection { active: BTreeSet::from([active]), ..sound() };
        let check = attachment::check(3, &found);
        assert_eq!(check.outcome, Outcome::Stops, "{active:?}");
        assert!(check.evidence.contains(active.label()), "{}", check.evidence);
    }
}

#[test]
fn a_message_fits_the_mail_system_of_its_recipient() {
    let messages = vec![("nhs.net".to_owned(), 1_000), ("big.nhs.net".to_owned(), 2_000)];
    let limits = Limits { messages, ..Limits::default() };
    for (domain, bytes, passes) in [
        ("nhs.net", 1_000, true),
        ("nhs.net", 1_001, false),
        ("trust.NHS.net", 1_001, false),
        ("big.nhs.net", 2_000, true),
        ("big.nhs.net", 2_001, false),
        ("notnhs.net", 1_001, true),
        ("example.invalid", 35_000_000, true),
        ("example.invalid", 35_000_001, false),
    ] {
        let check = attachment::size(bytes, domain, &limits);
        assert_eq!(check.outcome == Outcome::Passed, passes, "{domain} {bytes}: {}", check.evidence);
    }
}

fn place() -> Place {
    let places = Places::parse(include_str!("../../../policy/places.toml")).expect("the places");
    places.get(&"brook-house".parse().unwrap()).expect("Brook House").clone()
}

fn checked(subject: &str) -> Check {
    checked_for(None, subject)
}

fn checked_for(name: Option<&str>, subject: &str) -> Check {
    let clear = Clear {
        pieces: vec![("the subject", subject.to_owned())],
        for_anybody:
            "OFFICIAL SENSITIVE: documents about case 0 of the Detained Medical Reports Team, will you"
                .to_owned(),
        own_names: "From To Subject Date Message-ID\n01-cover-note.pdf.age\n02-document.pdf.age".to_owned(),
        own: vec!["Healthcare team of Fernbrook".to_owned(), "h@fernbrook.example.invalid".to_owned()],
        by_chance: Vec::new(),
    };
    let titles = ["External medical report", "Letter from a cousin"];
    clear::check(&case_of(name), &place(), &titles, &Tables::built_in().health, &clear)
}

#[test]
fn nothing_of_the_person_stands_in_clear() {
    for (what, subject) in [
        ("a family name", "documents about QUARTERMAINE"),
        ("a given name", "documents about Selamawit's case"),
        ("the nationality", "documents about the case from Eritrea"),
        ("its adjective", "documents about the Eritrean case"),
        ("the birth", "documents about the case of 17/05/1990"),
        ("the birth in a number (F11)", "documents about case EMR-19900517"),
        ("the birth within a number", "documents about case EMR19900517"),
        ("the birth in pieces", "documents about case EMR-1990-0517"),
        ("the birth in six digits", "documents about case E170590X"),
        ("the birth as abroad", "documents about case EMR-05171990"),
        ("the birth in words", "documents about the case of 17th May 1990"),
        ("the reference", "documents about X0000001"),
        ("the reference in pieces", "documents about X-0000001"),
        ("the place", "documents about the case at Brook House"),
        ("the place's id", "documents about the case at brook-house"),
        ("a title", "documents: letter from a cousin"),
        ("a file name", "documents: report.pdf and suicidal thoughts"),
        ("health", "documents about self-harm"),
        ("health in the case", "documents about a depressed person"),
        ("health, longer", "documents about the psychiatric case"),
    ] {
        let check = checked(subject);
        assert_eq!(check.outcome, Outcome::Stops, "{what}");
        for personal in ["artermaine", "elamawit", "ritre", "1990", "X0000001", "rook", "cousin"] {
            assert!(!check.evidence.contains(personal), "{what}: {}", check.evidence);
        }
    }
    for (what, subject) in [
        ("what every message says", "OFFICIAL SENSITIVE: documents about case TEST-00001"),
        ("the team", "From the Detained Medical Reports Team"),
        ("the recipient's own name", "To the Healthcare team of Fernbrook, will you"),
        ("another date", "Please act by Tuesday 1 December 2026"),
    ] {
        let check = checked(subject);
        assert_eq!(check.outcome, Outcome::Passed, "{what}: {}", check.evidence);
    }
}

#[test]
fn a_word_that_any_email_has_is_nobodys_name() {
    let every = "Please act by Monday 30 November 2026\nDate: Mon, 23 Nov 2026\n02-document.pdf.age 01-cover-note.pdf.age\nSubject";
    for name in
        ["Monday Eze", "April May", "Document Quartermaine", "Nov Subject", "Cover Date", "January Tue"]
    {
        let check = checked_for(Some(name), every);
        assert_eq!(check.outcome, Outcome::Passed, "{name}: {}", check.evidence);
        // The other name still tells who it is.
        let check = checked_for(Some(name), &format!("{every} Eze, Quartermaine"));
        let told = ["Eze", "Quartermaine"].iter().any(|word| name.contains(word));
        assert_eq!(check.outcome == Outcome::Stops, told, "{name}");
    }
    // What somebody calls a file says nothing of health for that.
    let clear = Clear {
        pieces: vec![("the file names", "02-psychiatric.pdf.age".to_owned())],
        own_names: "02-psychiatric.pdf.age".to_owned(),
        ..Clear::default()
    };
    let check = clear::check(&case_of(None), &place(), &[], &Tables::built_in().health, &clear);
    assert_eq!(check.outcome, Outcome::Stops);
}

#[test]
fn digits_that_the_program_drew_or_counted_are_nobodys_date_of_birth() {
    // Born on 17 May 1990.
    for (header, by_chance) in [
        ("Message-ID: <184-3.1.9ac170590ffb30e1@dmrt.example>", "184-3.1.9ac170590ffb30e1"),
        ("Message-ID: <184-3.1.17c05d90ffb30e1a@dmrt.example>", "184-3.1.17c05d90ffb30e1a"),
        ("Message-ID: <170590-3.1.ffb30e1a@dmrt.example>", "170590-3.1.ffb30e1a"),
        ("boundary=\"=_parts_e19900517ab\"", "e19900517ab"),
        ("Date: Mon, 30 Nov 2026 17:05:90 +0000", "Mon, 30 Nov 2026 17:05:90 +0000"),
    ] {
        let judged = |header: &str, by_chance: &[&str]| {
            let clear = Clear {
                pieces: vec![("the headers", header.to_owned())],
                own_names: "Message-ID boundary parts Date".to_owned(),
                by_chance: by_chance.iter().map(|one| (*one).to_owned()).collect(),
                ..Clear::default()
            };
            clear::check(&case_of(None), &place(), &[], &Tables::built_in().health, &clear)
        };
        let check = judged(header, &[by_chance, ""]);
        assert_eq!(check.outcome, Outcome::Passed, "{header}: {}", check.evidence);
        // The same digits stop where they are anything else's.
        assert_eq!(judged(header, &["another"]).outcome, Outcome::Stops, "{header}");
        let beside = format!("{header}\nSubject: EMR-19900517");
        assert_eq!(judged(&beside, &[by_chance]).outcome, Outcome::Stops, "{header}");
    }
}

#[test]
fn a_check_that_may_not_delay_a_safety_message_warns() {
    for guard in Guard::ALL {
        for outcome in [Outcome::Stops, Outcome::Confirm] {
            let check = Check::new(guard, outcome, "x").for_safety();
            assert_eq!(check.outcome, Outcome::Warned, "{guard:?}");
        }
        assert_eq!(Check::new(guard, Outcome::Passed, "x").for_safety().outcome, Outcome::Passed);
        assert_eq!(guard.code().parse::<Guard>(), Ok(guard));
    }
}

#[test]
fn f32_what_a_file_carries_behind_its_pages_is_asked_about_or_refused_as_the_office_says() {
    for behind in [Behind::Revision, Behind::Layer, Behind::Page, Behind::Redaction] {
        let found = Inspection { behind: BTreeSet::from([behind]), ..sound() };
        let check = |history| attachment::behind(3, &found, history).expect("a check");
        assert_eq!(check(History::Ask).outcome, Outcome::Confirm, "{behind:?}");
        assert_eq!(check(History::Refuse).outcome, Outcome::Stops, "{behind:?}");
        assert!(check(History::Ask).evidence.contains(behind.label()));
    }
    assert!(attachment::behind(3, &sound(), History::Refuse).is_none());
}
