//! Owns what becomes of a reply once its writing has ended. Refuses to know how it was written.

use contracts::chat::AiState;
use kernel::ErrorCode;

use crate::domain::sameness::is_same;

/// What an agent answers when it has nothing to add.
pub(crate) const PASS: &str = "PASS";
/// Signs that models put around it.
const AROUND_PASS: [char; 7] = ['*', '_', '`', '"', '\'', '.', '!'];
/// Most signs at the beginning that could still lead to it; with more, it is a text.
const SIGNS_MAX: usize = 3;

/// How the writing of a reply ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Close {
    /// The model had finished.
    Finished,
    /// A person stopped it.
    Cancelled,
    /// The provider failed.
    Failed(ErrorCode),
    /// A budget for AI is used up.
    OutOfBudget,
    /// Its hosts died too often.
    GivenUp,
    /// Nobody who is concerned holds the right to it.
    Refused(Unentitled),
}

/// Why an agent that is sold may not speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unentitled {
    /// Neither who asks nor who brought it in has bought it.
    Nobody,
    /// It is used in as many rooms as its holder may.
    Rooms,
    /// It has used as many tokens today as its holder may.
    Tokens,
    /// Its holder has no credit left for its messages.
    Credit,
    /// So many messages wait to be paid by its holder as may at once.
    Unpaid,
    /// Others have spent in this room today what who brought it in allows.
    Allowance,
}

impl Unentitled {
    /// Reads it from the code of a refusal; `None` for a failure of another kind.
    pub(crate) fn of(code: &str) -> Option<Self> {
        match code {
            "entitlement.none" => Some(Self::Nobody),
            "entitlement.rooms" => Some(Self::Rooms),
            "entitlement.tokens" => Some(Self::Tokens),
            "payments.no_credit" => Some(Self::Credit),
            "payments.too_many_holds" => Some(Self::Unpaid),
            _ => None,
        }
    }

    /// Says it for people.
    fn reason(self) -> &'static str {
        match self {
            Self::Nobody => "neither who asks nor who brought me in has bought me",
            Self::Rooms => "I am used in as many rooms already as was bought",
            Self::Tokens => "what was bought for today is used up",
            Self::Allowance => "what who brought me in lets others spend on me here in a day is spent",
            Self::Credit => "there is no credit left for my messages",
            Self::Unpaid => "too many messages are waiting to be paid; please try again in a moment",
        }
    }
}

/// How a run ends: its state, and the text of its message if there is to be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ending {
    pub(crate) state: AiState,
    pub(crate) message: Option<String>,
}

/// What a reply to an agent is held against: texts that to say again would only keep a cascade going.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said {
    pub(crate) texts: Vec<String>,
    /// Two texts that share so many percent of their pairs of words are the same.
    pub(crate) same_percent: u32,
}

impl Said {
    fn has(&self, text: &str) -> bool {
        self.texts.iter().any(|said| is_same(said, text, self.same_percent))
    }
}

/// Tells whether a text is `PASS`, with signs around it or not.
pub(crate) fn is_pass(text: &str) -> bool {
    let text = text.trim();
    could_become_pass(text) && text.trim_start_matches(AROUND_PASS).starts_with(PASS)
}

/// Tells whether a text, without white space at its ends, may still become `PASS`.
pub(crate) fn could_become_pass(text: &str) -> bool {
    let word = text.trim_start_matches(AROUND_PASS);
    if text.len() - word.len() > SIGNS_MAX {
        return false;
    }
    PASS.starts_with(word)
        || word
            .strip_prefix(PASS)
            .is_some_and(|rest| rest.trim_matches(AROUND_PASS).is_empty())
}

/// Decides how a moderator's call ends: its answer is kept, and says who speaks; in any other case nobody does.
pub(crate) fn moderation(close: Close, text: &str) -> Ending {
    let state = match close {
        Close::Finished => AiState::Complete,
        Close::Cancelled => AiState::Cancelled,
        Close::Failed(_) | Close::OutOfBudget | Close::GivenUp | Close::Refused(_) => AiState::Failed,
    };
    let answer = text.trim();
    let message = (close == Close::Finished && !answer.is_empty()).then(|| answer.to_owned());
    Ending { state, message }
}

/// Decides how a run ends. `before` is what must not be said again.
pub(crate) fn ending(close: Close, text: &str, before: &Said) -> Ending {
    let text = text.trim();
    // What could still have become `PASS` has been shown to nobody.
    let hidden = text.is_empty() || (close != Close::Finished && could_become_pass(text));
    let said = (!hidden).then(|| text.to_owned());
    let (state, message) = match close {
        Close::Finished if is_pass(text) || before.has(text) => (AiState::Complete, None),
        Close::Failed(_) | Close::OutOfBudget | Close::GivenUp if is_pass(text) => (AiState::Failed, None),
        Close::Finished => (AiState::Complete, said),
        Close::Cancelled => (AiState::Cancelled, said),
        Close::Failed(code) => (AiState::Failed, said.or_else(|| Some(apology(reason(code))))),
        Close::OutOfBudget => (
            AiState::Failed,
            said.or_else(|| Some(apology("the budget for AI answers is used up for now"))),
        ),
        Close::Refused(why) => (AiState::Failed, Some(apology(why.reason()))),
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said(close: Close, text: &str) -> (AiState, Option<String>) {
        let Ending { state, message } = ending(close, text, &Said::default());
        (state, message)
    }

    #[test]
    fn pass_and_nothing_end_without_a_message() {
        for text in ["PASS", " PASS\n", "", "  ", "**PASS**", "\"PASS\".", "PASS!"] {
            assert_eq!(said(Close::Finished, text), (AiState::Complete, None), "{text:?}");
        }
        assert!(!is_pass("****PASS"), "so many signs have been shown");
        for text in ["PASSWORD", "pass", "I PASS", "PASS the salt"] {
            assert_eq!(said(Close::Finished, text).1.as_deref(), Some(text));
        }
    }

    proptest! {
        /// Nothing of a text that is PASS is ever shown: each of its beginnings could still become it.
        #[test]
        fn every_beginning_of_pass_could_still_become_it(before in "[*_`\"']{0,3}", after in "[*_`\"'.!]{0,5}") {
            let text = format!("{before}{PASS}{after}");
            prop_assert!(is_pass(&text));
            for (at, _) in text.char_indices() {
                prop_assert!(could_become_pass(&text[..at]));
            }
            prop_assert!(could_become_pass(&text));
        }
    }

    #[test]
    fn pass_is_no_message_however_its_writing_ended() {
        for text in ["PASS", "PASS."] {
            assert_eq!(said(Close::Cancelled, text), (AiState::Cancelled, None), "{text}");
            assert_eq!(
                said(Close::Failed(ErrorCode::Upstream), text),
                (AiState::Failed, None),
                "{text}"
            );
            assert_eq!(said(Close::GivenUp, text), (AiState::Failed, None), "{text}");
        }
        assert_eq!(said(Close::Cancelled, "**PA"), (AiState::Cancelled, None));
        let apology = said(Close::GivenUp, "**PA").1;
        assert!(apology.is_some_and(|text| text.starts_with("I could not answer")));
        assert_eq!(said(Close::Cancelled, "PASS the").1.as_deref(), Some("PASS the"));
    }

    #[test]
    fn a_moderator_that_fails_names_nobody() {
        for close in [
            Close::Cancelled,
            Close::Failed(ErrorCode::Timeout),
            Close::OutOfBudget,
            Close::GivenUp,
        ] {
            assert_eq!(moderation(close, "sage").message, None, "{close:?}");
        }
        assert_eq!(moderation(Close::Finished, " sage\n").message.as_deref(), Some("sage"));
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
        let broke = said(Close::OutOfBudget, "").1;
        assert_eq!(
            broke.as_deref(),
            Some("I could not answer: the budget for AI answers is used up for now.")
        );
        assert_eq!(said(Close::GivenUp, "half a").0, AiState::Interrupted);
        assert_eq!(said(Close::GivenUp, "").0, AiState::Failed);
    }

    #[test]
    fn saying_nearly_the_same_again_ends_a_cascade() {
        let before = "I think that @muse is right about the tea, and the pot, and the cups that we have here!";
        let again = "I think that @muse is right about the tea and the pot and the cups that we have here.";
        let said = Said {
            texts: vec!["Something else.".into(), before.into()],
            same_percent: 90,
        };
        assert_eq!(ending(Close::Finished, again, &said).message, None);
        let other = ending(Close::Finished, "I disagree about the tea.", &said);
        assert!(other.message.is_some() && ending(Close::Cancelled, again, &said).message.is_some());
    }
}
