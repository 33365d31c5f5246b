//! Enters: sealed files that a backup lacks or has damaged. Leaves: a line for each, and the exit code.
//! Never: omits one.

use super::Print;
use crate::context::Exit;
use despatch_core::shown::shown_path;
use std::path::PathBuf;

/// Prints each missing or damaged file.
pub fn show_damaged(damaged: &[PathBuf], print: Print) -> Exit {
    for path in damaged {
        let text = format!("{}: it is missing or not the one that was made", shown_path(path));
        print.labelled("damaged", &text);
    }
    if damaged.is_empty() { Exit::Done } else { Exit::AtFault }
}
