//! Enters: where one may go from a page. Leaves: links, breadcrumbs and page numbers.
//! Never: decides who may go there.

use super::Attributes;
use serde::{Deserialize, Serialize};

/// A link.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Link {
    pub text: String,
    pub href: String,
    pub attributes: Attributes,
}

impl Link {
    /// A link.
    pub fn new(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self { text: text.into(), href: href.into(), ..Self::default() }
    }
}

/// The way back, above a page.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct BackLink {
    pub text: String,
    pub href: String,
    pub classes: String,
    pub attributes: Attributes,
}

/// The way past what every page begins with.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct SkipLink {
    pub text: String,
    pub href: String,
    pub classes: String,
    pub attributes: Attributes,
}

/// Where a page stands.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Breadcrumbs {
    pub items: Vec<Link>,
    pub collapse_on_mobile: bool,
    pub label_text: String,
    pub classes: String,
    pub attributes: Attributes,
}

/// The link to the page before or after.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct PageLink {
    pub text: String,
    pub href: String,
    pub label_text: String,
    pub attributes: Attributes,
}

/// The link to a page by its number, or a gap.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct PageNumber {
    pub number: Option<u64>,
    pub href: String,
    pub current: bool,
    /// A gap between numbers.
    pub ellipsis: bool,
    pub visually_hidden_text: String,
    pub attributes: Attributes,
}

/// The pages of a list.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Pagination {
    pub previous: Option<PageLink>,
    pub next: Option<PageLink>,
    pub items: Vec<PageNumber>,
    pub landmark_label: String,
    pub classes: String,
    pub attributes: Attributes,
}

impl Pagination {
    /// The links of page `current` of `last`, counted from 1; none where there is one page. `address` gives the address
    /// of a page.
    pub fn of(current: u64, last: u64, address: impl Fn(u64) -> String) -> Option<Self> {
        if last <= 1 {
            return None;
        }
        let link = |number: u64| PageLink { href: address(number), ..PageLink::default() };
        let mut items: Vec<PageNumber> = Vec::new();
        let mut before = 0;
        for number in (1..=last).filter(|n| *n == 1 || *n == last || n.abs_diff(current) <= 1) {
            if number > before + 1 {
                items.push(PageNumber { ellipsis: true, ..PageNumber::default() });
            }
            let current = number == current;
            items.push(PageNumber {
                number: Some(number),
                href: address(number),
                current,
                ..PageNumber::default()
            });
            before = number;
        }
        let previous = (current > 1).then(|| link(current - 1));
        let next = (current < last).then(|| link(current + 1));
        Some(Self { previous, next, items, ..Self::default() })
    }
}
