//! Owns the frames that the server sends: each is encoded once and shared by everybody who gets it.
//! Refuses to know who gets it.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::ws::Utf8Bytes;
use contracts::chat::Message;
use kernel::{Fault, MessageId, RoomId, UserId};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

/// What may happen to a frame when a socket reads too slowly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Nothing: it is delivered, or the socket is closed and resumes.
    Kept,
    /// It is dropped: typing, and what else fades.
    Typing,
    /// A newer one with the same key takes the place of one that waits.
    Latest(Uuid),
    /// A piece of a reply: dropped, and replaced by the whole text so far once the socket reads again.
    Ai(Span),
    /// A ping that asks the WebSocket layer for a pong as well.
    Probe,
}

/// Up to where a piece of a streamed reply reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// The room.
    pub(crate) room: RoomId,
    /// The message being written.
    pub(crate) message: MessageId,
    /// The attempt, from 1.
    pub(crate) attempt: u32,
    /// Characters before and in this piece.
    pub(crate) end: u64,
}

/// The place in a room that a reader has reached with this frame, for resume tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// The room.
    pub(crate) room: RoomId,
    /// The highest seq.
    pub(crate) seq: u64,
    /// The room's epoch, when the frame tells it.
    pub(crate) epoch: Option<Arc<str>>,
}

/// An encoded frame.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// The JSON text.
    pub(crate) text: Utf8Bytes,
    /// What may happen to it.
    pub(crate) class: Class,
    /// What it says about the reader's place.
    pub(crate) mark: Option<Mark>,
}

impl Frame {
    fn new(text: String, class: Class, mark: Option<Mark>) -> Arc<Self> {
        Arc::new(Self {
            text: text.into(),
            class,
            mark,
        })
    }

    /// Wraps JSON that is never dropped.
    pub(crate) fn kept(value: &impl Serialize) -> Arc<Self> {
        Self::new(encode(value), Class::Kept, None)
    }
}

fn encode(value: &impl Serialize) -> String {
    // Our own frames always serialise; an empty object would only ever show a defect.
    serde_json::to_string(value).unwrap_or_else(|_| "{}".into())
}

/// Writes an `ev` frame around `d`, which is JSON already.
fn event_text(t: &str, room: Option<RoomId>, seq: Option<u64>, d: &str) -> String {
    let mut text = String::with_capacity(d.len() + 96);
    let _ = write!(text, r#"{{"op":"ev","t":"{t}""#);
    if let Some(room) = room {
        let _ = write!(text, r#","r":"{room}""#);
    }
    if let Some(seq) = seq {
        let _ = write!(text, r#","o":{seq}"#);
    }
    text.push_str(r#","d":"#);
    text.push_str(d);
    text.push('}');
    text
}

/// Builds `ev` of a room.
pub(crate) fn room_event(t: &str, room: RoomId, d: &impl Serialize) -> Arc<Frame> {
    Frame::new(event_text(t, Some(room), None, &encode(d)), Class::Kept, None)
}

/// Builds `ev` of a person's own channel.
pub(crate) fn user_event(t: &str, d: &impl Serialize) -> Arc<Frame> {
    Frame::new(event_text(t, None, None, &encode(d)), Class::Kept, None)
}

/// Builds `ev message.sent` from the message's JSON.
pub(crate) fn sent_raw(room: RoomId, seq: u64, message: &str) -> Arc<Frame> {
    let mark = Mark { room, seq, epoch: None };
    Frame::new(
        event_text("message.sent", Some(room), Some(seq), message),
        Class::Kept,
        Some(mark),
    )
}

/// Builds `ev message.sent` from a message read in the store.
pub(crate) fn sent(message: &Message) -> Arc<Frame> {
    sent_raw(message.room_id, message.seq, &encode(message))
}

/// Builds `ev message.edited|deleted|reacted` from the message's JSON.
pub(crate) fn changed_raw(t: &str, room: RoomId, message: &str) -> Arc<Frame> {
    Frame::new(event_text(t, Some(room), None, message), Class::Kept, None)
}

/// Builds the change frame of a message read in the store: what it is now says what happened to it.
pub(crate) fn changed(message: &Message) -> Arc<Frame> {
    let t = match message {
        m if m.deleted => "message.deleted",
        m if m.edited_at.is_some() => "message.edited",
        _ => "message.reacted",
    };
    changed_raw(t, message.room_id, &encode(message))
}

/// Builds `ev room.activity`.
pub(crate) fn activity(room: RoomId, seq: u64, author: Uuid) -> Arc<Frame> {
    let d = json!({"roomId": room, "seq": seq, "authorId": author});
    Frame::new(
        event_text("room.activity", None, None, &d.to_string()),
        Class::Latest(room.uuid()),
        None,
    )
}

/// Builds `ev presence`.
pub(crate) fn presence(user: UserId, online: bool) -> Arc<Frame> {
    let d = json!({"userId": user, "online": online});
    Frame::new(
        event_text("presence", None, None, &d.to_string()),
        Class::Latest(user.uuid()),
        None,
    )
}

/// Builds `ev typing`.
pub(crate) fn typing(room: RoomId, d: &impl Serialize) -> Arc<Frame> {
    fading_event("typing", room, d)
}

/// Builds `ev` of a room that a reader who is slow can do without.
pub(crate) fn fading_event(t: &str, room: RoomId, d: &impl Serialize) -> Arc<Frame> {
    Frame::new(event_text(t, Some(room), None, &encode(d)), Class::Typing, None)
}

/// A piece of a reply being written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Piece<'a> {
    /// The room.
    pub(crate) r: RoomId,
    /// The message being written.
    pub(crate) message_id: MessageId,
    /// The run.
    pub(crate) run_id: kernel::RunId,
    /// Who writes.
    pub(crate) agent_id: kernel::AgentId,
    /// The attempt, from 1.
    pub(crate) attempt: u32,
    /// Characters before `text`.
    pub(crate) pos: u64,
    /// The piece.
    pub(crate) text: &'a str,
}

/// Builds `ai`.
pub(crate) fn ai(piece: &Piece<'_>) -> Arc<Frame> {
    #[derive(Serialize)]
    struct Wire<'a> {
        op: &'static str,
        #[serde(flatten)]
        piece: &'a Piece<'a>,
    }
    let characters = u64::try_from(piece.text.chars().count()).unwrap_or(u64::MAX);
    let end = piece.pos.saturating_add(characters);
    let span = Span {
        room: piece.r,
        message: piece.message_id,
        attempt: piece.attempt,
        end,
    };
    Frame::new(encode(&Wire { op: "ai", piece }), Class::Ai(span), None)
}

/// Builds `subbed`.
pub(crate) fn subbed(room: RoomId, seq: u64, epoch: &Arc<str>, recovered: bool) -> Arc<Frame> {
    let text = json!({"op": "subbed", "r": room, "o": seq, "e": epoch, "recovered": recovered}).to_string();
    Frame::new(
        text,
        Class::Kept,
        Some(Mark {
            room,
            seq,
            epoch: Some(epoch.clone()),
        }),
    )
}

/// Builds `reset`. `at` is where the subscription goes on, when that is known.
pub(crate) fn reset(room: RoomId, at: Option<(u64, &Arc<str>)>) -> Arc<Frame> {
    let mark = at.map(|(seq, epoch)| Mark {
        room,
        seq,
        epoch: Some(epoch.clone()),
    });
    Frame::new(json!({"op": "reset", "r": room}).to_string(), Class::Kept, mark)
}

/// Builds `ping`; with `probe` the WebSocket layer is asked for a pong too.
pub(crate) fn ping(probe: bool) -> Arc<Frame> {
    Frame::new(
        r#"{"op":"ping"}"#.into(),
        if probe { Class::Probe } else { Class::Kept },
        None,
    )
}

/// The `id` that a client gave its request, as JSON, to be written into the answer.
pub(crate) type RequestId = Option<Arc<str>>;

/// Builds `{"op": op, "id": …, fields…}`; `fields` is an object.
pub(crate) fn answer(op: &str, id: &RequestId, fields: &impl Serialize) -> Arc<Frame> {
    let fields = encode(fields);
    let inner = fields
        .strip_prefix('{')
        .and_then(|f| f.strip_suffix('}'))
        .unwrap_or_default();
    let mut text = format!(r#"{{"op":"{op}""#);
    if let Some(id) = id {
        let _ = write!(text, r#","id":{id}"#);
    }
    if !inner.is_empty() {
        text.push(',');
        text.push_str(inner);
    }
    text.push('}');
    Frame::new(text, Class::Kept, None)
}

/// Builds `err`. Of an internal failure nothing is told but its kind.
pub(crate) fn error(id: &RequestId, room: Option<&str>, fault: &Fault) -> Arc<Frame> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Fields<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        r: Option<&'a str>,
        code: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        detail: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_after_ms: Option<u64>,
    }
    let detail = (fault.kind != kernel::ErrorCode::Internal).then_some(fault.detail.as_str());
    answer(
        "err",
        id,
        &Fields {
            r: room,
            code: &fault.code,
            detail,
            retry_after_ms: fault.retry_after_ms,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(frame: &Frame) -> serde_json::Value {
        serde_json::from_str(frame.text.as_str()).unwrap()
    }

    #[test]
    fn a_message_frame_carries_the_messages_own_bytes() {
        let room: RoomId = Uuid::nil().into();
        let raw = r#"{"seq":5,"text":"a \"quoted\" word"}"#;
        let frame = sent_raw(room, 5, raw);
        assert!(frame.text.as_str().contains(raw));
        assert_eq!(parse(&frame)["o"], 5);
        assert_eq!(parse(&frame)["d"]["text"], "a \"quoted\" word");
    }

    #[test]
    fn an_answer_repeats_the_id_as_the_client_wrote_it() {
        let frame = answer("ok", &Some("\"q1\"".into()), &json!({"seq": 3}));
        assert_eq!(parse(&frame), json!({"op": "ok", "id": "q1", "seq": 3}));
        assert_eq!(parse(&answer("ok", &None, &json!({}))), json!({"op": "ok"}));
    }

    #[test]
    fn an_internal_failure_tells_nothing_of_its_cause() {
        let frame = error(&None, None, &Fault::internal("password of the database"));
        assert_eq!(parse(&frame), json!({"op": "err", "code": "internal"}));
    }

    #[test]
    fn the_span_of_a_piece_counts_characters_and_not_bytes() {
        let piece = Piece {
            r: Uuid::nil().into(),
            message_id: Uuid::nil().into(),
            run_id: Uuid::nil().into(),
            agent_id: Uuid::nil().into(),
            attempt: 1,
            pos: 2,
            text: "äß€",
        };
        let Class::Ai(span) = ai(&piece).class else {
            panic!("not ai")
        };
        assert_eq!(span.end, 5);
    }
}
