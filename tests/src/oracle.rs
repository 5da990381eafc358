//! Owns the judgement of a run: what the product promised against what readers saw. It refuses to know how they saw it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{Field as _, Http};

/// A send that the product has acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ack {
    /// Who sent it.
    pub author: String,
    /// The sender's own id of the message.
    pub client_id: String,
    /// The id in the acknowledgement.
    pub id: String,
    /// The sequence in the acknowledgement.
    pub seq: u64,
}

/// Pages through the messages of a room above `held`, oldest first.
pub async fn history(http: &Http, room: &str, held: u64) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    loop {
        let after = all.last().map_or(held, |last| last.number("seq"));
        let path = format!("/api/chat/rooms/{room}/messages?after={after}&limit=200");
        let page = http.get(&path).await.is(200);
        all.extend(page.list("items"));
        if !page.flag("hasMoreAfter") {
            return all;
        }
    }
}

/// Expects the sequences 1, 2, 3 ... without a gap, and no id twice.
#[track_caller]
pub fn assert_gap_free(history: &[Value]) {
    let seqs: Vec<_> = history.iter().map(|message| message.number("seq")).collect();
    let wanted: Vec<_> = (1..=history.len() as u64).collect();
    assert_eq!(seqs, wanted, "the room's sequence has gaps, repeats or disorder");
    let ids: BTreeSet<_> = history.iter().map(|message| message.text("id")).collect();
    assert_eq!(ids.len(), history.len(), "an id stands twice in the room");
}

/// Expects every acknowledged send in the history, with the id and sequence of its acknowledgement, and no client id twice.
#[track_caller]
pub fn assert_acked_once(history: &[Value], acks: &[Ack]) {
    let mut stored = BTreeMap::new();
    for message in history
        .iter()
        .filter(|message| message.get("clientId").is_some_and(Value::is_string))
    {
        let key = (message.text("author.id"), message.text("clientId"));
        let again = stored.insert(key, (message.text("id"), message.number("seq")));
        assert!(again.is_none(), "stored twice: {message}");
    }
    for ack in acks {
        let kept = stored.get(&(ack.author.clone(), ack.client_id.clone()));
        assert_eq!(
            kept,
            Some(&(ack.id.clone(), ack.seq)),
            "acknowledged but not kept so: {ack:?}"
        );
    }
}

/// Puts the text of a streamed reply together from `ai` frames: the newest attempt wins, and no character may be missing.
#[track_caller]
pub fn assemble(frames: &[Value], message_id: &str) -> String {
    let mut attempt = 0;
    let mut text: Vec<char> = Vec::new();
    for frame in frames
        .iter()
        .filter(|frame| frame.has("op", "ai") && frame.has("messageId", message_id))
    {
        let (number, pos) = (frame.number("attempt"), frame.number("pos") as usize);
        if number < attempt {
            continue;
        }
        if number > attempt {
            (attempt, text) = (number, Vec::new());
        }
        assert!(
            pos <= text.len(),
            "characters {}..{pos} are missing before {frame}",
            text.len()
        );
        text.truncate(pos);
        text.extend(frame.text("text").chars());
    }
    text.into_iter().collect()
}

/// A reader of one room who takes live events, resumed events and pages, and must end with each message exactly once.
pub struct Reader {
    room: String,
    /// The highest sequence held; everything above the first one up to here has been seen.
    pub held: u64,
    seen: BTreeMap<u64, String>,
}

impl Reader {
    /// Begins with nothing, at `held`.
    pub fn at(room: &str, held: u64) -> Self {
        Self {
            room: room.to_owned(),
            held,
            seen: BTreeMap::new(),
        }
    }

    /// Takes the room's messages of one connection, which must go on exactly after `held`, each once and in order.
    #[track_caller]
    pub fn take_live(&mut self, frames: &[Value]) {
        let room = self.room.clone();
        for frame in frames
            .iter()
            .filter(|frame| frame.has("t", "message.sent") && frame.has("r", &room))
        {
            assert_eq!(
                frame.number("o"),
                frame.number("d.seq"),
                "the offset is not the sequence: {frame}"
            );
            assert_eq!(
                frame.number("o"),
                self.held + 1,
                "a message is missing, repeated or out of order"
            );
            self.insert(frame.number("o"), frame.text("d.id"));
        }
    }

    /// Takes one connection whose subscription answered `reset`: first pages, then what came live above that.
    pub async fn take_reset(&mut self, http: &Http, frames: &[Value]) {
        self.take_page(http).await;
        let above = |frame: &&Value| frame.get("o").and_then(Value::as_u64).is_some_and(|o| o > self.held);
        let fresh: Vec<_> = frames.iter().filter(above).cloned().collect();
        self.take_live(&fresh);
    }

    /// Takes what HTTP has above `held`.
    pub async fn take_page(&mut self, http: &Http) {
        let messages = history(http, &self.room.clone(), self.held).await;
        self.take_messages(&messages);
    }

    /// Takes messages above `held` that were read somewhere.
    #[track_caller]
    pub fn take_messages(&mut self, messages: &[Value]) {
        for message in messages {
            assert_eq!(message.number("seq"), self.held + 1, "the page has a gap");
            self.insert(message.number("seq"), message.text("id"));
        }
    }

    fn insert(&mut self, seq: u64, id: String) {
        self.held = seq;
        self.seen.insert(seq, id);
    }

    /// Expects to have seen exactly the messages of `history` above the first held sequence.
    #[track_caller]
    pub fn assert_complete(&self, history: &[Value]) {
        let first = self.seen.keys().next().copied().unwrap_or(self.held + 1);
        let wanted = history.iter().filter(|message| message.number("seq") >= first);
        let wanted: BTreeMap<_, _> = wanted
            .map(|message| (message.number("seq"), message.text("id")))
            .collect();
        assert_eq!(
            self.seen, wanted,
            "the reader's messages differ from the room's history"
        );
    }
}

#[cfg(test)]
mod tests {
    //! An oracle that cannot say no is worth nothing.
    use serde_json::json;

    use super::*;

    fn message(seq: u64, id: &str, client_id: &str) -> Value {
        json!({"seq": seq, "id": id, "clientId": client_id, "author": {"id": "ada"}})
    }

    fn live(seq: u64) -> Value {
        json!({"op": "ev", "t": "message.sent", "r": "room", "o": seq, "d": {"seq": seq, "id": format!("m{seq}")}})
    }

    fn ack(id: &str, seq: u64) -> Ack {
        Ack {
            author: "ada".to_owned(),
            client_id: "c1".to_owned(),
            id: id.to_owned(),
            seq,
        }
    }

    fn ai(attempt: u64, pos: u64, text: &str) -> Value {
        json!({"op": "ai", "messageId": "m", "attempt": attempt, "pos": pos, "text": text})
    }

    #[test]
    fn a_sound_room_passes() {
        let history = [message(1, "m1", "c1"), message(2, "m2", "c2")];
        assert_gap_free(&history);
        assert_acked_once(&history, &[ack("m1", 1)]);
    }

    #[test]
    #[should_panic(expected = "gaps")]
    fn a_gap_is_seen() {
        assert_gap_free(&[message(1, "m1", "c1"), message(3, "m3", "c3")]);
    }

    #[test]
    #[should_panic(expected = "stored twice")]
    fn a_client_id_stored_twice_is_seen() {
        assert_acked_once(&[message(1, "m1", "c1"), message(2, "m2", "c1")], &[]);
    }

    #[test]
    #[should_panic(expected = "not kept so")]
    fn a_lost_acknowledgement_is_seen() {
        assert_acked_once(&[message(2, "m2", "c2")], &[ack("m1", 1)]);
    }

    #[test]
    #[should_panic(expected = "not kept so")]
    fn an_acknowledgement_of_another_sequence_is_seen() {
        assert_acked_once(&[message(2, "m1", "c1")], &[ack("m1", 1)]);
    }

    #[test]
    #[should_panic(expected = "missing, repeated")]
    fn a_message_told_twice_is_seen() {
        Reader::at("room", 0).take_live(&[live(1), live(1)]);
    }

    #[test]
    #[should_panic(expected = "missing, repeated")]
    fn a_message_left_out_is_seen() {
        Reader::at("room", 4).take_live(&[live(5), live(7)]);
    }

    #[test]
    #[should_panic(expected = "differ")]
    fn a_reader_who_stopped_early_is_seen() {
        let mut reader = Reader::at("room", 0);
        reader.take_live(&[live(1)]);
        reader.assert_complete(&[message(1, "m1", "c1"), message(2, "m2", "c2")]);
    }

    #[test]
    fn overlapping_and_repeated_deltas_give_the_text_of_the_newest_attempt() {
        let frames = [
            ai(1, 0, "lost"),
            ai(2, 0, "grüß"),
            ai(2, 2, "üße"),
            ai(1, 4, "late"),
            ai(2, 5, " dich"),
        ];
        assert_eq!(assemble(&frames, "m"), "grüße dich");
    }

    #[test]
    #[should_panic(expected = "characters 2..3 are missing")]
    fn a_lost_delta_is_seen() {
        assemble(&[ai(1, 0, "ab"), ai(1, 3, "d")], "m");
    }
}
