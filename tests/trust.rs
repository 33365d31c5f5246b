//! What an attack on the program found, each by its number: tried again, and refused.

mod advisories;
mod approvals;
mod approvers;
mod clock;
mod config;
mod confined;
mod email;
mod holds;
mod identity;
mod intake;
mod office;
mod options;
mod passphrases;
mod preparer;
mod race;
mod reading;
mod record;
mod round;
mod service;
mod setup;
mod sheets;
mod signed;
mod socket;
mod terminal;
mod test_messages;
mod unwritten;
