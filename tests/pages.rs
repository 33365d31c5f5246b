//! Enters: an office whose pages are served, and browsers. Leaves: proof of what people see, and of what nobody gets.
//! Never: another machine.

mod authority;
mod batches;
pub mod browser;
mod drafts;
mod helper;
mod hostile;
mod manager;
mod markup;
mod proxy;
mod restricted;
mod review;
mod roles;
mod same;
