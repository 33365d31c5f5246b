//! Enters: nothing by itself. Leaves: the closed list of how a call about a message ends.
//! Never: says what was spoken of.

use std::str::FromStr;

despatch_core::closed! {
    /// How a call ended.
    CallOutcome {
        Spoke = "spoke", "spoke to them";
        WordsTold = "words_told", "told them the words that open the message";
        MessageLeft = "message_left", "left word to call back, and nothing about the case";
        NoAnswer = "no_answer", "nobody answered";
        WrongNumber = "wrong_number", "the number is not theirs";
    }
}

impl FromStr for CallOutcome {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|outcome| outcome.code() == text);
        known.ok_or_else(|| format!("use one of: {}", Self::ALL.map(Self::code).join(", ")))
    }
}
