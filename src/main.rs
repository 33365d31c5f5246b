//! Enters: the command line. Leaves: an exit code.
//! Never: decides anything; a rendering worker is the same program with one argument.

use std::process::ExitCode;

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some(despatch_letters::render::worker::ARGUMENT) {
        return despatch_letters::render::worker::run();
    }
    despatch::commands::main()
}
