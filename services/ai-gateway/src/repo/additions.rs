//! Owns adding to documents that begin with their first addition, many at once. Refuses to know what is added.

use contracts::Event;
use futures::future::join_all;
use store::{Change, Collection, Document, StoreError};

/// Adds to each document (at most 1,001) what stands beside its id, as `add` says, with the events of it; one that is not there begins
/// as `begin` says. Returns what came of each.
pub(crate) async fn add_to_many<D: Document, T: Send>(
    docs: &Collection<D>,
    items: &mut [(String, T)],
    begin: impl Fn(&T) -> D,
    add: impl Fn(&T, D) -> (D, Vec<Event>),
) -> Vec<Result<(), StoreError>> {
    let put = |more: &T, doc| {
        let (doc, events) = add(more, doc);
        Ok(Change::Put(doc, events, ()))
    };
    let updated = docs.update_many(items, |more, doc| put(more, doc)).await;
    let (begin, add, put) = (&begin, &add, &put);
    let begun = updated.into_iter().zip(items).map(|(done, (id, more))| async move {
        let done = match done {
            Ok(None) => {
                let (doc, events) = add(more, begin(more));
                docs.insert(&doc, events).await
            }
            done => done.map(drop),
        };
        match done {
            // Another replica began it, or added to it, meanwhile.
            Err(StoreError::Unique { .. } | StoreError::Conflict) => {
                docs.update(id, |doc| put(more, doc)).await.map(drop)
            }
            done => done,
        }
    });
    join_all(begun).await
}
