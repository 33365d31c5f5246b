//! Enters: a demo office and its staff in browsers without scripts. Leaves: proof of what they find, take, restrict and
//! decide, and that nothing of it is shown to anybody else. Never: a person who exists.

use super::browser::{Answer, Served, Session};
use crate::support::office::{DemoOffice, PREPARER, REVIEWER, TODAY};
use despatch_pages::ROUTES;
use despatch_web::Method;
use std::fs;

const SECOND_PREPARER: &str = "wenna-okonjo";
/// The demo's administrator, who reviews too.
const ADMINISTRATOR: &str = "tomasz-achebe";
/// Every role, so that every page opens.
const EVERYTHING: [&str; 12] = [
    "--role",
    "preparer",
    "--role",
    "reviewer",
    "--role",
    "directory_keeper",
    "--role",
    "template_owner",
    "--role",
    "auditor",
    "--role",
    "administrator",
];

fn page(served: &Served, path: &str, session: &Session) -> Answer {
    let answer = served.get(path, Some(session));
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer
}

fn done(served: &Served, path: &str, session: &Session, fields: &[(&str, &str)]) -> String {
    let answer = served.post(path, Some(session), fields);
    assert_eq!(answer.status, 303, "{path}: {}", answer.body);
    answer.header("location").expect("a next page").to_owned()
}

fn refused(served: &Served, path: &str, session: &Session, fields: &[(&str, &str)], says: &str) {
    let answer = served.post(path, Some(session), fields);
    assert_eq!(answer.status, 422, "{path}: {}", answer.body);
    assert!(answer.body.contains("<title>Error: ") && answer.body.contains(says), "{path}: {}", answer.body);
}

/// An address of a route with what the demo office has at each step.
fn address(path: &str) -> String {
    let step = |step: &str| match step {
        ":case" => "DEMO-0901".to_owned(),
        ":entry" => "harbour-lane-law".to_owned(),
        ":pack" => "hoso-2022-09-12".to_owned(),
        ":kind" => "invitation".to_owned(),
        ":number" => "1".to_owned(),
        step => step.to_owned(),
    };
    let path: String = path.split('/').map(step).collect::<Vec<_>>().join("/");
    match path.as_str() {
        "/packs/all/compare" => format!("{path}?a=hoso-2022-09-12&b=hoso-2022-09-12"),
        "/templates/invitation/compare" => format!("{path}?a=current&b=built-in"),
        _ => path,
    }
}

#[test]
fn every_page_of_work_and_of_a_manager_is_shown() {
    let served = Served::of(DemoOffice::new());
    served.office.run_as(REVIEWER, &["incident", "1-1", "--what", "it went astray"]);
    served.office.run_as(ADMINISTRATOR, &[&["user", "role", REVIEWER], &EVERYTHING[..]].concat()).expect(0);
    let session = served.sign_in(REVIEWER);
    let own = [
        "/find",
        "/work",
        "/cover",
        "/cases",
        "/overview",
        "/directory",
        "/packs",
        "/templates",
        "/record",
        "/health",
        "/incidents",
        "/retention",
        "/config",
    ];
    let mut seen = 0;
    for route in ROUTES.iter().filter(|route| route.method == Method::Get) {
        let is_own = own.iter().any(|own| route.path == *own || route.path.starts_with(&format!("{own}/")));
        // Nothing is proposed for a file, and nothing went astray, in an office that is new.
        let is_empty = ["/config/file", "/incidents/:number"].contains(&route.path);
        if is_own && !is_empty {
            let answer = page(&served, &address(route.path), &session);
            let is_html = answer.header("content-type").is_some_and(|of| of.starts_with("text/html"));
            assert!(!is_html || answer.body.matches("<h1").count() == 1, "{}: {}", route.path, answer.body);
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn a_case_is_found_and_what_was_typed_stands_in_no_address_log_or_record() {
    let served = Served::of(DemoOffice::new());
    let preparer = served.sign_in(PREPARER);
    let form = [
        ("id", ""),
        ("reference", ""),
        ("name", "kidane amanuel"),
        ("born-day", "9"),
        ("born-month", "5"),
        ("born-year", "1994"),
    ];
    let found = served.post("/find", Some(&preparer), &form);
    assert_eq!(found.status, 200, "{}", found.body);
    assert!(found.body.contains("href=\"/cases/DEMO-0901\""), "{}", found.body);
    let none = served.post(
        "/find",
        Some(&preparer),
        &[("name", "Kidane"), ("born-day", "10"), ("born-month", "5"), ("born-year", "1994")],
    );
    assert!(none.body.contains("No case that you may see was found"), "{}", none.body);
    refused(&served, "/find", &preparer, &[("id", "no id")], "href=\"#id\"");
    refused(
        &served,
        "/find",
        &preparer,
        &[("name", "x"), ("born-day", "31"), ("born-month", "2"), ("born-year", "1990")],
        "href=\"#born-day\"",
    );
    assert_eq!(served.office.events("search").len(), 2);
    let log = served.service.log().to_lowercase();
    let ledger = fs::read(served.office.dir.join("outbox/ledger.db")).expect("the ledger");
    let ledger = String::from_utf8_lossy(&ledger).to_lowercase();
    assert!(!log.contains("kidane") && !ledger.contains("kidane"));
}

#[test]
fn a_case_is_taken_handed_over_and_restricted_on_its_page() {
    let served = Served::of(DemoOffice::new());
    let (preparer, other, reviewer) =
        (served.sign_in(PREPARER), served.sign_in(SECOND_PREPARER), served.sign_in(REVIEWER));
    let case = "/cases/DEMO-0901";
    let shown = page(&served, case, &preparer);
    for part in
        ["Who has received what", "What runs", "What happened", "Notes for CID and Atlas", "working day"]
    {
        assert!(shown.body.contains(part), "{part}: {}", shown.body);
    }
    assert_eq!(done(&served, &format!("{case}/take"), &preparer, &[]), case);
    assert!(page(&served, case, &preparer).body.contains("You own DEMO-0901 now"));
    assert!(page(&served, "/work?whose=own", &preparer).body.contains("DEMO-0901"));
    let word = [("to", SECOND_PREPARER), ("word", "<script>alert(1)</script> & so on")];
    done(&served, &format!("{case}/hand-over"), &preparer, &word);
    let shown = page(&served, case, &other);
    assert!(shown.body.contains("&lt;script&gt;") && !shown.body.contains("<script>alert"), "{}", shown.body);
    refused(&served, &format!("{case}/hand-over"), &other, &[("to", ""), ("word", "x")], "href=\"#to\"");

    let people = [("people", SECOND_PREPARER), ("restrict_reason", "a colleague knows them")];
    refused(&served, &format!("{case}/restrict"), &other, &people, "href=\"#people\"");
    let people = [people[0], ("people", REVIEWER), people[1]];
    done(&served, &format!("{case}/restrict"), &other, &people);
    page(&served, case, &other);
    page(&served, case, &reviewer);
    for path in [case, "/review/1-1", "/record?case=DEMO-0901"] {
        let answer = served.get(path, Some(&preparer));
        assert!(answer.status >= 400 && !answer.body.contains("Ayesha"), "{path}: {}", answer.body);
    }
    for path in ["/work", "/overview"] {
        assert!(!page(&served, path, &preparer).body.contains("DEMO-0901"), "{path}");
    }
    let found = served.post("/find", Some(&preparer), &[("reference", "X9000901")]);
    assert!(
        found.body.contains("restricted to named people: ask") && !found.body.contains("/cases/"),
        "{}",
        found.body
    );
    done(&served, &format!("{case}/unrestrict"), &other, &[("unrestrict_reason", "it is over")]);
    page(&served, case, &preparer);
}

#[test]
fn a_note_is_ticked_and_an_absence_recorded() {
    let served = Served::of(DemoOffice::new());
    let preparer = served.sign_in(PREPARER);
    let shown = page(&served, "/work", &preparer);
    let note = shown
        .body
        .split("name=\"note\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a note");
    let case = shown
        .body
        .split("name=\"case\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("its case");
    done(&served, "/work/notes", &preparer, &[("case", case), ("note", note)]);
    let noted: Vec<(String, String)> = served.office.events("case ");
    assert!(noted.iter().any(|(_, code)| code == "note_recorded"), "{noted:?}");

    let (year, rest) = TODAY.split_once('-').expect("a day");
    let (month, day) = rest.split_once('-').expect("a day");
    let days = [
        ("from-day", day),
        ("from-month", month),
        ("from-year", year),
        ("until-day", day),
        ("until-month", month),
        ("until-year", year),
    ];
    refused(&served, "/cover/absent", &preparer, &days, "href=\"#covered_by\"");
    let by = [("covered_by", SECOND_PREPARER)];
    done(&served, "/cover/absent", &preparer, &[&days[..], &by].concat());
    assert!(page(&served, "/cover", &preparer).body.contains(SECOND_PREPARER));
    assert!(page(&served, "/work", &preparer).body.contains("covered by wenna-okonjo"));
}

#[test]
fn an_entry_is_added_by_one_person_and_verified_by_another() {
    let served = Served::of(DemoOffice::new());
    served.office.run_as(ADMINISTRATOR, &[&["user", "role", REVIEWER], &EVERYTHING[..]].concat()).expect(0);
    let (keeper, second) = (served.sign_in(REVIEWER), served.sign_in(ADMINISTRATOR));
    let entry = [
        ("entry", "dr-quillfeather"),
        ("role", "doctor"),
        ("name", "Dr Quillfeather"),
        ("organisation", "A practice"),
        ("telephone", "01632 960000"),
        ("group", "no"),
        ("method", "pdf-password"),
    ];
    refused(&served, "/directory/add/entry", &keeper, &entry, "href=\"#address\"");
    let whole = [&entry[..], &[("address", "quillfeather@practice.nhs.example.invalid")]].concat();
    assert_eq!(done(&served, "/directory/add/entry", &keeper, &whole), "/directory/dr-quillfeather");
    let shown = page(&served, "/directory/dr-quillfeather", &second);
    assert!(shown.body.contains("not yet"), "{}", shown.body);
    let heard = [
        ("email", "quillfeather@practice.nhs.example.invalid"),
        ("way", "call-back"),
        ("how", "the number of the NHS"),
    ];
    refused(&served, "/directory/dr-quillfeather/verify", &keeper, &heard, "cannot verify it");
    done(&served, "/directory/dr-quillfeather/verify", &second, &heard);
    assert!(page(&served, "/directory/dr-quillfeather", &second).body.contains("by a call back"));
}

#[test]
fn a_file_of_the_office_is_proposed_by_one_person_and_confirmed_by_another() {
    let served = Served::of(DemoOffice::new());
    served.office.run_as(ADMINISTRATOR, &[&["user", "role", REVIEWER], &EVERYTHING[..]].concat()).expect(0);
    let (one, other) = (served.sign_in(REVIEWER), served.sign_in(ADMINISTRATOR));
    let text = fs::read_to_string("policy/bank-holidays.json").expect("the built-in calendar");
    refused(
        &served,
        "/config",
        &one,
        &[("path", "policy/bank-holidays.json"), ("text", "{")],
        "There is a problem",
    );
    let at = done(&served, "/config", &one, &[("path", "policy/bank-holidays.json"), ("text", &text)]);
    assert!(!page(&served, &at, &one).body.contains("let the file hold this"));
    let shown = page(&served, &at, &other);
    let sha256 = shown
        .body
        .split("name=\"sha256\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a hash");
    done(&served, "/config/confirm", &other, &[("path", "policy/bank-holidays.json"), ("sha256", sha256)]);
    assert_eq!(fs::read_to_string(served.office.dir.join("policy/bank-holidays.json")).expect("it"), text);
}
