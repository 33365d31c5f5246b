//! Enters: any field, also a question with its answers and what is asked further under each. Leaves: a form as a list,
//! drawn by `_shared/fields`. Never: holds a form's address or its token: the page's template has them.

use super::ids::id_of;
use super::{
    Attributes, Button, CharacterCount, DateInput, Details, ErrorMessage, Fieldset, FileUpload, FormGroup,
    Hint, Input, InsetText, Label, PasswordInput, Select, Textarea, WarningText,
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

/// One answer.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Choice {
    pub id: String,
    /// Checkboxes alone: the name under which it is sent, if not that of the whole.
    pub name: String,
    pub value: String,
    pub text: String,
    /// Words between answers, such as “or”; then it is no answer itself.
    pub divider: String,
    pub hint: Option<Hint>,
    /// Classes of the label; its words are `text`.
    pub label: Label,
    pub checked: Option<bool>,
    pub disabled: bool,
    /// Checkboxes alone: `exclusive` unchecks all others.
    pub behaviour: String,
    /// What is asked where this is chosen. Without JavaScript it is always shown.
    pub conditional: Vec<Field>,
    pub attributes: Attributes,
}

impl Choice {
    /// An answer that sends this value.
    pub fn new(value: impl Into<String>, text: impl Into<String>) -> Self {
        Self { value: value.into(), text: text.into(), ..Self::default() }
    }

    /// Words that help.
    #[must_use]
    pub fn hint(mut self, text: impl Into<String>) -> Self {
        let text = text.into();
        self.hint = (!text.is_empty()).then(|| Hint::new(text));
        self
    }

    /// Whether it is chosen.
    #[must_use]
    pub fn checked(mut self, yes: bool) -> Self {
        self.checked = Some(yes);
        self
    }

    /// What is asked where this is chosen.
    #[must_use]
    pub fn asks(mut self, fields: Vec<Field>) -> Self {
        self.conditional = fields;
        self
    }
}

/// What both kinds of question share.
macro_rules! question {
    ($name:ident) => {
        impl $name {
            /// A question whose answer is sent under this name.
            pub fn new(name: impl Into<String>, question: impl Into<String>, items: Vec<Choice>) -> Self {
                let name = name.into();
                let fieldset = Some(Fieldset::new(question, "m"));
                Self { id_prefix: id_of(&name), name, fieldset, items, ..Self::default() }
            }

            /// The question is the heading of the page.
            #[must_use]
            pub fn as_page_heading(mut self) -> Self {
                let heading = self.fieldset.take().map(Fieldset::as_page_heading);
                self.fieldset = heading.map(|mut fieldset| {
                    if let Some(legend) = &mut fieldset.legend {
                        "govuk-fieldset__legend--l".clone_into(&mut legend.classes);
                    }
                    fieldset
                });
                self
            }

            /// The question is set as large as a heading of this size (`l`, `m` or `s`).
            #[must_use]
            pub fn size(mut self, size: &str) -> Self {
                if let Some(legend) = self.fieldset.as_mut().and_then(|fieldset| fieldset.legend.as_mut()) {
                    legend.classes = format!("govuk-fieldset__legend--{size}");
                }
                self
            }

            /// Words that help.
            #[must_use]
            pub fn hint(mut self, text: impl Into<String>) -> Self {
                let text = text.into();
                self.hint = (!text.is_empty()).then(|| Hint::new(text));
                self
            }

            /// What is wrong with the answer, if anything is.
            #[must_use]
            pub fn error(mut self, text: Option<impl Into<String>>) -> Self {
                self.error_message = text.map(ErrorMessage::new);
                self
            }

            /// Adds a class of govuk-frontend, such as the one that makes the boxes small.
            #[must_use]
            pub fn class(mut self, class: &str) -> Self {
                if !self.classes.is_empty() {
                    self.classes.push(' ');
                }
                self.classes.push_str(class);
                self
            }
        }
    };
}

/// A question with one answer.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Radios {
    pub name: String,
    pub id_prefix: String,
    pub fieldset: Option<Fieldset>,
    pub hint: Option<Hint>,
    pub error_message: Option<ErrorMessage>,
    pub form_group: FormGroup,
    pub items: Vec<Choice>,
    pub classes: String,
    pub attributes: Attributes,
    pub value: Option<String>,
}

question!(Radios);

impl Radios {
    /// What was chosen before.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }

    /// The answers stand beside each other.
    #[must_use]
    pub fn inline(self) -> Self {
        self.class("govuk-radios--inline")
    }
}

/// A question with any number of answers.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Checkboxes {
    pub name: String,
    pub id_prefix: String,
    pub fieldset: Option<Fieldset>,
    pub hint: Option<Hint>,
    pub error_message: Option<ErrorMessage>,
    pub form_group: FormGroup,
    pub items: Vec<Choice>,
    pub classes: String,
    pub attributes: Attributes,
    pub values: Vec<String>,
    pub described_by: String,
}

question!(Checkboxes);

impl Checkboxes {
    /// What was chosen before.
    #[must_use]
    pub fn values<V: Into<String>>(mut self, values: impl IntoIterator<Item = V>) -> Self {
        self.values = values.into_iter().map(Into::into).collect();
        self
    }
}
