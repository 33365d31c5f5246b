//! Enters: the tree of a case file and its field tables. Leaves: the faults of facts that contradict each other.
//! Never: repeats a fault of one field (that is `reader`): unreadable facts are skipped.

use super::codes::{self, Code, Faults};
use super::json::Node;
use super::{Field, Need, Order, Sort, When, text};
use chrono::NaiveDate;
use std::collections::HashMap;

/// Looks up facts by pointer and collects the faults between them.
pub struct Checker<'t, 'f> {
    root: &'t Node,
    /// The fields of the event, if it is a known one.
    event: &'static [Field],
    faults: &'f mut Faults,
}

impl<'t, 'f> Checker<'t, 'f> {
    pub(crate) fn new(root: &'t Node, event: &'static [Field], faults: &'f mut Faults) -> Self {
        Checker { root, event, faults }
    }

    /// Returns the non-null node at a pointer.
    pub(crate) fn at(&self, pointer: &str) -> Option<&'t Node> {
        self.root.at(pointer)
    }

    pub(crate) fn text(&self, pointer: &str) -> Option<&'t str> {
        self.root.text(pointer)
    }

    pub(crate) fn date(&self, pointer: &str) -> Option<NaiveDate> {
        self.text(pointer).and_then(text::date)
    }

    pub(crate) fn flag(&self, pointer: &str) -> Option<bool> {
        match self.at(pointer)? {
            Node::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    /// Returns the value of a word of a closed list.
    pub(crate) fn word<T: Copy>(&self, pointer: &str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(pointer)?;
        words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value)
    }

    pub(crate) fn fault(&mut self, at: &str, code: Code, cause: &str, cure: &str) {
        self.faults.add(at, code, cause, cure);
    }

    /// Adds a fault at `at` if both dates are readable and the first is after the second.
    pub(crate) fn order(&mut self, first: &str, second: &str, at: &str, cause: &str) {
        if let (Some(first), Some(second)) = (self.date(first), self.date(second))
            && first > second
        {
            self.fault(at, codes::FACT_ORDER, cause, "correct one of the two dates");
        }
    }

    /// Returns whether a condition of a field of the object at `base` holds; `None` if unreadable.
    fn holds(&self, base: &str, table: &[Field], when: When) -> Option<bool> {
        match when {
            When::There(at) => Some(self.at(&whole(base, at)).is_some()),
            When::Absent(at) => Some(self.at(&whole(base, at)).is_none()),
            When::Foreign(at) => Some(self.text(&whole(base, at)).is_some_and(text::is_foreign)),
            When::Is(at, words) => {
                let sort = table.iter().find(|field| field.name == at).map(|field| field.sort);
                let said = match (self.at(&whole(base, at))?, sort) {
                    (Node::Flag(flag), _) => {
                        if *flag {
                            "true"
                        } else {
                            "false"
                        }
                    }
                    (Node::Text(word), Some(Sort::Choice(known))) => {
                        known.iter().find(|(one, _)| one == word)?.0
                    }
                    (Node::Text(word), None) => word.as_str(),
                    _ => return None,
                };
                Some(words.contains(&said))
            }
        }
    }

    /// Returns whether a condition of the event's own fields holds; `None` if unreadable.
    pub(crate) fn event_holds(&self, when: When) -> Option<bool> {
        self.holds("/event", self.event, when)
    }

    /// Checks the fields of the object at `base` against their table.
    pub(crate) fn object(&mut self, base: &str, table: &'static [Field]) {
        for field in table {
            let at = format!("{base}/{}", field.name);
            let node = self.at(&at);
            self.presence(base, table, field.needed.filter(|_| node.is_none()), &at);
            self.presence(base, table, field.barred.filter(|_| node.is_some()), &at);
            for order in field.order {
                match *order {
                    Order::NotBefore(other, cause) => self.order(&whole(base, other), &at, &at, cause),
                    Order::NotAfter(other, cause) => self.order(&at, &whole(base, other), &at, cause),
                }
            }
            match (field.sort, node) {
                (Sort::Pattern(pattern), Some(Node::Text(text))) if pattern.clear => self.clear(&at, text),
                (Sort::Object(inner), Some(Node::Object(_))) => self.object(&at, inner),
                (Sort::Event, Some(_)) => self.object(&at, self.event),
                (Sort::List(inner), Some(Node::List(list))) if list.len() <= field.most => {
                    (0..list.len()).for_each(|index| self.object(&format!("{at}/{index}"), inner));
                }
                _ => {}
            }
        }
    }

    fn presence(&mut self, base: &str, table: &[Field], need: Option<Need>, at: &str) {
        if let Some(need) = need
            && self.holds(base, table, need.when) == Some(true)
        {
            let told_at = need.at.map(|other| whole(base, other));
            self.fault(told_at.as_deref().unwrap_or(at), need.code, need.cause, need.cure);
        }
    }

    /// Checks that text shown in subjects, clear parts and the ledger does not identify the person.
    fn clear(&mut self, at: &str, public: &str) {
        let names = ["/person/name", "/person/latin_name"].map(|at| self.text(at).unwrap_or_default());
        let home_office = self.text("/home_office_reference").filter(|text| !text.is_empty());
        if names.iter().any(|name| text::holds_name(public, name)) {
            let cause = "this holds a part of the person's name, and it is shown in clear in emails and logs";
            let cure = "write one without the name; an optional reference may be left out";
            self.fault(at, codes::CLEAR_IDENTITY, cause, cure);
        }
        if home_office.is_some_and(|secret| public.contains(secret)) {
            let cause = "this holds the Home Office reference, and it is shown in clear in emails and logs";
            let cure = "write another; an optional reference may be left out";
            self.fault(at, codes::CLEAR_IDENTITY, cause, cure);
        }
    }
}

/// Resolves a field name to a pointer: a pointer as it is, another name relative to the object at `base`.
pub fn whole(base: &str, at: &str) -> String {
    if at.starts_with('/') { at.to_owned() } else { format!("{base}/{at}") }
}

/// Returns the number under which the key was first seen, if it was seen before.
pub(crate) fn earlier<K: std::hash::Hash + Eq>(
    seen: &mut HashMap<K, usize>,
    key: K,
    number: usize,
) -> Option<usize> {
    let first = *seen.entry(key).or_insert(number);
    (first != number).then_some(first)
}
