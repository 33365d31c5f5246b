//! Enters: the table of all statements. Leaves: which of them read a table that grows with the record from end to end,
//! or sort what they found. Never: measures time.

use despatch_ledger::{Engine, Statement, statements};
use sqlx::{AnyConnection, Connection, Row, SqlSafeStr};

/// The tables that grow with every case.
const GROWING: [&str; 3] = ["event", "submission", "despatch"];
/// Indexes of the few rows that somebody has to see to.
const OF_FEW: [&str; 4] = ["submission_open", "submission_notes", "despatch_unheard", "despatch_unreviewed"];

/// What is asked of the whole record, and is meant so: the audit, backups, purges, lists of all cases, and how many
/// despatches there are, which an index tells.
const OF_ALL: [&str; 6] = [
    "event_log::ALL",
    "queries::case_events::CASES",
    "queries::outbox_page::COUNT_EVERYTHING",
    "queries::sealed_files::SUBMISSIONS",
    "queries::settled::CASES",
    "queries::submissions::QUEUED",
];

/// The steps in which SQLite answers each statement.
fn plans() -> Vec<(&'static Statement, Vec<String>)> {
    sqlx::any::install_default_drivers();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let mut connection = AnyConnection::connect("sqlite::memory:").await.unwrap();
        sqlx::raw_sql(Engine::Sqlite.schema()).execute(&mut connection).await.unwrap();
        let mut plans = Vec::new();
        for statement in statements() {
            let explain =
                sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", statement.sql())).into_sql_str();
            let steps = sqlx::raw_sql(explain).fetch_all(&mut connection).await.unwrap();
            plans.push((statement, steps.iter().map(|step| step.get("detail")).collect()));
        }
        plans
    })
}

/// Whether a step goes through a growing table, or its index, from end to end.
fn grows(step: &str) -> bool {
    let scans = step.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next());
    scans.is_some_and(|table| GROWING.contains(&table)) && !OF_FEW.iter().any(|index| step.ends_with(index))
}

#[test]
fn only_what_is_asked_of_the_whole_record_reads_it_whole() {
    let mut found: Vec<&str> = Vec::new();
    for (statement, steps) in plans() {
        // A scan in the order that is asked for ends with the rows that are.
        let ends =
            statement.sql().contains(" LIMIT ") && !steps.iter().any(|step| step.contains("TEMP B-TREE"));
        let of_page = statement.sql().contains("AS page");
        if steps.iter().any(|step| grows(step)) && !ends && !of_page {
            found.extend(statement.name().strip_prefix("despatch_ledger::"));
        }
    }
    found.sort_unstable();
    assert_eq!(found, OF_ALL);
}

#[test]
fn a_page_of_the_outbox_is_found_in_an_index() {
    for (statement, steps) in plans() {
        if !statement.sql().contains("AS page") {
            continue;
        }
        // The places come from an index in its order; what is sorted after that is the page.
        let places = steps.iter().position(|step| step == "SCAN page").expect("the page is joined");
        let (before, after) = steps.split_at(places);
        assert!(before.iter().all(|step| !step.contains("TEMP B-TREE")), "{}: {steps:?}", statement.name());
        assert!(
            before.iter().any(|step| step.contains("INDEX despatch_")),
            "{}: {steps:?}",
            statement.name()
        );
        assert!(after.iter().any(|step| step.contains("despatch_place")), "{}: {steps:?}", statement.name());
    }
}
