//! Enters: words of `despatch directory`. Leaves: typed arguments.
//! Never: does anything with them.

use crate::context::date;
use crate::passphrases::{ReviewPassphrase, SigningPassphrase};
use chrono::NaiveDate;
use clap::Subcommand;
use despatch_core::address::EmailAddress;
use despatch_core::words::{CaseId, EntryId, PlaceId, Role};
use despatch_directory::entry::{Method, Way};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Everybody whom the office may write to
    List(ListEntries),
    /// One entry whole, with what happened to it
    Show {
        /// An entry, such as dr-rathore-quill
        entry: EntryId,
    },
    /// Enter somebody; another person verifies it
    Add(AddEntry),
    /// Say something else of an entry; another person verifies it
    Change(ChangeEntry),
    /// Put a new key in the place of an entry's keys; another person verifies it
    Key(KeyEntry),
    /// Say that you heard from the recipient, not by email, what the entry says
    Verify(Verify),
    /// Record that you saw a representative's authority for a case
    Authority(RecordAuthority),
    /// End an entry
    Expire(ExpireEntry),
    /// Send a letter without content, to find out whether the recipient can open what they get
    Trial {
        /// An entry, such as dr-rathore-quill
        entry: EntryId,
        #[command(flatten)]
        signing: SigningPassphrase,
    },
    /// The words that open an entry's trial letter, to be told on the telephone
    Words {
        /// An entry, such as dr-rathore-quill
        entry: EntryId,
        #[command(flatten)]
        unlock: ReviewPassphrase,
    },
    /// Say that the recipient read out the numbers of the trial letter
    Opened {
        /// An entry, such as dr-rathore-quill
        entry: EntryId,
        /// The numbers, as they were read out
        #[arg(long, value_name = "NUMBERS")]
        words: String,
    },
    /// What is still to do before the first letter, with the words to send
    Onboard {
        /// An entry, such as dr-rathore-quill
        entry: EntryId,
    },
    /// Take the entries of a file (CSV, or TOML), all or none
    Import(ImportEntries),
    /// Write the directory as CSV
    Export {
        /// Where to write it
        #[arg(long, value_name = "FILE.csv")]
        to: PathBuf,
    },
    /// Every entry to which nothing can go, and why
    Check,
    /// Make anew what waits for an entry, once it is verified
    Reseal(Reseal),
}

#[derive(Debug, clap::Args)]
pub struct ListEntries {
    /// Only this role
    #[arg(long, value_parser = role)]
    pub role: Option<Role>,
    /// Only who serves this place
    #[arg(long, value_name = "PLACE")]
    pub place: Option<PlaceId>,
}

/// What may be said of a recipient.
#[derive(Debug, clap::Args)]
pub struct Said {
    /// The name in the letter's address
    #[arg(long)]
    pub name: Option<String>,
    /// The firm, practice or team
    #[arg(long)]
    pub organisation: Option<String>,
    /// The address; heard from the recipient, not copied from an email
    #[arg(long, value_name = "ADDRESS", value_parser = email)]
    pub email: Option<EmailAddress>,
    /// A telephone number for the call back
    #[arg(long)]
    pub telephone: Option<String>,
    /// Whether several people read the mailbox (true or false)
    #[arg(long, value_name = "BOOL")]
    pub group: Option<bool>,
    /// A place that it serves; may be given several times
    #[arg(long = "place", value_name = "PLACE")]
    pub places: Vec<PlaceId>,
    /// The only case that may be sent to it; may be given several times
    #[arg(long = "case", value_name = "ID")]
    pub cases: Vec<CaseId>,
    /// How they open what they get: age, age-passphrase or pdf-password
    #[arg(long)]
    pub method: Option<Method>,
}

/// Public keys, and files that hold some.
#[derive(Debug, clap::Args)]
pub struct KeySource {
    /// The recipient's public key (age1…); may be given several times
    #[arg(long = "key", value_name = "AGE1…")]
    pub keys: Vec<String>,
    /// A file with public keys, one on a line
    #[arg(long = "key-file", value_name = "FILE")]
    pub key_files: Vec<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct AddEntry {
    /// How case files will name it, such as dr-rathore-quill
    pub entry: EntryId,
    /// What they are to the cases
    #[arg(long, value_parser = role)]
    pub role: Role,
    #[command(flatten)]
    pub said: Said,
    #[command(flatten)]
    pub keys: KeySource,
    /// The last day on which the entry holds
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub expires: Option<NaiveDate>,
}

#[derive(Debug, clap::Args)]
pub struct ChangeEntry {
    /// An entry, such as dr-rathore-quill
    pub entry: EntryId,
    #[command(flatten)]
    pub said: Said,
}

#[derive(Debug, clap::Args)]
pub struct KeyEntry {
    /// An entry, such as dr-rathore-quill
    pub entry: EntryId,
    #[command(flatten)]
    pub keys: KeySource,
}

#[derive(Debug, clap::Args)]
pub struct Verify {
    /// An entry, such as dr-rathore-quill
    pub entry: EntryId,
    /// The address, as the recipient said it
    #[arg(long, value_name = "ADDRESS", value_parser = email)]
    pub email: EmailAddress,
    /// The fingerprint of a key, as the recipient read it out; one for each key
    #[arg(long = "fingerprint", value_name = "FINGERPRINT")]
    pub fingerprints: Vec<String>,
    /// How you reached them: call-back (on a number that you had from elsewhere) or in-person
    #[arg(long, value_name = "WAY")]
    pub way: Way,
    /// In your words: which number, where; it stays on record
    #[arg(long, value_name = "TEXT")]
    pub how: String,
    /// The last day on which the entry holds from now on
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub until: Option<NaiveDate>,
}

#[derive(Debug, clap::Args)]
pub struct RecordAuthority {
    /// The representative's entry, such as harbour-lane-law
    pub entry: EntryId,
    /// The case for which the person authorised them
    #[arg(long, value_name = "ID")]
    pub case: CaseId,
    /// The date that stands on the authority
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub dated: NaiveDate,
}

#[derive(Debug, clap::Args)]
pub struct ExpireEntry {
    /// An entry, such as dr-rathore-quill
    pub entry: EntryId,
    /// The last day on which it holds [default: yesterday, so that it ends now]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub on: Option<NaiveDate>,
    /// Why; it stays on record
    #[arg(long)]
    pub reason: String,
}

#[derive(Debug, clap::Args)]
pub struct ImportEntries {
    /// The file: its columns are id, role, name, organisation, email, telephone, group, places, cases, method, keys,
    /// expires
    #[arg(value_name = "FILE.csv")]
    pub file: PathBuf,
}

#[derive(Debug, clap::Args)]
pub struct Reseal {
    /// An entry, such as dr-rathore-quill
    pub entry: EntryId,
    /// Why; it stays on record
    #[arg(long)]
    pub reason: String,
    #[command(flatten)]
    pub unlock: ReviewPassphrase,
    #[command(flatten)]
    pub signing: SigningPassphrase,
}

pub(crate) fn role(text: &str) -> Result<Role, String> {
    let known = Role::ALL.into_iter().find(|role| role.code() == text);
    known.ok_or_else(|| {
        let codes: Vec<&str> = Role::ALL.iter().map(|role| role.code()).collect();
        format!("use one of: {}", codes.join(", "))
    })
}

fn email(text: &str) -> Result<EmailAddress, String> {
    text.parse().map_err(|refusal: despatch_core::fault::Refusal| refusal.to_string())
}
