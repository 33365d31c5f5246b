//! Enters: an account, or a name in a demo office. Leaves: the actor of an operation.
//! Never: treats somebody who is not on the list as a member of staff.

use super::Failure;
use crate::office::Office;
use despatch_core::fault::Fault;
use despatch_core::words::StaffId;
use despatch_settings::Staff;

/// The person making a request: a member of staff, or somebody who may only read.
#[derive(Debug, Clone)]
pub struct Actor {
    staff: Result<Staff, Fault>,
    named: bool,
}

impl Actor {
    /// The account that runs this process, or `named` in a demo office.
    pub fn of_process(office: &Office, named: Option<&StaffId>) -> Self {
        Self { staff: office.actor(named).cloned(), named: named.is_some() }
    }

    /// Returns the member of staff.
    ///
    /// # Errors
    /// Nobody on the staff list has that account or name.
    pub fn staff(&self) -> Result<&Staff, Failure> {
        self.staff.as_ref().map_err(|fault| fault.clone().into())
    }

    /// Whether nobody is named and the account is not on the staff list: a demo office allows that where a case file
    /// names its preparer.
    pub(super) fn is_nobody(&self) -> bool {
        self.staff.is_err() && !self.named
    }
}
