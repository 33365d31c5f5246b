//! Enters: when each stage of the line began and ended. Leaves: a profile in Chrome's trace format, which chrome://tracing
//! and Perfetto open. Never: has room for a value of a case, stops what it measures, or costs anything while it is off.

use serde::Serialize;
use std::fmt;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

crate::closed! {
    /// What the line does with a case, in order. Stages of one case may run side by side, and one within another.
    Stage {
        /// The case file is taken from the inbox, with its attachments, and gets its number on record.
        Claim = "claim", "taken from the inbox";
        /// The case file is read.
        Parse = "parse", "read";
        /// The record is asked, and the pack's rows become messages.
        Plan = "plan", "planned";
        /// One document is typeset by a worker, waiting for a free one included.
        Render = "render", "typeset";
        /// Somebody else's PDF is opened by a worker, waiting for a free one included.
        Inspect = "inspect", "inspected";
        /// What an attachment says, or a whole message, is checked.
        Guard = "guard", "checked";
        /// Documents are sealed, or locked by a worker.
        Seal = "seal", "sealed";
        /// The message is put together and its list signed.
        Compose = "compose", "composed";
        /// A sealed file is written.
        Write = "write", "written";
        /// A file or a folder is flushed to the disk.
        Flush = "flush", "flushed";
        /// What was decided is recorded, in one transaction for all cases that wait.
        Commit = "commit", "committed";
    }
}

/// What a stage was about, in words that are the program's or the templates' own.
#[derive(Debug, Clone, Copy, Default)]
pub struct About<'a> {
    /// The number of the case file; `None` where it has none yet, or where several are meant.
    pub submission: Option<i64>,
    /// The kind of message.
    pub kind: Option<&'a str>,
    /// The template of the document.
    pub template: Option<&'a str>,
}

impl<'a> About<'a> {
    /// About a case file as a whole; one that is only tried has the number 0.
    pub fn case(submission: i64) -> Self {
        Self { submission: Some(submission).filter(|number| *number > 0), ..Self::default() }
    }

    /// About one kind of message of it.
    pub fn kind(submission: i64, kind: &'a str) -> Self {
        Self { kind: Some(kind), ..Self::case(submission) }
    }
}

/// Where stages are noted; nowhere by default.
#[derive(Clone, Default)]
pub struct Timings(Option<Arc<Profile>>);

struct Profile {
    start: Instant,
    output: Mutex<Output>,
}

struct Output {
    to: Box<dyn Write + Send>,
    begun: bool,
    /// How many more stages are noted.
    room: usize,
    /// Why nothing more is written.
    failed: Option<io::Error>,
}

/// A complete event of the Trace Event Format ("X"); its times are in microseconds.
#[derive(Serialize)]
struct Event<'a> {
    name: &'static str,
    ph: &'static str,
    ts: f64,
    dur: f64,
    pid: u32,
    tid: u64,
    args: Args<'a>,
}

#[derive(Serialize)]
struct Args<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    submission: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<&'a str>,
}

impl Timings {
    /// Notes stages in `to` as they end. The list is closed by [`Timings::finish`], or once nobody notes anything more;
    /// viewers open one that was cut off too.
    pub fn to(to: impl Write + Send + 'static) -> Self {
        Self::up_to(usize::MAX, to)
    }

    /// Notes the first stages that end in memory, at most so many.
    pub fn in_memory(most: usize) -> (Self, Kept) {
        let kept = Kept::default();
        (Self::up_to(most, kept.clone()), kept)
    }

    fn up_to(room: usize, to: impl Write + Send + 'static) -> Self {
        let output = Mutex::new(Output { to: Box::new(to), begun: false, room, failed: None });
        Self(Some(Arc::new(Profile { start: Instant::now(), output })))
    }

    /// Does the work of a stage, and notes how long it took.
    pub fn time<T>(&self, stage: Stage, about: About<'_>, work: impl FnOnce() -> T) -> T {
        let began = self.begin();
        let done = work();
        self.end(began, stage, about);
        done
    }

    /// When a stage begins of which it is known only at its end what it is about; for [`Timings::end`].
    pub fn begin(&self) -> Option<Instant> {
        self.0.as_ref().map(|_| Instant::now())
    }

    /// Notes a stage that began then and has ended.
    pub fn end(&self, began: Option<Instant>, stage: Stage, about: About<'_>) {
        if let (Some(profile), Some(began)) = (&self.0, began) {
            profile.note(began, began.elapsed(), stage, about);
        }
    }

    /// Closes the list.
    ///
    /// # Errors
    /// It could not be written whole.
    pub fn finish(&self) -> io::Result<()> {
        let Some(profile) = &self.0 else { return Ok(()) };
        let mut output = profile.output();
        output.close();
        output.failed.take().map_or(Ok(()), Err)
    }
}

/// A profile in memory.
#[derive(Debug, Clone, Default)]
pub struct Kept(Arc<Mutex<Vec<u8>>>);

impl Kept {
    /// What is written so far: whole once [`Timings::finish`] has closed it.
    pub fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Debug for Timings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Timings(on)" } else { "Timings(off)" })
    }
}

impl Profile {
    fn output(&self) -> MutexGuard<'_, Output> {
        self.output.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, began: Instant, took: Duration, stage: Stage, about: About<'_>) {
        let About { submission, kind, template } = about;
        let event = Event {
            name: stage.code(),
            ph: "X",
            ts: microseconds(began.saturating_duration_since(self.start)),
            dur: microseconds(took),
            pid: std::process::id(),
            tid: thread_number(),
            args: Args { submission, kind, template },
        };
        // Whoever looks while the line works sees everything up to the last commit.
        self.output().put(&event, stage == Stage::Commit);
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        self.output().close();
    }
}

impl Output {
    fn put(&mut self, event: &Event<'_>, flush: bool) {
        let Some(room) = self.room.checked_sub(1) else { return };
        self.room = room;
        let before = if self.begun { ",\n" } else { "[\n" };
        self.begun = true;
        self.attempt(|to| {
            to.write_all(before.as_bytes())?;
            serde_json::to_writer(&mut *to, event)?;
            if flush { to.flush() } else { Ok(()) }
        });
    }

    /// Ends the list; what is noted afterwards is left out.
    fn close(&mut self) {
        let end = if self.begun { "\n]\n" } else { "[]\n" };
        self.attempt(|to| to.write_all(end.as_bytes()).and_then(|()| to.flush()));
        self.to = Box::new(io::sink());
    }

    /// Writes, unless that has failed before.
    fn attempt(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        if self.failed.is_none() {
            self.failed = write(&mut *self.to).err();
        }
    }
}

fn microseconds(duration: Duration) -> f64 {
    duration.as_nanos() as f64 / 1e3
}

/// The calling thread's own number, counted in the order in which threads first note something.
fn thread_number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    thread_local! {
        static OWN: u64 = NEXT.fetch_add(1, Ordering::Relaxed);
    }
    OWN.with(|own| *own)
}
