//! Owns the reactions to one message: which emoji, by whom, how many. Refuses to know the message.

use contracts::chat::Reaction;
use kernel::UserId;
use serde::{Deserialize, Serialize};

use crate::error::ChatError;

/// How many kinds of reactions a message may have.
pub(crate) const KINDS_MAX: usize = 20;
/// How many people may react in one kind.
pub(crate) const PEOPLE_MAX: usize = 500;
/// How many people an event names.
pub(crate) const SHOWN_MAX: usize = 20;
/// Longest emoji, in characters: a family with skin tones is 11.
pub(crate) const EMOJI_CHARS_MAX: usize = 16;

/// One kind of reaction and who chose it, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Kind {
    emoji: String,
    user_ids: Vec<UserId>,
}

/// All reactions to a message, oldest kind first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Reactions(Vec<Kind>);

/// For whose eyes reactions are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Eyes {
    /// One frame for everybody: who reacted, up to 20.
    Everybody,
    /// One reader: whether it is theirs.
    Of(UserId),
}

impl Reactions {
    /// Tells whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds one; tells whether anything changed.
    pub(crate) fn add(&mut self, user: UserId, emoji: &str) -> Result<bool, ChatError> {
        let kinds = self.0.len();
        match self.0.iter_mut().find(|k| k.emoji == emoji) {
            Some(kind) if kind.user_ids.contains(&user) => Ok(false),
            Some(kind) if kind.user_ids.len() >= PEOPLE_MAX => Err(ChatError::LimitReached {
                what: "people with one reaction",
                max: PEOPLE_MAX,
            }),
            Some(kind) => {
                kind.user_ids.push(user);
                Ok(true)
            }
            None if kinds >= KINDS_MAX => Err(ChatError::LimitReached {
                what: "kinds of reactions to a message",
                max: KINDS_MAX,
            }),
            None => {
                self.0.push(Kind {
                    emoji: emoji.to_owned(),
                    user_ids: vec![user],
                });
                Ok(true)
            }
        }
    }

    /// Takes one back; tells whether anything changed.
    pub(crate) fn remove(&mut self, user: UserId, emoji: &str) -> bool {
        let Some(kind) = self.0.iter_mut().find(|k| k.emoji == emoji) else {
            return false;
        };
        let before = kind.user_ids.len();
        kind.user_ids.retain(|u| *u != user);
        let changed = kind.user_ids.len() < before;
        self.0.retain(|k| !k.user_ids.is_empty());
        changed
    }

    /// Writes them out for `eyes`.
    pub(crate) fn seen_by(&self, eyes: Eyes) -> Vec<Reaction> {
        let write = |kind: &Kind| Reaction {
            emoji: kind.emoji.clone(),
            count: u32::try_from(kind.user_ids.len()).unwrap_or(u32::MAX),
            mine: if let Eyes::Of(user) = eyes {
                Some(kind.user_ids.contains(&user))
            } else {
                None
            },
            user_ids: (eyes == Eyes::Everybody).then(|| kind.user_ids.iter().take(SHOWN_MAX).copied().collect()),
        };
        self.0.iter().map(write).collect()
    }
}

/// Fails with `Invalid` unless `emoji` is 1-16 visible characters.
pub(crate) fn check_emoji(emoji: &str) -> Result<(), ChatError> {
    let length = emoji.chars().take(EMOJI_CHARS_MAX + 1).count();
    if length == 0 || length > EMOJI_CHARS_MAX || emoji.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(ChatError::invalid(
            "emoji",
            format!("is not 1-{EMOJI_CHARS_MAX} visible characters"),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use kernel::Ambient;
    use proptest::prelude::*;

    use super::*;

    fn person() -> UserId {
        Ambient::system().id()
    }

    #[test]
    fn a_person_counts_once_and_the_last_one_takes_the_kind_away() {
        let (ada, bob, mut all) = (person(), person(), Reactions::default());
        assert!(all.add(ada, "👍").unwrap() && !all.add(ada, "👍").unwrap() && all.add(bob, "👍").unwrap());
        let seen = all.seen_by(Eyes::Of(ada));
        assert_eq!(
            (seen[0].count, seen[0].mine, seen[0].user_ids.clone()),
            (2, Some(true), None)
        );
        assert_eq!(all.seen_by(Eyes::Everybody)[0].user_ids, Some(vec![ada, bob]));
        assert!(all.remove(ada, "👍") && !all.remove(ada, "👍") && all.remove(bob, "👍"));
        assert!(all.is_empty());
    }

    #[test]
    fn kinds_and_people_have_an_end() {
        let mut all = Reactions::default();
        for n in 0..KINDS_MAX {
            all.add(person(), &n.to_string()).unwrap();
        }
        assert!(all.add(person(), "one more").is_err());
        for _ in 1..PEOPLE_MAX {
            all.add(person(), "0").unwrap();
        }
        assert!(all.add(person(), "0").is_err());
        assert_eq!(
            all.seen_by(Eyes::Everybody)[0].user_ids.as_ref().unwrap().len(),
            SHOWN_MAX
        );
    }

    proptest! {
        #[test]
        fn an_accepted_emoji_is_short_and_visible(emoji in "\\PC{0,20}|[\\x00-\\x20a👍]{0,20}") {
            if check_emoji(&emoji).is_ok() {
                prop_assert!((1..=16).contains(&emoji.chars().count()));
                prop_assert_eq!(emoji.trim(), &emoji);
            }
        }
    }
}
