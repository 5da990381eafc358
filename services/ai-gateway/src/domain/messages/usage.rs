//! Owns how Anthropic counts tokens: in parts, and more than once in a stream. Refuses to know prices.

use serde::Deserialize;

use crate::domain::delta::Usage;

/// `usage` of a message or of an event; what a later event leaves out holds on.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(crate) struct Counted {
    input_tokens: Option<u32>,
    cache_creation_input_tokens: Option<u32>,
    cache_read_input_tokens: Option<u32>,
    output_tokens: Option<u32>,
}

impl Counted {
    /// Tells whether it counts what was written.
    pub(crate) const fn has_written(&self) -> bool {
        self.output_tokens.is_some()
    }
}

impl Usage {
    /// Takes over what the provider has counted so far; its later counts replace the earlier ones.
    pub(crate) fn count(&mut self, counted: Option<Counted>) {
        let Some(counted) = counted else { return };
        let parts = [
            counted.input_tokens,
            counted.cache_creation_input_tokens,
            counted.cache_read_input_tokens,
        ];
        if counted.input_tokens.is_some() {
            self.prompt_tokens = parts.into_iter().flatten().fold(0, u32::saturating_add);
            self.cached_tokens = counted.cache_read_input_tokens.unwrap_or(0);
            self.cache_write_tokens = counted.cache_creation_input_tokens.unwrap_or(0);
        }
        self.completion_tokens = counted.output_tokens.unwrap_or(self.completion_tokens);
    }
}
