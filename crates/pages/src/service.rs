//! Enters: requests for pages. Leaves: the answer to each, in the office as it is then.
//! Never: answers anybody whom the table of routes does not let in, or does what a form asks that no page of the same
//! session made.

use crate::fault;
use crate::routes::{self, Route, Who};
use crate::shared::Pages;
use crate::visit::{SignedIn, Visit, no_page};
use despatch_app::operations::{Actor, Failure, OpenOffice, users};
use despatch_core::fault::Fault;
use despatch_web::{Answering, Method, Request, Response, SessionToken};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;
use walkdir::WalkDir;

/// How many requests are answered at once; each has the ledger open.
pub const ANSWERED_AT_ONCE: usize = 3;

/// Those who answer for an office's pages, one request each at a time.
pub fn answering(pages: &Arc<Pages>) -> Vec<Box<dyn Answering>> {
    let one = || Box::new(Clerk { pages: pages.clone(), open: None }) as Box<dyn Answering>;
    std::iter::repeat_with(one).take(ANSWERED_AT_ONCE).collect()
}

/// Answers one request at a time, with the office as its files and its record are then.
struct Clerk {
    pages: Arc<Pages>,
    /// The office, and what its files were when it was opened.
    open: Option<(Files, OpenOffice)>,
}

impl Answering for Clerk {
    fn answer(&mut self, request: Request) -> Response {
        let pages = self.pages.clone();
        match self.office() {
            Ok(open) => respond(&pages, open, &request),
            Err(_) => fault::without_office(),
        }
    }

    fn knows(&mut self, session: &SessionToken) -> bool {
        self.pages.sessions().find(session, Instant::now(), true).is_some()
    }
}

impl Clerk {
    /// The office: opened anew if a file of it is another one now, and with the directory as it is on record.
    fn office(&mut self) -> Result<&mut OpenOffice, Failure> {
        let files = Files::of(&self.pages.root);
        let kept = self.open.take().filter(|(known, _)| *known == files);
        let open = match kept {
            Some((_, mut open)) => {
                open.read_directory()?;
                open
            }
            None => self.pages.open()?,
        };
        Ok(&mut self.open.insert((files, open)).1)
    }
}

/// The office's files but those of the outbox and the inbox: path, size, inode and time of change of each.
#[derive(PartialEq, Eq)]
struct Files(Vec<(PathBuf, u64, u64, (i64, i64))>);

impl Files {
    fn of(root: &Path) -> Self {
        let own = ["despatch.toml", "policy", "templates", "keys"].map(|name| root.join(name));
        let files = own.iter().flat_map(|path| WalkDir::new(path).sort_by_file_name()).flatten();
        let known = files.filter_map(|entry| {
            let metadata = fs::symlink_metadata(entry.path()).ok()?;
            let changed = (metadata.ctime(), metadata.ctime_nsec());
            Some((entry.into_path(), metadata.size(), metadata.ino(), changed))
        });
        Self(known.collect())
    }
}

fn respond(pages: &Pages, open: &mut OpenOffice, request: &Request) -> Response {
    let found = routes::find(request.method, &request.path);
    let mut visit = Visit { request, open, pages, signed_in: None, steps: Vec::new() };
    let answered = match found {
        Ok((route, steps)) => {
            visit.steps = steps;
            answer(&mut visit, route)
        }
        Err(known) => signed_in(&mut visit).and_then(|person| {
            visit.signed_in = person;
            Err(if known { fault::method() } else { no_page() })
        }),
    };
    answered.unwrap_or_else(|failure| fault::page(&mut visit, failure))
}

fn answer(visit: &mut Visit<'_>, route: &Route) -> Result<Response, Failure> {
    visit.signed_in = signed_in(visit)?;
    let Some(person) = &visit.signed_in else {
        return match (route.who, visit.request.method) {
            (Who::Everybody, _) => (route.page)(visit),
            // Only whoever asks for a page is led to the sign-in: what a form asked is lost, and said so.
            (_, Method::Get) if route.path != "/notices" => Ok(Response::redirect("/sign-in")),
            _ => Err(signed_out()),
        };
    };
    if let Who::Roles(roles) = route.who
        && !roles.iter().any(|role| person.user.roles.contains(role))
    {
        return Err(wrong_role());
    }
    if visit.request.method == Method::Post && visit.request.field("token") != person.session.form_token {
        return Err(forged());
    }
    // A passphrase that somebody else chose is good for choosing another one, and for nothing else.
    let free = ["/passphrase", "/sign-out"].contains(&route.path);
    if person.user.must_change && !free {
        return Ok(Response::redirect("/passphrase"));
    }
    (route.page)(visit)
}

/// Whoever has the session of a request, as the staff list and their account are now.
fn signed_in(visit: &mut Visit<'_>) -> Result<Option<SignedIn>, Failure> {
    let Some(token) = &visit.request.session else { return Ok(None) };
    let quietly = visit.request.path == "/notices";
    let Some(session) = visit.pages.sessions().find(token, Instant::now(), quietly) else { return Ok(None) };
    match users::signed_in(visit.open, &session.staff) {
        Ok(user) => {
            let actor = Actor::of_staff(&visit.open.office, &session.staff);
            Ok(Some(SignedIn { session, user, actor }))
        }
        Err(Failure::Faults(_) | Failure::Request(_)) => {
            visit.pages.sessions().end(token);
            Ok(None)
        }
        Err(other) => Err(other),
    }
}

fn signed_out() -> Failure {
    let cause = "nobody is signed in, or the session is over";
    Fault::new("the session", "page.signed_out", cause, "sign in, and do it again").into()
}

fn wrong_role() -> Failure {
    let cure = "ask an administrator of the pages, if it is your work";
    Fault::new("your account", "page.role", "your account does not have the role for this", cure).into()
}

fn forged() -> Failure {
    let cause = "the form was not made by a page of this session";
    Fault::new("the form", "page.forged", cause, "open the page again, and send what it shows").into()
}
