//! The search against one that looks at every card.

use std::collections::BTreeMap;

use kernel::{CardId, Timestamp, UserId};
use proptest::prelude::*;
use uuid::Uuid;

use super::ask::{self, Ask, Counted, Filters, Place, Rank, Sort};
use super::index::{Exactness, Index, Listed, Told, words_of, worth};
use super::words::{fold, typos_max, within};
use crate::domain::content::Category;

const SORTS: [Sort; 6] = [
    Sort::Relevance,
    Sort::Newest,
    Sort::Price,
    Sort::PriceDown,
    Sort::Rating,
    Sort::Popular,
];
const CATEGORIES: [Category; 3] = [Category::Coding, Category::Writing, Category::Other];

fn word() -> impl Strategy<Value = String> {
    // Near each other, so that beginnings and typing mistakes are common.
    prop_oneof![
        Just("tutor"),
        Just("tutr"),
        Just("tutoring"),
        Just("Tut"),
        Just("essay"),
        Just("esay"),
        Just("grammarian"),
        Just("gramarien"),
        Just("é"),
        Just("数学")
    ]
    .prop_map(str::to_owned)
}

fn text(most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(word(), 0..=most).prop_map(|words| words.join(" "))
}

fn card() -> impl Strategy<Value = Listed> {
    let shown = (text(2), word(), prop::collection::vec(word(), 0..3), text(4));
    let counted = (0..3usize, 0..4i64, any::<bool>(), 0..4u64, 0..4u64, 0..4i64);
    (0..12u128, shown, counted).prop_map(
        |(id, (name, handle, tags, description), (category, price, limited, reviews, sales, at))| Listed {
            id: CardId::from(Uuid::from_u128(id)),
            seller: UserId::from(Uuid::from_u128(id % 2)),
            category: CATEGORIES[category],
            words: words_of(Told {
                name: &name,
                handle: &handle,
                tags: &tags,
                description: &description,
                seller: "",
            }),
            tags,
            price: price * 400,
            limited,
            rating_hundredths: if reviews == 0 {
                0
            } else {
                150 + 100 * u32::try_from(reviews).unwrap()
            },
            reviews,
            sales,
            published_at: Timestamp::from_millis(at),
        },
    )
}

fn ask_strategy() -> impl Strategy<Value = Ask> {
    let filters = (
        prop::option::of(0..3usize),
        prop::option::of(word()),
        prop::option::of(0..1600i64),
        prop::option::of(any::<bool>()),
        prop::option::of(1..5u32),
        prop::option::of(any::<bool>()),
        prop::option::of(0..2u128),
    );
    let query = prop_oneof![1 => Just(String::new()), 1 => Just("!?".to_owned()), 6 => text(3)];
    (query, any::<bool>(), filters, 0..6usize, 1..5usize).prop_map(
        |(mut query, closed, (category, tag, price_max, free, rating_min, limited, without), sort, limit)| {
            if closed {
                query.push(' ');
            }
            Ask {
                query,
                filters: Filters {
                    category: category.map(|n| CATEGORIES[n]),
                    tag,
                    seller: None,
                    price_min: None,
                    price_max,
                    free,
                    rating_min,
                    limited,
                    without: without.map(|n| UserId::from(Uuid::from_u128(n))).into_iter().collect(),
                },
                sort: SORTS[sort],
                limit,
                after: None,
            }
        },
    )
}

fn passes(f: &Filters, c: &Listed, but: &str) -> bool {
    (but == "category" || f.category.is_none_or(|x| x == c.category))
        && (but == "tag" || f.tag.as_ref().is_none_or(|x| c.tags.contains(x)))
        && (but == "price" || f.price_max.is_none_or(|x| c.price <= x) && f.free.is_none_or(|x| x == (c.price == 0)))
        && (but == "rating"
            || f.rating_min
                .is_none_or(|x| c.reviews > 0 && c.rating_hundredths >= 100 * x))
        && f.limited.is_none_or(|x| x == c.limited)
        && !f.without.contains(&c.seller)
}

/// What a card scores for a query: every word must be found in it.
fn score(all: &[&Listed], c: &Listed, query: &str) -> Option<i64> {
    if query.trim().is_empty() {
        return Some(0);
    }
    let words = fold(query, ask::QUERY_WORDS_MAX);
    let open = !query.ends_with(|ch: char| !ch.is_alphanumeric());
    let mut sum = None;
    for (n, word) in words.iter().enumerate() {
        let last = open && n + 1 == words.len();
        let direct = |other: &str| {
            if other == word {
                Some(Exactness::Word)
            } else {
                (last && other.starts_with(word.as_str())).then_some(Exactness::Beginning)
            }
        };
        let known = all.iter().any(|c| c.words.keys().any(|other| direct(other).is_some()));
        let how = |other: &str| {
            if known {
                direct(other)
            } else {
                within(word, other, typos_max(word.chars().count())).then_some(Exactness::Typo)
            }
        };
        let best = c
            .words
            .iter()
            .filter_map(|(other, fields)| Some(worth(*fields, how(other)?)))
            .max()?;
        sum = Some(sum.unwrap_or(0) + best);
    }
    sum
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_index_answers_as_one_that_looks_at_every_card(cards in prop::collection::vec(card(), 0..14), gone in prop::collection::vec(0..12u128, 0..4), ask in ask_strategy()) {
        let (mut index, mut plain) = (Index::new(100), BTreeMap::new());
        for card in cards {
            plain.insert(card.id, card.clone());
            prop_assert!(index.put(card));
        }
        for id in gone {
            let id = CardId::from(Uuid::from_u128(id));
            index.remove(id);
            plain.remove(&id);
        }
        let all: Vec<&Listed> = plain.values().collect();
        let matching: Vec<(&Listed, i64)> = all.iter().filter_map(|c| Some((*c, score(&all, c, &ask.query)?))).collect();
        let mut expected: Vec<Rank> = matching.iter().filter(|(c, _)| passes(&ask.filters, c, "")).map(|(c, s)| ask::rank(ask.sort, c, *s)).collect();
        expected.sort_unstable_by(|a, b| b.cmp(a));

        // Page by page.
        let (mut ask, mut walked) = (ask, Vec::new());
        loop {
            let found = index.search(&ask);
            prop_assert!(found.ranks.len() <= ask.limit);
            walked.extend(found.ranks.iter().copied());
            let count = |but: &str, has: &dyn Fn(&Listed) -> bool| matching.iter().filter(|(c, _)| passes(&ask.filters, c, but) && has(c)).count();
            for Counted { value, count: n } in &found.facets.categories {
                prop_assert_eq!(*n, count("category", &|c| c.category == *value));
            }
            for Counted { value, count: n } in &found.facets.tags {
                // A tag that a card has twice counts twice in this test's cards alone: real ones are tidy.
                let n_times = matching.iter().filter(|(c, _)| passes(&ask.filters, c, "tag")).map(|(c, _)| c.tags.iter().filter(|t| *t == value).count()).sum::<usize>();
                prop_assert_eq!(*n, n_times);
            }
            for band in &found.facets.prices {
                prop_assert_eq!(band.count, count("price", &|c| c.price >= band.min && band.max.is_none_or(|max| c.price <= max)));
            }
            for Counted { value, count: n } in &found.facets.ratings {
                prop_assert_eq!(*n, count("rating", &|c| c.reviews > 0 && c.rating_hundredths >= 100 * value));
            }
            match found.ranks.last() {
                Some(rank) if found.more => ask.after = Some(Place { sort: ask.sort, rank: *rank }),
                _ => break,
            }
        }
        prop_assert_eq!(walked, expected);
    }
}

fn named(id: u128, name: &str, tags: &[&str], description: &str) -> Listed {
    let tags: Vec<String> = tags.iter().map(ToString::to_string).collect();
    Listed {
        id: CardId::from(Uuid::from_u128(id)),
        seller: UserId::from(Uuid::nil()),
        category: Category::Other,
        words: words_of(Told {
            name,
            handle: "handle",
            tags: &tags,
            description,
            seller: "",
        }),
        tags,
        price: 0,
        limited: false,
        rating_hundredths: 0,
        reviews: 0,
        sales: 0,
        published_at: Timestamp::default(),
    }
}

fn find(index: &Index, query: &str) -> Vec<u128> {
    let ask = Ask {
        query: query.into(),
        limit: 10,
        ..Ask::default()
    };
    index
        .search(&ask)
        .ranks
        .iter()
        .map(|(_, id)| id.uuid().as_u128())
        .collect()
}

#[test]
fn names_come_before_tags_and_tags_before_descriptions() {
    let mut index = Index::new(10);
    index.put(named(3, "One", &[], "a chess coach"));
    index.put(named(2, "Two", &["chess"], "plays"));
    index.put(named(1, "Chess", &[], "plays"));
    assert_eq!(find(&index, "chess"), [1, 2, 3]);
    assert_eq!(find(&index, "che"), [1, 2, 3], "the last word may be a beginning");
    assert_eq!(find(&index, "che "), [0_u128; 0], "unless it is written to its end");
    assert_eq!(find(&index, "chesss"), [1, 2, 3], "a typing mistake");
    assert_eq!(find(&index, "chess coach"), [3], "all words");
}

#[test]
fn what_a_walk_through_the_store_does_not_meet_is_forgotten_and_what_came_meanwhile_is_not() {
    let mut index = Index::new(2);
    assert!(index.put(named(1, "Gone", &[], "")) && index.put(named(2, "Stays", &[], "")));
    assert!(!index.put(named(3, "Too many", &[], "")));
    index.begin_walk();
    index.put(named(2, "Stays", &[], ""));
    index.end_walk();
    assert_eq!(
        (index.len(), find(&index, "gone"), find(&index, "stays")),
        (1, vec![], vec![2])
    );
}

#[test]
fn a_walk_does_not_put_back_what_was_changed_or_removed_since_it_began() {
    let mut index = Index::new(9);
    for id in [1, 2, 3] {
        index.put(named(id, "Old", &[], ""));
    }
    index.begin_walk();
    index.put(named(1, "New", &[], ""));
    index.remove(named(2, "Old", &[], "").id);
    for id in [1, 2, 3] {
        assert!(index.put_walked(named(id, "Old", &[], "")));
    }
    index.end_walk();
    assert_eq!((find(&index, "new"), find(&index, "old")), (vec![1], vec![3]));
}
