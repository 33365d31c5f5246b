//! Enters: the words and choices of a page. Leaves: values that the templates of `_shared/govuk` and `_shared/moj` draw.
//! Never: holds HTML: every text is escaped where it is drawn.
//!
//! Each has the options of govuk-frontend under the same names (in JSON camelCase), so that its fixtures prove the
//! templates. An empty text is one that was not given.

mod content;
mod date;
mod field;
mod form;
mod ids;
mod lists;
mod moj;
mod navigation;
mod signs;
mod viewer;

pub use content::{Kind, Part, Text};
pub use date::{DateInput, DatePart};
pub use field::{Checkboxes, Choice, Field, Heading, Hidden, Radios};
pub use form::{Affix, CharacterCount, FileUpload, Input, Opt, PasswordInput, Select, Textarea};
pub use ids::id_of;
pub use lists::{
    Action, Actions, Card, CardTitle, Cell, Row, Status, SummaryList, Table, TaskItem, TaskList, fact,
    row_with_actions,
};
pub use moj::{
    Badge, Filter, FilterCategory, IdentityBar, Moment, SelectedFilters, SideHeading, SideItem,
    SideNavigation, SideSection, SubItem, SubNavigation, Timeline, TimelineItem,
};
pub use navigation::{BackLink, Breadcrumbs, Link, PageLink, PageNumber, Pagination, SkipLink};
pub use signs::{
    Accordion, Button, Details, ErrorSummary, InsetText, NotificationBanner, Panel, Section, Tab, Tabs, Tag,
    WarningText,
};
pub use viewer::{PagePicture, Viewer};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Further attributes of an element, by name. The names are ours, never a person's.
pub type Attributes = BTreeMap<String, String>;

/// The label of a field.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Label {
    pub text: String,
    pub classes: String,
    /// Whether the label is the page’s `h1`.
    pub is_page_heading: bool,
    /// The id of the field, where the label stands alone.
    pub r#for: String,
    pub attributes: Attributes,
}

impl Label {
    /// A label with these words.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// Words that help, below a label.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Hint {
    pub text: String,
    pub id: String,
    pub classes: String,
    pub attributes: Attributes,
}

impl Hint {
    /// A hint with these words.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ErrorMessage {
    pub text: String,
    pub id: String,
    pub classes: String,
    /// What is said before it to who does not see the colour.
    pub visually_hidden_text: String,
    pub attributes: Attributes,
}

impl Default for ErrorMessage {
    fn default() -> Self {
        Self {
            text: String::new(),
            id: String::new(),
            classes: String::new(),
            visually_hidden_text: "Error".to_owned(),
            attributes: Attributes::new(),
        }
    }
}

impl ErrorMessage {
    /// An error message with these words.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// The box around a field.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct FormGroup {
    pub classes: String,
    pub attributes: Attributes,
}

/// The words above a group of fields.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Legend {
    pub text: String,
    pub classes: String,
    /// Whether the legend is the page’s `h1`.
    pub is_page_heading: bool,
}

/// A group of fields with its words.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Fieldset {
    pub legend: Option<Legend>,
    pub classes: String,
    pub role: String,
    pub described_by: String,
    pub attributes: Attributes,
}

impl Fieldset {
    /// A group with this legend, set as large as a heading of that size (`l`, `m` or `s`).
    pub fn new(legend: impl Into<String>, size: &str) -> Self {
        let classes = format!("govuk-fieldset__legend--{size}");
        let legend = Legend { text: legend.into(), classes, is_page_heading: false };
        Self { legend: Some(legend), ..Self::default() }
    }

    /// The legend is the heading of the page.
    #[must_use]
    pub fn as_page_heading(mut self) -> Self {
        if let Some(legend) = &mut self.legend {
            legend.is_page_heading = true;
        }
        self
    }
}
