//! Enters: a batch and its staff in browsers without scripts. Leaves: proof that it is looked at, reviewed message by message,
//! held and cancelled there as by command. Never: a person who exists.

use super::browser::Served;
use crate::support::office::{DemoOffice, PREPARER, REVIEWER, paper, report_received};
use std::fs;

const REPORT: &[u8] = paper!("A made-up report.");

/// An office with a batch of two rows whose messages await review.
fn served() -> Served {
    let office = DemoOffice::new();
    let folder = office.dir.with_file_name("sheet");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("report.pdf"), REPORT).expect("a report");
    for n in 1..=2 {
        let case = report_received(n, REPORT).to_string();
        fs::write(folder.join(format!("case-{n}.json")), case).expect("a case file");
    }
    office.run_as(PREPARER, &["batch", folder.to_str().unwrap(), "--name", "spring"]).expect(0);
    office.run(&["run", "--once"]);
    Served::of(office)
}

#[test]
fn a_batch_is_reviewed_message_by_message_and_reported() {
    let served = served();
    let session = served.sign_in(REVIEWER);
    let list = served.get("/batches", Some(&session));
    assert!(
        list.status == 200 && list.body.contains("/batches/spring") && list.body.contains("2 of 2"),
        "{}",
        list.body
    );
    let page = served.get("/batches/spring", Some(&session)).body;
    assert!(page.contains("What became of the messages") && page.contains("Open the next message"), "{page}");
    let queue = served.get("/review?batch=spring", Some(&session)).body;
    assert!(
        queue.contains("6 awaiting review, of 2 cases")
            || queue.contains("6 messages awaiting review, of 2 cases"),
        "{queue}"
    );
    assert!(!queue.contains("DEMO-"), "nothing of another batch or of none: {queue}");

    // Next, next: a decision leads to the next message, of the same case and then of the same batch.
    let mut next =
        page.split("href=\"/review/").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    for _ in 0..6 {
        let reason = [("reason", "a test of returning")];
        let answer = served.post(&format!("/review/{next}/return"), Some(&session), &reason);
        assert_eq!(answer.status, 303, "{}", answer.body);
        let to = answer.header("location").expect("a next page").to_owned();
        let Some(id) = to.strip_prefix("/review/") else { break };
        next = id.to_owned();
    }
    let page = served.get("/batches/spring", Some(&session)).body;
    assert!(page.contains("Nothing of it waits for you"), "{page}");

    for (form, begins) in [("csv", "row,row is,case"), ("json", "{"), ("pdf", "%PDF")] {
        let answer = served.get(&format!("/batches/spring/report/{form}"), Some(&session));
        assert!(answer.status == 200 && answer.body.starts_with(begins), "{form}: {}", answer.status);
        assert!(
            answer
                .header("content-disposition")
                .is_some_and(|one| one.contains(&format!("batch-spring.{form}")))
        );
    }
    assert_eq!(served.get("/batches/spring/report/exe", Some(&session)).status, 404);
    assert_eq!(served.get("/batches/summer", Some(&session)).status, 404);
}

#[test]
fn a_batch_is_held_let_on_and_cancelled_with_a_reason() {
    let served = served();
    let session = served.sign_in(REVIEWER);
    let post = |way: &str, reason: &str| {
        served.post(&format!("/batches/spring/{way}"), Some(&session), &[("reason", reason)])
    };
    let empty = post("hold", " ");
    assert!(
        empty.status == 422 && empty.body.contains("a reason is missing")
            || empty.body.contains("A reason is missing"),
        "{}",
        empty.body
    );
    assert_eq!(post("hold", "the wrong month").status, 303);
    let page = served.get("/batches/spring", Some(&session)).body;
    assert!(page.contains("6 messages held") && page.contains("Let it go on"), "{page}");
    assert_eq!(post("release", "the right month").status, 303);
    assert!(served.get("/batches/spring", Some(&session)).body.contains("6 messages let on"));
    assert_eq!(post("cancel", "withdrawn").status, 303);
    let page = served.get("/batches/spring", Some(&session)).body;
    assert!(page.contains("6 messages cancelled") && !page.contains("Decide about the whole"), "{page}");
    assert_eq!(post("hold", "withdrawn").status, 422, "it is cancelled for good");
}
