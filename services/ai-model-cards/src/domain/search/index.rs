//! Owns the inverted index of the cards on sale. Refuses to know where cards are kept and who asks.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use kernel::{CardId, Timestamp, UserId};

use crate::domain::content::Category;
use crate::domain::search::ask::{self, Ask, Facets, QUERY_WORDS_MAX, Rank, Tallies};
use crate::domain::search::words::{fold, typos_max, within};

/// Words of one card that are indexed, those of name, handle, tags and seller first.
pub(crate) const CARD_WORDS_MAX: usize = 400;

/// The field that a word stands in; a word of several counts as that of the best.
const NAME: u8 = 4;
const TAG: u8 = 2;
/// How its seller is called is worth as much as a tag.
const SELLER: u8 = TAG;
const DESCRIPTION: u8 = 1;

/// A card as the search knows it.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) id: CardId,
    pub(crate) seller: UserId,
    pub(crate) category: Category,
    pub(crate) tags: Vec<String>,
    /// Minor units of the house's currency.
    pub(crate) price: i64,
    pub(crate) limited: bool,
    /// Average in hundredths of a star; 0 without reviews.
    pub(crate) rating_hundredths: u32,
    pub(crate) reviews: u64,
    pub(crate) sales: u64,
    pub(crate) published_at: Timestamp,
    /// Its words, each with its fields.
    pub(crate) words: BTreeMap<Arc<str>, u8>,
}

impl Listed {
    /// Tells whether its average is at least so many stars.
    pub(crate) fn stars_at_least(&self, stars: u32) -> bool {
        self.reviews > 0 && self.rating_hundredths >= stars.saturating_mul(100)
    }
}

/// What is said of a card that is searched for words.
#[derive(Clone, Copy)]
pub(crate) struct Told<'a> {
    pub(crate) name: &'a str,
    pub(crate) handle: &'a str,
    pub(crate) tags: &'a [String],
    pub(crate) description: &'a str,
    /// How its seller is called: handle and name on screen; empty for who is not to be found.
    pub(crate) seller: &'a str,
}

/// Returns the words of a card with the fields that they stand in.
pub(crate) fn words_of(card: Told<'_>) -> BTreeMap<Arc<str>, u8> {
    let fields = [(card.name, NAME), (card.handle, NAME)]
        .into_iter()
        .chain(card.tags.iter().map(|tag| (tag.as_str(), TAG)))
        .chain([(card.seller, SELLER), (card.description, DESCRIPTION)]);
    let mut words: BTreeMap<Arc<str>, u8> = BTreeMap::new();
    for (text, field) in fields {
        for word in fold(text, CARD_WORDS_MAX.saturating_sub(words.len())) {
            *words.entry(word.into()).or_default() |= field;
        }
    }
    words
}

/// Returns what a word is worth that stands in `fields`: the field decides, then how exactly it was meant.
pub(crate) fn worth(fields: u8, exactness: Exactness) -> i64 {
    let field = match fields {
        NAME.. => 90,
        TAG.. => 60,
        _ => 30,
    };
    field - exactness as i64
}

/// How a word was found; what it takes off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exactness {
    /// It is the word.
    Word = 0,
    /// It begins with the last word of the query, which may not be written to its end.
    Beginning = 10,
    /// It is nearly the word, and no card has the word itself.
    Typo = 20,
}

/// What was found.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// The page, with the place of each.
    pub(crate) ranks: Vec<Rank>,
    /// Whether there are more.
    pub(crate) more: bool,
    /// What is counted beside it.
    pub(crate) facets: Facets,
}

/// The cards on sale, by word.
pub(crate) struct Index {
    cards: HashMap<CardId, (Listed, u64)>,
    postings: BTreeMap<Arc<str>, HashMap<CardId, u8>>,
    by_length: BTreeMap<usize, BTreeSet<Arc<str>>>,
    /// Grows with each walk through the store: what a whole walk has not met is gone.
    walk: u64,
    /// What was removed since the walk began: it may have read it before.
    left: HashSet<CardId>,
    cards_max: usize,
}

impl Index {
    /// Begins with nothing, for at most `cards_max` cards.
    pub(crate) fn new(cards_max: usize) -> Self {
        Self {
            cards: HashMap::new(),
            postings: BTreeMap::new(),
            by_length: BTreeMap::new(),
            walk: 0,
            left: HashSet::new(),
            cards_max,
        }
    }

    /// Returns how many cards there are.
    pub(crate) fn len(&self) -> usize {
        self.cards.len()
    }

    /// Returns the cards of these sellers.
    pub(crate) fn sold_by(&self, sellers: &BTreeSet<UserId>) -> Vec<CardId> {
        let theirs = self.cards.values().filter(|(card, _)| sellers.contains(&card.seller));
        theirs.map(|(card, _)| card.id).collect()
    }

    /// Adds a card or takes its newest state. `false` when there is no room for another.
    pub(crate) fn put(&mut self, card: Listed) -> bool {
        self.take_out(card.id);
        self.left.remove(&card.id);
        if self.cards.len() >= self.cards_max {
            return false;
        }
        for (word, fields) in &card.words {
            self.postings.entry(word.clone()).or_default().insert(card.id, *fields);
            self.by_length
                .entry(word.chars().count())
                .or_default()
                .insert(word.clone());
        }
        self.cards.insert(card.id, (card, self.walk));
        true
    }

    /// Takes what a walk has read of a card, unless somebody has put or removed it since the walk began: they know better. `false`
    /// when there is no room for another.
    pub(crate) fn put_walked(&mut self, card: Listed) -> bool {
        let known = self.cards.get(&card.id).is_some_and(|(_, met)| *met == self.walk);
        known || self.left.contains(&card.id) || self.put(card)
    }

    /// Forgets a card.
    pub(crate) fn remove(&mut self, id: CardId) {
        self.take_out(id);
        if self.left.len() < self.cards_max {
            self.left.insert(id);
        }
    }

    fn take_out(&mut self, id: CardId) {
        let Some((card, _)) = self.cards.remove(&id) else {
            return;
        };
        for word in card.words.keys() {
            let Some(ids) = self.postings.get_mut(word) else {
                continue;
            };
            ids.remove(&id);
            if ids.is_empty() {
                self.postings.remove(word);
                if let Some(words) = self.by_length.get_mut(&word.chars().count()) {
                    words.remove(word);
                }
            }
        }
    }

    /// Begins a walk through the store.
    pub(crate) fn begin_walk(&mut self) {
        self.walk += 1;
        self.left.clear();
    }

    /// Ends the walk: forgets what neither it nor anybody else has put meanwhile.
    pub(crate) fn end_walk(&mut self) {
        let walk = self.walk;
        let gone: Vec<CardId> = self
            .cards
            .iter()
            .filter(|(_, (_, met))| *met < walk)
            .map(|(id, _)| *id)
            .collect();
        gone.into_iter().for_each(|id| self.take_out(id));
        self.left.clear();
    }

    /// Answers a question.
    pub(crate) fn search(&self, ask: &Ask) -> Found {
        let mut ranks: Vec<Rank> = Vec::new();
        let mut tallies = Tallies::default();
        let mut meet = |card: &'_ Listed, score: i64| {
            let rank = ask::rank(ask.sort, card, score);
            if ask.after.is_none_or(|place| rank < place.rank) {
                ranks.push(rank);
            }
        };
        let mut look = |id: &CardId, score: i64| {
            let Some((card, _)) = self.cards.get(id) else { return };
            let Some(holds) = ask.filters.holds(card) else { return };
            tallies.add(card, holds);
            if holds.all() {
                meet(card, score);
            }
        };
        match self.matches(&ask.query) {
            Some(scores) => scores.iter().for_each(|(id, score)| look(id, *score)),
            None => self.cards.keys().for_each(|id| look(id, 0)),
        }
        let more = ranks.len() > ask.limit;
        ranks.sort_unstable_by(|a, b| b.cmp(a));
        ranks.truncate(ask.limit);
        Found {
            ranks,
            more,
            facets: tallies.facets(),
        }
    }

    /// Returns the cards that have every word of a query, with their scores; none for a blank query, which all cards answer.
    fn matches(&self, query: &str) -> Option<HashMap<CardId, i64>> {
        if query.trim().is_empty() {
            return None;
        }
        let words = fold(query, QUERY_WORDS_MAX);
        // Who is still writing the last word has not written anything after it.
        let open = query.chars().last().is_some_and(char::is_alphanumeric);
        let mut all: Option<HashMap<CardId, i64>> = None;
        for (n, word) in words.iter().enumerate() {
            let hits = self.hits(word, open && n + 1 == words.len());
            all = Some(match all {
                None => hits,
                Some(so_far) => so_far
                    .into_iter()
                    .filter_map(|(id, score)| Some((id, score + hits.get(&id)?)))
                    .collect(),
            });
        }
        Some(all.unwrap_or_default())
    }

    /// Returns the cards that have a word, with what it is worth there.
    fn hits(&self, word: &str, open: bool) -> HashMap<CardId, i64> {
        let mut hits = HashMap::new();
        self.collect(word, Exactness::Word, &mut hits);
        if open {
            let begins = self
                .postings
                .range::<str, _>((std::ops::Bound::Excluded(word), std::ops::Bound::Unbounded));
            for (longer, _) in begins.take_while(|(longer, _)| longer.starts_with(word)) {
                self.collect(longer, Exactness::Beginning, &mut hits);
            }
        }
        let (length, typos) = (word.chars().count(), typos_max(word.chars().count()));
        if hits.is_empty() && typos > 0 {
            let near = self.by_length.range(length.saturating_sub(typos)..=length + typos);
            for other in near
                .flat_map(|(_, words)| words)
                .filter(|other| within(word, other, typos))
            {
                self.collect(other, Exactness::Typo, &mut hits);
            }
        }
        hits
    }

    fn collect(&self, word: &str, exactness: Exactness, hits: &mut HashMap<CardId, i64>) {
        for (id, fields) in self.postings.get(word).into_iter().flatten() {
            let score = hits.entry(*id).or_default();
            *score = worth(*fields, exactness).max(*score);
        }
    }
}
