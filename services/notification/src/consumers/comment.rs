//! `social.comment.v1`: told once to each person: to who is answered, else to who is named, else to the post's author; if they may see the post.

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
            app.tell_of_post(event, news, comment.post_id).await
        }
        CommentChange::Edited { mentions } => {
            let subject = Subject::Comment {
                post_id: comment.post_id,
                comment_id: comment.comment_id,
            };
            let named = mentions.iter().take(app.repo.config.mentions_max);
            let news = named.filter(|person| **person != comment.author_id).map(|person| News {
                user_id: *person,
                kind: Kind::Mention,
                subject,
                label: None,
                seq: None,
                deed: Deed::by(comment.author_id, Some(of_comment(comment.comment_id))),
            });
            app.tell_of_post(event, news.collect(), comment.post_id).await
        }
        CommentChange::Deleted => Ok(app.repo.forget(&of_comment(comment.comment_id), None).await?),
    }
}
