//! Which words of a marking may stand together, and in which order (docs/readings.md, "Marking").

use super::{PACK, PACK_FILE};
use despatch_core::words::Role;
use despatch_process::Pack;
use despatch_process::packs::marking::{Handling, KindMarking};
use despatch_testing::swap::Swap;

/// The pack with this after the marking's classification.
fn marked(more: &str) -> Result<Pack, Vec<despatch_core::fault::Fault>> {
    let text = "text = \"OFFICIAL SENSITIVE\"\n";
    Pack::parse(PACK_FILE, &PACK.swapped(text, &format!("{text}{more}\n")))
}

#[test]
fn the_classification_comes_first_then_the_instruction_then_the_descriptors() {
    let nothing = KindMarking::default();
    let kind = KindMarking {
        handling: Some("EMBARGOED UNTIL 9AM ON 3 MARCH 2026".parse::<Handling>().unwrap()),
        descriptors: vec![despatch_process::packs::marking::Descriptor::Legal],
    };
    for (more, line, with_kind) in [
        ("", "OFFICIAL SENSITIVE", "OFFICIAL SENSITIVE - EMBARGOED UNTIL 9AM ON 3 MARCH 2026 - LEGAL"),
        (
            "descriptors = [\"PERSONAL DATA\"]\nhandling = \"RECIPIENTS ONLY\"",
            "OFFICIAL SENSITIVE - RECIPIENTS ONLY - PERSONAL DATA",
            "OFFICIAL SENSITIVE - EMBARGOED UNTIL 9AM ON 3 MARCH 2026 - PERSONAL DATA - LEGAL",
        ),
        (
            "handling = \"DMRT USE ONLY\"",
            "OFFICIAL SENSITIVE - DMRT USE ONLY",
            "OFFICIAL SENSITIVE - EMBARGOED UNTIL 9AM ON 3 MARCH 2026 - LEGAL",
        ),
    ] {
        let marking = marked(more).expect(more).marking;
        assert_eq!(marking.line(&nothing), line);
        assert_eq!(marking.line(&kind), with_kind);
    }
}

#[test]
fn words_that_must_not_stand_in_a_marking_are_refused_with_the_reason() {
    for (more, says) in [
        ("handling = \"FOR PUBLIC RELEASE\"", "sensitive is not for public release"),
        ("handling = \"EMBARGOED UNTIL LATER\"", "date and a time"),
        ("handling = \"recipients only\"", "not a handling instruction"),
        ("handling = \"LOCSEN\"", "not a handling instruction"),
        ("descriptors = [\"PERSONAL\"]", "PERSONAL"),
    ] {
        let faults = marked(more).expect_err(more);
        assert!(faults.len() == 1 && faults[0].to_string().contains(says), "{more}: {faults:?}");
    }
}

#[test]
fn what_is_for_government_only_goes_to_nobody_outside_it() {
    let government = [
        Role::Dmrt,
        Role::Caseworker,
        Role::CaseworkManager,
        Role::SeniorCaseworker,
        Role::ReviewAuthoriser,
        Role::R35t,
        Role::StrategicDirector,
        Role::PanelTeam,
    ];
    for word in ["HMG USE ONLY", "HOME OFFICE USE ONLY"] {
        let handling: Handling = word.parse().unwrap();
        for role in Role::ALL {
            assert_eq!(handling.allows(role), government.contains(&role), "{word} to the {}", role.label());
        }
    }
    assert!(Role::ALL.iter().all(|role| Handling::RecipientsOnly.allows(*role)));
}
