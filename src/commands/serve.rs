//! Enters: an office, and where its pages are to be. Leaves: what `run` does, with pages whatever the settings say.
//! Never: processes anything itself.

use crate::context::{CommandContext, Exit};
use crate::passphrases::SigningPassphrase;
use crate::serving::process;
use despatch_app::operations::Failure;
use std::net::SocketAddr;

/// As `run`, with the office's pages for browsers
#[derive(Debug, clap::Args)]
pub struct Args {
    /// An address of this machine and a port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8717", value_parser = loopback)]
    listen: SocketAddr,
    #[command(flatten)]
    signing: SigningPassphrase,
}

/// Parses an address of this machine.
fn loopback(text: &str) -> Result<SocketAddr, &'static str> {
    let address: Option<SocketAddr> = text.parse().ok();
    let own = address.filter(|address| address.ip().is_loopback());
    own.ok_or(
        "write an address of this machine and a port, such as 127.0.0.1:8717; others come through a proxy",
    )
}

/// Runs `despatch serve`.
///
/// # Errors
/// As for `despatch run`; the address is taken.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    process(false, Some(args.listen), (args.signing.source(), None), context)
}
