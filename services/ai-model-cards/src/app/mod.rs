//! Owns the use cases, and what they share. Refuses to know HTTP and the bus.

pub(crate) mod count;
pub(crate) mod desk;
pub(crate) mod draft;
mod erase;
mod moderate;
pub(crate) mod publish;
pub(crate) mod review;
pub(crate) mod search;
mod sweep;
pub(crate) mod view;

use std::collections::HashSet;
use std::sync::Arc;

use chassis::link::NO_METHOD;
use contracts::friendship::Relationships;
use contracts::orders::{Entitlements, Orders};
use contracts::user::UserDirectory;
use kernel::{Ambient, Fault, UserId};
use store::{Store, Turns};

use crate::app::desk::Desk;
use crate::app::search::Shelf;
use crate::domain::card::Card;
use crate::error::Error;
use crate::repo::cards::Cards;
use crate::repo::handles::Handles;
use crate::repo::reservations::Reservations;
use crate::repo::reviews::Reviews;
use crate::repo::revisions::Revisions;
use crate::repo::tallies::Tallies;
use crate::{Config, Deps};

/// Of whom a block parts from a reader, so many are left out of what they find, those whose block is newest. Beyond that a block still
/// hides the card itself and refuses the order.
const PARTED_MAX: usize = 5_000;

/// The documents.
#[derive(Clone)]
pub(crate) struct Repo {
    pub(crate) cards: Cards,
    pub(crate) handles: Handles,
    pub(crate) revisions: Revisions,
    pub(crate) reservations: Reservations,
    pub(crate) reviews: Reviews,
    pub(crate) tallies: Tallies,
}

impl Repo {
    pub(crate) async fn open(store: &Arc<dyn Store>, ambient: &Ambient) -> Result<Self, Fault> {
        let cards = Cards::open(store, ambient.clone(), Turns::new(ambient.clone())).await?;
        let reservations = Reservations::open(store, ambient.clone()).await?;
        let tallies = Tallies::open(store, ambient.clone(), reservations.clone()).await?;
        Ok(Self {
            handles: Handles::open(store, ambient.clone(), cards.clone()).await?,
            cards,
            revisions: Revisions::open(store).await?,
            reservations,
            reviews: Reviews::open(store, tallies.clone()).await?,
            tallies,
        })
    }
}

/// What handlers, consumers and workers work with.
pub(crate) struct App {
    pub(crate) repo: Repo,
    pub(crate) desk: Desk,
    pub(crate) shelf: Shelf,
    pub(crate) config: Config,
    pub(crate) bus: Arc<dyn bus::Bus>,
    users: Arc<dyn UserDirectory>,
    relationships: Arc<dyn Relationships>,
    orders: Arc<dyn Orders>,
    entitlements: Arc<dyn Entitlements>,
    ambient: Ambient,
}

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader {
    pub(crate) user: UserId,
    pub(crate) admin: bool,
}

impl From<chassis::Caller> for Reader {
    fn from(caller: chassis::Caller) -> Self {
        Self {
            user: caller.user,
            admin: caller.admin,
        }
    }
}

impl Reader {
    /// Tells whether drafts and personas are for this reader's eyes.
    pub(crate) fn sees_all_of(self, card: &Card) -> bool {
        self.admin || self.user == card.seller_id
    }
}

impl App {
    pub(crate) async fn open(deps: Deps) -> Result<Self, Fault> {
        let repo = Repo::open(&deps.store, &deps.ambient).await?;
        let app = Self {
            desk: Desk::new(
                repo.clone(),
                deps.relationships.clone(),
                deps.ambient.clone(),
                deps.config.clone(),
            ),
            shelf: Shelf::new(repo.clone(), deps.users.clone(), deps.ambient.clone(), &deps.config),
            repo,
            bus: deps.bus,
            users: deps.users,
            relationships: deps.relationships,
            orders: deps.orders,
            entitlements: deps.entitlements,
            ambient: deps.ambient,
            config: deps.config,
        };
        app.shelf.rebuild().await?;
        Ok(app)
    }

    /// Fails unless the card is the caller's own; to others it is only there when they may see it.
    fn require_seller(card: &Card, user: UserId) -> Result<(), Error> {
        if card.seller_id == user {
            return Ok(());
        }
        Err(if card.is_on_sale() {
            Error::NotSeller
        } else {
            Error::NotFound
        })
    }

    /// Tells whether a reader may see a card: it is on sale and no block parts them from its seller, it is theirs, a moderator's
    /// business, or they hold it.
    pub(crate) async fn may_see(&self, card: &Card, reader: Reader) -> Result<bool, Error> {
        let sees_all = reader.sees_all_of(card);
        if sees_all || (card.is_on_sale() && !is_parted(&*self.relationships, reader.user, card.seller_id).await?) {
            return Ok(true);
        }
        Ok(card.published.is_some() && self.entitlements.holds(reader.user, card.id).await?)
    }

    /// Returns the sellers whose cards a reader does not find, since a block parts them. Moderators find all.
    pub(crate) async fn parted(&self, reader: Reader) -> Result<HashSet<UserId>, Fault> {
        if reader.admin {
            return Ok(HashSet::new());
        }
        match self.relationships.parted(reader.user, PARTED_MAX).await {
            Ok(parted) => Ok(parted.into_iter().collect()),
            // Friendship is still of the release before, which cannot say: the market is as it was there.
            Err(fault) if fault.code == NO_METHOD => Ok(HashSet::new()),
            Err(fault) => Err(fault),
        }
    }

    /// Returns a card for a reader's eyes.
    pub(crate) async fn visible(&self, id: kernel::CardId, reader: Reader) -> Result<Card, Error> {
        let card = self.repo.cards.get(id).await?.ok_or(Error::NotFound)?;
        if self.may_see(&card, reader).await? {
            Ok(card)
        } else {
            Err(Error::NotFound)
        }
    }
}

/// Tells whether a block parts two people.
async fn is_parted(relationships: &dyn Relationships, user: UserId, other: UserId) -> Result<bool, Fault> {
    let relations = relationships.relations(user, &[other]).await?;
    Ok(relations.first().is_some_and(|relation| relation.blocked))
}
