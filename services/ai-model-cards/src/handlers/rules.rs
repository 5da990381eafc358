//! Owns the rules of fields that several requests have. Refuses to know the requests.

use contracts::ai_model_cards::Scope;
use serde::{Deserialize, Deserializer};

use crate::domain::content::{SAMPLE_PROMPT_CHARS_MAX, SAMPLE_PROMPTS_MAX, SCOPE_ROOMS_MAX, TAG_CHARS_MAX, TAGS_MAX};
use crate::domain::handle::is_handle;

fn refuse(words: impl std::fmt::Display) -> garde::Result {
    Err(garde::Error::new(words.to_string()))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "garde passes the context so")]
pub(crate) fn a_handle(handle: &str, _: &()) -> garde::Result {
    match is_handle(handle) {
        true => Ok(()),
        false => refuse("must be 3 to 30 of [a-z0-9_]"),
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "garde passes the context so")]
pub(crate) fn plain(name: &str, _: &()) -> garde::Result {
    match !name.trim().is_empty() && !name.chars().any(char::is_control) {
        true => Ok(()),
        false => refuse("must not be blank or hold control characters"),
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "garde passes the context so")]
pub(crate) fn filled(text: &str, _: &()) -> garde::Result {
    match text.trim().is_empty() {
        false => Ok(()),
        true => refuse("must not be blank"),
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "garde passes the context so")]
#[expect(clippy::ptr_arg, reason = "garde passes the field so")]
pub(crate) fn few_tags(tags: &Vec<String>, _: &()) -> garde::Result {
    let fits = |tag: &String| {
        let chars = tag.trim().chars().count();
        (1..=TAG_CHARS_MAX).contains(&chars) && !tag.chars().any(char::is_control)
    };
    match tags.len() <= TAGS_MAX && tags.iter().all(fits) {
        true => Ok(()),
        false => refuse(format!(
            "must be at most {TAGS_MAX} tags of 1 to {TAG_CHARS_MAX} characters"
        )),
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "garde passes the context so")]
#[expect(clippy::ptr_arg, reason = "garde passes the field so")]
pub(crate) fn few_prompts(prompts: &Vec<String>, _: &()) -> garde::Result {
    let fits = |prompt: &String| !prompt.trim().is_empty() && prompt.chars().count() <= SAMPLE_PROMPT_CHARS_MAX;
    match prompts.len() <= SAMPLE_PROMPTS_MAX && prompts.iter().all(fits) {
        true => Ok(()),
        false => refuse(format!(
            "must be at most {SAMPLE_PROMPTS_MAX} prompts of 1 to {SAMPLE_PROMPT_CHARS_MAX} characters"
        )),
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "garde passes the context so")]
pub(crate) fn a_scope(scope: &Scope, _: &()) -> garde::Result {
    let rooms = scope
        .rooms_max
        .is_none_or(|rooms| (1..=SCOPE_ROOMS_MAX).contains(&rooms));
    match rooms && scope.tokens_per_day_max != Some(0) {
        true => Ok(()),
        false => refuse(format!("must be 1 to {SCOPE_ROOMS_MAX} rooms and at least 1 token")),
    }
}

/// Tells "null" from "absent".
pub(crate) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(d: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(d).map(Some)
}
