//! Enters: a sheet whose rows all became case files. Leaves: what would be made of it, in numbers and pictures, for somebody
//! who signs it off before it runs. Never: writes anything, or makes a message that could be sent.

use super::proof_paper::paper;
use super::proved::{Counted, Picked, Proof};
use super::{Prepared, PreparedRow, RowFault};
use crate::intake::LocalCase;
use crate::operations::pictures::Pictures;
use crate::operations::{Actor, Failure, OpenOffice};
use crate::pipeline::{Line, Rehearsal, Rehearsed, Shown};
use chrono::NaiveDate;
use despatch_core::fault::Fault;
use despatch_core::timings::{About, Stage, Timings};
use despatch_guards::Outcome;
use despatch_ledger::Despatch;
use despatch_seal::signing::SigningKey;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::thread;

/// How many rows are planned before they are rendered at once.
const AT_ONCE: usize = 32;
/// How many pages of a letter are shown.
const PAGES_SHOWN: u32 = 2;

/// What came of a rehearsal.
#[derive(Debug)]
pub enum Proved {
    Proof(Box<Proof>),
    /// Rows that would be rejected.
    Faults(Vec<RowFault>),
}

/// Makes everything that the sheet would make, and throws it away; the stages are noted in `timings`. `each` is told how
/// many rows are done, and says whether to go on.
///
/// # Errors
/// It was stopped; a worker cannot be started; the ledger cannot be read.
pub fn prove(
    open: &mut OpenOffice,
    _: &Actor,
    prepared: &Prepared,
    timings: &Timings,
    each: &mut dyn FnMut(usize) -> bool,
) -> Result<Proved, Failure> {
    let mut tally = Tally::default();
    let key = SigningKey::generate().map_err(Failure::Internal)?;
    let now = open.now();
    let OpenOffice { office, ledger, program, .. } = open;
    let line = Line::new(office, program)?.signed_by(key).timed_by(timings.clone());
    line.refresh(ledger)?;
    for part in prepared.rows.chunks(AT_ONCE) {
        let mut planned: Vec<(u32, Rehearsal<'_>)> = Vec::new();
        for row in part {
            let mut plan = |file: &LocalCase| {
                timings.time(Stage::Plan, About::default(), || Rehearsal::of(office, ledger, file, now.today))
            };
            match tally.plan(row, &mut plan)? {
                Some(rehearsal) => planned.push((row.row, rehearsal)),
                None => continue,
            }
        }
        let made = at_once(office.config.workers, &planned, |rehearsal| line.rehearse(rehearsal, now));
        for (row, rehearsed) in made {
            tally.take(row, rehearsed);
        }
        tally.done += part.len();
        if !each(tally.done) {
            return Err(Failure::TryAgain("stopped: nothing was written".to_owned()));
        }
    }
    if !tally.faults.is_empty() {
        tally.faults.sort();
        return Ok(Proved::Faults(tally.faults));
    }
    let (mut proof, letters) = tally.proof(prepared);
    let pictures = Pictures::start(&open.program)?;
    for (mut picked, letter) in letters {
        for page in (1..=PAGES_SHOWN).take(picked.pages.max(1)) {
            picked.drawn.push(pictures.page(&picked.title, &letter.pdf, page, 0)?);
        }
        proof.letters.push(picked);
    }
    proof.pdf = paper(&proof).pdf(open, now.today)?;
    Ok(Proved::Proof(Box::new(proof)))
}

type Made = (u32, Result<Vec<Rehearsed>, Vec<Fault>>);

/// Makes each case in one of a few threads, and returns them in their order.
fn at_once<'r>(
    threads: usize,
    planned: &'r [(u32, Rehearsal<'r>)],
    make: impl Fn(&Rehearsal<'r>) -> Result<Vec<Rehearsed>, Vec<Fault>> + Sync,
) -> Vec<Made> {
    let (next, made) = (Mutex::new(planned.iter().enumerate()), Mutex::new(BTreeMap::new()));
    let take = || next.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next();
    thread::scope(|scope| {
        for _ in 0..threads.max(1) * 2 {
            scope.spawn(|| {
                while let Some((place, (row, rehearsal))) = take() {
                    let rehearsed = make(rehearsal);
                    let mut made = made.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    made.insert(place, (*row, rehearsed));
                }
            });
        }
    });
    made.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).into_values().collect()
}

/// What was made so far.
#[derive(Default)]
struct Tally {
    done: usize,
    known: usize,
    later: usize,
    kinds: BTreeMap<String, usize>,
    recipients: BTreeMap<String, usize>,
    deadlines: BTreeMap<NaiveDate, usize>,
    holds: BTreeMap<String, usize>,
    asked: BTreeMap<String, usize>,
    faults: Vec<RowFault>,
    seen: std::collections::BTreeSet<String>,
    first: Option<Candidate>,
    last: Option<Candidate>,
    longest: Option<Candidate>,
    shortest: Option<Candidate>,
    riskiest: Option<Candidate>,
}

/// A letter that may be shown.
#[derive(Clone)]
struct Candidate {
    row: u32,
    place: usize,
    to: String,
    asked: usize,
    letter: std::sync::Arc<Shown>,
}

impl Tally {
    /// Plans a row, unless its case file is known or follows another row of its case.
    fn plan<'o>(
        &mut self,
        row: &PreparedRow,
        plan: impl FnOnce(&LocalCase) -> Result<Option<Rehearsal<'o>>, Failure>,
    ) -> Result<Option<Rehearsal<'o>>, Failure> {
        let case = despatch_process::case::parse(row.file.bytes()?).map(|case| case.case_id.to_string());
        if case.is_ok_and(|case| !self.seen.insert(case)) {
            self.later += 1;
            return Ok(None);
        }
        match plan(&row.file) {
            Ok(Some(rehearsal)) => Ok(Some(rehearsal)),
            Ok(None) => {
                self.known += 1;
                Ok(None)
            }
            Err(Failure::Faults(faults)) => {
                self.fail(row.row, faults);
                Ok(None)
            }
            Err(other) => Err(other),
        }
    }

    fn fail(&mut self, row: u32, faults: Vec<Fault>) {
        self.faults.extend(faults.into_iter().map(|fault| {
            let column = Some(fault.at).filter(|at| !at.is_empty());
            RowFault { row: Some(row), column, cause: fault.cause, cure: fault.cure }
        }));
    }

    fn take(&mut self, row: u32, rehearsed: Result<Vec<Rehearsed>, Vec<Fault>>) {
        match rehearsed {
            Err(faults) => self.fail(row, faults),
            Ok(all) => all.into_iter().enumerate().for_each(|(place, one)| self.count(row, place, one)),
        }
    }

    fn count(&mut self, row: u32, place: usize, Rehearsed { despatch, letter }: Rehearsed) {
        let add = |table: &mut BTreeMap<String, usize>, what: String| *table.entry(what).or_default() += 1;
        add(&mut self.kinds, format!("{} to the {}", despatch.planned.kind, despatch.planned.role.label()));
        let to = recipient(&despatch);
        add(&mut self.recipients, to.clone());
        if let Some(deadline) = &despatch.planned.deadline {
            *self.deadlines.entry(deadline.due).or_default() += 1;
        }
        for hold in &despatch.holds {
            add(&mut self.holds, hold.code.replace('_', " "));
        }
        let asks = despatch.checks.iter().filter(|check| check.outcome == Outcome::Confirm || check.holds());
        let asks: Vec<&str> = asks.map(|check| check.guard.label()).collect();
        asks.iter().for_each(|guard| add(&mut self.asked, (*guard).to_owned()));
        let Some(letter) = letter else { return };
        let one = Candidate { row, place, to, asked: asks.len(), letter: std::sync::Arc::new(letter) };
        self.consider(&one);
    }

    /// Keeps a letter that is the first, the last, the longest, the shortest or the one about which most is asked. Of equals
    /// the first one stays.
    fn consider(&mut self, one: &Candidate) {
        let pages = |known: &Candidate| known.letter.pages;
        let better = |known: &Option<Candidate>, better: &dyn Fn(&Candidate) -> bool| {
            known.as_ref().is_none_or(better)
        };
        if self.first.is_none() {
            self.first = Some(one.clone());
        }
        if better(&self.longest, &|known| pages(one) > pages(known)) {
            self.longest = Some(one.clone());
        }
        if better(&self.shortest, &|known| pages(one) < pages(known)) {
            self.shortest = Some(one.clone());
        }
        if better(&self.riskiest, &|known| one.asked > known.asked) {
            self.riskiest = Some(one.clone());
        }
        self.last = Some(one.clone());
    }

    fn proof(self, prepared: &Prepared) -> (Proof, Vec<(Picked, std::sync::Arc<Shown>)>) {
        let counted = |table: BTreeMap<String, usize>| {
            table.into_iter().map(|(what, messages)| Counted { what, messages }).collect::<Vec<_>>()
        };
        let mut letters: BTreeMap<(u32, usize), (Picked, std::sync::Arc<Shown>)> = BTreeMap::new();
        let picks = [
            ("the first", self.first),
            ("the last", self.last),
            ("the longest", self.longest),
            ("the shortest", self.shortest),
            ("the one about which the checks ask most", self.riskiest),
        ];
        for (because, candidate) in picks {
            let Some(Candidate { row, place, to, asked, letter }) = candidate else { continue };
            let picked = letters.entry((row, place)).or_insert_with(|| {
                let (title, pages) = (letter.title.clone(), letter.pages);
                (Picked { because: vec![], row, title, to, pages, asked, drawn: vec![] }, letter)
            });
            picked.0.because.push(because);
        }
        let proof = Proof {
            event: prepared.event,
            sheet: prepared.sheet,
            rows: prepared.rows.len(),
            known: self.known,
            later: self.later,
            kinds: counted(self.kinds),
            recipients: counted(self.recipients),
            deadlines: self.deadlines.into_iter().collect(),
            holds: counted(self.holds),
            asked: counted(self.asked),
            letters: Vec::new(),
            pdf: Vec::new(),
        };
        (proof, letters.into_values().collect())
    }
}

fn recipient(despatch: &Despatch) -> String {
    match &despatch.recipient.entry {
        Some(entry) => format!("{entry}: {}, {}", despatch.recipient.name, despatch.recipient.organisation),
        None => format!("nobody in the directory ({})", despatch.planned.role.label()),
    }
}
