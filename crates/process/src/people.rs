//! Enters: how a case file names the recipients of letters. Leaves: typed people: an entry of the directory, their
//! reference for the case, and what the rules require of them. Never: holds an address.

use crate::fields::closed::closed;
use crate::fields::reader::patterns;
use crate::fields::{Field, ask, fields};
use chrono::NaiveDate;
use despatch_core::words::EntryId;
use std::ops::Deref;

const ENTRY: Field = ask("Their entry in the directory");
const REFERENCE: Field = ask("The reference by which they know the case");

fields! {
    /// A person in the directory, with their own reference for the case.
    Contact {
        entry: EntryId = ENTRY;
        reference: Option<Reference> = REFERENCE;
    }
}

fields! {
    /// An official of the casework side, with the grade that the rules require.
    Manager {
        entry: EntryId = ENTRY;
        grade: Grade = ask("Their grade");
        reference: Option<Reference> = REFERENCE;
    }
}

fields! {
    /// The legal representative and the date of their authority for this case.
    Representative {
        entry: EntryId = ENTRY;
        authority_date: NaiveDate = ask("The date of the person's authority for this case").past();
        reference: Option<Reference> = REFERENCE;
    }
}

closed! {
    /// Civil service grades, ascending (domain F), so that `>=` means "or above".
    Grade {
        AO = "AO", "AO";
        EO = "EO", "EO";
        HEO = "HEO", "HEO";
        SEO = "SEO", "SEO";
        G7 = "G7", "G7";
        G6 = "G6", "G6";
        G5 = "G5", "G5";
    }
}

fn is_reference(text: &str) -> bool {
    (1..=40).contains(&text.len()) && text.bytes().all(|b| (b' '..=b'~').contains(&b)) && text.trim() == text
}

despatch_core::id!(
    /// A recipient's own reference for a case. It is sent in clear.
    Reference, is_reference, "printable ASCII, 1 to 40 characters, no space at either end"
);

impl Deref for Reference {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

patterns! {
    Reference: Nothing, true, Reference::PATTERN, (1, 40), "^[!-~]([ -~]*[!-~])?$";
}
