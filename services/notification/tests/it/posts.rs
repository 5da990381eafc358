//! Posts and comments: mentions, answers, shares, and what is hidden or deleted.

use contracts::post::{CommentChange, PostChange, Visibility};

use crate::house::House;

#[tokio::test]
async fn a_comment_is_told_once_to_each_as_what_it_is_most() {
    let h = House::new().await;
    let [ada, grace, alan, linus] = h.people(["ada", "grace", "alan", "linus"]);
    let post = (h.ambient.id(), ada);
    let first = h.comment(grace, post, &[]).await;
    assert_eq!(h.list(ada).await, ["grace commented on your post"]);
    h.answer(alan, post, Some((first, grace)), &[grace, linus, alan]).await;
    assert_eq!(h.list(grace).await, ["alan replied to your comment"]);
    assert_eq!(h.list(linus).await, ["alan mentioned you in a comment"]);
    assert_eq!(h.list(ada).await, ["alan and grace commented on your post"]);
    assert!(h.list(alan).await.is_empty());
}

#[tokio::test]
async fn a_comment_that_is_deleted_takes_back_all_that_it_told() {
    let h = House::new().await;
    let [ada, grace, alan] = h.people(["ada", "grace", "alan"]);
    let post = (h.ambient.id(), ada);
    let first = h.comment(grace, post, &[]).await;
    let second = h.answer(alan, post, Some((first, grace)), &[]).await;
    h.comment(grace, post, &[alan]).await;
    h.comment_event(second, alan, post, CommentChange::Deleted).await;
    assert!(h.list(grace).await.is_empty());
    assert_eq!(h.list(ada).await, ["grace commented on your post"]);
    h.comment_event(first, grace, post, CommentChange::Deleted).await;
    assert_eq!(h.list(ada).await, ["grace commented on your post"], "grace has another");
    assert_eq!(h.list(alan).await, ["grace mentioned you in a comment"]);
    h.verified().await;
}

#[tokio::test]
async fn who_is_new_in_a_changed_comment_is_told_until_it_is_deleted() {
    let h = House::new().await;
    let [ada, grace, alan] = h.people(["ada", "grace", "alan"]);
    let post = (h.ambient.id(), ada);
    let comment = h.comment(grace, post, &[]).await;
    let edited = CommentChange::Edited { mentions: vec![alan] };
    h.comment_event(comment, grace, post, edited).await;
    assert_eq!(h.list(alan).await, ["grace mentioned you in a comment"]);
    h.comment_event(comment, grace, post, CommentChange::Deleted).await;
    assert!(h.list(alan).await.is_empty());
}

#[tokio::test]
async fn a_mention_is_told_to_who_may_see_the_post_only() {
    let h = House::new().await;
    let [ada, grace, alan] = h.people(["ada", "grace", "alan"]);
    let post = h.ambient.id();
    h.posts.hidden.lock().insert((alan, post));
    let edited = PostChange::Edited {
        tags: Vec::new(),
        mentions: vec![grace, alan],
    };
    h.post_event(post, ada, edited).await;
    h.comment(grace, (post, ada), &[alan]).await;
    assert_eq!(h.list(grace).await, ["ada mentioned you in a post"]);
    assert!(h.list(alan).await.is_empty());
}

#[tokio::test]
async fn a_post_that_is_hidden_takes_its_items_from_who_cannot_see_it() {
    let h = House::new().await;
    let [ada, grace, alan] = h.people(["ada", "grace", "alan"]);
    let post = h.post(ada, &[grace, alan], None).await;
    h.like(grace, (post, ada)).await;
    h.posts.hidden.lock().insert((alan, post));
    let visibility = Visibility::Friends;
    h.post_event(post, ada, PostChange::VisibilityChanged { visibility })
        .await;
    assert!(h.list(alan).await.is_empty());
    assert_eq!(h.list(grace).await.len(), 1);
    assert_eq!(h.list(ada).await, ["grace reacted to your post"]);
}

#[tokio::test]
async fn a_post_that_is_deleted_takes_everything_about_it_along() {
    let h = House::new().await;
    let [ada, grace, alan] = h.people(["ada", "grace", "alan"]);
    let post = h.post(ada, &[alan], None).await;
    h.like(grace, (post, ada)).await;
    h.comment(grace, (post, ada), &[alan]).await;
    assert_eq!((h.unread(ada).await, h.unread(alan).await), (2, 2));
    h.post_event(post, ada, PostChange::Deleted).await;
    assert_eq!((h.unread(ada).await, h.unread(alan).await), (0, 0));
    assert_eq!(h.verified().await.items, 0);
}

#[tokio::test]
async fn a_share_is_told_and_goes_with_the_post_that_shares() {
    let h = House::new().await;
    let [ada, grace, alan] = h.people(["ada", "grace", "alan"]);
    let post = (h.ambient.id(), ada);
    let by_grace = h.post(grace, &[], Some(post)).await;
    h.post(alan, &[], Some(post)).await;
    assert_eq!(h.list(ada).await, ["alan and grace shared your post"]);
    h.post_event(by_grace, grace, PostChange::Deleted).await;
    assert_eq!(h.list(ada).await, ["alan shared your post"]);
}

#[tokio::test]
async fn a_private_post_tells_nobody() {
    let h = House::new().await;
    let [ada, grace] = h.people(["ada", "grace"]);
    let created = PostChange::Created {
        visibility: Visibility::Private,
        tags: Vec::new(),
        mentions: vec![grace],
        media_ids: Vec::new(),
        shared: None,
        created_at: h.ambient.now(),
    };
    h.post_event(h.ambient.id(), ada, created).await;
    assert!(h.list(grace).await.is_empty());
}
