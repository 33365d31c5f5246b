//! Enters: a demo office whose pages are served, and people who use them. Leaves: the proof, in a browser, that they can
//! do their work there with scripts and without, by keyboard, on narrow and wide screens, and that no page that they come
//! to breaks a rule of accessibility.

use crate::pages::browser::Served;
use crate::support::office::{DemoOffice, TODAY, paper, report_received};
use crate::support::tools::{command, folder, run_with, tool};
use despatch_app::operations::users::DEMO_PASSPHRASE;
use despatch_pages::routes::ROUTES;
use despatch_web::Method;
use serde_json::{Value, json};
use std::path::Path;

fn script() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/drive.mjs")
}

/// Lets people go through a flow in the pages of an office. Returns what the flow answers.
#[track_caller]
fn drive(flow: &str, served: &Served, java_script: bool, more: Value) -> Value {
    let npm = folder().join("npm");
    assert!(
        npm.join("node_modules/playwright-core").is_dir(),
        "run tests/run, which installs the browser's driver"
    );
    let person = |name: &str| json!({ "name": name, "passphrase": DEMO_PASSPHRASE });
    let routes = ROUTES.iter().filter(|route| route.method == Method::Get).map(|route| route.path);
    let mut asked = json!({
        "base": format!("http://{}", served.host()),
        "npm": npm,
        "chromium": tool("chromium"),
        "javaScript": java_script,
        "today": TODAY,
        "people": {
            "preparer": person("wenna-okonjo"),
            "reviewer": person("beatrix-lund"),
            "another": person("tomasz-achebe"),
        },
        "routes": routes.collect::<Vec<_>>(),
    });
    if let (Some(asked), Value::Object(more)) = (asked.as_object_mut(), more) {
        asked.extend(more);
    }
    let said = run_with(command("node").arg(script()).arg(flow), asked.to_string().as_bytes());
    let said = said.unwrap_or_else(|why| panic!("{why}\n{}", served.service.log()));
    serde_json::from_slice(&said).unwrap_or(Value::Null)
}

/// With scripts and without, each in an office of its own.
#[track_caller]
fn both(flow: &str, prepare: impl Fn() -> (DemoOffice, Value)) {
    for java_script in [true, false] {
        let (office, more) = prepare();
        drive(flow, &Served::of(office), java_script, more);
    }
}

/// A message of the demo that waits for review.
fn waiting(office: &DemoOffice) -> String {
    let found = office.despatches().into_iter().find(|one| one["state"] == "awaiting_review");
    found.expect("a message of the demo waits")["id"].as_str().expect("an id").to_owned()
}

fn demo() -> (DemoOffice, Value) {
    let office = DemoOffice::new();
    let message = waiting(&office);
    (office, json!({ "message": message }))
}

#[test]
fn nobody_signs_in_with_a_wrong_passphrase_and_whoever_did_can_sign_out() {
    both("sign_in", demo);
}

#[test]
fn a_reviewer_finds_opens_enlarges_and_approves_a_message_by_keyboard_alone() {
    both("review_by_keyboard", demo);
}

#[test]
fn every_page_that_somebody_has_a_link_to_is_sound_with_scripts() {
    let (office, mut more) = demo();
    // `DESPATCH_UPDATE=1` draws the pictures of docs/pages anew.
    if std::env::var_os("DESPATCH_UPDATE").is_some_and(|value| value == "1") {
        more["pictures"] = json!(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pages"));
    }
    let reached = drive("every_page", &Served::of(office), true, more);
    assert!(
        reached.as_array().is_some_and(|routes| routes.len() >= 35),
        "only these were reached: {reached}"
    );
}

#[test]
fn every_page_that_somebody_has_a_link_to_is_sound_without_scripts() {
    let (office, more) = demo();
    drive("every_page", &Served::of(office), false, more);
}

#[test]
fn a_message_is_returned_with_its_reason_alone_and_its_preparer_finds_it() {
    both("return_and_mend", demo);
}

#[test]
fn a_rejected_case_file_opens_with_each_fault_beside_its_field() {
    both("mend_rejected", demo);
}

#[test]
fn a_case_is_started_by_form_with_its_report_and_its_plan_is_seen_before_it_is_dropped() {
    both("start_case", || {
        let report = String::from_utf8_lossy(paper!("the made-up report")).into_owned();
        (DemoOffice::new(), json!({ "report": report }))
    });
}

#[test]
fn what_takes_two_approvals_takes_two_people() {
    both("two_reviewers", || {
        const REPORT: &[u8] = paper!("the made-up report");
        let office = DemoOffice::new();
        office
            .edit("despatch.toml", |text| format!("{text}\n[approval]\ntwo = [\"report-to-healthcare\"]\n"));
        office.drop_case("two", &report_received(700, REPORT).to_string(), &[("report.pdf", REPORT)]);
        office.run(&["run", "--once"]);
        let message = office.despatch_for("TEST-00700", "healthcare")["id"].clone();
        (office, json!({ "message": message }))
    });
}
