//! Enters: decisions about packs, cases and a restored ledger. Leaves: their rows.
//! Never: decides anything; a column follows from its value.

use crate::apply::{Decided, Restoration, State};
use crate::engine::LedgerConnection;
use crate::error::LedgerError;
use crate::events::at_text;
use crate::statement::statements;
use despatch_core::words::{CaseId, PackId};
use despatch_process::{PackRecord, Withdrawal};

statements! {
    END_ADOPTIONS = "DELETE FROM adoption WHERE pack = $1";
    END_WITHDRAWAL = "DELETE FROM withdrawal WHERE pack = $1";
    ADOPT = "INSERT INTO adoption (pack, proposed_by, reason, first_day, last_day, confirmed_by, \
             pack_sha256) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    WITHDRAW = "INSERT INTO withdrawal (pack, by, reason, day) VALUES ($1, $2, $3, $4)";
    END_HOLD = "DELETE FROM litigation_hold WHERE case_id = $1";
    HOLD = "INSERT INTO litigation_hold (case_id, by, reason, since) VALUES ($1, $2, $3, $4)";
    END_ERASURE = "DELETE FROM erasure WHERE case_id = $1";
    ASK_ERASURE = "INSERT INTO erasure (case_id, by, reason, since) VALUES ($1, $2, $3, $4)";
    REMOVE = "INSERT INTO removed (file, pending) VALUES ($1, 1) ON CONFLICT (file) DO UPDATE SET pending = 1";
    END_RESTORATION = "DELETE FROM restoration";
    RESTORE = "INSERT INTO restoration (one, by, since, taken) VALUES (1, $1, $2, $3)";
    SETTLE = "DELETE FROM unreconciled WHERE despatch = $1";
    OPEN = "INSERT INTO unreconciled (despatch) VALUES ($1)";
}

/// Returns the decisions about a pack as rows: those of `adoption` have a last day, that of `withdrawal` has none.
pub(crate) fn pack_rows(pack: &PackId, record: &PackRecord) -> Vec<[Option<String>; 7]> {
    let some = |text: &dyn ToString| Some(text.to_string());
    let adoptions = record.adoption.iter().chain(&record.renewal).map(|adoption| {
        let (first, second) = (adoption.by.first(), adoption.by.get(1));
        let [first, second] = [first, second].map(|who| who.map(ToString::to_string));
        let reason = some(&adoption.reason);
        let sha256 = adoption.sha256.as_ref().map(ToString::to_string);
        [some(pack), first, second, reason, some(&adoption.from), some(&adoption.expires), sha256]
    });
    let withdrawn = record.withdrawn.iter().map(|withdrawn| {
        let Withdrawal { by, reason, on } = withdrawn;
        [some(pack), some(by), None, some(reason), some(on), None, None]
    });
    adoptions.chain(withdrawn).collect()
}

pub(super) async fn save_pack(
    connection: &mut LedgerConnection,
    pack: &PackId,
    record: Option<&PackRecord>,
) -> Result<(), LedgerError> {
    for end in [END_ADOPTIONS, END_WITHDRAWAL] {
        end.query().bind(pack.as_str()).execute(&mut *connection).await?;
    }
    for [pack, by, second, reason, day, last, sha256] in
        record.into_iter().flat_map(|record| pack_rows(pack, record))
    {
        let query = match last {
            Some(last) => {
                let adopt = ADOPT.query().bind(pack).bind(by).bind(reason).bind(day).bind(last);
                adopt.bind(second).bind(sha256)
            }
            None => WITHDRAW.query().bind(pack).bind(by).bind(reason).bind(day),
        };
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

/// Returns a decision about a case as a row of `litigation_hold` or `erasure`.
pub(crate) fn decided_row(case: &CaseId, decided: &Decided) -> [String; 4] {
    [case.to_string(), decided.by.clone(), decided.reason.clone(), decided.since.to_string()]
}

pub(super) async fn save_decided(
    connection: &mut LedgerConnection,
    state: &mut State,
) -> Result<(), LedgerError> {
    for ([delete, insert], table) in
        [([END_HOLD, HOLD], &mut state.litigation_holds), ([END_ERASURE, ASK_ERASURE], &mut state.erasures)]
    {
        for case in table.take_changed() {
            delete.query().bind(case.as_str()).execute(&mut *connection).await?;
            if let Some(decided) = table.get(&case) {
                let [case, by, reason, since] = decided_row(&case, decided);
                insert.query().bind(case).bind(by).bind(reason).bind(since).execute(&mut *connection).await?;
            }
        }
    }
    Ok(())
}

/// Returns a restoration as a row of `restoration`.
pub(crate) fn restoration_row(restoration: &Restoration) -> [String; 3] {
    [restoration.by.clone(), at_text(restoration.since), restoration.taken.clone()]
}

/// Writes the removals, and what a restored ledger has still to settle.
pub(super) async fn save_removals(
    connection: &mut LedgerConnection,
    state: &mut State,
) -> Result<(), LedgerError> {
    for file in state.removed.take_changed() {
        // The file may still exist; the removal is marked as done afterwards.
        REMOVE.query().bind(file).execute(&mut *connection).await?;
    }
    for () in state.restoration.take_changed() {
        END_RESTORATION.query().execute(&mut *connection).await?;
        if let Some(restoration) = state.restoration.get(&()) {
            let [by, since, taken] = restoration_row(restoration);
            RESTORE.query().bind(by).bind(since).bind(taken).execute(&mut *connection).await?;
        }
    }
    for id in state.unreconciled.take_changed() {
        SETTLE.query().bind(id.to_string()).execute(&mut *connection).await?;
        if state.unreconciled.get(&id).is_some() {
            OPEN.query().bind(id.to_string()).execute(&mut *connection).await?;
        }
    }
    Ok(())
}
