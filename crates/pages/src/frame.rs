//! Enters: who is signed in and what a page is called. Leaves: everything around its content, as the layout shows it.
//! Never: holds a value of the detained person.

use despatch_ledger::UserRole;
use serde::Serialize;

/// The head of one page.
#[derive(Debug, Clone, Default)]
pub struct Head {
    /// What the page is called; its first heading says the same.
    pub title: String,
    /// Where "Back" leads.
    pub back: Option<Link>,
    /// What is wrong with what was sent, each with the field that it stands beside.
    pub errors: Vec<Link>,
}

impl Head {
    /// A page with this title.
    pub fn of(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    /// The same with a way back.
    #[must_use]
    pub fn back(self, text: &str, href: impl Into<String>) -> Self {
        Self { back: Some(Link::of(text, href)), ..self }
    }

    /// The same with errors.
    #[must_use]
    pub fn errors(self, errors: Vec<Link>) -> Self {
        Self { errors, ..self }
    }
}

/// A link: what it says, and where it leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    pub text: String,
    pub href: String,
}

impl Link {
    /// A link with this text.
    pub fn of(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self { text: text.into(), href: href.into() }
    }
}

/// What a page says once of what was done before.
#[derive(Debug, Clone, Serialize)]
pub struct Banner {
    pub title: String,
    pub text: String,
    pub success: bool,
    pub link: Option<Link>,
}

impl Banner {
    /// Something was done.
    pub fn done(text: impl Into<String>) -> Self {
        Self { title: "Success".to_owned(), text: text.into(), success: true, link: None }
    }

    /// Something is to be known.
    pub fn important(text: impl Into<String>) -> Self {
        Self { title: "Important".to_owned(), text: text.into(), success: false, link: None }
    }
}

/// A place that the navigation leads to, and whose it is.
pub struct Place {
    pub text: &'static str,
    pub href: &'static str,
    /// Empty: everybody's who is signed in.
    pub roles: &'static [UserRole],
    /// Which number of the notices stands beside it.
    pub notice: Option<&'static str>,
}

const fn place(text: &'static str, href: &'static str, roles: &'static [UserRole]) -> Place {
    Place { text, href, roles, notice: None }
}

/// The places of the navigation, in order. What a person may not use is not shown to them.
pub const PLACES: &[Place] = &[
    Place { text: "To review", href: "/review", roles: &[UserRole::Reviewer], notice: Some("to_review") },
    Place { text: "My work", href: "/work", roles: &[], notice: Some("came_back") },
    place("Start a case", "/start", &[UserRole::Preparer]),
    place("Batches", "/batches", &[UserRole::Preparer, UserRole::Reviewer]),
    place("Find", "/find", &[]),
    place("Overview", "/overview", &[]),
    place("Directory", "/directory", &[]),
    place("Packs", "/packs", &[]),
    place("Templates", "/templates", &[]),
    place("Record", "/record", &[UserRole::Auditor, UserRole::Administrator]),
    place("Health", "/health", &[]),
    place("Accounts", "/users", &[UserRole::Administrator]),
];

/// One item of the navigation.
#[derive(Debug, Serialize)]
pub struct Item {
    pub text: &'static str,
    pub href: &'static str,
    pub current: bool,
    pub count: Option<u64>,
    pub notice: Option<&'static str>,
}

/// Whether this person's documents can be opened now.
#[derive(Debug, Default, Serialize)]
pub struct KeySign {
    /// Whether it concerns this person.
    pub shown: bool,
    pub open: bool,
    pub words: String,
}

/// Everything around the content of a page.
#[derive(Debug, Serialize)]
pub struct Frame {
    pub title: String,
    pub has_errors: bool,
    pub errors: Vec<Link>,
    pub office: String,
    pub demo: bool,
    pub marking: &'static str,
    pub signed_in: bool,
    pub name: String,
    /// What each form of the page carries.
    pub token: String,
    pub navigation: Vec<Item>,
    pub key: KeySign,
    pub notice: Option<Banner>,
    pub back: Option<Link>,
    pub shortcuts: bool,
}
