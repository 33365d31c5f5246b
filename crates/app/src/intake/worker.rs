//! Enters: the folders of an inbox on the command line, then requests on standard input. Leaves: an answer to each.
//! Never: sees a key, the ledger or the network, opens a file outside those folders, writes a log, or outlives its parent.

use super::files::{InProcess, IntakeFiles};
use super::folders::IntakeFolders;
use super::inbox::Inbox;
use super::requests::{Request, Response, read, write};
use super::taking::Claimed;
use despatch_core::confine::{self, Needs, Work};
use nix::sys::prctl;
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::Signal;
use std::ffi::OsString;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// The argument that turns the program into this process.
pub const ARGUMENT: &str = "intake-worker";

/// Answers until standard input ends. `arguments` are the office's folder and, if its inbox lies apart, that folder.
pub fn run(mut arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let root = arguments.next().map(PathBuf::from).unwrap_or_default();
    let folders = IntakeFolders::of(&root, arguments.next().map(PathBuf::from).as_deref());
    match confine(&folders).and_then(|()| serve(&InProcess::new(Inbox::of(folders)))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Gives up everything but the folders of the inbox.
///
/// # Errors
/// The system refuses; such a process may not begin.
pub fn confine(folders: &IntakeFolders) -> io::Result<()> {
    prctl::set_pdeathsig(Signal::SIGKILL)?;
    prctl::set_dumpable(false)?;
    setrlimit(Resource::RLIMIT_CORE, 0, 0)?;
    let needs = Needs { moved: vec![folders.whole().to_owned()], ..Needs::default() };
    confine::files(&needs)?;
    // Last, because it takes away what the lines above need.
    confine::calls(Work::Filing)
}

fn serve(files: &InProcess) -> io::Result<()> {
    let mut input = BufReader::new(io::stdin().lock());
    let mut output = BufWriter::new(io::stdout().lock());
    while let Some(request) = read::<Request<'static>>(&mut input)? {
        let mut response = answer(files, request).unwrap_or_else(|error| Response::failed(&error));
        let contents = match &mut response {
            Response::Claimed(Claimed::Read(read)) => std::mem::take(&mut read.contents),
            _ => Vec::new(),
        };
        write(&mut output, &response, &contents)?;
        output.flush()?;
    }
    Ok(())
}

fn answer(files: &InProcess, request: Request<'_>) -> io::Result<Response> {
    Ok(match request {
        Request::Look => Response::Looked(files.look()?),
        Request::Claims => Response::Claims(files.claims()?),
        Request::Take(candidate) => Response::Claimed(files.take(&candidate)?),
        Request::Resume { token, settled } => Response::Claimed(files.resume(&token, settled)?),
        Request::Reject { token, file, faults } => Response::Rejected(files.reject(&token, &file, &faults)?),
        Request::Clear(token) => {
            files.clear(&token)?;
            Response::Done
        }
    })
}
