//! Enters: the directory's TOML. Leaves: its entries, or every fault at once with file and line.
//! Never: trusts the file's claim of a verification.

use super::fields::{Claimed, Fields, LINE_MAX, entry};
use crate::entry::{Change, Entry};
use crate::opening::OpeningMethod;
use chrono::NaiveDate;
use despatch_core::address::EmailAddress;
use despatch_core::fault::Fault;
use despatch_core::settings::{Section, Settings};
use despatch_core::words::Role;
use despatch_seal::keys::PublicKey;
use std::str::FromStr;

/// Reads every `[[entry]]`.
pub(super) fn entries(file: &str, text: &str, by: &Change) -> Result<Vec<Entry>, Vec<Fault>> {
    let settings = Settings::parse(file, text);
    let mut claimed = Claimed::default();
    let top = settings.top();
    let mut entries = Vec::new();
    for section in top.tables("entry") {
        entries.extend(entry(&section, &mut claimed, by));
        section.end();
    }
    top.end();
    settings.finish(entries)
}

impl Fields for Section<'_, '_> {
    fn need<T: FromStr>(&self, field: &'static str, form: &str) -> Option<T> {
        Section::need(self, field, form)
    }

    fn list<T: FromStr>(&self, field: &'static str, form: &str) -> Vec<T> {
        Section::list(self, field, form)
    }

    fn line(&self, field: &'static str) -> Option<String> {
        Section::line(self, field, LINE_MAX)
    }

    fn may_line(&self, field: &'static str) -> Option<String> {
        Section::may_line(self, field, LINE_MAX)
    }

    fn role(&self) -> Option<Role> {
        self.word("role")
    }

    fn email(&self) -> Option<EmailAddress> {
        self.checked("email")
    }

    fn group(&self) -> Option<bool> {
        self.flag("group")
    }

    fn method(&self) -> Option<OpeningMethod> {
        self.may_word("method")
    }

    fn keys(&self) -> Vec<PublicKey> {
        self.checked_list("keys")
    }

    fn expires(&self) -> Option<NaiveDate> {
        self.date("expires")
    }

    fn line_of(&self, field: &'static str) -> usize {
        Section::line_of(self, field)
    }

    fn fault(&self, field: &'static str, code: &'static str, cause: String, cure: String) {
        self.fault_at(field, code, cause, cure);
    }
}
