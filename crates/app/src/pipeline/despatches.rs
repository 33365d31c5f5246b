//! Enters: a planned case. Leaves: every despatch of it, several made at once, in the order of the plan.
//! Never: decides what a despatch holds, or stops at the first fault.

use super::builder::MessageBuilder;
use super::documents::OwnDocument;
use despatch_core::fault::Fault;
use despatch_directory::directory::Resolution;
use despatch_ledger::SealedDespatch;
use despatch_process::Planned;
use std::cmp::Reverse;
use std::collections::HashSet;
use std::panic::resume_unwind;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// A piece of work that one thread does; despatches are counted from 0.
#[derive(Clone, Copy)]
enum Step<'a> {
    /// A letter or sheet of a despatch is made, which others may have too.
    Letter(usize, OwnDocument<'a>),
    /// A despatch is made from its letters, its cover note and what it encloses.
    Despatch(usize),
}

impl<'a> MessageBuilder<'a> {
    /// Makes every despatch of the plan: rendered, sealed and put into its message. Twice as many at once as there are
    /// workers: each waits for its documents most of the time, or for a letter that another one has made too.
    ///
    /// # Errors
    /// The faults of all despatches, in the order of the plan.
    pub(super) fn despatches(&self) -> Result<Vec<SealedDespatch>, Vec<Fault>> {
        let planned = &self.plan.despatches;
        let steps = self.steps();
        let (next, resolved) = (AtomicUsize::new(0), vec![const { OnceLock::new() }; planned.len()]);
        let take = || {
            let mine = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
            let mine = mine.map_while(|at| steps.get(at));
            mine.filter_map(|step| self.take(*step, &resolved)).collect::<Vec<_>>()
        };
        let beside = (self.line.office.config.workers * 2).min(steps.len()).saturating_sub(1);
        let mut made = thread::scope(|scope| {
            let others: Vec<_> = (0..beside).map(|_| scope.spawn(take)).collect();
            let mut made = take();
            made.extend(
                others.into_iter().flat_map(|one| one.join().unwrap_or_else(|panic| resume_unwind(panic))),
            );
            made
        });
        made.sort_by_key(|(at, _)| *at);
        let (mut despatches, mut faults) = (Vec::new(), Vec::new());
        for (_, one) in made {
            match one {
                Ok(despatch) => despatches.push(despatch),
                Err(more) => faults.extend(more),
            }
        }
        if faults.is_empty() { Ok(despatches) } else { Err(faults) }
    }

    /// The work in the order in which it is begun: first the letters, each once, and then the despatches, those with most
    /// documents before the others. In the order of the plan the letters of one despatch would be set one after the other,
    /// the last of them while the other workers have nothing to do.
    fn steps(&self) -> Vec<Step<'a>> {
        let planned = &self.plan.despatches;
        let own: Vec<_> = planned.iter().map(|one| self.own_documents(one)).collect();
        let mut begun = HashSet::new();
        let mut steps = Vec::new();
        for (at, (one, own)) in planned.iter().zip(&own).enumerate() {
            let new = own.iter().filter(|document| begun.insert((&one.kind, document.template())));
            steps.extend(new.map(|document| Step::Letter(at, *document)));
        }
        let mut despatches: Vec<usize> = (0..planned.len()).collect();
        let documents = |one: &Planned, own: &[OwnDocument<'_>]| own.len() + one.attachments.len();
        despatches.sort_by_key(|at| {
            Reverse(planned.get(*at).zip(own.get(*at)).map(|(one, own)| documents(one, own)))
        });
        steps.extend(despatches.into_iter().map(Step::Despatch));
        steps
    }

    /// Does a piece of work; returns the despatch if that is what it makes. Each recipient is looked up once.
    fn take<'d>(
        &'d self,
        step: Step<'a>,
        resolved: &[OnceLock<Resolution<'d>>],
    ) -> Option<(usize, Result<SealedDespatch, Vec<Fault>>)> {
        let (Step::Letter(at, _) | Step::Despatch(at)) = step;
        let (planned, resolved) = self.plan.despatches.get(at).zip(resolved.get(at))?;
        let resolution = resolved.get_or_init(|| self.resolution(planned));
        match step {
            Step::Letter(_, own) => {
                if let Some(entry) = resolution.entry {
                    self.make_ahead(planned, entry, own);
                }
                None
            }
            Step::Despatch(_) => Some((at, self.despatch(planned, resolution, (at + 1, 1)))),
        }
    }
}
