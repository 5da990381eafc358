//! Owns the hiding of the debaters' names in what they say, piece by piece. Refuses to tell whose name it was: the mask is
//! the same for all.
//!
//! A name is a whole word or several, in any case, whatever white space, `_`, `-` or `*` is between its words, if anything,
//! and whatever invisible signs within. Where a word ends is known only in scripts that put spaces between words: in the
//! others, and beside them, a name is one wherever it stands. A name may be cut by the end of a piece: what could still become one is held back.

/// What stands for a name.
pub(crate) const MASK: &str = "[debater]";
/// Shorter names are words like any other.
const NAME_CHARS_MIN: usize = 2;

/// Names, and text that waits for what follows it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mask {
    names: Vec<Vec<char>>,
    held: Vec<char>,
    /// The last character that was let through.
    before: Option<char>,
}

enum Fit {
    No,
    /// It may become the name.
    Perhaps,
    /// It is, up to here.
    Yes(usize),
}

impl Mask {
    /// Begins with these names.
    pub(crate) fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut mask = Self::default();
        names.into_iter().for_each(|name| mask.add(name));
        mask
    }

    /// Hides a further name from now on.
    pub(crate) fn add(&mut self, name: &str) {
        let words: Vec<&str> = name.split(is_between).filter(|word| !word.is_empty()).collect();
        let plain: Vec<char> = words.join(" ").chars().flat_map(char::to_lowercase).collect();
        if plain.len() < NAME_CHARS_MIN {
            return;
        }
        let mentioned = ['@'].into_iter().chain(plain.iter().copied()).collect();
        self.names.extend([mentioned, plain]);
    }

    /// Hides a model's name, unless it is a common word.
    pub(crate) fn add_model(&mut self, model: &str) {
        let is_telling = |name: &str| name.contains(|c: char| c.is_ascii_digit() || "-/:".contains(c));
        let last = model.rsplit('/').next().unwrap_or_default();
        for name in [model, last].into_iter().filter(|name| is_telling(name)) {
            self.add(name);
        }
    }

    /// Takes a piece; returns what may be shown by now.
    pub(crate) fn push(&mut self, piece: &str) -> String {
        self.held.extend(piece.chars());
        self.release(false)
    }

    /// Returns what is left, at the end.
    pub(crate) fn finish(&mut self) -> String {
        self.release(true)
    }

    fn release(&mut self, is_end: bool) -> String {
        let (mut shown, mut at) = (String::new(), 0);
        while let Some(c) = self.held.get(at).copied() {
            match self.find(at, is_end) {
                Fit::Perhaps => break,
                Fit::Yes(end) => {
                    shown.push_str(MASK);
                    self.before = Some(']');
                    at = end;
                }
                Fit::No => {
                    shown.push(c);
                    self.before = Some(c);
                    at += 1;
                }
            }
        }
        self.held.drain(..at);
        shown
    }

    /// Looks for the longest name that begins at `at`.
    fn find(&self, at: usize, is_end: bool) -> Fit {
        let rest = self.held.get(at..).unwrap_or_default();
        let mut longest = None;
        for name in &self.names {
            let first = name.iter().copied().find(|c| *c != '@');
            if goes_on(self.before, first) {
                continue;
            }
            match fit(name, rest, is_end) {
                Fit::Perhaps => return Fit::Perhaps,
                Fit::Yes(end) => longest = longest.max(Some(at + end)),
                Fit::No => {}
            }
        }
        longest.map_or(Fit::No, Fit::Yes)
    }
}

fn fit(name: &[char], text: &[char], is_end: bool) -> Fit {
    let unknown = if is_end { Fit::No } else { Fit::Perhaps };
    let mut at = 0;
    let skip = |at: &mut usize, skips: fn(char) -> bool| {
        while text.get(*at).copied().is_some_and(skips) {
            *at += 1;
        }
    };
    for (nth, letter) in name.iter().enumerate() {
        if *letter == ' ' {
            skip(&mut at, is_between);
            continue;
        }
        if nth > 0 {
            skip(&mut at, is_invisible);
        }
        let Some(c) = text.get(at) else { return unknown };
        if !c.to_lowercase().eq(letter.to_lowercase()) {
            return Fit::No;
        }
        at += 1;
    }
    match text.get(at).copied() {
        None if !is_end => Fit::Perhaps,
        next if goes_on(next, name.last().copied()) => Fit::No,
        _ => Fit::Yes(at),
    }
}

/// Tells whether a name and what stands beside it are one word, by the letter at its edge.
fn goes_on(beside: Option<char>, edge: Option<char>) -> bool {
    beside.is_some_and(|c| c.is_alphanumeric() && !is_unspaced(c)) && !edge.is_some_and(is_unspaced)
}

/// Tells whether a letter is of a script that puts no spaces between words, or, as Hangul, writes particles against them.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' // Thai, Lao
        | '\u{1000}'..='\u{109f}' | '\u{a9e0}'..='\u{a9ff}' | '\u{aa60}'..='\u{aa7f}' // Burmese
        | '\u{1780}'..='\u{17ff}' // Khmer
        | '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}' // Hangul
        | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{1aff0}'..='\u{1b16f}' // Hiragana, Katakana
        | '\u{ff66}'..='\u{ffdc}' // Katakana and Hangul of half width
        | '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' // Han
    )
}

fn is_between(c: char) -> bool {
    c.is_whitespace() || "_-*".contains(c) || is_invisible(c)
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn masked(pieces: &[&str]) -> String {
        let mut mask = Mask::new(["sage", "Deep Thought", "A"]);
        mask.add_model("acme/gpt-9");
        let shown: String = pieces.iter().map(|piece| mask.push(piece)).collect();
        shown + &mask.finish()
    }

    #[test]
    fn names_are_hidden_in_any_spelling_and_other_words_are_not() {
        for (said, shown) in [
            ("I am SAGE, truly.", "I am [debater], truly."),
            ("@sage's view", "[debater]'s view"),
            ("deep\n thought and Deep_Thought.", "[debater] and [debater]."),
            ("DeepThought!", "[debater]!"),
            ("deep thoughts, passage, sages", "deep thoughts, passage, sages"),
            ("S\u{200b}age", "[debater]"),
            ("I run on acme/gpt-9 or GPT-9.", "I run on [debater] or [debater]."),
            ("A plan", "A plan"),
            ("sage", "[debater]"),
            ("deep", "deep"),
        ] {
            assert_eq!(masked(&[said]), shown);
        }
    }

    #[test]
    fn scripts_without_spaces_write_against_a_name_and_it_is_hidden_all_the_same() {
        for (said, shown) in [
            ("私はSageです", "私は[debater]です"),
            ("我是Sage的", "我是[debater]的"),
            ("Sage는 그렇게", "[debater]는 그렇게"),
            ("ผมชื่อSageครับ", "ผมชื่อ[debater]ครับ"),
            ("我是小明认为", "我是[debater]认为"),
            ("so小明says", "so[debater]says"),
            ("我@Sage的", "我[debater]的"),
            ("我是Sagebrush的", "我是Sagebrush的"),
            ("Sagebrush, a passage", "Sagebrush, a passage"),
        ] {
            let mut mask = Mask::new(["Sage", "小明"]);
            assert_eq!(mask.push(said) + &mask.finish(), shown);
        }
    }

    #[test]
    fn what_could_become_a_name_is_held_back() {
        let mut mask = Mask::new(["Deep Thought"]);
        assert_eq!(mask.push("I am deep"), "I am ");
        assert_eq!(mask.push(" thou"), "");
        assert_eq!(mask.push("gh and"), "deep though and");
    }

    proptest! {
        #[test]
        fn it_does_not_matter_how_a_text_is_cut(words in prop::collection::vec("sage|Sage|deep|thought|@| |\\n|_|-|x|é|は|gpt-9|\\.", 0..30), cuts in any::<u64>()) {
            let whole = words.concat();
            let mut pieces = vec![String::new()];
            for (at, c) in whole.chars().enumerate() {
                if cuts >> (at % 64) & 1 == 1 {
                    pieces.push(String::new());
                }
                pieces.last_mut().unwrap().push(c);
            }
            let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
            prop_assert_eq!(masked(&pieces), masked(&[&whole]));
        }
    }
}
