//! Owns the use cases: requests, friends, suggestions; the pair's own rules decide.

use std::collections::HashMap;
use std::sync::Arc;

use contracts::friendship::{FriendshipEvent, Relationships as _};
use contracts::user::{Profile, UserDirectory};
use kernel::{Fault, FriendRequestId, Page, Timestamp, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::pair::{Pair, Refusal};
use crate::error::Error;
use crate::repo::Pairs;

/// Most open requests that one person may have sent.
const OUTGOING_MAX: u64 = 500;
/// How many friends suggestions look through, and how many friends of each.
const SUGGEST_BREADTH: usize = 100;
/// How many people are looked at before privacy and open requests are asked for.
const CANDIDATES_MAX: usize = 300;
/// Most suggestions.
const SUGGESTIONS_MAX: usize = 100;

/// A friend, since when.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Friend {
    /// Who.
    pub(crate) user: Profile,
    /// Since when.
    pub(crate) since: Timestamp,
}

/// An open request with both people.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FriendRequest {
    pub(crate) id: FriendRequestId,
    /// Who asks.
    pub(crate) from: Profile,
    /// Who is asked.
    pub(crate) to: Profile,
    pub(crate) created_at: Timestamp,
}

/// Somebody one may know.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Suggestion {
    /// Who.
    pub(crate) user: Profile,
    /// How many friends both have.
    pub(crate) mutual_friends: u32,
}

/// What a request led to.
pub(crate) enum Asked {
    Requested(FriendRequest),
    Accepted(Friend),
}

/// What handlers and consumers work with.
pub(crate) struct App {
    pub(crate) pairs: Pairs,
    pub(crate) users: Arc<dyn UserDirectory>,
}

impl App {
    /// `by` asks `to`; when `to` has asked already, they are friends.
    pub(crate) async fn request(&self, by: UserId, to: UserId) -> Result<Asked, Error> {
        if by == to {
            return Err(Fault::invalid("userId", "is yourself").into());
        }
        self.profile(to).await?;
        if self.pairs.count("outgoing", by, OUTGOING_MAX).await? >= OUTGOING_MAX {
            return Err(Error::TooMany("open requests"));
        }
        let (id, now) = (self.pairs.ambient.id(), self.pairs.ambient.now());
        let (pair, event) = self
            .pairs
            .step(by, to, |pair| Ok(Some(pair.request(by, id, now)?)))
            .await?;
        match event {
            Some(FriendshipEvent::Accepted { .. }) => Ok(Asked::Accepted(self.friend(by, &pair).await?)),
            _ => Ok(Asked::Requested(
                self.requests(vec![pair]).await?.pop().ok_or(Error::NotFound)?,
            )),
        }
    }

    /// Answers or takes back the request `id` by `step`; to those whom it does not concern it is not there.
    pub(crate) async fn answer(
        &self,
        by: UserId,
        id: FriendRequestId,
        step: impl Fn(&mut Pair) -> Result<FriendshipEvent, Refusal>,
    ) -> Result<Pair, Error> {
        let pair = self
            .pairs
            .by_request(id)
            .await?
            .filter(|p| p.has(by))
            .ok_or(Error::NotFound)?;
        let taken = self.pairs.step(pair.low, pair.high, |pair| {
            let still = pair.request.is_some_and(|r| r.id == id);
            if still {
                Ok(Some(step(pair)?))
            } else {
                Err(Error::NotFound)
            }
        });
        Ok(taken.await?.0)
    }

    pub(crate) async fn remove(&self, by: UserId, other: UserId) -> Result<(), Error> {
        if by == other {
            return Err(Error::NotFound);
        }
        self.pairs.step(by, other, |pair| Ok(Some(pair.remove(by)?))).await?;
        Ok(())
    }

    pub(crate) async fn friend(&self, of: UserId, pair: &Pair) -> Result<Friend, Error> {
        let user = self.profile(pair.other(of)).await?;
        Ok(Friend {
            user,
            since: pair.friends_since.unwrap_or_default(),
        })
    }

    pub(crate) async fn friends(&self, of: UserId, limit: usize, cursor: Option<&str>) -> Result<Page<Friend>, Error> {
        let page = self.pairs.page("friend", of, limit, cursor).await?;
        let mut profiles = self.profiles(page.items.iter().map(|p| p.other(of)).collect()).await?;
        let items = page.items.iter().filter_map(|p| {
            Some(Friend {
                user: profiles.remove(&p.other(of))?,
                since: p.friends_since.unwrap_or_default(),
            })
        });
        Ok(Page {
            items: items.collect(),
            next_cursor: page.next_cursor,
        })
    }

    pub(crate) async fn list_requests(
        &self,
        index: &'static str,
        of: UserId,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<FriendRequest>, Error> {
        let page = self.pairs.page(index, of, limit, cursor).await?;
        Ok(Page {
            items: self.requests(page.items).await?,
            next_cursor: page.next_cursor,
        })
    }

    async fn requests(&self, pairs: Vec<Pair>) -> Result<Vec<FriendRequest>, Error> {
        let profiles = self
            .profiles(pairs.iter().flat_map(|p| [p.low, p.high]).collect())
            .await?;
        let request = |pair: &Pair| {
            let open = pair.request?;
            let (from, to) = (profiles.get(&open.from)?, profiles.get(&pair.other(open.from))?);
            Some(FriendRequest {
                id: open.id,
                from: from.clone(),
                to: to.clone(),
                created_at: open.at,
            })
        };
        Ok(pairs.iter().filter_map(request).collect())
    }

    /// Suggests findable people with the most mutual friends, to whom nothing leads yet.
    pub(crate) async fn suggestions(&self, of: UserId, limit: usize) -> Result<Vec<Suggestion>, Error> {
        let friends = self.pairs.friends(of, SUGGEST_BREADTH).await?;
        let mut mutual: HashMap<UserId, u32> = HashMap::new();
        for friend in &friends {
            for candidate in self.pairs.friends(*friend, SUGGEST_BREADTH).await? {
                *mutual.entry(candidate).or_default() += 1;
            }
        }
        mutual.remove(&of);
        let mut ranked: Vec<(UserId, u32)> = mutual.into_iter().collect();
        ranked.sort_by_key(|(id, n)| (std::cmp::Reverse(*n), *id));
        ranked.truncate(CANDIDATES_MAX);
        let ids: Vec<UserId> = ranked.iter().map(|(id, _)| *id).collect();
        let known = self.pairs.known(of, &ids).await?;
        let open: Vec<(UserId, u32)> = ranked.into_iter().filter(|(id, _)| !known.contains(id)).collect();
        let mut profiles = self.profiles(open.iter().map(|(id, _)| *id).collect()).await?;
        let mut found = Vec::new();
        for (id, mutual_friends) in open {
            if found.len() == limit.min(SUGGESTIONS_MAX) {
                break;
            }
            if let (Some(user), true) = (profiles.remove(&id), self.users.privacy(id).await?.findable) {
                found.push(Suggestion { user, mutual_friends });
            }
        }
        Ok(found)
    }

    /// Removes all that there is between an erased person and others.
    pub(crate) async fn erase(&self, user: UserId) -> Result<(), Fault> {
        loop {
            let pairs = self.pairs.some_of(user).await?;
            if pairs.is_empty() {
                return Ok(());
            }
            for pair in pairs {
                self.pairs.erase(&pair, user).await?;
            }
        }
    }

    async fn profile(&self, id: UserId) -> Result<Profile, Error> {
        self.users.profiles(&[id]).await?.pop().ok_or(Error::NotFound)
    }

    async fn profiles(&self, ids: Vec<UserId>) -> Result<HashMap<UserId, Profile>, Error> {
        Ok(self
            .users
            .profiles(&ids)
            .await?
            .into_iter()
            .map(|p| (p.id, p))
            .collect())
    }
}
