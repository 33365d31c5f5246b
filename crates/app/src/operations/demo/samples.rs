//! Enters: the sample office built into the program, and a day. Leaves: its texts with dates, keys, sizes and hashes
//! filled in. Never: includes anybody real; see `examples/README.md` for the tokens.

use crate::operations::Failure;
use chrono::{NaiveDate, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Europe::London;
use despatch_core::fault::Fault;
use despatch_core::private::{make_folder, write_file};
use despatch_core::words::{CaseId, EntryId, Sha256, StaffId};
use despatch_directory::entry::Way;
use despatch_letters::render::job::Job;
use despatch_letters::render::pool::{Pool, TIME_LIMIT};
use despatch_process::{Calendar, Division};
use include_dir::{Dir, include_dir};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

static EXAMPLES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../examples");
const PLACES: &str = include_str!("../../../../../policy/places.toml");
const BANK_HOLIDAYS: &str = include_str!("../../../../../policy/bank-holidays.json");

/// The sample office on one day.
pub(super) struct Samples {
    today: NaiveDate,
    calendar: Calendar,
}

/// A verification of an entry by a member of the demo's staff.
#[derive(Deserialize)]
pub(super) struct Verified {
    pub entry: EntryId,
    pub by: StaffId,
    pub way: Way,
    pub how: String,
}

/// A representative's authority for a sample case.
pub(super) struct Authorised {
    pub entry: EntryId,
    pub case: CaseId,
    pub dated: NaiveDate,
}

/// A sample case with its attachments: file name and bytes.
struct Filled {
    case: String,
    attachments: Vec<(String, Vec<u8>)>,
}

impl Samples {
    pub(super) fn new(today: NaiveDate) -> Result<Self, Vec<Fault>> {
        Ok(Self { today, calendar: Calendar::parse(BANK_HOLIDAYS)? })
    }

    /// The text of `despatch.toml`.
    pub(super) fn config(&self) -> Result<String, Fault> {
        self.with_dates(&bare_dates(text("despatch.toml")?))
    }

    /// The text of `places.toml`: the program's own places and a fictional prison.
    pub(super) fn places(&self) -> Result<String, Fault> {
        Ok(format!("{PLACES}{}", text("places.toml")?))
    }

    /// Who verified which entry.
    pub(super) fn verified(&self) -> Result<Vec<Verified>, Fault> {
        let mut lists: BTreeMap<String, Vec<Verified>> = parsed("verified.toml")?;
        Ok(lists.remove("verified").unwrap_or_default())
    }

    /// The text of `directory.toml`; `key_of` generates a key for each entry that has one.
    pub(super) fn directory(&self, mut key_of: impl FnMut(&str) -> String) -> Result<String, Fault> {
        let mut entry = String::new();
        let mut filled = String::new();
        for line in self.with_dates(&bare_dates(text("directory.toml")?))?.lines() {
            if let Some(id) = line.strip_prefix("id = \"").and_then(|rest| rest.strip_suffix('"')) {
                id.clone_into(&mut entry);
            }
            if line.contains("\"@key\"") {
                filled.push_str(&line.replace("@key", &key_of(&entry)));
            } else {
                filled.push_str(line);
            }
            filled.push('\n');
        }
        Ok(filled)
    }

    /// The authorities that the sample cases name; a case that is invalid on purpose has none.
    pub(super) fn authorities(&self) -> Vec<Authorised> {
        let cases = EXAMPLES.get_dir("cases").map(Dir::files).into_iter().flatten();
        let read = |raw: &str| {
            let case: Value = serde_json::from_str(&self.with_dates(raw).ok()?).ok()?;
            let text = |at: &str| case.pointer(at)?.as_str();
            Some(Authorised {
                entry: text("/representative/entry")?.parse().ok()?,
                case: text("/case_id")?.parse().ok()?,
                dated: text("/representative/authority_date")?.parse().ok()?,
            })
        };
        cases.filter_map(|file| read(file.contents_utf8()?)).collect()
    }

    /// Drops every sample case into an inbox, as a careful caseworker would: attachments first, the case file last.
    pub(super) fn drop_into(&self, inbox: &Path, program: &Path) -> Result<(), Failure> {
        let files = |name: &str| EXAMPLES.get_dir(name).map(Dir::files).into_iter().flatten();
        let templates: BTreeMap<String, String> = files("attachments")
            .filter_map(|file| {
                Some((format!("/{}", file.path().display()), file.contents_utf8()?.to_owned()))
            })
            .collect();
        let pool = Pool::start(program, &templates, 1, TIME_LIMIT)?;
        for file in files("cases") {
            let name = file.path().file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            let filled = self.fill(file.contents_utf8().unwrap_or_default(), &pool)?;
            deposit(inbox, name, &filled)?;
        }
        Ok(())
    }

    /// Fills in the dates of a case, and the sizes and hashes of the attachments rendered for it.
    fn fill(&self, raw: &str, pool: &Pool) -> Result<Filled, Vec<Fault>> {
        let mut case = self.with_dates(raw).map_err(|fault| vec![fault])?;
        let mut attachments = Vec::new();
        if case.contains("\"@size\"") {
            let index: BTreeMap<String, String> =
                parsed("attachments/index.toml").map_err(|fault| vec![fault])?;
            let data: Value =
                serde_json::from_str(&case).map_err(|error| vec![unfit("a case", &error.to_string())])?;
            for listed in
                data["attachments"].as_array().into_iter().flatten().filter(|one| one["size"] == "@size")
            {
                let file = listed["file"].as_str().unwrap_or_default();
                let template =
                    index.get(file).ok_or_else(|| vec![unfit(file, "it has no template in index.toml")])?;
                let bytes = pool.render(&self.job(file, template, &data)).map_err(|fault| fault.faults())?;
                case = case.replacen("\"@size\"", &bytes.len().to_string(), 1);
                case = case.replacen("@sha256", &Sha256::of(&bytes).to_string(), 1);
                attachments.push((file.to_owned(), bytes));
            }
        }
        Ok(Filled { case, attachments })
    }

    fn job(&self, file: &str, template: &str, data: &Value) -> Job {
        Job {
            main: format!("/attachments/{template}"),
            title: "Made up for the despatch demo".to_owned(),
            author: "despatch demo".to_owned(),
            keywords: Vec::new(),
            date: self.today,
            ident: file.to_owned(),
            language: None,
            data: data.clone(),
        }
    }

    /// Replaces every `@today`, optionally followed by `+3d` (calendar days) or `-2wd` (working days), every `@noon`, and
    /// every `@day`.
    fn with_dates(&self, text: &str) -> Result<String, Fault> {
        let days = self.replaced(text, "@today", |day| day.to_string())?;
        let moments = self.replaced(&days, "@noon", noon)?;
        Ok(moments.replace("@day", &self.today.to_string()))
    }

    /// Replaces every token with the shift that follows it by what is said of its day.
    fn replaced(&self, text: &str, token: &str, said: fn(NaiveDate) -> String) -> Result<String, Fault> {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(token) {
            let (before, found) = rest.split_at(at);
            let found = found.strip_prefix(token).unwrap_or(found);
            let end = found
                .find(|c: char| !c.is_ascii_alphanumeric() && c != '+' && c != '-')
                .unwrap_or(found.len());
            let (shift, after) = found.split_at(end);
            filled.push_str(before);
            filled.push_str(&said(self.shifted(shift)?));
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    fn shifted(&self, shift: &str) -> Result<NaiveDate, Fault> {
        let beyond = || unfit("a date", &format!("@today{shift} is no date"));
        if shift.is_empty() {
            return Ok(self.today);
        }
        let working = shift.ends_with("wd");
        let days: i32 = shift.trim_end_matches("wd").trim_end_matches('d').parse().map_err(|_| beyond())?;
        if !working {
            return self.today.checked_add_signed(TimeDelta::days(days.into())).ok_or_else(beyond);
        }
        let calendar = self.calendar.working_days(Division::EnglandAndWales);
        let moved = match days {
            0.. => calendar.after(self.today, days.unsigned_abs()),
            _ => calendar.before(self.today, days.unsigned_abs()),
        };
        moved.map_err(|beyond| beyond.fault("--today"))
    }
}

/// Noon in London on a day, with the offset of that day.
fn noon(day: NaiveDate) -> String {
    let twelve = day.and_time(NaiveTime::default()) + TimeDelta::hours(12);
    let there = London.from_local_datetime(&twelve).earliest();
    there.map_or_else(|| day.to_string(), |noon| noon.format("%Y-%m-%dT%H:%M%:z").to_string())
}

/// Removes the quotes around date tokens: TOML dates have none, but the samples need them to be valid TOML themselves.
fn bare_dates(text: &str) -> String {
    let mut pieces = text.split("\"@today");
    let mut bare = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        bare.push_str("@today");
        bare.push_str(&piece.replacen('"', "", 1));
    }
    bare
}

fn text(path: &str) -> Result<&'static str, Fault> {
    EXAMPLES
        .get_file(path)
        .and_then(|file| file.contents_utf8())
        .ok_or_else(|| unfit(path, "it is not in this program"))
}

fn parsed<T: DeserializeOwned>(path: &str) -> Result<T, Fault> {
    toml::from_str(text(path)?).map_err(|error| unfit(path, &error.to_string()))
}

fn unfit(at: &str, why: &str) -> Fault {
    let cure = "report this: the program's own samples are at fault";
    Fault::new(format!("examples/{at}"), "demo.sample", why, cure)
}

/// Writes a case; one with attachments gets its own folder, and the case file comes last.
fn deposit(inbox: &Path, name: &str, filled: &Filled) -> io::Result<()> {
    let folder = inbox.join(name);
    if !filled.attachments.is_empty() {
        make_folder(&folder)?;
    }
    for (file, bytes) in &filled.attachments {
        write_file(&folder.join(file), bytes)?;
    }
    write_file(&inbox.join(format!("{name}.json")), filled.case.as_bytes())
}
