//! Enters: what a page says. Leaves: buttons, tags, warnings, banners, and words that unfold.
//! Never: holds HTML.

use super::{Attributes, Hint, Link, Text};
use serde::{Deserialize, Serialize};

/// A button, or a link that looks like one.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Button {
    pub text: String,
    pub id: String,
    pub name: String,
    pub value: String,
    pub r#type: String,
    /// Makes it a link.
    pub href: String,
    pub disabled: bool,
    pub is_start_button: bool,
    pub prevent_double_click: Option<bool>,
    pub classes: String,
    pub attributes: Attributes,
}

impl Button {
    /// The button that sends a form. A second click within a second does nothing.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), prevent_double_click: Some(true), ..Self::default() }
    }

    /// A link that looks like a button.
    pub fn link(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self { text: text.into(), href: href.into(), ..Self::default() }
    }

    /// Less important than the one beside it.
    #[must_use]
    pub fn secondary(self) -> Self {
        self.class("govuk-button--secondary")
    }

    /// What it does cannot be undone.
    #[must_use]
    pub fn warning(self) -> Self {
        self.class("govuk-button--warning")
    }

    /// Sends this with the form, so that one form has several buttons.
    #[must_use]
    pub fn sends(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.name = name.into();
        self.value = value.into();
        self
    }

    /// The key that presses it.
    #[must_use]
    pub fn shortcut(mut self, key: char) -> Self {
        self.attributes.insert("data-shortcut".to_owned(), key.to_string());
        self
    }

    /// Sets an attribute.
    #[must_use]
    pub fn attribute(mut self, name: &str, value: impl Into<String>) -> Self {
        self.attributes.insert(name.to_owned(), value.into());
        self
    }

    fn class(mut self, class: &str) -> Self {
        if !self.classes.is_empty() {
            self.classes.push(' ');
        }
        self.classes.push_str(class);
        self
    }
}

/// A state in one or two words.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Tag {
    pub text: String,
    pub classes: String,
    pub attributes: Attributes,
}

impl Tag {
    /// A tag in a colour of govuk-frontend (`green`; none is blue).
    pub fn new(text: impl Into<String>, colour: &str) -> Self {
        let classes = if colour.is_empty() { String::new() } else { format!("govuk-tag--{colour}") };
        Self { text: text.into(), classes, ..Self::default() }
    }
}

/// Words that must not be missed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct WarningText {
    pub text: String,
    pub icon_fallback_text: String,
    pub classes: String,
    pub attributes: Attributes,
}

impl WarningText {
    /// A warning.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// Words set apart.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct InsetText {
    pub text: String,
    pub id: String,
    pub classes: String,
    pub attributes: Attributes,
}

impl InsetText {
    /// Words set apart.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// Words that unfold.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Details {
    pub summary_text: String,
    pub text: String,
    pub id: String,
    pub open: bool,
    pub classes: String,
    pub attributes: Attributes,
}

impl Details {
    /// Words that unfold. A template may put more inside: `{{#> _shared/govuk/details page.x}}…{{/_shared/govuk/details}}`.
    pub fn new(summary: impl Into<String>, text: impl Into<String>) -> Self {
        Self { summary_text: summary.into(), text: text.into(), ..Self::default() }
    }
}

/// What was done, large.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Panel {
    pub title_text: String,
    pub text: String,
    pub heading_level: Option<u8>,
    pub classes: String,
    pub attributes: Attributes,
}

/// What just happened, or what matters now.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct NotificationBanner {
    pub text: String,
    /// `success`, or nothing.
    pub r#type: String,
    pub title_text: String,
    pub title_id: String,
    pub title_heading_level: Option<String>,
    pub role: String,
    pub disable_auto_focus: Option<bool>,
    pub link: Option<Link>,
    pub classes: String,
    pub attributes: Attributes,
}

/// Every fault of a form, above it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ErrorSummary {
    pub title_text: String,
    pub description_text: String,
    pub error_list: Vec<Link>,
    pub disable_auto_focus: Option<bool>,
    pub classes: String,
    pub attributes: Attributes,
}

/// One of several views.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Tab {
    pub id: String,
    pub label: String,
    pub panel: Text,
    pub attributes: Attributes,
}

/// Several views of which one is shown; without JavaScript, all below each other.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Tabs {
    pub id: String,
    pub id_prefix: String,
    pub title: String,
    pub items: Vec<Tab>,
    pub classes: String,
    pub attributes: Attributes,
}

/// A part that unfolds.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Section {
    pub heading: Text,
    pub summary: Option<Hint>,
    pub content: Text,
    pub expanded: bool,
}

/// Several parts that unfold.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Accordion {
    pub id: String,
    pub heading_level: Option<u8>,
    pub remember_expanded: Option<bool>,
    pub items: Vec<Section>,
    pub classes: String,
    pub attributes: Attributes,
}
