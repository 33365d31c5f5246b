//! Enters: who signed in. Leaves: a session under a secret that the browser keeps, and what belongs to it.
//! Never: keeps the secret itself (its hash finds the session), or lets a session live on without its person.
//!
//! Sessions are in this process alone: who runs the office ends them all by starting the service again.

use crate::frame::Banner;
use age::secrecy::SecretString;
use despatch_app::operations::batch::reading::ReadBatch;
use despatch_app::operations::drafts::DraftKey;
use despatch_core::random::random_hex;
use despatch_core::words::{BatchName, Sha256, StaffId};
use despatch_seal::keys::SecretKey;
use despatch_web::SessionToken;
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A session ends after this time, whatever happens in it.
const LIVES: Duration = Duration::from_secs(12 * 60 * 60);
/// It ends when nothing was asked for this long.
const IDLE: Duration = Duration::from_secs(30 * 60);
/// After this long without a request, the passphrase is asked for again before something is let go.
const PROVED: Duration = Duration::from_secs(15 * 60);
/// The most sessions of one person: the oldest gives way.
const OF_ONE_MAX: usize = 8;

/// One person's session.
pub struct Session {
    pub staff: StaffId,
    /// What each form of this session carries, so that no other page can have made it.
    pub form_token: String,
    state: Mutex<State>,
}

struct State {
    begun: Instant,
    /// The last request.
    last: Instant,
    /// When the passphrase was last typed, or something was done within [`PROVED`] of that.
    proved: Instant,
    banner: Option<Banner>,
    /// The review key, where the office lets it be unlocked here.
    review_key: Option<SecretKey>,
    /// What opens a preparer's drafts, until it has opened them.
    passphrase: Option<SecretString>,
    /// The key of this person's drafts, once it was unlocked.
    draft_key: Option<DraftKey>,
    /// The sheet that they are about to run.
    sheet: Option<Arc<GivenSheet>>,
}

/// A sheet that somebody is about to run, and what they said of it.
pub struct GivenSheet {
    pub request: ReadBatch,
    /// The name of the batch, if they gave one.
    pub name: Option<BatchName>,
}

impl Session {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what the next page says.
    pub fn say(&self, banner: Banner) {
        self.state().banner = Some(banner);
    }

    /// Takes what is to be said.
    pub fn take_banner(&self) -> Option<Banner> {
        self.state().banner.take()
    }

    /// Whether the passphrase has to be typed again before something is let go.
    pub fn must_prove(&self, now: Instant) -> bool {
        now.duration_since(self.state().proved) > PROVED
    }

    /// Notes that the passphrase was typed.
    pub fn proved(&self, now: Instant) {
        self.state().proved = now;
    }

    /// The review key, if it is unlocked in this session.
    pub fn review_key(&self) -> Option<SecretKey> {
        self.state().review_key.clone()
    }

    /// Keeps the review key for this session, or forgets it.
    pub fn keep_review_key(&self, key: Option<SecretKey>) {
        self.state().review_key = key;
    }

    /// Takes the passphrase with which this session began, for what is sealed under it: it is needed once.
    pub fn take_passphrase(&self) -> Option<SecretString> {
        self.state().passphrase.take()
    }

    /// The key of the person's drafts, if it is unlocked.
    pub fn draft_key(&self) -> Option<DraftKey> {
        self.state().draft_key.clone()
    }

    /// Keeps the key of the person's drafts, or forgets it.
    pub fn keep_draft_key(&self, key: Option<DraftKey>) {
        self.state().draft_key = key;
    }

    /// The sheet that the person is about to run.
    pub fn sheet(&self) -> Option<Arc<GivenSheet>> {
        self.state().sheet.clone()
    }

    /// Keeps a sheet in the place of an earlier one, or forgets it.
    pub fn keep_sheet(&self, sheet: Option<Arc<GivenSheet>>) {
        self.state().sheet = sheet;
    }

    /// Keeps the passphrase that was typed.
    pub fn keep_passphrase(&self, passphrase: SecretString) {
        self.state().passphrase = Some(passphrase);
    }

    fn is_over(&self, now: Instant) -> bool {
        let state = self.state();
        now.duration_since(state.begun) > LIVES || now.duration_since(state.last) > IDLE
    }

    /// Notes a request: what is done without a pause keeps the passphrase proved.
    fn touch(&self, now: Instant) {
        let mut state = self.state();
        if now.duration_since(state.last) <= PROVED && now.duration_since(state.proved) <= PROVED {
            state.proved = now;
        }
        state.last = now;
    }
}

/// Every open session, by the hash of its secret.
#[derive(Default)]
pub struct Sessions(Mutex<BTreeMap<Sha256, Arc<Session>>>);

impl Sessions {
    fn open(&self) -> MutexGuard<'_, BTreeMap<Sha256, Arc<Session>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a session; its secret is new, whatever the browser had before.
    ///
    /// # Errors
    /// The system provides no randomness.
    pub fn begin(
        &self,
        staff: StaffId,
        passphrase: Option<SecretString>,
        now: Instant,
    ) -> io::Result<(SessionToken, Arc<Session>)> {
        let secret = random_hex(SessionToken::LENGTH / 2)?;
        let token = SessionToken::parse(&secret).ok_or(io::ErrorKind::InvalidData)?;
        let session = Arc::new(Session {
            staff: staff.clone(),
            form_token: random_hex(32)?,
            state: Mutex::new(State {
                begun: now,
                last: now,
                proved: now,
                banner: None,
                review_key: None,
                passphrase,
                draft_key: None,
                sheet: None,
            }),
        });
        let mut open = self.open();
        open.retain(|_, session| !session.is_over(now));
        let begun = |session: &Arc<Session>| session.state().begun;
        let mut own: Vec<(Instant, Sha256)> = open
            .iter()
            .filter(|(_, session)| session.staff == staff)
            .map(|(hash, session)| (begun(session), *hash))
            .collect();
        own.sort();
        let too_many = (own.len() + 1).saturating_sub(OF_ONE_MAX);
        for (_, hash) in own.iter().take(too_many) {
            open.remove(hash);
        }
        open.insert(hash_of(&token), session.clone());
        Ok((token, session))
    }

    /// Finds the session of a secret, and notes that it is used unless `quietly`: a page that asks for news by itself
    /// keeps no session open.
    pub fn find(&self, token: &SessionToken, now: Instant, quietly: bool) -> Option<Arc<Session>> {
        let mut open = self.open();
        let hash = hash_of(token);
        let session = open.get(&hash)?.clone();
        if session.is_over(now) {
            open.remove(&hash);
            return None;
        }
        if !quietly {
            session.touch(now);
        }
        Some(session)
    }

    /// Ends a session.
    pub fn end(&self, token: &SessionToken) {
        self.open().remove(&hash_of(token));
    }

    /// Ends every session of a person but the one of this secret.
    pub fn end_others(&self, staff: &StaffId, but: Option<&SessionToken>) {
        let but = but.map(hash_of);
        self.open().retain(|hash, session| session.staff != *staff || Some(*hash) == but);
    }
}

fn hash_of(token: &SessionToken) -> Sha256 {
    Sha256::of(token.as_str().as_bytes())
}
