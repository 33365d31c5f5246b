//! Enters: the replayed state, and the rows about the work on cases. Leaves: each row that differs, and each case that
//! is noted as at rest and is not.
//! Never: changes a row.

use super::tables::DOES_NOT_FOLLOW;
use super::{Audit, Replay, Wrong};
use crate::apply::State;
use crate::engine::LedgerConnection;
use crate::error::LedgerError;
use crate::rows::{cover_row, owner_row, restriction_row};
use crate::statement::statements;
use despatch_process::Recorded;
use sqlx::Row;
use std::collections::BTreeSet;

statements! {
    OWNERS = "SELECT case_id, owner, since, by, word FROM case_owner";
    RESTRICTIONS = "SELECT case_id, by, reason, since FROM restriction";
    READERS = "SELECT case_id, staff FROM restriction_reader";
    RUNNING = "SELECT case_id FROM running_case";
    COVERS = "SELECT staff, kind, first_day, last_day, covered_by, by FROM cover";
}

pub(super) async fn check(
    connection: &mut LedgerConnection,
    replay: &Replay<'_>,
    audit: &mut Audit,
) -> Result<(), LedgerError> {
    let state = &replay.state;
    let rows = OWNERS.query().fetch_all(&mut *connection).await?;
    let columns = ["case_id", "owner", "since", "by", "word"];
    let found = rows.iter().map(|row| columns.map(|column| row.get::<String, _>(column)));
    let expected = state.owners.iter().map(|(case, owned)| owner_row(case, owned));
    compare(audit, "the owner of", found.collect(), expected.collect());

    let rows = RESTRICTIONS.query().fetch_all(&mut *connection).await?;
    let columns = ["case_id", "by", "reason", "since"];
    let found = rows.iter().map(|row| columns.map(|column| row.get::<String, _>(column)));
    let expected = state.restrictions.iter().map(|(case, one)| restriction_row(case, one));
    compare(audit, "the restriction of", found.collect(), expected.collect());

    let rows = READERS.query().fetch_all(&mut *connection).await?;
    let found = rows.iter().map(|row| ["case_id", "staff"].map(|column| row.get::<String, _>(column)));
    let readers = |(case, one): (&despatch_core::words::CaseId, &crate::apply::Restricted)| {
        one.to.iter().map(|reader| [case.to_string(), reader.to_string()]).collect::<Vec<_>>()
    };
    compare(audit, "who may see", found.collect(), state.restrictions.iter().flat_map(readers).collect());

    let rows = RUNNING.query().fetch_all(&mut *connection).await?;
    at_rest(&rows.iter().map(|row| row.get::<String, _>("case_id")).collect(), state, audit);

    let rows = COVERS.query().fetch_all(connection).await?;
    let columns = ["staff", "kind", "first_day", "last_day", "covered_by", "by"];
    let text = |one: Option<String>| one.unwrap_or_default();
    let found = rows.iter().map(|row| columns.map(|column| text(row.get(column))));
    let expected = state.cover.iter().map(|(key, one)| cover_row(key, one).map(text));
    compare(audit, "the cover of", found.collect(), expected.collect());
    Ok(())
}

/// Reports each case that is not among the running ones, and in which something waits or that has not ended: whoever asks
/// what is due would not see it.
fn at_rest(running: &BTreeSet<String>, state: &State, audit: &mut Audit) {
    let rests = |case: &str| !running.contains(case);
    let (mut known, mut ended, mut waiting) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for (_, one) in state.submissions.iter() {
        let Some(case) = one.case_id.as_deref().filter(|case| rests(case)) else { continue };
        known.insert(case);
        let recorded = one.recorded.as_deref().filter(|_| one.superseded == 0);
        let recorded: Option<Recorded> = recorded.and_then(|text| serde_json::from_str(text).ok());
        if recorded.is_some_and(|told| told.fact.ends_detention()) {
            ended.insert(case);
        }
    }
    let despatches = state.despatches.iter().map(|(_, despatch)| despatch);
    let open = despatches.filter(|one| !one.state.is_settled() && rests(one.case_id.as_str()));
    waiting.extend(open.map(|one| one.case_id.as_str()));
    let wrong = known.into_iter().filter(|case| !ended.contains(case) || waiting.contains(case));
    let why = "it is noted as one in which nothing runs, and it has not ended or something of it waits";
    audit.wrong.extend(wrong.map(|case| Wrong::new(format!("the case {case}"), why)));
}

/// Reports each case or person whose rows are not those that follow from the events.
pub(super) fn compare<const N: usize>(
    audit: &mut Audit,
    what: &str,
    found: BTreeSet<[String; N]>,
    expected: BTreeSet<[String; N]>,
) {
    let differ = found.symmetric_difference(&expected).filter_map(|row| row.first());
    let of: BTreeSet<&String> = differ.collect();
    audit.wrong.extend(of.into_iter().map(|one| Wrong::new(format!("{what} {one}"), DOES_NOT_FOLLOW)));
}
