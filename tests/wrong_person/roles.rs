//! Mistakes with what is for whom: representatives who have no authority, roles that must not get a document, records
//! without consent, places where the person is not.

use super::people::{
    Attached, Person, appointment, assessed, called_off, guidance, happens, opinion, person, received,
    records, reply, representative_changed,
};
use super::scene::{Scene, Wrong};
use super::{DET, DOCTOR, FIRM, FIRM_ENTRY, HEALTHCARE, Mistake, settings};
use crate::support::office::TODAY;
use despatch_core::words::Sha256;
use serde_json::{Value, json};

const BOOKINGS: &str = "bookings@languages.example.invalid";

fn booked(scene: &mut Scene, who: &Person) {
    scene.drop(appointment(who), &[Attached::report(who.report())]);
    scene.everything_goes();
}

/// The firm is named by a case of which nobody recorded its authority.
fn without_authority(scene: &mut Scene, change: impl FnOnce(&mut Value)) -> Vec<Wrong> {
    let mut case = appointment(&person(1));
    change(&mut case);
    scene.drop_unauthorised(case, &[Attached::report(person(1).report())]);
    vec![Wrong::Anything { at: FIRM }]
}

/// The answer about the records, and then the records.
fn records_after(scene: &mut Scene, answers: &[&str]) -> Vec<Wrong> {
    booked(scene, &person(1));
    for (index, answer) in answers.iter().enumerate() {
        let consent =
            person(1).paper("Reply to the invitation", "My answer on my healthcare records, signed.");
        let attached: &[Attached] = &[Attached::new("signed_consent", consent)];
        let attached = if *answer == "yes" { attached } else { &[] };
        scene.drop(reply(&person(1), &format!("test-answer-{index}"), answer), attached);
        scene.everything_goes();
    }
    let theirs = person(1)
        .paper("Healthcare records", "3 November 2026: seen by the nurse, asked for sleeping pills.");
    let wrong = vec![Wrong::Document { is: Sha256::of(&theirs), at: None }];
    scene.drop(records(&person(1)), &[Attached::new("healthcare_records", theirs)]);
    wrong
}

fn response(who: &Person) -> Value {
    let report = json!({
        "author": "Dr Ottilie Marchetti-Bell", "profession": "psychiatrist", "author_regulated": true,
        "regulator": "General Medical Council", "registration": "0000000",
        "assessed_on": "2026-11-10", "report_date": "2026-11-16", "method": "in_person",
    });
    let what = json!({
        "type": "response_decided", "dcpr_completed_on": "2026-12-02", "report": report,
        "second_opinion": {
            "doctor_name": "Dr Priyamvada Rathore-Quill", "report_date": "2026-12-02", "method": "video",
            "assessed_on": "2026-12-01",
            "limitations": "Papers show less.", "agrees_condition": "yes", "agrees_harm": "not_stated",
        },
        "standards": [{ "id": "author-regulated", "met": "yes", "reasons": "The author is on the register." }],
        "agreement": "Both find the same condition.", "differences": "One is silent on harm.",
        "weight": "It has significant weight.", "circumstances": "The person has been detained since 1 October 2026.",
        "level": "2", "level_reasons": "Both agree on the condition.",
        "outcome": "maintain", "outcome_reasons": "Removal is near.",
        "decision_maker": { "name": "Rosalind Achterberg", "grade": "SEO" },
        "authorised_by": { "name": "Orla Finch", "grade": "G7", "on": "2026-12-02" },
    });
    happens(who, what)
}

pub const MISTAKES: &[Mistake] = &[
    Mistake {
        name: "representative-without-authority",
        story: "The case names a firm because it wrote about the person; nobody has seen an authority.",
        happens: |scene| without_authority(scene, |_| ()),
    },
    Mistake {
        name: "authority-dated-in-the-future",
        story: "The firm's authority begins next month.",
        happens: |scene| {
            scene.directory(|directory| directory.authority_recorded(FIRM_ENTRY, "TEST-00001", "2026-12-23"));
            without_authority(scene, |case| case["representative"]["authority_date"] = json!("2026-12-23"))
        },
    },
    Mistake {
        name: "authority-for-another-case",
        story: "The firm has an authority for another person's case, and none for this one.",
        happens: |scene| {
            scene.directory(|directory| directory.authority_recorded(FIRM_ENTRY, "TEST-00002", "2026-10-12"));
            without_authority(scene, |_| ())
        },
    },
    Mistake {
        name: "representative-changed",
        story: "The person has another representative since today; the next letter still names the former one.",
        happens: |scene| {
            scene.directory(|directory| {
                directory.verified("millstone-chambers", "beatrix-lund", "called back", "2026-11-20")
            });
            booked(scene, &person(1));
            scene.drop(representative_changed(&person(1)), &[]);
            scene.everything_goes();
            scene.drop_unauthorised(called_off(&person(1)), &[]);
            vec![Wrong::Letter { says: vec!["technical".to_owned()], at: FIRM }]
        },
    },
    Mistake {
        name: "representative-gone",
        story: "The firm acts for the person no longer and nobody else does; the next case file still names it.",
        happens: |scene| {
            booked(scene, &person(1));
            let what = json!({ "type": "representative_changed", "on": TODAY, "previous": FIRM_ENTRY });
            let mut gone = happens(&person(1), what);
            gone["representative"] = Value::Null;
            scene.drop(gone, &[]);
            scene.everything_goes();
            scene.drop_unauthorised(called_off(&person(1)), &[]);
            vec![Wrong::Letter { says: vec!["technical".to_owned()], at: FIRM }]
        },
    },
    Mistake {
        name: "letter-approved-before-the-representative-changed",
        story: "The invitation for the firm is approved; before it is sent the person takes another representative.",
        happens: |scene| {
            scene.drop(appointment(&person(1)), &[Attached::report(person(1).report())]);
            scene.process();
            scene.approve();
            scene.drop(representative_changed(&person(1)), &[]);
            vec![Wrong::Anything { at: FIRM }]
        },
    },
    Mistake {
        name: "second-opinion-to-a-former-representative",
        story: "The answer to the report, with the second opinion, still names the firm that acts no longer.",
        happens: |scene| {
            settings::can_answer_reports(&scene.office);
            booked(scene, &person(1));
            scene.day = "2026-12-02";
            scene.drop(assessed(&person(1)), &[]);
            scene.everything_goes();
            let theirs = person(1).paper("Second opinion report", "The flashbacks are likely to be genuine.");
            scene.drop(opinion(&person(1)), &[Attached::new("second_opinion_report", theirs.clone())]);
            scene.everything_goes();
            let mut changed = representative_changed(&person(1));
            changed["event"].as_object_mut().expect("an object").remove("appointment");
            scene.drop(changed, &[]);
            scene.everything_goes();
            let wrong = Wrong::Document { is: Sha256::of(&theirs), at: Some(FIRM) };
            scene.drop_unauthorised(response(&person(1)), &[Attached::new("second_opinion_report", theirs)]);
            vec![wrong]
        },
    },
    Mistake {
        name: "records-without-an-answer",
        story: "The healthcare team sends the records before the person has answered at all.",
        happens: |scene| records_after(scene, &[]),
    },
    Mistake {
        name: "records-refused",
        story: "The person said no to the release of the records, and they came all the same.",
        happens: |scene| records_after(scene, &["no"]),
    },
    Mistake {
        name: "records-after-withdrawal",
        story: "The person agreed, then took it back; the records came after that.",
        happens: |scene| records_after(scene, &["yes", "no"]),
    },
    Mistake {
        name: "records-approved-before-withdrawal",
        story: "The records are approved for the doctor; before they are sent the person takes the consent back.",
        happens: |scene| {
            let wrong = records_after(scene, &["yes"]);
            scene.process();
            scene.approve();
            scene.drop(reply(&person(1), "test-withdrawn", "no"), &[]);
            wrong
        },
    },
    Mistake {
        name: "records-listed-as-supporting-information",
        story: "The records, to which nobody agreed, go to the doctor as supporting information.",
        happens: |scene| {
            let theirs = person(1).paper("Healthcare records", "3 November 2026: seen by the nurse.");
            let wrong = vec![Wrong::Document { is: Sha256::of(&theirs), at: None }];
            let attached =
                [Attached::report(person(1).report()), Attached::new("supporting_information", theirs)];
            scene.drop(appointment(&person(1)), &attached);
            wrong
        },
    },
    Mistake {
        name: "records-to-the-representative",
        story: "Somebody makes the representative's entry a doctor's, alone, and the case file names it as the doctor.",
        happens: |scene| {
            scene.directory(|directory| directory.role_changed_by_one(FIRM_ENTRY, "doctor"));
            let mut case = appointment(&person(1));
            case["event"]["doctor"]["entry"] = json!(FIRM_ENTRY);
            scene.drop(case, &[Attached::report(person(1).report())]);
            scene.everything_goes();
            let consent = person(1).paper("Reply to the invitation", "I agree to the release of my records.");
            scene.drop(reply(&person(1), "test-agreed", "yes"), &[Attached::new("signed_consent", consent)]);
            scene.everything_goes();
            let theirs = person(1).paper("Healthcare records", "3 November 2026: seen by the nurse.");
            let at_the_firm = |bytes: &[u8]| Wrong::Document { is: Sha256::of(bytes), at: Some(FIRM) };
            let wrong = vec![at_the_firm(&theirs), at_the_firm(&person(1).report())];
            scene.drop(records(&person(1)), &[Attached::new("healthcare_records", theirs)]);
            wrong
        },
    },
    Mistake {
        name: "report-to-the-representative",
        story: "The case file names the representative where the doctor should stand.",
        happens: |scene| {
            let mut case = appointment(&person(1));
            case["event"]["doctor"]["entry"] = json!(FIRM_ENTRY);
            scene.drop(case, &[Attached::report(person(1).report())]);
            vec![Wrong::Document { is: Sha256::of(&person(1).report()), at: Some(FIRM) }]
        },
    },
    Mistake {
        name: "report-to-the-interpreter-agency",
        story: "Somebody makes the interpreter agency's entry a doctor's, alone, and the case names it.",
        happens: |scene| {
            scene.directory(|directory| directory.role_changed_by_one("interpreter-bookings", "doctor"));
            let mut case = appointment(&person(1));
            case["event"]["doctor"]["entry"] = json!("interpreter-bookings");
            scene.drop(case, &[Attached::report(person(1).report())]);
            vec![Wrong::Document { is: Sha256::of(&person(1).report()), at: Some(BOOKINGS) }]
        },
    },
    Mistake {
        name: "report-to-the-ost",
        story: "The prison's healthcare entry gets the address of its Operational Support Team, which must not have reports.",
        happens: |scene| {
            let ost = "OST@prison.example.invalid";
            scene.directory(|directory| directory.address_changed_by_one("healthcare-example-prison", ost));
            let mut case = received(&person(1));
            case["detention"]["place"] = json!("example-prison");
            let report = Attached::report(person(1).report());
            let is = Sha256::of(&report.bytes);
            scene.drop(case, &[report]);
            ["OST@prison.example.invalid", "ost@prison.example.invalid"]
                .map(|at| Wrong::Document { is, at: Some(at) })
                .into()
        },
    },
    Mistake {
        name: "routing-edited-after-adoption",
        story: "Two people adopted the office's own pack; then one edits it, so that the interpreter agency gets the report.",
        happens: |scene| {
            settings::routing_edited_after_adoption(&scene.office);
            scene.drop(appointment(&person(1)), &[Attached::report(person(1).report())]);
            vec![Wrong::Document { is: Sha256::of(&person(1).report()), at: Some(BOOKINGS) }]
        },
    },
    Mistake {
        name: "report-pasted-into-a-letter",
        story: "The findings of the medical report are pasted into an answer for the Detention Engagement Team.",
        happens: |scene| {
            booked(scene, &person(1));
            let findings =
                "There is insomnia, there are flashbacks, and the left radius healed after a fracture.";
            scene.drop(guidance(&person(1), &format!("Yes.\n\n{findings}")), &[]);
            vec![Wrong::Letter { says: vec!["the left radius healed".to_owned()], at: DET }]
        },
    },
    Mistake {
        name: "wrong-place-in-mid-case",
        story: "The person is at Brook House; the next case file says Yarl's Wood, and no transfer is on record.",
        happens: |scene| {
            scene.drop(received(&person(1)), &[Attached::report(person(1).report())]);
            scene.everything_goes();
            let mut case = appointment(&person(1));
            case["detention"]["place"] = json!("yarls-wood");
            scene.drop(case, &[Attached::report(person(1).report())]);
            vec![Wrong::Anything { at: "det-yarls-wood@office.example.invalid" }]
        },
    },
    Mistake {
        name: "wrong-place-from-the-beginning",
        story: "The report says that the person was seen at Brook House; the case file says Dungavel, whose nurses get it.",
        happens: |scene| {
            let mut case = received(&person(1));
            case["detention"]["place"] = json!("dungavel");
            scene.drop(case, &[Attached::report(person(1).report())]);
            let at = "dungavel.reports@strathmoor.nhs.example.invalid";
            vec![Wrong::Document { is: Sha256::of(&person(1).report()), at: Some(at) }]
        },
    },
    Mistake {
        name: "wrong-body-for-the-place",
        story: "Somebody exchanges the places of two healthcare teams, alone: Dungavel's gets what is for Brook House.",
        happens: |scene| {
            scene.directory(|directory| {
                directory.places_changed_by_one("healthcare-dungavel", &["brook-house"])?;
                directory.places_changed_by_one("healthcare-brook-house", &["dungavel"])
            });
            scene.drop(received(&person(1)), &[Attached::report(person(1).report())]);
            vec![Wrong::Anything { at: "dungavel.reports@strathmoor.nhs.example.invalid" }]
        },
    },
    Mistake {
        name: "place-that-was-left",
        story: "The report is approved for Brook House's healthcare team; before it is sent the person is moved to Yarl's Wood.",
        happens: |scene| {
            scene.drop(received(&person(1)), &[Attached::report(person(1).report())]);
            scene.process();
            scene.approve();
            let mut moved =
                happens(&person(1), json!({ "type": "transferred", "on": TODAY, "from": "brook-house" }));
            moved["detention"]["place"] = json!("yarls-wood");
            scene.drop(moved, &[]);
            vec![Wrong::Document { is: Sha256::of(&person(1).report()), at: Some(HEALTHCARE) }]
        },
    },
    Mistake {
        name: "doctor-who-was-taken-off-the-case",
        story: "The assessment is cancelled and the doctor stood down; the approved bundle still lies in the outbox.",
        happens: |scene| {
            scene.drop(appointment(&person(1)), &[Attached::report(person(1).report())]);
            scene.process();
            scene.approve();
            let what = json!({ "type": "left_detention", "on": TODAY, "how": "released" });
            scene.drop(happens(&person(1), what), &[]);
            vec![Wrong::Document { is: Sha256::of(&person(1).report()), at: Some(DOCTOR) }]
        },
    },
];
