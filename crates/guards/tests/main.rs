//! The guards, each alone as a table. Every person is made up.

mod contradiction;
mod correct;
mod identity;
mod papers;
mod tables;
mod variants;
mod words;

use despatch_process::case;
use despatch_process::case::Case;
use despatch_testing::cases::{appointment, event};

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
