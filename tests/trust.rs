//! What an attack on the program found, each by its number: tried again, and refused.

mod holds;
mod test_messages;
