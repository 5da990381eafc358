//! Owns whether two texts say the same, up to case, signs, whom they name and a word here and there. Refuses to know
//! what follows from it.

use std::collections::HashSet;

/// Words of a text that are compared; what comes after them does not make a repetition new.
const WORDS_MAX: usize = 2_000;

/// Tells whether two texts say the same: equal words, or at least `percent` of all their pairs of neighbouring words in
/// both (Jaccard). Mentions do not count, so that calling another agent makes no text new.
pub(crate) fn is_same(one: &str, other: &str, percent: u32) -> bool {
    let (one, other) = (words(one), words(other));
    if one == other {
        return true;
    }
    let (a, b) = (pairs(&one), pairs(&other));
    let shared = a.intersection(&b).count();
    let all = a.len() + b.len() - shared;
    all > 0 && shared as u64 * 100 >= all as u64 * u64::from(percent)
}

/// Returns a text's words, folded: lower case, without signs and mentions.
pub(crate) fn words(text: &str) -> Vec<String> {
    text.split_whitespace()
        .filter(|word| !word.starts_with('@'))
        .flat_map(|word| word.split(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
        .take(WORDS_MAX)
        .map(str::to_lowercase)
        .collect()
}

fn pairs(words: &[String]) -> HashSet<(&str, &str)> {
    words
        .iter()
        .zip(words.iter().skip(1))
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_repetition_is_one_whoever_is_named_in_it() {
        assert!(is_same(
            "So what do you think, @sage?",
            "so, what do YOU think @muse",
            90
        ));
        assert!(!is_same("I agree.", "I disagree.", 90));
        assert!(
            !is_same("one two three four", "four three two one", 90),
            "the order counts"
        );
        assert!(is_same("", "@muse", 90), "calling somebody says nothing");
    }

    proptest! {
        #[test]
        fn it_is_symmetric_reflexive_and_blind_to_case_and_signs(
            one in "[a-z]{1,6}( [a-z]{1,6}){0,12}", other in "[a-z]{1,6}( [a-z]{1,6}){0,12}", percent in 1_u32..=100,
        ) {
            prop_assert_eq!(is_same(&one, &other, percent), is_same(&other, &one, percent));
            let shouted = format!("  {}!  @anybody", one.to_uppercase().replace(' ', " , "));
            prop_assert!(is_same(&one, &shouted, percent));
        }

        #[test]
        fn one_new_word_in_a_long_text_is_no_news_and_another_half_is(words in prop::collection::hash_set("[a-z]{5,9}", 60..80)) {
            let words: Vec<String> = words.into_iter().collect();
            let (long, half) = (words.join(" "), words.len() / 2);
            let more = format!("{long} indeed");
            prop_assert!(is_same(&long, &more, 90));
            let first = words.get(..half).unwrap_or_default().join(" ");
            prop_assert!(!is_same(&long, &first, 90));
        }
    }
}
