//! Enters: a preparer with one browser and several windows of it. Leaves: proof of what becomes of drafts: that no window
//! wins unseen, that a forgotten passphrase opens none, and that returned messages and last case files open as drafts.
//! Never: a person who exists.

use super::browser::{Answer, Served, Session};
use crate::support::office::{DemoOffice, PREPARER, REVIEWER, appointment, paper};
use despatch_app::operations::users::DEMO_PASSPHRASE;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

const REPORT: &[u8] = paper!("A made-up report.");
const ADMINISTRATOR: &str = "tomasz-achebe";
/// The longest that the service may take for a case, on a machine that does much else.
const WITHIN: Duration = Duration::from_secs(120);

fn field(page: &Answer, name: &str) -> String {
    let after = page.body.split(&format!("name=\"{name}\" value=\"")).nth(1);
    let value = after.and_then(|rest| rest.split('"').next());
    value.unwrap_or_else(|| panic!("no {name} in {}", page.body)).to_owned()
}

fn page(served: &Served, session: &Session, path: &str) -> Answer {
    let answer = served.get(path, Some(session));
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer
}

fn post(served: &Served, session: &Session, path: &str, fields: &[(&str, &str)], status: u16) -> Answer {
    let answer = served.post(path, Some(session), fields);
    assert_eq!(answer.status, status, "{path}: {}", answer.body);
    answer
}

fn led(served: &Served, session: &Session, path: &str, fields: &[(&str, &str)]) -> String {
    let answer = post(served, session, path, fields, 303);
    answer.header("location").expect("a next page").to_owned()
}

fn start(served: &Served, session: &Session, event: &str, more: &[(&str, &str)]) -> String {
    led(served, session, &format!("/start/{event}"), &[&[("way", "all")], more].concat())
}

#[test]
fn the_later_of_two_windows_does_not_win_unseen() {
    let served = Served::of(DemoOffice::new());
    let session = served.sign_in(PREPARER);
    let draft = start(&served, &session, "died", &[("case", "NEW-0001")]);
    let version = field(&page(&served, &session, &draft), "draft_version");
    let one = [("person.name", "Ilse Featherstonehaugh"), ("do", "save"), ("draft_version", &version)];
    assert_eq!(led(&served, &session, &draft, &one), "/drafts");
    let other = [("person.name", "Ilsa Featherstone"), ("do", "save"), ("draft_version", version.as_str())];
    let stale = post(&served, &session, &draft, &other, 409);
    for words in [
        "<title>Error: ",
        "There is a problem",
        "href=\"#person-name\"",
        "another window has kept “Ilse Featherstonehaugh” since you opened this page",
        "value=\"Ilsa Featherstone\"",
    ] {
        assert!(stale.body.to_lowercase().contains(&words.to_lowercase()), "{words}: {}", stale.body);
    }
    assert!(page(&served, &session, &draft).body.contains("value=\"Ilse Featherstonehaugh\""), "as it was");
    // Whoever has seen both decides.
    let seen = field(&stale, "draft_version");
    led(&served, &session, &draft, &[other[0], other[1], ("draft_version", &seen)]);
    let form = page(&served, &session, &draft);
    assert!(form.body.contains("value=\"Ilsa Featherstone\""), "{}", form.body);

    // The same holds for one question of it; a page that says what is kept already is not out of date.
    let question = format!("{draft}/questions/person.nationality");
    let old = field(&page(&served, &session, &question), "draft_version");
    let answers =
        |words, version| [("person.nationality", words), ("do", "save"), ("draft_version", version)];
    led(&served, &session, &question, &answers("Narnian", &old));
    let stale = post(&served, &session, &question, &answers("Ruritanian", &old), 409);
    assert!(stale.body.contains("Narnian") && stale.body.contains("value=\"Ruritanian\""), "{}", stale.body);
    led(&served, &session, &question, &answers("Narnian", &old));
}

#[test]
fn what_a_plan_did_not_show_is_not_dropped() {
    let office = DemoOffice::new();
    office.drop_case("spoilt", &spoilt(), &[("report.pdf", REPORT)]);
    office.run(&["run", "--once"]);
    let listed = office.run_as(PREPARER, &["--json", "rejected"]).expect(0).json();
    let all = listed["rejected"].as_array().expect("a list");
    let number = all.iter().find(|one| one["file"] == "spoilt.json").expect("it")["submission"].to_string();
    let served = Served::of(office);
    let session = served.sign_in(PREPARER);
    let draft = led(&served, &session, &format!("/rejected/{number}"), &[]);
    let date = |month| [("event.date-day", "1"), ("event.date-month", month), ("event.date-year", "2026")];
    let version = field(&page(&served, &session, &draft), "draft_version");
    let mended = [&date("12")[..], &[("do", "continue"), ("draft_version", &version)]].concat();
    let plan = led(&served, &session, &draft, &mended);
    let shown = field(&page(&served, &session, &plan), "draft_version");
    let now = field(&page(&served, &session, &draft), "draft_version");
    let changed = [("event.location", "another room"), ("do", "save"), ("draft_version", &now)];
    led(&served, &session, &draft, &changed);
    let drop = format!("{draft}/drop");
    assert_eq!(led(&served, &session, &drop, &[("draft_version", &shown)]), plan);
    let again = page(&served, &session, &plan);
    assert!(again.body.contains("changed in another window"), "{}", again.body);
    let shown = field(&again, "draft_version");
    assert_eq!(led(&served, &session, &drop, &[("draft_version", &shown)]), "/drafts");
}

/// An appointment on a day that is over.
fn spoilt() -> String {
    let mut file = appointment(1, REPORT);
    file["event"]["date"] = "2026-10-01".into();
    file.to_string()
}

#[test]
fn drafts_of_an_earlier_passphrase_open_with_it_alone_or_are_given_up() {
    let served = Served::of(DemoOffice::new());
    let session = served.sign_in(PREPARER);
    start(&served, &session, "died", &[("case", "NEW-0001")]);
    let said = served.office.run_as(ADMINISTRATOR, &["--json", "user", "reset", PREPARER]).expect(0).json();
    let words = said["passphrase"].as_str().expect("words");
    let session = served.enter(PREPARER, words);
    let new = "lantern otter quarry";
    led(&served, &session, "/passphrase", &[("old", words), ("new", new), ("again", new)]);

    let ask = |path: &str| served.get(path, Some(&session)).header("location").map(str::to_owned);
    for path in ["/drafts", "/start/died"] {
        assert_eq!(ask(path).as_deref(), Some("/drafts/unlock"), "{path}");
    }
    let asked = page(&served, &session, "/drafts/unlock");
    assert!(asked.body.contains("another passphrase than the one of this session"), "{}", asked.body);
    let wrong = post(&served, &session, "/drafts/unlock", &[("passphrase", new)], 422);
    assert!(wrong.body.contains("href=\"#passphrase\"") && !wrong.body.contains(new), "{}", wrong.body);
    led(&served, &session, "/drafts/unlock", &[("passphrase", DEMO_PASSPHRASE)]);
    assert!(page(&served, &session, "/drafts").body.contains("NEW-0001"));

    // Another session of theirs has given it up.
    let session = served.enter(PREPARER, new);
    assert_eq!(served.get("/drafts", Some(&session)).header("location"), Some("/drafts/unlock"));
    led(&served, &session, "/drafts/forget", &[]);
    led(&served, &session, "/drafts/unlock", &[("passphrase", new)]);
    assert!(page(&served, &session, "/drafts").body.contains("You have no drafts"));
}

#[test]
fn a_returned_message_is_mended_as_its_case_file_and_reviewed_anew() {
    let office = DemoOffice::new();
    office.drop_case("first", &appointment(1, REPORT).to_string(), &[("report.pdf", REPORT)]);
    office.run(&["run", "--once"]);
    let id = office.despatch_for("TEST-00001", "det")["id"].as_str().expect("an id").to_owned();
    office.run_as(REVIEWER, &["outbox", "return", &id, "--reason", "the room is wrong"]).expect(0);
    let served = Served::of(office);
    let session = served.sign_in(PREPARER);
    let mend = format!("/mend/{id}");
    let asked = page(&served, &session, &mend);
    assert!(asked.body.contains("the room is wrong") && asked.body.contains("Open the case file"));
    assert!(!asked.body.contains("Quartermaine"), "nothing is opened before that is said");
    assert_eq!(served.get("/mend/999-1", Some(&session)).status, 404);
    let draft = led(&served, &session, &mend, &[]);
    let form = page(&served, &session, &draft);
    assert!(form.body.contains("value=\"Selamawit Quartermaine\"") && form.body.contains("report.pdf"));
    let version = field(&form, "draft_version");
    let room = [("event.location", "the second room"), ("correction", "The room is another one.")];
    let form = [&room[..], &[("do", "continue"), ("draft_version", &version)]].concat();
    let plan = led(&served, &session, &draft, &form);
    let version = field(&page(&served, &session, &plan), "draft_version");
    led(&served, &session, &format!("{draft}/drop"), &[("draft_version", &version)]);
    let since = Instant::now();
    while !served.office.events(&id).iter().any(|(_, what)| what == "superseded") {
        assert!(since.elapsed() < WITHIN, "{}", served.service.log());
        thread::yield_now();
    }
    let state = served.office.despatch_for("TEST-00001", "det")["state"].clone();
    assert_eq!(state, "awaiting_review");
    let twice = served.post(&mend, Some(&session), &[]);
    assert!(twice.status == 422 && twice.body.contains("another case file has replaced"), "{}", twice.body);
}

#[test]
fn a_case_begins_from_its_last_file_where_its_preparer_asks_for_that() {
    let served = Served::of(DemoOffice::new());
    let session = served.sign_in(PREPARER);
    let asked = page(&served, &session, "/start/transferred?case=DEMO-0901");
    assert!(asked.body.contains("Begin from the last case file"), "{}", asked.body);
    let views = || served.office.events("case 1").iter().filter(|(_, what)| what == "viewed").count();
    let without = start(&served, &session, "transferred", &[("case", "DEMO-0901")]);
    assert!(!page(&served, &session, &without).body.contains("Kidane"));
    assert_eq!(views(), 0);
    let with = start(&served, &session, "transferred", &[("case", "DEMO-0901"), ("from_last", "yes")]);
    let form = page(&served, &session, &with);
    assert!(form.body.contains("Kidane"), "{}", form.body);
    assert_eq!(views(), 1, "it is on record");
    let none = [("case", "NEW-0001"), ("from_last", "yes"), ("way", "all")];
    let refused = post(&served, &session, "/start/transferred", &none, 422);
    assert!(refused.body.contains("href=\"#case\""), "{}", refused.body);
    assert!(fs::read_dir(served.office.dir.join("drafts").join(PREPARER)).is_ok());
}
