//! Bodies that do not come to their end, each with what becomes of it.

use axum::body::{Body, Bytes};
use axum::http::Request;
use despatch_web::Refusal;
use despatch_web::body::{WITHIN, read};
use despatch_web::gate::Encoding;
use futures_util::stream::{self, StreamExt};
use std::convert::Infallible;
use std::time::Duration;

const PARTS: &str = "multipart/form-data; boundary=x";
const FIELDS: &str = "application/x-www-form-urlencoded";

/// Reads a body of which these pieces arrive; `ends` says whether it then ends or nothing more ever comes.
fn arrived(kind: &str, encoding: Encoding, pieces: &[&'static str], ends: bool) -> Result<usize, Refusal> {
    let pieces: Vec<Result<Bytes, Infallible>> =
        pieces.iter().map(|piece| Ok(Bytes::from_static(piece.as_bytes()))).collect();
    let came = stream::iter(pieces);
    let body = if ends { Body::from_stream(came) } else { Body::from_stream(came.chain(stream::pending())) };
    let request = Request::builder().header("content-type", kind).body(body).expect("a request");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    // What has arrived is read first; for what never comes nobody waits here.
    let within = if ends { WITHIN } else { Duration::ZERO };
    let form = runtime.block_on(read(request, encoding, within))?;
    Ok(form.fields.len() + form.uploads.len())
}

#[test]
fn whoever_sends_the_body_of_a_form_slowly_is_refused() {
    let file =
        "--x\r\nContent-Disposition: form-data; name=\"attachments\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.7";
    for (kind, encoding, pieces) in [
        (FIELDS, Encoding::Fields, &[][..]),
        (FIELDS, Encoding::Fields, &["name=some"]),
        (FIELDS, Encoding::Fields, &["name=some", "body", "&passphrase=x"]),
        (PARTS, Encoding::Parts, &[]),
        (PARTS, Encoding::Parts, &["--x"]),
        (PARTS, Encoding::Parts, &[file]),
        (PARTS, Encoding::Parts, &[file, "\r\n--x"]),
    ] {
        assert_eq!(arrived(kind, encoding, pieces, false), Err(Refusal::TooSlow), "{pieces:?}");
    }
    assert_eq!(Refusal::TooSlow.code(), "too-slow");
}

#[test]
fn a_body_that_arrives_in_pieces_is_read_whole() {
    assert_eq!(arrived(FIELDS, Encoding::Fields, &["name=some", "body&", "passphrase=x"], true), Ok(2));
    let part = "--x\r\nContent-Disposition: form-data; name=\"attachments\"; filename=\"a.pdf\"\r\n\r\n%P";
    assert_eq!(arrived(PARTS, Encoding::Parts, &[part, "DF\r\n", "--x--\r\n"], true), Ok(1));
}
