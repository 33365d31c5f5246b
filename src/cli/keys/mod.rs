//! Enters: commands about the office's own keys. Leaves: keys made and shown.
//! Never: prints a private key.

mod signing;

use super::args::{Common, Keys};
use super::print::Print;
use super::{Exit, Failure};

pub(super) fn keys(common: &Common, command: Keys, print: &Print) -> Result<Exit, Failure> {
    match command {
        Keys::Signing(command) => signing::signing(common, &command, print),
    }
}
