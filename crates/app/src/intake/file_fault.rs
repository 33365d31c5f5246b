//! Enters: nothing by itself. Leaves: what can be wrong with the files of a case, whatever is written in them.
//! Never: holds the name of a file.

use despatch_core::fault::Fault;
use serde::{Deserialize, Serialize};

/// The code of a case of which a file was exchanged between the look and the claim.
pub(crate) const SWAPPED: &str = "file.swapped";

/// What is wrong with the files of a case: closed words, which one process can tell another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileFault {
    TooLarge,
    NotPlain,
    Unreadable,
    TwoCases,
    /// Another file took the place of one of its files between the look and the claim.
    Swapped,
    /// Another file of its name came before it could go back.
    Replaced,
    /// The attachment with this number, from 0, is not the one that was looked at.
    AttachmentChanged(usize),
}

impl FileFault {
    /// The fault as people are told of it.
    pub fn fault(self) -> Fault {
        let of_the_file = |code, cause: &str, cure: &str| Fault::new("", code, cause, cure);
        match self {
            Self::TooLarge => {
                of_the_file("file.too_large", "a case file has at most 1 MiB", "check that it is a case file")
            }
            Self::NotPlain => of_the_file(
                "file.not_plain",
                "it is a link, a pipe or has a second name",
                "drop a plain file",
            ),
            Self::Unreadable => {
                of_the_file("file.unreadable", "it changed or could not be read", "drop it again")
            }
            Self::TwoCases => of_the_file(
                "file.two_cases",
                "two case files were taken as one",
                "drop each again, with its own attachments",
            ),
            Self::Swapped => of_the_file(
                SWAPPED,
                "another file took the place of one of its files while it was being taken",
                "find out who changed the inbox meanwhile, then drop the case again in a folder of its own",
            ),
            Self::Replaced => of_the_file(
                "file.replaced",
                "another file of its name came into the inbox while it was being taken",
                "look which of the two is right, and drop that one with all that belongs to it",
            ),
            Self::AttachmentChanged(index) => Fault::new(
                format!("/attachments/{index}/file"),
                "attachment.changed",
                "the file was changed or taken away while the case was being taken, or another case that names it \
                 was first",
                "drop the case again with attachments of its own, best in a folder of its own",
            ),
        }
    }
}
