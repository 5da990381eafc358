//! What a debate survives: hosts that die or leave, models that fail, time that runs out, people and agents that go.

use std::time::Duration;

use kernel::ErrorCode;
use serde_json::{Value, json};

use crate::arena::{Arena, TURNS, states};
use crate::house::{muse, sage, until};

#[tokio::test]
async fn a_turn_whose_host_died_is_spoken_by_the_next_one_and_only_once() {
    let arena = Arena::new().await;
    let (dead, again) = (arena.house.models.script(), arena.house.models.script());
    arena.house.models.always("An argument.");
    let host = arena.house.deaf_host().await;
    let path = arena.start(&host.app).await;
    dead.say("Half of an arg");
    arena.hears(1, 1, "Half of an arg").await;
    host.kill().await;
    let host = arena.house.deaf_host().await;
    assert_eq!(arena.read(&host.app, &path).await["turns"][0]["text"], "Half of an arg");
    assert_eq!(arena.house.models.calls(), 1, "the dead host's lease still holds");
    arena.house.lapse();
    again.say("A whole argument").end();
    let debate = arena.phase(&host.app, &path, "voting_after").await;
    assert_eq!(
        (&debate["turns"][0]["text"], &debate["turns"][0]["attempt"]),
        (&json!("A whole argument"), &json!(2))
    );
    assert_eq!(
        (states(&debate), arena.house.models.calls()),
        (vec!["spoken"; TURNS], TURNS + 1)
    );
    assert_eq!(arena.heard(1, 2), "A whole argument");
}

#[tokio::test]
async fn a_debate_whose_hosts_die_after_each_turn_comes_to_its_end_and_no_turn_is_spoken_twice() {
    let arena = Arena::new().await;
    arena.house.models.always("An argument.");
    let idle = arena.idle().await;
    let path = arena.start(&idle).await;
    let spoken = |debate: &Value| states(debate).iter().filter(|state| **state == "spoken").count();
    for count in 1..=TURNS {
        let host = arena.house.deaf_host().await;
        let debate = arena
            .until(&idle, &path, "a turn", |debate| spoken(debate) >= count)
            .await;
        host.kill().await;
        let after = arena.read(&idle, &path).await;
        for (was, is) in debate["turns"]
            .as_array()
            .unwrap()
            .iter()
            .zip(after["turns"].as_array().unwrap())
        {
            assert!(was["state"] != "spoken" || was == is, "{was} has become {is}");
        }
        arena.house.lapse();
    }
    let _host = arena.house.deaf_host().await;
    let debate = arena.phase(&idle, &path, "voting_after").await;
    assert_eq!(states(&debate), vec!["spoken"; TURNS]);
}

#[tokio::test]
async fn a_debate_that_was_closed_while_nobody_hosts_is_counted_and_rated_by_the_next_one() {
    let arena = Arena::new().await;
    arena.house.models.always("An argument.");
    let host = arena.house.deaf_host().await;
    let (path, [ada, bob, _]) = (arena.begin(&host.app).await, arena.people);
    arena.vote(&host.app, &path, bob, "before", json!("A")).await;
    host.app.by(ada).post_empty(&format!("{path}/start")).await.expect(200);
    arena.phase(&host.app, &path, "voting_after").await;
    host.kill().await;
    let idle = arena.idle().await;
    arena.vote(&idle, &path, bob, "after", json!("B")).await;
    let closed = idle.by(ada).post_empty(&format!("{path}/close")).await.expect(200);
    assert_eq!((&closed["phase"], &closed["result"]), (&json!("closed"), &Value::Null));
    let _next = arena.house.deaf_host().await;
    let debate = arena
        .until(&idle, &path, "the result", |debate| !debate["result"].is_null())
        .await;
    assert_eq!(debate["result"]["winners"], json!(["B"]));
    until("the ratings", async || {
        let board = idle.by(ada).get("/api/debates/leaderboard").await.expect(200);
        (board["items"].as_array().unwrap().len() == 2).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_host_that_leaves_hands_its_turn_over_at_once() {
    let arena = Arena::new().await;
    let (old, new) = (arena.house.models.script(), arena.house.models.script());
    arena.house.models.always("An argument.");
    let leaving = arena.house.deaf_host().await;
    let path = arena.start(&leaving.app).await;
    old.say("I must");
    arena.hears(1, 1, "I must").await;
    leaving.stop().await;
    old.dropped().await;
    // No time passes: the lease was given back.
    let next = arena.house.deaf_host().await;
    new.say("I go on").end();
    let debate = arena.phase(&next.app, &path, "voting_after").await;
    assert_eq!(debate["turns"][0]["text"], "I go on");
}

#[tokio::test]
async fn two_hosts_never_speak_in_one_debate_at_a_time() {
    let arena = Arena::new().await;
    let script = arena.house.models.script();
    arena.house.models.always("An argument.");
    let (one, _two) = (arena.house.deaf_host().await, arena.house.deaf_host().await);
    let path = arena.start(&one.app).await;
    script.say("Alone");
    arena.hears(1, 1, "Alone").await;
    assert_eq!(arena.house.models.calls(), 1);
    script.end();
    arena.phase(&one.app, &path, "voting_after").await;
    assert_eq!(arena.house.models.calls(), TURNS);
}

#[tokio::test]
async fn a_turn_that_fails_three_times_is_forfeited_and_the_debate_goes_on() {
    let arena = Arena::new().await;
    for script in [(); 3].map(|()| arena.house.models.script()) {
        script.say("Half").fail(ErrorCode::Upstream);
    }
    arena.house.models.always("An argument.");
    let host = arena.house.deaf_host().await;
    let path = arena.start(&host.app).await;
    let debate = arena.phase(&host.app, &path, "voting_after").await;
    let first = &debate["turns"][0];
    assert_eq!(
        (&first["state"], &first["note"], &first["text"]),
        (&json!("forfeited"), &json!("failed"), &json!(""))
    );
    assert_eq!(states(&debate)[1..], vec!["spoken"; TURNS - 1]);
}

#[tokio::test]
async fn a_side_that_says_nothing_twice_in_a_row_ends_the_debate() {
    let arena = Arena::new().await;
    let host = arena.house.deaf_host().await;
    arena.house.models.always("PASS");
    let path = arena.start(&host.app).await;
    let debate = arena
        .until(&host.app, &path, "the result", |debate| !debate["result"].is_null())
        .await;
    let first = debate["turns"][0]["side"].clone();
    assert_eq!(
        (&debate["phase"], &debate["forfeitedBy"], &debate["turns"][0]["note"]),
        (&json!("closed"), &first, &json!("silent"))
    );
    let winners = debate["result"]["winners"].as_array().unwrap();
    assert!(winners.len() == 1 && winners[0] != first);
    assert_eq!(
        (&states(&debate)[..4], arena.house.models.calls()),
        (&["forfeited", "forfeited", "forfeited", "waiting"][..], 9)
    );
}

#[tokio::test]
async fn a_turn_and_the_votings_have_deadlines() {
    let mut arena = Arena::new().await;
    arena.house.config.lease_ms = 3_600_000;
    let stuck = arena.house.models.script();
    arena.house.models.always("An argument.");
    let host = arena.house.deaf_host().await;
    let path = arena.begin(&host.app).await;
    arena.house.world.advance(Duration::from_secs(301));
    arena.phase(&host.app, &path, "opening").await;
    arena.house.asked(1).await;
    arena.house.world.advance(Duration::from_secs(121));
    stuck.dropped().await;
    let debate = arena.phase(&host.app, &path, "voting_after").await;
    assert_eq!(
        (&debate["turns"][0]["note"], states(&debate)[1]),
        (&json!("too_late"), "spoken")
    );
    arena.house.world.advance(Duration::from_secs(601));
    arena.phase(&host.app, &path, "closed").await;
}

#[tokio::test]
async fn a_debate_that_is_called_off_lets_go_of_the_provider() {
    let arena = Arena::new().await;
    let script = arena.house.models.script();
    let (host, ada) = (arena.house.deaf_host().await, arena.people[0]);
    let path = arena.start(&host.app).await;
    script.say("Half");
    arena.hears(1, 1, "Half").await;
    let debate = host.app.by(ada).post_empty(&format!("{path}/cancel")).await.expect(200);
    assert_eq!(
        (&debate["phase"], &debate["cancelled"], &debate["revealed"]),
        (&json!("cancelled"), &json!("by_owner"), &json!(true))
    );
    script.dropped().await;
    arena.house.models.always("An argument.");
    let next = arena.start(&host.app).await;
    arena.phase(&host.app, &next, "voting_after").await;
    let debate = arena.read(&host.app, &path).await;
    assert_eq!(
        (&debate["result"], arena.house.models.calls()),
        (&Value::Null, TURNS + 1)
    );
}

#[tokio::test]
async fn when_an_agent_or_the_owner_leaves_or_agents_are_off_the_debate_is_called_off() {
    for (why, code) in [("agent_gone", 0), ("owner_left", 1), ("agents_off", 2)] {
        let arena = Arena::new().await;
        let (idle, [ada, bob, _]) = (arena.idle().await, arena.people);
        let path = arena.start(&idle).await;
        match code {
            0 => arena.house.chat.detach(arena.room, muse(), ada),
            1 => arena.house.chat.remove_member(arena.room, ada),
            _ => arena
                .house
                .chat
                .set_policy(arena.room, contracts::chat::AgentPolicy::Off, ada),
        }
        let _host = arena.house.deaf_host().await;
        let debate = until(why, async || {
            let debate = idle.by(bob).get(&path).await.expect(200);
            (debate["phase"] == "cancelled").then_some(debate)
        })
        .await;
        assert_eq!((&debate["cancelled"], arena.house.models.calls()), (&json!(why), 0));
    }
}

#[tokio::test]
async fn an_agent_that_is_asked_something_meanwhile_waits_for_the_floor() {
    let arena = Arena::new().await;
    let script = arena.house.models.script();
    arena.house.models.always("Words.");
    let host = arena.house.host().await;
    let path = arena.start(&host.app).await;
    script.say("Mine");
    arena.hears(1, 1, "Mine").await;
    arena.house.chat.say(arena.room, arena.people[1], "@sage and you?");
    until("the wish", async || {
        (!arena.house.facts().await.is_empty()).then_some(())
    })
    .await;
    script.end();
    arena.phase(&host.app, &path, "voting_after").await;
    until("the answer", async || {
        let history = arena.house.chat.history(arena.room);
        history
            .into_iter()
            .find(|message| message.author.agent() == Some(sage()))
    })
    .await;
    let asked = arena.house.models.asked();
    let answer = asked
        .iter()
        .position(|(_, request)| request.turns.iter().any(|turn| turn.content.contains("and you?")));
    assert_eq!((answer, asked.len()), (Some(TURNS), TURNS + 1));
}

#[tokio::test]
async fn a_debate_takes_turns_with_the_other_rooms() {
    let mut arena = Arena::new().await;
    arena.house.config.runs_running_max = 1;
    let script = arena.house.models.script();
    arena.house.models.always("Words.");
    let host = arena.house.deaf_host().await;
    let path = arena.start(&host.app).await;
    script.say("Mine");
    arena.hears(1, 1, "Mine").await;
    let (_, event) = arena
        .house
        .chat
        .said(arena.house.room, arena.people[0], "@sage and here?", None);
    host.hear(&event).await;
    script.end();
    arena.phase(&host.app, &path, "voting_after").await;
    let asked = arena.house.models.asked();
    let place = asked.iter().position(|(of, _)| of.room_id == Some(arena.house.room));
    assert!(place.is_some_and(|place| place < 3), "{place:?}");
}

#[tokio::test]
async fn what_a_dead_host_has_used_for_a_turn_is_in_its_cost() {
    let arena = Arena::new().await;
    arena.house.models.price(1);
    let (dead, again) = (arena.house.models.script(), arena.house.models.script());
    arena.house.models.always("An argument.");
    let host = arena.house.deaf_host().await;
    let path = arena.start(&host.app).await;
    dead.say("Half of an arg");
    arena.hears(1, 1, "Half of an arg").await;
    let used = until("what was used", async || {
        let usage = arena.house.docs("debates").await[0]["turns"][0]["usage"].clone();
        let [read, written] = ["promptTokens", "completionTokens"].map(|tokens| usage[tokens].as_u64().unwrap());
        (written > 0).then_some(read + written)
    })
    .await;
    host.kill().await;
    let host = arena.house.deaf_host().await;
    arena.house.lapse();
    again.say("A whole argument").end();
    arena.phase(&host.app, &path, "voting_after").await;
    let [_, bob, _] = arena.people;
    arena.vote(&host.app, &path, bob, "after", json!("A")).await;
    let debate = host.app.by(bob).get(&path).await.expect(200);
    assert_eq!(debate["turns"][0]["ai"]["cost"]["micros"], json!(used + 18));
}
