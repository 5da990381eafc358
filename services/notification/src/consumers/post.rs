//! `social.post.v1`: mentions and shares, told to who may see the post; what nobody may see any more goes.

use contracts::Event;
use contracts::post::{PostChange, PostEvent, Visibility};
use kernel::{Fault, PostId, UserId};

use crate::app::App;
use crate::domain::item::{Deed, News};
use crate::domain::kind::Kind;
use crate::domain::subject::{Subject, of_post};

pub(super) async fn hear(app: &App, event: &Event) -> Result<(), Fault> {
    let PostEvent {
        post_id,
        author_id,
        change,
        ..
    } = event.body::<PostEvent>()?;
    match change {
        PostChange::Created {
            visibility: Visibility::Private,
            ..
        } => Ok(()),
        PostChange::Created { mentions, shared, .. } => {
            let mut news: Vec<News> = shared
                .map(|(shared, owner)| share(owner, shared, author_id, post_id))
                .into_iter()
                .collect();
            news.extend(mentioned(app, mentions, author_id, post_id));
            app.tell_of_post(event, news, post_id).await
        }
        PostChange::Edited { mentions, .. } => {
            let news = mentioned(app, mentions, author_id, post_id).collect();
            app.tell_of_post(event, news, post_id).await
        }
        PostChange::VisibilityChanged {
            visibility: Visibility::Public,
        } => Ok(()),
        PostChange::VisibilityChanged { .. } => hide(app, post_id, author_id).await,
        PostChange::Deleted => Ok(app.repo.forget(&of_post(post_id), None).await?),
    }
}

fn share(owner: UserId, shared: PostId, by: UserId, post_id: PostId) -> News {
    News {
        user_id: owner,
        kind: Kind::Share,
        subject: Subject::Post { post_id: shared },
        label: None,
        seq: None,
        deed: Deed::by(by, Some(of_post(post_id))),
    }
}

fn mentioned(app: &App, mentions: Vec<UserId>, by: UserId, post_id: PostId) -> impl Iterator<Item = News> {
    let news = move |user_id| News {
        user_id,
        kind: Kind::Mention,
        subject: Subject::Post { post_id },
        label: None,
        seq: None,
        deed: Deed::by(by, None),
    };
    mentions.into_iter().take(app.repo.config.mentions_max).map(news)
}

/// Takes a post's items from those who may not see it any more.
async fn hide(app: &App, post: PostId, author: UserId) -> Result<(), Fault> {
    let mut owners = app.repo.owners(&of_post(post)).await?;
    owners.retain(|owner| *owner != author);
    let seeing = app.who_sees(post, owners.clone()).await?;
    for owner in owners.into_iter().filter(|owner| !seeing.contains(owner)) {
        app.repo.forget(&of_post(post), Some(owner)).await?;
    }
    Ok(())
}
