//! Enters: a listening socket as standard input, the pipe to the service as standard output, and by which names it is
//! reached. Leaves: answers to browsers. Never: opens a file or a connection, holds a key, decides who may see what, or
//! outlives its parent.

use super::asking::Asking;
use super::body::{self, Form, PARTS_MAX, WITHIN};
use super::gate::{self, Encoding, Front, Head, Refusal, encoding};
use super::headers::{cookie, secure};
use super::notices;
use super::request::{Method, Request};
use super::response::{Asset, Content, Response};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, Request as HttpRequest, Response as HttpResponse, StatusCode};
use despatch_core::confine::{self, Needs, Work};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use nix::sys::prctl;
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::Signal;
use std::ffi::OsString;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, UnixListener};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The argument that turns the program into this process.
pub const ARGUMENT: &str = "web-worker";

/// How many connections are open at once.
const CONNECTIONS_MAX: usize = 512;
/// How many bodies with files are read at once: each may be [`PARTS_MAX`] long, and is held twice on its way.
const LARGE_BODIES_MAX: usize = 3;
/// How many streams of notices are open at once.
const STREAMS_MAX: usize = 128;
/// How long the head of a request may take, from the connection or from the answer before.
const HEAD_WITHIN: Duration = Duration::from_secs(15);
/// The most bytes of a head.
const HEAD_MAX: usize = 16 << 10;
/// How long a connection lives whatever it does: a browser opens another one.
const CONNECTION_LIVES: Duration = Duration::from_secs(900);
/// Where styles, scripts and icons are.
const ASSETS: &str = "/assets/";
/// Where notices come from, as a stream where the browser asks for one.
const NOTICES: &str = "/notices";

/// Finds a file that every page may load, by its name.
pub type FindAsset = fn(&str) -> Option<Asset>;

/// What every request is served with.
struct Server {
    front: Front,
    asset: FindAsset,
    asking: Arc<Asking>,
    large: Arc<Semaphore>,
    streams: Arc<Semaphore>,
}

/// Serves until the service is gone. `arguments` are the sort of socket, and the front.
pub fn run(mut arguments: impl Iterator<Item = OsString>, asset: FindAsset) -> ExitCode {
    let unix = arguments.next().is_some_and(|sort| sort == "unix");
    let front = arguments.next().and_then(|front| serde_json::from_str(front.to_str()?).ok());
    match front.map(|front| serve(unix, front, asset)) {
        Some(Ok(())) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

fn serve(unix: bool, front: Front, asset: FindAsset) -> io::Result<()> {
    let listener = io::stdin().as_fd().try_clone_to_owned()?;
    let pipe = UnixStream::from(io::stdout().as_fd().try_clone_to_owned()?);
    let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
    let accepting = {
        let _inside = runtime.enter();
        Accepting::of(unix, listener)?
    };
    confine()?;
    let asking = Asking::through(pipe)?;
    let server = Arc::new(Server {
        front,
        asset,
        asking,
        large: Arc::new(Semaphore::new(LARGE_BODIES_MAX)),
        streams: Arc::new(Semaphore::new(STREAMS_MAX)),
    });
    accept(&runtime, &accepting, server)
}

/// Gives up everything but what is open.
fn confine() -> io::Result<()> {
    prctl::set_pdeathsig(Signal::SIGKILL)?;
    prctl::set_dumpable(false)?;
    setrlimit(Resource::RLIMIT_CORE, 0, 0)?;
    confine::files(&Needs::default())?;
    // Last, because it takes away what the lines above need.
    confine::calls(Work::Serving)
}

/// The socket, as the runtime has it.
enum Accepting {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl Accepting {
    fn of(unix: bool, listener: std::os::fd::OwnedFd) -> io::Result<Self> {
        if unix {
            let listener = std::os::unix::net::UnixListener::from(listener);
            listener.set_nonblocking(true)?;
            UnixListener::from_std(listener).map(Self::Unix)
        } else {
            let listener = std::net::TcpListener::from(listener);
            listener.set_nonblocking(true)?;
            TcpListener::from_std(listener).map(Self::Tcp)
        }
    }
}

fn accept(runtime: &Runtime, accepting: &Accepting, server: Arc<Server>) -> io::Result<()> {
    let connections = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let router = Router::new().fallback(handle).with_state(server);
    runtime.block_on(async {
        loop {
            let Ok(place) = connections.clone().acquire_owned().await else { return Ok(()) };
            // A descriptor too many, or a connection that is gone already: the next one may do.
            match accepting {
                Accepting::Tcp(listener) => match listener.accept().await {
                    Ok((stream, _)) => drop(tokio::spawn(connection(stream, router.clone(), place))),
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                },
                Accepting::Unix(listener) => match listener.accept().await {
                    Ok((stream, _)) => drop(tokio::spawn(connection(stream, router.clone(), place))),
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                },
            }
        }
    })
}

async fn connection<S>(stream: S, router: Router, place: OwnedSemaphorePermit)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let _place = place;
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_buf_size(HEAD_MAX)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    // How a connection ended is the browser's business.
    let _ = tokio::time::timeout(CONNECTION_LIVES, served).await;
}

/// Answers one request, refused or not.
async fn handle(State(server): State<Arc<Server>>, request: HttpRequest<Body>) -> HttpResponse<Body> {
    let is_asset = request.uri().path().starts_with(ASSETS);
    let mut response = match server.answer(request).await {
        Ok(response) => response,
        Err(why) => {
            server.asking.tell(why);
            refused(why)
        }
    };
    let found = is_asset && response.status() == StatusCode::OK;
    secure(response.headers_mut(), &server.front, found);
    response
}

fn refused(why: Refusal) -> HttpResponse<Body> {
    let text = format!("This request was not let in ({}).\n", why.code());
    let mut response = HttpResponse::new(Body::from(text));
    *response.status_mut() = why.status();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(Content::Text.media_type()));
    response
}

impl Server {
    async fn answer(self: &Arc<Self>, request: HttpRequest<Body>) -> Result<HttpResponse<Body>, Refusal> {
        let (parts, body) = request.into_parts();
        let head = gate::check(&self.front, &parts)?;
        if let Some(name) = head.path.strip_prefix(ASSETS).filter(|_| head.method == Method::Get) {
            return Ok(self.file(name));
        }
        let form = match head.method {
            Method::Get => Form::default(),
            Method::Post => self.form(&head, HttpRequest::from_parts(parts.clone(), body)).await?,
        };
        if head.path == NOTICES && head.method == Method::Get && wants_stream(&parts.headers) {
            return self.notices(head).await;
        }
        self.asking.ask(of(head, form)).await.map(respond)
    }

    /// Reads the form of a request, a large one only for somebody who is signed in.
    async fn form(&self, head: &Head, request: HttpRequest<Body>) -> Result<Form, Refusal> {
        let encoding = encoding(request.headers())?;
        if encoding == Encoding::Fields {
            return body::read(request, encoding, WITHIN).await;
        }
        let length =
            request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        if length.is_some_and(|length: usize| length > PARTS_MAX) {
            return Err(Refusal::TooLarge);
        }
        let session = head.session.clone().ok_or(Refusal::SignedOut)?;
        if !self.asking.knows(session).await? {
            return Err(Refusal::SignedOut);
        }
        let _place = self.large.clone().acquire_owned().await.map_err(|_| Refusal::Busy)?;
        body::read(request, encoding, WITHIN).await
    }

    fn file(&self, name: &str) -> HttpResponse<Body> {
        let Some(asset) = (self.asset)(name) else {
            return respond(Response::of(Content::Text, b"Not found\n".to_vec()).with_status(404));
        };
        let mut response = HttpResponse::new(Body::from(asset.bytes));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(asset.media_type));
        response
    }

    async fn notices(self: &Arc<Self>, head: Head) -> Result<HttpResponse<Body>, Refusal> {
        let place = self.streams.clone().try_acquire_owned().map_err(|_| Refusal::Busy)?;
        let (session, vouched) = (head.session, head.vouched);
        let ask = move || Request {
            method: Method::Get,
            path: NOTICES.to_owned(),
            query: Vec::new(),
            form: Vec::new(),
            uploads: Vec::new(),
            session: session.clone(),
            vouched: vouched.clone(),
        };
        let first = self.asking.ask(ask()).await?;
        match String::from_utf8(first.body.to_vec()) {
            Ok(text) if first.status == 200 => {
                Ok(notices::stream(self.asking.clone(), Box::new(ask), text, place))
            }
            _ => Ok(respond(first)),
        }
    }
}

fn of(head: Head, form: Form) -> Request {
    let Head { method, path, query, session, vouched } = head;
    Request { method, path, query, form: form.fields, uploads: form.uploads, session, vouched }
}

fn wants_stream(headers: &HeaderMap) -> bool {
    let accept = headers.get(axum::http::header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/event-stream"))
}

/// An answer of the service as HTTP.
fn respond(response: Response) -> HttpResponse<Body> {
    let Response { status, content, mut body, location, session, download } = response;
    let mut http = HttpResponse::new(Body::from(std::mem::take(&mut *body)));
    *http.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = http.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content.media_type()));
    let mut add = |name, value: String| {
        // What is no header's value, no page of ours says.
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    };
    if let Some(location) = location.filter(|location| is_path(location)) {
        add(LOCATION, location);
    }
    if let Some(change) = &session {
        add(SET_COOKIE, cookie(change));
    }
    if let Some(name) = download {
        let plain = |c: char| if c.is_ascii_alphanumeric() || "-._".contains(c) { c } else { '_' };
        add(
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", name.chars().map(plain).collect::<String>()),
        );
    }
    http
}

/// Whether a place to go next is a path of ours, and no other site's address.
fn is_path(location: &str) -> bool {
    location.starts_with('/') && !location.starts_with("//") && !location.contains(['\\', '\r', '\n'])
}
