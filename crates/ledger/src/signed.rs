//! Enters: a despatch, an approval of it, and whose signatures count. Leaves: whether what was signed is this decision.
//! Never: believes an approval that says it is signed.

use crate::despatch::{Approval, Despatch, MessageBinding, Signed};
use despatch_guards::Guard;
use despatch_seal::approval::Statement;
use despatch_seal::approvers::Approvers;

/// Returns checks as they are signed.
pub(crate) fn codes(confirmed: &[Guard]) -> Vec<String> {
    confirmed.iter().map(|guard| guard.code().to_owned()).collect()
}

/// Returns whether a statement is of this message to this recipient.
pub(crate) fn is_of(statement: &Statement, despatch: &Despatch, bound: &MessageBinding) -> bool {
    statement.despatch == despatch.id.to_string()
        && statement.message == bound.sha256
        && Some(&statement.entry) == despatch.recipient.entry.as_ref()
        && statement.address == despatch.recipient.address
        && Some(statement.opening.as_str()) == bound.opening.map(|method| method.code())
        && statement.keys == bound.fingerprints
}

/// Returns why the signature of an approval does not count; `None` if it does, for the message as it is now.
pub(crate) fn unfit(approval: &Approval, despatch: &Despatch, approvers: &Approvers) -> Option<String> {
    if approval.by == despatch.prepared_by {
        return Some(format!("{} prepared it", approval.by));
    }
    let Some(Signed { text, signature }) = &approval.signed else {
        return Some(format!("{} did not sign it", approval.by));
    };
    let fits = |statement: &Statement| {
        despatch.message.as_ref().is_some_and(|bound| is_of(statement, despatch, bound))
            && says(statement, approval)
    };
    if !Statement::read(text).as_ref().is_some_and(fits) {
        return Some(format!("what {} signed is another decision than this", approval.by));
    }
    let wrong = approvers.verify(&approval.by, approval.at, text, signature).err()?;
    Some(format!("the signature of {} does not count: {wrong}", approval.by))
}

/// Returns whether an approval says what was signed.
pub(crate) fn says(statement: &Statement, approval: &Approval) -> bool {
    statement.by == approval.by
        && statement.message == approval.sha256
        && statement.address == approval.address
        && statement.keys == approval.fingerprints
        && statement.confirmed == codes(&approval.confirmed)
        && approval.at <= statement.until
}
