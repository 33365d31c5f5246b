<<<<<<< HEAD
fn main() {
    println!("x");
=======
//! Enters: the command line. Leaves: an exit code.
//! Never: decides anything; a worker process is the same program with one argument.

use std::process::ExitCode;

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some(despatch::render::worker::ARGUMENT) {
        return despatch::render::worker::run();
    }
    ExitCode::from(2)
>>>>>>> render
}
