//! Enters: nothing by itself. Leaves: the ways in which a recipient can open messages, with every text and rule for
//! each, in one table. Never: seals anything, or knows a recipient.
//!
//! A new way is a variant with its row here, its code to lock documents (`lock` of the pipeline), and its steps in the
//! cover email (`frame-text.hbs` and `frame-html.hbs`), which alone tells them. A test holds it to the table's commands.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How a recipient opens messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OpeningMethod {
    /// Sealed to the recipient's age keys.
    Age,
    /// Sealed with a passphrase that the recipient is told by telephone (age's scrypt).
    AgePassphrase,
    /// An encrypted PDF with such a passphrase, for recipients who cannot install anything.
    PdfPassword,
}

/// The texts and rules of one method.
#[derive(Debug)]
pub struct Details {
    /// The code in the command line, the email templates and `--json`.
    pub code: &'static str,
    /// The label that people read.
    pub label: &'static str,
    /// Whether it opens with keys of the recipient's own; otherwise with a passphrase that the office tells them.
    pub needs_keys: bool,
    /// How the office describes it to a recipient who has to choose.
    pub offer: &'static str,
    /// Programs that open a document, each with its command, where a command does.
    pub commands: &'static [(&'static str, &'static str)],
    /// Whether it can lock PDFs alone; other documents (a calendar's appointment) are then not made.
    pub pdfs_alone: bool,
    /// How to open the letter of a test message, for the email around it.
    pub first_steps: &'static str,
}

impl OpeningMethod {
    /// Every method, better protection first.
    pub const ALL: [OpeningMethod; 3] = [Self::Age, Self::AgePassphrase, Self::PdfPassword];

    /// Returns the row of the table of methods.
    pub fn details(self) -> &'static Details {
        match self {
            Self::Age => &Details {
                code: "age",
                label: "with a key of their own (age)",
                needs_keys: true,
                offer: "a key of your own. Install the free program age (age-encryption.org), run \
                        `age-keygen -o key.txt`, keep that file to yourself, and tell us the line that begins with age1",
                commands: &[
                    ("age", "age --decrypt -i KEY -o FILE FILE.age"),
                    ("despatch", "despatch open FILE.age --identity KEY"),
                ],
                pdfs_alone: false,
                first_steps: "age --decrypt -i KEY -o 01-test-message.pdf 01-test-message.pdf.age\n\nwhere KEY is the \
                              file with your key.",
            },
            Self::AgePassphrase => &Details {
                code: "age-passphrase",
                label: "with words told on the telephone (age)",
                needs_keys: false,
                offer: "words that we tell you on the telephone for each letter, with the program age",
                commands: &[
                    ("age", "age --decrypt -o FILE FILE.age"),
                    ("despatch", "despatch open FILE.age --passphrase"),
                ],
                pdfs_alone: false,
                first_steps: "age --decrypt -o 01-test-message.pdf 01-test-message.pdf.age\n\nIt asks for the words \
                              that we tell you on the telephone, typed in small letters with a hyphen between them.",
            },
            Self::PdfPassword => &Details {
                code: "pdf-password",
                label: "as PDFs that ask for words told on the telephone",
                needs_keys: false,
                offer: "PDFs that ask for such words, which open in the PDF reader that you have. Nothing is to be \
                        installed",
                commands: &[],
                pdfs_alone: true,
                first_steps: "Open 01-test-message.pdf in your PDF reader. It asks for the words that we tell you on \
                              the telephone, typed in small letters with a hyphen between them.",
            },
        }
    }

    /// Returns the code that the command line and `--json` write.
    pub fn code(self) -> &'static str {
        self.details().code
    }

    /// Returns the label that people read.
    pub fn label(self) -> &'static str {
        self.details().label
    }

    /// Returns whether it opens with keys of the recipient's own; otherwise with a passphrase that the office tells
    /// them.
    pub fn needs_keys(self) -> bool {
        self.details().needs_keys
    }

    /// Returns the default method of an entry: one that uses its keys, if it has any.
    pub fn for_keys(has_keys: bool) -> Option<OpeningMethod> {
        has_keys.then(|| Self::ALL.into_iter().find(|method| method.needs_keys())).flatten()
    }

    /// Returns the codes for a sentence: "age, age-passphrase or pdf-password".
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
