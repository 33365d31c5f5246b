//! Mistakes with keys and with who verified what: the right mailbox, and somebody else who can read it.

use super::directory::New;
use super::people::{Attached, appointment, person, received};
use super::scene::{Scene, Wrong};
use super::{DOCTOR, DOCTOR_ENTRY, FIRM, FIRM_ENTRY, Mistake};
use despatch_seal::keys::SecretKey;
use despatch_testing::swap::Swap;
use serde_json::json;
use std::fs;

fn appointed(scene: &mut Scene) {
    scene.drop(appointment(&person(1)), &[Attached::report(person(1).report())]);
}

fn opens_with(key: Option<SecretKey>) -> Vec<Wrong> {
    key.map(|key| Wrong::OpensWith { key, at: None }).into_iter().collect()
}

fn demo_key(scene: &Scene, entry: &str) -> SecretKey {
    let text = fs::read_to_string(scene.office.key(entry)).expect("a key of the demo");
    SecretKey::from_identity_file(&text).expect("a key")
}

/// A firm that is imported in this way, and named by the case.
const FIRM_OF_THE_IMPORT: &str = "clerks@saltmarsh-legal.example.invalid";
const IMPORT: New<'_> = New {
    id: "saltmarsh-legal",
    role: "representative",
    name: "Tobiah Winterbourne",
    organisation: "Saltmarsh Legal (made up)",
    email: FIRM_OF_THE_IMPORT,
    places: &[],
};

fn names_the_import(scene: &mut Scene) -> Vec<Wrong> {
    let mut case = appointment(&person(1));
    case["representative"]["entry"] = json!(IMPORT.id);
    scene.drop(case, &[Attached::report(person(1).report())]);
    vec![Wrong::Anything { at: FIRM_OF_THE_IMPORT }]
}

/// Somebody writes into the message of a despatch in the outbox.
fn altered(scene: &mut Scene, role: &str) {
    let despatch = scene.office.despatch_for("TEST-00001", role);
    let path = scene.office.message_path(&despatch);
    let text = String::from_utf8(fs::read(&path).expect("the message")).expect("ASCII");
    fs::write(path, text.swapped("solveig.adjei-hart@", "solveig.adjei-hurt@")).expect("the message");
}

pub const MISTAKES: &[Mistake] = &[
    Mistake {
        name: "key-replaced-by-one",
        story: "Somebody replaces the firm's key by one that came in an email, and asks nobody.",
        happens: |scene| {
            let stray = scene.directory(|directory| directory.key_replaced_by_one(FIRM_ENTRY));
            appointed(scene);
            opens_with(stray)
        },
    },
    Mistake {
        name: "key-of-healthcare-replaced-by-one",
        story: "Somebody replaces the healthcare team's key, alone; its copies are safety messages.",
        happens: |scene| {
            let stray = scene.directory(|directory| directory.key_replaced_by_one("healthcare-brook-house"));
            scene.drop(received(&person(1)), &[Attached::report(person(1).report())]);
            opens_with(stray)
        },
    },
    Mistake {
        name: "key-replaced-and-verified-by-the-same",
        story: "Whoever replaced the doctor's key says to have verified it, too.",
        happens: |scene| {
            let stray =
                scene.directory(|directory| directory.key_replaced_and_verified_by_the_same(DOCTOR_ENTRY));
            appointed(scene);
            opens_with(stray)
        },
    },
    Mistake {
        name: "key-replaced-after-approval",
        story: "The letters are approved; before they are sent somebody replaces the doctor's key.",
        happens: |scene| {
            appointed(scene);
            scene.process();
            scene.approve();
            let stray = scene.directory(|directory| directory.key_replaced_by_one(DOCTOR_ENTRY));
            opens_with(stray).into_iter().chain([Wrong::Anything { at: DOCTOR }]).collect()
        },
    },
    Mistake {
        name: "key-replaced-in-mid-case",
        story: "The firm's key changes in the middle of a case, and a second person verified it in haste.",
        happens: |scene| {
            appointed(scene);
            scene.everything_goes();
            let stray = scene.directory(|directory| directory.key_replaced_and_hastily_verified(FIRM_ENTRY));
            let what = json!({
                "type": "assessment_outcome", "date": "2026-12-01", "reported_on": "2026-11-23",
                "outcome": "technical", "rebooking": "possible",
            });
            scene.drop(super::people::happens(&person(1), what), &[]);
            opens_with(stray)
        },
    },
    Mistake {
        name: "key-added-by-one",
        story: "Somebody adds a second key to the doctor's entry, alone: for the secretary, they say.",
        happens: |scene| {
            let stray = scene.directory(|directory| directory.key_added_by_one(DOCTOR_ENTRY));
            appointed(scene);
            opens_with(stray)
        },
    },
    Mistake {
        name: "keys-of-two-entries-exchanged",
        story: "The keys of the doctor and the firm are exchanged, so each can read what the other gets.",
        happens: |scene| {
            let of_the_firm = demo_key(scene, FIRM_ENTRY);
            scene.directory(|directory| directory.keys_exchanged_by_one(DOCTOR_ENTRY, FIRM_ENTRY));
            let of_the_doctor = demo_key(scene, DOCTOR_ENTRY);
            appointed(scene);
            let opens = |key, at| Wrong::OpensWith { key, at: Some(at) };
            vec![opens(of_the_firm, DOCTOR), opens(of_the_doctor, FIRM)]
        },
    },
    Mistake {
        name: "key-of-another-entry",
        story: "The interpreter agency's entry gets the doctor's key, and a second person verified it in haste.",
        happens: |scene| {
            scene.directory(|directory| {
                directory.key_of_another_hastily_verified("interpreter-bookings", DOCTOR_ENTRY)
            });
            let of_the_doctor = demo_key(scene, DOCTOR_ENTRY);
            appointed(scene);
            vec![Wrong::OpensWith { key: of_the_doctor, at: Some("bookings@languages.example.invalid") }]
        },
    },
    Mistake {
        name: "key-of-the-predecessor",
        story: "A caseworker left; the successor's name and address are put into the entry, and the key stays.",
        happens: |scene| {
            let email = "odalys.merriweather@office.example.invalid";
            scene.directory(|directory| {
                directory.holder_changed_by_one("caseworker-marisol", "Odalys Merriweather", email)
            });
            appointed(scene);
            vec![Wrong::Anything { at: email }]
        },
    },
    Mistake {
        name: "review-key-replaced-by-one",
        story: "Somebody puts a key of their own in the place of the office's review key, which opens everything.",
        happens: |scene| {
            let stray = SecretKey::generate();
            fs::write(scene.office.dir.join("keys/review.pub"), format!("{}\n", stray.to_public()))
                .expect("the review key");
            appointed(scene);
            vec![Wrong::OpensWith { key: stray, at: None }]
        },
    },
    Mistake {
        name: "expired-entry",
        story: "The doctor's entry held until yesterday.",
        happens: |scene| {
            scene.directory(|directory| directory.expires(DOCTOR_ENTRY, "2026-11-22"));
            appointed(scene);
            vec![Wrong::Anything { at: DOCTOR }]
        },
    },
    Mistake {
        name: "entry-that-expires-before-it-is-sent",
        story: "The doctor's entry holds until today; the letters are approved today and sent tomorrow.",
        happens: |scene| {
            scene.directory(|directory| directory.expires(DOCTOR_ENTRY, "2026-11-23"));
            appointed(scene);
            scene.process();
            scene.approve();
            scene.day = "2026-11-24";
            vec![Wrong::Anything { at: DOCTOR }]
        },
    },
    Mistake {
        name: "never-verified",
        story: "The firm's entry was imported from a list, and nobody called them.",
        happens: |scene| {
            scene.directory(|directory| directory.imported(IMPORT));
            names_the_import(scene)
        },
    },
    Mistake {
        name: "verification-withdrawn",
        story: "The firm's entry is no longer marked as verified.",
        happens: |scene| {
            scene.directory(|directory| directory.never_verified(FIRM_ENTRY));
            appointed(scene);
            vec![Wrong::Anything { at: FIRM }]
        },
    },
    Mistake {
        name: "verified-by-a-stranger",
        story: "Who verified the firm's entry is not on the staff list.",
        happens: |scene| {
            scene.directory(|directory| directory.imported_and_verified_by_a_stranger(IMPORT));
            names_the_import(scene)
        },
    },
    Mistake {
        name: "verified-in-the-future",
        story: "The firm's entry says that it was verified next week.",
        happens: |scene| {
            scene.directory(|directory| {
                directory.verified(FIRM_ENTRY, "beatrix-lund", "called back", "2026-11-30")
            });
            appointed(scene);
            vec![Wrong::Anything { at: FIRM }]
        },
    },
    Mistake {
        name: "no-trial-letter-opened",
        story: "A new firm's entry is verified, but nobody has seen that they can open what is sealed to them.",
        happens: |scene| {
            scene.directory(|directory| directory.imported_and_verified_without_a_trial(IMPORT));
            names_the_import(scene)
        },
    },
    Mistake {
        name: "frozen-after-an-incident",
        story: "Yesterday somebody else answered from the firm's mailbox; the office recorded the incident.",
        happens: |scene| {
            scene.drop(received(&person(1)), &[Attached::report(person(1).report())]);
            scene.everything_goes();
            scene.directory(|directory| directory.incident_recorded(FIRM_ENTRY, "TEST-00001"));
            appointed(scene);
            vec![Wrong::Anything { at: FIRM }]
        },
    },
    Mistake {
        name: "frozen-after-approval",
        story: "The letters are approved; then the office records an incident with the firm's mailbox.",
        happens: |scene| {
            appointed(scene);
            scene.process();
            scene.approve();
            scene.directory(|directory| directory.incident_recorded(FIRM_ENTRY, "TEST-00001"));
            vec![Wrong::Anything { at: FIRM }]
        },
    },
    Mistake {
        name: "message-altered-before-approval",
        story: "Somebody writes another address into a message that lies in the outbox.",
        happens: |scene| {
            appointed(scene);
            scene.process();
            altered(scene, "representative");
            vec![Wrong::Anything { at: "solveig.adjei-hurt@harbour-lane-law.example.invalid" }]
        },
    },
    Mistake {
        name: "message-altered-after-approval",
        story: "Somebody writes another address into a message that is approved.",
        happens: |scene| {
            appointed(scene);
            scene.process();
            scene.approve();
            altered(scene, "representative");
            vec![Wrong::Anything { at: "solveig.adjei-hurt@harbour-lane-law.example.invalid" }]
        },
    },
    Mistake {
        name: "messages-of-two-despatches-exchanged",
        story: "In the outbox the files of the doctor's and the firm's messages are exchanged.",
        happens: |scene| {
            appointed(scene);
            scene.process();
            let path = |role: &str| scene.office.message_path(&scene.office.despatch_for("TEST-00001", role));
            let (doctor, firm) = (path("doctor"), path("representative"));
            let bytes = fs::read(&doctor).expect("a message");
            fs::copy(&firm, &doctor).expect("a message");
            fs::write(&firm, bytes).expect("a message");
            vec![Wrong::Anything { at: DOCTOR }, Wrong::Anything { at: FIRM }]
        },
    },
];
