//! Owns how hashtags are found in a text and compared. Refuses to know what they are about.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// How many different tags of one post count.
pub(crate) const TAGS_MAX: usize = 30;
/// Longest tag, in characters; a longer word is none.
pub(crate) const TAG_CHARS_MAX: usize = 50;

/// Returns the tags in `text`, folded, each once, in order, at most [`TAGS_MAX`].
///
/// The text is read in NFKC, so that a full-width sign or letter is the same as a narrow one. A `#` inside a word or an
/// address begins no tag, and a tag of digits alone is a number.
pub(crate) fn tags(text: &str) -> Vec<String> {
    let text: Vec<char> = text.nfkc().collect();
    let mut found: Vec<String> = Vec::new();
    let mut before = None;
    let mut rest = text.as_slice();
    while let Some((&c, after)) = rest.split_first() {
        rest = after;
        if c == '#' && before.is_none_or(begins_after) {
            let length = rest.iter().take_while(|c| belongs(**c)).count();
            let (word, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            let tag = fold(&word.iter().collect::<String>());
            if is_tag(&tag) && !found.contains(&tag) {
                found.push(tag);
                if found.len() == TAGS_MAX {
                    break;
                }
            }
            if let Some(last) = word.last() {
                before = Some(*last);
                rest = after;
                continue;
            }
        }
        before = Some(c);
    }
    found
}

/// Returns `word` as tags are compared, with or without its sign; `None` when it cannot be one.
pub(crate) fn normal(word: &str) -> Option<String> {
    let tag = fold(word);
    let tag = tag.strip_prefix('#').unwrap_or(&tag);
    is_tag(tag).then(|| tag.to_owned())
}

fn fold(word: &str) -> String {
    let small: String = word.nfkc().flat_map(char::to_lowercase).collect();
    small.nfkc().collect()
}

fn is_tag(word: &str) -> bool {
    word.chars().count() <= TAG_CHARS_MAX && word.chars().all(belongs) && word.chars().any(char::is_alphabetic)
}

/// Letters of any script with their marks, digits and the underscore.
fn belongs(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || is_combining_mark(c)
}

fn begins_after(c: char) -> bool {
    !belongs(c) && !matches!(c, '#' | '&' | '/')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tags_are_words_of_any_script_in_small_letters_each_once() {
        assert_eq!(
            tags("#Rust and #rust, (#Über) ＃ＷＩＤＥ #हिन्दी #日本語!"),
            ["rust", "über", "wide", "हिन्दी", "日本語"]
        );
        assert_eq!(tags("C# a#b ##c https://x/#d &#39; #1 #2nd # #"), ["2nd"]);
        assert_eq!(tags(&format!("#{}", "x".repeat(51))), Vec::<String>::new());
        let many: String = (0..40).map(|n| format!("#t{n} ")).collect();
        assert_eq!(tags(&many).len(), TAGS_MAX);
    }

    #[test]
    fn a_question_finds_the_tag_however_it_is_written() {
        for word in ["#Cafe\u{301}", "café", "ＣＡＦÉ", "＃café"] {
            assert_eq!(normal(word).as_deref(), Some("café"), "{word}");
        }
        for none in ["", "#", "1", "two words", "a-b", "a#b"] {
            assert_eq!(normal(none), None, "{none}");
        }
    }

    proptest! {
        #[test]
        fn each_tag_of_any_text_is_found_again_by_itself(text in "\\PC*|(#\\PC{0,8} ){0,40}") {
            let found = tags(&text);
            prop_assert!(found.len() <= TAGS_MAX);
            for tag in found {
                prop_assert_eq!(normal(&tag), Some(tag));
            }
        }
    }
}
