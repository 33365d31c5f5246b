//! Enters: what staff decide about policy packs. Leaves: who adopted which until when, and what was withdrawn.
//! Never: lets one person adopt a pack alone (G17), or sends messages of a withdrawn pack.

use crate::despatch::Hold;
use crate::error::{LedgerError, refuse};
use crate::events::{DespatchEvent, HoldCause, LedgerEvent, PackEvent};
use crate::four_eyes::{Matter, second};
use crate::ids::DespatchId;
use crate::ledger::Ledger;
use crate::queries::case_events::knows;
use crate::queries::despatches::unsent_of_pack;
use crate::queries::packs::pack_record;
use chrono::NaiveDate;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, PackId, Sha256, StaffId, date_words};
use despatch_settings::Staff;

/// The terms of an adoption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    pub reason: String,
    /// The last day on which it is in force.
    pub expires: NaiveDate,
}

/// The outcome of an adoption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Adopted {
    /// A second person has still to confirm it.
    Proposed,
    /// Two people have adopted it.
    Confirmed,
}

impl Ledger {
    /// Adopts the text of a pack that has this hash: the first person gives the terms, a second one confirms them. Until then an earlier adoption by
    /// two people stays in force.
    ///
    /// # Errors
    /// The same person asks twice, the text is not the one that was proposed, there are no terms to confirm, or the last day has passed.
    pub fn adopt(
        &mut self,
        (pack, sha256): (&PackId, Sha256),
        by: &Staff,
        terms: Option<&Terms>,
        now: Moment,
    ) -> Result<Adopted, LedgerError> {
        self.transact(by.id.as_str(), now.at, async |tx| {
            let known = pack_record(tx.connection()).await?.remove(pack).unwrap_or_default();
            let open = known.proposed().filter(|adoption| adoption.expires >= now.today);
            let (happened, adopted) = match (open, terms) {
                (Some(open), None) if open.sha256 != Some(sha256) => {
                    let cause = "its text, or that of the pack it extends, has changed since it was proposed";
                    let cure = "read what has changed, then propose it anew with --reason and --until";
                    return refuse(format_args!("policy pack {pack}"), "adopt.changed", cause, cure);
                }
                (Some(open), None) => {
                    second(Matter::Adoption(pack), &by.id, open.by.iter().map(StaffId::as_str))?;
                    let (reason, expires, with) = (open.reason.clone(), open.expires, open.by.clone());
                    let sha256 = Some(sha256);
                    (PackEvent::Adopted { reason, expires, with, sha256 }, Adopted::Confirmed)
                }
                (_, Some(Terms { expires, .. })) if *expires < now.today => {
                    let cause = format!("{} has passed", date_words(*expires));
                    return refuse(
                        format_args!("policy pack {pack}"),
                        "adopt.expired",
                        cause,
                        "give a last day that is still to come",
                    );
                }
                (_, Some(Terms { reason, expires })) => {
                    let (reason, expires) = (reason.clone(), *expires);
                    let sha256 = Some(sha256);
                    (PackEvent::AdoptionProposed { reason, expires, sha256 }, Adopted::Proposed)
                }
                (None, None) => {
                    let cause = "nobody has proposed to adopt it, so there is nothing to confirm";
                    return refuse(
                        format_args!("policy pack {pack}"),
                        "adopt.nothing",
                        cause,
                        "give --reason and --until",
                    );
                }
            };
            tx.record(LedgerEvent::Pack(pack.clone(), happened)).await?;
            Ok(adopted)
        })
    }

    /// Withdraws a pack and holds everything unsent under it, except the copies for healthcare teams, which policy does
    /// not delay (G19). Returns the cases and the held despatches.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn withdraw(
        &mut self,
        pack: &PackId,
        by: &Staff,
        reason: &str,
        now: Moment,
    ) -> Result<(Vec<CaseId>, Vec<DespatchId>), LedgerError> {
        self.transact(by.id.as_str(), now.at, async |tx| {
            let withdrawn = PackEvent::Withdrawn { reason: reason.to_owned() };
            tx.record(LedgerEvent::Pack(pack.clone(), withdrawn)).await?;
            let mut held = Vec::new();
            let mut cases: Vec<CaseId> = Vec::new();
            for despatch in unsent_of_pack(tx.connection(), pack).await? {
                if despatch.planned.safety {
                    continue;
                }
                if !cases.contains(&despatch.case_id) {
                    cases.push(despatch.case_id.clone());
                }
                let others = despatch.holds.into_iter().filter(|hold| hold.code != WITHDRAWN);
                let holds = others.chain([withdrawn_hold(pack, now.today)]).collect();
                let happened = DespatchEvent::Held { holds, cause: HoldCause::PackWithdrawn };
                tx.record(LedgerEvent::Despatch(despatch.id, happened)).await?;
                held.push(despatch.id);
            }
            Ok((cases, held))
        })
    }

    /// Moves a case to another pack: later events are planned under it, and held messages may be regenerated.
    ///
    /// # Errors
    /// Nothing of the case is recorded.
    pub fn move_case(
        &mut self,
        case_id: &CaseId,
        pack: &PackId,
        by: &Staff,
        reason: &str,
        now: Moment,
    ) -> Result<(), LedgerError> {
        self.transact(by.id.as_str(), now.at, async |tx| {
            if !knows(tx.connection(), case_id).await? {
                let cause = "nothing of this case is on record";
                let cure = "check the case's id with `despatch outbox list`";
                return Err(Fault::new(case_id.to_string(), "case.unknown", cause, cure).into());
            }
            let moved = PackEvent::CaseMoved { case_id: case_id.clone(), reason: reason.to_owned() };
            tx.record(LedgerEvent::Pack(pack.clone(), moved)).await
        })
    }
}

/// The code of the hold that a withdrawal sets.
const WITHDRAWN: &str = "pack_withdrawn";

/// Returns the hold of a despatch whose pack was withdrawn.
fn withdrawn_hold(pack: &PackId, on: NaiveDate) -> Hold {
    Hold {
        code: WITHDRAWN.to_owned(),
        words: format!(
            "the policy pack {pack} was withdrawn on {}: move the case to another pack (`despatch policy move`), then release it",
            date_words(on)
        ),
        regenerate: true,
    }
}
