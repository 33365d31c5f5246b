//! Mistakes with addresses: the right person, and a mailbox that is not theirs.

use super::directory::New;
use super::people::{Attached, appointment, happens, person, received};
use super::scene::{Scene, Wrong};
use super::{DOCTOR_ENTRY, FIRM, FIRM_ENTRY, Mistake};
use serde_json::json;

/// An appointment, with everything in order but what was done to the directory before.
fn appointed(scene: &mut Scene) {
    scene.drop(appointment(&person(1)), &[Attached::report(person(1).report())]);
}

/// The address of an entry becomes this one; a second person verified it in haste.
fn hastily(scene: &mut Scene, entry: &str, email: &'static str) -> Vec<Wrong> {
    scene.directory(|directory| directory.address_changed_and_hastily_verified(entry, email));
    appointed(scene);
    vec![Wrong::Anything { at: email }]
}

/// A new representative is imported with this address, verified in haste, and the case names them.
fn new_firm(scene: &mut Scene, email: &'static str) -> Vec<Wrong> {
    let new = New {
        id: "second-firm",
        role: "representative",
        name: "Solveig Adjei-Hart",
        organisation: "Harbour Lane Law (made up)",
        email,
        places: &[],
    };
    scene.directory(|directory| directory.imported_and_verified(new));
    let mut case = appointment(&person(1));
    case["representative"]["entry"] = json!("second-firm");
    scene.drop(case, &[Attached::report(person(1).report())]);
    vec![Wrong::Anything { at: email }]
}

pub const MISTAKES: &[Mistake] = &[
    Mistake {
        name: "stale-address",
        story: "The doctor's address was last verified two and a half years ago, and somebody else has it now.",
        happens: |scene| {
            scene.directory(|directory| directory.last_verified(DOCTOR_ENTRY, "2024-05-20"));
            appointed(scene);
            vec![Wrong::Anything { at: super::DOCTOR }]
        },
    },
    Mistake {
        name: "address-changed-by-one",
        story: "Somebody changes the firm's address after an email that asked for it, and asks nobody.",
        happens: |scene| {
            let email = "s.adjei-hart@harbour-lane-law-solicitors.example.invalid";
            scene.directory(|directory| directory.address_changed_by_one(FIRM_ENTRY, email));
            appointed(scene);
            vec![Wrong::Anything { at: email }]
        },
    },
    Mistake {
        name: "address-of-healthcare-changed-by-one",
        story: "Somebody mistypes the healthcare team's address; its copies are safety messages and go at once.",
        happens: |scene| {
            let email = "brook-house.report@larkfield.nhs.example.invalid";
            scene.directory(|directory| directory.address_changed_by_one("healthcare-brook-house", email));
            scene.drop(received(&person(1)), &[Attached::report(person(1).report())]);
            vec![Wrong::Anything { at: email }]
        },
    },
    Mistake {
        name: "address-changed-and-verified-by-the-same",
        story: "Whoever changed the firm's address says to have verified it, too.",
        happens: |scene| {
            let email = "solveig.adjei-harte@harbour-lane-law.example.invalid";
            scene
                .directory(|directory| directory.address_changed_and_verified_by_the_same(FIRM_ENTRY, email));
            appointed(scene);
            vec![Wrong::Anything { at: email }]
        },
    },
    Mistake {
        name: "address-changed-after-approval",
        story: "The letters are approved; before they are sent somebody changes the firm's address.",
        happens: |scene| {
            let email = "solveig@adjei-hart.example.invalid";
            appointed(scene);
            scene.process();
            scene.approve();
            scene.directory(|directory| directory.address_changed_by_one(FIRM_ENTRY, email));
            vec![Wrong::Anything { at: email }, Wrong::Anything { at: FIRM }]
        },
    },
    Mistake {
        name: "address-changed-in-mid-case",
        story: "The firm's address changes in the middle of a case, verified by calling the number in the email that asked.",
        happens: |scene| {
            let email = "solveig.adjei-hart@adjei-hart-partners.example.invalid";
            appointed(scene);
            scene.everything_goes();
            scene.directory(|directory| directory.address_changed_and_hastily_verified(FIRM_ENTRY, email));
            let what = json!({ "type": "transferred", "on": "2026-11-23", "from": "brook-house" });
            let mut case = happens(&person(1), what);
            case["detention"]["place"] = json!("yarls-wood");
            scene.drop(case, &[]);
            vec![Wrong::Anything { at: email }]
        },
    },
    Mistake {
        name: "firm-changed",
        story: "The representative left for another firm and the entry followed, but the client stayed with the first.",
        happens: |scene| {
            let email = "s.adjei-hart@tidewater-chambers.example.invalid";
            appointed(scene);
            scene.everything_goes();
            scene.directory(|directory| {
                directory.moved_to_another_firm(FIRM_ENTRY, "Tidewater Chambers (made up)", email)
            });
            let what = json!({
                "type": "assessment_outcome", "date": "2026-12-01", "reported_on": "2026-11-23",
                "outcome": "interpreter_unavailable", "rebooking": "possible",
            });
            scene.drop(happens(&person(1), what), &[]);
            vec![Wrong::Anything { at: email }]
        },
    },
    Mistake {
        name: "look-alike-rn-for-m",
        story: "The doctor's new domain has an m where the true one has r and n.",
        happens: |scene| hastily(scene, DOCTOR_ENTRY, "p.rathore-quill@fembrook.nhs.example.invalid"),
    },
    Mistake {
        name: "look-alike-nought-for-o",
        story: "A second entry of the firm has a nought for the o.",
        happens: |scene| new_firm(scene, "solveig.adjei-hart@harb0ur-lane-law.example.invalid"),
    },
    Mistake {
        name: "look-alike-one-for-l",
        story: "A second entry of the firm has a one for an l.",
        happens: |scene| new_firm(scene, "solveig.adjei-hart@harbour-1ane-law.example.invalid"),
    },
    Mistake {
        name: "look-alike-with-another-hyphen",
        story: "A second entry of the firm has one hyphen more.",
        happens: |scene| new_firm(scene, "solveig.adjei-hart@har-bour-lane-law.example.invalid"),
    },
    Mistake {
        name: "look-alike-without-a-hyphen",
        story: "A second entry of the firm has its name in one word.",
        happens: |scene| new_firm(scene, "solveig.adjei-hart@harbourlanelaw.example.invalid"),
    },
    Mistake {
        name: "look-alike-with-two-letters-exchanged",
        story: "A second entry of the firm has two letters exchanged.",
        happens: |scene| new_firm(scene, "solveig.adjei-hart@habrour-lane-law.example.invalid"),
    },
    Mistake {
        name: "look-alike-with-another-ending",
        story: "A second entry of the firm has another top-level domain.",
        happens: |scene| new_firm(scene, "solveig.adjei-hart@harbour-lane-law.example.test"),
    },
    Mistake {
        name: "look-alike-as-a-sub-domain",
        story: "The firm's whole domain stands in front of somebody else's.",
        happens: |scene| new_firm(scene, "solveig.adjei-hart@harbour-lane-law.example.invalid.example.test"),
    },
    Mistake {
        name: "nhs-uk-as-a-sub-domain",
        story: "The doctor's new address has nhs.uk in it, and is somebody else's.",
        happens: |scene| hastily(scene, DOCTOR_ENTRY, "p.rathore-quill@nhs.uk.example.invalid"),
    },
    Mistake {
        name: "nhs-domain-as-a-sub-domain",
        story: "The doctor's true domain stands in front of somebody else's.",
        happens: |scene| {
            hastily(scene, DOCTOR_ENTRY, "p.rathore-quill@fernbrook.nhs.example.invalid.example.test")
        },
    },
    Mistake {
        name: "domain-that-ends-like-an-nhs-one",
        story: "The doctor's new domain ends with the letters of a listed one, without the dot before them.",
        happens: |scene| hastily(scene, DOCTOR_ENTRY, "p.rathore-quill@notfernbrook.nhs.example.invalid"),
    },
    Mistake {
        name: "doctors-private-mailbox",
        story: "The doctor asks for the papers at a private mailbox, and a second person agrees.",
        happens: |scene| hastily(scene, DOCTOR_ENTRY, "priya.rathore@freemail.example.invalid"),
    },
    Mistake {
        name: "doctors-company",
        story: "The doctor asks for the papers at the company's domain, which is not an NHS one.",
        happens: |scene| {
            hastily(scene, DOCTOR_ENTRY, "p.rathore-quill@fernbrook-assessments.example.invalid")
        },
    },
    Mistake {
        name: "caseworkers-private-mailbox",
        story: "The caseworker works from home and asks for mail at a private mailbox.",
        happens: |scene| hastily(scene, "caseworker-marisol", "marisol.tennant@freemail.example.invalid"),
    },
    Mistake {
        name: "det-at-a-contractor",
        story: "The Detention Engagement Team's address becomes one at a contractor's domain.",
        happens: |scene| hastily(scene, "det-brook-house", "engagement@brook-house-operator.example.test"),
    },
    Mistake {
        name: "letter-of-another-script",
        story: "An o of the domain is a Cyrillic one.",
        happens: |scene| new_firm(scene, "solveig.adjei-hart@harb\u{43e}ur-lane-law.example.invalid"),
    },
    Mistake {
        name: "domain-in-punycode",
        story: "The domain is written in its coded form, which hides a letter of another script.",
        happens: |scene| new_firm(scene, "solveig.adjei-hart@xn--harbur-lane-law-7nh.example.invalid"),
    },
    Mistake {
        name: "ip-literal",
        story: "The domain is a number in brackets.",
        happens: |scene| new_firm(scene, "solveig.adjei-hart@[192.0.2.7]"),
    },
    Mistake {
        name: "dotless-domain",
        story: "The domain has no dot, so mail goes to a machine of that name nearby.",
        happens: |scene| new_firm(scene, "solveig.adjei-hart@harbour-lane-law"),
    },
    Mistake {
        name: "quoted-address",
        story: "The part before the @ is quoted and holds another address.",
        happens: |scene| new_firm(scene, "\"solveig@example.test\"@harbour-lane-law.example.invalid"),
    },
    Mistake {
        name: "two-addresses-in-one",
        story: "A second address is pasted behind the first.",
        happens: |scene| new_firm(scene, "solveig@harbour-lane-law.example.invalid, all@example.test"),
    },
    Mistake {
        name: "two-representatives-of-one-name",
        story: "Two representatives have one name; the case names the one who does not act for the person.",
        happens: |scene| {
            let email = "solveig.adjei-hart@northgate-legal.example.invalid";
            let new = New {
                id: "northgate-legal",
                role: "representative",
                name: "Solveig Adjei-Hart",
                organisation: "Northgate Legal (made up)",
                email,
                places: &[],
            };
            scene.directory(|directory| directory.imported_and_verified(new));
            let mut case = appointment(&person(1));
            case["representative"]["entry"] = json!("northgate-legal");
            scene.drop_unauthorised(case, &[Attached::report(person(1).report())]);
            vec![Wrong::Anything { at: email }]
        },
    },
    Mistake {
        name: "group-address-not-listed",
        story: "The firm's entry becomes its enquiries mailbox, which the whole firm and a call centre read.",
        happens: |scene| hastily(scene, FIRM_ENTRY, "enquiries@harbour-lane-law.example.invalid"),
    },
    Mistake {
        name: "distribution-list",
        story: "The caseworker's entry becomes a list of everybody on the corridor.",
        happens: |scene| hastily(scene, "caseworker-marisol", "all-casework-teams@office.example.invalid"),
    },
    Mistake {
        name: "address-of-another-entry",
        story: "The doctor's entry gets the firm's address, copied from the line below.",
        happens: |scene| {
            let of_the_firm = "Solveig.Adjei-Hart@harbour-lane-law.example.invalid";
            scene.directory(|directory| {
                directory.address_changed_and_hastily_verified(DOCTOR_ENTRY, of_the_firm)
            });
            appointed(scene);
            let report = despatch_core::words::Sha256::of(&person(1).report());
            vec![Wrong::Anything { at: of_the_firm }, Wrong::Document { is: report, at: Some(FIRM) }]
        },
    },
];
