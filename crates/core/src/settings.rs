//! Enters: the text of a settings file (TOML). Leaves: typed values, and every fault with file and line.
//! Never: stops at the first fault, or passes over a setting that it does not know.

use crate::fault::{Fault, Refusal};
use crate::words::is_plain_line;
use chrono::NaiveDate;
use serde::de::DeserializeOwned;
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
    /// What can be guessed of a file with syntax errors would only make false faults.
    broken: bool,
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
    /// Parses the text; where it is no TOML, the syntax errors are its faults and no others are told.
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

    /// The top of the file.
    pub fn top(&self) -> Section<'_, 't> {
        self.section(self.root.get_ref(), String::new(), 0)
    }

    /// The value that was read, unless anything was wrong.
    ///
    /// # Errors
    /// Everything that was wrong, each with its line.
    pub fn finish<T>(self, value: T) -> Result<T, Vec<Fault>> {
        let faults = self.into_faults();
        if faults.is_empty() { Ok(value) } else { Err(faults) }
    }

    /// Everything that was found wrong.
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
    /// A text that `T` accepts; must be there.
    pub fn need<T: FromStr>(&self, key: &'static str, form: &str) -> Option<T> {
        self.value(key).map_or_else(|| self.missing(key, form), |text| self.convert(key, text, form))
    }

    /// A text that `T` accepts, if it is there.
    pub fn may<T: FromStr>(&self, key: &'static str, form: &str) -> Option<T> {
        self.value(key).and_then(|text| self.convert(key, text, form))
    }

    /// A text that says for itself what is wrong with it; must be there.
    pub fn checked<T: FromStr<Err = Refusal>>(&self, key: &'static str) -> Option<T> {
        match self.value(key) {
            Some(value) => self.refused(value, key),
            None => self.missing(key, "as docs and examples show"),
        }
    }

    /// A list of such texts; empty where it is not there.
    pub fn checked_list<T: FromStr<Err = Refusal>>(&self, key: &'static str) -> Vec<T> {
        self.items(key, "texts").filter_map(|item| self.refused(item, key)).collect()
    }

    /// One word of a closed list, as `T` spells it; must be there.
    pub fn word<T: DeserializeOwned>(&self, key: &'static str) -> Option<T> {
        match self.value(key) {
            Some(value) => self.spelt(value, key),
            None => self.missing(key, "one of the words that it may be"),
        }
    }

    /// One word of a closed list, if it is there.
    pub fn may_word<T: DeserializeOwned>(&self, key: &'static str) -> Option<T> {
        self.value(key).and_then(|value| self.spelt(value, key))
    }

    /// A list of such words; empty where it is not there.
    pub fn words<T: DeserializeOwned>(&self, key: &'static str) -> Vec<T> {
        self.items(key, "words").filter_map(|item| self.spelt(item, key)).collect()
    }

    /// A text of any length that says something, without the white space around it; must be there.
    pub fn sentence(&self, key: &'static str) -> Option<String> {
        self.need::<String>(key, "a text that says something").map(|text| text.trim().to_owned())
    }

    /// One plain line of at most `most` characters; must be there.
    pub fn line(&self, key: &'static str, most: usize) -> Option<String> {
        match self.value(key) {
            Some(value) => self.plain(value, key, most),
            None => self.missing(key, "one line of text"),
        }
    }

    /// One plain line of at most `most` characters, if it is there.
    pub fn may_line(&self, key: &'static str, most: usize) -> Option<String> {
        self.value(key).and_then(|value| self.plain(value, key, most))
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

    /// A whole number within bounds; must be there.
    pub fn need_number(&self, key: &'static str, least: i64, most: i64) -> Option<i64> {
        if self.has(key) { self.number(key, least, most) } else { self.missing(key, "a whole number") }
    }

    /// `true` or `false`, if it is there.
    pub fn flag(&self, key: &'static str) -> Option<bool> {
        let value = self.value(key)?;
        value.get_ref().as_bool().or_else(|| self.wrong(value, key, "true or false"))
    }

    /// A date, if it is there.
    pub fn date(&self, key: &'static str) -> Option<NaiveDate> {
        let value = self.value(key)?;
        let text = match value.get_ref() {
            DeValue::Datetime(date) => date.to_string(),
            DeValue::String(text) => text.to_string(),
            _ => String::new(),
        };
        text.parse().ok().or_else(|| self.wrong(value, key, "a date such as 2026-03-31"))
    }

    /// A date; must be there.
    pub fn need_date(&self, key: &'static str) -> Option<NaiveDate> {
        if self.has(key) { self.date(key) } else { self.missing(key, "a date such as 2026-03-31") }
    }

    /// A value of any sort; must be there. Whoever asks reads it elsewhere.
    pub fn need_any(&self, key: &'static str) {
        if self.value(key).is_none() {
            self.missing::<()>(key, "a value");
        }
    }

    /// A list of texts that `T` accepts; empty where it is not there.
    pub fn list<T: FromStr>(&self, key: &'static str, form: &str) -> Vec<T> {
        self.items(key, form).filter_map(|item| self.convert(key, item, form)).collect()
    }

    /// A table, if it is there.
    pub fn table(&self, key: &'static str) -> Option<Section<'s, 't>> {
        let value = self.value(key)?;
        match value.get_ref().as_table() {
            Some(table) => Some(self.settings.section(table, self.path(key), value.span().start)),
            None => self.wrong(value, key, "a table"),
        }
    }

    /// A table; must be there.
    pub fn need_table(&self, key: &'static str) -> Option<Section<'s, 't>> {
        if self.has(key) { self.table(key) } else { self.missing(key, "a table") }
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

    /// The line on which a setting stands, or the section where it is not there.
    pub fn line_of(&self, key: &str) -> usize {
        self.settings.line_at(self.table.get(key).map_or(self.at, |value| value.span().start))
    }

    /// Whether the setting is there.
    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
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

    /// The items of a list; a value that is no list is a fault.
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
