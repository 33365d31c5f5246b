//! Enters: the work of a command. Leaves: why it failed, shown, and how it ended.
//! Never: lets a defect of ours end more than the one command.

use crate::caller::Terminal;
use crate::global::Exit;
use crate::printing::Print;
use despatch_app::operations::Failure;
use std::panic::{self, AssertUnwindSafe};

/// Does the work of a command; a defect of ours ends the command and nothing else.
///
/// # Errors
/// The work failed.
pub fn outcome<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    // The panic message is on stderr already.
    let gave_up = |_| Err(Failure::Internal("despatch gave up".to_owned()));
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(gave_up)
}

/// Shows why a command failed, if it did, and returns how it ended.
pub fn finish(outcome: Result<Exit, Failure>, print: Print) -> Exit {
    outcome.unwrap_or_else(|failure| explain(failure, print))
}

/// Returns how a command ended whose words may not all have been written: what nobody was told is no success.
pub fn told(exit: Exit, print: Print) -> Exit {
    let Some(why) = Terminal.unwritten() else { return exit };
    print.log(&format!(
        "stdout cannot be written: {why}\n  what the command does was done, and not all of it was shown\n  to mend: make room \
         where the output goes, and look at what was done before giving the command again"
    ));
    if exit == Exit::Done { Exit::AtFault } else { exit }
}

fn explain(failure: Failure, print: Print) -> Exit {
    match failure {
        Failure::Faults(faults) => {
            print.faults(&faults);
            Exit::AtFault
        }
        Failure::Request(fault) => {
            print.faults(&[fault]);
            Exit::Usage
        }
        Failure::TryAgain(why) => {
            print.failure("try_again", &why, &format!("{why}\nhint: try again; nothing was lost"));
            Exit::TryAgain
        }
        Failure::Internal(why) => {
            print.failure("internal", &why, &format!("internal error: {why}"));
            Exit::Internal
        }
    }
}
