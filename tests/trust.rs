//! What an attack on the program found, each by its number: tried again, and refused.

mod approvals;
mod holds;
mod passphrases;
mod test_messages;
