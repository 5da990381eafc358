//! Owns what can be asked of the search: filters, orders, places in a list, and what is counted beside the answer. Refuses to know
//! how words are found.

use std::collections::{BTreeMap, HashSet};

use kernel::{CardId, Cursor, Fault, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::content::Category;
use crate::domain::search::index::Listed;

/// Longest query, in characters.
pub(crate) const QUERY_CHARS_MAX: usize = 200;
/// Words of a query that count; what comes after them is ignored.
pub(crate) const QUERY_WORDS_MAX: usize = 8;
/// Most tags that are counted beside an answer: the most frequent ones.
pub(crate) const FACET_TAGS_MAX: usize = 20;
/// Where the bands of prices begin, in minor units; the first is what is free.
pub(crate) const PRICE_BANDS: [i64; 5] = [0, 1, 500, 2_000, 5_000];
/// Reviews of middling rating that every card is thought to have, so that one enthusiast does not outrank a hundred.
const PRIOR_REVIEWS: u64 = 5;
/// Hundredths of a star that these give.
const PRIOR_HUNDREDTHS: u64 = 350;

/// The order of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) enum Sort {
    /// Best match first; without a query as `popular`.
    #[default]
    #[serde(rename = "relevance")]
    Relevance,
    /// Latest publication first.
    #[serde(rename = "newest")]
    Newest,
    /// Cheapest first.
    #[serde(rename = "price")]
    Price,
    /// Dearest first.
    #[serde(rename = "-price")]
    PriceDown,
    /// Best average first.
    #[serde(rename = "rating")]
    Rating,
    /// Most sold first.
    #[serde(rename = "popular")]
    Popular,
}

/// What must hold of a card besides its words.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filters {
    pub(crate) category: Option<Category>,
    pub(crate) tag: Option<String>,
    pub(crate) seller: Option<UserId>,
    pub(crate) price_min: Option<i64>,
    pub(crate) price_max: Option<i64>,
    pub(crate) free: Option<bool>,
    pub(crate) rating_min: Option<u32>,
    pub(crate) limited: Option<bool>,
    /// Sellers whom a block parts from who asks: as if their cards were not there.
    pub(crate) without: HashSet<UserId>,
}

/// A question.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ask {
    pub(crate) query: String,
    pub(crate) filters: Filters,
    pub(crate) sort: Sort,
    pub(crate) limit: usize,
    pub(crate) after: Option<Place>,
}

/// Where a card stands in an order: greater numbers come first, then greater ids.
pub(crate) type Rank = ([i64; 4], CardId);

/// A place in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) sort: Sort,
    pub(crate) rank: Rank,
}

impl Place {
    /// Finds a place again. Fails with `Invalid` on one of another order.
    pub(crate) fn decode(cursor: &str, sort: Sort) -> Result<Self, Fault> {
        let place: Self = Cursor::decode(cursor)?;
        if place.sort != sort {
            return Err(Fault::invalid("cursor", "is of a list in another order"));
        }
        Ok(place)
    }
}

/// How many cards have one value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Counted<T> {
    /// The value.
    pub(crate) value: T,
    /// How many.
    pub(crate) count: usize,
}

/// How many cards cost as much.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Band {
    /// Lowest price, in minor units.
    pub(crate) min: i64,
    /// Highest price; null: no bound.
    #[schema(required = true)]
    pub(crate) max: Option<i64>,
    /// How many.
    pub(crate) count: usize,
}

/// What is counted beside an answer. Each ignores its own filter and minds all others, so that it tells what choosing another
/// value would find.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Facets {
    /// By category, the most frequent first.
    pub(crate) categories: Vec<Counted<Category>>,
    /// By tag, the 20 most frequent.
    pub(crate) tags: Vec<Counted<String>>,
    /// By price.
    pub(crate) prices: Vec<Band>,
    /// By least average rating, 4 to 1.
    pub(crate) ratings: Vec<Counted<u32>>,
}

/// Which of the filters that have a facet hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Holds {
    category: bool,
    tag: bool,
    price: bool,
    rating: bool,
}

impl Holds {
    pub(crate) fn all(self) -> bool {
        self.category && self.tag && self.price && self.rating
    }
}

impl Filters {
    /// Tells which filters hold of a card; none when one without a facet does not.
    pub(crate) fn holds(&self, card: &Listed) -> Option<Holds> {
        let rest = self.seller.is_none_or(|seller| seller == card.seller)
            && self.limited.is_none_or(|limited| limited == card.limited)
            && !self.without.contains(&card.seller);
        let price = self.price_min.is_none_or(|min| card.price >= min)
            && self.price_max.is_none_or(|max| card.price <= max)
            && self.free.is_none_or(|free| free == (card.price == 0));
        rest.then(|| Holds {
            category: self.category.is_none_or(|category| category == card.category),
            tag: self.tag.as_ref().is_none_or(|tag| card.tags.contains(tag)),
            price,
            rating: self.rating_min.is_none_or(|min| card.stars_at_least(min)),
        })
    }
}

/// Returns where a card with this score stands in an order.
pub(crate) fn rank(sort: Sort, card: &Listed, score: i64) -> Rank {
    let whole = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let (sales, published) = (whole(card.sales), card.published_at.millis());
    let esteem = whole(esteem(card));
    let keys = match sort {
        Sort::Relevance if score > 0 => [score, esteem, sales, published],
        Sort::Relevance | Sort::Popular => [sales, esteem, published, 0],
        Sort::Newest => [published, 0, 0, 0],
        Sort::Price => [card.price.saturating_neg(), esteem, sales, published],
        Sort::PriceDown => [card.price, esteem, sales, published],
        Sort::Rating => [esteem, whole(card.reviews), sales, published],
    };
    (keys, card.id)
}

/// The average of a card's reviews and some middling ones.
fn esteem(card: &Listed) -> u64 {
    let sum = u64::from(card.rating_hundredths) * card.reviews + PRIOR_HUNDREDTHS * PRIOR_REVIEWS;
    sum / (card.reviews + PRIOR_REVIEWS)
}

/// Counts facets, card by card.
#[derive(Default)]
pub(crate) struct Tallies<'a> {
    categories: BTreeMap<Category, usize>,
    tags: BTreeMap<&'a str, usize>,
    prices: [usize; PRICE_BANDS.len()],
    ratings: [usize; 4],
}

impl<'a> Tallies<'a> {
    pub(crate) fn add(&mut self, card: &'a Listed, holds: Holds) {
        let Holds {
            category,
            tag,
            price,
            rating,
        } = holds;
        if tag && price && rating {
            *self.categories.entry(card.category).or_default() += 1;
        }
        if category && price && rating {
            for tag in &card.tags {
                *self.tags.entry(tag).or_default() += 1;
            }
        }
        if category && tag && rating {
            let band = PRICE_BANDS.iter().rposition(|low| card.price >= *low).unwrap_or(0);
            if let Some(count) = self.prices.get_mut(band) {
                *count += 1;
            }
        }
        if category && tag && price {
            for (count, stars) in self.ratings.iter_mut().zip((1..=4).rev()) {
                *count += usize::from(card.stars_at_least(stars));
            }
        }
    }

    pub(crate) fn facets(self) -> Facets {
        let bands = PRICE_BANDS
            .iter()
            .zip(PRICE_BANDS.iter().skip(1).map(Some).chain([None]));
        Facets {
            categories: most_first(self.categories),
            tags: most_first(self.tags.into_iter().map(|(tag, count)| (tag.to_owned(), count)))
                .into_iter()
                .take(FACET_TAGS_MAX)
                .collect(),
            prices: bands
                .zip(self.prices)
                .map(|((min, next), count)| Band {
                    min: *min,
                    max: next.map(|next| next - 1),
                    count,
                })
                .collect(),
            ratings: (1..=4)
                .rev()
                .zip(self.ratings)
                .map(|(value, count)| Counted { value, count })
                .collect(),
        }
    }
}

fn most_first<T>(counts: impl IntoIterator<Item = (T, usize)>) -> Vec<Counted<T>> {
    let mut all: Vec<Counted<T>> = counts
        .into_iter()
        .map(|(value, count)| Counted { value, count })
        .collect();
    // Stable: equal counts stay in the order of their values.
    all.sort_by_key(|one| std::cmp::Reverse(one.count));
    all
}
