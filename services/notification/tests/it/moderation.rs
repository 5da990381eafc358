//! Warnings by moderators.

use contracts::post::PostChange;
use contracts::user::{ModerationAction, ModerationEvent};
use kernel::{PostId, UserId};
use serde_json::json;

use crate::house::House;

fn verdict(h: &House, author: UserId, (subject, post_id): (String, Option<PostId>), note: &str) -> ModerationEvent {
    ModerationEvent::Decided {
        case_id: h.ambient.id(),
        subject,
        author: Some(author),
        post_id,
        action: ModerationAction::Warn,
        note: Some(note.into()),
        by: h.ambient.id(),
    }
}

#[tokio::test]
async fn a_warning_reaches_its_author_with_its_words_once_and_names_no_moderator() {
    let h = House::new().await;
    let [ada] = h.people(["ada"]);
    let (post, comment): (PostId, kernel::CommentId) = (h.ambient.id(), h.ambient.id());
    let about_post = verdict(&h, ada, (format!("post:{post}"), Some(post)), "be kind");
    let event = h.hear(&about_post).await;
    h.hear_again(&event).await;
    assert_eq!(h.list(ada).await, ["A moderator warned you about your post: be kind"]);
    let page = h.page(ada).await;
    let (item, ModerationEvent::Decided { by, .. }) = (&page["items"][0], &about_post) else {
        panic!("{page}")
    };
    assert_eq!(
        (&item["kind"], &item["subject"]),
        (&json!("warned"), &json!({"type": "post", "postId": post}))
    );
    assert!(!page.to_string().contains(&by.to_string()));
    let about_comment = verdict(&h, ada, (format!("comment:{comment}"), Some(post)), "");
    h.hear(&about_comment).await;
    h.hear(&verdict(&h, ada, (format!("user:{ada}"), None), "enough")).await;
    let mut list = h.list(ada).await;
    list.sort();
    assert_eq!(
        list,
        [
            "A moderator warned you about your comment",
            "A moderator warned you about your post: be kind",
            "A moderator warned you: enough"
        ]
    );
}

#[tokio::test]
async fn a_warning_stays_when_what_it_is_about_is_gone_or_not_seen() {
    let h = House::new().await;
    let [ada] = h.people(["ada"]);
    let post = h.ambient.id();
    h.posts.hidden.lock().insert((ada, post));
    h.hear(&verdict(&h, ada, (format!("post:{post}"), Some(post)), "be kind"))
        .await;
    h.post_event(post, ada, PostChange::Deleted).await;
    assert_eq!(h.list(ada).await, ["A moderator warned you about your post: be kind"]);
    h.verified().await;
}

#[tokio::test]
async fn other_verdicts_tell_their_author_nothing() {
    let h = House::new().await;
    let [ada] = h.people(["ada"]);
    let post = h.ambient.id();
    for done in [ModerationAction::Dismiss, ModerationAction::Remove] {
        let mut event = verdict(&h, ada, (format!("post:{post}"), Some(post)), "so");
        if let ModerationEvent::Decided { action, .. } = &mut event {
            *action = done;
        }
        h.hear(&event).await;
    }
    assert!(h.list(ada).await.is_empty());
}
