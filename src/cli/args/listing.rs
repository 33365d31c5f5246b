//! Enters: the words of `outbox list`. Leaves: which despatches are meant.
//! Never: looks at any.

use despatch_core::words::CaseId;
use despatch_ledger::State;
use std::str::FromStr;

#[derive(Debug, clap::Args)]
pub struct List {
    /// Only this state, such as held or "awaiting review"
    #[arg(long)]
    pub state: Option<States>,
    /// Only this case
    #[arg(long)]
    pub case: Option<CaseId>,
}

/// The states that one name stands for: two of them are "being sent".
#[derive(Debug, Clone)]
pub struct States(pub Vec<State>);

impl FromStr for States {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        State::called(text).map(Self)
    }
}
