//! Owns how the fields of an index become one byte string whose order is the order of the fields.
//! Refuses to know who keeps it.
//!
//! | kind | bytes |
//! |---|---|
//! | bool | `10`, then `00` or `01` |
//! | int | `20`, then 8 bytes big-endian with the sign bit flipped |
//! | text | `30`, its UTF-8 with `00` written as `00 ff`, then `00` |
//!
//! A whole field is a prefix of every longer key that begins with it, and no byte that may follow a whole field is
//! `ff`; so `[p, p ff)` holds exactly the keys that begin with the fields of `p`. Keys of plain and multi indexes end
//! with the document's id, raw, so that ties are ordered by id.

use crate::{Fields, Index, IndexKind, Key, Place};

const BOOL: u8 = 0x10;
const INT: u8 = 0x20;
const TEXT: u8 = 0x30;
const END: u8 = 0x00;
const ESCAPE: u8 = 0xff;
const SIGN: u64 = 1 << 63;

/// Appends one field.
pub fn push(key: &Key, out: &mut Vec<u8>) {
    match key {
        Key::Bool(b) => out.extend_from_slice(&[BOOL, u8::from(*b)]),
        Key::Int(i) => {
            out.push(INT);
            out.extend_from_slice(&(i.cast_unsigned() ^ SIGN).to_be_bytes());
        }
        Key::Text(text) => {
            out.push(TEXT);
            if text.as_bytes().contains(&END) {
                for &byte in text.as_bytes() {
                    out.push(byte);
                    if byte == END {
                        out.push(ESCAPE);
                    }
                }
            } else {
                out.extend_from_slice(text.as_bytes());
            }
            out.push(END);
        }
    }
}

/// Appends the keys of a document in one index: none when a field is absent, one in a plain or unique index, one for
/// each different element in a multi index. All but those of a unique index end with the id.
pub fn entries(index: &Index, fields: &Fields, id: &str, mut out: impl FnMut(Vec<u8>)) {
    let (elements, rest) = match (index.kind, index.fields.split_first()) {
        (IndexKind::Multi, Some((first, rest))) => (Some(fields.get(first)), rest),
        _ => (None, index.fields),
    };
    let mut tail = Vec::with_capacity(40 * rest.len() + id.len());
    for name in rest {
        let [key] = fields.get(name) else { return };
        push(key, &mut tail);
    }
    if index.kind != IndexKind::Unique {
        tail.extend_from_slice(id.as_bytes());
    }
    let Some(elements) = elements else { return out(tail) };
    let with_tail = |element: &Key| {
        let mut key = Vec::with_capacity(40 + tail.len());
        push(element, &mut key);
        key.extend_from_slice(&tail);
        key
    };
    let mut keys: Vec<Vec<u8>> = elements.iter().map(with_tail).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter().for_each(out);
}

/// Appends a key with the slot of its index, as a row remembers it.
pub fn pack(slot: u16, key: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&slot.to_be_bytes());
    out.extend_from_slice(&u32::try_from(key.len()).unwrap_or(u32::MAX).to_be_bytes());
    out.extend_from_slice(key);
}

/// Walks what `pack` packed: slots and keys.
pub fn unpack(mut packed: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let (slot, rest) = packed.split_first_chunk::<2>()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let (key, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        packed = rest;
        Some((u16::from_be_bytes(*slot), key))
    })
}

/// Returns the number that ends a key, when its last field is a whole number.
pub fn trailing_number(key: &[u8]) -> Option<u64> {
    let (rest, bytes) = key.split_last_chunk::<8>()?;
    (rest.last() == Some(&INT)).then_some(())?;
    u64::try_from((u64::from_be_bytes(*bytes) ^ SIGN).cast_signed()).ok()
}

/// A half-open range of keys, `low <= key < high`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// The least key.
    pub low: Vec<u8>,
    /// The least key that is beyond.
    pub high: Vec<u8>,
}

impl Range {
    /// Returns the range of all keys that begin with `eq` and whose next field is within the bounds.
    pub fn of(eq: &[Key], low: Option<&(Key, bool)>, high: Option<&(Key, bool)>) -> Self {
        let mut prefix = Vec::with_capacity(64);
        eq.iter().for_each(|key| push(key, &mut prefix));
        let bound = |key: &Key, beyond: bool| {
            let mut at = prefix.clone();
            push(key, &mut at);
            if beyond {
                at.push(ESCAPE);
            }
            at
        };
        Self {
            low: low.map_or_else(|| prefix.clone(), |(key, inclusive)| bound(key, !inclusive)),
            high: high.map_or_else(
                || [prefix.as_slice(), &[ESCAPE]].concat(),
                |(key, inclusive)| bound(key, *inclusive),
            ),
        }
    }

    /// Narrows the range to what comes strictly after `place`, in an index whose keys end with the id.
    pub fn narrow(&mut self, eq: &[Key], place: &Place, descending: bool) {
        let mut at = place_key(eq, place);
        at.extend_from_slice(place.id.as_bytes());
        if descending {
            self.high = at.min(std::mem::take(&mut self.high));
        } else {
            // The least byte string that is greater than another is that with a zero after it.
            at.push(0);
            self.low = at.max(std::mem::take(&mut self.low));
        }
    }

    /// Narrows the range to `place` and what comes after it, in a unique index, whose keys end before the id. Returns
    /// the place's own key, whose document belongs to the answer only when its id is beyond the place's.
    pub fn narrow_unique(&mut self, eq: &[Key], place: &Place, descending: bool) -> Vec<u8> {
        let at = place_key(eq, place);
        if descending {
            let beyond = [at.as_slice(), &[0]].concat();
            self.high = beyond.min(std::mem::take(&mut self.high));
        } else {
            self.low = at.clone().max(std::mem::take(&mut self.low));
        }
        at
    }
}

fn place_key(eq: &[Key], place: &Place) -> Vec<u8> {
    let mut at = Vec::with_capacity(96);
    eq.iter().chain(&place.keys).for_each(|key| push(key, &mut at));
    at
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key() -> impl Strategy<Value = Key> {
        prop_oneof![
            any::<bool>().prop_map(Key::Bool),
            any::<i64>().prop_map(Key::Int),
            (-3..3i64).prop_map(Key::Int),
            // Few letters, so that prefixes of one another, zeros and the highest code points are common.
            "[a\u{0}\u{1}\u{10FFFF}]{0,4}".prop_map(Key::Text),
        ]
    }

    fn encode(keys: &[Key]) -> Vec<u8> {
        let mut out = Vec::new();
        keys.iter().for_each(|k| push(k, &mut out));
        out
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn encoded_keys_sort_as_the_tuples_do(a in prop::collection::vec(key(), 0..4), b in prop::collection::vec(key(), 0..4)) {
            prop_assert_eq!(encode(&a).cmp(&encode(&b)), a.cmp(&b));
        }

        #[test]
        fn a_range_holds_exactly_what_the_bounds_say(
            eq in prop::collection::vec(key(), 0..2), next in key(), low in key(), high in key(), rest in key(),
            inclusive in any::<(bool, bool)>(), id in "[a\u{0}\u{10FFFF}]{1,3}",
        ) {
            let range = Range::of(&eq, Some(&(low.clone(), inclusive.0)), Some(&(high.clone(), inclusive.1)));
            let mut stored = encode(&[eq.as_slice(), &[next.clone(), rest]].concat());
            stored.extend_from_slice(id.as_bytes());
            let expected = (low < next || (inclusive.0 && low == next)) && (next < high || (inclusive.1 && next == high));
            prop_assert_eq!(range.low <= stored && stored < range.high, expected);
        }

        #[test]
        fn a_prefix_range_holds_exactly_what_begins_with_it(eq in prop::collection::vec(key(), 1..3), keys in prop::collection::vec(key(), 1..4)) {
            let range = Range::of(&eq, None, None);
            let stored = [encode(&keys).as_slice(), b"id"].concat();
            prop_assert_eq!(range.low <= stored && stored < range.high, keys.starts_with(&eq));
        }

        #[test]
        fn after_a_place_comes_exactly_what_is_greater(
            keys in prop::collection::vec(key(), 2), other in prop::collection::vec(key(), 2),
            id in "[ab\u{0}]{1,2}", other_id in "[ab\u{0}]{1,2}", descending in any::<bool>(),
        ) {
            let mut range = Range::of(&[], None, None);
            range.narrow(&[], &Place { keys: keys.clone(), id: id.clone() }, descending);
            let stored = [encode(&other).as_slice(), other_id.as_bytes()].concat();
            let order = (other, other_id).cmp(&(keys, id));
            prop_assert_eq!(range.low <= stored && stored < range.high, order == if descending { std::cmp::Ordering::Less } else { std::cmp::Ordering::Greater });
        }

        #[test]
        fn the_number_at_the_end_is_read_back(scope in "\\PC{0,8}", number in 0..i64::MAX) {
            let stored = encode(&[Key::Text(scope), Key::Int(number)]);
            prop_assert_eq!(trailing_number(&stored), u64::try_from(number).ok());
        }
    }

    #[test]
    fn packed_keys_are_unpacked_as_they_were() {
        let keys = [(1, vec![1, 2, 3]), (7, vec![]), (u16::MAX, vec![0xff; 300])];
        let mut packed = Vec::new();
        keys.iter().for_each(|(slot, key)| pack(*slot, key, &mut packed));
        assert!(unpack(&packed).eq(keys.iter().map(|(slot, key)| (*slot, key.as_slice()))));
        assert_eq!(unpack(&[]).count(), 0);
    }
}
