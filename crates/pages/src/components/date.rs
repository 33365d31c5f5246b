//! Enters: the name and the parts of a date. Leaves: three fields, for the day, the month and the year.
//! Never: checks whether the date exists.

use super::ids::id_of;
use super::{Attributes, ErrorMessage, Fieldset, FormGroup, Hint};
use serde::{Deserialize, Serialize};

/// A part of a date.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct DatePart {
    pub id: String,
    /// `day`, `month` or `year`; what is sent has the prefix of the whole before it.
    pub name: String,
    pub label: String,
    pub value: Option<String>,
    /// Whether this part is wrong; if none is, the whole date is.
    pub error: Option<bool>,
    pub inputmode: String,
    pub autocomplete: String,
    pub pattern: String,
    pub classes: String,
    pub attributes: Attributes,
}

/// A date in three fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct DateInput {
    pub id: String,
    /// What is sent is named `PREFIX-day`, `PREFIX-month` and `PREFIX-year`.
    pub name_prefix: String,
    pub fieldset: Option<Fieldset>,
    pub hint: Option<Hint>,
    pub error_message: Option<ErrorMessage>,
    pub form_group: FormGroup,
    pub items: Vec<DatePart>,
    pub classes: String,
    pub attributes: Attributes,
}

impl Default for DateInput {
    fn default() -> Self {
        Self {
            id: String::new(),
            name_prefix: String::new(),
            fieldset: None,
            hint: None,
            error_message: None,
            form_group: FormGroup::default(),
            items: ["day", "month", "year"]
                .map(|name| DatePart { name: name.to_owned(), ..DatePart::default() })
                .to_vec(),
            classes: String::new(),
            attributes: Attributes::new(),
        }
    }
}

impl DateInput {
    /// A date of which the day, the month and the year are what was typed before.
    pub fn new(name: impl Into<String>, question: impl Into<String>, typed: [&str; 3]) -> Self {
        let name_prefix = name.into();
        let fieldset = Some(Fieldset::new(question, "m"));
        let mut date = Self { id: id_of(&name_prefix), name_prefix, fieldset, ..Self::default() };
        for (part, value) in date.items.iter_mut().zip(typed) {
            part.value = Some(value.to_owned());
        }
        date
    }

    /// The question is the heading of the page.
    #[must_use]
    pub fn as_page_heading(self) -> Self {
        let mut date = self.size("l");
        date.fieldset = date.fieldset.take().map(Fieldset::as_page_heading);
        date
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

    /// What is wrong with the date, if anything is.
    #[must_use]
    pub fn error(mut self, text: Option<impl Into<String>>) -> Self {
        self.error_message = text.map(ErrorMessage::new);
        self
    }

    /// The id to which an error summary links: that of the day.
    pub fn first_id(&self) -> String {
        format!("{}-day", self.id)
    }
}
