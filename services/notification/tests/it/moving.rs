//! What an export and an import leave: indexes are built again from the documents alone.

use contracts::post::CommentChange;
use serde_json::json;
use store::{Query, Stored};
use testkit::ScriptedUpstream;

use crate::expo::{all_are, house, tickets};
use crate::house::House;

async fn queue(h: &House) -> Vec<Stored> {
    h.store.find("pushes", Query::on("due").eq("receipt")).await.unwrap()
}

#[tokio::test]
async fn lists_the_unread_number_and_the_queue_are_the_same_after_a_move() {
    let expo = ScriptedUpstream::start([tickets(1)]).await;
    let h = house(&expo).await;
    let [ada, grace, alan] = h.people(["ada", "grace", "alan"]);
    let (read, unread) = ((h.ambient.id(), ada), (h.ambient.id(), ada));
    h.like(grace, read).await;
    h.read(ada, json!({ "all": true })).await;
    h.phone(ada, "one").await;
    let comment = h.comment(alan, unread, &[]).await;
    let work = h.at_work();
    all_are(&h, "receipt").await;
    drop(work);
    let (page, number, waiting) = (h.page(ada).await, h.unread(ada).await, queue(&h).await);
    assert_eq!((h.list(ada).await.len(), number, waiting.len()), (2, 1, 1));

    let h = h.moved().await;
    assert_eq!((h.page(ada).await, h.unread(ada).await), (page, number));
    assert_eq!(queue(&h).await, waiting);
    // What hangs on a comment is found as well.
    h.comment_event(comment, alan, unread, CommentChange::Deleted).await;
    assert_eq!((h.list(ada).await.len(), h.unread(ada).await), (1, 0));
}
