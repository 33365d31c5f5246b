//! Mistakes with words: what everybody on the way can read says who the person is, where, or what it is about.

use super::people::{Attached, appointment, person};
use super::scene::{Scene, Wrong};
use super::{DET, FIRM_ENTRY, Mistake};
use serde_json::{Value, json};

/// An appointment whose case file was changed so; none of these words may stand in the clear.
fn says(scene: &mut Scene, words: &[&str], change: impl FnOnce(&mut Value)) -> Vec<Wrong> {
    let mut case = appointment(&person(1));
    change(&mut case);
    scene.drop(case, &[Attached::report(person(1).report())]);
    vec![Wrong::Clear(words.iter().map(|word| (*word).to_owned()).collect())]
}

/// The representative's reference, which stands in the clear, is this.
fn reference(scene: &mut Scene, reference: &str) -> Vec<Wrong> {
    says(scene, &[reference], |case| case["representative"]["reference"] = json!(reference))
}

/// The interpreter agency, which is to know nothing of the person, reads this.
fn agency_reads(scene: &mut Scene, words: &str, change: impl FnOnce(&mut Value)) -> Vec<Wrong> {
    says(scene, &[], change);
    vec![Wrong::Letter { says: vec![words.to_owned()], at: "bookings@languages.example.invalid" }]
}

pub const MISTAKES: &[Mistake] = &[
    Mistake {
        name: "name-in-a-reference",
        story: "The firm's reference is the client's surname and a number.",
        happens: |scene| reference(scene, "QUARTERMAINE/3"),
    },
    Mistake {
        name: "initial-and-name-joined-in-a-reference",
        story: "The firm's reference joins the client's initial and surname.",
        happens: |scene| reference(scene, "S.Quartermaine-26"),
    },
    Mistake {
        name: "home-office-reference-in-a-reference",
        story: "The firm uses the Home Office's reference as its own.",
        happens: |scene| reference(scene, "X0000001"),
    },
    Mistake {
        name: "home-office-reference-spaced-in-a-reference",
        story: "The firm uses the Home Office's reference as its own, with spaces.",
        happens: |scene| reference(scene, "X 000 0001"),
    },
    Mistake {
        name: "birth-date-in-a-reference",
        story: "The firm's reference is the client's birth date.",
        happens: |scene| reference(scene, "17/05/1990"),
    },
    Mistake {
        name: "birth-date-in-six-digits-in-a-reference",
        story: "The firm's reference ends with the client's birth date in six digits.",
        happens: |scene| reference(scene, "HLL-170590"),
    },
    Mistake {
        name: "nationality-in-a-reference",
        story: "The firm's reference names the client's nationality.",
        happens: |scene| reference(scene, "ERITREAN-7"),
    },
    Mistake {
        name: "place-in-a-reference",
        story: "The firm's reference names the place of detention.",
        happens: |scene| reference(scene, "BrookHouse/3"),
    },
    Mistake {
        name: "health-word-in-a-reference",
        story: "The firm's reference says what the claim is about.",
        happens: |scene| reference(scene, "PTSD/2026/3"),
    },
    Mistake {
        name: "torture-in-a-reference",
        story: "The doctor's reference says what the client says to have suffered.",
        happens: |scene| {
            says(scene, &["torture"], |case| case["event"]["doctor"]["reference"] = json!("torture-claim-9"))
        },
    },
    Mistake {
        name: "birth-date-in-the-case-id",
        story: "The case got the birth date as its number, which stands in each subject.",
        happens: |scene| says(scene, &["EMR-17051990"], |case| case["case_id"] = json!("EMR-17051990")),
    },
    Mistake {
        name: "name-in-the-event-id",
        story: "The event got the person's surname as its name.",
        happens: |scene| {
            says(scene, &["quartermaine"], |case| case["event_id"] = json!("quartermaine-appointment"))
        },
    },
    Mistake {
        name: "name-in-a-file-name",
        story: "The report's file is called after the person.",
        happens: |scene| {
            let report = Attached {
                file: "Quartermaine report.pdf".to_owned(),
                ..Attached::report(person(1).report())
            };
            scene.drop(appointment(&person(1)), &[report]);
            vec![Wrong::Clear(vec!["quartermaine".to_owned()])]
        },
    },
    Mistake {
        name: "health-word-in-a-file-name",
        story: "The report's file is called after the diagnosis.",
        happens: |scene| {
            let report = Attached {
                file: "PTSD and self-harm.pdf".to_owned(),
                ..Attached::report(person(1).report())
            };
            scene.drop(appointment(&person(1)), &[report]);
            vec![Wrong::Clear(vec!["ptsd".to_owned(), "self-harm".to_owned()])]
        },
    },
    Mistake {
        name: "name-in-a-title",
        story: "The title of the report names the person and the diagnosis.",
        happens: |scene| {
            let title = "Quartermaine: PTSD".to_owned();
            scene
                .drop(appointment(&person(1)), &[Attached { title, ..Attached::report(person(1).report()) }]);
            vec![Wrong::Clear(vec!["quartermaine".to_owned(), "ptsd".to_owned()])]
        },
    },
    Mistake {
        name: "name-in-the-directory",
        story: "Whoever entered the firm noted the client's name in its organisation, which stands in each email.",
        happens: |scene| {
            let noted = "Harbour Lane Law (for Selamawit Quartermaine)";
            scene.directory(|directory| directory.organisation_called(FIRM_ENTRY, noted));
            says(scene, &["quartermaine"], |_| ())
        },
    },
    Mistake {
        name: "health-words-in-the-directory",
        story: "Whoever entered the firm noted what the client's case is about in its organisation.",
        happens: |scene| {
            scene.directory(|directory| {
                directory.organisation_called(FIRM_ENTRY, "Harbour Lane Law, suicide risk")
            });
            says(scene, &["suicide"], |_| ())
        },
    },
    Mistake {
        name: "name-in-the-dialect",
        story: "The interpreter's dialect, which the agency reads, says for whom the interpreter is.",
        happens: |scene| {
            agency_reads(scene, "Quartermaine", |case| {
                case["event"]["interpreter"]["dialect"] = json!("as Ms Quartermaine speaks it");
            })
        },
    },
    Mistake {
        name: "health-words-in-the-room",
        story: "The room, which the agency reads, says why the person is watched.",
        happens: |scene| {
            agency_reads(scene, "suicide", |case| {
                case["event"]["location"] = json!("the suicide watch wing, room 3");
            })
        },
    },
    Mistake {
        name: "name-in-the-room",
        story: "The room, which the agency and the room booking read, is the person's own.",
        happens: |scene| {
            let mut wrong = agency_reads(scene, "Quartermaine", |case| {
                case["event"]["location"] = json!("Ms Quartermaine's room");
            });
            wrong.push(Wrong::Clear(vec!["quartermaine".to_owned()]));
            wrong
        },
    },
    Mistake {
        name: "diagnosis-in-the-contact-of-the-day",
        story: "Whom to call on the day says what the person is treated for, and the letter for the DET repeats it.",
        happens: |scene| {
            let contact = "the nurse of the schizophrenia clinic, extension 214";
            says(scene, &["schizophrenia"], |case| case["event"]["on_the_day_contact"] = json!(contact));
            vec![
                Wrong::Clear(vec!["schizophrenia".to_owned()]),
                Wrong::Letter { says: vec!["schizophrenia".to_owned()], at: DET },
            ]
        },
    },
];
