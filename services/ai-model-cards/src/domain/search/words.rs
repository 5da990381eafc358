//! Owns how text becomes the words that are indexed and asked for, in any language, and how far two words are apart. Refuses to
//! know any language's grammar.

use store::stands_alone;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::canonical_combining_class;

/// What is left of a longer word.
pub(crate) const WORD_CHARS_MAX: usize = 32;
/// From so many characters a word may be misspelt once.
const ONE_TYPO_CHARS: usize = 4;
/// From so many characters it may be misspelt twice.
const TWO_TYPOS_CHARS: usize = 8;

/// Returns the words of a text, at most `max`: compatible forms are one (NFKD), small letters, no diacritics. Letters of scripts
/// that do not part words stand for themselves.
pub(crate) fn fold(text: &str, max: usize) -> Vec<String> {
    let folded = text
        .nfkd()
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|c| canonical_combining_class(*c) == 0);
    let (mut words, mut word, mut length) = (Vec::new(), String::new(), 0);
    for c in folded {
        if words.len() >= max {
            return words;
        }
        if c.is_alphanumeric() && !stands_alone(c) {
            if length < WORD_CHARS_MAX {
                word.push(c);
                length += 1;
            }
            continue;
        }
        if !word.is_empty() {
            words.push(std::mem::take(&mut word));
            length = 0;
        }
        if stands_alone(c) && words.len() < max {
            words.push(c.to_string());
        }
    }
    if !word.is_empty() && words.len() < max {
        words.push(word);
    }
    words
}

/// Returns how many typing mistakes a word of so many characters may hold.
pub(crate) fn typos_max(chars: usize) -> usize {
    match chars {
        TWO_TYPOS_CHARS.. => 2,
        ONE_TYPO_CHARS.. => 1,
        _ => 0,
    }
}

/// Tells whether `b` becomes `a` by at most `max` mistakes: a character left out, added, changed, or two neighbours swapped
/// (optimal string alignment).
pub(crate) fn within(a: &str, b: &str, max: usize) -> bool {
    // Most words are told apart by their letters alone: one mistake brings in one letter and takes out one at the most.
    let (mine, yours) = (letters(a), letters(b));
    let strange = (mine & !yours).count_ones().max((yours & !mine).count_ones());
    if usize::try_from(strange).is_ok_and(|strange| strange > max) {
        return false;
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > max {
        return false;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    let mut last = None;
    for (i, &x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        let mut left_char = None;
        for (j, &y) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX / 2);
            let mut cost = (at(&above, j) + usize::from(x != y))
                .min(at(&above, j + 1) + 1)
                .min(at(&row, j) + 1);
            if j > 0 && last == Some(y) && left_char == Some(x) {
                cost = cost.min(at(&before, j - 1) + 1);
            }
            row.push(cost);
            left_char = Some(y);
        }
        if row.iter().min().is_some_and(|least| *least > max) && above.iter().min().is_some_and(|least| *least > max) {
            return false;
        }
        before = std::mem::replace(&mut above, row);
        last = Some(x);
    }
    above.last().is_some_and(|cost| *cost <= max)
}

/// Returns the set of a word's letters, in 64 bits; letters that share one only make two words look more alike.
fn letters(word: &str) -> u64 {
    word.chars().fold(0, |set, c| set | 1 << (u32::from(c) % 64))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_folded_whatever_the_language() {
        assert_eq!(fold("Crème-BRÛLÉE, Straße!", 9), ["creme", "brulee", "straße"]);
        assert_eq!(fold("ﬁne ２０２６ Ελλάδα", 9), ["fine", "2026", "ελλαδα"]);
        assert_eq!(fold("AI助手です", 9), ["ai", "助", "手", "て", "す"]);
        assert_eq!(fold("a b c d", 2), ["a", "b"]);
        assert_eq!(fold(&"x".repeat(99), 9), ["x".repeat(WORD_CHARS_MAX)]);
    }

    #[test]
    fn a_mistake_is_one_more_one_less_another_or_two_swapped() {
        for typo in ["tutr", "tutoor", "tuter", "ttuor"] {
            assert!(within("tutor", typo, 1), "{typo}");
        }
        assert!(!within("tutor", "ttuo", 1));
        assert!(within("assistant", "asistent", 2));
        assert!(!within("assistant", "asistend", 2));
    }

    /// The same, as it is written in textbooks.
    fn distance(a: &[char], b: &[char]) -> usize {
        match (a, b) {
            ([], _) => b.len(),
            (_, []) => a.len(),
            ([.., x], [.., y]) => {
                let (pa, pb) = (&a[..a.len() - 1], &b[..b.len() - 1]);
                let mut least = (distance(pa, pb) + usize::from(x != y))
                    .min(distance(pa, b) + 1)
                    .min(distance(a, pb) + 1);
                if let ([.., x0, x1], [.., y0, y1]) = (a, b)
                    && x0 == y1
                    && x1 == y0
                {
                    least = least.min(distance(&a[..a.len() - 2], &b[..b.len() - 2]) + 1);
                }
                least
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn words_are_within_a_distance_exactly_when_the_textbook_says_so(a in "[ab]{0,6}", b in "[abc]{0,6}", max in 0..4usize) {
            let (x, y): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            prop_assert_eq!(within(&a, &b, max), distance(&x, &y) <= max);
        }
    }
}
