//! Enters: a reviewer and a preparer in browsers without scripts. Leaves: proof of what they see of a message, and of what
//! their decisions do. Never: opens a document that the record does not say they opened.

use super::browser::{Answer, Served, Session};
use crate::support::office::{DemoOffice, PREPARER, REVIEWER};

/// What one page of the queue calls the first message that awaits review.
fn first_waiting(served: &Served, session: &Session) -> String {
    let page = served.get("/review", Some(session));
    assert_eq!(page.status, 200, "{}", page.body);
    let after = page.body.split("href=\"/review/").nth(1).expect("a message waits");
    after.split('"').next().expect("its address").to_owned()
}

fn hidden(page: &Answer, name: &str) -> String {
    let after = page.body.split(&format!("name=\"{name}\" value=\"")).nth(1);
    after
        .and_then(|rest| rest.split('"').next())
        .unwrap_or_else(|| panic!("no {name} in {}", page.body))
        .to_owned()
}

/// The checks that a page asks a reviewer to confirm.
fn confirms(page: &Answer) -> Vec<String> {
    let parts = page.body.split("name=\"confirm\"").skip(1);
    let value = |part: &str| part.split("value=\"").nth(1)?.split('"').next().map(str::to_owned);
    parts.filter_map(value).collect()
}

fn events_of(served: &Served, id: &str) -> Vec<String> {
    served.office.events(id).into_iter().map(|(_, code)| code).collect()
}

#[test]
fn a_reviewer_opens_looks_and_approves_exactly_what_was_shown() {
    let served = Served::of(DemoOffice::new());
    let reviewer = served.sign_in(REVIEWER);
    let id = first_waiting(&served, &reviewer);
    let page = served.get(&format!("/review/{id}"), Some(&reviewer));
    assert!(page.body.contains("You have not opened this version yet"), "{}", page.body);
    assert!(!page.body.contains("action=\"/review/approve\""));
    // Nothing is approved without the hash of what was shown.
    let unseen = served.post(&format!("/review/{id}/approve"), Some(&reviewer), &[("message", "")]);
    assert_eq!(unseen.status, 409, "{}", unseen.body);

    let opened = served.post(&format!("/review/{id}/open"), Some(&reviewer), &[]);
    assert_eq!(
        opened.header("location"),
        Some(format!("/review/{id}/documents/1").as_str()),
        "{}",
        opened.body
    );
    let document = served.get(&format!("/review/{id}/documents/1"), Some(&reviewer));
    assert!(document.body.contains("Text of page 1"), "{}", document.body);
    let picture = served.get(&format!("/review/{id}/documents/1/pages/1"), Some(&reviewer));
    assert_eq!((picture.status, picture.header("content-type")), (200, Some("image/png")));
    assert_eq!(picture.header("cache-control"), Some("no-store"));
    // The pictures are of that one view.
    assert_eq!(events_of(&served, &id).iter().filter(|code| *code == "viewed").count(), 1);

    let page = served.get(&format!("/review/{id}"), Some(&reviewer));
    let message = hidden(&page, "message");
    let confirm = confirms(&page);
    let mut form = vec![("message", message.as_str())];
    form.extend(confirm.iter().map(|guard| ("confirm", guard.as_str())));
    let approved = served.post(&format!("/review/{id}/approve"), Some(&reviewer), &form);
    assert_eq!(approved.status, 303, "{}", approved.body);
    assert!(events_of(&served, &id).contains(&"approved".to_owned()));
    let next = served.get(approved.header("location").expect("a next page"), Some(&reviewer));
    assert!(next.body.contains(&format!("{id} to")), "{}", next.body);
    // What was approved is no more to be approved.
    let twice = served.post(&format!("/review/{id}/approve"), Some(&reviewer), &form);
    assert_eq!(twice.status, 422, "{}", twice.body);
}

#[test]
fn a_page_that_is_out_of_date_approves_nothing() {
    let served = Served::of(DemoOffice::new());
    let reviewer = served.sign_in(REVIEWER);
    let id = first_waiting(&served, &reviewer);
    served.post(&format!("/review/{id}/open"), Some(&reviewer), &[]);
    let other = "0".repeat(64);
    let stale = served.post(&format!("/review/{id}/approve"), Some(&reviewer), &[("message", &other)]);
    assert_eq!(stale.status, 409, "{}", stale.body);
    assert!(stale.body.contains("not the one that you looked at"), "{}", stale.body);
    assert!(!events_of(&served, &id).contains(&"approved".to_owned()));
}

#[test]
fn a_return_needs_a_reason_and_says_whom_it_goes_back_to() {
    let served = Served::of(DemoOffice::new());
    let reviewer = served.sign_in(REVIEWER);
    let id = first_waiting(&served, &reviewer);
    let page = served.get(&format!("/review/{id}"), Some(&reviewer));
    assert!(page.body.contains("Return it to "), "{}", page.body);
    let without = served.post(&format!("/review/{id}/return"), Some(&reviewer), &[("reason", " ")]);
    assert_eq!(without.status, 422, "{}", without.body);
    assert!(
        without.body.contains("There is a problem") && without.body.contains("href=\"#reason\""),
        "{}",
        without.body
    );
    assert!(without.body.contains("<title>Error: "));
    let reason = "the second date is wrong";
    let returned = served.post(&format!("/review/{id}/return"), Some(&reviewer), &[("reason", reason)]);
    assert_eq!(returned.status, 303, "{}", returned.body);
    assert!(events_of(&served, &id).contains(&"returned".to_owned()));
    let shown = served.get(&format!("/review/{id}"), Some(&reviewer));
    assert!(shown.body.contains(reason), "{}", shown.body);
}

#[test]
fn four_eyes_hold_across_both_doors() {
    let served = Served::of(DemoOffice::new());
    let reviewer = served.sign_in(REVIEWER);
    let id = first_waiting(&served, &reviewer);
    // Whoever prepared it may read about it, and not decide.
    let preparer = served.sign_in(PREPARER);
    let refused = served.post(&format!("/review/{id}/approve"), Some(&preparer), &[("message", "")]);
    assert!([403, 422].contains(&refused.status), "{}", refused.body);
    assert!(!events_of(&served, &id).contains(&"approved".to_owned()));
}

#[test]
fn the_queue_filters_by_what_its_reviewers_know() {
    let served = Served::of(DemoOffice::new());
    let reviewer = served.sign_in(REVIEWER);
    let rows = |query: &str| {
        let page = served.get(&format!("/review{query}"), Some(&reviewer));
        assert_eq!(page.status, 200, "{query}: {}", page.body);
        page.body.matches("href=\"/review/").count()
    };
    let all = rows("");
    assert!(all > 3, "{all}");
    assert!(rows("?role=doctor") < all);
    assert_eq!(rows("?case=NO-SUCH-CASE"), 0);
    assert!(rows("?state=held") > 0);
    assert_eq!(served.get("/review?role=nobody", Some(&reviewer)).status, 404);
    assert_eq!(served.get("/review?page=2000", Some(&reviewer)).status, 200);
}
