//! Enters: an account, or a name in a demo office. Leaves: the actor of an operation.
//! Never: treats somebody who is not on the list as a member of staff.

use super::Failure;
use crate::office::Office;
use despatch_core::fault::Fault;
use despatch_core::words::StaffId;
use despatch_settings::Staff;
use nix::unistd::getuid;

/// The person making a request: a member of staff, or somebody who may only read.
#[derive(Debug, Clone)]
pub struct Actor {
    staff: Result<Staff, Fault>,
    named: bool,
}

impl Actor {
    /// The account that runs this process, or `named` in a demo office.
    pub fn of_process(office: &Office, named: Option<&StaffId>) -> Self {
        Self::of_account(office, getuid().as_raw(), named)
    }

    /// The account that the kernel says is at the other end of a socket, or `named` in a demo office.
    pub fn of_account(office: &Office, uid: u32, named: Option<&StaffId>) -> Self {
        Self { staff: office.actor(uid, named).cloned(), named: named.is_some() }
    }

    /// A member of staff whom something other than the kernel proved: their session in the pages.
    pub fn of_staff(office: &Office, id: &StaffId) -> Self {
        let staff = office.config.staff_member(id).cloned().ok_or_else(|| {
            let cure = "ask whoever runs this office to add you to its staff list";
            Fault::new("account", "actor.unknown", format!("{id} is not on the staff list"), cure)
        });
        Self { staff, named: true }
    }

    /// Returns the member of staff.
    ///
    /// # Errors
    /// Nobody on the staff list has that account or name.
    pub fn staff(&self) -> Result<&Staff, Failure> {
        self.staff.as_ref().map_err(|fault| fault.clone().into())
    }

    /// Whose eyes a list is for; nobody's, where the account is not on the staff list: they see nothing of restricted cases.
    pub fn reader(&self) -> Option<&StaffId> {
        self.staff.as_ref().ok().map(|staff| &staff.id)
    }

    /// Returns the member of staff, who is responsible for the record, the keys and the backups.
    ///
    /// # Errors
    /// Nobody on the staff list has that account or name, or they are not a keeper.
    pub fn keeper(&self) -> Result<&Staff, Failure> {
        let staff = self.staff()?;
        if staff.keeper {
            return Ok(staff);
        }
        let cause = format!("{} does not keep the record, the keys and the backups of this office", staff.id);
        let cure = "ask one of its keepers, whom whoever runs the office has named";
        Err(Fault::new("account", "actor.keeper", cause, cure).into())
    }

    /// Whether nobody is named and the account is not on the staff list: a demo office allows that where a case file
    /// names its preparer.
    pub(super) fn is_nobody(&self) -> bool {
        self.staff.is_err() && !self.named
    }
}
