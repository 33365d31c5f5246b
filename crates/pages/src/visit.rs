//! Enters: one request, the open office and whoever is signed in. Leaves: what a page needs of them.
//! Never: lets a page act as anybody but the person of the session.

use crate::counts;
use crate::frame::{Banner, Frame, Head, Item, KeySign, Link, PLACES};
use crate::session::Session;
use crate::shared::Pages;
use age::secrecy::SecretString;
use despatch_app::office::Unlock;
use despatch_app::operations::users::User;
use despatch_app::operations::{Actor, Failure, OpenOffice};
use despatch_core::fault::Fault;
use despatch_core::words::StaffId;
use despatch_ledger::{Despatch, UserRole};
use despatch_seal::keys::SecretKey;
use despatch_web::{Request, Response};
use serde::Serialize;
use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Instant;

/// What a route's path has at the steps that stand for any word.
pub type Steps = Vec<(&'static str, String)>;

/// The code of a fault that means there is no such page.
pub const NO_PAGE: &str = "page.unknown";

/// Whoever is signed in.
pub struct SignedIn {
    pub session: Arc<Session>,
    pub user: User,
    pub actor: Actor,
}

/// One request, with everything that answers it.
pub struct Visit<'v> {
    pub request: &'v Request,
    pub open: &'v mut OpenOffice,
    pub pages: &'v Pages,
    pub(crate) signed_in: Option<SignedIn>,
    pub(crate) steps: Steps,
}

impl Visit<'_> {
    /// Whoever is signed in.
    ///
    /// # Errors
    /// Nobody is.
    pub fn person(&self) -> Result<&SignedIn, Failure> {
        let nobody = || {
            let cause = "nobody is signed in";
            Fault::new("the session", "page.signed_out", cause, "sign in again")
        };
        self.signed_in.as_ref().ok_or_else(|| nobody().into())
    }

    /// The actor of what this request does.
    ///
    /// # Errors
    /// Nobody is signed in.
    pub fn actor(&self) -> Result<Actor, Failure> {
        Ok(self.person()?.actor.clone())
    }

    /// The person's id in the staff list.
    ///
    /// # Errors
    /// Nobody is signed in.
    pub fn staff(&self) -> Result<&StaffId, Failure> {
        Ok(&self.person()?.user.staff)
    }

    /// The session.
    ///
    /// # Errors
    /// Nobody is signed in.
    pub fn session(&self) -> Result<Arc<Session>, Failure> {
        Ok(self.person()?.session.clone())
    }

    /// Whether the person has a role.
    pub fn has_role(&self, role: UserRole) -> bool {
        self.signed_in.as_ref().is_some_and(|person| person.user.roles.contains(&role))
    }

    /// What the path has at a step; empty if the route has no such step.
    pub fn step(&self, name: &str) -> &str {
        self.steps.iter().find(|(step, _)| *step == name).map_or("", |(_, word)| word)
    }

    /// What the path has at a step, as a value.
    ///
    /// # Errors
    /// It is none: there is no such page.
    pub fn step_as<T: FromStr>(&self, name: &str) -> Result<T, Failure> {
        self.step(name).parse().map_err(|_| no_page())
    }

    /// What opens documents for this person: the key of this session, or their helper's. Nobody is asked.
    pub fn unlock(&self) -> Unlock {
        let key = self.review_key();
        Unlock::unattended(|| Err(locked())).held_by(Held(key)).with_signing_key(self.pages.signing_key())
    }

    /// Whether a review key is open for this person; asking does not count as using it.
    pub fn has_review_key(&self) -> bool {
        self.signed_in.as_ref().is_some_and(|person| {
            person.session.review_key().is_some() || self.pages.helpers().is_open(&person.user.staff)
        })
    }

    /// Whether this person can open what is sealed to the review key: in a demo office it lies open.
    pub fn can_open(&self) -> bool {
        self.has_review_key() || self.open.office.config.demo
    }

    /// The review key that is open for this person.
    pub fn review_key(&self) -> Option<SecretKey> {
        let person = self.signed_in.as_ref()?;
        person.session.review_key().or_else(|| self.pages.helpers().key_of(&person.user.staff))
    }

    /// Says something on the next page.
    pub fn say(&self, banner: Banner) {
        if let Some(person) = &self.signed_in {
            person.session.say(banner);
        }
    }

    /// Shows a page.
    ///
    /// # Errors
    /// A value that the template needs is missing, which is a defect of ours.
    pub fn page(&mut self, template: &str, head: Head, page: &impl Serialize) -> Result<Response, Failure> {
        let wrong = !head.errors.is_empty();
        let frame = self.frame(head)?;
        let text = self.pages.render(template, &Shown { frame, page })?;
        let response = Response::html(text);
        Ok(if wrong { response.with_status(422) } else { response })
    }

    fn frame(&mut self, head: Head) -> Result<Frame, Failure> {
        let config = &self.open.office.config;
        let teams: Vec<&str> = config.teams.values().map(|team| team.letterhead.name.as_str()).collect();
        let (office, demo) = (teams.join(", "), config.demo);
        let counts = match self.actor() {
            Ok(actor) => counts::of(self.open, &actor)?,
            Err(_) => BTreeMap::new(),
        };
        let person = self.signed_in.as_ref();
        let may = |roles: &[UserRole]| {
            person.is_some_and(|person| {
                !person.user.must_change
                    && (roles.is_empty() || roles.iter().any(|role| person.user.roles.contains(role)))
            })
        };
        let path = self.request.path.as_str();
        let navigation = PLACES.iter().filter(|place| may(place.roles)).map(|place| Item {
            text: place.text,
            href: place.href,
            current: path == place.href
                || path.strip_prefix(place.href).is_some_and(|rest| rest.starts_with('/')),
            count: place.notice.and_then(|notice| counts.get(notice).copied()),
            notice: place.notice,
        });
        Ok(Frame {
            title: head.title,
            has_errors: !head.errors.is_empty(),
            errors: head.errors,
            office,
            demo,
            marking: "OFFICIAL SENSITIVE",
            signed_in: person.is_some(),
            name: person.map_or_else(String::new, |person| person.user.name.clone()),
            token: person.map_or_else(String::new, |person| person.session.form_token.clone()),
            navigation: navigation.collect(),
            key: self.key_sign(),
            notice: person.and_then(|person| person.session.take_banner()),
            back: head.back,
            shortcuts: person.is_some(),
        })
    }

    fn key_sign(&self) -> KeySign {
        let shown = self.has_role(UserRole::Reviewer);
        let Some(person) = self.signed_in.as_ref().filter(|_| shown) else { return KeySign::default() };
        let here = person.session.review_key().is_some();
        let words = match (here, self.pages.helpers().is_open(&person.user.staff)) {
            (true, _) => "The review key is open in this session",
            (false, true) => "The review key is open in your helper",
            (false, false) => "The review key is closed",
        };
        KeySign {
            shown,
            open: here || self.pages.helpers().is_open(&person.user.staff),
            words: words.to_owned(),
        }
    }

    /// Whether the person has opened this version of a message.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn has_opened(&mut self, despatch: &Despatch) -> Result<bool, Failure> {
        let Some(bound) = &despatch.message else { return Ok(false) };
        match self.open.office.config.staff_member(self.staff()?).cloned() {
            Some(staff) => Ok(self.open.ledger.has_viewed(despatch.id, bound.sha256, &staff)?),
            None => Ok(false),
        }
    }

    /// Whether the passphrase has to be typed again before something is let go.
    pub fn must_prove(&self) -> bool {
        self.signed_in.as_ref().is_some_and(|person| person.session.must_prove(Instant::now()))
    }

    /// A link back to where this request came from, for a form that has to wait for a passphrase.
    pub fn here(&self) -> Link {
        Link::of("Back", self.request.path.clone())
    }
}

/// What a template gets.
#[derive(Serialize)]
struct Shown<'p, P> {
    frame: Frame,
    page: &'p P,
}

/// The failure that means there is no such page.
pub fn no_page() -> Failure {
    let cure = "go back, or find it by its case";
    Fault::new("the address", NO_PAGE, "there is no such page", cure).into()
}

/// The fault of documents that cannot be opened because no key is open.
fn locked() -> Fault {
    let cure = "open it: see \"Review key\" at the top of the page";
    Fault::new("the review key", "page.locked", "your review key is not open", cure)
}

/// A key that is open already, or none.
struct Held(Option<SecretKey>);

impl despatch_app::office::KeyHolder for Held {
    fn unlock(&self, _: &[u8], _: &str) -> Result<Result<SecretKey, String>, Fault> {
        self.0.clone().map(Ok).ok_or_else(locked)
    }

    fn make(
        &self,
        _: &str,
        _: Option<&despatch_seal::trial::Salt>,
    ) -> Result<despatch_app::office::MadeKey, Fault> {
        Err(locked())
    }
}

/// A passphrase that a form sent.
pub fn typed(request: &Request, field: &str) -> SecretString {
    let value = request.form.iter().find(|(name, _)| name == field).map_or("", |(_, value)| value.as_str());
    SecretString::from(value.to_owned())
}
