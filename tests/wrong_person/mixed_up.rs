//! Mistakes with people: the papers of one reach the readers of another.

use super::paper::Paper;
use super::people::{Attached, Person, appointment, assessed, guidance, happens, opinion, person, received};
use super::scene::{Scene, Wrong};
use super::{DOCTOR, FIRM, HEALTHCARE, Mistake};
use despatch_core::words::Sha256;
use serde_json::json;

fn anywhere(document: &[u8]) -> Wrong {
    Wrong::Document { is: Sha256::of(document), at: None }
}

/// A case of person `n` for each, with the report of the other.
fn swapped(scene: &mut Scene, one: &Person, other: &Person) -> Vec<Wrong> {
    scene.drop(received(one), &[Attached::report(other.report())]);
    scene.drop(received(other), &[Attached::report(one.report())]);
    vec![anywhere(&one.report()), anywhere(&other.report())]
}

/// One case of this person with this report, which is not theirs.
fn with_report(scene: &mut Scene, who: &Person, report: Vec<u8>) -> Vec<Wrong> {
    let wrong = vec![anywhere(&report)];
    scene.drop(appointment(who), &[Attached::report(report)]);
    wrong
}

/// Everybody's assessment took place, and it is the day after.
fn assessed_already(scene: &mut Scene, people: &[Person]) {
    for who in people {
        scene.drop(appointment(who), &[Attached::report(who.report())]);
    }
    scene.everything_goes();
    scene.day = "2026-12-02";
    for who in people {
        scene.drop(assessed(who), &[]);
    }
    scene.everything_goes();
}

fn says(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

pub const MISTAKES: &[Mistake] = &[
    Mistake {
        name: "reports-swapped",
        story: "Two reports came by the same post, and each is filed in the case of the other.",
        happens: |scene| swapped(scene, &person(1), &person(2)),
    },
    Mistake {
        name: "reports-swapped-for-the-doctor",
        story: "Both cases are open and right; for the appointments the two reports are exchanged.",
        happens: |scene| {
            for who in [person(1), person(2)] {
                scene.drop(received(&who), &[Attached::report(who.report())]);
            }
            scene.everything_goes();
            scene.drop(appointment(&person(1)), &[Attached::report(person(2).report())]);
            scene.drop(appointment(&person(2)), &[Attached::report(person(1).report())]);
            let at = |n| Wrong::Document { is: Sha256::of(&person(n).report()), at: Some(DOCTOR) };
            vec![at(1), at(2)]
        },
    },
    Mistake {
        name: "same-name-other-birth-date",
        story: "The report is about somebody of the same name who was born on another day.",
        happens: |scene| {
            let other = Person {
                born: "1987-11-03".parse().expect("a date"),
                reference: "X0000077".to_owned(),
                ..person(1)
            };
            with_report(scene, &person(1), other.report())
        },
    },
    Mistake {
        name: "same-name-same-day-other-year",
        story: "The report is about somebody of the same name and birthday, a year older, and names no reference.",
        happens: |scene| {
            let older = Person { born: "1989-05-17".parse().expect("a date"), ..person(1) };
            let lines: Vec<String> =
                older.findings().into_iter().filter(|line| !line.starts_with("Home Office")).collect();
            with_report(scene, &person(1), Paper::of(&lines).pdf())
        },
    },
    Mistake {
        name: "two-people-of-one-name-swapped",
        story: "Two people of one name are detained, and their reports are exchanged.",
        happens: |scene| {
            let namesake = Person { name: person(1).name, nationality: person(1).nationality, ..person(2) };
            swapped(scene, &person(1), &namesake)
        },
    },
    Mistake {
        name: "brothers-swapped",
        story: "Two brothers are detained; the report of the one is filed for the other.",
        happens: |scene| {
            let brother = Person {
                name: "Yonas Quartermaine".to_owned(),
                nationality: person(1).nationality,
                ..person(2)
            };
            swapped(scene, &person(1), &brother)
        },
    },
    Mistake {
        name: "right-report-under-the-wrong-case-id",
        story: "The next event of one case, with its person and report, is filed under the id of another open case.",
        happens: |scene| {
            scene.drop(received(&person(2)), &[Attached::report(person(2).report())]);
            scene.everything_goes();
            let mut case = appointment(&person(1));
            case["case_id"] = json!(person(2).case_id());
            case["event_id"] = json!("test-appointment-2");
            scene.drop(case, &[Attached::report(person(1).report())]);
            vec![anywhere(&person(1).report()), Wrong::Letter { says: says(&["Quartermaine"]), at: FIRM }]
        },
    },
    Mistake {
        name: "wrong-reference-in-the-report",
        story: "Name and birth date agree, and the report bears another Home Office reference.",
        happens: |scene| {
            let other = Person { reference: "X0000912".to_owned(), ..person(1) };
            with_report(scene, &person(1), other.report())
        },
    },
    Mistake {
        name: "reference-with-two-digits-exchanged",
        story: "The case file has two digits of the Home Office reference exchanged, which is another person's reference.",
        happens: |scene| {
            let report = Person { reference: "X1203456".to_owned(), ..person(1) }.report();
            with_report(scene, &Person { reference: "X1204356".to_owned(), ..person(1) }, report)
        },
    },
    Mistake {
        name: "day-and-month-exchanged",
        story: "The case file has day and month of the birth date exchanged.",
        happens: |scene| {
            let right = Person { born: "1990-05-07".parse().expect("a date"), ..person(1) };
            let typed = Person { born: "1990-07-05".parse().expect("a date"), ..person(1) };
            with_report(scene, &typed, right.report())
        },
    },
    Mistake {
        name: "second-opinion-of-another",
        story: "The doctor's second opinion on one person is filed in the case of another.",
        happens: |scene| {
            assessed_already(scene, &[person(1), person(2)]);
            let theirs = person(2).paper("Second opinion report", "The flashbacks are likely to be genuine.");
            let wrong = vec![anywhere(&theirs)];
            scene.drop(opinion(&person(1)), &[Attached::new("second_opinion_report", theirs)]);
            wrong
        },
    },
    Mistake {
        name: "second-opinion-and-report-exchanged",
        story: "Both reports lie in the case file, each listed as the other, so the deciding officer gets the wrong one.",
        happens: |scene| {
            let report = person(1).report();
            assessed_already(scene, &[person(1)]);
            let theirs = person(1).paper("Second opinion report", "The flashbacks are likely to be genuine.");
            let wrong = Wrong::Document {
                is: Sha256::of(&report),
                at: Some("rosalind.achterberg@office.example.invalid"),
            };
            scene.drop(
                opinion(&person(1)),
                &[Attached::report(theirs), Attached::new("second_opinion_report", report)],
            );
            vec![wrong]
        },
    },
    Mistake {
        name: "consent-and-privileged-letter-exchanged",
        story: "The signed consent and a solicitor's privileged letter are each listed as the other; healthcare gets the letter.",
        happens: |scene| {
            scene.drop(appointment(&person(1)), &[Attached::report(person(1).report())]);
            scene.everything_goes();
            let consent = person(1)
                .paper("Reply to the invitation", "I agree to the release of my healthcare records.");
            let letter = person(1).paper("Advice to our client", "Privileged: our advice on the appeal.");
            let wrong = Wrong::Document { is: Sha256::of(&letter), at: Some(HEALTHCARE) };
            let attached = [Attached::new("signed_consent", letter), Attached::new("other_record", consent)];
            scene.drop(super::people::reply(&person(1), "test-agreed", "yes"), &attached);
            vec![wrong]
        },
    },
    Mistake {
        name: "two-reports-in-one-file",
        story: "The scanner was not emptied: behind the right report follow the pages of another person's.",
        happens: |scene| {
            scene.drop(received(&person(2)), &[Attached::report(person(2).report())]);
            scene.process();
            let both = Paper::of(&person(1).findings()).and(&person(2).findings()).pdf();
            with_report(scene, &person(1), both)
        },
    },
    Mistake {
        name: "left-over-of-the-last-report",
        story: "The author began with the last report: its reference still stands in the foot of a page.",
        happens: |scene| {
            scene.drop(received(&person(2)), &[Attached::report(person(2).report())]);
            scene.process();
            let mut lines = person(1).findings();
            lines.push(format!("Report on {}, {}", person(2).name, person(2).reference));
            with_report(scene, &person(1), Paper::of(&lines).pdf())
        },
    },
    Mistake {
        name: "another-in-the-documents-properties",
        story: "The pages are right; the title in the document's properties names another open case's person.",
        happens: |scene| {
            scene.drop(received(&person(2)), &[Attached::report(person(2).report())]);
            scene.process();
            let title = format!("Report on {}, {}", person(2).name, person(2).reference);
            with_report(scene, &person(1), Paper::of(&person(1).findings()).titled(&title).pdf())
        },
    },
    Mistake {
        name: "statement-of-another",
        story: "The report is right; the supporting statement is another open case's.",
        happens: |scene| {
            scene.drop(received(&person(2)), &[Attached::report(person(2).report())]);
            scene.process();
            let statement = person(2).paper("Witness statement", "I was hit on the arm.");
            let wrong = vec![anywhere(&statement)];
            let attached =
                [Attached::report(person(1).report()), Attached::new("supporting_information", statement)];
            scene.drop(appointment(&person(1)), &attached);
            wrong
        },
    },
    Mistake {
        name: "report-about-nobody",
        story: "The file is a blank form: it names nobody, so nobody can tell whose it is.",
        happens: |scene| {
            let lines =
                says(&["External medical report", "Name:", "Date of birth:", "Insomnia was reported."]);
            with_report(scene, &person(1), Paper::of(&lines).pdf())
        },
    },
    Mistake {
        name: "corrected-with-anothers-report",
        story: "A right case is corrected, and the mended file comes with another person's report.",
        happens: |scene| {
            let case = scene.drop(appointment(&person(1)), &[Attached::report(person(1).report())]);
            scene.process();
            let mut mended = appointment(&person(1));
            mended["replaces"] = json!(Sha256::of(case.to_string().as_bytes()).to_string());
            mended["correction"] = json!("The report was incomplete");
            scene.drop(mended, &[Attached::report(person(2).report())]);
            vec![anywhere(&person(2).report())]
        },
    },
    Mistake {
        name: "case-file-copied-from-another-case",
        story: "A case file is copied from another open case: the person is changed, the representative and their reference are not.",
        happens: |scene| {
            scene.drop(appointment(&person(1)), &[Attached::report(person(1).report())]);
            scene.everything_goes();
            let mut copied = appointment(&person(2));
            copied["representative"]["reference"] = json!("HLL/1");
            scene.drop_unauthorised(copied, &[Attached::report(person(2).report())]);
            vec![Wrong::Letter { says: says(&[&person(2).name]), at: FIRM }]
        },
    },
    Mistake {
        name: "letter-names-another",
        story: "The answer to a question, pasted from another open case, names that person and their reference.",
        happens: |scene| {
            for who in [person(1), person(2)] {
                scene.drop(appointment(&who), &[Attached::report(who.report())]);
            }
            scene.everything_goes();
            let other = person(2);
            let answer = format!("Yes. {} ({}) may bring a friend.", other.name, other.reference);
            scene.drop(guidance(&person(1), &answer), &[]);
            vec![Wrong::Letter { says: says(&["may bring a friend"]), at: super::DET }]
        },
    },
    Mistake {
        name: "concern-about-another",
        story: "A concern about one person is filed in the case of another.",
        happens: |scene| {
            for who in [person(1), person(2)] {
                scene.drop(appointment(&who), &[Attached::report(who.report())]);
            }
            scene.everything_goes();
            let text = format!("{} was found in tears after the call.", person(2).name);
            let what = json!({ "type": "concerns_raised", "raised_on": "2026-11-23", "concerns": text });
            scene.drop(happens(&person(1), what), &[]);
            vec![Wrong::Letter { says: says(&["was found in tears"]), at: super::CASEWORKER }]
        },
    },
    Mistake {
        name: "joining-instructions-of-another",
        story: "The joining instructions, copied from another open case, bear that person's reference.",
        happens: |scene| {
            scene.drop(appointment(&person(2)), &[Attached::report(person(2).report())]);
            scene.everything_goes();
            let mut case = appointment(&person(1));
            case["event"]["joining_instructions"] = json!(format!("Ask for {}", person(2).reference));
            scene.drop(case, &[Attached::report(person(1).report())]);
            vec![Wrong::Letter { says: says(&["Ask for X0000002"]), at: DOCTOR }]
        },
    },
];
