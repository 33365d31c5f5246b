//! Enters: the templates and their examples. Leaves: what does not render.
//! Never: keeps what does.

use super::Line;
use crate::catalogue::{Catalogue, Kind};
use crate::fault::Fault;
use crate::render::job::Job;
use crate::render::pool::Pool;
use serde_json::Value;

impl Line<'_> {
    /// What is wrong with the templates, found before any case is touched.
    pub fn try_examples(&self) -> Vec<Fault> {
        try_examples(&self.office.catalogue, &self.pool)
    }
}

/// Renders every example of every kind: everything that is wrong, each fault once.
pub fn try_examples(catalogue: &Catalogue, pool: &Pool) -> Vec<Fault> {
    let mut faults: Vec<Fault> = Vec::new();
    for kind in catalogue.kinds() {
        for (path, data) in catalogue.examples(&kind.name) {
            for file in kind.files() {
                let found = pool.render(&example(kind, file, path, &data)).err();
                for fault in found.iter().flat_map(|fault| fault.faults()) {
                    let known = |one: &Fault| one.at == fault.at && one.cause.starts_with(&fault.cause);
                    if !faults.iter().any(known) {
                        faults.push(Fault { cause: format!("{} (seen with {path})", fault.cause), ..fault });
                    }
                }
            }
        }
    }
    faults
}

fn example(kind: &Kind, file: &str, path: &str, data: &Value) -> Job {
    Job {
        main: format!("/{}/{file}", kind.name),
        title: kind.title.clone(),
        author: "despatch check".to_owned(),
        keywords: Vec::new(),
        date: chrono::NaiveDate::default(),
        ident: format!("{path}/{file}"),
        data: data.clone(),
    }
}
