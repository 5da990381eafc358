//! Owns the names by which revisions are mentioned, and who has them. Refuses to know the names of people.

use kernel::{CardId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Document, Index};

/// Shortest and longest handle.
pub(crate) const HANDLE_CHARS: std::ops::RangeInclusive<usize> = 3..=30;

/// A card's claim on a handle. It is kept for as long as the card is, so that a mention never means another agent.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Claim {
    pub(crate) handle: String,
    pub(crate) card_id: CardId,
    pub(crate) at: Timestamp,
}

impl Document for Claim {
    const COLLECTION: &'static str = "handles";
    const INDEXES: &'static [Index] = &[Index::plain("card", &["cardId"])];
    fn id(&self) -> String {
        self.handle.clone()
    }
}

/// Tells whether it is 3 to 30 of `[a-z0-9_]`.
pub(crate) fn is_handle(text: &str) -> bool {
    HANDLE_CHARS.contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// Returns the handles that a revision may have, the best first: the card's own for the first revision; `handle_v2` for the
/// second, cut to fit; then the same with more and more of the card's id, which at last is nobody else's.
pub(crate) fn candidates(handle: &str, card: CardId, revision: u32) -> Vec<String> {
    if revision <= 1 {
        return vec![handle.to_owned()];
    }
    let id = card.uuid().simple().to_string();
    // The end of a UUIDv7 is random.
    let tail = |n: usize| id.get(id.len().saturating_sub(n)..).unwrap_or_default();
    let with = |middle: &str| {
        let end = format!("{middle}_v{revision}");
        let room = HANDLE_CHARS.end().saturating_sub(end.len());
        let base = handle.get(..room.min(handle.len())).unwrap_or_default();
        format!("{}{end}", base.trim_end_matches('_'))
    };
    let mut all = vec![with("")];
    all.extend([4, 8, 16].map(|n| with(&format!("_{}", tail(n)))));
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_revision_has_the_card_s_handle_and_later_ones_their_number() {
        let card = CardId::from(uuid::Uuid::from_u128(0x0190_c5a0_7b7e_7000_8000_0000_0000_abcd));
        assert_eq!(candidates("tutor", card, 1), ["tutor"]);
        assert_eq!(candidates("tutor", card, 2)[..2], ["tutor_v2", "tutor_abcd_v2"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_candidate_is_a_handle_and_all_are_different(handle in "[a-z0-9_]{3,30}", revision in 2..=u32::MAX, id in any::<u128>()) {
            let all = candidates(&handle, CardId::from(uuid::Uuid::from_u128(id)), revision);
            for (n, one) in all.iter().enumerate() {
                prop_assert!(is_handle(one), "{one}");
                prop_assert!(!all[..n].contains(one));
            }
        }
    }
}
