//! Enters: folders in which a ledger lies, or not. Leaves: whether it opens with every safeguard, or says why not.
//! Never: changes a ledger otherwise than through the library, one of another schema apart.

use crate::support::{now, staff};
use despatch_ledger::{Ledger, LedgerError};
use sqlx::{AnyConnection, Connection};
use std::path::Path;
use std::process::Command;

fn refused(root: &Path) -> String {
    match Ledger::open(root) {
        Err(LedgerError::Refused(fault)) => format!("{}: {}", fault.code, fault.cause),
        other => panic!("{other:?}"),
    }
}

/// Runs SQL on a ledger's file as another program would.
fn run(root: &Path, sql: &'static str) {
    sqlx::any::install_default_drivers();
    let url = format!("sqlite://{}?mode=rwc", root.join("ledger.db").display());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let mut connection = AnyConnection::connect(&url).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
}

#[test]
fn a_ledger_is_made_and_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(Ledger::open(folder.path()).unwrap().tail().unwrap(), None);
    assert_eq!(Ledger::open(folder.path()).unwrap().verify().unwrap(), Ok(0));
}

#[test]
fn the_path_may_hold_what_means_something_in_a_url() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["100%25 of #2?", "a b&c=d", "Ä 文", "x/../y"] {
        let root = folder.path().join(name);
        std::fs::create_dir_all(folder.path().join("x")).unwrap();
        Ledger::open(&root).unwrap();
        assert!(root.join("ledger.db").metadata().unwrap().len() > 0, "{name}");
    }
}

#[test]
fn a_ledger_of_another_schema_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    Ledger::open(folder.path()).unwrap();
    run(folder.path(), "UPDATE schema_version SET version = 99");
    assert_eq!(
        refused(folder.path()),
        "ledger.schema: another version of despatch made this ledger (schema 99; this one reads schema 1)"
    );
}

#[test]
fn a_ledger_without_a_schema_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), "CREATE TABLE event (seq INTEGER PRIMARY KEY)");
    assert_eq!(
        refused(folder.path()),
        "ledger.schema: another version of despatch made this ledger (schema 0; this one reads schema 1)"
    );
}

#[test]
fn every_safeguard_is_on() {
    let folder = tempfile::tempdir().unwrap();
    let safeguards = Ledger::open(folder.path()).unwrap().safeguards().unwrap();
    let expected = [
        ("PRAGMA busy_timeout", "10000"),
        ("PRAGMA journal_mode", "wal"),
        ("PRAGMA synchronous", "2"),
        ("PRAGMA foreign_keys", "1"),
        ("PRAGMA secure_delete", "1"),
        ("PRAGMA temp_store", "2"),
    ];
    assert_eq!(safeguards, expected.map(|(pragma, value)| (pragma, value.to_owned())));
}

#[test]
fn what_a_process_writes_through_two_ledgers_outlives_a_third_of_another_process() {
    let folder = tempfile::tempdir().unwrap();
    let mut one = Ledger::open(folder.path()).unwrap();
    let _two = Ledger::open(folder.path()).unwrap();
    // Whoever is the last to close a ledger removes its log: another program must see that it is not.
    let ask = |sql: &str| {
        let done = Command::new("sqlite3").arg(folder.path().join("ledger.db")).arg(sql).output().unwrap();
        String::from_utf8_lossy(&done.stdout).trim().to_owned()
    };
    assert_eq!(ask("SELECT COUNT(*) FROM event"), "0");
    one.record_export(&"CASE-ONE-1".parse().unwrap(), "why", &staff("one"), now()).unwrap();
    assert_eq!(ask("SELECT COUNT(*) FROM event"), "1");
    assert_eq!(ask("PRAGMA integrity_check"), "ok");
}
