//! Owns the cases about documents by their ids: versions, uniqueness, what is kept. Refuses to decide by what was read.

use super::*;
use crate::{Change, Op, Query, RawDocument};

/// What was inserted is read back equal, at version 1.
pub async fn an_inserted_document_is_read_back(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let first = Note {
        tag: Some("t".into()),
        members: vec!["a".into(), "b".into()],
        ..note("1", "ada", -5)
    };
    desk.notes.insert(&first, vec![]).await.unwrap();
    assert_eq!(desk.notes.get_versioned("1").await.unwrap(), Some((first, 1)));
}

/// An id that nobody wrote is none.
pub async fn an_absent_document_is_none(home: &dyn Home) {
    let desk = Desk::open(home).await;
    assert_eq!(desk.notes.get("nobody").await.unwrap(), None);
}

/// Of many ids those that exist come back, up to 1,001.
pub async fn get_many_returns_those_that_exist(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let all: Vec<Note> = (0..600).map(|i| note(i, "ada", i)).collect();
    desk.add(&all).await;
    let asked: Vec<String> = (0..1001).map(|i| i.to_string()).collect();
    let mut found = desk.notes.get_many(&asked).await.unwrap();
    found.sort_by_key(|n| n.at);
    assert_eq!(found, all);
    assert_eq!(desk.notes.get_many(&asked[..3]).await.unwrap().len(), 3);
    assert!(desk.notes.get_many(&[]).await.unwrap().is_empty());
}

/// Version 1 when inserted, one more with each write, and `write` returns it.
pub async fn the_version_grows_by_one_with_each_write(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let write = |op: Op| desk.store.write(op.into());
    let raw = |at| RawDocument::of(&note("1", "ada", at)).unwrap();
    assert_eq!(write(Op::Insert(raw(0))).await, Ok(1));
    assert_eq!(write(Op::Replace(raw(1), 1)).await, Ok(2));
    assert_eq!(write(Op::Replace(raw(2), 2)).await, Ok(3));
    assert_eq!(
        desk.notes.get_versioned("1").await.unwrap(),
        Some((note("1", "ada", 2), 3))
    );
}

/// A second document with the same id is `Unique { id }`.
pub async fn a_taken_id_is_unique_id(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.add(&[note("1", "ada", 0)]).await;
    assert_eq!(desk.notes.insert(&note("1", "bob", 1), vec![]).await, Err(unique("id")));
    assert_eq!(desk.notes.get("1").await.unwrap().unwrap().author, "ada");
}

/// The error says which index was violated.
pub async fn a_unique_violation_names_the_index(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let tagged = |id| Note {
        tag: Some("t".into()),
        ..note(id, "ada", 0)
    };
    let numbered = |id| Note {
        number: Some(4),
        ..note(id, "ada", 0)
    };
    desk.add(&[tagged(1), numbered(2)]).await;
    assert_eq!(desk.notes.insert(&tagged(3), vec![]).await, Err(unique("by_tag")));
    assert_eq!(desk.notes.insert(&numbered(4), vec![]).await, Err(unique("by_number")));
}

/// After a violation nothing of the new document stands in any index.
pub async fn a_failed_insert_leaves_nothing(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let tagged = |id: &str, author: &str| Note {
        tag: Some("t".into()),
        members: vec![author.into()],
        text: Some(author.into()),
        ..note(id, author, 0)
    };
    desk.add(&[tagged("1", "ada")]).await;
    assert_eq!(
        desk.notes.insert(&tagged("2", "bob"), vec![]).await,
        Err(unique("by_tag"))
    );
    assert_eq!(desk.notes.get("2").await.unwrap(), None);
    assert!(
        desk.notes
            .find(Query::on("by_author").eq("bob"))
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        desk.notes
            .find(Query::on("by_member").eq("bob"))
            .await
            .unwrap()
            .is_empty()
    );
    desk.add(&[Note {
        tag: None,
        ..tagged("2", "bob")
    }])
    .await;
}

/// A replace that would make two alike changes nothing.
pub async fn a_replace_that_violates_a_unique_index_leaves_the_old(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let tagged = |id, tag: &str| Note {
        tag: Some(tag.into()),
        ..note(id, "ada", 0)
    };
    desk.add(&[tagged(1, "a"), tagged(2, "b")]).await;
    let put = Op::Replace(RawDocument::of(&tagged(2, "a")).unwrap(), 1);
    assert_eq!(desk.store.write(put.into()).await, Err(unique("by_tag")));
    assert_eq!(desk.notes.get_versioned("2").await.unwrap(), Some((tagged(2, "b"), 1)));
    let same = Op::Replace(RawDocument::of(&tagged(2, "b")).unwrap(), 1);
    assert_eq!(desk.store.write(same.into()).await, Ok(2));
}

/// A replace at a version that is not the document's, or of what is not there, conflicts and changes nothing.
pub async fn a_replace_at_another_version_conflicts(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.add(&[note("1", "ada", 0)]).await;
    for (id, version) in [("1", 2), ("1", 0), ("2", 1)] {
        let put = Op::Replace(RawDocument::of(&note(id, "bob", 9)).unwrap(), version);
        assert_eq!(
            desk.store.write(put.into()).await,
            Err(StoreError::Conflict),
            "{id} at {version}"
        );
    }
    assert_eq!(desk.notes.get("1").await.unwrap().unwrap().author, "ada");
}

/// A deleted document is found by no index; deleting it again is no failure.
pub async fn a_deleted_document_is_gone_from_every_index(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let full = Note {
        number: Some(1),
        tag: Some("t".into()),
        members: vec!["m".into()],
        title: Some("title".into()),
        text: Some("text".into()),
        ..note("1", "ada", 0)
    };
    desk.add(&[full]).await;
    desk.notes.delete("1").await.unwrap();
    desk.notes.delete("1").await.unwrap();
    for query in [
        Query::on("by_number"),
        Query::on("by_tag"),
        Query::on("by_author"),
        Query::on("by_state"),
        Query::on("by_title"),
        Query::on("by_member").eq("m"),
    ] {
        assert_eq!(desk.notes.count(query.clone(), 10).await, Ok(0), "{query:?}");
        assert!(desk.notes.find(query).await.unwrap().is_empty());
    }
    assert_eq!(desk.notes.get("1").await.unwrap(), None);
}

/// A delete that names a version is done at that version only.
pub async fn a_delete_at_another_version_conflicts(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.add(&[note("1", "ada", 0)]).await;
    let delete = |version| desk.store.write(Op::Delete("notes", "1".into(), Some(version)).into());
    assert_eq!(delete(2).await, Err(StoreError::Conflict));
    assert_eq!(delete(1).await, Ok(0));
    assert_eq!(delete(1).await, Err(StoreError::Conflict));
}

/// A unique key is free again when its document is changed or deleted.
pub async fn a_freed_unique_key_can_be_taken_again(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let tagged = |id: &str, tag: &str| Note {
        tag: Some(tag.into()),
        ..note(id, "ada", 0)
    };
    desk.add(&[tagged("1", "a")]).await;
    let moved: Result<_, StoreError> = desk
        .notes
        .update("1", |n| {
            Ok(Change::Put(
                Note {
                    tag: Some("b".into()),
                    ..n
                },
                vec![],
                (),
            ))
        })
        .await;
    moved.unwrap();
    desk.add(&[tagged("2", "a")]).await;
    desk.notes.delete("1").await.unwrap();
    desk.add(&[tagged("3", "b")]).await;
}

/// A document without one of the fields does not stand in the index, and any number of such documents may be.
pub async fn an_absent_field_keeps_a_document_out_of_an_index(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let titled = Note {
        title: Some("x".into()),
        tag: Some("t".into()),
        ..note("3", "ada", 0)
    };
    desk.add(&[note("1", "ada", 0), note("2", "ada", 0), titled]).await;
    assert_eq!(ids(&desk.notes.find(Query::on("by_tag")).await.unwrap()), ["3"]);
    assert_eq!(ids(&desk.notes.find(Query::on("by_title")).await.unwrap()), ["3"]);
    let untagged: Result<_, StoreError> = desk
        .notes
        .update("3", |n| {
            Ok(Change::Put(
                Note {
                    tag: None,
                    title: None,
                    ..n
                },
                vec![],
                (),
            ))
        })
        .await;
    untagged.unwrap();
    assert_eq!(desk.notes.count(Query::on("by_tag"), 9).await, Ok(0));
    assert_eq!(desk.notes.count(Query::on("by_title"), 9).await, Ok(0));
}

/// Those before the failure are kept, the rest is not written.
pub async fn insert_many_stops_at_the_first_failure(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.add(&[note("2", "ada", 0)]).await;
    let many = [note("1", "bob", 0), note("2", "bob", 0), note("3", "bob", 0)];
    assert_eq!(desk.notes.insert_many(&many).await, Err(unique("id")));
    assert_eq!(
        ids(&desk.notes.find(Query::on("by_author").eq("bob")).await.unwrap()),
        ["1"]
    );
}

/// A body of 1 MiB comes back as it was, and can be replaced by another.
pub async fn a_document_of_a_mebibyte_is_kept(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let large = |letter: &str| Note {
        tag: Some("large".into()),
        room: letter.repeat(1 << 20),
        ..note("1", "ada", 0)
    };
    desk.notes.insert(&large("a"), vec![]).await.unwrap();
    assert_eq!(desk.notes.get("1").await.unwrap(), Some(large("a")));
    let put = Op::Replace(RawDocument::of(&large("b")).unwrap(), 1);
    desk.store.write(put.into()).await.unwrap();
    assert_eq!(
        desk.notes.find_one(Query::on("by_tag").eq("large")).await.unwrap(),
        Some(large("b"))
    );
}

/// Ids and texts of any letters, quotes and zeros included, are kept and found.
pub async fn ids_and_text_are_any_unicode(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let odd = [
        "é",
        "日本語",
        "🎉",
        "a\u{0}b",
        "'; DROP TABLE notes; --",
        "%_\\",
        "$where",
        "a.b",
        " ",
        "\u{10FFFF}",
    ];
    for id in odd {
        desk.notes
            .insert(
                &Note {
                    tag: Some(id.into()),
                    ..note(id, id, 0)
                },
                vec![],
            )
            .await
            .unwrap();
    }
    for id in odd {
        assert_eq!(desk.notes.get(id).await.unwrap().unwrap().id, id);
        assert_eq!(
            ids(&desk.notes.find(Query::on("by_author").eq(id)).await.unwrap()),
            [id]
        );
        assert_eq!(ids(&desk.notes.find(Query::on("by_tag").eq(id)).await.unwrap()), [id]);
    }
}

/// A collection that was not declared can be neither read nor written.
pub async fn an_undeclared_collection_is_refused(home: &dyn Home) {
    let store = home.open(Settings::held()).await;
    assert!(matches!(
        store.get("notes", &["1".into()]).await,
        Err(StoreError::Unindexed(_))
    ));
    assert!(matches!(
        store.find("notes", Query::on("by_tag")).await,
        Err(StoreError::Unindexed(_))
    ));
    let insert = Op::Insert(RawDocument::of(&note("1", "ada", 0)).unwrap());
    assert!(matches!(
        store.write(insert.into()).await,
        Err(StoreError::Unindexed(_))
    ));
}

/// Of many ids those that are there go, from every index; the others are passed over, and too many are refused.
pub async fn delete_many_removes_those_that_are_there(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let all: Vec<Note> = (0..1_200).map(|i| note(i, "ada", i)).collect();
    desk.add(&all[..600]).await;
    desk.add(&all[600..]).await;
    let named = |range: std::ops::Range<i64>| range.map(|i| i.to_string()).collect::<Vec<_>>();
    let doomed: Vec<String> = named(1..1_000)
        .into_iter()
        .chain(["nobody".into(), "7".into()])
        .collect();
    assert_eq!(doomed.len(), 1_001);
    desk.notes.delete_many(doomed).await.unwrap();
    desk.notes.delete_many(named(1..1_000)).await.unwrap();
    desk.notes.delete_many(Vec::new()).await.unwrap();
    let query = Query::on("by_author").eq("ada");
    assert_eq!(desk.notes.count(query.clone(), 2_000).await.unwrap(), 201);
    assert_eq!(ids(&desk.notes.find(query.limit(2)).await.unwrap()), ["0", "1000"]);
    assert!(desk.notes.get_many(&named(1..1_000)).await.unwrap().is_empty());
    desk.add(&all[7..8]).await;
    assert_eq!(
        desk.notes.get_versioned("7").await.unwrap(),
        Some((note("7", "ada", 7), 1))
    );
    let refused = desk.notes.delete_many(named(0..1_002)).await.unwrap_err();
    assert!(matches!(refused, StoreError::Unindexed(_)), "{refused:?}");
}

/// An event that still waits is sent, although its document went with many others.
pub async fn delete_many_keeps_the_events_of_what_it_removes(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.notes
        .insert(&note("1", "ada", 1), vec![event(&desk.ambient, "1", 1)])
        .await
        .unwrap();
    desk.add(&[note("2", "ada", 2)]).await;
    desk.notes.delete_many(vec!["1".into(), "2".into()]).await.unwrap();
    assert!(desk.notes.get_many(&["1".into(), "2".into()]).await.unwrap().is_empty());
    assert_eq!(desk.waiting().await, [("1".to_owned(), 1)]);
}
