//! Enters: the table of all statements. Leaves: whether each prepares on the tables that the ledger makes.
//! Never: looks at what one answers. PostgreSQL is asked in `tests/postgres`.

use despatch_ledger::{Engine, statements};
use sqlx::{AnyConnection, Connection, Executor, SqlSafeStr};
use std::collections::BTreeSet;

#[test]
fn every_statement_prepares_on_the_schema() {
    sqlx::any::install_default_drivers();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let failed: Vec<String> = runtime.block_on(async {
        let mut connection = AnyConnection::connect("sqlite::memory:").await.unwrap();
        sqlx::raw_sql(Engine::Sqlite.schema()).execute(&mut connection).await.unwrap();
        let mut failed = Vec::new();
        for statement in statements() {
            if let Err(error) = connection.prepare(statement.sql().into_sql_str()).await {
                failed.push(format!("{}: {error}\n{}", statement.name(), statement.sql()));
            }
        }
        failed
    });
    assert!(statements().count() > 100, "the table lists {}", statements().count());
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

#[test]
fn no_statement_needs_one_engine() {
    // What one engine alone has; `sql/` is for that.
    let words =
        ["json_", "INSERT OR", "PRAGMA", "ATTACH", "VACUUM", "::", "ILIKE", "RETURNING", "rowid", "BOOLEAN"];
    let of_one = statements().filter(|one| words.iter().any(|word| one.sql().contains(word)));
    let of_one: Vec<&str> = of_one.map(|statement| statement.sql()).collect();
    assert!(of_one.is_empty(), "{of_one:#?}");
}

#[test]
fn both_schemas_have_the_same_tables_columns_and_indexes() {
    let sqlite = plain(Engine::Sqlite.schema())
        .replace("INTEGER PRIMARY KEY AUTOINCREMENT", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY")
        .replace("INTEGER", "BIGINT")
        .replace("BLOB", "BYTEA");
    let (sqlite, postgres) = (lines(&sqlite), plain(Engine::Postgres.schema()));
    let postgres = lines(&postgres);
    assert_eq!(sqlite.symmetric_difference(&postgres).collect::<Vec<_>>(), Vec::<&&str>::new());
}

/// A schema without its comments.
fn plain(schema: &str) -> String {
    schema.lines().filter(|line| !line.trim_start().starts_with("--")).collect::<Vec<_>>().join("\n")
}

fn lines(text: &str) -> BTreeSet<&str> {
    text.lines().map(str::trim).collect()
}
