//! Enters: nothing by itself. Leaves: the findings of an inspection of a foreign PDF, as a worker sends them.
//! Never: reads a PDF (`pdf` does, in a worker), or says whom it is about.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The findings about an untrusted PDF.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspection {
    /// Whether it has a PDF header and could be opened.
    pub sound: bool,
    /// Whether it is encrypted, with or without a password.
    pub encrypted: bool,
    /// The number of pages, if that is beyond doubt.
    pub pages: Option<usize>,
    /// Active or hidden content.
    pub active: BTreeSet<Active>,
    /// The text of its pages, in order.
    pub texts: Vec<PageText>,
    /// Text that no page shows: properties, notes, fields, alternative text of pictures.
    pub unseen: String,
    /// Whether something precedes or follows the PDF: another program may show another document.
    pub is_two_files: bool,
    /// Whether the inspection stopped at its limit.
    pub cut_short: bool,
}

/// The text of one page, and how reliable it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageText {
    pub text: String,
    /// The number of pictures.
    pub pictures: usize,
    /// The number of glyphs without a known letter.
    pub unread: usize,
    /// The number of invisible letters behind a picture: a scanner's text recognition.
    pub hidden: usize,
}

impl PageText {
    /// Creates the text of a page that we made ourselves.
    pub fn of_ours(text: String) -> Self {
        Self { text, ..Self::default() }
    }

    /// Returns whether the page may say more than its text does: a picture without words, words behind a picture, or
    /// glyphs without letters.
    pub fn is_in_doubt(&self) -> bool {
        self.is_a_picture()
            || self.hidden > 0 && self.pictures > 0
            || self.unread > self.letters() / UNREAD_SHARE
    }

    /// Returns whether the page is a picture with too little text to say what it shows.
    pub fn is_a_picture(&self) -> bool {
        self.pictures > 0 && self.letters() < LETTERS_OF_A_PAGE
    }

    fn letters(&self) -> usize {
        self.text.chars().filter(|c| c.is_alphanumeric()).count()
    }
}

/// A page with a picture and fewer letters is a picture of a page: a stamp or a page number is not its text.
const LETTERS_OF_A_PAGE: usize = 100;
/// One glyph in this many may be unknown (a bullet, a logo) before the text as a whole is in doubt.
const UNREAD_SHARE: usize = 20;

/// Active or hidden content of a PDF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Active {
    Script,
    /// An action on opening, other than going to a page.
    OpenAction,
    /// An action on entering or leaving a page or a field.
    AdditionalActions,
    Launch,
    /// A form that submits or imports data.
    SubmitForm,
    EmbeddedFile,
    RichMedia,
    /// An XFA form, which most readers display differently from what is printed.
    Xfa,
}

impl Active {
    /// Returns the label that people read.
    pub fn label(self) -> &'static str {
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
