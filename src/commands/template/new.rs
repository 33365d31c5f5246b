//! Enters: a name, and a kind to begin with. Leaves: a folder of the office's own with a copy of that kind.
//! Never: overwrites anything, or routes a kind (the policy pack does).

use super::{kind, on_disk, unwritten};
use crate::commands::args::NewTemplate;
use crate::context::Exit;
use crate::printing::Print;
use despatch_app::operations::Failure;
use despatch_core::words::count;
use despatch_letters::catalogue::Catalogue;

use despatch_core::fault::Fault;
use std::fs;
use std::path::Path;

pub(super) fn new(folder: &Path, args: &NewTemplate, print: &Print) -> Result<Exit, Failure> {
    let catalogue = Catalogue::load(Some(folder))?;
    let from = kind(&catalogue, &args.from)?;
    let own = folder.join(args.name.as_str());
    if own.exists() {
        let cure = "choose another name, or edit that folder";
        return Err(Fault::new(
            own.display().to_string(),
            "template.exists",
            "there is such a folder already",
            cure,
        )
        .into());
    }
    let mut files = 0;
    for (path, text) in catalogue.texts_of(&from.name) {
        let Some((_, inside)) = path.split_once('/') else { continue };
        let target = on_disk(&own, inside);
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent).map_err(|error| unwritten(parent, &error))?;
        }
        fs::write(&target, text).map_err(|error| unwritten(&target, &error))?;
        files += 1;
    }
    print.json(&serde_json::json!({ "kind": args.name, "from": from.name, "folder": own, "files": files }));
    print.line(&format!("{} now holds a copy of {} ({}).", own.display(), from.name, count(files, "file")));
    print.line("");
    print.line("Next:");
    print.line("  edit kind.toml (title, summary, roles, needs) and the templates beside it");
    print.line(&format!("  despatch preview {} --watch       to see it as you type", args.name));
    print.line(&format!("  despatch template check {}        to have it checked", args.name));
    if args.name != from.name {
        print.line("  and name it in a row of the policy pack: a kind that no row names is never made");
    }
    Ok(Exit::Done)
}
