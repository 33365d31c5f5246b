//! Enters: the inbox's folder. Leaves: a wake-up when something may have changed there.
//! Never: reports what changed; the scanner looks for itself, so a lost or spurious event costs only time.

use notify::event::AccessKind;
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

/// The longest wait between scans: network shares send no events, and event queues overflow.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// The wait between scans while a file is still being written.
const LOOK_SOON: Duration = Duration::from_millis(500);

/// Watches one folder.
#[derive(Debug)]
pub struct Watch {
    root: PathBuf,
    /// The device and inode of the watched folder: after a remount the path leads to another.
    identity: Option<(u64, u64)>,
    watcher: Option<RecommendedWatcher>,
    wake: SyncSender<()>,
    woken: Receiver<()>,
}

impl Watch {
    /// Starts to watch `root`. Where the system sends no events, the regular scans are enough.
    pub fn start(root: &Path) -> Self {
        let (wake, woken) = sync_channel(1);
        let mut watch = Self { root: root.to_owned(), identity: None, watcher: None, wake, woken };
        watch.arm();
        watch
    }

    /// Waits until something may have changed or the next scan is due; returns whether it timed out.
    pub fn wait(&mut self, unsettled: bool) -> bool {
        self.arm();
        let limit = if unsettled { LOOK_SOON } else { LOOK_EVERY };
        // A timeout is as good a reason to scan as an event.
        self.woken.recv_timeout(limit).is_err()
    }

    /// Waits until the next scan is due, whatever happens meanwhile: what cannot be looked at is not tried at each event.
    pub fn pause(&mut self) {
        while self.woken.try_recv().is_ok() {}
        let _ = self.woken.recv_timeout(LOOK_EVERY);
    }

    /// Watches the folder that the path leads to, if that has changed.
    fn arm(&mut self) {
        let identity = std::fs::metadata(&self.root).ok().map(|folder| (folder.dev(), folder.ino()));
        if identity == self.identity && self.watcher.is_some() {
            return;
        }
        let wake = self.wake.clone();
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            // Our own scans open files, which must not trigger another scan.
            let only_opened =
                event.is_ok_and(|event| matches!(event.kind, EventKind::Access(AccessKind::Open(_))));
            if !only_opened {
                // Any other event, error or overflow is one wake-up; while one is pending, another is not needed.
                let _ = wake.try_send(());
            }
        });
        self.watcher = watcher
            .and_then(|mut watcher| watcher.watch(&self.root, RecursiveMode::Recursive).map(|()| watcher))
            .ok();
        self.identity = identity;
    }
}
