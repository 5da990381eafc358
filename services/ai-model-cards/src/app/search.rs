//! Owns the index of the cards on sale in this process: built from the store at the start, kept fresh by what this process changes
//! and by what the bus tells of others, and compared with the store now and then. Refuses to be believed: what is found is read
//! from the store before it is shown.

use std::collections::HashMap;
use std::sync::Arc;

use futures::StreamExt as _;
use kernel::{Ambient, CardId, Cursor, Fault};
use parking_lot::RwLock;

use crate::Config;
use crate::app::Repo;
use crate::domain::card::Card;
use crate::domain::review::Tally;
use crate::domain::search::ask::{Ask, Facets, Place};
use crate::domain::search::index::{Index, Listed, words_of};
use crate::error::Error;
use crate::repo::Queues;

/// Cards that are read at once while the index is built.
const CHUNK: usize = 200;
/// Cards whose sales are counted at once meanwhile.
const COUNTS_AT_ONCE: usize = 8;

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
    /// One refresh of a card at a time, so that a slow one does not put back what a quick one has replaced.
    turns: Queues,
    index: Arc<RwLock<Index>>,
}

impl Shelf {
    pub(crate) fn new(repo: Repo, ambient: Ambient, config: &Config) -> Self {
        Self {
            repo,
            turns: Queues::new(ambient),
            index: Arc::new(RwLock::new(Index::new(config.indexed_cards_max))),
        }
    }

    /// Walks through the cards on sale, takes each as it is, and forgets all others. Sales are counted `anew` when the bus may have
    /// told too little; else what is known of them is believed, since counting them is most of the work.
    pub(crate) async fn rebuild(&self, anew: bool) -> Result<(), Fault> {
        self.index.write().begin_walk();
        let mut cursor: Option<String> = None;
        loop {
            let page = self.repo.cards.on_sale(CHUNK, cursor.as_deref()).await?;
            self.take(page.items, anew).await?;
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

    async fn take(&self, cards: Vec<Card>, anew: bool) -> Result<(), Fault> {
        let ids: Vec<CardId> = cards.iter().map(|card| card.id).collect();
        let mut tallies: HashMap<CardId, Tally> = self
            .repo
            .reviews
            .tallies(&ids)
            .await?
            .into_iter()
            .map(|t| (t.card_id, t))
            .collect();
        let with_sales = futures::stream::iter(cards).map(|card| async move {
            let known = self.index.read().sales(card.id).filter(|_| !anew);
            let sales = match known {
                Some(sales) => Ok(sales),
                None => self.repo.reservations.sales(card.id).await,
            };
            (card, sales)
        });
        let mut with_sales = with_sales.buffer_unordered(COUNTS_AT_ONCE);
        while let Some((card, sales)) = with_sales.next().await {
            let tally = tallies.remove(&card.id).unwrap_or_else(|| Tally::new(card.id));
            self.put(&card, &tally, sales?);
        }
        Ok(())
    }

    fn put(&self, card: &Card, tally: &Tally, sales: u64) {
        let mut index = self.index.write();
        match listed(card, tally, sales) {
            Some(listed) => {
                if !index.put(listed) {
                    tracing::warn!(card = %card.id, "the index of the search is full: not found by it");
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
        let _turn = self.turns.turn(id.uuid()).await;
        let Some(card) = self.repo.cards.get(id).await? else {
            self.index.write().remove(id);
            return Ok(());
        };
        let (tally, sales) = (
            self.repo.reviews.tally(id).await?,
            self.repo.reservations.sales(id).await?,
        );
        self.put(&card, &tally, sales);
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

    /// Tells how often a card was sold.
    pub(crate) async fn sales(&self, id: CardId) -> Result<u64, Error> {
        if let Some(sales) = self.index.read().sales(id) {
            return Ok(sales);
        }
        Ok(self.repo.reservations.sales(id).await?)
    }
}

fn listed(card: &Card, tally: &Tally, sales: u64) -> Option<Listed> {
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
        sales,
        published_at: published.published_at,
        words: words_of(&content.name, &published.handle, &content.tags, &content.description),
    })
}
