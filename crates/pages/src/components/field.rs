//! Enters: any field. Leaves: a form as a list, drawn by `_shared/fields`.
//! Never: holds a form's address or its token: the page's template has them.

use super::{
    Button, CharacterCount, Checkboxes, DateInput, Details, FileUpload, Input, InsetText, PasswordInput,
    Radios, Select, Textarea, WarningText,
};
use serde::{Deserialize, Serialize};

/// One part of a form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Field {
    Input(Input),
    Textarea(Textarea),
    CharacterCount(CharacterCount),
    Select(Select),
    Radios(Radios),
    Checkboxes(Checkboxes),
    DateInput(DateInput),
    FileUpload(FileUpload),
    PasswordInput(PasswordInput),
    InsetText(InsetText),
    Details(Details),
    WarningText(WarningText),
    Hidden(Hidden),
    Heading(Heading),
    /// Words between fields.
    Paragraph(String),
    /// Buttons beside each other.
    Buttons(Vec<Button>),
}

/// A value that goes along unseen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hidden {
    pub name: String,
    pub value: String,
}

/// A heading between fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    pub text: String,
    /// 2 to 6.
    pub level: u8,
    /// `l`, `m` or `s`.
    pub size: String,
}

impl Heading {
    /// A heading below the page's own.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), level: 2, size: "m".to_owned() }
    }
}

/// Makes an id of a name such as `/person/name` or `dates[2]`: error summaries link to it.
pub fn id_of(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    name.chars().map(plain).collect::<String>().trim_matches('-').to_owned()
}
