//! Enters: what the service answers. Leaves: it as a value for the process that speaks HTTP.
//! Never: names a header: the security of all pages is decided in one place ([`super::headers`]).

use super::request::SessionToken;
use despatch_core::private::{Secret, secret_bytes};
use serde::{Deserialize, Serialize};

/// What a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Content {
    Html,
    Text,
    Json,
    Csv,
    Png,
    Svg,
    Pdf,
    Tar,
    /// An `.xlsx`.
    Workbook,
}

impl Content {
    /// The media type, as the header says it.
    pub fn media_type(self) -> &'static str {
        match self {
            Content::Html => "text/html; charset=utf-8",
            Content::Text => "text/plain; charset=utf-8",
            Content::Json => "application/json",
            Content::Csv => "text/csv; charset=utf-8",
            Content::Png => "image/png",
            Content::Svg => "image/svg+xml",
            Content::Pdf => "application/pdf",
            Content::Tar => "application/x-tar",
            Content::Workbook => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// What becomes of the session's cookie.
#[derive(Serialize, Deserialize)]
pub enum SessionChange {
    Set(SessionToken),
    Clear,
}

/// The answer to one request.
#[derive(Serialize, Deserialize)]
pub struct Response {
    /// An HTTP status code.
    pub status: u16,
    pub content: Content,
    #[serde(with = "secret_bytes")]
    pub body: Secret,
    /// Where the browser goes next, with a status of 303: a path of ours.
    pub location: Option<String>,
    pub session: Option<SessionChange>,
    /// The name under which the body is saved, instead of shown.
    pub download: Option<String>,
}

impl Response {
    /// A page.
    pub fn html(text: String) -> Self {
        Self::of(Content::Html, text.into_bytes())
    }

    /// A body to show.
    pub fn of(content: Content, bytes: Vec<u8>) -> Self {
        Self { status: 200, content, body: Secret::new(bytes), location: None, session: None, download: None }
    }

    /// A body to save under a name of plain characters.
    pub fn download(content: Content, bytes: Vec<u8>, name: &str) -> Self {
        Self { download: Some(name.to_owned()), ..Self::of(content, bytes) }
    }

    /// Sends the browser to another page of ours, which it gets: a form that was done is not sent again by a reload.
    pub fn redirect(to: impl Into<String>) -> Self {
        Self { status: 303, location: Some(to.into()), ..Self::of(Content::Text, Vec::new()) }
    }

    /// The same with another status.
    #[must_use]
    pub fn with_status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// The same with a change of the session.
    #[must_use]
    pub fn with_session(self, change: SessionChange) -> Self {
        Self { session: Some(change), ..self }
    }
}

/// A file that every page may load: style, script or icon, compiled into the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asset {
    pub bytes: &'static [u8],
    pub media_type: &'static str,
}
