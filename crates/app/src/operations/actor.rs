//! Enters: an account, or a name in a demo office. Leaves: on whose word an operation is done.
//! Never: takes somebody for a member of staff who is not on the list.

use super::Failure;
use crate::office::Office;
use despatch_core::fault::Fault;
use despatch_core::words::StaffId;
use despatch_settings::Staff;

/// Who asks: a member of staff, or somebody who is none and may look.
#[derive(Debug, Clone)]
pub struct Actor {
    staff: Result<Staff, Fault>,
    named: bool,
}

impl Actor {
    /// Who runs this process, or `named` in a demo office.
    pub fn of_process(office: &Office, named: Option<&StaffId>) -> Self {
        Self { staff: office.actor(named).cloned(), named: named.is_some() }
    }

    /// The member of staff.
    ///
    /// # Errors
    /// Nobody on the staff list has that account or name.
    pub fn staff(&self) -> Result<&Staff, Failure> {
        self.staff.as_ref().map_err(|fault| fault.clone().into())
    }

    /// Whether nobody said who gives the command and the account does not tell: a demo office lets that pass where
    /// a case file names its preparer.
    pub(super) fn is_nobody(&self) -> bool {
        self.staff.is_err() && !self.named
    }
}
