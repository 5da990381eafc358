//! Owns what of the words lies in a document, and what is asked of them. Refuses to know how text is cut into words.

use crate::{Fields, Index, words};

/// Sorts after every letter that a word may have.
const BEYOND: char = '\u{10FFFF}';

/// Returns the different words of a document, sorted; nothing when one of the fields is absent.
pub fn of(index: &Index, fields: &Fields) -> Option<Vec<String>> {
    let mut words = words::of(index, fields)?;
    words.sort_unstable();
    words.dedup();
    Some(words)
}

/// Returns, for each word of a question, the half-open range of words that begin with it. The longest comes first,
/// since fewest documents have it.
pub fn question(words: &str) -> Vec<(String, String)> {
    let mut asked = words::asked(words);
    asked.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    asked.dedup();
    asked
        .into_iter()
        .map(|word| {
            let beyond = format!("{word}{BEYOND}");
            (word, beyond)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_a_range_for_each_word_the_longest_first() {
        let asked = question("a LONGER a");
        let words: Vec<&str> = asked.iter().map(|(word, _)| word.as_str()).collect();
        assert_eq!(words, ["longer", "a"]);
        let (low, high) = (asked[0].0.as_str(), asked[0].1.as_str());
        assert!(low <= "longerst" && "longerst" < high && "longes" >= high);
        assert_eq!(question(&"w ".repeat(99)).len(), 1);
    }
}
