//! Owns the comments on posts that one may see: write, list, change, delete.

use async_trait::async_trait;
use chassis::fill::{Listing, fill};
use contracts::Event;
use contracts::post::{CommentChange, CommentEvent};
use kernel::{CommentId, Fault, Page, PostId, UserId};
use store::{Change, StoreError};

use crate::app::calm::Deed;
use crate::app::told::told;
use crate::app::{App, check_length, each};
use crate::config::COMMENT_CHARS_MAX;
use crate::domain::comment::{Comment, Draft};
use crate::domain::mention::Mention;
use crate::domain::post::Post;
use crate::domain::tally::Delta;
use crate::error::Error;
use crate::repo::CHUNK;
use crate::wire::CommentView;

/// What somebody wants to say to a post.
pub(crate) struct NewComment {
    pub(crate) text: String,
    pub(crate) reply_to: Option<CommentId>,
    pub(crate) client_id: Option<String>,
}

impl App {
    /// Writes a comment; tells whether it is new. The same client id again answers with the first.
    pub(crate) async fn comment(&self, by: UserId, on: PostId, new: NewComment) -> Result<(Comment, bool), Error> {
        self.check_comment(&new.text)?;
        let post = self.seen_by(by, on).await?;
        if let Some(first) = self.first_comment(by, on, new.client_id.as_deref()).await? {
            return Ok((first, false));
        }
        let answered = match new.reply_to {
            Some(id) => Some(self.answerable(by, &post, id).await?),
            None => None,
        };
        self.require_calm(by, Deed::Comment).await?;
        let draft = Draft {
            id: self.ambient.id(),
            post_id: on,
            author_id: by,
            client_id: new.client_id,
            mentions: self.named_in(by, &new.text).await?,
            text: new.text,
            created_at: self.ambient.now(),
        };
        let comment = Comment::new(draft, answered.as_ref());
        let created = CommentChange::Created {
            reply_to: answered.as_ref().map(|c| (c.id, c.author_id)),
            mentions: self.may_be_told_in(&post, by, &comment.mentions).await?,
        };
        let event = self.told_of_comment(&comment, post.author_id, created, 1)?;
        match self.repo.comments.insert(&comment, vec![event]).await {
            Ok(()) => {
                self.after_writing(by, &comment.mentions).await?;
                self.still_stands(comment, post.author_id).await.map(|c| (c, true))
            }
            Err(StoreError::Unique { .. }) => {
                let first = self.first_comment(by, on, comment.client_id.as_deref()).await?;
                first.map(|first| (first, false)).ok_or(Error::CommentNotFound)
            }
            Err(e) => Err(e.into()),
        }
    }

    fn check_comment(&self, text: &str) -> Result<(), Error> {
        if text.trim().is_empty() {
            return Err(Error::invalid("text", "is empty"));
        }
        check_length(text, self.config.comment_chars_max.min(COMMENT_CHARS_MAX))
    }

    async fn first_comment(&self, by: UserId, on: PostId, client_id: Option<&str>) -> Result<Option<Comment>, Error> {
        let Some(client_id) = client_id else { return Ok(None) };
        match self.repo.comment_by_client_id(on, by, client_id).await? {
            Some(first) if !first.is_live() => Err(Error::CommentNotFound),
            found => Ok(found),
        }
    }

    async fn answerable(&self, by: UserId, on: &Post, id: CommentId) -> Result<Comment, Error> {
        match self.comment_seen_by(by, on, id).await {
            Err(Error::CommentNotFound) => Err(Error::invalid("replyTo", "is no comment on this post")),
            found => found,
        }
    }

    /// Takes a comment back when the post, or the thread that it stands in, went while it was written.
    async fn still_stands(&self, comment: Comment, post_author: UserId) -> Result<Comment, Error> {
        if !self.repo.stands(comment.post_id).await? {
            self.repo.comments.delete(comment.id).await?;
            return Err(Error::NotFound);
        }
        if let Some(thread) = comment.thread_id
            && self.repo.comment(comment.post_id, thread).await?.is_none()
        {
            self.fell_comment(comment.id, post_author).await?;
            return Err(Error::invalid("replyTo", "is no comment on this post"));
        }
        Ok(comment)
    }

    /// Returns those named in a comment by `by` who may see the post.
    async fn may_be_told_in(&self, post: &Post, by: UserId, named: &[Mention]) -> Result<Vec<UserId>, Error> {
        let mut told = Vec::new();
        for person in named.iter().map(|m| m.user_id).filter(|p| *p != by) {
            if !self.visible(person, vec![post.clone()]).await?.is_empty() {
                told.push(person);
            }
        }
        Ok(told)
    }

    fn told_of_comment(
        &self,
        comment: &Comment,
        post_author_id: UserId,
        change: CommentChange,
        count: i64,
    ) -> Result<Event, Fault> {
        let fact = CommentEvent {
            post_id: comment.post_id,
            post_author_id,
            comment_id: comment.id,
            author_id: comment.author_id,
            change,
        };
        let tally = (count != 0).then(|| Delta::comment(comment.post_id, comment.author_id, count));
        told(&self.ambient, fact, tally)
    }

    /// Returns a comment that `reader` may see, on a post that they do: no block stands between its author and them, or the author of
    /// the post.
    pub(crate) async fn comment_seen_by(&self, reader: UserId, on: &Post, id: CommentId) -> Result<Comment, Error> {
        let comment = self.repo.comment(on.id, id).await?.ok_or(Error::CommentNotFound)?;
        for person in [reader, on.author_id] {
            let standing = self.standing(person, vec![comment.author_id]).await?;
            if standing.hides(comment.author_id) {
                return Err(Error::CommentNotFound);
            }
        }
        Ok(comment)
    }

    /// Returns a comment that `by` may do something about: on their own post each, whatever stands between; else one that they see.
    pub(crate) async fn comment_within_reach(
        &self,
        by: UserId,
        (on, id): (PostId, CommentId),
    ) -> Result<Comment, Error> {
        let post = self.seen_by(by, on).await?;
        if post.author_id == by {
            return self.repo.comment(on, id).await?.ok_or(Error::CommentNotFound);
        }
        self.comment_seen_by(by, &post, id).await
    }

    /// Changes the words of a comment by its author, if `seen` agrees with its version.
    pub(crate) async fn change_comment(
        &self,
        by: UserId,
        (on, id): (PostId, CommentId),
        text: &str,
        seen: impl Fn(u64) -> Result<(), Fault>,
    ) -> Result<Comment, Error> {
        self.check_comment(text)?;
        let post = self.seen_by(by, on).await?;
        let before = self.comment_seen_by(by, &post, id).await?;
        if before.author_id != by {
            return Err(Error::NotAuthor);
        }
        self.require_calm(by, Deed::Change).await?;
        let (mentions, now) = (self.named_in(by, text).await?, self.ambient.now());
        let told = self.may_be_told_in(&post, by, &new_in(&mentions, &before)).await?;
        let changed = self.repo.comments.update(id, |mut comment: Comment| {
            if !comment.is_live() {
                return Err(Error::CommentNotFound);
            }
            seen(comment.version)?;
            if comment.text == text {
                return Ok(Change::Keep(comment));
            }
            let new = new_in(&mentions, &comment).into_iter().map(|m| m.user_id);
            let edited = CommentChange::Edited {
                mentions: new.filter(|person| told.contains(person)).collect(),
            };
            comment.rewrite(text.to_owned(), mentions.clone(), now);
            let event = self.told_of_comment(&comment, post.author_id, edited, 0)?;
            let comment = comment.settled();
            Ok(Change::Put(comment.clone(), vec![event], comment))
        });
        let changed = changed.await?.ok_or(Error::CommentNotFound)?;
        self.after_writing(by, &changed.mentions).await?;
        Ok(changed)
    }

    /// Deletes a comment by its author, also when they do not see the post any more, or by the author of the post, whatever stands
    /// between the two.
    pub(crate) async fn delete_comment(&self, by: UserId, on: PostId, id: CommentId) -> Result<(), Error> {
        let (post, _) = self.repo.live_post(on).await?.ok_or(Error::NotFound)?;
        let own = self.repo.comment(on, id).await?.is_some_and(|c| c.author_id == by);
        if !own {
            self.comment_within_reach(by, (on, id)).await?;
            if post.author_id != by {
                return Err(Error::NotAuthor);
            }
        }
        self.fell_comment(id, post.author_id).await?;
        self.fell_answers(id, post.author_id).await
    }

    /// Takes the words of a comment away, whoever asks. Idempotent.
    pub(crate) async fn fell_comment(&self, id: CommentId, post_author: UserId) -> Result<(), Error> {
        let felled = self.repo.comments.update(id, |mut comment: Comment| {
            if !comment.fall() {
                return Ok::<_, Error>(Change::Keep(()));
            }
            let event = self.told_of_comment(&comment, post_author, CommentChange::Deleted, -1)?;
            Ok(Change::Put(comment.settled(), vec![event], ()))
        });
        felled.await?;
        Ok(())
    }

    /// Takes away what stands under a comment that is gone. Idempotent: what was done is not found again.
    pub(crate) async fn fell_answers(&self, thread: CommentId, post_author: UserId) -> Result<(), Error> {
        loop {
            let answers = self.repo.answers(thread, CHUNK).await?;
            if answers.is_empty() {
                return Ok(());
            }
            each(answers, |answer| self.fell_comment(answer.id, post_author)).await?;
        }
    }

    /// Lists comments on a post, or in one thread of it, oldest first, without those by people between whom and the
    /// reader, or the author of the post, a block stands.
    pub(crate) async fn list_comments(
        &self,
        reader: UserId,
        on: PostId,
        thread: Option<CommentId>,
        page: (usize, Option<&str>),
    ) -> Result<Page<CommentView>, Error> {
        let post = self.seen_by(reader, on).await?;
        let comments = Comments {
            app: self,
            reader,
            post,
            thread,
        };
        fill(&comments, page.0, page.1).await
    }

    /// Shows one comment.
    pub(crate) async fn show_comment(&self, reader: UserId, comment: Comment) -> Result<CommentView, Error> {
        let (post, _) = self.repo.live_post(comment.post_id).await?.ok_or(Error::NotFound)?;
        let comments = Comments {
            app: self,
            reader,
            post,
            thread: None,
        };
        let shown = comments.show(vec![comment]).await?.pop();
        shown.map(|(_, view)| view).ok_or(Error::CommentNotFound)
    }
}

/// Returns those of `mentions` who are not named in a comment yet.
fn new_in(mentions: &[Mention], comment: &Comment) -> Vec<Mention> {
    let named = |m: &&Mention| comment.mentions.iter().any(|b| b.user_id == m.user_id);
    mentions.iter().filter(|m| !named(m)).cloned().collect()
}

struct Comments<'a> {
    app: &'a App,
    reader: UserId,
    post: Post,
    thread: Option<CommentId>,
}

#[async_trait]
impl Listing for Comments<'_> {
    type Doc = Comment;
    type Item = CommentView;
    type Error = Error;

    fn place(comment: &Comment) -> String {
        comment.id.to_string()
    }

    async fn read(&self, beyond: Option<String>, most: usize) -> Result<Vec<Comment>, Error> {
        Ok(self
            .app
            .repo
            .comments_on(self.post.id, self.thread, beyond, most)
            .await?)
    }

    async fn show(&self, comments: Vec<Comment>) -> Result<Vec<(String, CommentView)>, Error> {
        let named = comments.iter().flat_map(|c| c.mentions.iter().map(|m| m.user_id));
        let people = comments.iter().map(|c| c.author_id).chain(named).collect();
        let standing = self.app.standing(self.reader, people).await?;
        let authors = comments.iter().map(|c| c.author_id).collect();
        let host = self.app.standing(self.post.author_id, authors).await?;
        let profiles = self
            .app
            .profiles(comments.iter().map(|c| c.author_id).collect())
            .await?;
        let here = |c: &Comment| c.post_id == self.post.id && !standing.hides(c.author_id) && !host.hides(c.author_id);
        let shown = comments.into_iter().filter(here).filter_map(|mut comment| {
            comment.mentions.retain(|m| !standing.hides(m.user_id));
            let view = CommentView {
                id: comment.id,
                post_id: comment.post_id,
                author: profiles.get(&comment.author_id)?.clone(),
                mentions: comment.mentions,
                reply_to: comment.reply_to,
                thread_id: comment.thread_id,
                created_at: comment.created_at,
                edited_at: comment.edited_at,
                version: comment.version,
                text: comment.text,
            };
            Some((view.id.to_string(), view))
        });
        Ok(shown.collect())
    }
}
