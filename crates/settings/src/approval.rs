//! Enters: the table `[approval]` of `despatch.toml`. Leaves: what may be approved without having been opened, and why;
//! what two people approve; and whether approvals are signed. Never: allows the unseen for everything outside a demo office.

use despatch_core::settings::Section;
use despatch_core::words::KindName;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// The longest reason, in characters.
const REASON_MAX: usize = 200;
/// Stands for every kind, in a demo office.
const EVERYTHING: &str = "*";

/// Whether reviewers sign what they approve with keys of their own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignedApproval {
    /// Whether no other approval counts.
    pub required: bool,
    /// The file that says whose keys count; there if `required`.
    pub signers: Option<PathBuf>,
}

/// What a reviewer may approve without having opened it (F29).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unseen {
    kinds: BTreeMap<KindName, String>,
    everything: Option<String>,
    not_here: bool,
}

impl Unseen {
    /// Returns the reason for which a despatch of this kind may be approved unseen. Where a check `asks` a person to
    /// look, a kind alone allows nothing.
    pub fn reason(&self, kind: &KindName, asks: bool) -> Option<&str> {
        let of_kind = self.kinds.get(kind).filter(|_| !asks);
        of_kind.or(self.everything.as_ref()).map(String::as_str)
    }

    /// Returns whether everything is named outside a demo office, where that allows nothing.
    pub fn names_everything_in_vain(&self) -> bool {
        self.not_here
    }

    /// Iterates over the kinds that are named.
    pub fn kinds(&self) -> impl Iterator<Item = &KindName> {
        self.kinds.keys()
    }
}

pub(super) fn read(top: &Section<'_, '_>, demo: bool) -> (Unseen, SignedApproval, BTreeSet<KindName>) {
    let mut unseen = Unseen::default();
    let Some(section) = top.table("approval") else {
        return (unseen, SignedApproval::default(), BTreeSet::new());
    };
    let two = section.list("two", "names of `despatch template list`").into_iter().collect();
    let signed = SignedApproval {
        required: section.flag("signed").unwrap_or(false),
        signers: section
            .may("signers", "the path of a file outside the office, such as \"/etc/despatch/approvers\""),
    };
    if signed.required && !section.has("signers") {
        let cure = "add it: signers = \"/etc/despatch/approvers\"";
        section.fault_at("signed", "settings.missing", "approval.signers is missing", cure);
    }
    if let Some(table) = section.table("unseen") {
        for (kind, reason) in table.lines(REASON_MAX) {
            if kind == EVERYTHING {
                unseen.not_here = !demo;
                unseen.everything = demo.then_some(reason);
                continue;
            }
            match kind.parse() {
                Ok(kind) => drop(unseen.kinds.insert(kind, reason)),
                Err(_) => {
                    let cause = format!("{kind} is no kind of letter");
                    table.fault_at(&kind, "settings.value", cause, "use a name of `despatch template list`");
                }
            }
        }
    }
    section.end();
    (unseen, signed, two)
}
