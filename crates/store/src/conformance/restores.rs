//! Owns the cases about documents that come from another store. Refuses to know how they travelled.

use super::*;
use crate::{Op, Query, RawDocument};

/// Restored documents have the versions that they had, stand in every index, and go on from there.
pub async fn restored_documents_keep_their_versions(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let full = |id: &str, number| Note {
        number: Some(number),
        members: vec!["m".into()],
        text: Some("restored".into()),
        ..note(id, "ada", 7)
    };
    let body = |note: &Note| serde_json::to_vec(note).unwrap().into();
    let raw = |note: &Note| RawDocument::from_json(&Note::spec(), note.id(), body(note)).unwrap();
    let documents = vec![(raw(&full("1", 1)), 41), (raw(&full("2", 2)), 1)];
    assert_eq!(desk.store.write(Op::Restore(documents).into()).await, Ok(0));
    assert_eq!(desk.notes.get_versioned("1").await.unwrap(), Some((full("1", 1), 41)));
    assert_eq!(desk.notes.get_versioned("2").await.unwrap(), Some((full("2", 2), 1)));
    for query in [
        Query::on("by_number").eq("lobby"),
        Query::on("by_author").eq("ada"),
        Query::on("by_member").eq("m"),
    ] {
        let found = desk.notes.find(query.clone()).await.unwrap();
        assert_eq!(ids(&found), ["1", "2"], "{query:?}");
    }
    let again = Op::Replace(raw(&full("1", 1)), 41);
    assert_eq!(desk.store.write(again.into()).await, Ok(42));
    assert_eq!(
        desk.append("lobby", "3").await,
        Ok(3),
        "numbers go on after what was restored"
    );
}

/// What is there already is not written over: the restore stops there, and what came before it stays.
pub async fn a_restore_of_what_is_there_is_unique(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.add(&[note("2", "ada", 0)]).await;
    let raw = |id: &str| (RawDocument::of(&note(id, "bob", 1)).unwrap(), 9);
    let restore = Op::Restore(vec![raw("1"), raw("2"), raw("3")]);
    assert_eq!(desk.store.write(restore.into()).await, Err(unique("id")));
    assert_eq!(
        desk.notes.get_versioned("1").await.unwrap(),
        Some((note("1", "bob", 1), 9))
    );
    assert_eq!(
        desk.notes.get_versioned("2").await.unwrap(),
        Some((note("2", "ada", 0), 1))
    );
    assert_eq!(desk.notes.get("3").await.unwrap(), None);
}
