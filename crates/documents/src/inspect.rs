//! Enters: nothing by itself. Leaves: what one look at a PDF of somebody else's finds, as it crosses from a worker.
//! Never: reads a PDF (`pdf` does, in a worker), or says anything of whose it is.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What is known of a PDF that anybody may have made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspection {
    /// It begins as a PDF does and could be opened.
    pub sound: bool,
    /// It is locked, with a password or without.
    pub encrypted: bool,
    /// How many pages it has, where that is beyond doubt.
    pub pages: Option<usize>,
    /// What in it can do something by itself, or hides something.
    pub active: BTreeSet<Active>,
    /// The text of its pages, in order.
    pub texts: Vec<PageText>,
    /// Text that no page shows: properties, notes, fields, what stands in for pictures.
    pub unseen: String,
    /// Something stands before or behind the PDF: another program may show another document.
    pub is_two_files: bool,
    /// There is more of it than is looked at.
    pub cut_short: bool,
}

/// The text of one page, and how far it can be relied on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageText {
    pub text: String,
    /// Pictures on it.
    pub pictures: usize,
    /// Signs that nobody can tell the letter of.
    pub unread: usize,
    /// Letters that lie unseen behind a picture: what a scanner's software read.
    pub hidden: usize,
}

impl PageText {
    /// Words of a page that we made ourselves.
    pub fn of_ours(text: String) -> Self {
        Self { text, ..Self::default() }
    }

    /// Whether the page may say more than its text does: a picture without words, words that lie behind a picture, or
    /// signs without letters.
    pub fn is_in_doubt(&self) -> bool {
        self.is_a_picture()
            || self.hidden > 0 && self.pictures > 0
            || self.unread > self.letters() / UNREAD_SHARE
    }

    /// Whether the page is a picture, of which no text says what it shows.
    pub fn is_a_picture(&self) -> bool {
        self.pictures > 0 && self.letters() < LETTERS_OF_A_PAGE
    }

    fn letters(&self) -> usize {
        self.text.chars().filter(|c| c.is_alphanumeric()).count()
    }
}

/// A page with a picture and fewer letters than this is a picture of a page: a stamp or a page number is not its text.
const LETTERS_OF_A_PAGE: usize = 100;
/// One sign in so many may be unknown (a bullet, a logo) before the text as a whole is in doubt.
const UNREAD_SHARE: usize = 20;

/// What in a PDF does something by itself, or hides something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Active {
    Script,
    /// Something other than a place to look at is done when the file is opened.
    OpenAction,
    /// Something is done when a page or a field is entered or left.
    AdditionalActions,
    Launch,
    /// A form that sends what is filled in, or loads what somebody else has filled in.
    SubmitForm,
    EmbeddedFile,
    RichMedia,
    /// A form of the XFA kind, which most readers show as something else than what is printed.
    Xfa,
}

impl Active {
    /// It in words, for people.
    pub fn words(self) -> &'static str {
        match self {
            Active::Script => "a script",
            Active::OpenAction => "an action on opening",
            Active::AdditionalActions => "an action on a page or a field",
            Active::Launch => "an action that starts a program",
            Active::SubmitForm => "a form that sends or loads data",
            Active::EmbeddedFile => "a file inside the file",
            Active::RichMedia => "sound, film or a 3D model",
            Active::Xfa => "an XFA form",
        }
    }
}
