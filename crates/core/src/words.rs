//! Enters: text that should be an id, a hash or a role. Leaves: values that are valid by construction.
//! Never: reads a file, a clock or a network.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Europe::London;
use serde::{Deserialize, Serialize};
use sha2::Digest;
use std::fmt;
use std::str::FromStr;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Accepts lower-case letters, digits and single hyphens, 1 to 64, not starting or ending with a hyphen.
fn is_slug(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.split('-').all(|part| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        })
}

/// Accepts the name of a batch: as an id, and short enough for the title of a page.
fn is_batch_name(text: &str) -> bool {
    text.len() <= 40 && is_slug(text)
}

/// Accepts a reference: A–Z, digits, `-` and `/`, 3 to 32, with at least one digit so that it is not a name.
fn is_reference(text: &str) -> bool {
    (3..=32).contains(&text.len())
        && text.bytes().any(|b| b.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-' || b == b'/')
}

/// Accepts an event id: letters, digits, `.`, `_` and `-`, 1 to 64, starting with a letter or digit.
fn is_event_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

crate::id!(
    /// A person or mailbox of the directory.
    EntryId, is_slug, "lower-case letters, digits and single hyphens, 1 to 64 characters"
);
crate::id!(
    /// A member of staff of the office.
    StaffId, is_slug, "lower-case letters, digits and single hyphens, 1 to 64 characters"
);
crate::id!(
    /// A place of detention in `policy/places.toml`.
    PlaceId, is_slug, "lower-case letters, digits and single hyphens, 1 to 64 characters"
);
crate::id!(
    /// A policy pack; also the name of its file.
    PackId, is_slug, "lower-case letters, digits and single hyphens, 1 to 64 characters"
);
crate::id!(
    /// A kind of communication; also the name of its folder under `templates/`.
    KindName, is_slug, "lower-case letters, digits and single hyphens, 1 to 64 characters"
);
crate::id!(
    /// A batch: the case files that were made of one sheet. It appears in clear, so it must not name anybody.
    BatchName, is_batch_name, "lower-case letters, digits and single hyphens, 1 to 40 characters"
);
crate::id!(
    /// One external medical report under consideration (domain G18). It appears in clear in subjects and the ledger,
    /// so it must contain a digit and cannot be a name.
    CaseId, is_reference, "capital letters, digits, - and /, 3 to 32 characters, at least one digit"
);
crate::id!(
    /// The person's Home Office reference. Never leaves the sealed documents.
    HomeOfficeReference, is_reference, "capital letters, digits, - and /, 3 to 32 characters, at least one digit"
);
crate::id!(
    /// A standard for external medical reports, as the pack lists it.
    StandardId, is_slug, "lower-case letters, digits and single hyphens, 1 to 64 characters"
);
crate::id!(
    /// The caseworker's own id for one event of a case.
    EventId, is_event_id, "letters, digits, '.', '_' and '-', 1 to 64 characters"
);

/// A SHA-256 value, shown as 64 lower-case hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sha256([u8; 32]);

impl Sha256 {
    /// Returns the hash of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha2::Sha256::digest(bytes).into())
    }
    /// Wraps a digest that was computed incrementally.
    pub fn from_digest(digest: [u8; 32]) -> Self {
        Self(digest)
    }
    /// Returns the first 12 hex digits, enough to tell two hashes apart on a screen.
    pub fn short(&self) -> String {
        self.to_string()[..12].to_owned()
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Sha256 {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const SAYS: &str = "64 lower-case hex digits";
        let digit = |b: u8| match b {
            b'0'..=b'9' => Some(b - b'0'),
            b'a'..=b'f' => Some(b - b'a' + 10),
            _ => None,
        };
        if text.len() != 64 {
            return Err(SAYS);
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = digit(pair[0]).ok_or(SAYS)? << 4 | digit(pair[1]).ok_or(SAYS)?;
        }
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for Sha256 {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Sha256> for String {
    fn from(hash: Sha256) -> String {
        hash.to_string()
    }
}

crate::closed! {
    /// A recipient's role in the case (docs/readings.md, "Recipients"), in the order of the glossary.
    Role {
        /// The Detained Medical Reports Team's inbox.
        Dmrt = "dmrt", "Detained Medical Reports Team";
        /// The detained caseworker.
        Caseworker = "caseworker", "caseworker";
        /// The detained casework manager who is copied in.
        CaseworkManager = "casework_manager", "casework manager";
        /// The senior caseworker or team leader who decides on continued detention (row 32).
        SeniorCaseworker = "senior_caseworker", "senior caseworker";
        /// The resident healthcare team of a place.
        Healthcare = "healthcare", "healthcare team";
        /// The Home Office contracted doctor, at a secure NHS address.
        Doctor = "doctor", "contracted doctor";
        /// The Detention Engagement Team of an immigration removal centre, or the staff who do its work at a temporary
        /// place.
        Det = "det", "Detention Engagement Team";
        /// The Operational Support Team of a prison, which instructs the Immigration Prison Team.
        Ost = "ost", "Operational Support Team";
        /// The Immigration Prison Team, which serves papers in a prison. The OST forwards what is meant for it (G2).
        Ipt = "ipt", "Immigration Prison Team";
        /// The detained person's legal representative.
        Representative = "representative", "legal representative";
        /// The team that books interpreters.
        InterpreterBooking = "interpreter_booking", "interpreter booking team";
        /// Those who review detention and sign the review.
        ReviewAuthoriser = "review_authoriser", "review authoriser";
        /// The Rule 35 Team, which answers the reports of healthcare staff.
        R35t = "r35t", "Rule 35 Team";
        /// The Strategic Director of Returns.
        StrategicDirector = "strategic_director", "Strategic Director";
        /// The team that runs the Case Progression Panels.
        PanelTeam = "panel_team", "Panel Team";
    }
}

/// The team whose row it is, and which therefore writes (G2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Team {
    /// The Detained Medical Reports Team.
    Dmrt,
    /// The responsible detained casework team.
    Casework,
    /// The Rule 35 Team.
    R35t,
}

impl FromStr for Team {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "dmrt" => Ok(Team::Dmrt),
            "casework" => Ok(Team::Casework),
            "r35t" => Ok(Team::R35t),
            _ => Err("\"dmrt\", \"casework\" or \"r35t\""),
        }
    }
}

/// Formats a date as GOV.UK writes it: 3 March 2026.
pub fn date_words(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}

/// Formats a date for where there is little room: 3 Mar 2026.
pub fn short_date_words(date: NaiveDate) -> String {
    date.format("%-d %b %Y").to_string()
}

/// Formats an instant in London time: 3 March 2026, 2:30pm.
pub fn moment_words(at: DateTime<Utc>) -> String {
    let at = at.with_timezone(&London);
    format!("{}, {}", date_words(at.date_naive()), time_words(at.time()))
}

/// The words with a capital letter at their beginning.
pub fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Formats a number and its noun: "1 fault", "2 faults", "2 despatches", "2 entries".
pub fn count(number: usize, noun: &str) -> String {
    if number == 1 {
        return format!("1 {noun}");
    }
    let stem = noun.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u']));
    match stem {
        Some(stem) => format!("{number} {stem}ies"),
        None if noun.ends_with("ch") => format!("{number} {noun}es"),
        None => format!("{number} {noun}s"),
    }
}

/// Formats how long something has lasted: "20 minutes", "3 hours", "2 days".
pub fn duration_words(lasted: TimeDelta) -> String {
    let of = |number: i64, noun: &str| count(usize::try_from(number).unwrap_or(0), noun);
    match lasted.num_minutes() {
        ..120 => of(lasted.num_minutes(), "minute"),
        120..2880 => of(lasted.num_hours(), "hour"),
        _ => of(lasted.num_days(), "day"),
    }
}

/// Formats a date with its weekday: Tuesday 3 March 2026.
pub fn weekday_words(date: NaiveDate) -> String {
    date.format("%A %-d %B %Y").to_string()
}

/// Formats a time as GOV.UK writes it: 2:30pm, 10am, midday, midnight (GOV.UK style guide, "Times").
pub fn time_words(time: NaiveTime) -> String {
    use chrono::Timelike;
    match (time.hour(), time.minute()) {
        (0, 0) => "midnight".to_owned(),
        (12, 0) => "midday".to_owned(),
        (_, 0) => time.format("%-I%P").to_string(),
        _ => time.format("%-I:%M%P").to_string(),
    }
}

/// Returns whether `text` is one visible line of at most `most` characters: no control character, no line break, and
/// none of the invisible characters (zero-width, bidirectional, private use) that make text read as something else.
pub fn is_plain_line(text: &str, most: usize) -> bool {
    use GeneralCategory as G;
    let unseen = |c: char| {
        matches!(
            c.general_category(),
            G::Control
                | G::Format
                | G::Surrogate
                | G::PrivateUse
                | G::Unassigned
                | G::LineSeparator
                | G::ParagraphSeparator
        )
    };
    !text.trim().is_empty()
        && text.trim() == text
        && text.chars().count() <= most
        && !text.chars().any(unseen)
}
