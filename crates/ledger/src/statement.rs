//! Enters: the SQL of this crate. Leaves: a query of one statement, and the list of those of a file.
//! Never: runs a statement that no list has.

use crate::engine::Database;
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
