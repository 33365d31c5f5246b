//! Enters: which rows of the table are wanted; all but the clean build if none is named. Leaves: the table of this machine's
//! figures against their targets, printed and in `docs/performance.md`, with JSON and a chart beside it.
//! Never: measures anything: `benches/table.py` has the benches run, each by itself.
//!
//!     cargo bench
//!     cargo bench --bench table -- line check

use std::path::Path;
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/table.py");
    let words = std::env::args().skip(1).filter(|word| word != "--bench");
    let table = Command::new("python3").arg(script).arg(env!("CARGO_BIN_EXE_despatch")).args(words).status();
    match table {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            println!("python3 does not start: {error}");
            ExitCode::FAILURE
        }
    }
}
