//! Owns how text becomes the words that are indexed and asked for. Refuses to let anything a user types be syntax: what
//! is no letter and no digit only parts words.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::canonical_combining_class;

use crate::{Fields, Index, Key};

/// The words of a question that count; what comes after them is ignored.
pub const SEARCH_WORDS_MAX: usize = 32;
/// Sorts after every letter that a word may have.
const BEYOND: char = '\u{10FFFF}';

/// Returns the words of `text`, in small letters, without diacritics.
pub fn fold(text: &str) -> Vec<String> {
    let folded: String = text
        .nfd()
        .flat_map(char::to_lowercase)
        .nfd()
        .filter(|c| canonical_combining_class(*c) == 0)
        .collect();
    folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Returns the different words of a document, sorted; nothing when one of the fields is absent.
pub fn of(index: &Index, fields: &Fields) -> Option<Vec<String>> {
    let mut words = Vec::new();
    for name in index.fields {
        let keys = fields.get(name);
        if keys.is_empty() {
            return None;
        }
        for key in keys {
            match key {
                Key::Text(part) => words.extend(fold(part)),
                Key::Int(number) => words.extend(fold(&number.to_string())),
                Key::Bool(_) => {}
            }
        }
    }
    words.sort_unstable();
    words.dedup();
    Some(words)
}

/// Returns the value that limits a search; nothing when the field is absent or has several.
pub fn scope(name: &str, fields: &Fields) -> Option<String> {
    match fields.get(name) {
        [Key::Text(scope)] => Some(scope.clone()),
        [Key::Int(scope)] => Some(scope.to_string()),
        [Key::Bool(scope)] => Some(scope.to_string()),
        _ => None,
    }
}

/// Returns, for each word of a question, the half-open range of words that begin with it. The longest comes first,
/// since fewest documents have it.
pub fn question(words: &str) -> Vec<(String, String)> {
    let mut asked = fold(words);
    asked.truncate(SEARCH_WORDS_MAX);
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
    fn words_are_folded_and_parted_by_whatever_is_no_letter() {
        assert_eq!(fold("Café CRÈME"), ["cafe", "creme"]);
        assert_eq!(fold("Cafe\u{301}"), ["cafe"]);
        assert_eq!(fold("İstanbul's Straße"), ["istanbul", "s", "straße"]);
        assert_eq!(
            fold("rust\u{0}go $where a.b {x:1}"),
            ["rust", "go", "where", "a", "b", "x", "1"]
        );
        assert_eq!(fold("日本語 हिन्दी"), ["日本語", "हिनदी"]);
        assert!(fold(" \" - ^* \u{0}").is_empty());
    }

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
