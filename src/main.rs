//! Enters: the command line. Leaves: an exit code.
//! Never: decides anything; a rendering worker, the intake's process, the one that speaks HTTP and what waits with a
//! sender's checkpoint are the same program with a first argument of their own.

use despatch_app::intake;
use despatch_app::operations::push;
use std::process::ExitCode;

fn main() -> ExitCode {
    despatch_core::memory::share_heaps();
    if std::env::args().nth(1).as_deref() == Some(despatch_letters::render::worker::ARGUMENT) {
        return despatch_letters::render::worker::run();
    }
    if std::env::args().nth(1).as_deref() == Some(intake::worker::ARGUMENT) {
        return intake::worker::run(std::env::args_os().skip(2));
    }
    if std::env::args().nth(1).as_deref() == Some(despatch_web::worker::ARGUMENT) {
        return despatch_web::worker::run(std::env::args_os().skip(2), despatch_pages::asset);
    }
    if std::env::args().nth(1).as_deref() == Some(push::ARGUMENT) {
        return push::wait(&std::env::args_os().skip(2).collect::<Vec<_>>());
    }
    despatch::commands::main()
}
