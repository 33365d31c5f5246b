//! Enters: what happened and what may be chosen. Leaves: the timeline, badges, bars, filters and side navigation of the
//! Ministry of Justice's patterns. Never: formats a date: its words come with it.

use super::{Attributes, Button, Field, Link, Part, Text};
use serde::{Deserialize, Serialize};

/// When something happened.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Moment {
    /// For machines: `2026-11-30T09:15:00Z`.
    pub timestamp: String,
    /// For people.
    pub text: String,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct TimelineItem {
    pub label: Text,
    pub byline: Option<Text>,
    pub datetime: Moment,
    pub text: String,
    pub parts: Vec<Part>,
    pub classes: String,
    pub attributes: Attributes,
}

/// What happened, newest first.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Timeline {
    pub items: Vec<TimelineItem>,
    pub heading_level: Option<u8>,
    pub classes: String,
    pub attributes: Attributes,
}

/// A mark, such as URGENT.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Badge {
    pub text: String,
    pub classes: String,
    pub attributes: Attributes,
}

/// Whom or what a page is about.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct IdentityBar {
    pub title: Text,
    pub actions: Vec<Button>,
    pub classes: String,
    pub attributes: Attributes,
}

/// What a list is filtered by, each with the link that takes it off.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct FilterCategory {
    pub heading: Text,
    pub items: Vec<Link>,
}

/// By what a list is filtered now.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct SelectedFilters {
    pub heading: Text,
    pub clear_link: Link,
    pub categories: Vec<FilterCategory>,
}

/// The form that filters a list.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Filter {
    pub heading: Text,
    pub selected_filters: Option<SelectedFilters>,
    /// The address of the list.
    pub action: String,
    pub options: Vec<Field>,
    pub submit: Button,
    pub attributes: Attributes,
}

/// A link of a side navigation.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct SideItem {
    pub text: String,
    pub href: String,
    pub active: bool,
}

/// Links with a heading.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct SideSection {
    pub heading: SideHeading,
    pub items: Vec<SideItem>,
}

/// The heading of a section.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct SideHeading {
    pub text: String,
    pub heading_level: Option<u8>,
    pub classes: String,
}

/// Links beside a page.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct SideNavigation {
    pub label: String,
    pub sections: Vec<SideSection>,
    pub items: Vec<SideItem>,
    pub classes: String,
    pub attributes: Attributes,
}

/// A link of a sub navigation.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct SubItem {
    pub text: String,
    pub href: String,
    pub active: bool,
    /// The notice that its count follows, if any.
    pub notice: String,
    pub count: Option<u64>,
    pub attributes: Attributes,
}

/// Parts of one subject.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct SubNavigation {
    pub label: String,
    pub items: Vec<SubItem>,
    pub classes: String,
    pub attributes: Attributes,
}
