//! Enters: a demo office whose pages are served, and people who use them. Leaves: the proof, in a browser, that they can
//! do their work there with scripts and without, by keyboard, on narrow and wide screens, and that no page that they come
//! to breaks a rule of accessibility.

use crate::pages::browser::Served;
use crate::support::office::{DemoOffice, TODAY};
use crate::support::tools::{command, folder, run_with, tool};
use despatch_app::operations::users::DEMO_PASSPHRASE;
use despatch_pages::routes::ROUTES;
use despatch_web::Method;
use serde_json::{Value, json};
use std::path::Path;

/// Routes to which no link leads, each with why.
const NOT_BY_LINK: [(&str, &str); 0] = [];

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
            "preparer": person("imran-castellan"),
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

/// With scripts and without.
#[track_caller]
fn both(flow: &str, prepare: impl Fn() -> (Served, Value)) {
    for java_script in [true, false] {
        let (served, more) = prepare();
        drive(flow, &served, java_script, more);
    }
}

fn served() -> Served {
    Served::of(DemoOffice::new())
}

/// A message of the demo that waits for review, and whether a check of it asks its reviewer.
fn waiting(office: &DemoOffice, asks: bool) -> String {
    let found = office.despatches().into_iter().find(|one| {
        let checks = one["checks"].as_array().map(Vec::as_slice).unwrap_or_default();
        one["state"] == "awaiting_review" && checks.iter().any(|check| check["outcome"] == "confirm") == asks
    });
    found.expect("a message of the demo waits")["id"].as_str().expect("an id").to_owned()
}

#[test]
fn nobody_signs_in_with_a_wrong_passphrase_and_whoever_did_can_sign_out() {
    both("sign_in", || (served(), Value::Null));
}

#[test]
fn a_reviewer_finds_opens_enlarges_and_approves_a_message_by_keyboard_alone() {
    both("review_by_keyboard", || (served(), Value::Null));
}

#[test]
fn what_a_check_asks_has_to_be_confirmed() {
    both("confirm", || {
        let office = DemoOffice::new();
        let message = waiting(&office, true);
        (Served::of(office), json!({ "message": message }))
    });
}
