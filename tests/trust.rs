//! What an attack on the program found, each by its number: tried again, and refused.

mod advisories;
mod approvals;
mod clock;
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
mod sheets;
mod terminal;
mod test_messages;
