//! Enters: a browser that waits for news. Leaves: each change of what the service says at the same address, as
//! server-sent events (HTML, section 9.2). Never: tells anything of its own, or keeps a stream open for ever.

use super::asking::Asking;
use super::request::Request;

use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response as HttpResponse};
use futures_util::stream::unfold;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::OwnedSemaphorePermit;

/// How often the service is asked.
const EVERY: Duration = Duration::from_secs(5);
/// How long a stream lives; a browser connects again by itself.
const LIVES: Duration = Duration::from_secs(600);

/// One open stream.
struct Stream {
    server: Arc<Asking>,
    /// What is asked, once again each time.
    ask: Box<dyn Fn() -> Request + Send>,
    told: String,
    until: Instant,
    begun: bool,
    _place: OwnedSemaphorePermit,
}

/// Answers with a stream whose first event is `first`.
pub(super) fn stream(
    server: Arc<Asking>,
    ask: Box<dyn Fn() -> Request + Send>,
    first: String,
    place: OwnedSemaphorePermit,
) -> HttpResponse {
    let stream =
        Stream { server, ask, told: first, until: Instant::now() + LIVES, begun: false, _place: place };
    let events = unfold(stream, |mut stream| async {
        let told = stream.next().await?;
        Some((Ok::<_, Infallible>(Event::default().data(told)), stream))
    });
    Sse::new(events).into_response()
}

impl Stream {
    /// The next news; `None` once the session is over or the stream old.
    async fn next(&mut self) -> Option<String> {
        if !std::mem::replace(&mut self.begun, true) {
            return Some(self.told.clone());
        }
        while Instant::now() < self.until {
            tokio::time::sleep(EVERY).await;
            let response = self.server.ask((self.ask)()).await.ok()?;
            let now = String::from_utf8(response.body.to_vec()).ok().filter(|_| response.status == 200)?;
            if now != self.told {
                self.told.clone_from(&now);
                return Some(now);
            }
        }
        None
    }
}
