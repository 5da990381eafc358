//! Owns the text of a reply while it is being written, and which part of it may be shown. Refuses to know when.
//!
//! What has been shown is always a beginning of the text. White space at either end is never shown, nothing is while the
//! text could still become `PASS`, and no last line that is, or could still become, one to be remembered: so what was
//! streamed, put together, is exactly the message that follows.

use crate::domain::memory::notes_begin;
use crate::domain::reply::could_become_pass;

/// Longest text of an agent's message, in characters.
pub(crate) const TEXT_CHARS_MAX: usize = 32_000;

/// A reply being written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    text: String,
    chars: usize,
    shown_bytes: usize,
    shown_chars: usize,
    /// Whether the model has finished: what could still have become something else has not.
    finished: bool,
}

/// Characters of a reply from `pos` on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Delta {
    pub(crate) pos: usize,
    pub(crate) text: String,
}

impl Draft {
    /// Adds what a model has written; `false` when the text is full, and the rest was dropped.
    pub(crate) fn push(&mut self, piece: &str) -> bool {
        let piece = if self.text.is_empty() {
            piece.trim_start()
        } else {
            piece
        };
        let room = TEXT_CHARS_MAX - self.chars;
        let cut = piece.char_indices().nth(room).map(|(at, _)| at);
        let fits = cut.map_or(piece, |at| piece.get(..at).unwrap_or_default());
        self.text.push_str(fits);
        self.chars += fits.chars().count();
        cut.is_none()
    }

    /// Notes that the model has finished: nothing more comes.
    pub(crate) fn finish(&mut self) {
        self.finished = true;
    }

    /// Returns what is said so far, without white space at its ends and without what is, or may become, lines to be remembered.
    pub(crate) fn text(&self) -> &str {
        let said = self.text.get(..notes_begin(&self.text, !self.finished));
        said.unwrap_or_default().trim_end()
    }

    /// Returns the last lines, which are to be remembered; empty unless the model has finished.
    pub(crate) fn notes(&self) -> &str {
        let begin = if self.finished {
            notes_begin(&self.text, false)
        } else {
            self.text.len()
        };
        self.text.get(begin..).unwrap_or_default()
    }

    /// Returns everything that was written, which is what counts as used.
    pub(crate) fn written(&self) -> &str {
        &self.text
    }

    /// Returns what has been shown.
    pub(crate) fn shown(&self) -> &str {
        self.text.get(..self.shown_bytes).unwrap_or_default()
    }

    /// Tells whether there is something new that may be shown.
    pub(crate) fn has_news(&self) -> bool {
        let text = self.text();
        text.len() > self.shown_bytes && !could_become_pass(text)
    }

    /// Shows what is new, if anything may be.
    pub(crate) fn show(&mut self) -> Option<Delta> {
        if !self.has_news() {
            return None;
        }
        let text = self.text().get(self.shown_bytes..)?.to_owned();
        let pos = self.shown_chars;
        self.shown_bytes += text.len();
        self.shown_chars += text.chars().count();
        Some(Delta { pos, text })
    }

    /// Shows the rest of a reply that ended otherwise than with `PASS`, even when it is a beginning of that word.
    pub(crate) fn show_all(&mut self) -> Option<Delta> {
        let text = self
            .text()
            .get(self.shown_bytes..)
            .filter(|rest| !rest.is_empty())?
            .to_owned();
        let pos = self.shown_chars;
        self.shown_bytes += text.len();
        self.shown_chars += text.chars().count();
        Some(Delta { pos, text })
    }
}

/// Puts a text together from what was kept of it and the deltas that followed; a gap ends it.
pub(crate) fn resumed(kept: &str, deltas: impl IntoIterator<Item = Delta>) -> String {
    let mut text = kept.to_owned();
    let mut chars = text.chars().count();
    for delta in deltas {
        let Some(known) = chars.checked_sub(delta.pos) else {
            break;
        };
        let rest: String = delta.text.chars().skip(known).collect();
        chars += rest.chars().count();
        text.push_str(&rest);
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pass_is_never_shown_and_a_word_that_begins_like_it_is() {
        let mut draft = Draft::default();
        for piece in [" ", "P", "AS", "S", "\n"] {
            draft.push(piece);
            assert_eq!(draft.show(), None);
        }
        draft.push("word");
        assert_eq!(
            draft.show(),
            Some(Delta {
                pos: 0,
                text: "PASS\nword".into()
            })
        );
    }

    #[test]
    fn a_text_is_cut_at_its_longest() {
        let mut draft = Draft::default();
        assert!(draft.push(&"é".repeat(TEXT_CHARS_MAX)));
        assert!(!draft.push("x"));
        assert_eq!(draft.text().chars().count(), TEXT_CHARS_MAX);
    }

    #[test]
    fn a_line_that_is_to_be_remembered_is_never_shown_not_even_its_first_letter() {
        let mut draft = Draft::default();
        let mut seen = String::new();
        for letter in "Hi Ada.\nREMEMBER: Ada likes tea\nREMEM".chars() {
            draft.push(&letter.to_string());
            seen.extend(draft.show().map(|d| d.text));
        }
        assert_eq!((seen.as_str(), draft.text(), draft.notes()), ("Hi Ada.", "Hi Ada.", ""));
        draft.push("BER: and cake");
        draft.finish();
        assert_eq!(
            (draft.text(), draft.notes()),
            ("Hi Ada.", "REMEMBER: Ada likes tea\nREMEMBER: and cake")
        );
        assert_eq!(draft.show_all(), None);
    }

    #[test]
    fn what_only_looked_like_a_note_is_shown_in_the_end() {
        for (text, rest) in [("a\nREMEM", "\nREMEM"), ("a\nREMEMBER: b\nc", "\nREMEMBER: b\nc")] {
            let mut draft = Draft::default();
            draft.push("a");
            assert_eq!(draft.show().map(|d| d.text).as_deref(), Some("a"));
            draft.push(text.strip_prefix('a').unwrap());
            draft.finish();
            assert_eq!(
                (draft.show_all().map(|d| d.text).as_deref(), draft.text()),
                (Some(rest), text)
            );
        }
    }

    proptest! {
        #[test]
        fn what_was_shown_is_the_text(
            pieces in prop::collection::vec("[PAS é👍\n]{0,4}|\\PC{0,8}|\nREM|EMBER|: x|\nREMEMBER: y|\n", 0..40),
            shows in any::<u64>(), finished in any::<bool>(),
        ) {
            let (mut draft, mut seen, mut deltas) = (Draft::default(), String::new(), Vec::new());
            for (at, piece) in pieces.iter().enumerate() {
                draft.push(piece);
                let delta = (shows >> (at % 64) & 1 == 1).then(|| draft.show()).flatten();
                if let Some(delta) = delta {
                    prop_assert_eq!(delta.pos, seen.chars().count());
                    seen.push_str(&delta.text);
                    deltas.push(delta);
                }
                prop_assert_eq!(draft.shown(), &seen);
            }
            if finished {
                draft.finish();
            }
            if let Some(delta) = draft.show_all() {
                seen.push_str(&delta.text);
                deltas.push(delta);
            }
            let all = pieces.concat();
            let all = all.trim_start();
            prop_assert_eq!(&seen, all[..notes_begin(all, !finished)].trim_end());
            prop_assert_eq!(&seen, draft.text());
            for cut in 0..=seen.chars().count() {
                let kept: String = seen.chars().take(cut).collect();
                prop_assert_eq!(&resumed(&kept, deltas.clone()), &seen);
            }
        }
    }
}
