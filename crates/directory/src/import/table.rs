//! Enters: the directory as CSV. Leaves: its entries, or every fault at once with file and line.
//! Never: guesses a column, or takes a cell for a formula: what a spreadsheet would run is refused.

use super::{Claimed, LINE_MAX, method_or_key, slips};
use crate::entry::{Change, Entry, Method};
use crate::rules::is_group_by_role;
use csv::{ReaderBuilder, StringRecord};
use despatch_core::address::EmailAddress;
use despatch_core::fault::{Fault, Refusal};
use despatch_core::words::{CaseId, EntryId, PlaceId, Role, is_plain_line};
use despatch_seal::keys::PublicKey;
use std::str::FromStr;

/// The columns. The first five must be there; several values in one cell are separated by semicolons.
pub const COLUMNS: [&str; 12] = [
    "id",
    "role",
    "name",
    "organisation",
    "email",
    "telephone",
    "group",
    "places",
    "cases",
    "method",
    "keys",
    "expires",
];
/// How many of [`COLUMNS`] each file has.
const NEEDED: usize = 5;

/// Reads every row below the headings.
pub(super) fn entries(file: &str, text: &str, by: &Change) -> Result<Vec<Entry>, Vec<Fault>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = ReaderBuilder::new().from_reader(text.as_bytes());
    let heads = reader.headers().cloned().unwrap_or_default();
    let mut faults = headings(file, &heads);
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut claimed = Claimed::default();
    let mut entries = Vec::new();
    for row in reader.records() {
        match row {
            Ok(cells) => {
                let line = cells.position().map_or(0, |at| usize::try_from(at.line()).unwrap_or(0));
                let mut row = Row {
                    at: format!("{file}:{line}"),
                    line,
                    heads: &heads,
                    cells: &cells,
                    faults: &mut faults,
                };
                entries.extend(row.entry(&mut claimed, by));
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                let cause = "this line does not have as many cells as there are headings";
                faults.push(Fault::new(format!("{file}:{line}"), "csv.cells", cause, "correct this line"));
            }
        }
    }
    if faults.is_empty() { Ok(entries) } else { Err(faults) }
}

fn headings(file: &str, heads: &StringRecord) -> Vec<Fault> {
    let at = format!("{file}:1");
    let unknown = heads.iter().filter(|head| !COLUMNS.contains(head)).map(|head| {
        let shown = if is_plain_line(head, LINE_MAX) { head } else { "(not plain text)" };
        Fault::new(
            &at,
            "csv.heading",
            format!("there is no column {shown}"),
            format!("use: {}", COLUMNS.join(", ")),
        )
    });
    let missing =
        COLUMNS.iter().take(NEEDED).filter(|column| !heads.iter().any(|head| head == **column)).map(
            |column| {
                Fault::new(
                    &at,
                    "csv.heading",
                    format!("the column {column} is missing"),
                    "add it to the first line",
                )
            },
        );
    let twice =
        heads.iter().enumerate().filter(|(at, head)| heads.iter().take(*at).any(|one| one == *head)).map(
            |(_, head)| {
                let shown = if is_plain_line(head, LINE_MAX) { head } else { "(not plain text)" };
                let cause = format!("the column {shown} stands twice");
                Fault::new(&at, "csv.heading", cause, "leave one of the two out")
            },
        );
    unknown.chain(missing).chain(twice).collect()
}

/// One row while it is read.
struct Row<'r> {
    at: String,
    line: usize,
    heads: &'r StringRecord,
    cells: &'r StringRecord,
    faults: &'r mut Vec<Fault>,
}

impl Row<'_> {
    fn entry(&mut self, claimed: &mut Claimed, by: &Change) -> Option<Entry> {
        let id = self.need::<EntryId>("id", EntryId::PATTERN);
        let role = self.role();
        let (name, organisation) = (self.line("name"), self.line("organisation"));
        let email = self.email();
        let telephone = self.cell("telephone").is_some().then(|| self.line("telephone"));
        let group = self.group();
        let places = self.list::<PlaceId>("places", PlaceId::PATTERN);
        let cases = self.list::<CaseId>("cases", CaseId::PATTERN);
        let method = self.one::<Method>("method", "age, age-passphrase or pdf-password");
        let keys = self.keys();
        let expires = self.one("expires", "a date such as 2027-01-31");
        let mut claims: Vec<(&'static str, String)> = Vec::new();
        claims.extend(id.iter().map(|id: &EntryId| ("id", id.to_string())));
        claims
            .extend(email.iter().map(|email: &EmailAddress| ("email", email.as_str().to_ascii_lowercase())));
        claims.extend(keys.iter().map(|key: &PublicKey| ("keys", key.to_string())));
        for (field, value) in claims {
            if let Some(first) = claimed.claim(field, value, self.line) {
                let cause = format!("its {field} stands already on line {first}");
                self.fault("directory.twins", cause, format!("give each entry its own {field}"));
            }
        }
        let role = role?;
        let entry = Entry {
            id: id?,
            role,
            name: name?,
            organisation: organisation?,
            email: email?,
            telephone: telephone.flatten(),
            group: group.unwrap_or_else(|| is_group_by_role(role)),
            places,
            cases,
            method: method_or_key(method, !keys.is_empty()),
            keys,
            expires,
            changed: by.clone(),
            replaced: Vec::new(),
            verified: None,
            trial: None,
        };
        for slip in slips(&entry) {
            self.fault(slip.code, slip.cause, slip.cure.to_owned());
        }
        Some(entry)
    }

    /// A cell, unless it is empty or its column is not there.
    fn cell(&self, column: &str) -> Option<&str> {
        let index = self.heads.iter().position(|head| head == column)?;
        self.cells.get(index).map(str::trim).filter(|cell| !cell.is_empty())
    }

    fn fault(&mut self, code: &'static str, cause: String, cure: String) {
        self.faults.push(Fault::new(&self.at, code, cause, cure));
    }

    /// The one value of a cell that may be empty.
    fn one<T: FromStr>(&mut self, column: &'static str, form: &str) -> Option<T> {
        let mut all = self.list::<T>(column, form);
        if all.len() > 1 {
            self.fault("csv.value", format!("{column} has several values"), format!("write {form}"));
        }
        (!all.is_empty()).then(|| all.swap_remove(0))
    }

    fn need<T: FromStr>(&mut self, column: &'static str, form: &str) -> Option<T> {
        let read = self.cell(column).and_then(|cell| cell.parse().ok());
        if read.is_none() {
            self.fault(
                "csv.value",
                format!("{column} is missing or is not of the right form"),
                format!("write {form}"),
            );
        }
        read
    }

    fn role(&mut self) -> Option<Role> {
        let read = self.cell("role").and_then(|cell| Role::ALL.into_iter().find(|role| role.code() == cell));
        if read.is_none() {
            let known: Vec<&str> = Role::ALL.iter().map(|role| role.code()).collect();
            self.fault(
                "csv.value",
                "the role is missing or not known".to_owned(),
                format!("use one of: {}", known.join(", ")),
            );
        }
        read
    }

    fn line(&mut self, column: &'static str) -> Option<String> {
        // A spreadsheet that opens a list of ours takes a cell that begins so for a formula.
        let plain = |cell: &&str| is_plain_line(cell, LINE_MAX) && !cell.starts_with(['=', '+', '-', '@']);
        let read = self.cell(column).filter(plain).map(str::to_owned);
        if read.is_none() {
            let cause = format!("{column} is missing, too long, or not one line of plain text");
            self.fault(
                "csv.value",
                cause,
                format!("write at most {LINE_MAX} characters, not beginning with = + - @"),
            );
        }
        read
    }

    fn email(&mut self) -> Option<EmailAddress> {
        let read = self.cell("email").unwrap_or_default().parse();
        read.map_err(|refusal: Refusal| {
            self.fault("csv.value", refusal.cause.to_owned(), refusal.cure.to_owned())
        })
        .ok()
    }

    fn keys(&mut self) -> Vec<PublicKey> {
        let cells: Vec<String> = self.cell("keys").map(split).unwrap_or_default();
        let mut keys = Vec::new();
        for cell in cells {
            match cell.parse() {
                Ok(key) => keys.push(key),
                Err(refusal) => {
                    let Refusal { cause, cure } = refusal;
                    self.fault("csv.value", cause.to_owned(), cure.to_owned());
                }
            }
        }
        keys
    }

    fn group(&mut self) -> Option<bool> {
        match self.cell("group") {
            None => None,
            Some("yes") => Some(true),
            Some("no") => Some(false),
            Some(_) => {
                self.fault(
                    "csv.value",
                    "group is neither yes nor no".to_owned(),
                    "write yes or no".to_owned(),
                );
                None
            }
        }
    }

    fn list<T: FromStr>(&mut self, column: &'static str, form: &str) -> Vec<T> {
        let cells = self.cell(column).map(split).unwrap_or_default();
        let read: Vec<Option<T>> = cells.iter().map(|cell| cell.parse().ok()).collect();
        if read.iter().any(Option::is_none) {
            self.fault("csv.value", format!("{column} is not of the right form"), format!("write {form}"));
        }
        read.into_iter().flatten().collect()
    }
}

fn split(cell: &str) -> Vec<String> {
    cell.split(';').map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect()
}
