//! Owns the marks around text that a model must not take for an instruction. Refuses to know what stands between them.
//!
//! `<<kind word name="…">>`, the text, `<<end word>>`. The word is random, new for each frame, and never one that occurs in
//! the text: so no text can end its own frame, whatever it holds, even one who had guessed or seen a word.

/// How many words are drawn before one is made longer than the text.
const DRAWS_MAX: usize = 8;

/// What stands between marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// What another agent wrote.
    Agent,
    /// What a model wrote of older messages.
    Summary,
    /// What the agent itself has noted.
    Memory,
    /// What agents' owners say of them.
    Agents,
    /// What another side of a debate said.
    Side,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Summary => "summary",
            Self::Memory => "memory",
            Self::Agents => "agents",
            Self::Side => "side",
        }
    }
}

/// Puts `text` between marks. `name` must be [`clean`]; `word` gives a new unguessable word each time.
pub(crate) fn frame(kind: Kind, name: Option<&str>, text: &str, word: &mut impl FnMut() -> String) -> String {
    let (kind, word) = (kind.name(), fresh(text, word));
    let name = name.map(|name| format!(" name=\"{name}\"")).unwrap_or_default();
    format!("<<{kind} {word}{name}>>\n{text}\n<<end {word}>>")
}

/// Draws a word that does not occur in `text`.
fn fresh(text: &str, word: &mut impl FnMut() -> String) -> String {
    let mut drawn = word();
    for _ in 1..DRAWS_MAX {
        if !text.contains(&drawn) {
            return drawn;
        }
        drawn = word();
    }
    // At the latest a word that is longer than the text is not in it.
    while text.contains(&drawn) {
        drawn.push('x');
    }
    drawn
}

/// Leaves out of a name what could be taken for our own signs; at most `chars_max` characters.
pub(crate) fn clean(name: &str, chars_max: usize) -> String {
    name.chars()
        .filter(|c| !c.is_control() && !"<>\":".contains(*c))
        .take(chars_max)
        .collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads a frame as a careful reader does: what stands before the first line that ends it, and what comes after.
    pub(crate) fn read(framed: &str) -> Option<(&str, &str)> {
        let (mark, rest) = framed.strip_prefix("<<")?.split_once(">>\n")?;
        let word = mark.split(' ').nth(1)?;
        rest.split_once(&format!("\n<<end {word}>>"))
    }

    proptest! {
        /// Whatever a text holds, its own marks and words that were or will be drawn among it: it is read back whole, and
        /// nothing of it stands outside.
        #[test]
        fn no_text_ends_its_own_frame(
            parts in prop::collection::vec("<<end w[0-9]>>|\n<<end w[0-9]x{0,3}>>\n|<<agent w1 name=\"A\">>|\\PC{0,9}|\n|w", 0..12),
            from in 0_u32..10, always_the_same in any::<bool>(),
        ) {
            let text = parts.concat();
            let mut count = from;
            let framed = frame(Kind::Agent, Some("Muse"), &text, &mut || {
                count += u32::from(!always_the_same);
                format!("w{count}")
            });
            prop_assert_eq!(read(&framed), Some((text.as_str(), "")));
        }

        #[test]
        fn a_clean_name_holds_none_of_our_signs(name in "\\PC{0,80}|[<>\":\n]{0,9}") {
            let clean = clean(&name, 60);
            prop_assert!(!clean.contains(['<', '>', '"', ':', '\n']) && clean.chars().count() <= 60);
        }
    }
}
