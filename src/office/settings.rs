//! Enters: the text of a settings file (TOML). Leaves: typed values, and every fault with file and line.
//! Never: stops at the first fault, or passes over a setting that it does not know.

use crate::fault::Fault;
use std::cell::RefCell;
use std::str::FromStr;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One settings file while it is read.
pub struct Settings<'t> {
    file: &'t str,
    text: &'t str,
    root: Spanned<DeTable<'t>>,
    faults: RefCell<Vec<Fault>>,
}

/// One table of the file. What is asked for is known; [`Section::end`] reports the rest.
pub struct Section<'s, 't> {
    settings: &'s Settings<'t>,
    table: &'s DeTable<'t>,
    name: String,
    at: usize,
    asked: RefCell<Vec<&'static str>>,
}

impl<'t> Settings<'t> {
    /// Parses the text; syntax errors become faults and the rest is still read.
    pub fn parse(file: &'t str, text: &'t str) -> Self {
        let (root, errors) = DeTable::parse_recoverable(text);
        let settings = Self { file, text, root, faults: RefCell::default() };
        for error in errors {
            let at = error.span().map_or(0, |span| span.start);
            settings.fault(at, "settings.syntax", error.message(), "correct the TOML on this line");
        }
        settings
    }

    /// The top of the file.
    pub fn top(&self) -> Section<'_, 't> {
        self.section(self.root.get_ref(), String::new(), 0)
    }

    /// Everything that was found wrong.
    pub fn into_faults(self) -> Vec<Fault> {
        self.faults.into_inner()
    }

    fn section<'s>(&'s self, table: &'s DeTable<'t>, name: String, at: usize) -> Section<'s, 't> {
        Section { settings: self, table, name, at, asked: RefCell::default() }
    }

    fn fault(&self, offset: usize, code: &'static str, cause: impl Into<String>, cure: impl Into<String>) {
        let line = 1 + self.text.bytes().take(offset).filter(|b| *b == b'\n').count();
        let at = format!("{}:{line}", self.file);
        self.faults.borrow_mut().push(Fault::new(at, code, cause, cure));
    }
}

impl<'s, 't> Section<'s, 't> {
    /// A text that `T` accepts; must be there.
    pub fn need<T: FromStr>(&self, key: &'static str, form: &str) -> Option<T> {
        self.value(key).map_or_else(|| self.missing(key, form), |text| self.convert(key, text, form))
    }

    /// A text that `T` accepts, if it is there.
    pub fn may<T: FromStr>(&self, key: &'static str, form: &str) -> Option<T> {
        self.value(key).and_then(|text| self.convert(key, text, form))
    }

    /// A whole number within bounds, if it is there.
    pub fn number(&self, key: &'static str, least: i64, most: i64) -> Option<i64> {
        let value = self.value(key)?;
        let number =
            value.get_ref().as_integer().and_then(|n| i64::from_str_radix(n.as_str(), n.radix()).ok());
        match number.filter(|n| (least..=most).contains(n)) {
            Some(number) => Some(number),
            None => self.wrong(value, key, &format!("a whole number from {least} to {most}")),
        }
    }

    /// `true` or `false`, if it is there.
    pub fn flag(&self, key: &'static str) -> Option<bool> {
        let value = self.value(key)?;
        value.get_ref().as_bool().or_else(|| self.wrong(value, key, "true or false"))
    }

    /// A date, if it is there.
    pub fn date(&self, key: &'static str) -> Option<chrono::NaiveDate> {
        let value = self.value(key)?;
        let text = match value.get_ref() {
            DeValue::Datetime(date) => date.to_string(),
            DeValue::String(text) => text.to_string(),
            _ => String::new(),
        };
        text.parse().ok().or_else(|| self.wrong(value, key, "a date such as 2026-03-31"))
    }

    /// A list of texts that `T` accepts; empty where it is not there.
    pub fn list<T: FromStr>(&self, key: &'static str, form: &str) -> Vec<T> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let Some(array) = value.get_ref().as_array() else {
            return self.wrong(value, key, &format!("a list of {form}")).unwrap_or_default();
        };
        array
            .iter()
            .filter_map(|item| {
                let parsed = item.get_ref().as_str().and_then(|text| text.parse().ok());
                parsed.or_else(|| self.wrong(item, key, form))
            })
            .collect()
    }

    /// A table, if it is there.
    pub fn table(&self, key: &'static str) -> Option<Section<'s, 't>> {
        let value = self.value(key)?;
        match value.get_ref().as_table() {
            Some(table) => Some(self.settings.section(table, self.path(key), value.span().start)),
            None => self.wrong(value, key, "a table"),
        }
    }

    /// A list of tables (`[[key]]`); empty where it is not there.
    pub fn tables(&self, key: &'static str) -> Vec<Section<'s, 't>> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let tables: Option<Vec<_>> = value.get_ref().as_array().and_then(|array| {
            let section = |item: &'s Spanned<DeValue<'t>>| {
                let table = item.get_ref().as_table()?;
                Some(self.settings.section(table, self.path(key), item.span().start))
            };
            array.iter().map(section).collect()
        });
        tables.or_else(|| self.wrong(value, key, "a list of tables")).unwrap_or_default()
    }

    /// A fault of this section that no single setting causes.
    pub fn fault(&self, code: &'static str, cause: impl Into<String>, cure: impl Into<String>) {
        self.settings.fault(self.at, code, cause, cure);
    }

    /// A fault of one setting of this section.
    pub fn fault_at(&self, key: &str, code: &'static str, cause: impl Into<String>, cure: impl Into<String>) {
        let at = self.table.get(key).map_or(self.at, |value| value.span().start);
        self.settings.fault(at, code, cause, cure);
    }

    /// Reports the settings that nobody asked for. Call it once all are read.
    pub fn end(self) {
        let asked = self.asked.borrow();
        for key in self.table.keys().filter(|key| !asked.contains(&key.get_ref().as_ref())) {
            self.settings.fault(
                key.span().start,
                "settings.unknown",
                format!("{} is not a setting", self.path(key.get_ref())),
                format!("remove it or correct it; known here: {}", asked.join(", ")),
            );
        }
    }

    fn value(&self, key: &'static str) -> Option<&'s Spanned<DeValue<'t>>> {
        self.asked.borrow_mut().push(key);
        self.table.get(key)
    }

    fn convert<T: FromStr>(&self, key: &str, value: &Spanned<DeValue<'t>>, form: &str) -> Option<T> {
        let parsed = value
            .get_ref()
            .as_str()
            .filter(|text| !text.trim().is_empty())
            .and_then(|text| text.parse().ok());
        parsed.or_else(|| self.wrong(value, key, form))
    }

    fn missing<T>(&self, key: &str, form: &str) -> Option<T> {
        let cause = format!("{} is missing", self.path(key));
        self.settings.fault(self.at, "settings.missing", cause, format!("add it: {form}"));
        None
    }

    fn wrong<T>(&self, value: &Spanned<DeValue<'t>>, key: &str, form: &str) -> Option<T> {
        let cause = format!("{} is not {form}", self.path(key));
        self.settings.fault(value.span().start, "settings.value", cause, format!("write {form}"));
        None
    }

    fn path(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }
}
