//! Enters: the SQL of this crate. Leaves: a query of one statement, and the table of all of them.
//! Never: runs a statement that the table does not list.

use crate::connection::Database;
use crate::{
    audit, backup, connection, cross_references, event_log, keys, pack_texts, pseudonyms, queries, retention,
    rows, templates, unsent,
};
use sqlx::query::Query;

/// One statement, portable across both engines: only text, bigint and bytes, `$1`, `ON CONFLICT`.
#[derive(Debug, Clone, Copy)]
pub struct Statement {
    name: &'static str,
    sql: &'static str,
}

impl Statement {
    /// Only for `statements!`, which lists what it makes.
    pub(crate) const fn new(name: &'static str, sql: &'static str) -> Self {
        Self { name, sql }
    }

    /// Returns its name in the code.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns its SQL.
    pub fn sql(&self) -> &'static str {
        self.sql
    }

    /// Returns a query whose values are still to be bound.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place: every other query is made of a listed statement"
    )]
    pub(crate) fn query(&self) -> Query<'static, Database, <Database as sqlx::Database>::Arguments> {
        sqlx::query(self.sql)
    }
}

/// Declares the statements of a file, and `STATEMENTS`, which lists them. A list that [`all`] does not name is dead
/// code, which fails the build.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:expr;)*) => {
        $($(#[$doc])* const $name: $crate::statement::Statement =
            $crate::statement::Statement::new(concat!(module_path!(), "::", stringify!($name)), $sql);)*
        /// Every statement of this file.
        pub(crate) const STATEMENTS: &[$crate::statement::Statement] = &[$($name),*];
    };
}
pub(crate) use statements;

/// Returns every statement that both engines accept.
pub fn all() -> impl Iterator<Item = &'static Statement> {
    FILES.iter().copied().flatten()
}

/// The statements of every file that has some.
const FILES: [&[Statement]; 34] = [
    audit::tables::STATEMENTS,
    backup::STATEMENTS,
    connection::STATEMENTS,
    cross_references::STATEMENTS,
    event_log::STATEMENTS,
    keys::STATEMENTS,
    pack_texts::STATEMENTS,
    pseudonyms::STATEMENTS,
    queries::case_events::STATEMENTS,
    queries::case_record::STATEMENTS,
    queries::submissions::STATEMENTS,
    queries::despatches::STATEMENTS,
    queries::directory::STATEMENTS,
    queries::history::STATEMENTS,
    queries::kept_texts::STATEMENTS,
    queries::known_cases::STATEMENTS,
    queries::next_to_send::STATEMENTS,
    queries::outbox_page::STATEMENTS,
    queries::packs::STATEMENTS,
    queries::removals::STATEMENTS,
    queries::restored::STATEMENTS,
    queries::safety_copies::STATEMENTS,
    queries::sealed_files::STATEMENTS,
    queries::settled::STATEMENTS,
    queries::unacknowledged::STATEMENTS,
    queries::unreviewed::STATEMENTS,
    retention::STATEMENTS,
    rows::STATEMENTS,
    rows::decisions::STATEMENTS,
    rows::despatch::STATEMENTS,
    rows::entry::STATEMENTS,
    rows::submission::STATEMENTS,
    templates::STATEMENTS,
    unsent::STATEMENTS,
];
