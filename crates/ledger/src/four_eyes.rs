//! Enters: who decided first, and who wants to decide now. Leaves: a decision by two people, or the refusal.
//! Never: lets one person be both pairs of eyes.

use crate::despatch::Despatch;
use crate::error::LedgerError;
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, EntryId, PackId, StaffId};
use despatch_directory::entry::Entry;
use despatch_settings::Staff;
use std::fmt::Display;

/// A decision that takes four eyes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Matter<'a> {
    /// To approve a despatch that somebody prepared.
    Approval(&'a Despatch),
    /// To approve, as the second of two, a despatch of which nothing proves who prepared it.
    SecondApproval(&'a Despatch),
    /// To approve a despatch on which somebody overrode a guard.
    Override(&'a Despatch, &'static str),
    /// To review an urgent release.
    UrgentReview(&'a Despatch),
    /// To lift somebody else's hold of a despatch.
    Hold(&'a Despatch),
    /// To verify what somebody entered.
    Verification(&'a Entry),
    /// To send the first test message to an address that somebody entered.
    TestMessage(&'a Entry),
    /// To unfreeze an entry that an incident froze.
    Unfreezing(&'a EntryId),
    Adoption(&'a PackId),
    /// To lift a litigation hold.
    Lifting(&'a CaseId),
    Erasure(&'a CaseId),
}

/// Why somebody cannot be the second person: the code, what they did already, and the cure.
struct Refusal {
    at: String,
    code: &'static str,
    did: String,
    cure: &'static str,
}

impl Matter<'_> {
    /// The one table of refusals.
    fn refusal(self) -> Refusal {
        const REVIEWER: &str = "ask another reviewer to look at it";
        const STAFF: &str = "ask a second member of staff";
        const COMMAND: &str = "ask another member of staff to give this command";
        let of = |at: &dyn Display, code, did: &str, cure| Refusal {
            at: at.to_string(),
            code,
            did: did.to_owned(),
            cure,
        };
        match self {
            Self::Approval(one) => {
                of(&one.id, "approve.own_case", "prepared this case and cannot approve it", REVIEWER)
            }
            Self::SecondApproval(one) => {
                let because = one.two_because().unwrap_or("one approval was not enough");
                let did = format!("has approved it already, and {because}: two different people must");
                of(&one.id, "approve.second", &did, REVIEWER)
            }
            Self::Override(one, guard) => {
                let did = format!("let the check {guard} pass and cannot be the one who approves");
                of(&one.id, "approve.own_override", &did, REVIEWER)
            }
            Self::UrgentReview(one) => {
                of(&one.id, "reviewed.own", "let it go and cannot be the one who reviews that", REVIEWER)
            }
            Self::Hold(one) => {
                let did =
                    "prepared it or had let it go before somebody else held it, and cannot lift that hold";
                let cure = "ask who holds it, or a reviewer who did neither";
                of(&one.id, "release.overruled", did, cure)
            }
            Self::Verification(entry) => {
                let did = "entered or changed it and cannot verify it";
                let at = format!("entry {}", entry.id);
                of(&at, "verify.same_person", did, "ask another member of staff to verify it")
            }
            Self::TestMessage(entry) => {
                let did =
                    "entered or changed it, and a second person sends the first test message to an address";
                let at = format!("entry {}", entry.id);
                of(&at, "test_message.same_person", did, COMMAND)
            }
            Self::Unfreezing(entry) => {
                let did = "has asked for it already, and two different people must";
                of(&format!("entry {entry}"), "incident.same_person", did, STAFF)
            }
            Self::Adoption(pack) => {
                let did = "has adopted it already, and two different people must";
                let at = format!("policy pack {pack}");
                of(&at, "adopt.same_person", did, "ask a second member of staff to adopt it")
            }
            Self::Lifting(case) => {
                let did = "set the hold, and a second person has to agree";
                of(case, "litigation.same_person", did, COMMAND)
            }
            Self::Erasure(case) => {
                of(case, "erase.same_person", "asked for it, and a second person has to agree", COMMAND)
            }
        }
    }
}

/// Checks that `by` is none of those who decided before.
///
/// # Errors
/// `by` is one of them.
pub(crate) fn second<'p>(
    matter: Matter<'_>,
    by: &StaffId,
    first: impl IntoIterator<Item = &'p str>,
) -> Result<(), Fault> {
    if first.into_iter().all(|one| one != by.as_str()) {
        return Ok(());
    }
    let Refusal { at, code, did, cure } = matter.refusal();
    Err(Fault::new(at, code, format!("{by} {did}"), cure))
}

/// Checks that `by` may release a despatch: a reviewer who did not prepare it.
///
/// # Errors
/// `by` is not a reviewer, or prepared the case.
pub(crate) fn may_let_go(despatch: &Despatch, by: &Staff) -> Result<(), LedgerError> {
    must_review(despatch, by)?;
    second(Matter::Approval(despatch), &by.id, [despatch.prepared_by.as_str()]).map_err(LedgerError::Refused)
}

/// Checks that `by` is a reviewer.
///
/// # Errors
/// `by` is none.
pub(crate) fn must_review(despatch: &Despatch, by: &Staff) -> Result<(), LedgerError> {
    if by.reviewer {
        return Ok(());
    }
    let cause = format!("{} is not a reviewer", by.id);
    let cure = "ask a reviewer, or whoever runs the office to name you as one";
    let fault = Fault::new(despatch.id.to_string(), "approve.not_reviewer", cause, cure);
    Err(LedgerError::Refused(fault))
}
