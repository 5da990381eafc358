//! Changes a post: other words, other readers, no more; and tells its earlier words.

use contracts::Event;
use contracts::post::{PostChange, PostEvent, Visibility};
use kernel::{Cursor, Fault, Page, PostId, UserId};
use store::{Change as Written, Document as _, StoreError};

use crate::app::calm::Deed;
use crate::app::told::told;
use crate::app::write_post::check_width;
use crate::app::{App, check_length};
use crate::config::TEXT_CHARS_MAX;
use crate::domain::mention::Mention;
use crate::domain::post::{Gone, Post, Revision, within};
use crate::domain::tag::tags;
use crate::domain::tally::Delta;
use crate::error::Error;
use crate::repo::STEP_ATTEMPTS_MAX;
use crate::wire::RevisionView;

/// What is to be different; what is absent stays.
pub(crate) struct Change {
    pub(crate) text: Option<String>,
    pub(crate) visibility: Option<Visibility>,
}

impl App {
    /// Changes a post by its author, if `seen` agrees with its version. Decides anew when somebody else wrote first.
    pub(crate) async fn change_post(
        &self,
        by: UserId,
        id: PostId,
        change: &Change,
        seen: impl Fn(u64) -> Result<(), Fault>,
    ) -> Result<(), Error> {
        if let Some(text) = &change.text {
            check_length(text, self.config.text_chars_max.min(TEXT_CHARS_MAX))?;
        }
        self.require_author(by, id).await?;
        self.require_calm(by, Deed::Change).await?;
        for _ in 0..STEP_ATTEMPTS_MAX {
            self.require_author(by, id).await?;
            let (before, version) = self.repo.live_post(id).await?.ok_or(Error::NotFound)?;
            seen(before.version)?;
            let Some((after, events)) = self.changed(&before, change).await? else {
                return Ok(());
            };
            if after.edits > before.edits {
                self.keep_words(&before).await?;
            }
            match self.repo.replace_post(&after, version, events).await {
                Ok(_) => return self.after_writing(by, &after.mentions).await,
                Err(StoreError::Conflict) => {}
                Err(e) => return Err(e.into()),
            }
        }
        Err(StoreError::Busy.into())
    }

    async fn require_author(&self, by: UserId, id: PostId) -> Result<Post, Error> {
        let post = self.seen_by(by, id).await?;
        if post.author_id == by {
            Ok(post)
        } else {
            Err(Error::NotAuthor)
        }
    }

    /// Works out what a post becomes, and what is told of it; nothing when it stays as it is.
    async fn changed(&self, before: &Post, change: &Change) -> Result<Option<(Post, Vec<Event>)>, Error> {
        let (mut after, mut events) = (before.clone(), Vec::new());
        let original = match before.share_of {
            Some(of) => self.repo.live_post(of).await?.map(|(post, _)| post),
            None => None,
        };
        if let Some(visibility) = change.visibility.filter(|v| *v != before.visibility) {
            check_width(visibility, original.as_ref())?;
            after.show_to(visibility);
            let shares = i64::from(after.counts_for().is_some()) - i64::from(before.counts_for().is_some());
            let tally = before.share_of.filter(|_| shares != 0);
            let tally = tally.map(|of| Delta::share(of, before.author_id, shares));
            events.push(self.told_of(&after, PostChange::VisibilityChanged { visibility }, tally)?);
        }
        if let Some(text) = change.text.as_ref().filter(|t| **t != before.text) {
            if text.trim().is_empty() && before.media_ids.is_empty() && before.share_of.is_none() {
                return Err(Error::invalid("text", "is empty, and there is nothing else"));
            }
            if before.edits >= self.config.edits_max {
                return Err(Error::TooManyEdits);
            }
            let mentions = self.named_in(before.author_id, text).await?;
            after.rewrite(text.clone(), tags(text), mentions, self.ambient.now());
            let new: Vec<Mention> = after
                .mentions
                .iter()
                .filter(|m| !before.mentions.iter().any(|b| b.user_id == m.user_id))
                .cloned()
                .collect();
            let edited = PostChange::Edited {
                tags: after.tags.clone(),
                mentions: self.may_be_told(&after, original.as_ref(), &new).await?,
            };
            events.push(self.told_of(&after, edited, None)?);
        }
        Ok((!events.is_empty()).then(|| (after.settled(), events)))
    }

    /// Keeps the words that a post has now. They never change, so that a second time is none; only a narrower circle
    /// may have been noted by one who then was too late.
    async fn keep_words(&self, post: &Post) -> Result<(), Error> {
        let words = Revision::of(post);
        match self.repo.revisions.insert(&words, Vec::new()).await {
            Ok(()) | Err(StoreError::Unique { .. }) => {}
            Err(e) => return Err(e.into()),
        }
        if self.repo.stands(post.id).await? {
            return Ok(());
        }
        // It went while this was written: what hangs on it may have been cleared away before.
        self.repo.revisions.delete(words.id()).await?;
        Err(Error::NotFound)
    }

    /// Deletes a post by its author.
    pub(crate) async fn delete_post(&self, by: UserId, id: PostId) -> Result<(), Error> {
        self.require_author(by, id).await?;
        self.fell_post(id, Gone::Author).await
    }

    /// Takes back the share of a post.
    pub(crate) async fn unshare(&self, by: UserId, of: PostId) -> Result<(), Error> {
        let share = self.repo.share_by(by, of).await?.ok_or(Error::NotFound)?;
        self.fell_post(share.id, Gone::Author).await
    }

    /// Takes a post away, whoever asks. What hangs on it is removed when the event comes round (`purge.rs`). Idempotent.
    pub(crate) async fn fell_post(&self, id: PostId, why: Gone) -> Result<(), Error> {
        let felled = self.repo.posts.update(id, |mut post: Post| {
            let before = post.gone;
            let tally = post.counts_for().map(|of| Delta::share(of, post.author_id, -1));
            if post.fall(why) {
                let event = self.told_of(&post, PostChange::Deleted, tally)?;
                return Ok(Written::Put(post.settled(), vec![event], ()));
            }
            Ok::<_, Error>(if before == post.gone {
                Written::Keep(())
            } else {
                Written::Put(post.settled(), Vec::new(), ())
            })
        });
        felled.await?;
        Ok(())
    }

    /// Makes an event about a post.
    pub(crate) fn told_of(&self, post: &Post, change: PostChange, tally: Option<Delta>) -> Result<Event, Fault> {
        let fact = PostEvent {
            post_id: post.id,
            author_id: post.author_id,
            version: post.version,
            change,
        };
        told(&self.ambient, fact, tally)
    }

    /// Tells the earlier words of a post, newest first: those that were ever for such readers.
    pub(crate) async fn history(
        &self,
        reader: UserId,
        id: PostId,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<RevisionView>, Error> {
        let post = self.seen_by(reader, id).await?;
        let standing = self.standing(reader, vec![post.author_id]).await?;
        let relation = standing.to(post.author_id);
        let before = cursor.map(Cursor::decode::<u32>).transpose()?;
        let found = self.repo.revisions_of(id, before, limit + 1).await?;
        let page = Page::cut(found, limit, |last| last.edit);
        let seen = page
            .items
            .into_iter()
            .filter(|r| r.edit < post.edits && within(r.reach, post.author_id, reader, relation));
        Ok(Page {
            items: seen
                .map(|r| RevisionView {
                    edit: r.edit,
                    text: r.text,
                    at: r.at,
                })
                .collect(),
            next_cursor: page.next_cursor,
        })
    }
}
