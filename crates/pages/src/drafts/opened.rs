//! Enters: the address of a draft. Leaves: it open for its author, with what its form is asked from.
//! Never: opens anybody else's.

use super::key;
use crate::visit::Visit;
use despatch_app::operations::Failure;
use despatch_app::operations::drafts::{self, Background, Draft, DraftId, DraftKey};

/// A draft of the person's, with what its form is asked from.
pub(super) struct Opened {
    pub(super) key: DraftKey,
    pub(super) draft: Draft,
    pub(super) background: Background,
}

/// Opens the draft of the address; `None` where the passphrase of the drafts is to be asked for.
pub(super) fn opened(visit: &mut Visit<'_>) -> Result<Option<Opened>, Failure> {
    let id: DraftId = visit.step_as("id")?;
    let Some(key) = key::of(visit)? else { return Ok(None) };
    let actor = visit.actor()?;
    let draft = drafts::load(visit.open, &actor, &key, &id)?;
    let background = Background::of_form(visit.open, &actor, &draft.kept.form)?;
    Ok(Some(Opened { key, draft, background }))
}
