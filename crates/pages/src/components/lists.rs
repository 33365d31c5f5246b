//! Enters: facts, rows and tasks. Leaves: a summary list, a table or a task list.
//! Never: sorts or leaves out what it is given.

use super::{Attributes, Hint, Part, Tag, Text};
use serde::{Deserialize, Serialize};

/// A cell of a table, or of its head.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Cell {
    pub text: String,
    pub parts: Vec<Part>,
    /// `numeric` sets figures below each other.
    pub format: String,
    pub colspan: Option<u32>,
    pub rowspan: Option<u32>,
    pub classes: String,
    pub attributes: Attributes,
}

impl Cell {
    /// A figure, set below the others of its column.
    pub fn number(number: impl ToString) -> Self {
        Self { text: number.to_string(), format: "numeric".to_owned(), ..Self::default() }
    }
}

impl<T: Into<Text>> From<T> for Cell {
    fn from(text: T) -> Self {
        let Text { text, parts, classes, attributes } = text.into();
        Self { text, parts, classes, attributes, ..Self::default() }
    }
}

/// A table.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Table {
    pub caption: String,
    pub caption_classes: String,
    pub head: Vec<Cell>,
    pub rows: Vec<Vec<Cell>>,
    /// Whether the first cell of a row says what the row is about.
    pub first_cell_is_header: bool,
    pub classes: String,
    pub attributes: Attributes,
}

impl Table {
    /// A table with this caption, above which nothing else needs to say what it is.
    pub fn new(caption: impl Into<String>, head: Vec<Cell>, rows: Vec<Vec<Cell>>) -> Self {
        let caption_classes = "govuk-table__caption--m".to_owned();
        Self {
            caption: caption.into(),
            caption_classes,
            head,
            rows,
            first_cell_is_header: true,
            ..Self::default()
        }
    }

    /// The same below a heading that says what its caption says: who does not see the page still hears the caption.
    #[must_use]
    pub fn headed(self) -> Self {
        Self { caption_classes: "govuk-visually-hidden".to_owned(), ..self }
    }
}

/// A link beside a fact.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Action {
    pub text: String,
    pub href: String,
    /// What is added for who listens (“the address”).
    pub visually_hidden_text: String,
    pub classes: String,
    pub attributes: Attributes,
}

impl Action {
    /// A link, with what is added for who listens.
    pub fn new(text: impl Into<String>, href: impl Into<String>, about: impl Into<String>) -> Self {
        Self { text: text.into(), href: href.into(), visually_hidden_text: about.into(), ..Self::default() }
    }
}

/// The links beside a fact.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Actions {
    pub items: Vec<Action>,
    pub classes: String,
}

/// A fact.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Row {
    pub key: Text,
    pub value: Text,
    pub actions: Actions,
    pub classes: String,
}

/// A fact without links.
pub fn fact(key: impl Into<String>, value: impl Into<Text>) -> Row {
    Row { key: key.into().into(), value: value.into(), ..Row::default() }
}

/// A fact with links beside it.
pub fn row_with_actions(key: impl Into<String>, value: impl Into<Text>, items: Vec<Action>) -> Row {
    Row { actions: Actions { items, classes: String::new() }, ..fact(key, value) }
}

/// The title of a card.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct CardTitle {
    pub text: String,
    pub heading_level: Option<u8>,
    pub classes: String,
}

/// The box around a summary list.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Card {
    pub title: Option<CardTitle>,
    pub actions: Actions,
    pub classes: String,
    pub attributes: Attributes,
}

/// Facts below each other.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct SummaryList {
    pub rows: Vec<Row>,
    pub card: Option<Card>,
    pub classes: String,
    pub attributes: Attributes,
}

impl SummaryList {
    /// Facts below each other.
    pub fn new(rows: Vec<Row>) -> Self {
        Self { rows, ..Self::default() }
    }

    /// In a box with this title and these links.
    #[must_use]
    pub fn in_card(mut self, title: impl Into<String>, items: Vec<Action>) -> Self {
        let title = Some(CardTitle { text: title.into(), ..CardTitle::default() });
        let actions = Actions { items, classes: String::new() };
        self.card = Some(Card { title, actions, ..Card::default() });
        self
    }
}

/// How far a task is: a tag, or words.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Status {
    pub tag: Option<Tag>,
    pub text: String,
    pub classes: String,
}

/// A task.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct TaskItem {
    pub title: Text,
    pub hint: Option<Hint>,
    pub status: Status,
    pub href: String,
    pub classes: String,
}

/// Tasks with how far each is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct TaskList {
    pub items: Vec<TaskItem>,
    pub id_prefix: String,
    pub classes: String,
    pub attributes: Attributes,
}
