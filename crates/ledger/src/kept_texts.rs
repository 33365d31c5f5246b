//! Enters: the templates and packs that the pipeline is about to use, or a hash. Leaves: each text stored by its hash,
//! for the life of the ledger. Never: forgets one, or returns one that does not match its hash.

use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::statement::{Statement, statements};
use chrono::NaiveDate;
use despatch_core::words::{KindName, Sha256};
use despatch_documents::template_version::TemplateVersion;
use despatch_process::Packs;
use sqlx::Row;

statements! {
    KEEP_TEMPLATE = "INSERT INTO template (hash, kind, since, content) VALUES ($1, $2, $3, $4) \
                     ON CONFLICT (hash) DO NOTHING";
    KEEP_PACK = "INSERT INTO pack_text (hash, pack, since, content) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (hash) DO NOTHING";
    TEMPLATES = "SELECT hash, since, content FROM template WHERE substr(hash, 1, length($1)) = $1 ORDER BY since LIMIT 2";
    OF_KIND = "SELECT hash, since FROM template WHERE kind = $1 ORDER BY since DESC, hash";
    PACK = "SELECT content FROM pack_text WHERE hash = $1";
}

/// A version of a template, from its first use on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub hash: Sha256,
    pub version: TemplateVersion,
    /// The day of its first use.
    pub since: NaiveDate,
}

impl Ledger {
    /// Stores these versions, unless known.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn keep_versions(
        &mut self,
        versions: &[TemplateVersion],
        today: NaiveDate,
    ) -> Result<(), LedgerError> {
        let unwritten = |error| LedgerError::Failed(format!("a template cannot be kept: {error}"));
        let texts = versions.iter().map(|version| {
            let content = serde_json::to_string(version).map_err(unwritten)?;
            Ok((version.hash(), version.kind.as_str(), content))
        });
        let texts: Result<Vec<_>, LedgerError> = texts.collect();
        self.keep(&KEEP_TEMPLATE, texts?, today)
    }

    /// Stores the texts of these packs, unless known.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn keep_packs(&mut self, packs: &Packs, today: NaiveDate) -> Result<(), LedgerError> {
        let texts = packs.iter().filter_map(|pack| {
            let text = packs.text(&pack.id)?;
            Some((text.sha256, pack.id.as_str(), text.text.clone()))
        });
        self.keep(&KEEP_PACK, texts.collect(), today)
    }

    /// Stores texts of one kind, each with its hash and its name. A text is proved by its own hash, so it needs no
    /// event.
    fn keep(
        &mut self,
        statement: &Statement,
        texts: Vec<(Sha256, &str, String)>,
        today: NaiveDate,
    ) -> Result<(), LedgerError> {
        self.write_unrecorded(async |connection| {
            for (hash, name, content) in texts {
                let query = statement.query().bind(hash.to_string()).bind(name).bind(today.to_string());
                query.bind(content).execute(&mut *connection).await?;
            }
            Ok(())
        })
    }

    /// Returns the versions whose hash begins with `beginning`, at most two, since more than one is ambiguous.
    ///
    /// # Errors
    /// One of them does not match its hash, or the ledger fails.
    pub fn versions(&mut self, beginning: &str) -> Result<Vec<Kept>, LedgerError> {
        let rows =
            self.ask(async |connection| TEMPLATES.query().bind(beginning).fetch_all(connection).await)?;
        rows.iter()
            .map(|row| {
                let unread = || LedgerError::Failed("a kept template does not match its hash".to_owned());
                let version: TemplateVersion =
                    serde_json::from_str(row.get("content")).map_err(|_| unread())?;
                let hash = version.hash();
                let since = row.get::<&str, _>("since").parse().map_err(|_| unread())?;
                if hash.to_string() != row.get::<&str, _>("hash") {
                    return Err(unread());
                }
                Ok(Kept { hash, version, since })
            })
            .collect()
    }

    /// Returns the hashes of the versions of a kind, each with the day of its first use, the latest first.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn versions_of(&mut self, kind: &KindName) -> Result<Vec<(Sha256, NaiveDate)>, LedgerError> {
        let query = OF_KIND.query().bind(kind.as_str());
        let rows = self.ask(async |connection| query.fetch_all(connection).await)?;
        let unread = || LedgerError::Failed("a kept template cannot be read".to_owned());
        rows.iter()
            .map(|row| {
                let hash = row.get::<&str, _>("hash").parse().map_err(|_| unread())?;
                Ok((hash, row.get::<&str, _>("since").parse().map_err(|_| unread())?))
            })
            .collect()
    }

    /// Returns the text of a pack by its hash.
    ///
    /// # Errors
    /// The ledger fails, or the text does not match its hash.
    pub fn pack_text(&mut self, hash: Sha256) -> Result<Option<String>, LedgerError> {
        let row = self
            .ask(async |connection| PACK.query().bind(hash.to_string()).fetch_optional(connection).await)?;
        let text: Option<String> = row.map(|row| row.get("content"));
        if text.as_ref().is_some_and(|text| Sha256::of(text.as_bytes()) != hash) {
            return Err(LedgerError::Failed("a kept policy pack does not match its hash".to_owned()));
        }
        Ok(text)
    }
}
