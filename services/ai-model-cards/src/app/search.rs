//! Owns the index of the cards on sale in this process: built from the store at the start, kept fresh by what this process changes
//! and by what the bus tells of others, and compared with the store now and then. Refuses to be believed: what is found is read
//! from the store before it is shown.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use contracts::user::UserDirectory;
use futures::StreamExt as _;
use kernel::{Ambient, CardId, Cursor, Fault, UserId};
use parking_lot::RwLock;
use store::Turns;
use tokio::sync::Mutex;

use crate::Config;
use crate::app::Repo;
use crate::domain::card::Card;
use crate::domain::review::Tally;
use crate::domain::search::ask::{Ask, Facets, Place};
use crate::domain::search::index::{Index, Listed, Told, words_of};
use crate::error::Error;

/// Cards that are read at once while the index is built.
const CHUNK: usize = 200;
/// Sellers whose privacy is asked for at once.
const ASKED_AT_ONCE: usize = 16;

/// A page of cards on sale.
pub(crate) struct Shown {
    /// The cards, as they are now.
    pub(crate) cards: Vec<Card>,
    /// What follows.
    pub(crate) next_cursor: Option<String>,
    /// What is counted beside it.
    pub(crate) facets: Facets,
}

/// The index, and where it comes from.
#[derive(Clone)]
pub(crate) struct Shelf {
    repo: Repo,
    users: Arc<dyn UserDirectory>,
    /// One refresh of a card at a time, so that a slow one does not put back what a quick one has replaced.
    turns: Turns,
    walks: Arc<Mutex<()>>,
    index: Arc<RwLock<Index>>,
}

impl Shelf {
    pub(crate) fn new(repo: Repo, users: Arc<dyn UserDirectory>, ambient: Ambient, config: &Config) -> Self {
        Self {
            repo,
            users,
            turns: Turns::new(ambient),
            walks: Arc::default(),
            index: Arc::new(RwLock::new(Index::new(config.indexed_cards_max))),
        }
    }

    /// Walks through the cards on sale, takes each as it is, and forgets all others. One walk at a time.
    pub(crate) async fn rebuild(&self) -> Result<(), Fault> {
        let _walk = self.walks.lock().await;
        self.index.write().begin_walk();
        let mut cursor: Option<String> = None;
        loop {
            let page = self.repo.cards.on_sale(CHUNK, cursor.as_deref()).await?;
            self.take(page.items).await?;
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        let mut index = self.index.write();
        index.end_walk();
        metrics::gauge!("model_cards_indexed").set(u32::try_from(index.len()).unwrap_or(u32::MAX));
        Ok(())
    }

    /// Takes what a walk has read, which may be older than what was put or removed since it began.
    async fn take(&self, cards: Vec<Card>) -> Result<(), Fault> {
        let ids: Vec<CardId> = cards.iter().map(|card| card.id).collect();
        let tallies = self.repo.tallies.get_many(&ids).await?;
        let mut tallies: HashMap<CardId, Tally> = tallies.into_iter().map(|t| (t.card_id, t)).collect();
        let sellers = self.called(cards.iter().map(|card| card.seller_id)).await;
        for card in cards {
            let tally = tallies.remove(&card.id).unwrap_or_else(|| Tally::new(card.id));
            let seller = sellers.get(&card.seller_id).map_or("", String::as_str);
            let listed = listed(&card, &tally, seller);
            if listed.is_some_and(|listed| !self.index.write().put_walked(listed)) {
                full(card.id);
            }
        }
        Ok(())
    }

    /// Returns how those of these sellers are called who want to be found: handle, then name. While user does not answer: nobody; the
    /// next walk heals it.
    async fn called(&self, sellers: impl IntoIterator<Item = UserId>) -> HashMap<UserId, String> {
        let sellers: BTreeSet<UserId> = sellers.into_iter().collect();
        let asked = self.users.profiles(&sellers.into_iter().collect::<Vec<_>>()).await;
        let profiles = asked.unwrap_or_else(|fault| {
            tracing::warn!("sellers are indexed without their names: {fault}");
            Vec::new()
        });
        let findable = futures::stream::iter(profiles).map(|profile| async move {
            let privacy = self.users.privacy(profile.id).await;
            let words = format!("{} {}", profile.handle, profile.display_name);
            privacy
                .is_ok_and(|privacy| privacy.findable)
                .then_some((profile.id, words))
        });
        let found = findable.buffer_unordered(ASKED_AT_ONCE);
        found.filter_map(std::future::ready).collect().await
    }

    /// Takes the cards of sellers who are called otherwise now.
    pub(crate) async fn refresh_of(&self, sellers: &BTreeSet<UserId>) {
        let cards = self.index.read().sold_by(sellers);
        for card in cards {
            self.refresh(card).await;
        }
    }

    fn put(&self, card: &Card, tally: &Tally, seller: &str) {
        let mut index = self.index.write();
        match listed(card, tally, seller) {
            Some(listed) => {
                if !index.put(listed) {
                    full(card.id);
                }
            }
            None => index.remove(card.id),
        }
    }

    /// Takes a card as it is in the store. A failure is only told: the next walk heals it, and what is shown is read anew.
    pub(crate) async fn refresh(&self, id: CardId) {
        if let Err(fault) = self.try_refresh(id).await {
            tracing::warn!(card = %id, "not indexed: {fault}");
        }
    }

    async fn try_refresh(&self, id: CardId) -> Result<(), Fault> {
        let _turn = self.turns.turn(id).await;
        let Some(card) = self.repo.cards.get(id).await? else {
            self.index.write().remove(id);
            return Ok(());
        };
        let tally = self.repo.tallies.get(id).await?;
        let seller = self.called([card.seller_id]).await.remove(&card.seller_id);
        self.put(&card, &tally, &seller.unwrap_or_default());
        Ok(())
    }

    /// Answers a question with a page of cards that are on sale now.
    pub(crate) async fn search(&self, ask: &Ask) -> Result<Shown, Error> {
        let found = self.index.read().search(ask);
        let ids: Vec<CardId> = found.ranks.iter().map(|(_, id)| *id).collect();
        let mut cards: HashMap<CardId, Card> = self
            .repo
            .cards
            .get_many(&ids)
            .await?
            .into_iter()
            .map(|card| (card.id, card))
            .collect();
        let last = found.ranks.last().filter(|_| found.more);
        Ok(Shown {
            next_cursor: last.map(|rank| {
                Cursor::encode(&Place {
                    sort: ask.sort,
                    rank: *rank,
                })
            }),
            cards: ids
                .iter()
                .filter_map(|id| cards.remove(id))
                .filter(Card::is_on_sale)
                .collect(),
            facets: found.facets,
        })
    }
}

fn full(card: CardId) {
    tracing::warn!(%card, "the index of the search is full: not found by it");
}

fn listed(card: &Card, tally: &Tally, seller: &str) -> Option<Listed> {
    let published = card.published.as_ref().filter(|_| card.is_on_sale())?;
    let content = &published.content;
    Some(Listed {
        id: card.id,
        seller: card.seller_id,
        category: content.category,
        tags: content.tags.clone(),
        price: card.price.amount,
        limited: card.edition.size.is_some(),
        rating_hundredths: tally.average_hundredths().unwrap_or(0),
        reviews: tally.count(),
        sales: tally.sales,
        published_at: published.published_at,
        words: words_of(Told {
            name: &content.name,
            handle: &published.handle,
            tags: &content.tags,
            description: &content.description,
            seller,
        }),
    })
}
