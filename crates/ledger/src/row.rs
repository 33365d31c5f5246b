//! Enters: the columns of a table, each once. Leaves: its rows as a type, and the statements that write and read them.
//! Never: decides anything.

/// Declares the rows of a table: its key, its other columns in the order of their numbers, and what of the table is
/// asked for. A file declares one, for `STATEMENTS` lists `SAVE` and each question.
macro_rules! row {
    ($(#[$doc:meta])* $name:ident of $table:literal {
        1 $key:ident: $key_type:ty;
        2 $first:ident: $first_type:ty,
        $($(#[$note:meta])* $number:literal $column:ident: $type:ty,)*
    } select { $($question:ident = $rest:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub(crate) struct $name {
            pub(crate) $key: $key_type,
            pub(crate) $first: $first_type,
            $($(#[$note])* pub(crate) $column: $type,)*
        }

        macro_rules! selected {
            () => {
                concat!(
                    "SELECT ", stringify!($key), ", ", stringify!($first), $(", ", stringify!($column),)*
                    " FROM ", $table
                )
            };
        }

        $crate::statement::statements! {
            SAVE = concat!(
                "INSERT INTO ", $table, " (", stringify!($key), ", ", stringify!($first),
                $(", ", stringify!($column),)* ") VALUES ($1, $2", $(", $", $number,)* ") ON CONFLICT (",
                stringify!($key), ") DO UPDATE SET ", stringify!($first), " = excluded.", stringify!($first),
                $(", ", stringify!($column), " = excluded.", stringify!($column),)*
            );
            $($question = concat!(selected!(), $rest);)*
        }

        impl $name {
            /// Reads a stored row.
            fn read(row: &$crate::engine::LedgerRow) -> Result<Self, $crate::error::LedgerError> {
                use sqlx::Row;
                Ok(Self {
                    $key: row.try_get(stringify!($key))?,
                    $first: row.try_get(stringify!($first))?,
                    $($column: row.try_get(stringify!($column))?,)*
                })
            }

            /// Inserts or updates the row.
            pub(crate) async fn save(
                &self,
                connection: &mut $crate::engine::LedgerConnection,
            ) -> Result<(), $crate::error::LedgerError> {
                let query = SAVE.query().bind(&self.$key).bind(&self.$first)$(.bind(&self.$column))*;
                query.execute(connection).await?;
                Ok(())
            }
        }
    };
}
pub(crate) use row;
