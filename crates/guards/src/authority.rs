//! Enters: a despatch to a representative, and what staff recorded of the person's authority. Leaves: whether it is
//! recorded for this very case. Never: trusts the case file, whose author may have the wrong case in mind.

use super::{Check, Guard, Outcome};
use chrono::NaiveDate;
use despatch_core::words::{EntryId, StaffId, date_words};

/// A record that a member of staff saw a representative's authority for a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The date of the authority, if recorded; a reviewer who confirmed it on a despatch gives none.
    pub dated: Option<NaiveDate>,
    pub by: StaffId,
    pub on: NaiveDate,
}

/// Checks a despatch to the representative `entry`; `dated` is the date of the authority if the case file names this
/// representative.
pub fn check(entry: &EntryId, dated: Option<NaiveDate>, seen: Option<&Seen>) -> Check {
    let confirm = |words: String| Check::new(Guard::Authority, Outcome::Confirm, words);
    let said = dated.map_or_else(String::new, |on| format!("; the case file dates it {}", date_words(on)));
    let Some(Seen { dated: on_record, by, on }) = seen else {
        return confirm(format!(
            "nobody has recorded that {entry} has the person's authority for this case{said}: look at the authority itself"
        ));
    };
    let whose = format!("{by} on {}", date_words(*on));
    match (on_record, dated) {
        (Some(recorded), Some(dated)) if *recorded != dated => confirm(format!(
            "the authority of {entry} that was recorded by {whose} is of {}{said}",
            date_words(*recorded)
        )),
        (Some(recorded), _) => {
            let words = format!(
                "{entry} has the person's authority of {}, recorded by {whose}",
                date_words(*recorded)
            );
            Check::new(Guard::Authority, Outcome::Passed, words)
        }
        (None, _) => {
            let words = format!("{whose} confirmed that {entry} has the person's authority for this case");
            Check::new(Guard::Authority, Outcome::Passed, words)
        }
    }
}
