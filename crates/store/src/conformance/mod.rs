//! Owns the conformance suite: what the port means, as cases that every adapter must pass. Refuses to know an adapter.
//!
//! An adapter says where data lives ([`Home`]) and names the suite once; each case becomes one test:
//! ```text
//! store::store_conformance!(SqliteHome::new());
//! ```
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a suite of assertions: a panic is the report"
)]

mod appends;
mod documents;
mod durability;
mod events;
mod mixed;
mod queries;
mod restores;
mod updates;
mod words;

pub use appends::*;
pub use documents::*;
pub use durability::*;
pub use events::*;
pub use mixed::*;
pub use queries::*;
pub use restores::*;
pub use updates::*;
pub use words::*;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use contracts::event::topic;
use contracts::{Event, EventBody, Topic};
use kernel::{Ambient, HeldClock, SeededRandom, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Collection, Document, Index, Store, StoreError};

/// Where the data of one case lives. The first `open` finds nothing; after a `close` the next finds what was written.
#[async_trait]
pub trait Home: Send + Sync {
    /// Opens the store.
    async fn open(&self, settings: Settings) -> Arc<dyn Store>;
}

/// What a case wants of the store.
#[derive(Clone)]
pub struct Settings {
    /// Time, randomness and ids.
    pub ambient: Ambient,
    /// Events that may wait to be sent.
    pub outbox_max: usize,
    /// How long sent events are kept.
    pub sent_kept: Duration,
}

impl Settings {
    /// A held clock, seeded ids, a large outbox, sent events not kept.
    pub fn held() -> Self {
        Self::at(HeldClock::new(NOON))
    }

    fn at(clock: Arc<HeldClock>) -> Self {
        let ambient = Ambient::new(clock, SeededRandom::new(7));
        Self {
            ambient,
            outbox_max: 100_000,
            sent_kept: Duration::ZERO,
        }
    }
}

/// When the held clock starts.
const NOON: Timestamp = Timestamp::from_millis(1_767_268_800_000);
/// How long a case waits for what must happen.
const DEADLINE: Duration = Duration::from_secs(30);

/// The document of the suite; each field serves some index.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Note {
    id: String,
    room: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<u64>,
    author: String,
    at: i64,
    done: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<String>,
    members: Vec<String>,
    title: Option<String>,
    text: Option<String>,
}

impl Document for Note {
    const COLLECTION: &'static str = "notes";
    const INDEXES: &'static [Index] = &[
        Index::unique("by_number", &["room", "number"]),
        Index::unique("by_tag", &["tag"]),
        Index::plain("by_author", &["author", "at"]),
        Index::plain("by_state", &["done", "author", "at"]),
        Index::plain("by_title", &["title"]),
        Index::multi("by_member", &["members", "at"]),
        Index::text("words", Some("room"), &["text"]),
        Index::text("titles", None, &["title"]),
    ];
    fn id(&self) -> String {
        self.id.clone()
    }
}

/// A note by `author` at `at` with nothing optional.
fn note(id: impl ToString, author: &str, at: i64) -> Note {
    Note {
        id: id.to_string(),
        room: "lobby".into(),
        author: author.into(),
        at,
        ..Note::default()
    }
}

#[derive(Serialize, Deserialize)]
struct Noted {
    key: String,
    count: u64,
}

impl EventBody for Noted {
    const TOPIC: Topic = topic::MESSAGE;
    const SOURCE: &'static str = "conformance";
    fn kind(&self) -> &'static str {
        "noted"
    }
    fn key(&self) -> String {
        self.key.clone()
    }
    fn sequence(&self) -> Option<u64> {
        Some(self.count)
    }
}

fn event(ambient: &Ambient, key: &str, count: u64) -> Event {
    Event::new(ambient, &Noted { key: key.into(), count }).unwrap()
}

/// An open store with its notes.
struct Desk {
    store: Arc<dyn Store>,
    notes: Collection<Note>,
    ambient: Ambient,
}

impl Desk {
    async fn open(home: &dyn Home) -> Self {
        Self::with(home, Settings::held()).await
    }

    async fn with(home: &dyn Home, settings: Settings) -> Self {
        let ambient = settings.ambient.clone();
        let store = home.open(settings).await;
        let notes = Collection::open(&store).await.unwrap();
        Self { store, notes, ambient }
    }

    /// Adds notes without events.
    async fn add(&self, notes: &[Note]) {
        self.notes.insert_many(notes).await.unwrap();
    }

    /// Appends a note to `room`; returns its number.
    async fn append(&self, room: &str, id: impl ToString) -> Result<u64, StoreError> {
        let (room, id) = (room.to_owned(), id.to_string());
        let scope = room.clone();
        let build = move |number| {
            Ok((
                Note {
                    room: room.clone(),
                    number: Some(number),
                    ..note(&id, "ada", 0)
                },
                Vec::new(),
            ))
        };
        self.notes.append("by_number", scope, build).await
    }

    /// Returns `(key, count)` of the events that wait.
    async fn waiting(&self) -> Vec<(String, u64)> {
        let events = self.store.pending_events(10_000).await.unwrap();
        events
            .iter()
            .map(|e| (e.key.to_string(), e.body::<Noted>().unwrap().count))
            .collect()
    }
}

fn ids(notes: &[Note]) -> Vec<&str> {
    notes.iter().map(|n| n.id.as_str()).collect()
}

fn unique(index: &str) -> StoreError {
    StoreError::Unique { index: index.into() }
}

/// Generates one test per case for an adapter; `$home` is an expression that makes an empty [`Home`], or after `optional`
/// one that makes an `Option` of it: with nothing, the case is skipped, and the expression has said so.
#[macro_export]
macro_rules! store_conformance {
    (optional $home:expr) => { $crate::store_conformance! { @all $home } };
    ($home:expr) => { $crate::store_conformance! { @all Some($home) } };
    (@all $home:expr) => {
        $crate::store_conformance! { @each $home;
            an_inserted_document_is_read_back, an_absent_document_is_none, get_many_returns_those_that_exist,
            the_version_grows_by_one_with_each_write, a_taken_id_is_unique_id, a_unique_violation_names_the_index,
            a_failed_insert_leaves_nothing, a_replace_that_violates_a_unique_index_leaves_the_old,
            a_replace_at_another_version_conflicts, a_deleted_document_is_gone_from_every_index,
            a_delete_at_another_version_conflicts, a_freed_unique_key_can_be_taken_again,
            an_absent_field_keeps_a_document_out_of_an_index, insert_many_stops_at_the_first_failure,
            delete_many_removes_those_that_are_there, delete_many_keeps_the_events_of_what_it_removes,
            restored_documents_keep_their_versions, a_restore_of_what_is_there_is_unique,
            update_writes_what_was_decided, update_of_what_is_not_there_is_none, concurrent_updates_lose_nothing,
            update_many_does_to_each_what_was_decided, concurrent_updates_of_many_lose_nothing,
            update_gives_up_as_busy, remove_keeps_the_events, a_document_of_a_mebibyte_is_kept,
            ids_and_text_are_any_unicode, an_undeclared_collection_is_refused,
            a_query_answers_by_its_prefix_in_order, a_range_holds_at_each_bound, descending_turns_the_order_around,
            a_compound_index_orders_field_by_field, negative_numbers_sort_before_positive,
            texts_that_begin_alike_are_told_apart, ties_are_ordered_by_id_in_the_direction_of_the_query,
            pages_through_ties_are_complete_both_ways, pages_miss_nothing_while_others_insert,
            a_place_in_a_unique_index_goes_on_strictly_after, a_multi_index_finds_by_each_element,
            a_multi_index_follows_changes, a_count_stops_at_its_cap, a_query_that_no_index_serves_is_refused,
            a_limit_out_of_bounds_is_refused, a_scan_walks_everything_once, an_index_over_booleans_parts_them,
            reads_see_every_acknowledged_write,
            a_search_finds_by_all_words_as_prefixes, a_search_folds_case_and_diacritics,
            a_search_knows_no_language, signs_in_a_question_part_its_words,
            a_search_stays_within_its_scopes, nothing_in_a_search_is_syntax,
            a_search_of_which_nothing_is_written_finds_what_was_meant, a_search_pages_newest_id_first,
            a_search_follows_changes_and_deletions, a_search_sees_every_acknowledged_write,
            a_search_takes_five_hundred_scopes,
            numbers_start_at_one_and_have_no_gaps, appends_under_contention_have_no_gaps,
            a_refused_build_leaves_no_gap, an_append_that_violates_another_index_leaves_no_gap,
            an_append_goes_on_after_what_came_by_another_way, an_append_without_its_number_is_refused,
            a_number_is_not_given_twice_after_a_deletion, an_append_needs_a_unique_index_of_two_fields,
            events_commit_with_their_write, a_failed_write_leaves_no_event, events_of_a_key_keep_their_order,
            a_sent_event_is_pending_no_more, sent_events_can_be_asked_for_again, sent_events_are_not_kept_by_default,
            a_full_outbox_refuses_writes_with_events, the_signal_comes_after_a_commit_with_events,
            a_second_mark_is_already_processed, a_failed_write_leaves_no_mark, a_mark_belongs_to_its_consumer,
            a_mark_is_kept_for_days, an_event_is_read_back_byte_for_byte, many_pending_events_come_in_order,
            everything_is_there_after_close_and_open, numbers_go_on_after_close_and_open,
            pending_events_survive_close_and_open, marks_survive_close_and_open, a_new_index_is_filled_at_declare,
            a_new_unique_index_refuses_doubles, a_dropped_index_is_refused_afterwards, words_survive_close_and_open,
            a_closed_store_refuses, a_declaration_may_be_repeated, a_store_answers_a_ping,
            a_mixed_load_agrees_with_an_oracle, a_failing_write_does_not_harm_its_neighbours,
        }
    };
    (@each $home:expr; $($case:ident),* $(,)?) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            if let Some(home) = $home {
                $crate::conformance::$case(&home).await;
            }
        }
    )*};
}
