//! `chat.message.v1`: mentions are told to who is named, every message to those of the room who are away. Never a word of the text.

use contracts::Event;
use contracts::chat::{Author, Mention, Message, MessageEvent, RoomSummary};
use kernel::{ErrorCode, Fault, UserId};

use crate::app::App;
use crate::app::tell::Circle;
use crate::domain::item::{Deed, News};
use crate::domain::kind::Kind;
use crate::domain::subject::{Actor, Subject, of_message};

/// Longest title that is kept.
const LABEL_CHARS_MAX: usize = 80;

pub(super) async fn hear(app: &App, event: &Event) -> Result<(), Fault> {
    match event.body::<MessageEvent>()? {
        MessageEvent::Sent(message) => sent(app, event, message).await,
        MessageEvent::Deleted(message) => Ok(app.repo.forget(&of_message(message.id), None).await?),
        MessageEvent::Edited(_) | MessageEvent::Reacted(_) => Ok(()),
    }
}

async fn sent(app: &App, event: &Event, message: Message) -> Result<(), Fault> {
    let actor = match &message.author {
        Author::User { id, .. } => Actor::User { id: *id },
        Author::Agent { id, name } => Actor::Agent {
            id: *id,
            name: name.chars().take(LABEL_CHARS_MAX).collect(),
        },
        Author::System { .. } => return Ok(()),
    };
    let room = match app.chat.room(message.room_id).await {
        Ok(room) => room,
        Err(fault) if fault.kind == ErrorCode::NotFound => return Ok(()),
        Err(fault) => return Err(fault),
    };
    let others: Vec<UserId> = room
        .members
        .iter()
        .copied()
        .filter(|id| Some(*id) != actor.user())
        .collect();
    let named: Vec<UserId> = message
        .mentions
        .iter()
        .filter_map(|mention| match mention {
            Mention::User { id } => Some(*id).filter(|id| others.contains(id)),
            Mention::Agent { .. } => None,
        })
        .take(app.repo.config.mentions_max)
        .collect();
    let mut news: Vec<News> = named.iter().map(|id| mention(*id, &actor, &message, &room)).collect();
    if room.members.len() <= app.repo.config.message_members_max {
        let rest = others.into_iter().filter(|id| !named.contains(id)).collect();
        let away = app.away(rest).await;
        news.extend(away.into_iter().map(|id| written(id, &actor, &message, &room)));
    }
    app.tell(event, news, Circle::Room(message.room_id)).await
}

fn mention(user_id: UserId, actor: &Actor, message: &Message, room: &RoomSummary) -> News {
    let subject = Subject::Message {
        room_id: message.room_id,
        message_id: message.id,
    };
    News {
        kind: Kind::Mention,
        subject,
        ..written(user_id, actor, message, room)
    }
}

fn written(user_id: UserId, actor: &Actor, message: &Message, room: &RoomSummary) -> News {
    News {
        user_id,
        kind: Kind::Message,
        subject: Subject::Room {
            room_id: message.room_id,
        },
        label: room
            .title
            .as_ref()
            .map(|title| title.chars().take(LABEL_CHARS_MAX).collect()),
        seq: Some(message.seq),
        deed: Deed {
            actor: Some(actor.clone()),
            of: Some(of_message(message.id)),
        },
    }
}
