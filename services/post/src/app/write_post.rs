//! Writes a post, or a share, which is a post of its own.

use contracts::Event;
use contracts::post::{PostChange, PostEvent, Visibility};
use kernel::{AssetId, PostId, UserId};
use store::StoreError;

use crate::app::calm::Deed;
use crate::app::told::told;
use crate::app::{App, check_length};
use crate::config::{MEDIA_MAX, TEXT_CHARS_MAX};
use crate::domain::mention::Mention;
use crate::domain::post::{Draft, Post, width};
use crate::domain::tag::tags;
use crate::domain::tally::Delta;
use crate::error::Error;

/// What somebody wants to say.
pub(crate) struct NewPost {
    pub(crate) text: String,
    /// Absent for a share: as wide as what it shares.
    pub(crate) visibility: Option<Visibility>,
    pub(crate) media_ids: Vec<AssetId>,
    pub(crate) client_id: Option<String>,
    pub(crate) share_of: Option<PostId>,
}

impl App {
    /// Writes a post; tells whether it is new. The same client id again, or a share of what one shares already, answers
    /// with the first.
    pub(crate) async fn write_post(&self, author: UserId, new: NewPost) -> Result<(Post, bool), Error> {
        self.check_new(&new)?;
        if let Some(first) = self.first_written(author, new.client_id.as_deref()).await? {
            self.claim_again(&first).await;
            return Ok((first, false));
        }
        let original = match new.share_of {
            Some(id) => Some(self.shareable(author, id).await?),
            None => None,
        };
        if let Some(original) = &original
            && let Some(first) = self.repo.share_by(author, original.id).await?
        {
            return Ok((first, false));
        }
        let visibility = new
            .visibility
            .or(original.as_ref().map(|o| o.visibility))
            .ok_or_else(|| Error::invalid("visibility", "is missing"))?;
        check_width(visibility, original.as_ref())?;
        self.require_calm(author, Deed::Post).await?;
        let mentions = self.named_in(author, &new.text).await?;
        let post = Post::new(Draft {
            id: self.ambient.id(),
            author_id: author,
            client_id: new.client_id,
            tags: tags(&new.text),
            mentions,
            text: new.text,
            visibility,
            media_ids: new.media_ids,
            share_of: original.as_ref().map(|o| o.id),
            created_at: self.ambient.now(),
        });
        self.insert(post, original.as_ref()).await
    }

    fn check_new(&self, new: &NewPost) -> Result<(), Error> {
        check_length(&new.text, self.config.text_chars_max.min(TEXT_CHARS_MAX))?;
        let max = self.config.media_max.min(MEDIA_MAX);
        if new.media_ids.len() > max {
            return Err(Error::invalid("mediaIds", format!("are more than {max}")));
        }
        let mut ids = new.media_ids.clone();
        ids.sort_unstable();
        ids.dedup();
        if ids.len() < new.media_ids.len() {
            return Err(Error::invalid("mediaIds", "name one twice"));
        }
        if new.text.trim().is_empty() && new.media_ids.is_empty() && new.share_of.is_none() {
            return Err(Error::invalid(
                "text",
                "is empty, and there are no media and nothing to share",
            ));
        }
        Ok(())
    }

    /// Returns what was written under a client id before. It is not there any more when it was deleted.
    async fn first_written(&self, author: UserId, client_id: Option<&str>) -> Result<Option<Post>, Error> {
        let Some(client_id) = client_id else { return Ok(None) };
        match self.repo.by_client_id(author, client_id).await? {
            Some(first) if first.gone.is_some() => Err(Error::NotFound),
            found => Ok(found),
        }
    }

    /// Returns what is shared when somebody shares `id`: a share without words of its own passes on what it shares.
    async fn shareable(&self, author: UserId, id: PostId) -> Result<Post, Error> {
        let post = self.seen_by(author, id).await?;
        match post.share_of.filter(|_| post.is_bare_share()) {
            Some(original) => self.seen_by(author, original).await,
            None => Ok(post),
        }
    }

    async fn insert(&self, post: Post, original: Option<&Post>) -> Result<(Post, bool), Error> {
        let event = self.created(&post, original).await?;
        let used_by = used_by(post.id);
        if !post.media_ids.is_empty() {
            self.media.claim(post.author_id, &post.media_ids, &used_by).await?;
        }
        match self.repo.posts.insert(&post, vec![event]).await {
            Ok(()) => {
                self.after_writing(post.author_id, &post.mentions).await?;
                Ok((post, true))
            }
            // The same was written at the same time, and was first.
            Err(StoreError::Unique { .. }) => {
                if !post.media_ids.is_empty() {
                    self.media.release(&post.media_ids, &used_by).await?;
                }
                if let Some(first) = self.first_written(post.author_id, post.client_id.as_deref()).await? {
                    return Ok((first, false));
                }
                let share = match post.share_of {
                    Some(of) => self.repo.share_by(post.author_id, of).await?,
                    None => None,
                };
                share.map(|first| (first, false)).ok_or(Error::NotFound)
            }
            Err(e) => Err(e.into()),
        }
    }

    /// Claims once more what a post shows that was written before: whoever writes it again may have seen the first try fail halfway.
    /// Files that are gone stay gone.
    async fn claim_again(&self, first: &Post) {
        if first.media_ids.is_empty() {
            return;
        }
        let used_by = used_by(first.id);
        let claimed = self.media.claim(first.author_id, &first.media_ids, &used_by).await;
        if let Err(e) = claimed {
            tracing::debug!(post = %first.id, "not claimed again: {e}");
        }
    }

    async fn created(&self, post: &Post, original: Option<&Post>) -> Result<Event, Error> {
        let fact = PostEvent {
            post_id: post.id,
            author_id: post.author_id,
            version: post.version,
            change: PostChange::Created {
                visibility: post.visibility,
                tags: post.tags.clone(),
                mentions: self.may_be_told(post, original, &post.mentions).await?,
                media_ids: post.media_ids.clone(),
                shared: original.map(|o| (o.id, o.author_id)),
                created_at: post.created_at,
            },
        };
        let tally = post.counts_for().map(|of| Delta::share(of, post.author_id, 1));
        Ok(told(&self.ambient, fact, tally)?)
    }

    /// Returns those of the people named in a post who may see it: others must not hear of it.
    pub(crate) async fn may_be_told(
        &self,
        post: &Post,
        original: Option<&Post>,
        named: &[Mention],
    ) -> Result<Vec<UserId>, Error> {
        let mut told = Vec::new();
        for person in named.iter().map(|m| m.user_id).filter(|p| *p != post.author_id) {
            let authors = [Some(post.author_id), original.map(|o| o.author_id)];
            let standing = self.standing(person, authors.into_iter().flatten().collect()).await?;
            let sees = |p: &Post| p.may_be_seen_by(person, standing.to(p.author_id));
            if sees(post) && original.is_none_or(sees) {
                told.push(person);
            }
        }
        Ok(told)
    }
}

/// Names a post to media.
pub(crate) fn used_by(post: PostId) -> String {
    format!("post:{post}")
}

/// Fails when a share would be for more people than what it shares.
pub(crate) fn check_width(visibility: Visibility, original: Option<&Post>) -> Result<(), Error> {
    match original {
        Some(original) if width(visibility) > width(original.visibility) => Err(Error::ShareTooWide),
        _ => Ok(()),
    }
}
