//! Owns the cases about ordered indexes: prefixes, ranges, order, pages. Refuses to look at words.

use std::collections::BTreeSet;

use super::*;
use crate::{Key, Place, Query, Search};

async fn found(desk: &Desk, query: Query) -> Vec<String> {
    desk.notes
        .find(query)
        .await
        .unwrap()
        .into_iter()
        .map(|n| n.id)
        .collect()
}

fn by_author(author: &str) -> Query {
    Query::on("by_author").eq(author)
}

/// Equality on a prefix; the rest orders.
pub async fn a_query_answers_by_its_prefix_in_order(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.add(&[
        note("a", "ada", 3),
        note("b", "bob", 2),
        note("c", "ada", 1),
        note("d", "ada", 2),
    ])
    .await;
    assert_eq!(found(&desk, by_author("ada")).await, ["c", "d", "a"]);
    assert_eq!(found(&desk, by_author("ada").eq(2i64)).await, ["d"]);
    assert_eq!(found(&desk, Query::on("by_author")).await, ["c", "d", "a", "b"]);
    assert!(found(&desk, by_author("ad")).await.is_empty());
    assert_eq!(found(&desk, by_author("ada").limit(2)).await, ["c", "d"]);
    assert_eq!(
        desk.notes
            .find_one(by_author("ada").descending())
            .await
            .unwrap()
            .unwrap()
            .id,
        "a"
    );
}

/// Each bound holds, inclusive and exclusive, alone and together.
pub async fn a_range_holds_at_each_bound(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.add(&[1, 2, 3, 4].map(|at| note(at, "ada", at))).await;
    desk.add(&[note("other", "bob", 2)]).await;
    let ada = || by_author("ada");
    assert_eq!(found(&desk, ada().at_least(2i64)).await, ["2", "3", "4"]);
    assert_eq!(found(&desk, ada().more_than(2i64)).await, ["3", "4"]);
    assert_eq!(found(&desk, ada().at_most(3i64)).await, ["1", "2", "3"]);
    assert_eq!(found(&desk, ada().less_than(3i64)).await, ["1", "2"]);
    assert_eq!(found(&desk, ada().at_least(2i64).at_most(3i64)).await, ["2", "3"]);
    assert_eq!(found(&desk, ada().more_than(1i64).less_than(4i64)).await, ["2", "3"]);
    assert!(found(&desk, ada().more_than(2i64).less_than(2i64)).await.is_empty());
    assert!(found(&desk, ada().at_least(4i64).at_most(1i64)).await.is_empty());
    assert_eq!(found(&desk, Query::on("by_author").at_least("b")).await, ["other"]);
    assert_eq!(
        found(&desk, Query::on("by_author").less_than("b")).await,
        ["1", "2", "3", "4"]
    );
}

/// The greatest first, within bounds too.
pub async fn descending_turns_the_order_around(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.add(&[1, 2, 3, 4].map(|at| note(at, "ada", at))).await;
    assert_eq!(found(&desk, by_author("ada").descending()).await, ["4", "3", "2", "1"]);
    assert_eq!(
        found(&desk, by_author("ada").less_than(3i64).descending()).await,
        ["2", "1"]
    );
    assert_eq!(
        found(&desk, by_author("ada").at_least(3i64).descending().limit(1)).await,
        ["4"]
    );
}

/// Three fields: first by the first, then the second, then the third.
pub async fn a_compound_index_orders_field_by_field(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let state = |id: &str, done, author: &str, at| Note {
        done,
        ..note(id, author, at)
    };
    desk.add(&[
        state("d", true, "a", 1),
        state("b", false, "a", 9),
        state("c", false, "aa", 0),
        state("a", false, "a", -9),
    ])
    .await;
    assert_eq!(found(&desk, Query::on("by_state")).await, ["a", "b", "c", "d"]);
    assert_eq!(found(&desk, Query::on("by_state").eq(false).eq("a")).await, ["a", "b"]);
    assert_eq!(
        found(&desk, Query::on("by_state").eq(false).more_than("a")).await,
        ["c"]
    );
    assert_eq!(
        found(&desk, Query::on("by_state").eq(false).eq("a").more_than(0i64)).await,
        ["b"]
    );
}

/// Whole numbers sort by value over their whole range.
pub async fn negative_numbers_sort_before_positive(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let values = [i64::MIN, -256, -1, 0, 1, 255, 256, i64::MAX];
    desk.add(&values.map(|at| note(at, "ada", at))).await;
    assert_eq!(found(&desk, by_author("ada")).await, values.map(|at| at.to_string()));
    assert_eq!(
        found(&desk, by_author("ada").less_than(0i64)).await,
        [i64::MIN, -256, -1].map(|at| at.to_string())
    );
}

/// Equality on `a` does not find `ab`, nor does a zero confuse it.
pub async fn texts_that_begin_alike_are_told_apart(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let authors = ["a", "a\u{0}", "a\u{0}b", "a\u{1}", "ab", "b"];
    for (author, at) in authors.iter().zip(0..) {
        desk.add(&[note(format!("n{at}"), author, at)]).await;
    }
    for (author, at) in authors.iter().zip(0..) {
        assert_eq!(found(&desk, by_author(author)).await, [format!("n{at}")], "{author:?}");
    }
    assert_eq!(
        found(&desk, Query::on("by_author")).await,
        ["n0", "n1", "n2", "n3", "n4", "n5"]
    );
    assert_eq!(
        found(&desk, Query::on("by_author").more_than("a")).await,
        ["n1", "n2", "n3", "n4", "n5"]
    );
    assert_eq!(
        found(&desk, Query::on("by_author").at_most("a\u{0}")).await,
        ["n0", "n1"]
    );
}

/// Equal keys are ordered by id, the greatest id first when descending.
pub async fn ties_are_ordered_by_id_in_the_direction_of_the_query(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.add(&["c", "a", "ab", "b"].map(|id| note(id, "ada", 1))).await;
    assert_eq!(found(&desk, by_author("ada")).await, ["a", "ab", "b", "c"]);
    assert_eq!(found(&desk, by_author("ada").descending()).await, ["c", "b", "ab", "a"]);
}

async fn all_pages(desk: &Desk, query: Query) -> Vec<String> {
    let (mut cursor, mut seen) = (None, Vec::new());
    loop {
        let page = desk.notes.page(query.clone(), cursor.as_deref()).await.unwrap();
        seen.extend(page.items.into_iter().map(|n| n.id));
        match page.next_cursor {
            Some(next) => cursor = Some(next),
            None => return seen,
        }
    }
}

/// Pages of any size, through many ties, give each document once and in order, both ways.
pub async fn pages_through_ties_are_complete_both_ways(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let all: Vec<Note> = (0..60)
        .map(|i| note(format!("{:02}", i * 37 % 60), "ada", i * 37 % 60 / 7))
        .collect();
    desk.add(&all).await;
    let mut expected: Vec<(i64, String)> = all.iter().map(|n| (n.at, n.id.clone())).collect();
    expected.sort();
    let mut expected: Vec<String> = expected.into_iter().map(|(_, id)| id).collect();
    for limit in [1, 3, 7, 60, 61] {
        assert_eq!(
            all_pages(&desk, by_author("ada").limit(limit)).await,
            expected,
            "limit {limit}"
        );
        assert_eq!(
            all_pages(&desk, Query::on("by_author").limit(limit)).await,
            expected,
            "limit {limit}"
        );
    }
    expected.reverse();
    for limit in [1, 4, 59] {
        assert_eq!(
            all_pages(&desk, by_author("ada").descending().limit(limit)).await,
            expected,
            "limit {limit}"
        );
    }
}

/// Pages read while others insert and delete hold every document that was there all the time, and none twice.
pub async fn pages_miss_nothing_while_others_insert(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.add(
        &(0..200)
            .map(|i| note(format!("old{i:03}"), "ada", i / 5))
            .collect::<Vec<_>>(),
    )
    .await;
    let notes = desk.notes.clone();
    let others = tokio::spawn(async move {
        for i in 0..200 {
            notes
                .insert(&note(format!("new{i:03}"), "ada", i * 7 % 40), vec![])
                .await
                .unwrap();
            if i % 3 == 0 {
                notes.delete(format!("new{i:03}")).await.unwrap();
            }
        }
    });
    while !others.is_finished() {
        let seen = all_pages(&desk, by_author("ada").limit(9)).await;
        let different: BTreeSet<&String> = seen.iter().collect();
        assert_eq!(different.len(), seen.len(), "a document came twice");
        assert_eq!(
            seen.iter().filter(|id| id.starts_with("old")).count(),
            200,
            "a document was missed"
        );
    }
    others.await.unwrap();
}

/// In a unique index too the next page begins strictly after (keys, id).
pub async fn a_place_in_a_unique_index_goes_on_strictly_after(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.add(
        &(1..=9)
            .map(|i| Note {
                number: Some(i),
                ..note(i, "ada", 0)
            })
            .collect::<Vec<_>>(),
    )
    .await;
    let expected: Vec<String> = (1..=9).map(|i| i.to_string()).collect();
    let lobby = || Query::on("by_number").eq("lobby");
    assert_eq!(all_pages(&desk, lobby().limit(2)).await, expected);
    assert_eq!(
        all_pages(&desk, lobby().descending().limit(4)).await,
        expected.iter().rev().cloned().collect::<Vec<_>>()
    );
    let after = |id: &str, descending| {
        let place = Place {
            keys: vec![Key::Int(5)],
            id: id.into(),
        };
        Query {
            after: Some(place),
            descending,
            limit: 1,
            ..lobby()
        }
    };
    assert_eq!(found(&desk, after("5", false)).await, ["6"]);
    assert_eq!(found(&desk, after("5", true)).await, ["4"]);
    // The document at the place was replaced by one with another id meanwhile.
    assert_eq!(found(&desk, after("4", false)).await, ["5"]);
    assert_eq!(found(&desk, after("6", true)).await, ["5"]);
}

/// A document is found by each element of its array, once, ordered by the rest.
pub async fn a_multi_index_finds_by_each_element(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let of = |id: &str, at, members: &[&str]| Note {
        members: members.iter().map(ToString::to_string).collect(),
        ..note(id, "ada", at)
    };
    desk.add(&[of("1", 2, &["a", "b", "a"]), of("2", 1, &["b"]), of("3", 3, &[])])
        .await;
    assert_eq!(found(&desk, Query::on("by_member").eq("a")).await, ["1"]);
    assert_eq!(found(&desk, Query::on("by_member").eq("b")).await, ["2", "1"]);
    assert_eq!(
        found(&desk, Query::on("by_member").eq("b").descending().limit(1)).await,
        ["1"]
    );
    assert_eq!(
        found(&desk, Query::on("by_member").eq("b").more_than(1i64)).await,
        ["1"]
    );
    assert_eq!(desk.notes.count(Query::on("by_member").eq("b"), 9).await, Ok(2));
    assert_eq!(
        all_pages(&desk, Query::on("by_member").eq("b").limit(1)).await,
        ["2", "1"]
    );
}

/// Elements that come and go are found and not found.
pub async fn a_multi_index_follows_changes(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let of = |members: &[&str], at| Note {
        members: members.iter().map(ToString::to_string).collect(),
        ..note("1", "ada", at)
    };
    desk.add(&[of(&["a", "b"], 1)]).await;
    for (next, here, gone) in [
        (of(&["b", "c"], 1), vec!["b", "c"], "a"),
        (of(&["c"], 2), vec!["c"], "b"),
        (of(&[], 2), vec![], "c"),
    ] {
        let put: Result<_, StoreError> = desk
            .notes
            .update("1", |_| Ok(crate::Change::Put(next.clone(), vec![], ())))
            .await;
        put.unwrap();
        for member in here {
            assert_eq!(
                found(&desk, Query::on("by_member").eq(member).eq(next.at)).await,
                ["1"],
                "{member}"
            );
        }
        assert!(found(&desk, Query::on("by_member").eq(gone)).await.is_empty(), "{gone}");
    }
}

/// A count is exact below its cap and stops there.
pub async fn a_count_stops_at_its_cap(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.add(&(0..20).map(|i| note(i, "ada", i)).collect::<Vec<_>>()).await;
    assert_eq!(desk.notes.count(by_author("ada"), 1000).await, Ok(20));
    assert_eq!(desk.notes.count(by_author("ada").limit(1), 1000).await, Ok(20));
    assert_eq!(desk.notes.count(by_author("ada"), 7).await, Ok(7));
    assert_eq!(desk.notes.count(by_author("ada"), 0).await, Ok(0));
    assert_eq!(desk.notes.count(by_author("ada").at_least(15i64), 1000).await, Ok(5));
}

/// What no declared index serves is an error, never a scan.
pub async fn a_query_that_no_index_serves_is_refused(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.add(&[note("1", "ada", 0)]).await;
    let short = Place {
        keys: vec![],
        id: "1".into(),
    };
    for query in [
        Query::on("by_nothing"),
        by_author("ada").eq(1i64).eq(2i64),
        by_author("ada").eq(1i64).at_least(2i64),
        Query::on("words"),
        Query::on("by_member"),
        Query::on("by_member").at_least("a"),
        Query {
            after: Some(short),
            ..by_author("ada")
        },
    ] {
        assert!(
            matches!(desk.notes.find(query.clone()).await, Err(StoreError::Unindexed(_))),
            "{query:?}"
        );
    }
    assert!(matches!(
        desk.notes.count(Query::on("by_nothing"), 1).await,
        Err(StoreError::Unindexed(_))
    ));
    let search = Search {
        index: "by_author",
        scopes: vec![],
        words: "ada".into(),
        limit: 1,
        before: None,
    };
    assert!(matches!(
        desk.store.search("notes", search).await,
        Err(StoreError::Unindexed(_))
    ));
}

/// A limit is 1 to 1,001, everywhere.
pub async fn a_limit_out_of_bounds_is_refused(home: &dyn Home) {
    let desk = Desk::open(home).await;
    for limit in [0, 1002] {
        let refused = |r: Result<(), StoreError>| assert!(matches!(r, Err(StoreError::Unindexed(_))), "{limit}: {r:?}");
        refused(desk.notes.find(by_author("ada").limit(limit)).await.map(drop));
        refused(desk.store.scan("notes", None, limit).await.map(drop));
        let search = Search {
            index: "titles",
            scopes: vec![],
            words: "a".into(),
            limit,
            before: None,
        };
        refused(desk.store.search("notes", search).await.map(drop));
    }
    desk.add(&(0..1010).map(|i| note(i, "ada", i)).collect::<Vec<_>>())
        .await;
    assert_eq!(found(&desk, by_author("ada").limit(1001)).await.len(), 1001);
}

/// A scan in steps gives every document once, by id.
pub async fn a_scan_walks_everything_once(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let mut expected: Vec<String> = (0..100).map(|i| format!("{}", i * 7 % 100)).collect();
    desk.add(&expected.iter().map(|id| note(id, "ada", 0)).collect::<Vec<_>>())
        .await;
    expected.sort();
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let step = desk.store.scan("notes", after.clone(), 13).await.unwrap();
        let Some(last) = step.last() else { break };
        after = Some(last.id.clone());
        seen.extend(step.into_iter().map(|s| s.id));
    }
    assert_eq!(seen, expected);
}

/// False sorts before true, and each is found alone.
pub async fn an_index_over_booleans_parts_them(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.add(
        &[true, false, true, false]
            .map(|done| done)
            .iter()
            .zip(0..)
            .map(|(done, at)| Note {
                done: *done,
                ..note(at, "ada", at)
            })
            .collect::<Vec<_>>(),
    )
    .await;
    assert_eq!(found(&desk, Query::on("by_state").eq(true)).await, ["0", "2"]);
    assert_eq!(found(&desk, Query::on("by_state")).await, ["1", "3", "0", "2"]);
    assert_eq!(found(&desk, Query::on("by_state").at_least(true)).await, ["0", "2"]);
}

/// Every read after an acknowledgement sees the write, from any task.
pub async fn reads_see_every_acknowledged_write(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let tasks = (0..16).map(|task| {
        let notes = desk.notes.clone();
        tokio::spawn(async move {
            for i in 0..25 {
                let id = format!("{task}-{i}");
                notes
                    .insert(&note(&id, &format!("author{task}"), i), vec![])
                    .await
                    .unwrap();
                assert!(notes.get(&id).await.unwrap().is_some(), "{id}");
                let mine = notes.find(by_author(&format!("author{task}"))).await.unwrap();
                assert_eq!(mine.len(), usize::try_from(i).unwrap() + 1);
                assert_eq!(
                    notes.count(by_author(&format!("author{task}")), 999).await,
                    Ok(u64::try_from(i).unwrap() + 1)
                );
            }
        })
    });
    for task in futures::future::join_all(tasks).await {
        task.unwrap();
    }
}
