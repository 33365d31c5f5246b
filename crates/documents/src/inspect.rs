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
    /// Whether it has no end, as when it was cut off on its way: this program mends it, and others cannot open it.
    pub is_cut_off: bool,
    /// Whether the inspection stopped at its limit.
    pub cut_short: bool,
    /// What the file holds beside what its pages show.
    pub behind: BTreeSet<Behind>,
}

/// What a file holds beside what its pages show today. The words in it are among the unseen, as far as they can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Behind {
    /// Earlier states of the file, or objects that were taken out of use and are still there.
    Revision,
    /// Layers that are, or may be, switched off.
    Layer,
    /// Pages that no list of pages names.
    Page,
    /// Marks for blacking out under which the words still stand.
    Redaction,
}

impl Behind {
    /// Returns the label that people read.
    pub fn label(self) -> &'static str {
        match self {
            Behind::Revision => "earlier states of itself",
            Behind::Layer => "layers that may be hidden",
            Behind::Page => "pages that are not shown",
            Behind::Redaction => "words that were to be blacked out",
        }
    }
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
    /// The number of glyphs without a known letter that stand side by side, as in a word.
    pub unread_in_words: usize,
    /// How much of the page pictures cover, in hundredths.
    pub covered: usize,
    /// The number of small shapes that are drawn as letters are; where they stand closer than letters do, as in a coat
    /// of arms, fewer count.
    pub outlines: usize,
}

/// How much of a page was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reading {
    /// Its words are what it shows, or nothing is on it.
    Read,
    /// It shows more than its words.
    Partly,
    /// Most of what it shows gave no words.
    NotRead,
}

impl PageText {
    /// Creates the text of a page that we made ourselves.
    pub fn of_ours(text: String) -> Self {
        Self { text, ..Self::default() }
    }

    /// Returns how much of what is drawn on the page gave words.
    pub fn reading(&self) -> Reading {
        let letters = self.letters();
        let unseen = self.is_invisible() || self.is_a_picture_of_words(letters);
        let apart = self.letters_apart();
        let scattered = apart >= APART_MIN && apart > letters / 2 || self.is_of_one_letter(letters);
        if unseen || scattered || self.has_unread_words(letters) || self.is_outlined(letters) {
            return Reading::NotRead;
        }
        let partly = self.covered >= PICTURE_OF_SOME
            || self.is_recognised()
            || self.unread > letters / UNREAD_SHARE
            || apart >= APART_MIN && apart > letters / APART_SHARE
            || self.outlines >= OUTLINES_OF_WORDS;
        if partly { Reading::Partly } else { Reading::Read }
    }

    /// Returns whether its words are a machine's guess at a picture of them.
    pub fn is_recognised(&self) -> bool {
        self.hidden > 0 && self.pictures > 0
    }

    /// A page with a picture and few letters is a picture of a page: a stamp, a page number or a letterhead is not its
    /// text. The more of the page is covered, the more letters must stand on it.
    fn is_a_picture_of_words(&self, letters: usize) -> bool {
        let needed = match self.covered {
            _ if self.hidden >= LETTERS_RECOGNISED => LETTERS_RECOGNISED,
            covered if covered >= PICTURE_OF_ALL => LETTERS_OF_A_FULL_PAGE,
            covered if covered >= PICTURE_OF_SOME => LETTERS_OF_A_FULL_PAGE * covered / 100,
            // A scan that is cut into pieces, or whose letters are a picture each.
            _ if self.pictures >= PIECES => LETTERS_OF_A_FULL_PAGE,
            _ => LETTERS_OF_A_PAGE,
        };
        self.pictures > 0 && letters < needed.max(LETTERS_OF_A_PAGE)
    }

    /// Words that nobody sees are no reading of what is seen, unless a picture of the page lies in front of them.
    fn is_invisible(&self) -> bool {
        self.hidden >= UNREAD_WORDS && self.covered < PICTURE_OF_SOME && self.pictures < PIECES
    }

    fn has_unread_words(&self, letters: usize) -> bool {
        self.unread_in_words >= UNREAD_WORDS || self.unread >= UNREAD_MIN && self.unread > letters / 4
    }

    fn is_outlined(&self, letters: usize) -> bool {
        self.outlines >= OUTLINES_OF_WORDS && self.outlines > letters / 3
            || self.outlines >= OUTLINES_OF_A_WORD && letters < LETTERS_OF_A_LINE
    }

    /// Returns the number of letters that stand alone, as when each letter of a word is taken for a word. Digits do not
    /// count: a table has many.
    fn letters_apart(&self) -> usize {
        let alone = |word: &&str| {
            let mut letters = word.chars().filter(|c| c.is_alphanumeric());
            letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none()
        };
        self.text.split_whitespace().filter(alone).count()
    }

    /// Whether one letter is most of the text: a font that says the same of every glyph.
    fn is_of_one_letter(&self, letters: usize) -> bool {
        if letters < SAME_MIN {
            return false;
        }
        // One that is more than half of them outlasts a vote in which any two that differ cancel out (Boyer and Moore).
        let of_text = || self.text.chars().filter(|c| c.is_alphabetic());
        let (mut most, mut votes) = ('\0', 0_usize);
        for letter in of_text() {
            match votes {
                0 => (most, votes) = (letter, 1),
                _ if letter == most => votes += 1,
                _ => votes -= 1,
            }
        }
        of_text().filter(|letter| *letter == most).count() > letters / 2
    }

    fn letters(&self) -> usize {
        self.text.chars().filter(|c| c.is_alphanumeric()).count()
    }
}

/// A page with a picture and fewer letters is a picture of a page.
const LETTERS_OF_A_PAGE: usize = 100;
/// The least letters of a page that a picture covers wholly: a letterhead with a footer has 300 or so.
const LETTERS_OF_A_FULL_PAGE: usize = 600;
/// The least letters that a scanner recognised on a page that it read.
const LETTERS_RECOGNISED: usize = 250;
/// From these hundredths on a picture is the page, or a good part of it; a letterhead covers ten or so.
const PICTURE_OF_ALL: usize = 50;
const PICTURE_OF_SOME: usize = 20;
/// From this number on pictures are pieces of one.
const PIECES: usize = 50;
/// One glyph in this many may be unknown (a bullet, a logo) before the text as a whole is in doubt.
const UNREAD_SHARE: usize = 20;
/// From this number on glyphs without letters are words (a name and a date of birth), and not bullets.
const UNREAD_WORDS: usize = 20;
const UNREAD_MIN: usize = 10;
/// From this number on letters that stand alone are words in pieces, and not initials, options or ticks; and from one in
/// so many letters on some of the page's words are.
const APART_MIN: usize = 20;
const APART_SHARE: usize = 4;
/// From this number on letters can be said to be all the same.
const SAME_MIN: usize = 20;
/// From these numbers on shapes may be a few lines of words, and one word.
const OUTLINES_OF_WORDS: usize = 150;
const OUTLINES_OF_A_WORD: usize = 30;
const LETTERS_OF_A_LINE: usize = 60;

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
    /// Content that lies in another file, or on the web, and may be exchanged after the approval (F31).
    Elsewhere,
    /// A program in PostScript, which a printer runs (F31).
    PostScript,
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
            Active::Elsewhere => "content that lies in another file or on the web",
            Active::PostScript => "a PostScript program",
        }
    }
}
