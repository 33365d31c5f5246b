//! Enters: sealed files that a backup does not have whole. Leaves: each on a line, and how the command ends.
//! Never: keeps quiet of one.

use super::{Print, wrapped};
use crate::context::Exit;
use std::path::PathBuf;

/// Shows what is missing or damaged.
pub fn show_damaged(damaged: &[PathBuf], print: &Print) -> Exit {
    for path in damaged {
        let text = format!("{}: it is missing or not the one that was made", path.display());
        print.line(&wrapped("damaged", &text));
    }
    if damaged.is_empty() { Exit::Done } else { Exit::AtFault }
}
