//! Owns a chain of pages: what its first page saw, how far it has come, and so what the next page may show. Refuses to know
//! what a post is worth.
//!
//! The newest entries below `high`, at most 200, are a **window**: it is fixed by its lowest id when it is opened. Within it
//! a page takes the best of those that are not `done`; when it is used up the next window lies below. So nothing has to be
//! kept on the server, each post is shown once whatever happens to scores in between, and what was laid into the
//! timeline after `at` waits for another chain.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::{Cursor, Fault, PostId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Most entries of a window when it is opened.
pub(crate) const WINDOW_MAX: usize = 200;
/// Most posts of one window that a cursor remembers. Only what was being written while the first page was read can add to a
/// window, so this is never reached; a window that reaches it is left.
const DONE_MAX: usize = 400;
/// The longest cursor, in bytes: 400 times 8 bytes in base64 twice, and the rest.
pub(crate) const CURSOR_BYTES_MAX: usize = 6_144;
const TAIL_BYTES: usize = 8;
/// The latest time that an id can tell, in milliseconds.
const MILLIS_MAX: i64 = (1 << 48) - 1;

/// In which order a timeline is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Order {
    /// The best of the newest 200 first, then the best of the next.
    #[default]
    Ranked,
    /// The newest first.
    Latest,
}

/// How far a reader has come.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Chain {
    pub(crate) order: Order,
    /// The newest post when the chain began.
    pub(crate) head: PostId,
    /// When it began; what was laid there later is not shown, and scores are as of then.
    pub(crate) at: Timestamp,
    /// Everything from here up is done with.
    pub(crate) high: PostId,
    /// The lowest post of the open window, and whether there was nothing below it.
    pub(crate) window: Option<(PostId, bool)>,
    /// Random halves of the ids that are done with in the open window.
    done: Vec<u64>,
    /// How many posts were done with.
    count: usize,
    over: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    o: Order,
    n: PostId,
    t: i64,
    h: PostId,
    w: Option<(PostId, bool)>,
    d: String,
    c: usize,
}

impl Chain {
    /// Begins at `newest`, at `at`.
    pub(crate) fn start(order: Order, newest: PostId, at: Timestamp) -> Self {
        let above = Uuid::from_u128(newest.uuid().as_u128().saturating_add(1));
        Self {
            order,
            head: newest,
            at,
            high: above.into(),
            window: None,
            done: Vec::new(),
            count: 0,
            over: false,
        }
    }

    /// Opens the window down to `low`; `last` when nothing lies below.
    pub(crate) fn open(&mut self, low: PostId, last: bool) {
        self.window = Some((low, last));
    }

    /// Tells whether a post that was laid there at `added` is still to come in the open window.
    pub(crate) fn holds(&self, post: PostId, added: i64) -> bool {
        let within = self.window.is_some_and(|(low, _)| low <= post && post < self.high);
        within && added <= self.at.millis() && !self.done.contains(&tail(post))
    }

    /// Notes that a post is done with, shown or not.
    pub(crate) fn consume(&mut self, post: PostId) {
        self.count += 1;
        match self.order {
            Order::Latest => self.high = post,
            Order::Ranked => self.done.push(tail(post)),
        }
        if self.done.len() >= DONE_MAX {
            self.close();
        }
    }

    /// Leaves the window for what lies below.
    pub(crate) fn close(&mut self) {
        if let Some((low, last)) = self.window.take() {
            self.high = low;
            self.over = last;
        }
        self.done.clear();
    }

    /// Ends the chain.
    pub(crate) fn end(&mut self) {
        self.over = true;
    }

    /// Tells whether nothing is to come, or `most` posts have been done with.
    pub(crate) fn is_over(&self, most: usize) -> bool {
        self.over || self.count >= most
    }

    /// Writes the chain as a cursor.
    pub(crate) fn encode(&self) -> String {
        let bytes: Vec<u8> = self.done.iter().flat_map(|tail| tail.to_be_bytes()).collect();
        Cursor::encode(&Written {
            o: self.order,
            n: self.head,
            t: self.at.millis(),
            h: self.high,
            w: self.window,
            d: URL_SAFE_NO_PAD.encode(bytes),
            c: self.count,
        })
    }

    /// Reads a cursor; `order` must be the one that the chain began with, when it is named. `Invalid` otherwise.
    pub(crate) fn decode(cursor: &str, order: Option<Order>) -> Result<Self, Fault> {
        let refused = || Fault::invalid("cursor", "is not one that this list gave");
        let written: Written = Cursor::decode(cursor)?;
        if order.is_some_and(|order| order != written.o) {
            return Err(Fault::invalid("order", "is another one than that of the cursor"));
        }
        let bytes = URL_SAFE_NO_PAD.decode(&written.d).ok().ok_or_else(refused)?;
        let (tails, rest) = bytes.as_chunks::<TAIL_BYTES>();
        // Whoever writes a cursor of their own reads nothing but their own timeline, but must not break the reckoning.
        if !rest.is_empty() || tails.len() > DONE_MAX || !(0..=MILLIS_MAX).contains(&written.t) {
            return Err(refused());
        }
        Ok(Self {
            order: written.o,
            head: written.n,
            at: Timestamp::from_millis(written.t),
            high: written.h,
            window: written.w,
            done: tails.iter().map(|bytes| u64::from_be_bytes(*bytes)).collect(),
            count: written.c,
            over: false,
        })
    }
}

/// Returns the half of an id that is random: two of 400 are alike once in a hundred million million.
fn tail(post: PostId) -> u64 {
    post.uuid().as_u64_pair().1
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use kernel::{Ambient, HeldClock, SeededRandom};
    use proptest::prelude::*;

    use super::*;

    fn ids(count: usize, seed: u64) -> Vec<PostId> {
        let clock = HeldClock::new(Timestamp::from_millis(1_767_268_800_000));
        let ambient = Ambient::new(clock, SeededRandom::new(seed));
        (0..count).map(|_| ambient.id()).collect()
    }

    /// Reads a whole chain over `there`, newest last, picking by `pick` within a window, through a cursor after each post.
    fn read(order: Order, there: &BTreeSet<PostId>, pick: impl Fn(usize, usize) -> usize) -> Vec<PostId> {
        let Some(newest) = there.last() else { return Vec::new() };
        let mut chain = Chain::start(order, *newest, Timestamp::from_millis(7));
        let mut seen = Vec::new();
        while !chain.is_over(usize::MAX) {
            if chain.window.is_none() {
                let below: Vec<_> = there.range(..chain.high).rev().take(WINDOW_MAX + 1).collect();
                let Some(low) = below.iter().take(WINDOW_MAX).next_back() else {
                    break;
                };
                chain.open(**low, below.len() <= WINDOW_MAX);
            }
            let left: Vec<_> = there.iter().rev().filter(|p| chain.holds(**p, 7)).copied().collect();
            let place = match order {
                Order::Ranked => pick(left.len(), seen.len()),
                Order::Latest => 0,
            };
            match left.get(place) {
                Some(post) => {
                    chain.consume(*post);
                    seen.push(*post);
                }
                None => chain.close(),
            }
            if !chain.is_over(usize::MAX) {
                let cursor = chain.encode();
                assert!(cursor.len() <= CURSOR_BYTES_MAX);
                assert_eq!(Chain::decode(&cursor, Some(order)).unwrap(), chain);
                chain = Chain::decode(&cursor, None).unwrap();
            }
        }
        seen
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn a_chain_shows_each_post_once_in_any_order(count in 0usize..700, seed in any::<u64>(), dice in any::<usize>()) {
            let there: BTreeSet<PostId> = ids(count, seed).into_iter().collect();
            let pick = |left: usize, step: usize| match left {
                0 => 0,
                left => dice.wrapping_mul(step + 1).wrapping_add(step * 31) % left,
            };
            for order in [Order::Ranked, Order::Latest] {
                let seen = read(order, &there, pick);
                prop_assert_eq!(seen.len(), count);
                prop_assert_eq!(seen.iter().copied().collect::<BTreeSet<_>>(), there.clone());
                // Whatever is picked within a window, windows come one after the other.
                let windows = there.iter().rev().copied().collect::<Vec<_>>();
                for (mine, all) in seen.chunks(WINDOW_MAX).zip(windows.chunks(WINDOW_MAX)) {
                    let set = |posts: &[PostId]| posts.iter().copied().collect::<BTreeSet<_>>();
                    prop_assert_eq!(set(mine), set(all));
                }
            }
        }
    }

    #[test]
    fn the_longest_cursor_is_within_its_limit_and_what_was_laid_later_is_not_held() {
        let all = ids(DONE_MAX, 9);
        let mut chain = Chain::start(Order::Ranked, all[DONE_MAX - 1], Timestamp::from_millis(7));
        chain.open(all[0], false);
        assert!(chain.holds(all[3], 7) && !chain.holds(all[3], 8));
        for post in all.iter().take(DONE_MAX - 1) {
            chain.consume(*post);
        }
        assert!(chain.encode().len() <= CURSOR_BYTES_MAX, "{}", chain.encode().len());
    }

    #[test]
    fn a_cursor_that_we_did_not_write_or_of_the_other_order_is_invalid() {
        let chain = Chain::start(Order::Latest, ids(1, 1)[0], Timestamp::from_millis(7));
        let cursor = chain.encode();
        assert!(Chain::decode(&cursor, Some(Order::Latest)).is_ok());
        assert_eq!(
            Chain::decode(&cursor, Some(Order::Ranked)).unwrap_err().fields[0].field,
            "order"
        );
        let at = |millis| Chain::start(Order::Latest, ids(1, 1)[0], Timestamp::from_millis(millis)).encode();
        for wrong in ["", "nonsense", "e30", &at(i64::MIN), &at(i64::MAX)] {
            assert_eq!(Chain::decode(wrong, None).unwrap_err().fields[0].field, "cursor");
        }
    }
}
