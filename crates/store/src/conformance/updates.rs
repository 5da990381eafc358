//! Owns the cases about updates: what is decided of a document that was read is done to that one, whoever else writes meanwhile.

use std::sync::atomic::{AtomicU64, Ordering};

use super::*;
use crate::{Change, Op, RawDocument};

/// Put, Keep and Remove do what they say and answer what they were given.
pub async fn update_writes_what_was_decided(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.add(&[note("1", "ada", 1)]).await;
    let update = async |change: fn(Note) -> Change<Note, i64>| {
        let done: Result<Option<i64>, StoreError> = desk.notes.update("1", |n| Ok(change(n))).await;
        done.unwrap()
    };
    assert_eq!(
        update(|n| Change::Put(Note { at: 7, ..n.clone() }, vec![], n.at)).await,
        Some(1)
    );
    assert_eq!(update(|n| Change::Keep(n.at)).await, Some(7));
    assert_eq!(desk.notes.get_versioned("1").await.unwrap().unwrap().1, 2);
    assert_eq!(update(|n| Change::Remove(vec![], n.at)).await, Some(7));
    assert_eq!(update(|n| Change::Keep(n.at)).await, None);
    desk.add(&[note("1", "ada", 1)]).await;
    let refused: Result<Option<()>, StoreError> =
        desk.notes.update("1", |_| Err(StoreError::Backend("no".into()))).await;
    assert_eq!(refused, Err(StoreError::Backend("no".into())));
}

/// Nothing is decided about a document that is not there.
pub async fn update_of_what_is_not_there_is_none(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let done: Result<Option<()>, StoreError> = desk.notes.update("1", |n| Ok(Change::Put(n, vec![], ()))).await;
    assert_eq!(done, Ok(None));
}

/// Sixteen writers add to one counter at once; every addition counts.
pub async fn concurrent_updates_lose_nothing(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.add(&[note("1", "ada", 0)]).await;
    let writers = (0..16).map(|_| {
        let notes = desk.notes.clone();
        tokio::spawn(async move {
            let mut done = 0;
            while done < 20 {
                let added: Result<_, StoreError> = notes
                    .update("1", |n| Ok(Change::Put(Note { at: n.at + 1, ..n }, vec![], ())))
                    .await;
                match added {
                    Ok(found) => done += i64::from(found.is_some()),
                    Err(e) => assert_eq!(e, StoreError::Busy),
                }
            }
        })
    });
    for writer in futures::future::join_all(writers).await {
        writer.unwrap();
    }
    let (last, version) = desk.notes.get_versioned("1").await.unwrap().unwrap();
    assert_eq!((last.at, version), (320, 321));
}

/// Several updates at once do to each what was decided of it: what is not there is none, what is left keeps its version, and one that
/// fails stops none of the others.
pub async fn update_many_does_to_each_what_was_decided(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.add(&(1..=5).map(|i| note(i, "ada", i)).collect::<Vec<_>>()).await;
    let tagged = Note {
        tag: Some("t".into()),
        ..note(9, "ada", 9)
    };
    desk.add(std::slice::from_ref(&tagged)).await;
    let mut items = ["2", "nobody", "1", "3", "4", "5"].map(|id| (id.to_owned(), id));
    let sent = event(&desk.ambient, "2", 1);
    let done = desk.notes.update_many(&mut items, |id, n| {
        assert_eq!(*id, n.id, "each is shown what is its own");
        let (was, tag) = (n.at, tagged.tag.clone());
        match was {
            1 => Ok(Change::Keep(was)),
            2 => Ok(Change::Put(Note { at: 20, ..n }, vec![sent.clone()], was)),
            3 => Err(StoreError::Backend("no".into())),
            4 => Ok(Change::Remove(vec![], was)),
            // Taken by another document.
            _ => Ok(Change::Put(Note { tag, ..n }, vec![], was)),
        }
    });
    assert_eq!(
        done.await,
        [
            Ok(Some(2)),
            Ok(None),
            Ok(Some(1)),
            Err(StoreError::Backend("no".into())),
            Ok(Some(4)),
            Err(unique("by_tag")),
        ]
    );
    let read = async |id: &str| {
        desk.notes
            .get_versioned(id)
            .await
            .unwrap()
            .map(|(n, version)| (n.at, version))
    };
    assert_eq!(read("1").await, Some((1, 1)));
    assert_eq!(read("2").await, Some((20, 2)));
    assert_eq!(read("3").await, Some((3, 1)));
    assert_eq!(read("4").await, None);
    assert_eq!(read("5").await, Some((5, 1)));
    assert_eq!(desk.waiting().await.len(), 1, "the event of the one that has one");
}

/// Several updates at once, by several at once, lose nothing: where another writer was faster, they conflict. So does the second of two
/// of one id.
pub async fn concurrent_updates_of_many_lose_nothing(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.add(&[note("1", "ada", 0), note("2", "ada", 0)]).await;
    let add = async || {
        let mut done = 0;
        for _ in 0..5 {
            let mut items = ["1", "2", "1"].map(|id| (id.to_owned(), ()));
            let more = |(): &mut (), n: Note| Ok(Change::Put(Note { at: n.at + 1, ..n }, vec![], ()));
            for added in desk.notes.update_many(&mut items, more).await {
                match added {
                    Ok(added) => done += i64::from(added.is_some()),
                    conflict => assert_eq!(conflict, Err(StoreError::Conflict)),
                }
            }
        }
        done
    };
    let (a, b, c) = tokio::join!(add(), add(), add());
    let notes = desk.notes.get_many(&["1".into(), "2".into()]).await.unwrap();
    assert_eq!(notes.iter().map(|n| n.at).sum::<i64>(), a + b + c);
    assert!((2..30).contains(&(a + b + c)), "{a} {b} {c}");
    assert!(
        desk.notes
            .update_many(&mut [], |(): &mut (), n| Ok(Change::Keep(n.at)))
            .await
            .is_empty()
    );
}

/// When another writer is always faster, `update` gives up as `Busy` after its attempts, and has changed nothing.
pub async fn update_gives_up_as_busy(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.add(&[note("1", "ada", 0)]).await;
    let attempts = AtomicU64::new(0);
    let store = desk.store.clone();
    let handle = tokio::runtime::Handle::current();
    let done: Result<Option<()>, StoreError> = desk
        .notes
        .update("1", |n| {
            let version = attempts.fetch_add(1, Ordering::SeqCst) + 1;
            let faster = Op::Replace(
                RawDocument::of(&Note {
                    at: n.at + 1,
                    ..n.clone()
                })?,
                version,
            );
            tokio::task::block_in_place(|| handle.block_on(store.write(faster.into())))?;
            Ok(Change::Put(
                Note {
                    author: "slow".into(),
                    ..n
                },
                vec![],
                (),
            ))
        })
        .await;
    assert_eq!(done, Err(StoreError::Busy));
    assert_eq!(
        attempts.load(Ordering::SeqCst),
        u64::from(crate::collection::UPDATE_ATTEMPTS_MAX)
    );
    assert_eq!(desk.notes.get("1").await.unwrap().unwrap().author, "ada");
}

/// The events of a removal are pending though the document is gone.
pub async fn remove_keeps_the_events(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.add(&[note("1", "ada", 0)]).await;
    let gone = event(&desk.ambient, "1", 2);
    let done: Result<_, StoreError> = desk
        .notes
        .update("1", |_| Ok(Change::Remove(vec![gone.clone()], ())))
        .await;
    assert_eq!(done, Ok(Some(())));
    assert_eq!(desk.notes.get("1").await.unwrap(), None);
    assert_eq!(desk.waiting().await, [("1".into(), 2)]);
}
