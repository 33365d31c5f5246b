//! Enters: commands of staff, through a socket. Leaves: what they say, ask and hand over, back through it.
//! Never: believes who somebody says that they are, or opens a path that a client names.
//!
//! `despatch run` is the one process that has an office open. The commands of staff reach it through the Unix socket
//! `OFFICE/despatch.sock`: the kernel says which account is at the other end (unix(7), SO_PEERCRED), and that account is
//! the actor. A command works in the service as it works in a process of its own; only what belongs to the caller
//! ([`crate::caller`]) goes back through the socket. Without a service, commands work in the process of the office's
//! owner alone.

mod answering;
mod budget;
mod client;
mod door;
mod frames;
mod messages;

pub use client::{Bounds, Connection, connect};
pub use door::Door;
pub use messages::What;

/// The socket in the folder of an office.
const SOCKET: &str = "despatch.sock";
