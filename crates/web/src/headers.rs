//! Enters: what an answer is. Leaves: the headers that go with it.
//! Never: differs from page to page: what a browser may do with our pages is decided here alone.

use super::gate::{COOKIE_NAME, Front};
use super::response::SessionChange;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY};
use axum::http::header::{STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS};
use axum::http::{HeaderMap, HeaderValue};

/// What our pages may load and do: files of ours, and nothing that stands inside a page; no string becomes code.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
     trusted-types 'none'";

/// What every answer carries.
const ALWAYS: [(HeaderName, &str); 7] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    // Not `no-referrer`, by which a browser would withhold `Origin` from our own forms (Fetch, section 3.2).
    (REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// How long a browser keeps a style or a script, in seconds: until after lunch, and no day longer than an upgrade.
const ASSET_AGE: &str = "private, max-age=3600";
/// Nothing else is kept: it is about somebody, or about who may see it.
const NO_STORE: &str = "no-store";
/// A year, in seconds, which browsers that have seen the pages by TLS insist on it (RFC 6797).
const TLS_ONLY: &str = "max-age=31536000";

/// Adds the headers of an answer; `is_asset` for a file that is the same for everybody.
pub fn secure(headers: &mut HeaderMap, front: &Front, is_asset: bool) {
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(if is_asset { ASSET_AGE } else { NO_STORE }));
    if front.tls {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(TLS_ONLY));
    }
}

/// The cookie of a session. It ends with the browser; the service ends it sooner.
pub fn cookie(change: &SessionChange) -> String {
    const ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=Strict";
    match change {
        SessionChange::Set(token) => format!("{COOKIE_NAME}={}; {ATTRIBUTES}", token.as_str()),
        SessionChange::Clear => format!("{COOKIE_NAME}=; {ATTRIBUTES}; Max-Age=0"),
    }
}
