//! Enters: the command line of `despatch new`. Leaves: typed arguments.
//! Never: acts on them.

use despatch_process::case::EventName;
use std::path::PathBuf;

/// Write a case file by answering questions
#[derive(Debug, clap::Args)]
pub struct New {
    /// What happened, such as appointment-confirmed (default: list the events)
    #[arg(value_parser = event)]
    pub event: Option<EventName>,
    /// The folder to write the case file into [default: .]
    #[arg(long, value_name = "DIR", conflicts_with = "drop")]
    pub to: Option<PathBuf>,
    /// Put it into the inbox at once
    #[arg(long)]
    pub drop: bool,
}

pub(super) fn event(text: &str) -> Result<EventName, &'static str> {
    let word = text.replace('-', "_");
    let named = EventName::WORDS.iter().find(|(name, _)| *name == word);
    named.map(|(_, event)| *event).ok_or("there is no such event: `despatch new` lists them")
}
