//! Enters: the end of a batch's transaction, and the signing key. Leaves: a signed row beside its events, and the rows
//! read back. Never: a commit of its own: what signs a batch is on the disk with it. A row is no event, so it moves no
//! tail.

use crate::checkpoints::Checkpoint;
use crate::engine::{LedgerConnection, LedgerRow};
use crate::error::LedgerError;
use crate::statement::statements;
use crate::transact::Transaction;
use despatch_seal::signing::{Namespace, Signer, SigningKey, verify};
use sqlx::Row;

statements! {
    SIGN_BATCH = "INSERT INTO checkpoint (seq, hash, at, signature) VALUES ($1, $2, $3, $4)";
    PART_OF_SIGNED = "SELECT seq, hash, at, signature FROM checkpoint WHERE seq > $1 ORDER BY seq LIMIT $2";
}

/// Rows per query: a table may be larger than memory.
const AT_ONCE: i64 = 1000;

/// Signs the record as it ends with this transaction; nothing if it has no event.
pub(crate) async fn sign(tx: &mut Transaction<'_>, signer: &SigningKey) -> Result<(), LedgerError> {
    let Some((seq, hash, at)) = tx.end() else { return Ok(()) };
    let hash = hash.parse().map_err(|why: &str| LedgerError::Failed(why.to_owned()))?;
    let checkpoint = Checkpoint { seq, hash, at };
    let statement = checkpoint.statement();
    let signature = signer.sign(Namespace::Checkpoint, statement.as_bytes()).map_err(LedgerError::Failed)?;
    SIGN_BATCH
        .query()
        .bind(seq)
        .bind(hash.to_string())
        .bind(checkpoint.at_text())
        .bind(signature)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// Reads every signed batch in order; `each` gets its row's number and the checkpoint, or why it does not count.
pub(crate) async fn walk(
    connection: &mut LedgerConnection,
    signers: &[Signer],
    mut each: impl FnMut(i64, Result<Checkpoint, String>),
) -> Result<(), LedgerError> {
    let mut last = i64::MIN;
    loop {
        let rows = PART_OF_SIGNED.query().bind(last).bind(AT_ONCE).fetch_all(&mut *connection).await?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in &rows {
            last = row.try_get("seq")?;
            each(last, read(row, signers));
        }
    }
}

fn read(row: &LedgerRow, signers: &[Signer]) -> Result<Checkpoint, String> {
    let text = |column: &str| row.try_get::<String, _>(column).map_err(|error| error.to_string());
    let (hash, at, signature) = (text("hash")?, text("at")?, text("signature")?);
    let seq = row.try_get("seq").map_err(|error| error.to_string())?;
    let hash = hash.parse().map_err(|_| "its hash is none".to_owned())?;
    let read = Checkpoint { seq, hash, at: at.parse().map_err(|_| "its time cannot be read".to_owned())? };
    if read.at_text() != at {
        return Err("its time is spelled otherwise".to_owned());
    }
    verify(signers, Namespace::Checkpoint, read.statement().as_bytes(), &signature)
        .map_err(|fault| format!("its signature does not count: {fault}"))?;
    Ok(read)
}
