//! The guards: each alone as a table, and all of them through the real program. Every person is made up.

mod authority;
mod correct;
mod identity;
mod office;
mod papers;
mod pdfs;
mod tables;
mod urgent;
mod words;

use crate::support::office::{appointment, event};
use despatch_process::case;
use despatch_process::case::Case;

/// The case of the person whom [`appointment`] is about, with another name where one is given.
fn case_of(name: Option<&str>) -> Case {
    let mut file = appointment(1, b"a report");
    if let Some(name) = name {
        file["person"]["name"] = name.into();
    }
    case::parse(file.to_string().as_bytes()).expect("a case in which all is in order")
}

/// The same person's case in which this happened.
fn case_in_which(happened: serde_json::Value) -> Case {
    let file = event(1, "test-event", happened);
    case::parse(file.to_string().as_bytes()).expect("a case in which all is in order")
}
