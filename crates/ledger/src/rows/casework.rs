//! Enters: who owns, sees and covers what. Leaves: their rows.
//! Never: decides anything; a column follows from its value.

use crate::apply::{CoverKey, Covered, Owned, Restricted, State};
use crate::engine::LedgerConnection;
use crate::error::LedgerError;
use crate::statement::statements;
use despatch_core::words::CaseId;

statements! {
    END_OWNER = "DELETE FROM case_owner WHERE case_id = $1";
    OWN = "INSERT INTO case_owner (case_id, owner, since, by, word) VALUES ($1, $2, $3, $4, $5)";
    END_RESTRICTION = "DELETE FROM restriction WHERE case_id = $1";
    RESTRICT = "INSERT INTO restriction (case_id, by, reason, since) VALUES ($1, $2, $3, $4)";
    END_READERS = "DELETE FROM restriction_reader WHERE case_id = $1";
    READER = "INSERT INTO restriction_reader (case_id, staff) VALUES ($1, $2)";
    END_COVER = "DELETE FROM cover WHERE staff = $1 AND kind = $2 AND first_day = $3";
    COVER = "INSERT INTO cover (staff, kind, first_day, last_day, covered_by, by) VALUES ($1, $2, $3, $4, $5, $6)";
}

/// Returns the owner of a case as a row of `case_owner`.
pub(crate) fn owner_row(case: &CaseId, owned: &Owned) -> [String; 5] {
    let Owned { owner, since, by, word } = owned;
    [case.to_string(), owner.to_string(), since.to_string(), by.clone(), word.clone()]
}

/// Returns a restriction as a row of `restriction`.
pub(crate) fn restriction_row(case: &CaseId, restricted: &Restricted) -> [String; 4] {
    let Restricted { by, reason, since, .. } = restricted;
    [case.to_string(), by.clone(), reason.clone(), since.to_string()]
}

/// Returns a cover as a row of `cover`.
pub(crate) fn cover_row((who, kind, from): &CoverKey, covered: &Covered) -> [Option<String>; 6] {
    let Covered { until, covered_by, by } = covered;
    [
        Some(who.to_string()),
        Some(kind.code().to_owned()),
        Some(from.to_string()),
        Some(until.to_string()),
        covered_by.as_ref().map(ToString::to_string),
        Some(by.clone()),
    ]
}

pub(super) async fn save_casework(
    connection: &mut LedgerConnection,
    state: &mut State,
) -> Result<(), LedgerError> {
    for case in state.owners.take_changed() {
        END_OWNER.query().bind(case.as_str()).execute(&mut *connection).await?;
        if let Some(owned) = state.owners.get(&case) {
            let [case, owner, since, by, word] = owner_row(&case, owned);
            let own = OWN.query().bind(case).bind(owner).bind(since).bind(by).bind(word);
            own.execute(&mut *connection).await?;
        }
    }
    for case in state.restrictions.take_changed() {
        for end in [END_READERS, END_RESTRICTION] {
            end.query().bind(case.as_str()).execute(&mut *connection).await?;
        }
        let Some(restricted) = state.restrictions.get(&case) else { continue };
        let [id, by, reason, since] = restriction_row(&case, restricted);
        RESTRICT.query().bind(id).bind(by).bind(reason).bind(since).execute(&mut *connection).await?;
        for reader in &restricted.to {
            READER.query().bind(case.as_str()).bind(reader.as_str()).execute(&mut *connection).await?;
        }
    }
    for key in state.cover.take_changed() {
        let (who, kind, from) = &key;
        let end = END_COVER.query().bind(who.as_str()).bind(kind.code()).bind(from.to_string());
        end.execute(&mut *connection).await?;
        if let Some(covered) = state.cover.get(&key) {
            let query =
                cover_row(&key, covered).into_iter().fold(COVER.query(), |query, text| query.bind(text));
            query.execute(&mut *connection).await?;
        }
    }
    Ok(())
}
