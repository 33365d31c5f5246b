//! Enters: claimed messages. Leaves: the courier's verdict on each, from as many threads as the office has lanes.
//! Never: touches the ledger, or lets a dot be written before the thread that has the ledger says so.

use super::{Courier, Verdict};
use despatch_core::address::EmailAddress;
use despatch_ledger::{Approved, DespatchId};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::Scope;

/// A message that the relay has but for its dot: its lane waits for the answer, with its connection open.
pub(super) struct DotPending {
    pub(super) id: DespatchId,
    answer: SyncSender<Result<(), String>>,
}

impl DotPending {
    /// Lets the dot be written, or has the connection cut.
    pub(super) fn answer(self, recorded: Result<(), String>) {
        // A lane that is gone has written no dot.
        let _ = self.answer.send(recorded);
    }
}

/// What the lanes told since they were last heard.
#[derive(Default)]
pub(super) struct Told {
    pub(super) dots: Vec<DotPending>,
    pub(super) verdicts: Vec<(Approved, Verdict)>,
}

/// What one lane tells.
enum Heard {
    Dot(DotPending),
    Over(Box<Approved>, Verdict),
}

/// The lanes: each has one message in hand and a connection of its own.
pub(super) struct Lanes<'s, 'e> {
    scope: &'s Scope<'s, 'e>,
    courier: &'e Courier,
    most: usize,
    busy: usize,
    tell: Sender<Heard>,
    heard: Receiver<Heard>,
}

impl<'s, 'e> Lanes<'s, 'e> {
    pub(super) fn new(scope: &'s Scope<'s, 'e>, courier: &'e Courier, most: usize) -> Self {
        let (tell, heard) = channel();
        Self { scope, courier, most, busy: 0, tell, heard }
    }

    /// Returns how many messages more may be in hand.
    pub(super) fn free(&self) -> usize {
        self.most.saturating_sub(self.busy)
    }

    /// Gives a message to a lane; `from` is the address of the team that wrote it, if the office still acts for it.
    pub(super) fn send(&mut self, from: Option<EmailAddress>, approved: Box<Approved>) {
        self.busy += 1;
        let (courier, tell) = (self.courier, self.tell.clone());
        self.scope.spawn(move || {
            let verdict = match from {
                Some(from) => deliver(courier, &from, &approved, &tell),
                None => Verdict::Refused {
                    reply: "the office no longer acts for the team that wrote it".to_owned(),
                },
            };
            // Whoever hears it waits for every lane.
            let _ = tell.send(Heard::Over(approved, verdict));
        });
    }

    /// Waits for a lane to tell something, and takes what the others have told meanwhile; `None` if none is at work.
    pub(super) fn wait(&mut self) -> Option<Told> {
        if self.busy == 0 {
            return None;
        }
        let first = self.heard.recv().ok()?;
        let mut told = Told::default();
        for heard in std::iter::once(first).chain(self.heard.try_iter()) {
            match heard {
                Heard::Dot(dot) => told.dots.push(dot),
                Heard::Over(approved, verdict) => {
                    self.busy -= 1;
                    told.verdicts.push((*approved, verdict));
                }
            }
        }
        Some(told)
    }
}

/// Delivers one message. Before its dot it asks, and waits until the answer is on record. A lane that fails harms its own
/// message alone: whether it may have arrived depends on whether the dot was allowed.
fn deliver(courier: &Courier, from: &EmailAddress, approved: &Approved, tell: &Sender<Heard>) -> Verdict {
    let mut allowed = false;
    let mut dot_pending = || {
        const NOBODY: &str = "nobody is there to record it";
        let (answer, answered) = sync_channel(1);
        let dot = DotPending { id: approved.despatch().id, answer };
        tell.send(Heard::Dot(dot)).map_err(|_| NOBODY)?;
        answered.recv().map_err(|_| NOBODY)??;
        allowed = true;
        Ok::<(), String>(())
    };
    let parcel = approved.parcel();
    let delivered = catch_unwind(AssertUnwindSafe(|| courier.deliver(from, &parcel, &mut dot_pending)));
    delivered.unwrap_or_else(|_| match allowed {
        true => Verdict::InDoubt { why: "the sender failed after the dot was allowed".to_owned() },
        false => Verdict::Deferred { reply: "the sender failed before the dot".to_owned() },
    })
}
