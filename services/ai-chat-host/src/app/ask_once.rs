//! Owns one call of a model whose answer is wanted whole: of nobody's turn, shown to nobody while it is written. Refuses to know what it is for.

use std::time::Duration;

use contracts::ai_gateway::{Completion, Piece, Principal};
use futures::StreamExt as _;
use kernel::{ErrorCode, Fault};

use crate::app::App;
use crate::domain::window::{estimate, estimate_turns};

/// A provider that does not keep to the tokens of a call is not listened to after so many characters a token.
const CHARS_PER_TOKEN_MAX: usize = 8;

/// What a model has said.
#[derive(Debug, Default)]
pub(crate) struct Whole {
    pub(crate) text: String,
    /// Tokens read and written, estimated where the call did not come to its end.
    pub(crate) tokens: u32,
}

impl App {
    /// Asks a model within `limit`. What came until a failure is in `whole` all the same, for it was used.
    pub(crate) async fn ask_once(
        &self,
        principal: Principal,
        completion: Completion,
        limit: Duration,
        whole: &mut Whole,
    ) -> Result<(), Fault> {
        let tokens_max = usize::try_from(completion.max_tokens).unwrap_or(usize::MAX);
        let chars_max = tokens_max.saturating_mul(CHARS_PER_TOKEN_MAX);
        let prompt = estimate_turns(&completion.turns);
        let asked = async {
            let mut pieces = self.gateway.stream(principal, completion).await?;
            while let Some(piece) = pieces.next().await {
                match piece? {
                    Piece::Began { .. } => whole.tokens = prompt,
                    Piece::Text { text } => {
                        whole.text.push_str(&text);
                        whole.tokens = prompt.saturating_add(estimate(&whole.text));
                    }
                    Piece::Ended {
                        prompt_tokens,
                        completion_tokens,
                        ..
                    } => {
                        whole.tokens = prompt_tokens.saturating_add(completion_tokens);
                        return Ok(());
                    }
                }
                if whole.text.chars().count() > chars_max {
                    return Ok(());
                }
            }
            Err(Fault::new(ErrorCode::Upstream, "ai.broke_off", "The model broke off."))
        };
        tokio::time::timeout(limit, asked).await.unwrap_or_else(|_| {
            let late = Fault::new(ErrorCode::Timeout, "ai.too_slow", "The model took too long.");
            Err(late)
        })
    }
}
