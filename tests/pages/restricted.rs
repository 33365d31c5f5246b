//! Enters: two offices that differ by one case, which is restricted to others in the office that has it. Leaves: proof that
//! whoever may not see it is shown the same in both: no list has it, and no number counts it. Never: compares what is about
//! the machine, or about themselves.

use super::browser::Served;
use crate::support::office::{DemoOffice, PREPARER, REVIEWER, TODAY, appointment, drop_into, paper};
use despatch_pages::ROUTES;
use despatch_web::Method;
use std::collections::BTreeMap;

const REPORT: &[u8] = paper!("A made-up report.");
/// May do everything, and see everything but that case.
const NOT_NAMED: &str = "tomasz-achebe";
const SECOND_PREPARER: &str = "wenna-okonjo";
const CASE: &str = "TEST-00001";

/// The commands that list or count something, each as somebody gives it.
const LISTS: [&[&str]; 25] = [
    &["outbox", "list", "--limit", "1000"],
    &["outbox", "list", "--state", "held"],
    &["outbox", "calls"],
    &["work"],
    &["work", "--list", "returned"],
    &["deadlines"],
    &["overview"],
    &["rejected"],
    &["cover", "list"],
    &["incident", "list"],
    &["litigation", "list"],
    &["health"],
    &["purge"],
    &["audit", "events", "--limit", "1000"],
    &["directory", "list"],
    &["directory", "check"],
    &["directory", "show", "harbour-lane-law"],
    &["directory", "show", "det-brook-house"],
    &["policy", "list"],
    &["policy", "show", "hoso-2022-09-12"],
    &["config", "list"],
    &["keys", "list"],
    &["user", "list"],
    &["drafts", "list"],
    &["template", "list"],
];

/// An office; with a case that comes to every list, or without.
fn office(with: bool) -> DemoOffice {
    let office = DemoOffice::new();
    office.edit("despatch.toml", |text| format!("{text}\n[retention]\ncancelled = 1\nrejected = 1\n"));
    if with {
        let file = appointment(1, REPORT).to_string();
        office.drop_case("first", &file, &[("report.pdf", REPORT)]);
    }
    office.run(&["run", "--once"]);
    if with {
        let id = |role: &str| office.despatch_for(CASE, role)["id"].as_str().expect("an id").to_owned();
        let decide = |what: &str, role: &str| {
            office.run_as(REVIEWER, &["outbox", what, &id(role), "--reason", "a test"]).expect(0);
        };
        decide("return", "det");
        decide("hold", "interpreter_booking");
        decide("cancel", "caseworker");
        office
            .run_as(
                REVIEWER,
                &["outbox", "open", &id("doctor"), "--to", office.dir.join("seen").to_str().expect("UTF-8")],
            )
            .expect(0);
        office.run_as(REVIEWER, &["outbox", "approve", &id("doctor")]).expect(0);
        office.run(&["send", "--once"]).expect(0);
        office.run_as(PREPARER, &["case", "take", CASE]).expect(0);
        let to = ["--to", PREPARER, "--to", SECOND_PREPARER, "--to", REVIEWER];
        let words = [&["case", "restrict", CASE][..], &to, &["--reason", "a colleague knows them"]].concat();
        office.run_as(PREPARER, &words).expect(0);
    }
    office
}

/// What a page or a list says, without what is of this session, this machine or this moment.
fn plain(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.replace(", midday", "").replace(['>', ','], ">\n").lines() {
        let own = ["name=\"token\"", " MB free", "events; ", "\"seq\":", "/despatch-test-"];
        // The number of an event in the record, and when the last message of all went.
        let number = line.strip_suffix("</strong>").or(line.strip_suffix("</th>"));
        let is_number = number.is_some_and(|number| number.parse::<u64>().is_ok());
        let is_last = line.contains("the last message went") || line.contains("nothing was sent yet");
        if !is_number && !is_last && !own.iter().any(|part| line.contains(part)) {
            lines.push(line.to_owned());
        }
    }
    lines.join("\n")
}

/// What a command says to the person.
fn said(office: &DemoOffice, words: &[&str]) -> String {
    // A retention period is over in a later year; nothing else waits for that.
    let today = if words.contains(&"purge") { "2027-06-01" } else { TODAY };
    let said = office.on(today, &[&["--json", "--as", NOT_NAMED], words].concat());
    // Where something is to be mended, the code is 1.
    assert!(said.code <= 1 && said.stdout.starts_with(['{', '[']), "{words:?}: {said:?}");
    plain(&said.stdout)
}

/// Every page without a part of its address, and every list, as the person sees it.
fn seen(office: DemoOffice, with: bool) -> BTreeMap<String, String> {
    let mut seen = BTreeMap::new();
    let roles = ["preparer", "reviewer", "directory-keeper", "template-owner", "auditor", "administrator"];
    let roles: Vec<&str> = roles.iter().flat_map(|role| ["--role", role]).collect();
    office.run_as(NOT_NAMED, &[&["user", "role", NOT_NAMED], &roles[..]].concat()).expect(0);
    for words in LISTS {
        seen.insert(words.join(" "), said(&office, words));
    }
    let served = Served::of(office);
    let session = served.sign_in(NOT_NAMED);
    let pages = ROUTES.iter().filter(|route| route.method == Method::Get && !route.path.contains(':'));
    for route in pages {
        let queries: &[&str] = match route.path {
            "/review" => &["", "?state=held", "?state=returned", "?state=sent", "?state=cancelled"],
            "/work" => &["", "?list=returned", "?list=waiting", "?list=notes", "?list=due"],
            _ => &[""],
        };
        for query in queries {
            let path = format!("{}{query}", route.path);
            let answer = served.get(&path, Some(&session));
            seen.insert(path, plain(&answer.body));
        }
    }
    if with {
        for path in ["/cases/TEST-00001", "/record?case=TEST-00001"] {
            let answer = served.get(path, Some(&session));
            assert!(answer.status >= 400 && !answer.body.contains("Quartermaine"), "{path}: {}", answer.body);
        }
    }
    let Served { office, service, .. } = served;
    drop(service);
    if with {
        files(&office, &seen);
    }
    seen
}

/// One more file of the case is rejected, and one waits for its attachment: no list has them. Of a rejected file the record
/// has no case, so it is told there as any other.
fn files(office: &DemoOffice, before: &BTreeMap<String, String>) {
    let mut spoilt = appointment(1, REPORT);
    spoilt["event_id"] = "test-event-2".into();
    spoilt["event"]["date"] = "2026-10-01".into();
    office.drop_case("spoilt", &spoilt.to_string(), &[("report.pdf", REPORT)]);
    assert!(office.run(&["run", "--once"]).stdout.contains("1 rejected"));
    let mut waits = appointment(1, REPORT);
    waits["event_id"] = "test-event-3".into();
    drop_into(&office.dir.join("inbox"), "waits", &waits.to_string(), &[]);
    let listed = office.run_as(REVIEWER, &["--json", "outbox", "list"]).expect(0).stdout;
    assert!(
        listed.contains("spoilt.json") && listed.contains("waits.json"),
        "who is named sees them: {listed}"
    );
    for words in
        [&["rejected"][..], &["work"], &["deadlines"], &["overview"], &["outbox", "list", "--limit", "1000"]]
    {
        assert_eq!(said(office, words), before[&words.join(" ")], "{words:?}");
    }
}

#[test]
fn whoever_may_not_see_a_case_finds_it_in_no_list_and_in_no_number() {
    let (without, with) = (seen(office(false), false), seen(office(true), true));
    let mut told = Vec::new();
    for (what, said) in &with {
        let expected = &without[what];
        if said != expected || said.contains(CASE) {
            let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
            let (own, other) = (lines(said), lines(expected));
            let new: Vec<&String> = own.iter().filter(|line| !other.contains(line)).take(8).collect();
            let gone: Vec<&String> = other.iter().filter(|line| !own.contains(line)).take(8).collect();
            told.push(format!("{what}: now {new:?}, and not {gone:?}"));
        }
    }
    assert!(told.is_empty(), "{}", told.join("\n"));
    assert_eq!(without.len(), with.len());
}
