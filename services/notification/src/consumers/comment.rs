//! `social.comment.v1`: told once to each person: to who is answered, else to who is named, else to the post's author.

use contracts::Event;
use contracts::post::{CommentChange, CommentEvent};
use kernel::{Fault, UserId};

use crate::app::App;
use crate::domain::item::{Deed, News};
use crate::domain::kind::Kind;
use crate::domain::subject::{Subject, of_comment};

pub(super) async fn hear(app: &App, event: &Event) -> Result<(), Fault> {
    let comment: CommentEvent = event.body()?;
    match &comment.change {
        CommentChange::Created { reply_to, mentions } => {
            let mut news: Vec<News> = Vec::new();
            let mut add = |user_id: UserId, kind: Kind, subject: Subject| {
                if user_id != comment.author_id && news.iter().all(|news| news.user_id != user_id) {
                    let deed = Deed::by(comment.author_id, Some(of_comment(comment.comment_id)));
                    news.push(News {
                        user_id,
                        kind,
                        subject,
                        label: None,
                        seq: None,
                        deed,
                    });
                }
            };
            let of = |comment_id| Subject::Comment {
                post_id: comment.post_id,
                comment_id,
            };
            if let Some((answered, author)) = reply_to {
                add(*author, Kind::Reply, of(*answered));
            }
            for named in mentions.iter().take(app.repo.config.mentions_max) {
                add(*named, Kind::Mention, of(comment.comment_id));
            }
            let post = Subject::Post {
                post_id: comment.post_id,
            };
            add(comment.post_author_id, Kind::Comment, post);
            tell(app, event, news, &comment).await
        }
        CommentChange::Edited => Ok(()),
        CommentChange::Deleted => Ok(app.repo.forget(&of_comment(comment.comment_id), None).await?),
    }
}

/// Tells those who may see the post; its author may.
async fn tell(app: &App, event: &Event, news: Vec<News>, comment: &CommentEvent) -> Result<(), Fault> {
    let others = news
        .iter()
        .map(|news| news.user_id)
        .filter(|id| *id != comment.post_author_id);
    let mut seeing = app.who_sees(comment.post_id, others.collect()).await?;
    seeing.insert(comment.post_author_id);
    let news = news.into_iter().filter(|news| seeing.contains(&news.user_id)).collect();
    app.tell(event, news).await
}
