//! Enters: the statements of every file that has some. Leaves: the table of all of them.
//! Never: misses one: a list that nobody names is dead code, which fails the build.

use crate::statement::Statement;
use crate::{
    audit, backup, connection, cross_references, event_log, kept_texts, keys, marks, pseudonyms, queries,
    retention, rows, signed_batches, submission, unsent, users,
};

/// Returns every statement that both engines accept.
pub fn all() -> impl Iterator<Item = &'static Statement> {
    FILES.iter().copied().flatten()
}

/// The statements of every file that has some.
const FILES: [&[Statement]; 46] = [
    audit::tables::STATEMENTS,
    audit::batches::STATEMENTS,
    audit::casework::STATEMENTS,
    backup::STATEMENTS,
    connection::STATEMENTS,
    cross_references::STATEMENTS,
    event_log::STATEMENTS,
    kept_texts::STATEMENTS,
    keys::STATEMENTS,
    marks::STATEMENTS,
    pseudonyms::STATEMENTS,
    queries::batches::STATEMENTS,
    queries::case_events::STATEMENTS,
    queries::case_record::STATEMENTS,
    queries::counts::STATEMENTS,
    queries::casework::STATEMENTS,
    queries::submissions::STATEMENTS,
    queries::despatches::STATEMENTS,
    queries::directory::STATEMENTS,
    queries::due::STATEMENTS,
    queries::find::STATEMENTS,
    queries::history::STATEMENTS,
    queries::known_cases::STATEMENTS,
    queries::next_to_send::STATEMENTS,
    queries::outbox_page::STATEMENTS,
    queries::packs::STATEMENTS,
    queries::record_page::STATEMENTS,
    queries::removals::STATEMENTS,
    queries::restored::STATEMENTS,
    queries::review_queue::STATEMENTS,
    queries::running::STATEMENTS,
    queries::sealed_files::STATEMENTS,
    queries::settled::STATEMENTS,
    queries::work::STATEMENTS,
    retention::STATEMENTS,
    rows::STATEMENTS,
    rows::batches::STATEMENTS,
    rows::decisions::STATEMENTS,
    rows::casework::STATEMENTS,
    rows::despatch::STATEMENTS,
    rows::entry::STATEMENTS,
    rows::user::STATEMENTS,
    signed_batches::STATEMENTS,
    submission::STATEMENTS,
    unsent::STATEMENTS,
    users::STATEMENTS,
];
