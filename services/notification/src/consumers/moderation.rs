//! `platform.moderation.v1`: a moderator's warning is told to whom it is for, with its words, and without who said it.

use contracts::Event;
use contracts::user::{ModerationAction, ModerationEvent};
use kernel::Fault;

use crate::app::App;
use crate::app::tell::Circle;
use crate::domain::item::{Deed, News};
use crate::domain::kind::Kind;
use crate::domain::subject::Subject;

pub(super) async fn hear(app: &App, event: &Event) -> Result<(), Fault> {
    let ModerationEvent::Decided {
        case_id,
        subject,
        author: Some(author),
        post_id,
        action: ModerationAction::Warn,
        note,
        ..
    } = event.body()?
    else {
        return Ok(());
    };
    let comment = subject.strip_prefix("comment:").and_then(|id| id.parse().ok());
    let subject = match (post_id, comment) {
        (Some(post_id), Some(comment_id)) => Subject::Comment { post_id, comment_id },
        (Some(post_id), None) => Subject::Post { post_id },
        (None, _) => Subject::User {
            user_id: author,
            request_id: None,
        },
    };
    let news = News {
        user_id: author,
        kind: Kind::Warned,
        subject,
        label: note.filter(|note| !note.trim().is_empty()),
        seq: None,
        deed: Deed {
            actor: None,
            of: Some(format!("case:{case_id}")),
        },
    };
    app.tell(event, vec![news], Circle::Concerned).await
}
