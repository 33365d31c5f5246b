//! The second door of the service: pages for people who never see a terminal.
//!
//! Enters: what browsers send. Leaves: requests for the service, and its answers to browsers. Never: decides what a request
//! means, or who may make it.
//!
//! A process of its own speaks HTTP. It has a listening socket and a pipe to the service, and no file, key, ledger or
//! outgoing connection: it bounds what comes in, refuses what no page of ours sends ([`gate`]), parses the rest into a
//! [`Request`], and gives the service's [`Response`] back with the headers that keep a browser from being used against
//! its user ([`headers`]). What a request means, and who may make it, is decided in the service.

mod asking;
pub mod body;
pub mod gate;
pub mod headers;
mod listener;
mod notices;
mod pipe;
mod request;
mod response;
mod server;
pub mod worker;

pub use gate::{Front, Refusal};
pub use listener::Listener;
pub use request::{Method, Request, SessionToken, Upload};
pub use response::{Asset, Content, Response, SessionChange};
pub use server::{Answering, start};
