//! Enters: a message that waits for somebody's authority, and people who look at it. Leaves: proof of who is offered the
//! button, what it does, and that nobody else and no page that is out of date gives it. Never: an approval by the same press.

use super::browser::{Served, Session};
use crate::support::office::{DemoOffice, PREPARER, REVIEWER};

/// The demo's SEO, who may authorise its review.
const SENIOR: &str = "tomasz-achebe";

/// The message of the demo's review that nobody has authorised.
fn held(served: &Served) -> String {
    let found = served.office.despatch_for("DEMO-0909", "det");
    found["id"].as_str().expect("an id").to_owned()
}

/// The number of the case file of a message.
fn case_file(id: &str) -> &str {
    id.split('-').next().expect("a number")
}

fn authorised(served: &Served, id: &str) -> usize {
    let of = format!("case {}", case_file(id));
    let events = served.office.events(&of);
    events.iter().filter(|(subject, code)| *subject == of && code == "authorised").count()
}

/// The words of a page in one line, without its tags.
fn words(body: &str) -> String {
    let texts = body.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    let text = texts.collect::<Vec<_>>().join(" ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn page(served: &Served, path: &str, session: &Session) -> String {
    let page = served.get(path, Some(session));
    assert_eq!(page.status, 200, "{path}: {}", page.body);
    page.body
}

#[test]
fn whoever_may_sign_authorises_on_the_page_of_the_message_and_comes_back_to_it() {
    let served = Served::of(DemoOffice::new());
    let (senior, reviewer) = (served.sign_in(SENIOR), served.sign_in(REVIEWER));
    let id = held(&served);
    let (path, press) = (format!("/review/{id}"), format!("/review/{id}/authorise"));
    let before = page(&served, &path, &senior);
    let said = words(&before);
    assert!(said.contains("It waits for an authority"), "{said}");
    assert!(said.contains("An SEO or Inspector or above, or somebody on HRA or TCA"), "{said}");
    assert!(said.contains("By when Tuesday 24 November 2026, in 1 day"), "{said}");
    assert!(
        said.contains("Beatrix Lund, HEO or CIO, on TCA for Grade 7 Tomasz Achebe, SEO or Inspector"),
        "{said}"
    );
    assert!(said.contains("Authorise it as SEO or Inspector: you have read it"), "{said}");
    assert!(!said.contains("despatch authorise"), "no command is told where a button stands: {said}");

    let answer = served.post(&press, Some(&senior), &[]);
    assert_eq!((answer.status, answer.header("location")), (303, Some(path.as_str())), "{}", answer.body);
    let after = words(&page(&served, &path, &senior));
    assert!(after.contains("is authorised, by you as SEO or Inspector"), "{after}");
    assert!(
        after.contains(&format!("It is authorised By {SENIOR} as SEO or Inspector on 23 November 2026")),
        "{after}"
    );
    assert_eq!(authorised(&served, &id), 1);
    // Authority is no approval: it is released, made again and looked at.
    assert_eq!(served.office.despatch_for("DEMO-0909", "det")["state"], "held");
    let shown = page(&served, &path, &reviewer);
    let reason = shown.split("name=\"reason\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let reason = reason.expect("the reason stands in the form").to_owned();
    let released = served.post(&format!("{path}/release"), Some(&reviewer), &[("reason", &reason)]);
    assert_eq!(released.status, 303, "{}", released.body);
    assert_eq!(served.office.despatch_for("DEMO-0909", "det")["state"], "awaiting_review");
    let told = words(&page(&served, &path, &reviewer));
    assert!(told.contains(&format!("Authorised by {SENIOR} as SEO or Inspector")), "{told}");
    assert!(!told.contains("It waits for an authority") && !told.contains("It is authorised"), "{told}");
}

#[test]
fn who_may_not_sign_reads_who_may_and_gives_nothing() {
    let served = Served::of(DemoOffice::new());
    let preparer = served.sign_in(PREPARER);
    let id = held(&served);
    let (path, press) = (format!("/review/{id}"), format!("/review/{id}/authorise"));
    let shown = page(&served, &path, &preparer);
    assert!(words(&shown).contains("Tomasz Achebe, SEO or Inspector"), "{shown}");
    assert!(!shown.contains(&press), "a button for somebody who may not: {shown}");
    let refused = served.post(&press, Some(&preparer), &[]);
    assert_eq!(refused.status, 422, "{}", refused.body);
    let said = words(&refused.body);
    assert!(said.contains("There is a problem") && said.contains("no grade"), "{said}");
    // Nor does a form of another site's that a person who may sign is made to send.
    let senior = served.sign_in(SENIOR);
    let strange = Session { cookie: senior.cookie.clone(), token: "0".repeat(senior.token.len()) };
    assert_eq!(served.post(&press, Some(&strange), &[]).status, 403);
    assert_eq!(served.post(&press, None, &[]).status, 403);
    assert_eq!(authorised(&served, &id), 0);
    assert_eq!(served.office.despatch_for("DEMO-0909", "det")["state"], "held");
}

#[test]
fn an_authority_is_given_once_and_not_for_what_counts_no_more() {
    let served = Served::of(DemoOffice::new());
    let senior = served.sign_in(SENIOR);
    let id = held(&served);
    let press = format!("/review/{id}/authorise");
    assert_eq!(served.post(&press, Some(&senior), &[]).status, 303);
    let again = served.post(&press, Some(&senior), &[]);
    assert_eq!(again.status, 409, "{}", again.body);
    assert!(words(&again.body).contains("waits for anybody"), "{}", again.body);
    assert_eq!(authorised(&served, &id), 1);

    let served = Served::of(DemoOffice::new());
    let senior = served.sign_in(SENIOR);
    let id = held(&served);
    served.office.run_as(PREPARER, &["withdraw", case_file(&id), "--reason", "another case"]).expect(0);
    let stale = served.post(&format!("/review/{id}/authorise"), Some(&senior), &[]);
    assert_eq!(stale.status, 409, "{}", stale.body);
    assert_eq!(authorised(&served, &id), 0);
}

#[test]
fn the_list_says_what_waits_for_an_authority_and_the_case_offers_it_to_who_may() {
    let served = Served::of(DemoOffice::new());
    let (senior, preparer) = (served.sign_in(SENIOR), served.sign_in(PREPARER));
    let id = held(&served);
    let list = words(&page(&served, "/review", &senior));
    assert!(list.contains("1 case file waits for somebody’s authority"), "{list}");
    let of_held = words(&page(&served, "/review?state=held&case=DEMO-0909", &senior));
    assert!(of_held.contains("Held Waits for an authority"), "{of_held}");
    let press = format!("/authorise/{}", case_file(&id));
    assert!(page(&served, "/cases/DEMO-0909", &senior).contains(&press));
    let case = page(&served, "/cases/DEMO-0909", &preparer);
    assert!(!case.contains(&press) && words(&case).contains("Beatrix Lund, HEO or CIO"), "{case}");
    let answer = served.post(&press, Some(&senior), &[]);
    assert_eq!(answer.header("location"), Some("/cases/DEMO-0909"), "{}", answer.body);
    assert!(!words(&page(&served, "/review", &senior)).contains("somebody’s authority"));
    let of_held = words(&page(&served, "/review?state=held&case=DEMO-0909", &senior));
    assert!(of_held.contains("Authorised: release it"), "{of_held}");
}
