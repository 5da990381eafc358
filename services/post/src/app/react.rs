//! Owns reactions: one document for each person and post, so that nobody waits for anybody, each write with the event
//! that says by how much the counters change.

use async_trait::async_trait;
use chassis::fill::{Listing, fill};
use contracts::post::{ReactionEvent, ReactionKind};
use kernel::{Page, PostId, UserId};
use store::StoreError;

use crate::app::App;
use crate::app::calm::Deed;
use crate::app::told::told;
use crate::domain::post::Post;
use crate::domain::reaction::Reaction;
use crate::domain::tally::Delta;
use crate::error::Error;
use crate::repo::{STEP_ATTEMPTS_MAX, kind_key};
use crate::wire::ReactionView;

impl App {
    /// Notes what a person feels about a post that they see; another kind replaces the one before.
    pub(crate) async fn react(&self, by: UserId, id: PostId, kind: ReactionKind) -> Result<(), Error> {
        let post = self.seen_by(by, id).await?;
        self.require_calm(by, Deed::Reaction).await?;
        self.set_reaction(&post, by, |_| Some(kind)).await?;
        self.after_writing(by, &[]).await?;
        // It may have gone while this was written; then nobody else would clear this away.
        if self.repo.stands(id).await? {
            return Ok(());
        }
        self.set_reaction(&post, by, |_| None).await?;
        Err(Error::NotFound)
    }

    /// Takes a reaction of this kind back, also by who does not see the post any more; tells whether there was one.
    pub(crate) async fn unreact(&self, by: UserId, id: PostId, kind: ReactionKind) -> Result<bool, Error> {
        let (post, _) = self.repo.live_post(id).await?.ok_or(Error::NotFound)?;
        let found = self.repo.reactions_by(by, &[id]).await?;
        if !found.iter().any(|r| r.kind == kind) {
            return Ok(false);
        }
        self.set_reaction(&post, by, |before| before.filter(|b| *b != kind))
            .await?;
        Ok(true)
    }

    async fn set_reaction(
        &self,
        post: &Post,
        by: UserId,
        next: impl Fn(Option<ReactionKind>) -> Option<ReactionKind>,
    ) -> Result<(), Error> {
        self.step_reaction(post.id, post.author_id, by, next).await
    }

    /// Takes a step from one reaction to the next; writes nothing when they are the same.
    pub(crate) async fn step_reaction(
        &self,
        post: PostId,
        author: UserId,
        by: UserId,
        next: impl Fn(Option<ReactionKind>) -> Option<ReactionKind>,
    ) -> Result<(), Error> {
        let id = Reaction::id_of(post, by);
        for _ in 0..STEP_ATTEMPTS_MAX {
            let found = self.repo.reactions.get_versioned(&id).await?;
            let (before, version) = (found.as_ref().map(|(r, _)| r.kind), found.as_ref().map(|(_, v)| *v));
            let after = next(before);
            if after == before {
                return Ok(());
            }
            let fact = ReactionEvent {
                post_id: post,
                post_author_id: author,
                user_id: by,
                reaction: after,
            };
            let event = told(&self.ambient, fact, Some(Delta::reaction(post, by, before, after)))?;
            let reaction = after.map(|kind| Reaction {
                post_id: post,
                user_id: by,
                kind,
                at: self.ambient.now(),
                place: self.ambient.id(),
            });
            let written = self
                .repo
                .put_reaction(id.clone(), reaction.as_ref(), version, vec![event]);
            match written.await {
                Ok(()) => return Ok(()),
                Err(StoreError::Conflict | StoreError::Unique { .. }) => {}
                Err(e) => return Err(e.into()),
            }
        }
        Err(StoreError::Busy.into())
    }

    /// Lists who feels what about a post, newest first, without those between whom and the reader a block stands.
    pub(crate) async fn list_reactions(
        &self,
        reader: UserId,
        id: PostId,
        kind: Option<ReactionKind>,
        page: (usize, Option<&str>),
    ) -> Result<Page<ReactionView>, Error> {
        self.seen_by(reader, id).await?;
        let reactions = Reactions {
            app: self,
            reader,
            post: id,
            kind: kind.map(kind_key),
        };
        fill(&reactions, page.0, page.1).await
    }
}

struct Reactions<'a> {
    app: &'a App,
    reader: UserId,
    post: PostId,
    kind: Option<&'static str>,
}

#[async_trait]
impl Listing for Reactions<'_> {
    type Doc = Reaction;
    type Item = ReactionView;
    type Error = Error;

    fn place(reaction: &Reaction) -> String {
        reaction.place.to_string()
    }

    async fn read(&self, beyond: Option<String>, most: usize) -> Result<Vec<Reaction>, Error> {
        Ok(self.app.repo.reactions_to(self.post, self.kind, beyond, most).await?)
    }

    async fn show(&self, reactions: Vec<Reaction>) -> Result<Vec<(String, ReactionView)>, Error> {
        let people: Vec<UserId> = reactions.iter().map(|r| r.user_id).collect();
        let standing = self.app.standing(self.reader, people.clone()).await?;
        let profiles = self.app.profiles(people).await?;
        let seen = reactions.iter().filter(|r| !standing.hides(r.user_id));
        let shown = seen.filter_map(|r| {
            let view = ReactionView {
                user: profiles.get(&r.user_id)?.clone(),
                kind: r.kind,
                at: r.at,
            };
            Some((Self::place(r), view))
        });
        Ok(shown.collect())
    }
}
