//! Enters: the templates and their examples. Leaves: what does not render.
//! Never: keeps what does.

use super::Line;
use crate::catalogue::Kind;
use crate::fault::Fault;
use crate::render::job::Job;
use serde_json::Value;

impl Line<'_> {
    /// Renders every example of every kind, as `despatch check` does: everything that is wrong, at once.
    pub fn try_examples(&self) -> Vec<Fault> {
        let catalogue = &self.office.catalogue;
        let mut faults = Vec::new();
        for kind in catalogue.kinds() {
            for (path, data) in catalogue.examples(&kind.name) {
                let letter = kind.has_letter.then_some("letter.typ");
                for file in letter.into_iter().chain(["cover-note.typ"]) {
                    if let Err(fault) = self.pool.render(&self.example(kind, file, path, &data)) {
                        faults.extend(
                            fault.faults().into_iter().map(|fault| Fault {
                                cause: format!("{} (with {path})", fault.cause),
                                ..fault
                            }),
                        );
                    }
                }
            }
        }
        faults
    }

    fn example(&self, kind: &Kind, file: &str, path: &str, data: &Value) -> Job {
        Job {
            main: format!("/{}/{file}", kind.name),
            title: kind.title.clone(),
            author: "despatch check".to_owned(),
            keywords: vec![self.office.pack.id.to_string()],
            date: chrono::NaiveDate::default(),
            ident: format!("{path}/{file}"),
            data: data.clone(),
        }
    }
}
