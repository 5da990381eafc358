//! The process that writes an agent's reply is killed while it writes, and nobody starts it again before the end.

use blackbox::{Field as _, Socket, assemble, assert_gap_free, within};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::probes;
use crate::stand::{Stand, seen};
use crate::traffic::RECOVERY_MAX;

#[test]
fn a_reply_whose_writer_is_killed_is_written_anew_by_the_other_as_the_same_message() {
    Stand::case(async |stand| {
        let owner = stand.people.senders.first().unwrap();
        let sage = owner.agent("sage").await;
        let reader = stand.people.readers.first().unwrap();
        let room = owner.group_with(&[reader], json!({"agentIds": [sage]})).await;
        let socket = Socket::in_room(reader, &room).await;
        owner.say(&room, "@sage /demo slow").await;
        let words = socket
            .wait("some text", |frame| frame.has("op", "ai") && frame.number("pos") > 0)
            .await;
        let message = words.text("messageId");
        assert_eq!(words.number("attempt"), 1);
        let writer = probes::writer(stand).await;
        stand.product.process_kill(&[&writer]);
        let killed = Instant::now();
        let again = socket
            .wait("the second attempt", |frame| {
                frame.has("op", "ai") && frame.number("attempt") == 2
            })
            .await;
        let silence = killed.elapsed();
        assert_eq!((again.text("messageId"), again.number("pos")), (message.clone(), 0));
        let answer = within(RECOVERY_MAX, "the whole reply", async || {
            owner.history(&room).await.into_iter().find(by_agent)
        })
        .await;
        assert_eq!(
            (answer.text("id"), answer.text("ai.state")),
            (message.clone(), "complete".into())
        );
        socket
            .event(&room, "message.sent", |sent| sent.has("id", &message))
            .await;
        assert_eq!(assemble(&socket.frames(), &message), answer.text("text"));
        let history = owner.history(&room).await;
        assert_eq!(
            history.iter().filter(|message| by_agent(message)).count(),
            1,
            "{history:#?}"
        );
        assert_gap_free(&history);
        stand.product.process_start(&[&writer]);
        seen(
            "kill -9 of the ai-chat-host that writes a reply, one of two",
            &format!(
                "the other began the reply anew {:.1} s later, as attempt 2 of the same message; one message in the end",
                silence.as_secs_f64()
            ),
        );
    });
}

fn by_agent(message: &Value) -> bool {
    message.has("author.kind", "agent")
}
