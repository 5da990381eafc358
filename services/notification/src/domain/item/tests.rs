//! Grouping and counters, as properties.

use kernel::{Ambient, PostId};
use proptest::prelude::*;

use super::*;
use crate::domain::subject::of_comment;

const DEEDS_MAX: usize = 5;

fn telling(at: i64) -> Telling {
    Telling {
        channels: Channels {
            in_app: true,
            push: true,
            email: false,
        },
        now: Timestamp::from_millis(at),
        push_at: Some(Timestamp::from_millis(at + 10)),
        deeds_max: DEEDS_MAX,
    }
}

fn person(n: u8) -> UserId {
    Uuid::from_u128(u128::from(n) + 1).into()
}

fn news(kind: Kind, by: u8, of: Option<u8>) -> News {
    let of = of.map(|n| of_comment(Uuid::from_u128(u128::from(n)).into()));
    News {
        user_id: person(200),
        kind,
        subject: Subject::Post {
            post_id: PostId::from(Uuid::from_u128(9)),
        },
        label: None,
        seq: None,
        deed: Deed::by(person(by), of),
    }
}

#[test]
fn an_item_has_the_same_id_for_ever_and_another_for_every_person_kind_and_subject() {
    let one = news(Kind::Reaction, 1, None);
    assert_eq!(one.item_id(), news(Kind::Reaction, 2, None).item_id());
    assert_ne!(one.item_id(), news(Kind::Share, 1, None).item_id());
    let other = News {
        user_id: person(7),
        ..one.clone()
    };
    assert_ne!(one.item_id(), other.item_id());
    let ambient = Ambient::system();
    let elsewhere = News {
        subject: Subject::Post { post_id: ambient.id() },
        ..one.clone()
    };
    assert_ne!(one.item_id(), elsewhere.item_id());
}

#[test]
fn a_read_item_opens_again_with_the_next_deed_and_may_be_pushed_once_more() {
    let mut item = Item::begin(&news(Kind::Reaction, 1, None), telling(1));
    item.push_due = None;
    assert_eq!(item.grow(&news(Kind::Reaction, 2, None), telling(2)), Grown::More);
    assert_eq!(
        (item.opening, item.push_due),
        (1, None),
        "it was unread: one push is enough"
    );
    assert!(item.read(Timestamp::from_millis(3)) && !item.read(Timestamp::from_millis(4)));
    assert_eq!(item.grow(&news(Kind::Reaction, 2, None), telling(5)), Grown::Not);
    assert_eq!(item.grow(&news(Kind::Reaction, 3, None), telling(6)), Grown::Opened);
    assert_eq!((item.opening, item.count(), item.is_unread()), (2, 3, true));
    assert_eq!(item.push_due, Some(Timestamp::from_millis(16)));
}

#[test]
fn what_was_read_of_a_room_is_over() {
    let mut item = Item::begin(&news(Kind::Message, 1, Some(1)), telling(1));
    item.grow(&news(Kind::Message, 2, Some(2)), telling(2));
    item.read(Timestamp::from_millis(3));
    item.grow(&news(Kind::Message, 3, Some(3)), telling(4));
    assert_eq!((item.count(), item.deeds.len()), (1, 1));
}

#[derive(Clone, Debug)]
enum Step {
    Do(u8, u8),
    TakeBack(u8, u8),
    Leave(u8),
    Read,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0u8..8, 0u8..4).prop_map(|(by, of)| Step::Do(by, of)),
        2 => (0u8..8, 0u8..4).prop_map(|(by, of)| Step::TakeBack(by, of)),
        1 => (0u8..8).prop_map(Step::Leave),
        1 => Just(Step::Read),
    ]
}

proptest! {
    /// A plain list of who did what, newest last, is what an item must agree with.
    #[test]
    fn an_item_tells_of_just_those_deeds_that_stand(steps in prop::collection::vec(step(), 1..60)) {
        let mut model: Vec<(u8, u8)> = Vec::new();
        let (mut item, mut unread, mut openings, mut left_out) = (None::<Item>, false, 0, false);
        for (at, step) in (1_i64..).zip(steps) {
            match step {
                Step::Do(by, of) => {
                    let news = news(Kind::Comment, by, Some(of));
                    let fresh = !model.contains(&(by, of));
                    match &mut item {
                        Some(item) => {
                            let grown = item.grow(&news, telling(at));
                            prop_assert_eq!(grown == Grown::Not, !fresh);
                            prop_assert_eq!(grown == Grown::Opened, fresh && !unread);
                        }
                        None => item = Some(Item::begin(&news, telling(at))),
                    }
                    if fresh {
                        openings += u32::from(!unread || openings == 0);
                        unread = true;
                        model.push((by, of));
                        left_out |= model.len() > DEEDS_MAX;
                        if model.len() > DEEDS_MAX { model.remove(0); }
                    }
                }
                Step::TakeBack(by, of) => {
                    if let Some(kept) = &mut item {
                        let gone = news(Kind::Comment, by, Some(of)).deed;
                        if kept.retract(|deed| *deed == gone) == Left::Nothing { item = None; }
                    }
                    model.retain(|one| *one != (by, of));
                }
                Step::Leave(by) => {
                    if let Some(kept) = &mut item {
                        let reference = crate::domain::subject::of_user(person(by));
                        if kept.forget(&reference) == Left::Nothing { item = None; }
                    }
                    model.retain(|(who, _)| *who != by);
                }
                Step::Read => {
                    if let Some(item) = &mut item {
                        prop_assert_eq!(item.read(Timestamp::from_millis(at)), unread);
                        unread = false;
                    }
                }
            }
            match &item {
                None => {
                    prop_assert!(model.is_empty());
                    (unread, openings, left_out) = (false, 0, false);
                }
                Some(item) => {
                    let mut people: Vec<u8> = model.iter().map(|(by, _)| *by).collect();
                    people.sort_unstable();
                    people.dedup();
                    prop_assert_eq!(item.deeds.len(), model.len());
                    prop_assert_eq!(item.count(), people.len());
                    prop_assert_eq!(item.actors().first().and_then(|a| a.user()), model.last().map(|(by, _)| person(*by)));
                    prop_assert_eq!((item.is_unread(), item.opening, item.more), (unread, openings, left_out));
                    let fields = item.fields();
                    prop_assert_eq!(!fields.get("unreadAt").is_empty(), unread);
                    prop_assert!(fields.get("refs").len() <= 2 * DEEDS_MAX + 2);
                }
            }
        }
    }
}
