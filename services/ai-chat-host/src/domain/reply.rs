//! Owns what becomes of a reply once its writing has ended. Refuses to know how it was written.

use std::collections::HashSet;

use contracts::chat::AiState;
use kernel::ErrorCode;

/// What an agent answers when it has nothing to add.
pub(crate) const PASS: &str = "PASS";
/// Two texts that share so much of their pairs of words say the same.
const SAME_SHARE_MIN: f64 = 0.9;

/// How the writing of a reply ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Close {
    /// The model had finished.
    Finished,
    /// A person stopped it.
    Cancelled,
    /// The provider failed.
    Failed(ErrorCode),
    /// Its hosts died too often.
    GivenUp,
}

/// How a run ends: its state, and the text of its message if there is to be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ending {
    pub(crate) state: AiState,
    pub(crate) message: Option<String>,
}

/// Decides how a run ends. `before` is the agent's last message where saying it again would keep a cascade going.
pub(crate) fn ending(close: Close, text: &str, before: Option<&str>) -> Ending {
    let text = text.trim();
    let said = (!text.is_empty()).then(|| text.to_owned());
    let (state, message) = match close {
        Close::Finished if text == PASS || before.is_some_and(|before| is_same(before, text)) => {
            (AiState::Complete, None)
        }
        Close::Finished => (AiState::Complete, said),
        Close::Cancelled => (AiState::Cancelled, said),
        Close::Failed(code) => (AiState::Failed, said.or_else(|| Some(apology(reason(code))))),
        Close::GivenUp if said.is_none() => (AiState::Failed, Some(apology("I was interrupted too often"))),
        Close::GivenUp => (AiState::Interrupted, said),
    };
    Ending { state, message }
}

fn apology(reason: &str) -> String {
    format!("I could not answer: {reason}.")
}

/// Says for people why a model gave nothing.
fn reason(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::RateLimited => "the limit for AI answers is reached for now",
        ErrorCode::Unavailable => "the AI model is busy; please try again in a moment",
        ErrorCode::Timeout => "the AI model took too long",
        ErrorCode::Upstream => "the AI provider failed",
        ErrorCode::NotFound | ErrorCode::Invalid | ErrorCode::Forbidden | ErrorCode::Unauthenticated => {
            "my AI model is not set up rightly"
        }
        _ => "something went wrong on our side",
    }
}

/// Tells whether two texts say the same, up to case, signs and a word here and there.
fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (words(one), words(other));
    if one == other {
        return true;
    }
    let (a, b) = (pairs(&one), pairs(&other));
    let shared = a.intersection(&b).count();
    let all = a.len() + b.len() - shared;
    all > 0 && shared as f64 / all as f64 >= SAME_SHARE_MIN
}

fn words(text: &str) -> Vec<String> {
    let clean = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    clean.map(str::to_lowercase).collect()
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
    use super::*;

    fn said(close: Close, text: &str) -> (AiState, Option<String>) {
        let Ending { state, message } = ending(close, text, None);
        (state, message)
    }

    #[test]
    fn pass_and_nothing_end_without_a_message() {
        for text in ["PASS", " PASS\n", "", "  "] {
            assert_eq!(said(Close::Finished, text), (AiState::Complete, None), "{text:?}");
        }
        assert_eq!(said(Close::Finished, "PASSWORD").1.as_deref(), Some("PASSWORD"));
    }

    #[test]
    fn what_was_said_before_a_stop_or_a_failure_stays() {
        assert_eq!(
            said(Close::Cancelled, "half a"),
            (AiState::Cancelled, Some("half a".into()))
        );
        assert_eq!(said(Close::Cancelled, ""), (AiState::Cancelled, None));
        assert_eq!(
            said(Close::Failed(ErrorCode::Upstream), "half a").1.as_deref(),
            Some("half a")
        );
        let apology = said(Close::Failed(ErrorCode::Timeout), "");
        assert_eq!(
            apology,
            (
                AiState::Failed,
                Some("I could not answer: the AI model took too long.".into())
            )
        );
        assert_eq!(said(Close::GivenUp, "half a").0, AiState::Interrupted);
        assert_eq!(said(Close::GivenUp, "").0, AiState::Failed);
    }

    #[test]
    fn saying_nearly_the_same_again_ends_a_cascade() {
        let before = "I think that @muse is right about the tea, and the pot, and the cups that we have here!";
        let again = "I think that @muse is right about the tea and the pot and the cups that we have here.";
        assert_eq!(ending(Close::Finished, again, Some(before)).message, None);
        assert!(
            ending(Close::Finished, "I disagree about the tea.", Some(before))
                .message
                .is_some()
        );
        assert!(ending(Close::Cancelled, again, Some(before)).message.is_some());
    }
}
