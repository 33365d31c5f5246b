//! Enters: the texts of every pack, built in and the office's own. Leaves: the packs, with extensions resolved.
//! Never: lets a pack change another silently: each changed value has its reason.

/// The words that a pack uses.
pub mod lists;
/// The protective marking: which words may be combined, and in which order.
pub mod marking;
/// One edition of the guidance as data, and whether it may be used.
pub mod pack;
mod office;
mod read;
mod read_detention;
mod read_events;
mod read_limits;
mod read_lists;
mod read_rows;
mod read_spans;

pub use lists::Lists;
pub use pack::{Adoption, Change, Extends, Origin, Pack, PackRecord, Withdrawal, permits};

use chrono::NaiveDate;
use despatch_core::fault::Fault;
use despatch_core::settings::{Section, Settings};
use despatch_core::words::{PackId, Sha256, date_words};
use std::collections::{BTreeMap, BTreeSet};

/// Maximum length of a path to a value of a pack, such as `working_days.assess_after_transfer.source`.
const PATH_MAX: usize = 100;

/// How many messages stand for a kind of a batch where a pack that extends another one says no number.
const SAMPLE: i64 = 20;

/// What an office's own pack cannot change in the pack it extends: its identity, and the status and source of the
/// guidance, which a pack can only report.
const FIXED: [&str; 6] = ["id", "title", "family", "extends", "status", "source"];

/// Every pack that an office can use, each with the text from which it was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Packs {
    by_id: BTreeMap<PackId, (Pack, Text)>,
    /// Those that the office wrote.
    own: BTreeSet<PackId>,
}

/// The exact text of a pack, followed by that of the pack it extends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    pub sha256: Sha256,
    pub text: String,
}

impl Packs {
    /// Reads packs from their texts, by file name (`policy/hoso-2022-09-12.toml`).
    ///
    /// Returns the packs without faults, and every fault of the others.
    pub fn read(files: &BTreeMap<String, String>) -> (Packs, Vec<Fault>) {
        let mut packs = BTreeMap::new();
        let mut faults = Vec::new();
        for (file, text) in files {
            let base = extends(text).map(|base| files.get(&format!("policy/{base}.toml")));
            let pack = match base {
                Some(base) => extended(file, text, base),
                None => Pack::parse(file, text),
            };
            match pack {
                Ok(pack) => {
                    packs.insert(pack.id.clone(), (pack, Text::of(text, base.flatten())));
                }
                Err(found) => faults.extend(found),
            }
        }
        (Packs { by_id: packs, own: BTreeSet::new() }, faults)
    }

    /// Marks the packs whose texts are the office's own: each is used only where two people have adopted it.
    #[must_use]
    pub fn with_own(self, own: BTreeSet<PackId>) -> Packs {
        Packs { own, ..self }
    }

    /// Whether a pack is used without an adoption on `today`: it is built in, and in force.
    pub fn is_in_force(&self, pack: &Pack, today: NaiveDate) -> bool {
        let status = pack.status_on(today);
        !self.own.contains(&pack.id) && status.is_some_and(|change| change.status == pack::Status::InForce)
    }

    /// Returns the pack with this id.
    pub fn get(&self, id: &PackId) -> Option<&Pack> {
        self.by_id.get(id).map(|(pack, _)| pack)
    }

    /// Returns the text from which the pack with this id was read.
    pub fn text(&self, id: &PackId) -> Option<&Text> {
        self.by_id.get(id).map(|(_, text)| text)
    }

    /// Returns the pack with this id if it may be used on `today`, given the staff's decisions about it.
    ///
    /// # Errors
    /// The office has no such pack, it was withdrawn, or it is neither in force nor currently adopted.
    pub fn permitted(
        &self,
        id: &PackId,
        record: Option<&PackRecord>,
        today: NaiveDate,
    ) -> Result<&Pack, Fault> {
        let at = format!("policy pack {id}");
        let Some((pack, text)) = self.by_id.get(id) else {
            let cure = "ask whoever runs the office to add it, or move the case to another pack (`despatch policy move`)";
            return Err(Fault::new(at, "pack.missing", "the office has no such pack", cure));
        };
        if let Some(withdrawn) = record.and_then(|record| record.withdrawn.as_ref()) {
            let cause = format!("{} withdrew it on {}", withdrawn.by, date_words(withdrawn.on));
            let cure = "move the case to another pack (`despatch policy move`); for new cases, ask whoever runs the office to set another one";
            return Err(Fault::new(at, "pack.withdrawn", cause, cure));
        }
        let origin = Origin { sha256: text.sha256, is_own: self.own.contains(id) };
        permits(pack, origin, record.and_then(|record| record.adoption.as_ref()), today)?;
        Ok(pack)
    }

    /// Returns every pack, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Pack> {
        self.by_id.values().map(|(pack, _)| pack)
    }
}

impl Text {
    fn of(own: &str, base: Option<&String>) -> Text {
        let below = base.map_or_else(String::new, |base| format!("\n# The pack that it extends:\n\n{base}"));
        let text = own.to_owned() + &below;
        Text { sha256: Sha256::of(text.as_bytes()), text }
    }
}

/// Returns the id of the pack that a text extends, if it is readable and does.
fn extends(text: &str) -> Option<String> {
    let table: toml::Table = text.parse().ok()?;
    Some(table.get("extends")?.as_str()?.to_owned())
}

/// Reads a pack that extends another by changing single values.
fn extended(file: &str, text: &str, base_text: Option<&String>) -> Result<Pack, Vec<Fault>> {
    let settings = Settings::parse(file, text);
    let read = own(settings.top(), base_text);
    let faults = settings.into_faults();
    let (Some((id, title, base, changes)), Some(base_text), []) = (read, base_text, faults.as_slice()) else {
        return Err(faults);
    };
    let mut merged: toml::Table = match base_text.parse() {
        Ok(merged) => with_optional(merged),
        // The base pack's own faults are reported where it is read.
        Err(_) => return Err(Vec::new()),
    };
    let values: toml::Table = text.parse().unwrap_or_default();
    let listed = values.get("change").and_then(toml::Value::as_array).into_iter().flatten();
    for (change, table) in changes.iter().zip(listed) {
        if let (Some(value), Some(to)) = (at(&mut merged, &change.value), table.get("to")) {
            *value = to.clone();
        }
    }
    leave_out_unused(&mut merged, base_text);
    merged.insert("id".to_owned(), toml::Value::from(id.as_str()));
    merged.insert("title".to_owned(), toml::Value::from(title));
    // Line numbers would refer to the merged text, which nobody can see.
    let both = |fault: Fault| Fault { at: format!("{file}, with {base}"), ..fault };
    match Pack::parse(file, &merged.to_string()) {
        Ok(pack) => Ok(Pack { extends: Some(Extends { pack: base, changes }), ..pack }),
        Err(found) => Err(found.into_iter().map(both).collect()),
    }
}

/// Adds the values that a pack may leave out, so that one that extends it can change them.
fn with_optional(mut table: toml::Table) -> toml::Table {
    table.entry("sampled").or_insert_with(|| toml::Value::Array(Vec::new()));
    table.entry("sample").or_insert(toml::Value::Integer(SAMPLE));
    table
}

/// Takes out again what neither the base nor a change says: what nobody said is no value of the pack.
fn leave_out_unused(merged: &mut toml::Table, base_text: &str) {
    let base: toml::Table = base_text.parse().unwrap_or_default();
    let added = with_optional(toml::Table::new());
    let is_unused = |name: &String| !base.contains_key(name) && merged.get(name) == added.get(name);
    // A list of kinds needs the number that is opened of each.
    if added.keys().all(is_unused) {
        added.keys().for_each(|name| drop(merged.remove(name)));
    }
}

type Own = (PackId, String, PackId, Vec<Change>);

/// Reads the extending text itself: which pack it extends, and which values it changes for which reasons.
fn own(top: Section<'_, '_>, base: Option<&String>) -> Option<Own> {
    let id = top.need::<PackId>("id", PackId::PATTERN);
    let title = top.sentence("title");
    let extends = top.need::<PackId>("extends", PackId::PATTERN);
    let mut base_table = base.and_then(|base| base.parse::<toml::Table>().ok()).map(with_optional);
    let mut changes = Vec::new();
    for section in top.tables("change") {
        changes.extend(change(&section, &changes, base_table.as_mut()));
        section.end();
    }
    if !top.has("change") {
        let cause = "it extends another pack and changes nothing";
        top.fault("pack.extends", cause, "add a [[change]] with value, to and reason, or use the other pack");
    }
    match base {
        None => top.fault_at("extends", "pack.extends", "there is no such pack", "name a pack of policy/"),
        Some(base) if self::extends(base).is_some() => {
            let cause = "the pack that it extends extends another one itself";
            top.fault_at("extends", "pack.extends", cause, "extend the first one, with the changes of both");
        }
        Some(_) => {}
    }
    top.end();
    Some((id?, title?, extends?, changes))
}

/// Reads one change and checks it against the earlier ones.
fn change(section: &Section<'_, '_>, earlier: &[Change], base: Option<&mut toml::Table>) -> Option<Change> {
    let value = section.line("value", PATH_MAX);
    let reason = section.sentence("reason");
    section.need_any("to");
    let value = value?;
    let fault = |cause: String, cure: &str| section.fault_at("value", "pack.extends", cause, cure);
    let first = value.split('.').next().unwrap_or_default();
    if FIXED.contains(&first) {
        let cure = match first {
            "status" => "have two members of staff adopt the pack (`despatch policy adopt`)",
            "source" => "write a whole pack for another document",
            _ => "write it at the top of the file",
        };
        fault(format!("{value} cannot be changed"), cure);
    } else if base.is_some_and(|base| at(base, &value).is_none()) {
        let cure = "write its path as `despatch policy show` has it, such as working_days.serve.days";
        fault(format!("the pack that it extends has no value at {value}"), cure);
    }
    if earlier.iter().any(|change| change.value == value) {
        fault(format!("{value} is changed twice"), "keep one of the two");
    }
    Some(Change { value, reason: reason? })
}

/// Returns the value at a path, if any.
fn at<'t>(table: &'t mut toml::Table, path: &str) -> Option<&'t mut toml::Value> {
    match path.split_once('.') {
        None => table.get_mut(path),
        Some((first, rest)) => at(table.get_mut(first)?.as_table_mut()?, rest),
    }
}
