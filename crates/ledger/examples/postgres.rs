//! Enters: nothing. Leaves: a script for psql that makes the ledger's tables and prepares each of its statements.
//! Never: runs one of them.

use despatch_ledger::{Engine, statements};

fn main() {
    let engine = Engine::Postgres;
    println!("\\set ON_ERROR_STOP on");
    println!("{}", engine.schema());
    for (number, statement) in statements().enumerate() {
        println!("\\echo {number} {}", statement.name());
        println!("PREPARE statement_{number} AS {};", statement.sql());
    }
    println!("PREPARE tables AS {};", engine.tables());
    println!("{}; COMMIT;", engine.begin_write());
    println!("BEGIN ISOLATION LEVEL REPEATABLE READ; {}; COMMIT;", engine.backup().trim_end());
}
