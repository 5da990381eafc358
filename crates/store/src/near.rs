//! Owns the search for what is written almost as asked, for when nothing is written so: typing mistakes, in any language. Refuses to
//! know where documents are kept: it asks the store for the beginnings of the words, within the same scopes, and compares the rest.

use serde_json::Value;

use crate::{Fields, Index, Search, Spec, Store, StoreError, Stored, words};

/// Documents that one beginning is looked for in: the newest that have it.
pub const NEAR_CANDIDATES_MAX: usize = 1_000;
/// The beginning that must be right, in characters.
const BEGINNING_CHARS: usize = 2;
/// Words of a document that are compared.
const DOCUMENT_WORDS_MAX: usize = 10_000;
/// Longest word that is compared, in characters.
const WORD_CHARS_MAX: usize = 32;
/// From so many characters a word may be misspelt once.
const ONE_TYPO_CHARS: usize = 4;
/// From so many characters it may be misspelt twice.
const TWO_TYPOS_CHARS: usize = 8;

/// Returns documents that have, for each word of the question, one that begins with it or with what it may have been meant to be: a
/// character left out, added, changed, or two neighbours swapped, once in a word of four characters or more, twice from eight on; the
/// first two characters must be right. Newest id first, at most `search.limit`, out of the newest 1,000 that have the beginnings.
pub(crate) async fn find(store: &dyn Store, spec: Spec, search: &Search) -> Result<Vec<Stored>, StoreError> {
    let asked: Vec<Vec<char>> = words::asked(&search.words).iter().map(|word| letters(word)).collect();
    let Some(&index) = spec.indexes.iter().find(|index| index.name == search.index) else {
        return Ok(Vec::new());
    };
    if asked.iter().all(|word| typos_max(word.len()) == 0) {
        return Ok(Vec::new());
    }
    // Most mistakes are not in the first half of a word, and fewer documents share that than two characters.
    let begin = |of: fn(&[char]) -> usize| -> Vec<String> {
        let beginnings = asked.iter().map(|word| word.iter().take(of(word)).collect());
        beginnings.collect()
    };
    let mut rounds = vec![begin(half), begin(least)];
    rounds.dedup();
    for words in rounds {
        let candidates = Search {
            words: words.join(" "),
            limit: NEAR_CANDIDATES_MAX,
            ..search.clone()
        };
        let found = store.search(spec.collection, candidates).await?;
        if found.is_empty() {
            continue;
        }
        let mut found = nearest(index, found, asked.clone()).await?;
        if !found.is_empty() {
            found.truncate(search.limit);
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

fn half(word: &[char]) -> usize {
    match typos_max(word.len()) {
        0 => word.len(),
        _ => word.len().div_ceil(2).max(BEGINNING_CHARS),
    }
}

fn least(word: &[char]) -> usize {
    match typos_max(word.len()) {
        0 => word.len(),
        _ => BEGINNING_CHARS,
    }
}

/// Compares a thousand documents, which takes long enough to be no work for a thread that others wait for.
async fn nearest(index: Index, mut found: Vec<Stored>, asked: Vec<Vec<char>>) -> Result<Vec<Stored>, StoreError> {
    let compared = tokio::task::spawn_blocking(move || {
        found.retain(|stored| is_near(&index, stored, &asked));
        found
    });
    compared.await.map_err(|e| StoreError::Backend(e.to_string()))
}

fn is_near(index: &Index, stored: &Stored, asked: &[Vec<char>]) -> bool {
    let json: Value = serde_json::from_slice(&stored.body).unwrap_or_default();
    let fields = Fields::from_json(std::slice::from_ref(index), json);
    let words = words::of(index, &fields).unwrap_or_default();
    let words: Vec<Vec<char>> = words
        .iter()
        .take(DOCUMENT_WORDS_MAX)
        .map(|word| letters(word))
        .collect();
    asked.iter().all(|word| words.iter().any(|other| is_meant(word, other)))
}

/// Returns the letters of a word, at most 32.
fn letters(word: &str) -> Vec<char> {
    word.chars().take(WORD_CHARS_MAX).collect()
}

/// Tells whether `other` begins with `word`, or with what `word` may have been meant to be. Most words are told apart by the beginning
/// that must be right.
fn is_meant(word: &[char], other: &[char]) -> bool {
    if other.starts_with(word) {
        return true;
    }
    let typos = typos_max(word.len());
    if word.get(..BEGINNING_CHARS) != other.get(..BEGINNING_CHARS) {
        return false;
    }
    let beginnings = word.len().saturating_sub(typos)..=word.len() + typos;
    let mut lengths = beginnings.filter(|length| *length <= other.len());
    typos > 0 && lengths.any(|length| other.get(..length).is_some_and(|begun| within(word, begun, typos)))
}

/// Returns how many typing mistakes a word of so many characters may hold.
fn typos_max(chars: usize) -> usize {
    match chars {
        TWO_TYPOS_CHARS.. => 2,
        ONE_TYPO_CHARS.. => 1,
        _ => 0,
    }
}

/// Tells whether `b` becomes `a` by at most `max` mistakes (optimal string alignment).
fn within(a: &[char], b: &[char], max: usize) -> bool {
    let (mut before, mut above): (Vec<usize>, Vec<usize>) = (Vec::new(), (0..=b.len()).collect());
    let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX / 2);
    let mut last = None;
    for (i, &x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        let mut left = None;
        for (j, &y) in b.iter().enumerate() {
            let mut cost = (at(&above, j) + usize::from(x != y))
                .min(at(&above, j + 1) + 1)
                .min(at(&row, j) + 1);
            if j > 0 && last == Some(y) && left == Some(x) {
                cost = cost.min(at(&before, j - 1) + 1);
            }
            row.push(cost);
            left = Some(y);
        }
        before = std::mem::replace(&mut above, row);
        last = Some(x);
    }
    at(&above, b.len()) <= max
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn a_word_is_meant_when_its_mistakes_are_few_for_its_length() {
        for typo in ["grce", "graace", "grxce", "grcae", "grac"] {
            assert!(is_meant(&word(typo), &word("grace")), "{typo}");
        }
        for typo in ["garce", "rgace", "g r"] {
            assert!(!is_meant(&word(typo), &word("grace")), "{typo}: the beginning");
        }
        assert!(!is_meant(&word("grxxe"), &word("grace")), "two in a short word");
        assert!(is_meant(&word("hopprr"), &word("hopper")) && is_meant(&word("distribtedd"), &word("distributed")));
        assert!(
            is_meant(&word("distrbu"), &word("distributed")),
            "a beginning with a mistake"
        );
        assert!(
            !is_meant(&word("ade"), &word("ada")),
            "a short word is written rightly or not at all"
        );
        assert!(is_meant(&word("прывет"), &word("привет")), "in any language");
    }

    /// The distance, as it is defined.
    fn naive(a: &[char], b: &[char]) -> usize {
        match (a, b) {
            ([], rest) | (rest, []) => rest.len(),
            ([.., x], [.., y]) => {
                let (a1, b1) = (&a[..a.len() - 1], &b[..b.len() - 1]);
                let mut cost = (naive(a1, b1) + usize::from(x != y))
                    .min(naive(a1, b) + 1)
                    .min(naive(a, b1) + 1);
                if let ([.., p, q], [.., r, s]) = (a, b)
                    && (p, q) == (s, r)
                {
                    cost = cost.min(naive(&a[..a.len() - 2], &b[..b.len() - 2]) + 1);
                }
                cost
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn the_distance_is_that_of_the_definition(a in "[ab c]{0,6}", b in "[ab c]{0,6}", max in 0_usize..4) {
            let (a, b) = (word(&a), word(&b));
            proptest::prop_assert_eq!(within(&a, &b, max), naive(&a, &b) <= max);
        }
    }
}
