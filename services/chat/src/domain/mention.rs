//! Owns how `@handle` is found in a text. Refuses to know who has that handle.

/// How many different handles of one message are looked at.
pub(crate) const MENTIONS_MAX: usize = 50;
/// Shortest and longest handle, as sign-up allows them.
const HANDLE_CHARS: std::ops::RangeInclusive<usize> = 3..=30;

/// Returns the handles named with `@` in `text`, in lower case, each once, in order, at most [`MENTIONS_MAX`].
///
/// An `@` inside a word (an e-mail address) names nobody, and a handle ends where its characters `[A-Za-z0-9_]` end.
pub(crate) fn handles(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (at, sign) in text.match_indices('@') {
        let (before, after) = (
            text.get(..at).unwrap_or_default(),
            text.get(at + sign.len()..).unwrap_or_default(),
        );
        if before
            .chars()
            .next_back()
            .is_some_and(|c| c.is_alphanumeric() || c == '_')
        {
            continue;
        }
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
        assert_eq!(handles("@@scout!"), ["scout"]);
    }

    proptest! {
        #[test]
        fn any_text_yields_only_handles_that_stand_in_it(text in "\\PC*|[@a-zA-Z0-9_ é👍]{0,200}") {
            let found = handles(&text);
            prop_assert!(found.len() <= MENTIONS_MAX);
            for handle in found {
                prop_assert!((3..=30).contains(&handle.len()));
                let named = format!("@{handle}");
                prop_assert!(text.to_ascii_lowercase().contains(&named));
            }
        }

        #[test]
        fn a_handle_between_spaces_is_always_found(before in "[a-z ]{0,20}", handle in "[a-z0-9_]{3,30}", after in "[ .,!?][a-z ]{0,20}") {
            prop_assert_eq!(handles(&format!("{before} @{handle}{after}")), [handle]);
        }
    }
}
