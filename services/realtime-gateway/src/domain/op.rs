//! Owns how a client's frame is read: one flat parse, then the fields that its `op` needs. Refuses to know what an op does.

use std::borrow::Cow;
use std::sync::Arc;

use contracts::chat::SendMessage;
use kernel::{Fault, MessageId, RoomId, RunId};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::frame::RequestId;
use crate::error::RealtimeError;

/// Longest `id` of a request, as JSON.
const ID_BYTES_MAX: usize = 128;
/// Longest room name that is repeated in an `err`.
const ROOM_ECHO_MAX: usize = 64;
/// Longest client id of a message.
const CLIENT_ID_CHARS_MAX: usize = 64;
/// Longest text of a message.
const TEXT_CHARS_MAX: usize = 8_000;

/// A room that a client wants to follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wish {
    /// The room.
    pub(crate) room: RoomId,
    /// The highest seq that the client holds; `None`: from now on.
    pub(crate) held: Option<u64>,
    /// The epoch in which that was so.
    pub(crate) epoch: Option<String>,
}

/// What a client asks.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    /// Signs in, or renews.
    Auth { token: String },
    /// Follows rooms; `unknown` are names that are no ids.
    Sub { wishes: Vec<Wish>, unknown: Vec<String> },
    /// Follows no more.
    Unsub { rooms: Vec<RoomId> },
    /// Sends.
    Send(SendMessage),
    /// Is typing.
    Typing { room: RoomId },
    /// Has read.
    Read { room: RoomId, seq: u64 },
    /// Stops a run.
    Cancel { room: RoomId, run: RunId },
    /// Is alive.
    Pong,
}

impl Op {
    /// Returns the room whose operations must stay in order, if it is about one.
    pub(crate) fn room(&self) -> Option<RoomId> {
        match self {
            Self::Send(message) => Some(message.room_id),
            Self::Typing { room } | Self::Read { room, .. } | Self::Cancel { room, .. } => Some(*room),
            Self::Auth { .. } | Self::Sub { .. } | Self::Unsub { .. } | Self::Pong => None,
        }
    }
}

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// What the client calls it.
    pub(crate) id: RequestId,
    /// What it asks.
    pub(crate) op: Op,
}

/// A frame that cannot be followed.
#[derive(Clone, Debug)]
pub(crate) struct Refused {
    /// What the client calls it, when that could be read.
    pub(crate) id: RequestId,
    /// The room as the client wrote it.
    pub(crate) room: Option<String>,
    /// Why.
    pub(crate) fault: Fault,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw<'a> {
    #[serde(borrow)]
    op: Cow<'a, str>,
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    r: Option<Cow<'a, str>>,
    #[serde(default)]
    rooms: Option<&'a RawValue>,
    #[serde(default)]
    token: Option<String>,
    #[serde(default)]
    client_id: Option<String>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    reply_to: Option<String>,
    #[serde(default)]
    seq: Option<u64>,
    #[serde(borrow, default)]
    run_id: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct RawWish {
    r: String,
    #[serde(default)]
    o: Option<u64>,
    #[serde(default)]
    e: Option<String>,
}

/// Reads a client's frame.
pub(crate) fn parse(text: &str) -> Result<Asked, Box<Refused>> {
    let bad = |id: RequestId, why: String| {
        Box::new(Refused {
            id,
            room: None,
            fault: RealtimeError::BadFrame(why).into(),
        })
    };
    // Anything but an object would be read as the fields in order.
    if !text.trim_start().starts_with('{') {
        return Err(bad(None, "A frame is a JSON object.".into()));
    }
    let raw: Raw<'_> = serde_json::from_str(text).map_err(|e| bad(id_only(text), e.to_string()))?;
    let id = match raw.id.map(request_id) {
        None => None,
        Some(Some(id)) => Some(id),
        Some(None) => {
            return Err(bad(
                None,
                format!("`id` is a string or number of at most {ID_BYTES_MAX} bytes."),
            ));
        }
    };
    let room = raw
        .r
        .as_deref()
        .map(|r| r.chars().take(ROOM_ECHO_MAX).collect::<String>());
    match op(raw) {
        Ok(op) => Ok(Asked { id, op }),
        Err(fault) => Err(Box::new(Refused { id, room, fault })),
    }
}

fn request_id(raw: &RawValue) -> Option<Arc<str>> {
    let text = raw.get();
    let plain = text.starts_with('"') || text.starts_with(|c: char| c == '-' || c.is_ascii_digit());
    (plain && text.len() <= ID_BYTES_MAX).then(|| text.into())
}

/// Finds the id of a frame whose other fields could not be read.
fn id_only(text: &str) -> RequestId {
    #[derive(Deserialize)]
    struct IdOnly<'a> {
        #[serde(borrow)]
        id: &'a RawValue,
    }
    serde_json::from_str::<IdOnly<'_>>(text)
        .ok()
        .and_then(|i| request_id(i.id))
}

fn missing(field: &str) -> Fault {
    RealtimeError::BadFrame(format!("`{field}` is missing.")).into()
}

fn op(raw: Raw<'_>) -> Result<Op, Fault> {
    let room = || -> Result<RoomId, Fault> {
        raw.r
            .as_deref()
            .ok_or_else(|| missing("r"))?
            .parse()
            .map_err(|_| RealtimeError::UnknownRoom.into())
    };
    Ok(match raw.op.as_ref() {
        "auth" => Op::Auth {
            token: raw.token.ok_or_else(|| missing("token"))?,
        },
        "pong" => Op::Pong,
        "typing" => Op::Typing { room: room()? },
        "read" => Op::Read {
            seq: raw.seq.ok_or_else(|| missing("seq"))?,
            room: room()?,
        },
        "cancel" => {
            let run = raw.run_id.as_deref().ok_or_else(|| missing("runId"))?;
            Op::Cancel {
                room: room()?,
                run: run.parse().map_err(|_| RealtimeError::UnknownRun)?,
            }
        }
        "sub" => {
            let (mut wishes, mut unknown) = (Vec::<Wish>::new(), Vec::new());
            for wish in rooms::<RawWish>(raw.rooms)? {
                match wish.r.parse() {
                    Ok(room) => {
                        // Named twice, the last one counts.
                        wishes.retain(|w| w.room != room);
                        wishes.push(Wish {
                            room,
                            held: wish.o,
                            epoch: wish.e,
                        });
                    }
                    Err(_) => unknown.push(wish.r.chars().take(ROOM_ECHO_MAX).collect()),
                }
            }
            Op::Sub { wishes, unknown }
        }
        "unsub" => Op::Unsub {
            rooms: rooms::<String>(raw.rooms)?
                .iter()
                .filter_map(|r| r.parse().ok())
                .collect(),
        },
        "send" => {
            let client_id = raw.client_id.ok_or_else(|| missing("clientId"))?;
            let text = raw.text.ok_or_else(|| missing("text"))?;
            let room_id = room()?;
            within("clientId", &client_id, CLIENT_ID_CHARS_MAX)?;
            within("text", &text, TEXT_CHARS_MAX)?;
            let reply_to = raw.reply_to.map(|r| r.parse::<MessageId>()).transpose();
            let reply_to = reply_to.map_err(|_| Fault::invalid("replyTo", "not an id"))?;
            Op::Send(SendMessage {
                room_id,
                client_id,
                text,
                reply_to,
                attachment_ids: Vec::new(),
            })
        }
        other => {
            let op: String = other.chars().take(32).collect();
            return Err(RealtimeError::BadFrame(format!("`{op}` is not an op.")).into());
        }
    })
}

fn rooms<'a, T: Deserialize<'a>>(raw: Option<&'a RawValue>) -> Result<Vec<T>, Fault> {
    let raw = raw.ok_or_else(|| missing("rooms"))?;
    serde_json::from_str(raw.get()).map_err(|e| RealtimeError::BadFrame(format!("`rooms`: {e}")).into())
}

fn within(field: &str, text: &str, max: usize) -> Result<(), Fault> {
    match text.chars().take(max + 1).count() {
        0 => Err(Fault::invalid(field, "length is lower than 1")),
        n if n > max => Err(Fault::invalid(field, format!("length is greater than {max}"))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: &str = "0190c5a0-7b7e-7000-8000-000000000001";

    fn code(text: &str) -> String {
        parse(text).unwrap_err().fault.code.into_owned()
    }

    #[test]
    fn nonsense_is_a_bad_frame_and_keeps_the_id_where_it_can() {
        for nonsense in [
            "",
            "{",
            "[]",
            "null",
            "17",
            "{}",
            r#"["send"]"#,
            r#"{"op":17}"#,
            r#"{"op":"fly"}"#,
            r#"{"op":"send"}"#,
        ] {
            assert_eq!(code(nonsense), "realtime.bad_frame", "{nonsense}");
        }
        assert_eq!(parse(r#"{"op":17,"id":"q"}"#).unwrap_err().id.as_deref(), Some("\"q\""));
        assert_eq!(parse(r#"{"op":"fly","id":7}"#).unwrap_err().id.as_deref(), Some("7"));
        assert_eq!(code(r#"{"op":"pong","id":{"a":1}}"#), "realtime.bad_frame");
    }

    #[test]
    fn a_room_that_is_no_id_is_not_found() {
        assert_eq!(
            code(r#"{"op":"send","r":"x","clientId":"c","text":"t"}"#),
            "chat.not_found"
        );
        let Op::Sub { wishes, unknown } = parse(&format!(
            r#"{{"op":"sub","rooms":[{{"r":"x"}},{{"r":"{ROOM}","o":4}}]}}"#
        ))
        .unwrap()
        .op
        else {
            panic!("not a sub")
        };
        assert_eq!((wishes[0].held, unknown), (Some(4), vec!["x".to_owned()]));
    }

    #[test]
    fn a_message_has_its_limits() {
        let send = |client_id: &str, text: &str| {
            parse(&serde_json::json!({"op": "send", "r": ROOM, "clientId": client_id, "text": text}).to_string())
        };
        assert!(send("c", &"ä".repeat(8_000)).is_ok());
        for (client_id, text) in [
            ("c", "ä".repeat(8_001)),
            ("c", String::new()),
            ("", "t".into()),
            (&"c".repeat(65), "t".into()),
        ] {
            assert_eq!(send(client_id, &text).unwrap_err().fault.code, "request.invalid");
        }
    }
}
