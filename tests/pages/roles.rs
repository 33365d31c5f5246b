//! Enters: the table of pages, and a person of each role. Leaves: proof that no page answers anybody whom the table does
//! not let in. Never: a route that the table does not have.

use super::browser::Served;
use crate::support::office::{DemoOffice, REVIEWER};
use despatch_ledger::UserRole;
use despatch_pages::{ROUTES, Who};
use despatch_web::Method;

/// The demo's administrator, who gives the others their roles.
const ADMINISTRATOR: &str = "tomasz-achebe";

/// An address of a route: any step is one that the demo office has.
fn address(path: &str) -> String {
    let step = |step: &str| match step {
        ":id" => "1-1".to_owned(),
        step if step.starts_with(':') => "1".to_owned(),
        step => step.to_owned(),
    };
    path.split('/').map(step).collect::<Vec<_>>().join("/")
}

#[test]
fn every_route_has_its_role_and_refuses_everybody_else() {
    let served = Served::of(DemoOffice::new());
    for role in UserRole::ALL {
        let code = role.code();
        served.office.run_as(ADMINISTRATOR, &["user", "role", REVIEWER, "--role", code]).expect(0);
        let session = served.sign_in(REVIEWER);
        for route in ROUTES {
            let Who::Roles(roles) = route.who else { continue };
            if roles.contains(&role) {
                continue;
            }
            let answer = match route.method {
                Method::Get => served.get(&address(route.path), Some(&session)),
                Method::Post => served.post(&address(route.path), Some(&session), &[("reason", "why")]),
            };
            assert_eq!(answer.status, 403, "{code}: {} {}", route.path, answer.body);
        }
    }
}

#[test]
fn nobody_gets_a_page_but_the_sign_in() {
    let served = Served::of(DemoOffice::new());
    for route in ROUTES.iter().filter(|route| route.who != Who::Everybody) {
        let (path, shown) = (address(route.path), route.path);
        match route.method {
            Method::Get if shown == "/notices" => assert_eq!(served.get(&path, None).status, 403, "{shown}"),
            Method::Get => {
                let answer = served.get(&path, None);
                assert_eq!((answer.status, answer.header("location")), (303, Some("/sign-in")), "{shown}");
            }
            Method::Post => assert_eq!(served.post(&path, None, &[("reason", "why")]).status, 403, "{shown}"),
        }
    }
}

/// Whoever has a passphrase for one use gets no page but the one that replaces it.
#[test]
fn a_passphrase_for_one_use_lets_in_to_replace_it_alone() {
    let served = Served::of(DemoOffice::new());
    let said = served.office.run_as(ADMINISTRATOR, &["--json", "user", "reset", REVIEWER]).expect(0).json();
    let words = said["passphrase"].as_str().unwrap();
    let answer = served.post("/sign-in", None, &[("name", REVIEWER), ("passphrase", words)]);
    let session =
        super::browser::Session { cookie: answer.cookie().expect("a session"), token: String::new() };
    for route in ROUTES.iter().filter(|route| route.method == Method::Get && route.who != Who::Everybody) {
        if route.path != "/passphrase" {
            let answer = served.get(&address(route.path), Some(&session));
            let led = answer.header("location") == Some("/passphrase");
            assert!(led || answer.status == 403, "{}: {answer:?}", route.path);
        }
    }
}
