//! Enters: the body of a form. Leaves: its fields and files.
//! Never: holds more than the bounds below, waits longer than them, or writes a file.

use super::gate::{Encoding, Refusal, is_text, pairs};
use super::request::Upload;
use axum::body::{Body, to_bytes};
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest};
use axum::http::{Request as HttpRequest, StatusCode};
use despatch_core::private::Secret;
use std::time::Duration;
use zeroize::Zeroize;

/// The longest form without files, in bytes: a case with every field filled.
const FIELDS_MAX: usize = 512 << 10;
/// The longest form with files: one attachment of the greatest size that the intake takes (25 MiB), and one beside it.
pub(super) const PARTS_MAX: usize = 64 << 20;
/// The greatest number of fields, and of files.
const FIELDS_COUNT_MAX: usize = 2_000;
const FILES_COUNT_MAX: usize = 40;
/// How long a body may take to arrive.
pub const WITHIN: Duration = Duration::from_secs(60);

/// What a form held.
#[derive(Default)]
pub struct Form {
    pub fields: Vec<(String, String)>,
    pub uploads: Vec<Upload>,
}

/// Reads a form that arrives within this time, for which a page waits [`WITHIN`].
///
/// # Errors
/// Why it is refused.
pub async fn read(request: HttpRequest<Body>, encoding: Encoding, within: Duration) -> Result<Form, Refusal> {
    let reading = async {
        match encoding {
            Encoding::Fields => fields(request).await,
            Encoding::Parts => parts(request).await,
        }
    };
    tokio::time::timeout(within, reading).await.unwrap_or(Err(Refusal::TooSlow))
}

async fn fields(request: HttpRequest<Body>) -> Result<Form, Refusal> {
    let bytes = to_bytes(request.into_body(), FIELDS_MAX).await.map_err(|_| Refusal::TooLarge)?;
    let fields = pairs(&bytes).ok_or(Refusal::Form)?;
    if fields.len() > FIELDS_COUNT_MAX {
        return Err(Refusal::TooLarge);
    }
    Ok(Form { fields, uploads: Vec::new() })
}

async fn parts(mut request: HttpRequest<Body>) -> Result<Form, Refusal> {
    DefaultBodyLimit::max(PARTS_MAX).apply(&mut request);
    let mut multipart = Multipart::from_request(request, &()).await.map_err(|_| Refusal::Form)?;
    let mut form = Form::default();
    while let Some(field) = multipart.next_field().await.map_err(refusal)? {
        let name = field.name().unwrap_or_default().to_owned();
        let file = field.file_name().map(str::to_owned);
        let bytes = field.bytes().await.map_err(refusal)?;
        match file {
            // What a browser sends of a field in which no file was chosen.
            Some(file) if file.is_empty() && bytes.is_empty() => {}
            Some(file) => {
                let name_is_text = is_text(&file);
                let upload = Upload { field: name, name: file, bytes: Secret::new(bytes.to_vec()) };
                if !name_is_text || form.uploads.len() == FILES_COUNT_MAX {
                    return Err(Refusal::Form);
                }
                form.uploads.push(upload);
            }
            None => {
                let mut value = String::from_utf8(bytes.to_vec()).map_err(|_| Refusal::Form)?;
                if !is_text(&value) || form.fields.len() == FIELDS_COUNT_MAX {
                    value.zeroize();
                    return Err(Refusal::Form);
                }
                form.fields.push((name, value));
            }
        }
    }
    Ok(form)
}

fn refusal(error: MultipartError) -> Refusal {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE { Refusal::TooLarge } else { Refusal::Form }
}
