//! Enters: a demo office whose pages are served, and people who use them. Leaves: the proof, in a browser, that they can
//! do their work there with scripts and without, by keyboard, on narrow and wide screens, and that no page that they come
//! to breaks a rule of accessibility. Never: an office or a browser for one thing alone: each takes longer than what is done
//! in it.

use crate::pages::browser::Served;
use crate::support::directory::VERIFIER;
use crate::support::office::{
    DemoOffice, PREPARER, PROGRAM, STATE, TODAY, appointment, paper, report_received,
};
use crate::support::tools::{command, folder, tool};
use despatch_app::operations::users::DEMO_PASSPHRASE;
use despatch_pages::routes::ROUTES;
use despatch_seal::keys::SecretKey;
use despatch_testing::swap::Swap;
use despatch_web::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;

/// What people do in the pages, each a file of `tests/browser/flows`, in the order in which one office sees them. The last
/// one looks at every page.
const FLOWS: [&str; 10] = [
    "sign_in",
    "review_by_keyboard",
    "start_case",
    "return_and_mend",
    "mend_rejected",
    "two_reviewers",
    "confirm",
    "stale_page",
    "review_of_detention",
    "every_page",
];

/// What a browser gets that is no page for people, and so has no picture; each with the reason.
const NO_PAGE: [(&str, &str); 10] = [
    ("/", "it leads to where the person's work begins"),
    ("/notices", "numbers for a page that is open"),
    ("/review/:id/documents/:number/pages/:page", "a picture in the page of a document"),
    ("/review/:id/earlier/:number/pages/:page", "a picture in the page of what changed"),
    ("/work/calendar", "a file to save"),
    ("/batches/new/template", "a file to save"),
    ("/batches/new/copy", "a file to save"),
    ("/batches/:batch/report/:form", "a file to save"),
    ("/directory/all/csv", "a file to save"),
    ("/templates/:kind/pictures/:number", "a picture in the page of a kind"),
];

fn script() -> PathBuf {
    root().join("tests/browser/drive.mjs")
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The routes of pages for people.
fn pages() -> BTreeSet<&'static str> {
    let all = ROUTES.iter().filter(|route| route.method == Method::Get).map(|route| route.path);
    all.filter(|path| NO_PAGE.iter().all(|(other, _)| other != path)).collect()
}

/// Where the picture of a page lies: that of `/review/:id/changes` is `review-id-changes.png`.
fn picture(route: &str) -> String {
    format!("{}.png", route.trim_start_matches('/').replace(':', "").replace('/', "-"))
}

/// An office with work for everybody, and what the flows have to know of it.
fn office() -> (DemoOffice, Value) {
    const REPORT: &[u8] = paper!("the made-up report");
    let office = DemoOffice::new();
    office.edit("despatch.toml", |text| format!("{text}\n[approval]\ntwo = [\"report-to-healthcare\"]\n"));
    // A page that has the name alone: whose it is the program cannot tell.
    let text = String::from_utf8(REPORT.to_vec()).expect("plain text");
    let of_one_name = text.swapped(", date of birth 17 May 1990", "").into_bytes();
    office.drop_case("two", &report_received(700, REPORT).to_string(), &[("report.pdf", REPORT)]);
    office.drop_case("asks", &appointment(701, &of_one_name).to_string(), &[("report.pdf", &of_one_name)]);
    office.drop_case("returned", &appointment(702, REPORT).to_string(), &[("report.pdf", REPORT)]);
    let sheet = office.dir.with_file_name("sheet");
    fs::create_dir(&sheet).expect("a folder");
    fs::write(sheet.join("report.pdf"), REPORT).expect("a report");
    for n in [801, 802] {
        let case = report_received(n, REPORT).to_string();
        fs::write(sheet.join(format!("case-{n}.json")), case).expect("a case file");
    }
    let words = ["batch", sheet.to_str().expect("UTF-8"), "--name", "reports-november"];
    office.run_as(PREPARER, &words).expect(0);
    office.run(&["run", "--once"]);
    let id = |case: &str, role: &str| office.despatch_for(case, role)["id"].clone();
    let call = format!("/calls/{}", id("DEMO-0901", "dmrt").as_str().expect("an id"));
    let asked = json!({
        "message": id("DEMO-0901", "dmrt"),
        "looked": id("DEMO-0902", "doctor"),
        "two": id("TEST-00700", "healthcare"),
        "asking": id("TEST-00701", "doctor"),
        "returned": { "message": id("TEST-00702", "det"), "case": "TEST-00702" },
        "stale": id("DEMO-0903", "det"),
        "report": String::from_utf8_lossy(REPORT),
        "holidays": fs::read_to_string(root().join("policy/bank-holidays.json")).expect("the calendar"),
        "from": {
            "preparer": ["/drafts/unlock", "/withdraw", "/withdraw/1", call],
            "reviewer": [
                "/passphrase/again",
                "/directory/dr-ebbsworth/steps",
                "/packs/all/compare?a=hoso-2022-09-12&b=hoso-2022-09-12",
                "/templates/invitation/compare?a=current&b=built-in",
            ],
            "another": ["/incidents/1"],
        },
    });
    (office, asked)
}

/// Lets people go through flows in the pages of an office, in one browser. Returns what each flow answers.
#[track_caller]
fn drive(flows: &[&str], (office, more): (DemoOffice, Value), java_script: bool) -> Value {
    let npm = folder().join("npm");
    assert!(
        npm.join("node_modules/playwright-core").is_dir(),
        "run tests/run, which installs the browser's driver"
    );
    let (served, stale) = (Served::of(office), more["stale"].clone());
    let person = |name: &str| json!({ "name": name, "passphrase": DEMO_PASSPHRASE });
    // `DESPATCH_UPDATE=1` draws the pictures of docs/pages anew.
    let draws = java_script && std::env::var_os("DESPATCH_UPDATE").is_some_and(|value| value == "1");
    let file = |route: &&'static str| (*route, root().join("docs/pages").join(picture(route)));
    let pictures: BTreeMap<&str, PathBuf> = pages().iter().filter(|_| draws).map(file).collect();
    let mut asked = json!({
        "base": format!("http://{}", served.host()),
        "npm": npm,
        "chromium": tool("chromium"),
        "javaScript": java_script,
        "today": TODAY,
        "program": PROGRAM,
        "office": served.office.dir,
        "state": { STATE: served.office.dir.with_file_name("state") },
        "people": {
            "preparer": person("wenna-okonjo"),
            "reviewer": person("beatrix-lund"),
            "another": person("tomasz-achebe"),
        },
        "routes": ROUTES.iter().filter(|route| route.method == Method::Get).map(|route| route.path).collect::<Vec<_>>(),
        "pictures": pictures,
    });
    if let (Some(asked), Value::Object(more)) = (asked.as_object_mut(), more) {
        asked.extend(more);
    }
    let mut child = command("node")
        .arg(script())
        .args(flows)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("node starts");
    let (mut to, from) = (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
    writeln!(to, "{asked}").expect("it reads");
    let mut told = child.stderr.take().expect("piped");
    let told = thread::spawn(move || {
        let mut text = String::new();
        told.read_to_string(&mut text).map(|_| text)
    });
    let mut said = Value::Null;
    for line in BufReader::new(from).lines() {
        let line = line.expect("text");
        match line.strip_prefix("change ") {
            Some(_) => {
                make_anew(&served.office, stale.as_str().expect("an id"));
                writeln!(to, "done").expect("it reads");
            }
            None => said = serde_json::from_str(&line).expect("JSON"),
        }
    }
    let ended = child.wait().expect("our own child");
    let told = told.join().expect("a thread").expect("text");
    assert!(ended.success(), "{told}\n{}", served.service.log());
    said
}

/// Has a message made anew while somebody looks at it: its recipient has another key, which a second person verified.
fn make_anew(office: &DemoOffice, message: &str) {
    office.new_key("det-dungavel", &SecretKey::generate().to_public().to_string());
    office.settle("det-dungavel");
    office.run_as(VERIFIER, &["outbox", "release", message, "--reason", "it has another key"]).expect(0);
}

/// Everything is done, and every page was looked at by the checker.
#[track_caller]
fn everything(java_script: bool) {
    let answers = drive(&FLOWS, office(), java_script);
    let seen: BTreeSet<&str> =
        answers["every_page"].as_array().expect("routes").iter().filter_map(Value::as_str).collect();
    let unseen: Vec<&str> = pages().into_iter().filter(|page| !seen.contains(page)).collect();
    assert!(unseen.is_empty(), "no checker has seen {unseen:?}");
}

/// A sign-in with a wrong passphrase lets nobody in; a message is found, opened, enlarged and approved by keyboard alone; a
/// case is started by form with its report, planned and dropped; a message is returned with a reason, mended and reviewed
/// anew; so is a rejected file, with each fault beside its field; two people approve what takes two; what the program could
/// not check is confirmed; a page that is out of date approves nothing; a review of detention is recorded, authorised by
/// one person and approved by another; and every page is sound.
#[test]
fn people_do_all_their_work_in_the_pages_with_scripts() {
    everything(true);
}

/// The same.
#[test]
fn people_do_all_their_work_in_the_pages_without_scripts() {
    everything(false);
}

#[test]
fn every_page_has_its_picture_among_the_documents() {
    let wanted: BTreeSet<String> = pages().into_iter().map(picture).collect();
    let lying: BTreeSet<String> = fs::read_dir(root().join("docs/pages"))
        .expect("the pictures")
        .map(|entry| entry.expect("a picture").file_name().to_string_lossy().into_owned())
        .collect();
    let renew =
        "renew them: DESPATCH_UPDATE=1 tests/run browser::people_do_all_their_work_in_the_pages_with_scripts";
    assert_eq!(wanted.difference(&lying).collect::<Vec<_>>(), [""; 0], "missing: {renew}");
    assert_eq!(lying.difference(&wanted).collect::<Vec<_>>(), [""; 0], "of no page: {renew}");
    let routes: BTreeSet<&str> = ROUTES.iter().map(|route| route.path).collect();
    for (path, why) in NO_PAGE {
        assert!(routes.contains(path) && !why.is_empty(), "{path}");
    }
}
