//! Enters: the replayed state, and the rows about the work on cases. Leaves: each row that differs.
//! Never: changes a row.

use super::tables::DOES_NOT_FOLLOW;
use super::{Audit, Replay, Wrong};
use crate::engine::LedgerConnection;
use crate::error::LedgerError;
use crate::rows::{cover_row, owner_row, restriction_row};
use crate::statement::statements;
use sqlx::Row;
use std::collections::BTreeSet;

statements! {
    OWNERS = "SELECT case_id, owner, since, by, word FROM case_owner";
    RESTRICTIONS = "SELECT case_id, by, reason, since FROM restriction";
    READERS = "SELECT case_id, staff FROM restriction_reader";
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

    let rows = COVERS.query().fetch_all(connection).await?;
    let columns = ["staff", "kind", "first_day", "last_day", "covered_by", "by"];
    let text = |one: Option<String>| one.unwrap_or_default();
    let found = rows.iter().map(|row| columns.map(|column| text(row.get(column))));
    let expected = state.cover.iter().map(|(key, one)| cover_row(key, one).map(text));
    compare(audit, "the cover of", found.collect(), expected.collect());
    Ok(())
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
