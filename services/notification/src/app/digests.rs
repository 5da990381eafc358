//! Writes digests when they are due, and mails them. A letter is written before the next digest is planned, under an id that says which one
//! it is, and remembered for a day when it is over: neither a crash nor a slow process writes one twice. It is sent until the mail server takes it: a crash in that very moment sends it twice, never not at all.

use std::sync::Arc;
use std::time::Duration;

use kernel::{ErrorCode, Fault};
use mail::{Mail, Which};
use store::{Change, Query};
use tokio_util::sync::CancellationToken;

use super::App;
use crate::domain::digest::{LINES_MAX, write};
use crate::domain::item::Item;
use crate::domain::letter::{ATTEMPTS_MAX, Letter};
use crate::domain::preferences::Preferences;
use crate::error::Error;

/// Digests and letters of one round.
const ROUND_MAX: usize = 50;
/// Items that a digest looks at.
const ITEMS_MAX: usize = 500;
/// How long an item may take from its time to its write: younger ones are left to the next digest, since not all of them are there yet.
const SETTLED_AFTER: Duration = Duration::from_secs(60);

/// Writes and mails until `stop`.
pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) -> Result<(), Fault> {
    loop {
        let done = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            done = app.digest_round() => done?,
        };
        if done >= ROUND_MAX {
            continue;
        }
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(app.repo.config.sweep_each()) => {}
        }
    }
}

impl App {
    async fn digest_round(&self) -> Result<usize, Fault> {
        let due = self.repo.due_digests(ROUND_MAX).await?;
        for wishes in &due {
            self.write_digest(wishes).await?;
        }
        let letters = self.repo.due_letters(ROUND_MAX).await?;
        for letter in &letters {
            self.mail(letter).await?;
        }
        Ok(due.len().max(letters.len()))
    }

    async fn write_digest(&self, wishes: &Preferences) -> Result<(), Fault> {
        let (repo, now) = (&self.repo, self.repo.ambient.now());
        let first = wishes.digest_due.unwrap_or(now) - wishes.digest.period();
        let since = wishes.told_until.unwrap_or(first);
        let until = now - SETTLED_AFTER;
        let query = Query::on("owner")
            .eq(wishes.user_id)
            .more_than(since)
            .at_most(until)
            .descending()
            .limit(ITEMS_MAX);
        let mut items: Vec<Item> = repo.items.find(query).await?;
        items.retain(|item| item.read_at.is_none() && wishes.channels(item.kind).email);
        let more = items.len().saturating_sub(LINES_MAX);
        items.truncate(LINES_MAX);
        if let (false, Some(due)) = (items.is_empty(), wishes.digest_due) {
            let letter = Letter {
                id: format!("{}:{}", wishes.user_id, due.millis()),
                user_id: wishes.user_id,
                items: items.iter().map(|item| item.id).collect(),
                more,
                created_at: now,
                due: now,
                attempts: 0,
                over: false,
            };
            repo.post_letter(&letter).await?;
            // An account that was erased in this moment has been looked through before the letter was there.
            if !repo.gone_of(&[letter.user_id]).await?.is_empty() {
                repo.drop_queued_of(letter.user_id).await?;
            }
        }
        let plan = |mut kept: Preferences| {
            if kept.digest_due != wishes.digest_due {
                return Ok(Change::Keep(()));
            }
            kept.told_until = Some(until.max(since));
            kept.plan_digest(now);
            Ok::<_, Error>(Change::Put(kept, Vec::new(), ()))
        };
        repo.preferences.update(wishes.user_id, plan).await?;
        Ok(())
    }

    async fn mail(&self, letter: &Letter) -> Result<(), Fault> {
        let repo = &self.repo;
        if letter.over {
            return Ok(repo.letters.delete(&letter.id).await?);
        }
        if letter.attempts >= ATTEMPTS_MAX {
            tracing::error!(
                letter = letter.id,
                "a digest is given up after {} tries",
                letter.attempts
            );
            return Ok(repo.finish_letter(&letter.id).await?);
        }
        // Counting the try takes the letter: another process finds that it has changed.
        let Some(letter) = repo.take_letter(letter).await? else {
            return Ok(());
        };
        match self.compose(&letter).await {
            Ok(Some(mail)) => {
                if let Err(error) = self.mailer.send(&mail).await {
                    tracing::warn!(%error, letter = letter.id, attempts = letter.attempts, "a digest was not taken");
                    return Ok(());
                }
                // An account that was erased in this moment has been heard of before the mail was there.
                if !repo.gone_of(&[letter.user_id]).await?.is_empty() {
                    self.mailer
                        .forget(Which::Ids(&mail.id))
                        .await
                        .map_err(Fault::internal)?;
                }
            }
            Ok(None) => {}
            Err(fault) => {
                tracing::warn!(%fault, letter = letter.id, "a digest waits for others");
                return Ok(());
            }
        }
        Ok(repo.finish_letter(&letter.id).await?)
    }

    /// Writes a letter as it is true now; none when there is nobody to write to, or nothing any more.
    async fn compose(&self, letter: &Letter) -> Result<Option<Mail>, Fault> {
        let repo = &self.repo;
        let account = match self.accounts.account(letter.user_id).await {
            Ok(account) if account.email_verified && !account.email.is_empty() => account,
            Ok(_) => return Ok(None),
            Err(fault) if fault.kind == ErrorCode::NotFound => return Ok(None),
            Err(fault) => return Err(fault),
        };
        let keys: Vec<String> = letter.items.iter().map(ToString::to_string).collect();
        let mut items: Vec<Item> = repo.items.get_many(&keys).await?;
        items.retain(|item| item.user_id == letter.user_id && item.read_at.is_none());
        let mut items = self.all_tellable(letter.user_id, items).await?;
        if items.is_empty() {
            return Ok(None);
        }
        items.sort_by_key(|item| std::cmp::Reverse(item.at));
        let shown = self.show(items).await?;
        let lines: Vec<String> = shown.into_iter().map(|item| one_line(&item.text)).collect();
        let (product, link) = (&repo.config.product_name, repo.config.public_url.as_deref());
        let (subject, text) = write(product, &lines, letter.more, link);
        Ok(Some(Mail {
            id: letter.id.replace(':', "-"),
            to: account.email,
            subject,
            text,
            unsubscribe: link.map(|link| {
                let link = link.trim_end_matches('/');
                format!(
                    "{link}/api/notifications/unsubscribe?token={}",
                    self.one_click.token(letter.user_id)
                )
            }),
            at: letter.created_at,
        }))
    }
}

/// Names and titles are people's own words: in a mail they keep to their line.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
