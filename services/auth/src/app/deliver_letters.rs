//! Owns the delivery of letters: a worker that takes them from the store when they are due. Refuses to lose one: a letter
//! is due again unless it was surely sent, or its tries or its token's life are over.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use kernel::Fault;
use mail::Mail;
use store::Change;
use tokio_util::sync::CancellationToken;

use super::Local;
use crate::domain::letter::Letter;
use crate::error::AuthError;

/// How often the store is asked when nobody wakes the worker: for retries and for other processes' letters.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// How many letters are taken at a time.
const BATCH: usize = 64;
/// How many of them are on their way at once.
const AT_ONCE_MAX: usize = 8;

/// Sends letters until `stop`.
pub(crate) async fn run(local: Arc<Local>, stop: CancellationToken) -> Result<(), Fault> {
    loop {
        // A mail cut off by the stop is tried again: it may arrive twice, never not at all.
        let sent = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            sent = local.deliver_due() => sent?,
        };
        if sent == BATCH {
            continue;
        }
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = local.letters.notified() => {}
            () = tokio::time::sleep(ASK_EVERY) => {}
        }
    }
}

impl Local {
    /// Tries every letter that is due, up to a batch; returns how many there were.
    async fn deliver_due(&self) -> Result<usize, AuthError> {
        let due = self.repo.due_letters(self.ambient.now(), BATCH).await?;
        let count = due.len();
        let deliveries = futures::stream::iter(due)
            .map(|letter| self.deliver(letter))
            .buffer_unordered(AT_ONCE_MAX);
        let results: Vec<Result<(), AuthError>> = deliveries.collect().await;
        results.into_iter().collect::<Result<(), _>>()?;
        Ok(count)
    }

    async fn deliver(&self, letter: Letter) -> Result<(), AuthError> {
        // Counting the try takes the letter: another process that read it too finds that its due time has moved.
        let Some(letter) = self.take(letter).await? else {
            return Ok(());
        };
        let Some(to) = letter.to.clone() else { return Ok(()) };
        let (subject, text) = letter.words(&self.config.product_name, &self.secret);
        let mail = Mail {
            id: letter.id.clone(),
            to,
            subject,
            text,
            unsubscribe: None,
            at: letter.created_at,
        };
        match self.mailer.send(&mail).await {
            Ok(()) => {
                let sent = self.repo.letters.update(&letter.id, |letter: Letter| {
                    Ok::<_, AuthError>(Change::Put(
                        Letter {
                            mail_due: None,
                            ..letter
                        },
                        Vec::new(),
                        (),
                    ))
                });
                sent.await.map(drop)
            }
            Err(e) => {
                match letter.mail_due {
                    Some(due) => tracing::warn!(
                        "mail {} failed ({}. try), again at {due}: {e}",
                        letter.id,
                        letter.attempts
                    ),
                    None => tracing::error!("mail {} is given up after {} tries: {e}", letter.id, letter.attempts),
                }
                Ok(())
            }
        }
    }

    async fn take(&self, seen: Letter) -> Result<Option<Letter>, AuthError> {
        let now = self.ambient.now();
        let taken = self.repo.letters.update(&seen.id, |letter: Letter| {
            Ok::<_, AuthError>(if letter.mail_due != seen.mail_due {
                Change::Keep(None)
            } else if letter.expires_at <= now {
                tracing::error!(
                    "mail {} is given up after {} tries: its token has expired",
                    letter.id,
                    letter.attempts
                );
                Change::Put(
                    Letter {
                        mail_due: None,
                        ..letter
                    },
                    Vec::new(),
                    None,
                )
            } else {
                let next = letter.attempted(now);
                Change::Put(next.clone(), Vec::new(), Some(next))
            })
        });
        Ok(taken.await?.flatten())
    }
}
