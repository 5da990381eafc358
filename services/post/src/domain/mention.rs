//! Owns how `@handle` is found in a text. Refuses to know who has that handle.

use kernel::UserId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How many different handles of one text are looked at.
pub(crate) const MENTIONS_MAX: usize = 20;
/// Shortest and longest handle, as sign-up allows them.
const HANDLE_CHARS: std::ops::RangeInclusive<usize> = 3..=30;

/// Somebody who is named in a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PostMention)]
pub(crate) struct Mention {
    /// Who.
    pub(crate) user_id: UserId,
    /// The handle that stands in the text, in lower case.
    pub(crate) handle: String,
}

/// Returns the handles named with `@` in `text`, in lower case, each once, in order, at most [`MENTIONS_MAX`].
///
/// An `@` inside a word (an e-mail address) names nobody, and a handle ends where its characters `[A-Za-z0-9_]` end.
pub(crate) fn handles(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        let inside = before.is_some_and(|b| b.is_alphanumeric() || b == '_');
        before = Some(c);
        if c != '@' || inside {
            continue;
        }
        let after = text.get(at + c.len_utf8()..).unwrap_or_default();
        // One more than the longest handle, so that a longer word is seen to be none.
        let word = after
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
            .take(HANDLE_CHARS.end() + 1);
        let handle: String = word.map(|c| c.to_ascii_lowercase()).collect();
        if HANDLE_CHARS.contains(&handle.len()) && !found.contains(&handle) {
            found.push(handle);
            if found.len() == MENTIONS_MAX {
                break;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn handles_stand_anywhere_but_inside_words() {
        assert_eq!(
            handles("@ada, (@Grace) and @ada again: hi@sage.com é@muse"),
            ["ada", "grace"]
        );
        assert_eq!(handles("no one @ all, @ab too short, ends with @sage"), ["sage"]);
        assert_eq!(handles(&format!("@{}", "x".repeat(31))), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn any_text_yields_few_handles_and_only_such_as_stand_in_it(text in "\\PC*|[@a-zA-Z0-9_ é👍]{0,200}") {
            let found = handles(&text);
            prop_assert!(found.len() <= MENTIONS_MAX);
            for handle in found {
                let named = format!("@{handle}");
                prop_assert!(text.to_ascii_lowercase().contains(&named));
            }
        }
    }
}
