//! Enters: the text of a settings file (TOML). Leaves: typed values, and every fault with file and line.
//! Never: stops at the first fault, or ignores an unknown setting.

use crate::fault::{Fault, Refusal};
use crate::words::is_plain_line;
use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::cell::RefCell;
use std::str::FromStr;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A settings file that is being read.
pub struct Settings<'t> {
    file: &'t str,
    text: &'t str,
    root: Spanned<DeTable<'t>>,
    faults: RefCell<Vec<Fault>>,
    /// Whether there were syntax errors: what is recovered from such a file would only give false faults.
    broken: bool,
}

/// One table of the file. Keys that are asked for count as known; [`Section::end`] reports the rest.
pub struct Section<'s, 't> {
    settings: &'s Settings<'t>,
    table: &'s DeTable<'t>,
    name: String,
    at: usize,
    asked: RefCell<Vec<&'static str>>,
}

impl<'t> Settings<'t> {
    /// Parses the text; if it is not valid TOML, only the syntax errors are reported.
    pub fn parse(file: &'t str, text: &'t str) -> Self {
        let (root, errors) = DeTable::parse_recoverable(text);
        let mut settings = Self { file, text, root, faults: RefCell::default(), broken: false };
        for error in &errors {
            let at = error.span().map_or(0, |span| span.start);
            let cause =
                format!("the file is not valid TOML: {}", error.message().lines().next().unwrap_or_default());
            settings.fault(at, "settings.syntax", cause, "correct this line");
        }
        settings.broken = !errors.is_empty();
        settings
    }

    /// Returns the top-level table.
    pub fn top(&self) -> Section<'_, 't> {
        self.section(self.root.get_ref(), String::new(), 0)
    }

    /// Returns the value that was read if there were no faults.
    ///
    /// # Errors
    /// Anything was wrong; every fault has its line.
    pub fn finish<T>(self, value: T) -> Result<T, Vec<Fault>> {
        let faults = self.into_faults();
        if faults.is_empty() { Ok(value) } else { Err(faults) }
    }

    /// Returns every fault found.
    pub fn into_faults(self) -> Vec<Fault> {
        self.faults.into_inner()
    }

    fn section<'s>(&'s self, table: &'s DeTable<'t>, name: String, at: usize) -> Section<'s, 't> {
        Section { settings: self, table, name, at, asked: RefCell::default() }
    }

    fn line_at(&self, offset: usize) -> usize {
        1 + self.text.bytes().take(offset).filter(|b| *b == b'\n').count()
    }

    fn fault(&self, offset: usize, code: &'static str, cause: impl Into<String>, cure: impl Into<String>) {
        if self.broken {
            return;
        }
        let at = format!("{}:{}", self.file, self.line_at(offset));
        self.faults.borrow_mut().push(Fault::new(at, code, cause, cure));
    }
}

impl<'s, 't> Section<'s, 't> {
    /// Reads a text that `T` accepts; required.
    pub fn need<T: FromStr>(&self, key: &'static str, form: &str) -> Option<T> {
        if self.has(key) { self.may(key, form) } else { self.missing(key, form) }
    }

    /// Reads a text that `T` accepts, if present.
    pub fn may<T: FromStr>(&self, key: &'static str, form: &str) -> Option<T> {
        self.value(key).and_then(|text| self.convert(key, text, form))
    }

    /// Reads a text whose type explains its own refusals; required.
    pub fn checked<T: FromStr<Err = Refusal>>(&self, key: &'static str) -> Option<T> {
        match self.value(key) {
            Some(value) => self.refused(value, key),
            None => self.missing(key, "as docs and examples show"),
        }
    }

    /// Reads a list of such texts; empty if absent.
    pub fn checked_list<T: FromStr<Err = Refusal>>(&self, key: &'static str) -> Vec<T> {
        self.items(key, "texts").filter_map(|item| self.refused(item, key)).collect()
    }

    /// Reads one word of a closed list, as `T` spells it; required.
    pub fn word<T: DeserializeOwned>(&self, key: &'static str) -> Option<T> {
        if self.has(key) { self.may_word(key) } else { self.missing(key, "one of the words allowed here") }
    }

    /// Reads one word of a closed list, if present.
    pub fn may_word<T: DeserializeOwned>(&self, key: &'static str) -> Option<T> {
        self.value(key).and_then(|value| self.spelt(value, key))
    }

    /// Reads a list of such words; empty if absent.
    pub fn words<T: DeserializeOwned>(&self, key: &'static str) -> Vec<T> {
        self.items(key, "words").filter_map(|item| self.spelt(item, key)).collect()
    }

    /// Reads a non-blank text of any length, trimmed; required.
    pub fn sentence(&self, key: &'static str) -> Option<String> {
        self.need::<String>(key, "a text that says something").map(|text| text.trim().to_owned())
    }

    /// Reads one plain line of at most `most` characters; required.
    pub fn line(&self, key: &'static str, most: usize) -> Option<String> {
        if self.has(key) { self.may_line(key, most) } else { self.missing(key, "one line of text") }
    }

    /// Reads one plain line of at most `most` characters, if present.
    pub fn may_line(&self, key: &'static str, most: usize) -> Option<String> {
        self.value(key).and_then(|value| self.plain(value, key, most))
    }

    /// Reads a whole number within bounds, if present.
    pub fn number(&self, key: &'static str, least: i64, most: i64) -> Option<i64> {
        let value = self.value(key)?;
        let number =
            value.get_ref().as_integer().and_then(|n| i64::from_str_radix(n.as_str(), n.radix()).ok());
        match number.filter(|n| (least..=most).contains(n)) {
            Some(number) => Some(number),
            None => self.wrong(value, key, &format!("a whole number from {least} to {most}")),
        }
    }

    /// Reads a whole number within bounds; required.
    pub fn need_number(&self, key: &'static str, least: i64, most: i64) -> Option<i64> {
        if self.has(key) { self.number(key, least, most) } else { self.missing(key, "a whole number") }
    }

    /// Reads a list of whole numbers within bounds; empty if absent.
    pub fn numbers(&self, key: &'static str, least: i64, most: i64) -> Vec<i64> {
        let form = format!("a whole number from {least} to {most}");
        let number = |item: &'s Spanned<DeValue<'t>>| {
            let number =
                item.get_ref().as_integer().and_then(|n| i64::from_str_radix(n.as_str(), n.radix()).ok());
            number.filter(|n| (least..=most).contains(n)).or_else(|| self.wrong(item, key, &form))
        };
        self.items(key, "whole numbers").filter_map(number).collect()
    }

    /// Reads `true` or `false`, if present.
    pub fn flag(&self, key: &'static str) -> Option<bool> {
        let value = self.value(key)?;
        value.get_ref().as_bool().or_else(|| self.wrong(value, key, "true or false"))
    }

    /// Reads a date, if present.
    pub fn date(&self, key: &'static str) -> Option<NaiveDate> {
        let value = self.value(key)?;
        let text = match value.get_ref() {
            DeValue::Datetime(date) => date.to_string(),
            DeValue::String(text) => text.to_string(),
            _ => String::new(),
        };
        text.parse().ok().or_else(|| self.wrong(value, key, "a date such as 2026-03-31"))
    }

    /// Reads a date; required.
    pub fn need_date(&self, key: &'static str) -> Option<NaiveDate> {
        if self.has(key) { self.date(key) } else { self.missing(key, "a date such as 2026-03-31") }
    }

    /// Requires a value of any type, which the caller reads elsewhere.
    pub fn need_any(&self, key: &'static str) {
        if self.value(key).is_none() {
            self.missing::<()>(key, "a value");
        }
    }

    /// Reads a list of texts that `T` accepts; empty if absent.
    pub fn list<T: FromStr>(&self, key: &'static str, form: &str) -> Vec<T> {
        self.items(key, form).filter_map(|item| self.convert(key, item, form)).collect()
    }

    /// Reads a table, if present.
    pub fn table(&self, key: &'static str) -> Option<Section<'s, 't>> {
        let value = self.value(key)?;
        match value.get_ref().as_table() {
            Some(table) => Some(self.settings.section(table, self.path(key), value.span().start)),
            None => self.wrong(value, key, "a table"),
        }
    }

    /// Reads a table; required.
    pub fn need_table(&self, key: &'static str) -> Option<Section<'s, 't>> {
        if self.has(key) { self.table(key) } else { self.missing(key, "a table") }
    }

    /// Reads every key of this section with its value, one line of text each.
    pub fn lines(&self, most: usize) -> Vec<(String, String)> {
        let line = |(key, value): (&'s Spanned<Cow<'t, str>>, &'s Spanned<DeValue<'t>>)| {
            let key: &str = key.get_ref();
            Some((key.to_owned(), self.plain(value, key, most)?))
        };
        self.table.iter().filter_map(line).collect()
    }

    /// Reads a list of tables (`[[key]]`); empty if absent.
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

    /// Returns the line of a setting, or that of its section if the setting is absent.
    pub fn line_of(&self, key: &str) -> usize {
        self.settings.line_at(self.table.get(key).map_or(self.at, |value| value.span().start))
    }

    /// Returns whether the setting is present.
    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Records a fault of this section that no single setting causes.
    pub fn fault(&self, code: &'static str, cause: impl Into<String>, cure: impl Into<String>) {
        self.settings.fault(self.at, code, cause, cure);
    }

    /// Records a fault of one setting of this section.
    pub fn fault_at(&self, key: &str, code: &'static str, cause: impl Into<String>, cure: impl Into<String>) {
        let at = self.table.get(key).map_or(self.at, |value| value.span().start);
        self.settings.fault(at, code, cause, cure);
    }

    /// Returns whether nothing was wrong with the file so far: what only a whole file shows is asked of a sound one.
    pub fn is_sound(&self) -> bool {
        self.settings.faults.borrow().is_empty()
    }

    /// Reports the settings that were never asked for. Call it after reading all of them.
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

    /// Returns the items of a list; a value that is not a list is a fault.
    fn items(
        &self,
        key: &'static str,
        form: &str,
    ) -> impl Iterator<Item = &'s Spanned<DeValue<'t>>> + use<'s, 't> {
        let value = self.value(key);
        let items = value.and_then(|value| {
            value.get_ref().as_array().or_else(|| self.wrong(value, key, &format!("a list of {form}")))
        });
        items.into_iter().flatten()
    }

    fn refused<T: FromStr<Err = Refusal>>(&self, value: &Spanned<DeValue<'t>>, key: &str) -> Option<T> {
        let text =
            value.get_ref().as_str().or_else(|| self.wrong(value, key, "text between double quotes"))?;
        let refusal = match text.parse() {
            Ok(parsed) => return Some(parsed),
            Err(refusal) => refusal,
        };
        let cause = format!("{}: {}", self.path(key), refusal.cause);
        self.settings.fault(value.span().start, "settings.value", cause, refusal.cure);
        None
    }

    fn spelt<T: DeserializeOwned>(&self, value: &Spanned<DeValue<'t>>, key: &str) -> Option<T> {
        let text =
            value.get_ref().as_str().or_else(|| self.wrong(value, key, "text between double quotes"))?;
        match serde_json::from_value(serde_json::Value::from(text)) {
            Ok(word) => Some(word),
            Err(error) => {
                let (cause, cure) =
                    (format!("{} is not known: {error}", self.path(key)), "use one of the words named");
                self.settings.fault(value.span().start, "settings.value", cause, cure);
                None
            }
        }
    }

    fn plain(&self, value: &Spanned<DeValue<'t>>, key: &str, most: usize) -> Option<String> {
        let text = value.get_ref().as_str().map(str::trim).filter(|text| is_plain_line(text, most));
        let form = format!("one line of 1 to {most} visible characters");
        text.map(str::to_owned).or_else(|| self.wrong(value, key, &form))
    }

    fn convert<T: FromStr>(&self, key: &str, value: &Spanned<DeValue<'t>>, form: &str) -> Option<T> {
        let text = value.get_ref().as_str();
        if text.is_some_and(|text| text.trim().is_empty()) {
            let cause = format!("{} is empty", self.path(key));
            self.settings.fault(value.span().start, "settings.value", cause, format!("write {form}"));
            return None;
        }
        text.and_then(|text| text.parse().ok()).or_else(|| self.wrong(value, key, form))
    }

    fn missing<T>(&self, key: &'static str, form: &str) -> Option<T> {
        self.asked.borrow_mut().push(key);
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
