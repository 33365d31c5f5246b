//! Enters: an office. Leaves: it served: its inbox processed, its socket open for staff, and its pages at an address.
//! Never: answers a request itself, or listens where neither the settings nor the command say.

use crate::caller::{Caller, PassphraseSource, Terminal};
use crate::context::{CommandContext, Exit};
use crate::printing::{conclude, inbox_report, log_rejected, show_finding};
use crate::service::Door;
use despatch_app::new_file::create_new;
use despatch_app::office::OpenKeys;
use despatch_app::operations::process_inbox::{ProcessInbox, process_inbox, take_inbox};
use despatch_app::operations::{Failure, OpenOffice};
use despatch_core::fault::Fault;
use despatch_core::shown::shown_path;
use despatch_core::timings::Timings;
use despatch_pages::{Pages, answering};
use despatch_seal::signing::SigningKey;
use despatch_settings::{Listen, PageSettings};
use despatch_web::{Front, Listener};
use std::io::{self, BufWriter};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Processes an office's inbox, and answers its staff meanwhile, in pages too where its settings or `pages` say so. How
/// long each stage takes is written into the new file `timings`.
///
/// # Errors
/// The office cannot be opened; the signing key cannot be unlocked; another `run` is at work; the pages cannot be served;
/// the file exists; the disk fails.
pub fn process(
    once: bool,
    pages: Option<SocketAddr>,
    (signing, timings): (PassphraseSource, Option<PathBuf>),
    context: &CommandContext,
) -> Result<Exit, Failure> {
    let (open, _, print) = context.open()?;
    let lease = take_inbox(&open)?;
    let timings = timings.as_deref().map(profile).transpose()?.unwrap_or_default();
    let signing_key = open.office.signing_secret(&context.unlock(signing))?;
    if !once {
        let keys = OpenKeys::default();
        if let Some(address) = serve_pages(&open, pages, &signing_key, &keys)? {
            print.log(&format!("The pages are at {address}"));
        }
        Door::open(&open.office, signing_key.clone(), keys, context.answers)?.serve();
    }
    let request = ProcessInbox { once };
    let tell = |finding| {
        show_finding(&finding, print);
        // The log is all that a service leaves.
        if !once {
            log_rejected(&finding, print);
        }
    };
    let clock = open.clock;
    let report = inbox_report(request, (print, clock), &tell);
    let summary = process_inbox(open, &lease, (request, timings.clone()), signing_key, &report)?;
    if let Err(error) = timings.finish() {
        print.log(&format!("the timings are not whole: {error}"));
    }
    conclude(&summary, clock.now().at, print);
    let clean = summary.rejected == 0 && summary.waiting.is_empty();
    Ok(if clean { Exit::Done } else { Exit::AtFault })
}

/// A profile in a new file.
fn profile(path: &Path) -> Result<Timings, Fault> {
    create_new(path).map(|file| Timings::to(BufWriter::new(file))).map_err(|error| {
        let cause = format!("no profile can be written there: {error}");
        Fault::new(shown_path(path), "timings.file", cause, "name a new file in a folder of your own")
    })
}

/// Serves the pages of an office; `None` if its settings have none and no address is given.
///
/// # Errors
/// The address is taken or none of this machine; a template is broken.
pub fn serve_pages(
    open: &OpenOffice,
    at: Option<SocketAddr>,
    signing_key: &SigningKey,
    keys: &OpenKeys,
) -> Result<Option<String>, Failure> {
    let settings = &open.office.config.pages;
    let listen = match at {
        Some(at) => Listen::Tcp(at),
        None if settings.on => settings.listen.clone(),
        None => return Ok(None),
    };
    let listener = listener(&listen)?;
    let (front, address) = front(settings, &listener, &listen);
    let pages = Pages::of(open.office.root(), &open.program, open.clock, signing_key.clone(), keys.clone())?;
    let answering = answering(&Arc::new(pages));
    despatch_web::start(
        &open.program,
        listener,
        &front,
        answering,
        Arc::new(|line: &str| Terminal.log(line)),
    )?;
    Ok(Some(address))
}

fn listener(listen: &Listen) -> Result<Listener, Fault> {
    let (at, listener) = match listen {
        Listen::Tcp(address) => (address.to_string(), Listener::on(*address)),
        Listen::Unix(path) => (path.display().to_string(), Listener::on_path(path)),
    };
    listener.map_err(|error| {
        let cure = match error.kind() {
            io::ErrorKind::AddrInUse => "choose another port in [pages] listen, or end what listens there",
            _ => "look at [pages] listen in despatch.toml",
        };
        Fault::new(at, "pages.listen", format!("the pages cannot listen there: {error}"), cure)
    })
}

/// By which names the pages are reached, and the address to tell people.
fn front(settings: &PageSettings, listener: &Listener, listen: &Listen) -> (Front, String) {
    let header = settings.proxy_header.as_deref();
    match (listener.port(), listen) {
        (Some(port), Listen::Tcp(_)) if !settings.behind_proxy => {
            (Front::of_loopback(port), format!("http://127.0.0.1:{port}"))
        }
        _ => {
            let name = settings.hosts.first().map_or("", String::as_str);
            (Front::behind_proxy(&settings.hosts, header), format!("https://{name}"))
        }
    }
}
