//! Enters: the ledger as a library. Leaves: whether it keeps what it promises.
//! Never: starts the program, a worker or typst.

mod connection;
mod damaged;
mod events;
mod four_eyes;
mod marks;
mod notices;
mod one_event;
mod plans;
mod replay;
mod signed_batches;
mod staff_notices;
mod statements;
mod support;
