//! Owns the cases with many kinds of writes at once, compared with a plain map.

use std::collections::BTreeMap;

use super::*;
use crate::{Change, Op, Query, RawDocument, Search};

const TASKS: u64 = 8;
const STEPS: u64 = 120;
const ROOMS: u64 = 3;

/// The dice of one task: SplitMix64 (Steele, Lea, Flood 2014).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }
}

/// Does one step on documents that only this task touches, and the same on `mine`.
async fn step(desk: &Desk, dice: &mut Dice, task: u64, mine: &mut BTreeMap<String, Note>) {
    let id = format!("{task}-{}", dice.below(12));
    let (author, at) = (
        format!("author{}", dice.below(3)),
        i64::try_from(dice.below(5)).unwrap(),
    );
    let text = Some(format!("word{} word{}", dice.below(4), dice.below(4)));
    let tag = (dice.below(3) == 0).then(|| format!("{task}-tag{}", dice.below(4)));
    let new = Note {
        tag,
        text,
        members: vec![author.clone()],
        ..note(&id, &author, at)
    };
    let taken =
        |mine: &BTreeMap<String, Note>| new.tag.is_some() && mine.values().any(|n| n.id != id && n.tag == new.tag);
    match dice.below(10) {
        0..=3 => {
            let expected = if mine.contains_key(&id) || taken(mine) {
                None
            } else {
                mine.insert(id.clone(), new.clone());
                Some(())
            };
            assert_eq!(
                desk.notes.insert(&new, vec![event(&desk.ambient, &id, 0)]).await.ok(),
                expected,
                "insert {id}"
            );
        }
        4..=6 => {
            let expected = mine.contains_key(&id) && !taken(mine);
            let done: Result<Option<()>, StoreError> = desk
                .notes
                .update(&id, |old| {
                    Ok(Change::Put(
                        Note {
                            number: old.number,
                            room: old.room,
                            ..new.clone()
                        },
                        vec![],
                        (),
                    ))
                })
                .await;
            assert_eq!(matches!(done, Ok(Some(()))), expected, "update {id}: {done:?}");
            if expected && let Some(old) = mine.get_mut(&id) {
                *old = Note {
                    number: old.number,
                    room: old.room.clone(),
                    ..new
                };
            }
        }
        7 => {
            desk.notes.delete(&id).await.unwrap();
            mine.remove(&id);
        }
        _ => {
            let room = format!("room{}", dice.below(ROOMS));
            let expected = !mine.contains_key(&id);
            let done = desk.append(&room, &id).await;
            assert_eq!(done.is_ok(), expected, "append {id}: {done:?}");
            if let Ok(number) = done {
                mine.insert(
                    id.clone(),
                    Note {
                        room,
                        number: Some(number),
                        ..note(&id, "ada", 0)
                    },
                );
            }
        }
    }
    assert_eq!(desk.notes.get(&id).await.unwrap().as_ref(), mine.get(&id), "{id}");
}

/// Eight tasks insert, update, delete and append at once, by seeded dice; every answer, and in the end every index, is
/// what a map would say, also after closing and opening again.
pub async fn a_mixed_load_agrees_with_an_oracle(home: &dyn Home) {
    let desk = Arc::new(Desk::open(home).await);
    let tasks = (0..TASKS).map(|task| {
        let desk = desk.clone();
        tokio::spawn(async move {
            let (mut dice, mut mine) = (Dice(task + 1), BTreeMap::new());
            for _ in 0..STEPS {
                step(&desk, &mut dice, task, &mut mine).await;
            }
            mine
        })
    });
    let mut all: BTreeMap<String, Note> = BTreeMap::new();
    for task in futures::future::join_all(tasks).await {
        all.extend(task.unwrap());
    }
    agrees(&desk, &all).await;
    desk.store.close().await;
    drop(desk);
    agrees(&Desk::open(home).await, &all).await;
}

async fn agrees(desk: &Desk, all: &BTreeMap<String, Note>) {
    let scanned = desk.store.scan("notes", None, 1001).await.unwrap();
    assert_eq!(
        scanned.iter().map(|s| &s.id).collect::<Vec<_>>(),
        all.keys().collect::<Vec<_>>()
    );
    let sorted = |keep: &dyn Fn(&Note) -> bool, key: &dyn Fn(&Note) -> (String, i64)| {
        let mut kept: Vec<&Note> = all.values().filter(|n| keep(n)).collect();
        kept.sort_by_key(|n| (key(n), n.id.clone()));
        kept.into_iter().cloned().collect::<Vec<Note>>()
    };
    let find = async |query: Query| desk.notes.find(query.limit(1001)).await.unwrap();
    assert_eq!(
        find(Query::on("by_author")).await,
        sorted(&|_| true, &|n| (n.author.clone(), n.at))
    );
    assert_eq!(
        find(Query::on("by_tag")).await,
        sorted(&|n| n.tag.is_some(), &|n| (n.tag.clone().unwrap(), 0))
    );
    for i in 0..ROOMS {
        let (author, room, word) = (format!("author{i}"), format!("room{i}"), format!("word{i}"));
        let has = |n: &Note| n.members.contains(&author);
        assert_eq!(
            find(Query::on("by_member").eq(author.as_str())).await,
            sorted(&has, &|n| (String::new(), n.at))
        );
        let numbered = |n: &Note| n.room == room && n.number.is_some();
        let by_number = |n: &Note| (String::new(), i64::try_from(n.number.unwrap()).unwrap());
        assert_eq!(
            find(Query::on("by_number").eq(room.as_str())).await,
            sorted(&numbered, &by_number)
        );
        let scopes = (0..ROOMS).map(|r| format!("room{r}")).chain(["lobby".into()]).collect();
        let search = Search {
            index: "words",
            scopes,
            words: word.clone(),
            limit: 1001,
            before: None,
        };
        let mut expected = sorted(&|n| n.text.as_ref().is_some_and(|t| t.contains(&word)), &|_| {
            (String::new(), 0)
        });
        expected.reverse();
        let found = desk.store.search("notes", search).await.unwrap();
        assert_eq!(found.iter().map(|s| s.id.as_str()).collect::<Vec<_>>(), ids(&expected));
    }
}

/// Writes that fail in every way, sent together with good ones, change nothing for these.
pub async fn a_failing_write_does_not_harm_its_neighbours(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.add(&[Note {
        tag: Some("t".into()),
        ..note("taken", "ada", 0)
    }])
    .await;
    let raw = |n: &Note| RawDocument::of(n).unwrap();
    let mut writes = Vec::new();
    for i in 0..60 {
        let good = note(format!("good{i}"), "good", i);
        writes.push((true, Op::Insert(raw(&good))));
        writes.push((
            false,
            match i % 4 {
                0 => Op::Insert(raw(&note("taken", "bad", i))),
                1 => Op::Insert(raw(&Note {
                    tag: Some("t".into()),
                    text: Some("bad".into()),
                    ..note(format!("bad{i}"), "bad", i)
                })),
                2 => Op::Replace(raw(&note("taken", "bad", i)), 5),
                _ => Op::Delete("notes", "taken".into(), Some(5)),
            },
        ));
    }
    let sent = writes.iter().map(|(_, op)| desk.store.write(op.clone().into()));
    let done = futures::future::join_all(sent).await;
    for ((good, _), result) in writes.iter().zip(&done) {
        assert_eq!(result.is_ok(), *good, "{result:?}");
    }
    assert_eq!(desk.notes.count(Query::on("by_author").eq("good"), 99).await, Ok(60));
    assert_eq!(desk.notes.count(Query::on("by_author").eq("bad"), 99).await, Ok(0));
    assert_eq!(desk.notes.get_versioned("taken").await.unwrap().unwrap().1, 1);
}
