//! Enters: a line of words, links and tags. Leaves: it, to be drawn where govuk-frontend takes `html`.
//! Never: holds HTML.

use super::Attributes;
use serde::{Deserialize, Serialize};

/// What a part of a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    #[default]
    Text,
    /// The next part begins a line.
    Line,
    Link,
    Tag,
    Strong,
    /// Signs that are read one by one: a hash, a reference, a fingerprint.
    Code,
    /// For who listens alone.
    Hidden,
    /// Less important: set in grey.
    Quiet,
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Part {
    pub kind: Kind,
    pub text: String,
    /// Of a link.
    pub href: String,
    /// Of a link: what is added for who listens (“of 17-3”).
    pub hidden: String,
    pub classes: String,
    pub attributes: Attributes,
}

impl Part {
    fn of(kind: Kind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into(), ..Self::default() }
    }

    /// Plain words.
    pub fn text(text: impl Into<String>) -> Self {
        Self::of(Kind::Text, text)
    }

    /// The end of a line.
    pub fn line() -> Self {
        Self::of(Kind::Line, "")
    }

    /// A link.
    pub fn link(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self { href: href.into(), ..Self::of(Kind::Link, text) }
    }

    /// A tag in a colour of govuk-frontend (`green`; none is blue).
    pub fn tag(text: impl Into<String>, colour: &str) -> Self {
        let classes = if colour.is_empty() { String::new() } else { format!("govuk-tag--{colour}") };
        Self { classes, ..Self::of(Kind::Tag, text) }
    }

    /// Words that matter.
    pub fn strong(text: impl Into<String>) -> Self {
        Self::of(Kind::Strong, text)
    }

    /// Signs that are read one by one.
    pub fn code(text: impl Into<String>) -> Self {
        Self::of(Kind::Code, text)
    }

    /// Words for who listens alone.
    pub fn hidden(text: impl Into<String>) -> Self {
        Self::of(Kind::Hidden, text)
    }

    /// Words that matter less.
    pub fn quiet(text: impl Into<String>) -> Self {
        Self::of(Kind::Quiet, text)
    }

    /// What is added to a link for who listens.
    #[must_use]
    pub fn about(mut self, text: impl Into<String>) -> Self {
        self.hidden = text.into();
        self
    }

    /// The key that follows a link.
    #[must_use]
    pub fn shortcut(mut self, key: char) -> Self {
        self.attributes.insert("data-shortcut".to_owned(), key.to_string());
        self
    }
}

/// Words, or a line of parts.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Text {
    pub text: String,
    pub parts: Vec<Part>,
    pub classes: String,
    pub attributes: Attributes,
}

impl From<Vec<Part>> for Text {
    fn from(parts: Vec<Part>) -> Self {
        Self { parts, ..Self::default() }
    }
}

impl From<Part> for Text {
    fn from(part: Part) -> Self {
        vec![part].into()
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self { text, ..Self::default() }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}
