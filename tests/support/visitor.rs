//! Enters: the pages of an office, and requests of one person. Leaves: the answers, as their browser would show them.
//! Never: opens a socket: what stands between a browser and the pages is tested where it stands.

use age::secrecy::SecretString;
use despatch_app::office::{Office, OpenKeys, Unlock};
use despatch_app::operations::users::DEMO_PASSPHRASE;
use despatch_core::clock::Clock;
use despatch_core::private::Secret;
use despatch_pages::Pages;
use despatch_web::{Answering, Method, Request, Response, SessionChange, SessionToken, Upload};
use std::path::Path;
use std::sync::Arc;

/// One person at their browser.
pub struct Visitor {
    pages: Box<dyn Answering>,
    session: Option<SessionToken>,
    token: String,
    /// The version of the draft that the last page showed, which its form sends.
    version: Option<String>,
}

/// What a browser got.
pub struct Answer {
    pub status: u16,
    pub location: Option<String>,
    pub download: Option<String>,
    pub body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The page, which came with this status.
    #[track_caller]
    pub fn with_status(self, status: u16) -> String {
        assert_eq!(self.status, status, "{:?}\n{}", self.location, self.text());
        self.text()
    }

    /// The page.
    #[track_caller]
    pub fn ok(self) -> String {
        self.with_status(200)
    }

    /// Where the browser is led.
    #[track_caller]
    pub fn leads_to(self) -> String {
        assert_eq!(self.status, 303, "{}", self.text());
        self.location.expect("somewhere")
    }
}

impl Visitor {
    /// Somebody who has signed in to a demo office.
    pub fn signed_in(office: &Path, program: &Path, clock: Clock, name: &str) -> Visitor {
        let opened = Office::open(office).expect("an office");
        let asked = Unlock::unattended(|| Ok(SecretString::from(String::new())));
        let key = opened.signing_secret(&asked).expect("its signing key");
        let pages = Pages::of(office, program, clock, key, OpenKeys::default()).expect("its pages");
        let pages = despatch_pages::answering(&Arc::new(pages)).remove(0);
        let mut visitor = Visitor { pages, session: None, token: String::new(), version: None };
        visitor.post("/sign-in", &[("name", name), ("passphrase", DEMO_PASSPHRASE)]).leads_to();
        let page = visitor.get("/drafts").text();
        visitor.token = hidden(&page, "token").expect("a form of the page");
        visitor
    }

    /// Asks for a page.
    pub fn get(&mut self, path: &str) -> Answer {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let query = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        self.ask(Method::Get, path, query, Vec::new(), Vec::new())
    }

    /// Sends a form.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.upload(path, fields, &[])
    }

    /// Sends a form with files.
    pub fn upload(&mut self, path: &str, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Answer {
        let files: Vec<_> = files.iter().map(|(name, bytes)| ("attachments", *name, *bytes)).collect();
        self.give(path, fields, &files)
    }

    /// Sends a form with files, each with its field, its name and its bytes.
    pub fn give(&mut self, path: &str, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Answer {
        let token = ("token".to_owned(), self.token.clone());
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let version = self.version.clone().map(|version| ("draft_version".to_owned(), version));
        let form = std::iter::once(token).chain(version).chain(fields).collect();
        let uploads = files.iter().map(|(field, name, bytes)| Upload {
            field: (*field).to_owned(),
            name: (*name).to_owned(),
            bytes: Secret::new(bytes.to_vec()),
        });
        self.ask(Method::Post, path, Vec::new(), form, uploads.collect())
    }

    fn ask(
        &mut self,
        method: Method,
        path: &str,
        query: Vec<(String, String)>,
        form: Vec<(String, String)>,
        uploads: Vec<Upload>,
    ) -> Answer {
        let session = self.session.clone();
        let request = Request { method, path: path.to_owned(), query, form, uploads, session, vouched: None };
        let Response { status, body, location, session, download, .. } = self.pages.answer(request);
        match session {
            Some(SessionChange::Set(token)) => self.session = Some(token),
            Some(SessionChange::Clear) => self.session = None,
            None => {}
        }
        let answer = Answer { status, location, download, body: body.to_vec() };
        if status != 303 {
            self.version = hidden(&answer.text(), "draft_version");
        }
        answer
    }
}

/// The value of a hidden field of a page.
fn hidden(page: &str, name: &str) -> Option<String> {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\""))?;
    rest.split('"').next().map(str::to_owned)
}
