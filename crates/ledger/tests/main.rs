//! Enters: the ledger as a library. Leaves: whether it keeps what it promises.
//! Never: starts the program, a worker or typst.

mod connection;
mod plans;
mod statements;
