//! Enters: nothing by itself. Leaves: the ways in which a recipient can open what they get, with every text and rule that
//! hangs on each, in one table. Never: seals anything, or knows a recipient.
//!
//! A new way is a variant with its row here, how it locks documents (`lock` of the line), and its steps in the cover email
//! (`frame-text.hbs` and `frame-html.hbs`).

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How a recipient opens what they get.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OpeningMethod {
    /// Sealed to the recipient's age keys.
    Age,
    /// Sealed with a passphrase that the recipient is told on the telephone (age's scrypt).
    AgePassphrase,
    /// An encrypted PDF that asks for such a passphrase: for whoever can install nothing.
    PdfPassword,
}

/// What hangs on one method.
#[derive(Debug)]
pub struct Details {
    /// As the command line, the templates of emails and `--json` write it.
    pub code: &'static str,
    /// For people.
    pub label: &'static str,
    /// Whether it opens with keys of the recipient's own; else with a passphrase that the office tells them.
    pub needs_keys: bool,
    /// What the office says of it to somebody who is to choose.
    pub offer: &'static str,
    /// How the letter of a test message opens, for the email around it.
    pub first_steps: &'static str,
}

impl OpeningMethod {
    /// Every method, those that protect better first.
    pub const ALL: [OpeningMethod; 3] = [Self::Age, Self::AgePassphrase, Self::PdfPassword];

    /// The table of methods.
    pub fn details(self) -> &'static Details {
        match self {
            Self::Age => &Details {
                code: "age",
                label: "with a key of their own (age)",
                needs_keys: true,
                offer: "a key of your own. Install the free program age (age-encryption.org), run \
                        `age-keygen -o key.txt`, keep that file to yourself, and tell us the line that begins with age1",
                first_steps: "age --decrypt -i KEY -o 01-trial-letter.pdf 01-trial-letter.pdf.age\n\nwhere KEY is the \
                              file with your key.",
            },
            Self::AgePassphrase => &Details {
                code: "age-passphrase",
                label: "with words told on the telephone (age)",
                needs_keys: false,
                offer: "words that we tell you on the telephone for each letter, with the program age",
                first_steps: "age --decrypt -o 01-trial-letter.pdf 01-trial-letter.pdf.age\n\nIt asks for the words \
                              that we tell you on the telephone, typed in small letters with a hyphen between them.",
            },
            Self::PdfPassword => &Details {
                code: "pdf-password",
                label: "as PDFs that ask for words told on the telephone",
                needs_keys: false,
                offer: "PDFs that ask for such words, which open in the PDF reader that you have. Nothing is to be \
                        installed",
                first_steps: "Open 01-trial-letter.pdf in your PDF reader. It asks for the words that we tell you on \
                              the telephone, typed in small letters with a hyphen between them.",
            },
        }
    }

    /// The method as the command line and `--json` write it.
    pub fn code(self) -> &'static str {
        self.details().code
    }

    /// For people.
    pub fn label(self) -> &'static str {
        self.details().label
    }

    /// Whether it opens with keys of the recipient's own; else with a passphrase that the office tells them.
    pub fn needs_keys(self) -> bool {
        self.details().needs_keys
    }

    /// The method of an entry for which nobody names one: whoever has a key opens with it.
    pub fn for_keys(has_keys: bool) -> Option<OpeningMethod> {
        has_keys.then(|| Self::ALL.into_iter().find(|method| method.needs_keys())).flatten()
    }

    /// The codes as a sentence names them: "age, age-passphrase or pdf-password".
    pub fn codes() -> String {
        let codes = Self::ALL.map(Self::code);
        let (last, others) = codes.split_last().unwrap_or((&"", &[]));
        format!("{} or {last}", others.join(", "))
    }
}

impl fmt::Display for OpeningMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl FromStr for OpeningMethod {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|method| method.code() == text)
            .ok_or_else(|| format!("use {}", Self::codes()))
    }
}
