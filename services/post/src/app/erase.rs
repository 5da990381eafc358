//! Erases a person whose account is gone: posts, comments, reactions, shares, reports, and their name where others wrote
//! it. Counters of others follow by the events. In bounded batches, a few writes at once; what was done is not found again, so it
//! may stop anywhere.

use std::collections::HashMap;

use kernel::{PostId, UserId};
use store::{Change, Document as _};

use crate::app::{App, each};
use crate::domain::case::Case;
use crate::domain::comment::Comment;
use crate::domain::mention::Mention;
use crate::domain::post::{Gone, Post};
use crate::error::Error;

impl App {
    /// Erases a person.
    pub(crate) async fn erase(&self, user: UserId) -> Result<(), Error> {
        self.repo.note_gone(user).await?;
        self.erase_posts(user).await?;
        self.erase_comments(user).await?;
        self.erase_reactions(user).await?;
        self.erase_mentions(user).await?;
        self.erase_cases(user).await
    }

    /// Asks after each write whether `by` or somebody named in it was erased meanwhile: then what was just written may have come
    /// after it was looked for, and is looked for again. `NotFound` when it was `by`.
    pub(crate) async fn after_writing(&self, by: UserId, named: &[Mention]) -> Result<(), Error> {
        let people: Vec<UserId> = std::iter::once(by).chain(named.iter().map(|m| m.user_id)).collect();
        let gone = self.repo.gone_of(&people).await?;
        for person in &gone {
            self.erase(*person).await?;
        }
        if gone.contains(&by) {
            return Err(Error::NotFound);
        }
        Ok(())
    }

    async fn erase_posts(&self, user: UserId) -> Result<(), Error> {
        loop {
            let posts = self.repo.some_posts_of(user).await?;
            if posts.is_empty() {
                return Ok(());
            }
            each(posts, |post| async move {
                self.fell_post(post.id, Gone::Erased).await?;
                self.purge(post.id).await
            })
            .await?;
        }
    }

    async fn erase_comments(&self, user: UserId) -> Result<(), Error> {
        loop {
            let comments = self.repo.some_comments_of(user).await?;
            if comments.is_empty() {
                return Ok(());
            }
            let authors = self.authors_of(comments.iter().map(|c| c.post_id).collect()).await?;
            each(comments, |comment| {
                let author = authors.get(&comment.post_id);
                async move {
                    if let Some(author) = author {
                        self.fell_comment(comment.id, *author).await?;
                        self.fell_answers(comment.id, *author).await?;
                    }
                    Ok(self.repo.comments.delete(comment.id).await?)
                }
            })
            .await?;
        }
    }

    async fn erase_reactions(&self, user: UserId) -> Result<(), Error> {
        loop {
            let reactions = self.repo.some_reactions_of(user).await?;
            if reactions.is_empty() {
                return Ok(());
            }
            let authors = self.authors_of(reactions.iter().map(|r| r.post_id).collect()).await?;
            each(reactions, |reaction| {
                let author = authors.get(&reaction.post_id);
                async move {
                    match author {
                        Some(author) => self.step_reaction(reaction.post_id, *author, user, |_| None).await,
                        None => Ok(self.repo.reactions.delete(reaction.id()).await?),
                    }
                }
            })
            .await?;
        }
    }

    /// Returns who wrote those of `posts` that stand.
    async fn authors_of(&self, mut posts: Vec<PostId>) -> Result<HashMap<PostId, UserId>, Error> {
        posts.sort_unstable();
        posts.dedup();
        let found = self.repo.posts_by_id(&posts).await?.into_iter();
        Ok(found
            .filter(|p| p.gone.is_none())
            .map(|p| (p.id, p.author_id))
            .collect())
    }

    /// Takes the person out of what others mention. Their words stay as they wrote them.
    async fn erase_mentions(&self, user: UserId) -> Result<(), Error> {
        loop {
            let posts = self.repo.some_posts_naming(user).await?;
            let comments = self.repo.some_comments_naming(user).await?;
            if posts.is_empty() && comments.is_empty() {
                return Ok(());
            }
            each(posts, |post| async move {
                let unnamed = self.repo.posts.update(post.id, |mut post: Post| {
                    post.mentions.retain(|m| m.user_id != user);
                    Ok::<_, Error>(Change::Put(post.settled(), Vec::new(), ()))
                });
                unnamed.await.map(drop)
            })
            .await?;
            each(comments, |comment| async move {
                let unnamed = self.repo.comments.update(comment.id, |mut comment: Comment| {
                    comment.mentions.retain(|m| m.user_id != user);
                    Ok::<_, Error>(Change::Put(comment.settled(), Vec::new(), ()))
                });
                unnamed.await.map(drop)
            })
            .await?;
        }
    }

    async fn erase_cases(&self, user: UserId) -> Result<(), Error> {
        loop {
            let cases = self.repo.some_cases_with(user).await?;
            if cases.is_empty() {
                return Ok(());
            }
            each(cases, |case| async move {
                // Before it is forgotten which files they are: a case that goes on without its author shows none.
                if case.author_id == Some(user) {
                    self.release_evidence(&case).await;
                }
                let forgotten = self.repo.cases.update(case.id, |mut case: Case| {
                    Ok::<_, Error>(if case.forget(user) {
                        Change::Put(case.settled(), Vec::new(), ())
                    } else {
                        Change::Remove(Vec::new(), ())
                    })
                });
                forgotten.await.map(drop)
            })
            .await?;
        }
    }
}
