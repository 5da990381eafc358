//! Owns how text becomes the words that are indexed and asked for: the same for every adapter, in any language. Refuses to know any
//! language's grammar, and to let anything a user types be syntax: what is no letter and no digit only parts words.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};

use crate::{Fields, Index, Key};

/// The words of a question that count; what comes after them is ignored.
pub const SEARCH_WORDS_MAX: usize = 32;

/// Stands in what an adapter notes of a text index, and changes when words are cut otherwise, so that all of them are built anew.
pub(crate) const CUT: &str = "text 2";

/// Returns the words of a document in a text index, in their order; nothing when one of the fields is absent.
pub(crate) fn of(index: &Index, fields: &Fields) -> Option<Vec<String>> {
    let mut words = Vec::new();
    for name in index.fields {
        let keys = fields.get(name);
        if keys.is_empty() {
            return None;
        }
        for key in keys {
            match key {
                Key::Text(part) => words.extend(cut(part, usize::MAX, true)),
                Key::Int(number) => words.extend(cut(&number.to_string(), usize::MAX, true)),
                Key::Bool(_) => {}
            }
        }
    }
    Some(words)
}

/// Returns the value that limits a search; nothing when the field is absent or has several.
pub(crate) fn scope(name: &str, fields: &Fields) -> Option<String> {
    match fields.get(name) {
        [Key::Text(scope)] => Some(scope.clone()),
        [Key::Int(scope)] => Some(scope.to_string()),
        [Key::Bool(scope)] => Some(scope.to_string()),
        _ => None,
    }
}

/// Returns the words of a question, in their order; each is the beginning of a word that is looked for.
pub(crate) fn asked(question: &str) -> Vec<String> {
    cut(question, SEARCH_WORDS_MAX, false)
}

/// Tells whether a letter is of a script without spaces: Thai, Lao, Myanmar, Khmer, kana, Han.
pub fn stands_alone(c: char) -> bool {
    let script = matches!(
        u32::from(c),
        0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x3005..=0x3007 | 0x3041..=0x30FF | 0x3400..=0x4DBF
            | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x2_0000..=0x3_23AF
    );
    script && c.is_alphanumeric()
}

/// Cuts a text into words, at most `max`: compatible forms are one (NFKD), small letters, no diacritics. In a script without spaces
/// every letter begins a word of two, itself and the next, so that what is asked for is found wherever it stands. The last letter of
/// such a run has no next: alone it is a word of a document (`lone`), and of a question only when the run is nothing else.
fn cut(text: &str, max: usize, lone: bool) -> Vec<String> {
    if text.is_ascii() {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric());
        let words = words.filter(|word| !word.is_empty()).take(max);
        return words.map(str::to_ascii_lowercase).collect();
    }
    let folded = text
        .nfkd()
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|c| !is_diacritic(*c));
    // One more, which parts the last word from what does not follow.
    let folded = folded.map(|c| if c == 'ς' { 'σ' } else { c }).chain([' ']);
    let (mut words, mut word, mut before, mut alone) = (Vec::new(), String::new(), None, true);
    for c in folded {
        if words.len() >= max {
            break;
        }
        let single = stands_alone(c);
        if let Some(before) = before.take() {
            if single {
                words.push(String::from_iter([before, c]));
            } else if lone || alone {
                words.push(String::from(before));
            }
            alone = !single;
        }
        if c.is_alphanumeric() && !single {
            word.push(c);
        } else if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        before = single.then_some(c);
    }
    words.truncate(max);
    words
}

/// Tells whether a sign only changes the letter before it. Marks that are letters of their own, such as vowels of Indian scripts,
/// do more.
fn is_diacritic(c: char) -> bool {
    canonical_combining_class(c) != 0 || (is_combining_mark(c) && !c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        cut(text, 99, true)
    }

    #[test]
    fn words_are_folded_and_parted_by_whatever_is_no_letter() {
        assert_eq!(words("Café CRÈME"), ["cafe", "creme"]);
        assert_eq!(words("Cafe\u{301} ﬁne ２０２６"), ["cafe", "fine", "2026"]);
        assert_eq!(words("İstanbul's Straße"), ["istanbul", "s", "straße"]);
        assert_eq!(words("ΟΔΌΣ οδός"), ["οδοσ", "οδοσ"]);
        for text in ["rust\u{0}go $where a.b {x:1}", "rust\u{0}go $where a.b {x:1} …"] {
            assert_eq!(words(text), ["rust", "go", "where", "a", "b", "x", "1"]);
        }
        assert_eq!(words("हिन्दी ЁЖ مُحَمَّد"), ["हिनदी", "еж", "محمد"]);
        assert!(words(" \" - ^* \u{0} ….").is_empty());
        assert_eq!(cut("a b… c d", 2, true), ["a", "b"]);
    }

    #[test]
    fn letters_of_scripts_without_spaces_come_in_twos() {
        assert_eq!(words("東京に行く"), ["東京", "京に", "に行", "行く", "く"]);
        assert_eq!(
            words("AI助手, 人々 ｶﾅ"),
            ["ai", "助手", "手", "人々", "々", "カナ", "ナ"]
        );
        assert_eq!(words("เป็นไทย"), ["เป", "ปน", "นไ", "ไท", "ทย", "ย"]);
        assert_eq!(cut("東京に行く", 3, true), ["東京", "京に", "に行"]);
    }

    #[test]
    fn a_question_has_a_lone_letter_only_when_it_is_asked_alone() {
        assert_eq!(asked("東京 AI助手x"), ["東京", "ai", "助手", "x"]);
        assert_eq!(asked("京、東京に x 行"), ["京", "東京", "京に", "x", "行"]);
        assert_eq!(asked(&"w ".repeat(99)).len(), SEARCH_WORDS_MAX);
        assert_eq!(asked(&"東".repeat(99)).len(), SEARCH_WORDS_MAX);
    }
}
