//! Enters: the name, words and value of a field to type in. Leaves: it, to be drawn with its hint and its fault.
//! Never: checks a value.

use super::{Attributes, ErrorMessage, FormGroup, Hint, Label};
use serde::{Deserialize, Serialize};

/// What fields of one value share: words below the label, what is wrong, and attributes.
macro_rules! shared {
    ($name:ident) => {
        impl $name {
            /// A field that sends its value under this name.
            pub fn new(name: impl Into<String>, label: impl Into<String>) -> Self {
                let name = name.into();
                let id = super::ids::id_of(&name);
                Self { id, name, label: Label::new(label), ..Self::default() }
            }

            /// Words that help.
            #[must_use]
            pub fn hint(mut self, text: impl Into<String>) -> Self {
                let text = text.into();
                self.hint = (!text.is_empty()).then(|| Hint::new(text));
                self
            }

            /// What is wrong with the value, if anything is.
            #[must_use]
            pub fn error(mut self, text: Option<impl Into<String>>) -> Self {
                self.error_message = text.map(ErrorMessage::new);
                self
            }

            /// The label is the heading of the page.
            #[must_use]
            pub fn as_page_heading(mut self) -> Self {
                self.label.is_page_heading = true;
                self.label.classes = "govuk-label--l".to_owned();
                self
            }

            /// Adds a class of govuk-frontend, such as `govuk-input--width-10`.
            #[must_use]
            pub fn class(mut self, class: &str) -> Self {
                if !self.classes.is_empty() {
                    self.classes.push(' ');
                }
                self.classes.push_str(class);
                self
            }

            /// Sets an attribute.
            #[must_use]
            pub fn attribute(mut self, name: &str, value: impl Into<String>) -> Self {
                self.attributes.insert(name.to_owned(), value.into());
                self
            }
        }
    };
}

/// What stands before or after the value, such as a unit.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Affix {
    pub text: String,
    pub classes: String,
    pub attributes: Attributes,
}

/// A field of one line.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Input {
    pub id: String,
    pub name: String,
    pub label: Label,
    pub hint: Option<Hint>,
    pub error_message: Option<ErrorMessage>,
    pub form_group: FormGroup,
    pub described_by: String,
    pub disabled: bool,
    pub classes: String,
    pub attributes: Attributes,
    pub r#type: String,
    pub value: Option<String>,
    pub prefix: Option<Affix>,
    pub suffix: Option<Affix>,
    pub autocomplete: String,
    pub autocapitalize: String,
    pub inputmode: String,
    pub pattern: String,
    pub spellcheck: Option<bool>,
}

shared!(Input);

impl Input {
    /// What was typed before.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }

    /// What the browser may fill in (`username`, or `off`).
    #[must_use]
    pub fn autocomplete(mut self, what: &str) -> Self {
        what.clone_into(&mut self.autocomplete);
        self
    }

    /// Words that are neither corrected nor capitalised: references, names, addresses.
    #[must_use]
    pub fn verbatim(mut self) -> Self {
        self.spellcheck = Some(false);
        self
    }
}

/// A field for a passphrase, which can be shown.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct PasswordInput {
    pub id: String,
    pub name: String,
    pub label: Label,
    pub hint: Option<Hint>,
    pub error_message: Option<ErrorMessage>,
    pub form_group: FormGroup,
    pub described_by: String,
    pub disabled: bool,
    pub classes: String,
    pub attributes: Attributes,
    pub value: String,
    pub autocomplete: String,
}

shared!(PasswordInput);

/// A field of several lines.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Textarea {
    pub id: String,
    pub name: String,
    pub label: Label,
    pub hint: Option<Hint>,
    pub error_message: Option<ErrorMessage>,
    pub form_group: FormGroup,
    pub described_by: String,
    pub disabled: bool,
    pub classes: String,
    pub attributes: Attributes,
    pub value: String,
    pub rows: Option<u32>,
    pub autocomplete: String,
    pub spellcheck: Option<bool>,
}

shared!(Textarea);

impl Textarea {
    /// What was typed before.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// How many lines are shown.
    #[must_use]
    pub fn rows(mut self, rows: u32) -> Self {
        self.rows = Some(rows);
        self
    }
}

/// A field of several lines that says how much may be typed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct CharacterCount {
    pub id: String,
    pub name: String,
    pub label: Label,
    pub hint: Option<Hint>,
    pub error_message: Option<ErrorMessage>,
    pub form_group: FormGroup,
    pub classes: String,
    pub attributes: Attributes,
    pub value: String,
    pub rows: Option<u32>,
    pub maxlength: Option<u32>,
    pub maxwords: Option<u32>,
    pub threshold: Option<u32>,
    pub spellcheck: Option<bool>,
}

shared!(CharacterCount);

impl CharacterCount {
    /// What was typed before.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// How many characters may be typed.
    #[must_use]
    pub fn most(mut self, characters: u32) -> Self {
        self.maxlength = Some(characters);
        self
    }
}

/// One of a list of options.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Opt {
    pub value: Option<String>,
    pub text: String,
    pub selected: Option<bool>,
    pub disabled: bool,
    pub attributes: Attributes,
}

impl Opt {
    /// An option that sends this value.
    pub fn new(value: impl Into<String>, text: impl Into<String>) -> Self {
        Self { value: Some(value.into()), text: text.into(), ..Self::default() }
    }
}

/// A list of options of which one is sent.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Select {
    pub id: String,
    pub name: String,
    pub label: Label,
    pub hint: Option<Hint>,
    pub error_message: Option<ErrorMessage>,
    pub form_group: FormGroup,
    pub described_by: String,
    pub disabled: bool,
    pub classes: String,
    pub attributes: Attributes,
    pub items: Vec<Opt>,
    pub value: Option<String>,
}

shared!(Select);

impl Select {
    /// The options: what is sent, and the words for it.
    #[must_use]
    pub fn options<V: Into<String>, T: Into<String>>(
        mut self,
        options: impl IntoIterator<Item = (V, T)>,
    ) -> Self {
        self.items = options.into_iter().map(|(value, text)| Opt::new(value, text)).collect();
        self
    }

    /// What was chosen before.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }
}

/// A field that takes files.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct FileUpload {
    pub id: String,
    pub name: String,
    pub label: Label,
    pub hint: Option<Hint>,
    pub error_message: Option<ErrorMessage>,
    pub form_group: FormGroup,
    pub described_by: String,
    pub disabled: bool,
    pub classes: String,
    pub attributes: Attributes,
    pub multiple: bool,
}

shared!(FileUpload);

impl FileUpload {
    /// Several files at once.
    #[must_use]
    pub fn multiple(mut self) -> Self {
        self.multiple = true;
        self
    }
}
