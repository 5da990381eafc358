//! Owns the cases about searching words. Refuses to know how words are cut and stored.

use super::*;
use crate::{Change, Search};

fn search(words: &str, scopes: &[&str]) -> Search {
    let scopes = scopes.iter().map(ToString::to_string).collect();
    Search {
        index: "words",
        scopes,
        words: words.into(),
        limit: 100,
        before: None,
    }
}

async fn found(desk: &Desk, search: Search) -> Vec<String> {
    desk.store
        .search("notes", search)
        .await
        .unwrap()
        .into_iter()
        .map(|s| s.id)
        .collect()
}

fn text(id: &str, room: &str, text: &str) -> Note {
    Note {
        room: room.into(),
        text: Some(text.into()),
        ..note(id, "ada", 0)
    }
}

/// Every word must be there; each is a prefix; in any order.
pub async fn a_search_finds_by_all_words_as_prefixes(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.add(&[
        text("1", "r", "the quick brown fox"),
        text("2", "r", "a quick answer"),
        text("3", "r", "slow"),
    ])
    .await;
    assert_eq!(found(&desk, search("quick", &["r"])).await, ["2", "1"]);
    assert_eq!(found(&desk, search("fo qui", &["r"])).await, ["1"]);
    assert_eq!(found(&desk, search("q", &["r"])).await, ["2", "1"]);
    assert!(found(&desk, search("quick slow", &["r"])).await.is_empty());
    assert!(found(&desk, search("uick", &["r"])).await.is_empty());
}

/// Great and small letters, and letters with and without accents, are the same.
pub async fn a_search_folds_case_and_diacritics(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.add(&[
        text("1", "r", "Café CRÈME"),
        text("2", "r", "cafe"),
        text("3", "r", "Straße"),
    ])
    .await;
    for words in ["café", "CAFE", "Cafe\u{301}", "caf"] {
        assert_eq!(found(&desk, search(words, &["r"])).await, ["2", "1"], "{words}");
    }
    assert_eq!(found(&desk, search("creme", &["r"])).await, ["1"]);
}

/// What is asked for is found wherever it stands, also in scripts that put no spaces between words; and is not found where only its
/// letters stand. Compatible forms of a letter are one.
pub async fn a_search_knows_no_language(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.add(&[
        text("1", "r", "私は東京に行く"),
        text("2", "r", "京東で買う。カナダのコーヒー"),
        text("3", "r", "ฉันเป็นคนไทย"),
        text("4", "r", "Привет, Ёжик"),
        text("5", "r", "السَّلامُ عليكم"),
        text("6", "r", "한국어를 배워요"),
        text("7", "r", "हिन्दी में लिखो"),
        text("8", "r", "ΟΔΌΣ ﬁnance ２０２６"),
        text("9", "r", "ខ្ញុំស្រលាញ់ភាសាខ្មែរ"),
    ])
    .await;
    let asked = [
        ("東京", "1"),
        ("東京に行", "1"),
        ("京東", "2"),
        ("京", "2 1"),
        ("行く 東京", "1"),
        ("京行", ""),
        ("ｶﾅﾀﾞ", "2"),
        ("コーヒー", "2"),
        ("เป็น", "3"),
        ("ไทย", "3"),
        ("ยไท", ""),
        ("привет ежик", "4"),
        ("ивет", ""),
        ("السلام", "5"),
        ("한국", "6"),
        ("हिन्", "7"),
        ("οδος", "8"),
        ("οδό 2026 fina", "8"),
        ("ភាសា", "9"),
    ];
    for (words, expected) in asked {
        assert_eq!(found(&desk, search(words, &["r"])).await.join(" "), expected, "{words}");
    }
    let meant = desk
        .notes
        .search_page(search("東京 привит", &["r"]), None)
        .await
        .unwrap();
    assert!(meant.items.is_empty(), "no document has both");
    desk.add(&[text("a", "r", "東京、привет")]).await;
    let meant = desk
        .notes
        .search_page(search("привит東京", &["r"]), None)
        .await
        .unwrap();
    assert_eq!(meant.items.len(), 1, "a mistake in one word, and a word without spaces");
}

/// What is no letter only parts the words of a question, which may stand in any order, each of them a beginning.
pub async fn signs_in_a_question_part_its_words(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.add(&[
        text("1", "r", "foo-bar"),
        text("2", "r", "bar and food"),
        text("3", "r", "foobar"),
        text("4", "r", "o'neill"),
    ])
    .await;
    for words in ["foo-bar", "bar.foo", "foo/ba", "foo…bar", "#foo@bar"] {
        assert_eq!(found(&desk, search(words, &["r"])).await, ["2", "1"], "{words}");
    }
    assert_eq!(found(&desk, search("o'neil", &["r"])).await, ["4"]);
    assert_eq!(found(&desk, search("neill", &["r"])).await, ["4"]);
}

/// Only documents of the scopes asked for are found; of none, none.
pub async fn a_search_stays_within_its_scopes(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.add(&[
        text("1", "r-1", "hello"),
        text("2", "R-1", "hello"),
        text("3", "r 1", "hello r"),
        text("4", "r", "hello"),
    ])
    .await;
    assert_eq!(found(&desk, search("hello", &["r-1"])).await, ["1"]);
    assert_eq!(found(&desk, search("hello", &["R-1", "r"])).await, ["4", "2"]);
    assert!(found(&desk, search("hello", &["elsewhere"])).await.is_empty());
    assert!(found(&desk, search("hello", &[])).await.is_empty());
    desk.add(&[Note {
        title: Some("hello".into()),
        ..note("5", "ada", 0)
    }])
    .await;
    let titles = Search {
        index: "titles",
        ..search("hello", &["ignored"])
    };
    assert_eq!(found(&desk, titles).await, ["5"]);
}

/// A typing mistake finds what was meant, within the scopes, and only where nothing is written as it was asked.
pub async fn a_search_of_which_nothing_is_written_finds_what_was_meant(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.add(&[
        text("1", "r", "Grace Hopper"),
        text("2", "r", "a grasshopper"),
        text("3", "r", "grapes"),
        text("4", "elsewhere", "Grace"),
        text("5", "r", "distributed"),
    ])
    .await;
    for (words, expected) in [
        ("grcae", &["1"][..]),
        ("hoper gracee", &["1"]),
        ("GRÁSHOPPER", &["2"]),
        ("distirbuetd", &["5"]),
        ("distirbu", &["5"]),
        ("grace", &["1"]),
        ("gra", &["3", "2", "1"]),
        ("xgrace", &[]),
        ("gr", &["3", "2", "1"]),
        ("grz", &[]),
        ("grace distant", &[]),
    ] {
        let page = desk.notes.search_page(search(words, &["r"]), None).await.unwrap();
        let ids: Vec<&str> = page.items.iter().map(|note| note.id.as_str()).collect();
        assert_eq!((ids.as_slice(), page.next_cursor), (expected, None), "{words}");
    }
    let elsewhere = desk
        .notes
        .search_page(search("grcae", &["elsewhere", "nowhere"]), None)
        .await
        .unwrap();
    assert_eq!(elsewhere.items.len(), 1);
    assert!(
        desk.notes
            .search_page(search("grcae", &[]), None)
            .await
            .unwrap()
            .items
            .is_empty()
    );
}

/// Operators, quotes, stars and column names are words or nothing.
pub async fn nothing_in_a_search_is_syntax(home: &dyn Home) {
    let desk = Desk::open(home).await;
    desk.add(&[text("1", "r", "rust or go and not near scope")]).await;
    for words in [
        "rust OR nothing",
        "NOT rust nothing",
        "rust AND nothing",
        "scope:rust nothing",
        "rust^2 nothing",
    ] {
        assert!(found(&desk, search(words, &["r"])).await.is_empty(), "{words}");
    }
    let awkward = [
        "rust \"go",
        "\"\" rust",
        "rust *",
        "* rust",
        "(rust",
        "rust)",
        "rust AND",
        "OR",
        "rust - + go",
        "rust NEAR",
        "{rust}",
        "rust'",
        "rust\u{0}go",
        "^rust",
    ];
    for words in awkward {
        assert_eq!(found(&desk, search(words, &["r"])).await, ["1"], "{words}");
    }
    for nothing in ["", " ", "\"", "***", "()", "'", "\u{0}", "--", "%"] {
        assert!(found(&desk, search(nothing, &["r"])).await.is_empty(), "{nothing:?}");
    }
}

/// Newest id first, whatever the order of writing; pages go on strictly below the last id.
pub async fn a_search_pages_newest_id_first(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let mut expected: Vec<String> = (0..30).map(|i| format!("{:02}", i * 11 % 30)).collect();
    desk.add(&expected.iter().map(|id| text(id, "r", "word")).collect::<Vec<_>>())
        .await;
    expected.sort_by(|a, b| b.cmp(a));
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let page = desk
            .notes
            .search_page(
                Search {
                    limit: 7,
                    ..search("wor", &["r"])
                },
                cursor.as_deref(),
            )
            .await
            .unwrap();
        seen.extend(page.items.into_iter().map(|n| n.id));
        match page.next_cursor {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    assert_eq!(seen, expected);
}

/// Changed words are found instead of the old ones; deleted documents are not found; also a while after the insert.
pub async fn a_search_follows_changes_and_deletions(home: &dyn Home) {
    let desk = Desk::open(home).await;
    for round in ["at once", "after a search"] {
        desk.add(&[text("1", "r", "first"), text("2", "r", "first")]).await;
        if round == "after a search" {
            assert_eq!(found(&desk, search("first", &["r"])).await, ["2", "1"]);
        }
        let put: Result<_, StoreError> = desk
            .notes
            .update("1", |n| {
                Ok(Change::Put(
                    Note {
                        text: Some("second".into()),
                        ..n
                    },
                    vec![],
                    (),
                ))
            })
            .await;
        put.unwrap();
        assert_eq!(found(&desk, search("first", &["r"])).await, ["2"], "{round}");
        assert_eq!(found(&desk, search("second", &["r"])).await, ["1"], "{round}");
        let put: Result<_, StoreError> = desk
            .notes
            .update("1", |n| Ok(Change::Put(Note { text: None, ..n }, vec![], ())))
            .await;
        put.unwrap();
        assert!(found(&desk, search("second", &["r"])).await.is_empty(), "{round}");
        let put: Result<_, StoreError> = desk
            .notes
            .update("1", |n| {
                Ok(Change::Put(
                    Note {
                        room: "s".into(),
                        text: Some("third".into()),
                        ..n
                    },
                    vec![],
                    (),
                ))
            })
            .await;
        put.unwrap();
        assert_eq!(found(&desk, search("third", &["s"])).await, ["1"], "{round}");
        assert!(found(&desk, search("third", &["r"])).await.is_empty(), "{round}");
        desk.notes.delete("1").await.unwrap();
        desk.notes.delete("2").await.unwrap();
        assert!(found(&desk, search("first", &["r", "s"])).await.is_empty(), "{round}");
        assert!(found(&desk, search("third", &["r", "s"])).await.is_empty(), "{round}");
    }
}

/// A search after an acknowledgement sees the words.
pub async fn a_search_sees_every_acknowledged_write(home: &dyn Home) {
    let desk = Desk::open(home).await;
    for i in 0..20 {
        desk.add(&[text(&format!("{i:02}"), "r", &format!("word{i}x"))]).await;
        assert_eq!(
            found(&desk, search(&format!("word{i}x"), &["r"])).await,
            [format!("{i:02}")]
        );
    }
}

/// Five hundred scopes are one question; one more is refused.
pub async fn a_search_takes_five_hundred_scopes(home: &dyn Home) {
    let desk = Desk::open(home).await;
    let scopes: Vec<String> = (0..501).map(|i| format!("0190c5a0-7b7e-7000-8000-{i:012}")).collect();
    desk.add(&[
        text("1", &scopes[0], "word"),
        text("2", &scopes[499], "word"),
        text("3", &scopes[500], "word"),
    ])
    .await;
    let asked = |n: usize| Search {
        scopes: scopes[..n].to_vec(),
        ..search("word", &[])
    };
    assert_eq!(found(&desk, asked(500)).await, ["2", "1"]);
    assert!(matches!(
        desk.store.search("notes", asked(501)).await,
        Err(StoreError::Unindexed(_))
    ));
}
