//! Enters: the head of a request. Leaves: it let in, or refused with a closed word.
//! Never: reads a body, asks the service, or repeats anything that the request says.
//!
//! What stands here keeps a browser from being used against its user: a foreign name that leads to this machine (DNS
//! rebinding), a page of another site that posts here, a path that is not one of ours.

use super::request::{Method, SessionToken};
use axum::http::header::{CONTENT_TYPE, COOKIE, HOST, ORIGIN, TRANSFER_ENCODING};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method as HttpMethod, StatusCode};
use serde::{Deserialize, Serialize};

/// The cookie of a session. The prefix binds it to this host, to TLS (or this machine) and to every path (RFC 6265bis,
/// section 4.1.3.2).
pub const COOKIE_NAME: &str = "__Host-despatch";
/// The longest path and query, in bytes: no page of ours has a longer one.
const TARGET_MAX: usize = 1_024;
/// The longest name that a proxy vouches for.
const VOUCHED_MAX: usize = 64;

/// By which names the pages are reached, and whom they trust.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Front {
    /// What the header `Host` may say: names with their port, unless that is the scheme's own.
    pub hosts: Vec<String>,
    /// What the header `Origin` may say.
    pub origins: Vec<String>,
    /// Whether browsers come by TLS, through a reverse proxy.
    pub tls: bool,
    /// The header in which that proxy names the account that it has authenticated, in lower case.
    pub proxy_header: Option<String>,
}

impl Front {
    /// The front of pages that a port of this machine alone leads to.
    pub fn of_loopback(port: u16) -> Self {
        let hosts: Vec<String> =
            ["127.0.0.1", "localhost", "[::1]"].map(|name| format!("{name}:{port}")).to_vec();
        let origins = hosts.iter().map(|host| format!("http://{host}")).collect();
        Self { hosts, origins, tls: false, proxy_header: None }
    }

    /// The front of pages that a reverse proxy shows by TLS under these names.
    pub fn behind_proxy(names: &[String], proxy_header: Option<&str>) -> Self {
        Self {
            hosts: names.iter().map(|name| name.to_ascii_lowercase()).collect(),
            origins: names.iter().map(|name| format!("https://{}", name.to_ascii_lowercase())).collect(),
            tls: true,
            proxy_header: proxy_header.map(str::to_ascii_lowercase),
        }
    }
}

macro_rules! refusals {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $status:ident;)*) => {
        /// Why a request is refused before the service hears of it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Refusal {
            $($(#[$doc])* $variant,)*
        }

        impl Refusal {
            /// The word that the log has.
            pub fn code(self) -> &'static str {
                match self { $(Refusal::$variant => $code,)* }
            }

            /// The status that the browser gets.
            pub fn status(self) -> StatusCode {
                match self { $(Refusal::$variant => StatusCode::$status,)* }
            }
        }
    };
}

refusals! {
    /// The name is none of ours.
    Host = "host", MISDIRECTED_REQUEST;
    /// A page of somebody else's asks.
    CrossSite = "cross-site", FORBIDDEN;
    Method = "method", METHOD_NOT_ALLOWED;
    /// The path or query has what no address of ours has.
    Target = "target", BAD_REQUEST;
    /// A header that counts stands there twice, or is none.
    Header = "header", BAD_REQUEST;
    /// The body is no form.
    MediaType = "media-type", UNSUPPORTED_MEDIA_TYPE;
    /// The body is no form of its type.
    Form = "form", BAD_REQUEST;
    /// The body is longer, or has more parts, than any form of ours.
    TooLarge = "too-large", PAYLOAD_TOO_LARGE;
    /// The body did not arrive in time.
    TooSlow = "too-slow", REQUEST_TIMEOUT;
    /// Only somebody who is signed in sends files.
    SignedOut = "signed-out", FORBIDDEN;
    /// As many are served already as there is room for.
    Busy = "busy", SERVICE_UNAVAILABLE;
    /// The service does not answer.
    NoService = "no-service", BAD_GATEWAY;
}

/// The head of a request that was let in.
pub struct Head {
    pub method: Method,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub session: Option<SessionToken>,
    pub vouched: Option<String>,
}

/// Lets a request in by its head.
///
/// # Errors
/// Why it is refused.
pub fn check(front: &Front, parts: &Parts) -> Result<Head, Refusal> {
    check_host(front, parts)?;
    // Browsers send their forms with a length. What comes in chunks two readers may end in two places.
    if parts.headers.contains_key(TRANSFER_ENCODING) {
        return Err(Refusal::Header);
    }
    let method = match parts.method {
        HttpMethod::GET | HttpMethod::HEAD => Method::Get,
        HttpMethod::POST => Method::Post,
        _ => return Err(Refusal::Method),
    };
    check_site(front, parts, method)?;
    let path = parts.uri.path();
    let query = parts.uri.query().unwrap_or_default();
    if !is_ours(path) || path.len() + query.len() > TARGET_MAX {
        return Err(Refusal::Target);
    }
    Ok(Head {
        method,
        path: path.to_owned(),
        query: pairs(query.as_bytes()).ok_or(Refusal::Target)?,
        session: session(&parts.headers),
        vouched: vouched(front, &parts.headers)?,
    })
}

/// Splits what a browser encodes as fields; `None` where it is not UTF-8 or has a control but those of text.
pub(super) fn pairs(encoded: &[u8]) -> Option<Vec<(String, String)>> {
    let decoded = form_urlencoded::parse(encoded);
    let pairs: Vec<(String, String)> =
        decoded.map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    let sound = |text: &str| !text.contains(char::REPLACEMENT_CHARACTER) && is_text(text);
    pairs.iter().all(|(name, value)| sound(name) && sound(value)).then_some(pairs)
}

/// Whether a text has no control but line ends and tabs.
pub(super) fn is_text(text: &str) -> bool {
    text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'))
}

/// The one value of a header; `None` if there is none.
fn one<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, Refusal> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(Refusal::Header);
    }
    first.map(|value| value.to_str().map_err(|_| Refusal::Header)).transpose()
}

/// Only a name of ours leads here: a foreign one may have been made to (DNS rebinding).
fn check_host(front: &Front, parts: &Parts) -> Result<(), Refusal> {
    let host = one(&parts.headers, &HOST)?.ok_or(Refusal::Host)?;
    let ours = |name: &str| front.hosts.iter().any(|known| known.eq_ignore_ascii_case(name));
    let target = parts.uri.authority().is_none_or(|authority| ours(authority.as_str()));
    if ours(host) && target { Ok(()) } else { Err(Refusal::Host) }
}

/// A page of another site shows a link to ours at most (Fetch Metadata; where a browser does not send it, `Origin`).
fn check_site(front: &Front, parts: &Parts, method: Method) -> Result<(), Refusal> {
    const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
    const MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
    const DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");
    let headers = &parts.headers;
    let (site, mode, dest) = (one(headers, &SITE)?, one(headers, &MODE)?, one(headers, &DEST)?);
    let origin = one(headers, &ORIGIN)?;
    let ours = |origin: &str| front.origins.iter().any(|known| known.eq_ignore_ascii_case(origin));
    if origin.is_some_and(|origin| !ours(origin)) {
        return Err(Refusal::CrossSite);
    }
    let may = match (method, site) {
        (_, Some("same-origin")) => true,
        // Typed into the address bar, or a bookmark.
        (Method::Get, Some("none") | None) => true,
        (Method::Get, Some(_)) => mode == Some("navigate") && dest == Some("document"),
        (Method::Post, None) => origin.is_some(),
        (Method::Post, Some(_)) => false,
    };
    if may { Ok(()) } else { Err(Refusal::CrossSite) }
}

/// Whether a path may be one of ours: plain characters, no empty step, and none that leads upwards.
fn is_ours(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let Some(steps) = path.strip_prefix('/') else { return false };
    path == "/"
        || (path.bytes().all(plain)
            && steps.split('/').all(|step| !step.is_empty() && !step.starts_with('.')))
}

/// The session's token; none where there are two, one of which somebody else must have planted.
fn session(headers: &HeaderMap) -> Option<SessionToken> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut ours = cookies
        .flat_map(|header| header.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .filter(|(name, _)| *name == COOKIE_NAME);
    match (ours.next(), ours.next()) {
        (Some((_, token)), None) => SessionToken::parse(token),
        _ => None,
    }
}

/// Whom the office's own proxy vouches for.
fn vouched(front: &Front, headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let Some(name) = &front.proxy_header else { return Ok(None) };
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| Refusal::Header)?;
    let Some(account) = one(headers, &name)? else { return Ok(None) };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._@".contains(&byte);
    let sound = !account.is_empty() && account.len() <= VOUCHED_MAX && account.bytes().all(plain);
    if sound { Ok(Some(account.to_owned())) } else { Err(Refusal::Header) }
}

/// How a body is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Fields,
    Parts,
}

/// The encoding of a form.
///
/// # Errors
/// The header is missing, stands there twice, or names another.
pub(super) fn encoding(headers: &HeaderMap) -> Result<Encoding, Refusal> {
    let media_type = one(headers, &CONTENT_TYPE)?.ok_or(Refusal::MediaType)?;
    match media_type.split(';').next().map(str::trim) {
        Some("application/x-www-form-urlencoded") => Ok(Encoding::Fields),
        Some("multipart/form-data") => Ok(Encoding::Parts),
        _ => Err(Refusal::MediaType),
    }
}
