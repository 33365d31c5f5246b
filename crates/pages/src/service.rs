//! Enters: an office's folder, and requests for pages. Leaves: the answer to each, in the office as it is then.
//! Never: answers anybody whom the table of routes does not let in, or does what a form asks that no page of the same
//! session made.

use crate::fault;
use crate::render::Templates;
use crate::routes::{self, Route, Who};
use crate::session::Sessions;
use crate::visit::{SignedIn, Visit};
use despatch_app::office::OpenKeys;
use despatch_app::operations::due_list::DueList;
use despatch_app::operations::pictures::Pictures;
use despatch_app::operations::{Actor, Failure, OpenOffice, users};
use despatch_core::clock::Clock;
use despatch_core::fault::Fault;
use despatch_seal::signing::SigningKey;
use despatch_web::{Answering, Method, Request, Response, SessionToken};
use serde::Serialize;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use walkdir::WalkDir;

/// How many requests are answered at once; each has the ledger open.
pub const ANSWERED_AT_ONCE: usize = 6;

/// The pages of one office.
pub struct Pages {
    root: PathBuf,
    program: PathBuf,
    clock: Clock,
    signing_key: SigningKey,
    sessions: Sessions,
    helpers: OpenKeys,
    pictures: Pictures,
    templates: Templates,
    due: Mutex<DueList>,
}

impl Pages {
    /// The pages of the office in a folder, which the service has open.
    ///
    /// # Errors
    /// A template is broken, or no worker for pictures can be started.
    pub fn of(
        root: &Path,
        program: &Path,
        clock: Clock,
        signing_key: SigningKey,
        helpers: OpenKeys,
    ) -> Result<Self, Failure> {
        Ok(Self {
            root: root.to_owned(),
            program: program.to_owned(),
            clock,
            signing_key,
            sessions: Sessions::default(),
            helpers,
            pictures: Pictures::start(program)?,
            templates: Templates::built_in()?,
            due: Mutex::default(),
        })
    }

    /// Those who answer, one request each at a time.
    pub fn answering(self: &Arc<Self>) -> Vec<Box<dyn Answering>> {
        let one = || Box::new(Clerk { pages: self.clone(), open: None }) as Box<dyn Answering>;
        std::iter::repeat_with(one).take(ANSWERED_AT_ONCE).collect()
    }

    /// What is due in all cases, as of the last time that somebody asked.
    pub fn due(&self) -> MutexGuard<'_, DueList> {
        // A list that a panic left half made is read anew with the next event.
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every open session.
    pub fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    /// The keys that people's own helpers hold.
    pub fn helpers(&self) -> &OpenKeys {
        &self.helpers
    }

    /// What draws documents.
    pub fn pictures(&self) -> &Pictures {
        &self.pictures
    }

    /// The key with which the service signs what it makes.
    pub(crate) fn signing_key(&self) -> SigningKey {
        self.signing_key.clone()
    }

    /// Renders a template.
    ///
    /// # Errors
    /// A value that it needs is missing, which is a defect of ours.
    pub(crate) fn render(&self, template: &str, values: &impl Serialize) -> Result<String, Failure> {
        self.templates.render(template, values).map_err(|fault| Failure::Internal(fault.cause))
    }

    /// Opens the office anew.
    fn open(&self) -> Result<OpenOffice, Failure> {
        OpenOffice::open(&self.root, self.clock, self.program.clone())
    }
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
        self.pages.sessions.find(session, Instant::now(), true).is_some()
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
    let (route, steps) = match routes::find(request.method, &request.path) {
        Ok(found) => found,
        Err(known) => (if known { &fault::METHOD } else { &fault::NOT_FOUND }, Vec::new()),
    };
    let mut visit = Visit { request, open, pages, signed_in: None, steps };
    let answered = answer(&mut visit, route);
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
    let Some(session) = visit.pages.sessions.find(token, Instant::now(), quietly) else { return Ok(None) };
    match users::signed_in(visit.open, &session.staff) {
        Ok(user) => {
            let actor = Actor::of_staff(&visit.open.office, &session.staff);
            Ok(Some(SignedIn { session, user, actor }))
        }
        Err(Failure::Faults(_) | Failure::Request(_)) => {
            visit.pages.sessions.end(token);
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
