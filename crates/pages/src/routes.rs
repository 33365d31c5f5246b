//! Enters: nothing by itself. Leaves: the one table of pages: address, who may, which command does the same, and where it
//! is answered. Never: answers anything.

use crate::visit::Visit;
use crate::{home, key, message, passphrase, review, sign_in};
use despatch_app::operations::Failure;
use despatch_ledger::UserRole;
use despatch_web::{Method, Response};

/// Answers one request.
pub type Page = fn(&mut Visit<'_>) -> Result<Response, Failure>;

/// Who may ask for a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Everybody,
    SignedIn,
    /// Whoever has one of these roles.
    Roles(&'static [UserRole]),
}

/// One page, or one thing that a page does.
pub struct Route {
    pub method: Method,
    /// A step that begins with a colon stands for any word.
    pub path: &'static str,
    pub who: Who,
    /// The command that does the same; empty for what only a browser needs.
    pub command: &'static str,
    pub page: Page,
}

const REVIEWERS: Who = Who::Roles(&[UserRole::Reviewer]);

const fn get(path: &'static str, who: Who, command: &'static str, page: Page) -> Route {
    Route { method: Method::Get, path, who, command, page }
}

const fn post(path: &'static str, who: Who, command: &'static str, page: Page) -> Route {
    Route { method: Method::Post, path, who, command, page }
}

/// Every page.
pub static ROUTES: &[Route] = &[
    get("/sign-in", Who::Everybody, "", sign_in::show),
    post("/sign-in", Who::Everybody, "", sign_in::sign_in),
    post("/sign-out", Who::SignedIn, "", sign_in::sign_out),
    get("/passphrase", Who::SignedIn, "", passphrase::show),
    post("/passphrase", Who::SignedIn, "", passphrase::change),
    get("/passphrase/again", Who::SignedIn, "", passphrase::again),
    post("/passphrase/again", Who::SignedIn, "", passphrase::prove),
    get("/", Who::SignedIn, "", home::show),
    get("/notices", Who::SignedIn, "", home::notices),
    get("/key", Who::SignedIn, "unlock", key::show),
    post("/key/open", REVIEWERS, "unlock", key::open),
    post("/key/close", Who::SignedIn, "unlock", key::close),
    get("/review", REVIEWERS, "outbox list", review::show),
    post("/review/approve", REVIEWERS, "outbox approve", review::approve_several),
    get("/review/:id", Who::SignedIn, "outbox show", message::show),
    post("/review/:id/open", REVIEWERS, "outbox open", message::open),
    get("/review/:id/documents/:number", REVIEWERS, "outbox open", message::document),
    get("/review/:id/documents/:number/pages/:page", REVIEWERS, "outbox open", message::picture),
    get("/review/:id/changes", REVIEWERS, "outbox open", message::changes),
    post("/review/:id/approve", REVIEWERS, "outbox approve", message::approve),
    post("/review/:id/return", REVIEWERS, "outbox return", message::give_back),
    post("/review/:id/hold", REVIEWERS, "outbox hold", message::hold),
    post("/review/:id/cancel", REVIEWERS, "outbox cancel", message::cancel),
    post("/review/:id/release", REVIEWERS, "outbox release", message::release),
    post("/review/:id/urgent", REVIEWERS, "outbox urgent", message::release_urgently),
    post("/review/:id/reviewed", REVIEWERS, "outbox reviewed", message::reviewed),
    post("/review/:id/received", Who::SignedIn, "outbox received", message::received),
    post("/review/:id/unopened", Who::SignedIn, "outbox unopened", message::unopened),
    post("/review/:id/words", REVIEWERS, "outbox words", message::words),
];

/// The commands that no page does, each with the reason.
pub const WITHOUT_PAGE: [(&str, &str); 0] = [];

/// What a route's path has at the steps that stand for any word.
pub type Steps = Vec<(&'static str, String)>;

/// Finds the route of a request; `Err(true)` if its path is known for another method.
///
/// # Errors
/// There is none.
pub fn find(method: Method, path: &str) -> Result<(&'static Route, Steps), bool> {
    let mut known = false;
    for route in ROUTES {
        if let Some(steps) = steps(route.path, path) {
            if route.method == method {
                return Ok((route, steps));
            }
            known = true;
        }
    }
    Err(known)
}

fn steps(pattern: &'static str, path: &str) -> Option<Steps> {
    let mut found = Steps::new();
    let (mut patterns, mut parts) = (pattern.split('/'), path.split('/'));
    loop {
        match (patterns.next(), parts.next()) {
            (None, None) => return Some(found),
            (Some(pattern), Some(part)) => match pattern.strip_prefix(':') {
                Some(name) => found.push((name, part.to_owned())),
                None if pattern == part => {}
                None => return None,
            },
            _ => return None,
        }
    }
}
