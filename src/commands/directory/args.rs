//! Enters: the command line of `despatch directory`. Leaves: typed arguments.
//! Never: acts on them.

use crate::caller::{CallerPath, LocalFile};
use crate::context::{date, role};
use crate::passphrases::{ReviewPassphrase, SigningPassphrase};
use chrono::NaiveDate;
use clap::Subcommand;
use despatch_app::operations::directory;
use despatch_core::address::EmailAddress;
use despatch_core::fault::Refusal;
use despatch_core::words::{CaseId, EntryId, PlaceId, Role};
use despatch_directory::entry::Way;
use despatch_directory::opening::OpeningMethod;
use serde::{Deserialize, Serialize};

/// Whom the office may write to, and who verified it
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub struct Args {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand, Serialize, Deserialize)]
pub(super) enum Command {
    /// Everybody whom the office may write to
    List {
        /// Only this role
        #[arg(long, value_parser = role)]
        role: Option<Role>,
        /// Only those who serve this place
        #[arg(long, value_name = "PLACE")]
        place: Option<PlaceId>,
    },
    /// One entry with its whole history
    Show {
        /// An entry, such as dr-rathore-quill
        entry: EntryId,
    },
    /// Enter somebody; another person verifies it
    Add {
        /// How case files will name it, such as dr-rathore-quill
        entry: EntryId,
        /// Their role in the cases
        #[arg(long, value_parser = role)]
        role: Role,
        #[command(flatten)]
        said: Said,
        #[command(flatten)]
        keys: KeySource,
        /// The last day on which the entry holds
        #[arg(long, value_name = "DATE", value_parser = date)]
        expires: Option<NaiveDate>,
    },
    /// Change an entry; another person verifies it
    Change {
        /// An entry, such as dr-rathore-quill
        entry: EntryId,
        #[command(flatten)]
        said: Said,
    },
    /// Replace an entry's keys; another person verifies it
    Key {
        /// An entry, such as dr-rathore-quill
        entry: EntryId,
        #[command(flatten)]
        keys: KeySource,
    },
    /// Record that the recipient confirmed the entry to you, and not by email
    Verify {
        /// An entry, such as dr-rathore-quill
        entry: EntryId,
        /// The address, as the recipient said it
        #[arg(long, value_name = "ADDRESS", value_parser = email)]
        email: EmailAddress,
        /// The fingerprint of a key, as the recipient read it out; one for each key
        #[arg(long = "fingerprint", value_name = "FINGERPRINT")]
        fingerprints: Vec<String>,
        /// How you reached them: call-back (on a number that you had from elsewhere) or in-person
        #[arg(long, value_name = "WAY")]
        way: Way,
        /// In your words: which number, where; it stays on record
        #[arg(long, value_name = "TEXT")]
        how: String,
        /// The last day on which the entry holds from now on
        #[arg(long, value_name = "DATE", value_parser = date)]
        until: Option<NaiveDate>,
    },
    /// Record that you saw a representative's authority for a case
    Authority {
        /// The representative's entry, such as harbour-lane-law
        entry: EntryId,
        /// The case for which the person authorised them
        #[arg(long, value_name = "ID")]
        case: CaseId,
        /// The date on the authority
        #[arg(long, value_name = "DATE", value_parser = date)]
        dated: NaiveDate,
    },
    /// End an entry
    Expire {
        /// An entry, such as dr-rathore-quill
        entry: EntryId,
        /// The last day on which it holds [default: yesterday, so that it ends now]
        #[arg(long, value_name = "DATE", value_parser = date)]
        on: Option<NaiveDate>,
        /// Why; it stays on record
        #[arg(long)]
        reason: String,
    },
    /// Send a letter without content, to find out whether the recipient can open what they get
    #[command(name = "trial")]
    TestMessage {
        /// An entry, such as dr-rathore-quill
        entry: EntryId,
        #[command(flatten)]
        signing: SigningPassphrase,
    },
    /// The words that open an entry's test message, to be told on the telephone
    Words {
        /// An entry, such as dr-rathore-quill
        entry: EntryId,
        #[command(flatten)]
        unlock: ReviewPassphrase,
    },
    /// Record that the recipient read out the numbers of the test message
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
    /// Import the entries of a file (CSV, or TOML), all or none
    Import {
        /// The file: its columns are id, role, name, organisation, email, telephone, group, places, cases, method,
        /// keys, expires
        #[arg(value_name = "FILE.csv")]
        file: LocalFile,
    },
    /// Write the directory as CSV
    Export {
        /// Where to write it
        #[arg(long, value_name = "FILE.csv")]
        to: CallerPath,
    },
    /// Every entry to which nothing can go, and why
    Check,
    /// Regenerate what is waiting for an entry, once it is verified
    Reseal {
        /// An entry, such as dr-rathore-quill
        entry: EntryId,
        /// Why; it stays on record
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        unlock: ReviewPassphrase,
        #[command(flatten)]
        signing: SigningPassphrase,
    },
}

/// The fields of an entry that may be set.
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub(super) struct Said {
    /// The name in the letter's address
    #[arg(long)]
    name: Option<String>,
    /// The firm, practice or team
    #[arg(long)]
    organisation: Option<String>,
    /// The address; heard from the recipient, not copied from an email
    #[arg(long, value_name = "ADDRESS", value_parser = email)]
    email: Option<EmailAddress>,
    /// A telephone number for the call back
    #[arg(long)]
    telephone: Option<String>,
    /// Whether several people read the mailbox (true or false)
    #[arg(long, value_name = "BOOL")]
    group: Option<bool>,
    /// A place that it serves; may be given several times
    #[arg(long = "place", value_name = "PLACE")]
    places: Vec<PlaceId>,
    /// The only case that may be sent to it; may be given several times
    #[arg(long = "case", value_name = "ID")]
    cases: Vec<CaseId>,
    #[arg(long, help = format!("How they open what they get: {}", OpeningMethod::codes()))]
    method: Option<OpeningMethod>,
}

impl From<Said> for directory::Said {
    fn from(said: Said) -> Self {
        let Said { name, organisation, email, telephone, group, places, cases, method } = said;
        Self { name, organisation, email, telephone, group, places, cases, method }
    }
}

/// Public keys, given directly or in files.
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub(super) struct KeySource {
    /// The recipient's public key (age1…); may be given several times
    #[arg(long = "key", value_name = "AGE1…")]
    pub keys: Vec<String>,
    /// A file with public keys, one on a line
    #[arg(long = "key-file", value_name = "FILE")]
    pub key_files: Vec<LocalFile>,
}

fn email(text: &str) -> Result<EmailAddress, String> {
    text.parse().map_err(|refusal: Refusal| refusal.to_string())
}
