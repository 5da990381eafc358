//! A debate as people live it: begun, voted on, heard, counted, rated.

use kernel::UserId;
use serde_json::{Value, json};
use testkit::fronted;

use crate::arena::{Arena, TURNS, states};
use crate::gate::Gate;
use crate::house::{muse, sage, until};

#[tokio::test]
async fn a_debate_goes_from_the_first_vote_to_the_leaderboard() {
    let arena = Arena::new().await;
    let (host, [ada, bob, cleo]) = (arena.house.deaf_host().await, arena.people);
    arena.house.models.always("An argument.");
    let path = arena.begin(&host.app).await;
    for (user, side) in [(ada, json!("A")), (bob, json!(null)), (cleo, json!("B"))] {
        arena.vote(&host.app, &path, user, "before", side).await;
    }
    host.app.by(ada).post_empty(&format!("{path}/start")).await.expect(200);
    let debate = arena.phase(&host.app, &path, "voting_after").await;
    assert_eq!(
        (states(&debate), debate["turns"][0]["text"].as_str()),
        (vec!["spoken"; TURNS], Some("An argument."))
    );
    for user in [ada, bob, cleo] {
        arena.vote(&host.app, &path, user, "after", json!("B")).await;
    }
    let result = arena.result(&host.app, &path).await;
    assert_eq!((&result["panel"], &result["winners"]), (&json!(3), &json!(["B"])));
    assert_eq!(
        result["sides"][1],
        json!({"side": "B", "before": 1, "after": 3, "shiftPermille": 666})
    );
    let board = board(&arena, &host.app, 2).await;
    let winner = &arena.read(&host.app, &path).await["sides"][1]["agent"];
    assert_eq!(
        (&board[0]["agent"], &board[0]["wins"], &board[0]["votes"]),
        (winner, &json!(1), &json!(3))
    );
    assert!(board[0]["rating"].as_i64() > board[1]["rating"].as_i64());
    assert_eq!(arena.house.models.calls(), TURNS);
}

async fn board(arena: &Arena, app: &testkit::App, count: usize) -> Vec<Value> {
    until("the leaderboard", async || {
        let page = app
            .by(arena.people[0])
            .get("/api/debates/leaderboard")
            .await
            .expect(200);
        Some(page["items"].as_array().unwrap().clone()).filter(|items| items.len() == count)
    })
    .await
}

#[tokio::test]
async fn turns_come_in_their_order_with_the_tokens_of_their_phase_and_no_name_but_the_persona() {
    let arena = Arena::new().await;
    let host = arena.house.deaf_host().await;
    arena.house.models.always("An argument.");
    let path = arena.start(&host.app).await;
    let debate = arena.phase(&host.app, &path, "voting_after").await;
    let phases: Vec<_> = debate["turns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| t["phase"].as_str().unwrap())
        .collect();
    let of = |phase, count| vec![phase; count];
    assert_eq!(
        phases,
        [of("opening", 2), of("rebuttal", 2), of("cross", 4), of("closing", 2)].concat()
    );
    let asked = arena.house.models.asked();
    let tokens: Vec<u32> = asked.iter().map(|(_, request)| request.max_tokens).collect();
    assert_eq!(tokens, [400, 400, 300, 300, 200, 200, 200, 200, 250, 250]);
    assert!(
        asked
            .iter()
            .all(|(p, _)| p.user_id == arena.people[0] && p.room_id == Some(arena.room))
    );
    for (nth, (_, request)) in asked.iter().enumerate() {
        assert_eq!(request.turns.len(), nth + 2);
        let others = request.turns.iter().skip(1).map(|turn| turn.content.to_lowercase());
        assert!(
            others
                .clone()
                .all(|text| !text.contains("sage") && !text.contains("muse")),
            "{request:?}"
        );
    }
}

#[tokio::test]
async fn of_three_sides_each_has_a_view_of_its_own_and_asks_the_next() {
    let agents = [
        (sage(), "sage"),
        (muse(), "muse"),
        (ai_chat_host::CRITIC.into(), "critic"),
    ];
    let arena = Arena::with(&agents, 0).await;
    let (host, ada) = (arena.house.deaf_host().await, arena.people[0]);
    arena.house.models.always("An argument.");
    let mut wish = arena.wish();
    wish["agentIds"] = json!(agents.map(|(id, _)| id));
    wish["rounds"] = json!(2);
    let debate = host.app.by(ada).post("/api/debates", wish).await.expect(201);
    assert!(
        debate["sides"]
            .as_array()
            .unwrap()
            .iter()
            .all(|side| side["stance"] == "own")
    );
    let path = format!("/api/debates/{}", debate["id"].as_str().unwrap());
    host.app.by(ada).post_empty(&format!("{path}/start")).await.expect(200);
    let debate = arena.phase(&host.app, &path, "voting_after").await;
    let questions = debate["turns"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|turn| turn["kind"] == "question");
    let asked: std::collections::HashSet<String> = questions.map(|turn| turn["to"].to_string()).collect();
    assert_eq!((states(&debate), asked.len()), (vec!["spoken"; 3 + 6 + 6 + 3], 3));
    arena.vote(&host.app, &path, ada, "after", json!("C")).await;
    arena.result(&host.app, &path).await;
    assert_eq!(board(&arena, &host.app, 3).await[0]["votes"], 1);
}

#[tokio::test]
async fn nothing_that_a_voter_gets_before_the_vote_names_a_debater() {
    let arena = Arena::new().await;
    let (host, [ada, bob, _]) = (arena.house.deaf_host().await, arena.people);
    for (agent, model) in [(sage(), "acme/gpt-9-turbo"), (muse(), "other/llama-7")] {
        let edit = json!({"model": model, "persona": "You argue.", "name": "Doctor Who"});
        host.app
            .by_admin(ada)
            .patch(&format!("/api/agents/{agent}"), edit)
            .await
            .expect(200);
    }
    let words = "I am Sage, @sage, not MUSE: Doctor  who runs on gpt-9-turbo, you on LLama-7.";
    let script = arena.house.models.script();
    arena.house.models.always(words);
    let path = arena.begin(&host.app).await;
    let mut seen = vec![
        arena
            .vote(&host.app, &path, bob, "before", json!("A"))
            .await
            .to_string(),
    ];
    seen.push(host.app.by(bob).get(&path).await.text);
    host.app.by(ada).post_empty(&format!("{path}/start")).await.expect(200);
    for piece in words.split_inclusive('g') {
        script.say(piece);
    }
    let shown = "I am [debater], [debater], not [debater]: [debater] runs on [debater], you on [debater].";
    arena.hears(1, 1, shown).await;
    seen.push(host.app.by(bob).get(&path).await.text);
    assert!(seen[2].contains(shown) && host.runs.live(arena.room).await.unwrap().is_empty());
    script.end();
    arena.phase(&host.app, &path, "voting_after").await;
    seen.push(host.app.by(bob).get(&path).await.text);
    seen.push(
        host.app
            .by(bob)
            .get(&format!("/api/debates?roomId={}", arena.room))
            .await
            .text,
    );
    let messages = arena.house.chat.history(arena.room);
    seen.extend(arena.frames());
    assert!(
        messages.is_empty() && arena.house.facts().await.is_empty() && seen.len() > 30,
        "{}",
        seen.len()
    );
    let names = [
        sage().to_string(),
        muse().to_string(),
        "sage".into(),
        "muse".into(),
        "doctor".into(),
    ];
    for name in names
        .iter()
        .map(String::as_str)
        .chain(["gpt", "turbo", "llama", "acme", "fixed", "scripted", "token", "cost"])
    {
        let telling: Vec<_> = seen.iter().filter(|text| text.to_lowercase().contains(name)).collect();
        assert!(telling.is_empty(), "{name}: {telling:#?}");
    }
    seen = vec![arena.vote(&host.app, &path, bob, "after", json!("A")).await.to_string()];
    let debate = host.app.by(bob).get(&path).await.expect(200);
    assert_eq!(
        (&debate["revealed"], &debate["turns"][1]["ai"]["model"]),
        (&json!(true), &json!("fixed"))
    );
    assert!(debate["sides"].to_string().contains("sage") && !seen[0].contains("sage"));
    assert_eq!(
        arena.read(&host.app, &path).await["sides"][0]["agent"],
        Value::Null,
        "ada has not voted"
    );
}

#[tokio::test]
async fn who_begins_a_debate_does_not_choose_the_sides() {
    let arena = Arena::new().await;
    let (app, ada) = (arena.idle().await, arena.people[0]);
    let mut firsts = std::collections::HashSet::new();
    until("both agents on side A", async || {
        arena.house.world.advance(std::time::Duration::from_secs(1_000));
        let path = arena.begin(&app).await;
        let debate = app.by(ada).post_empty(&format!("{path}/cancel")).await.expect(200);
        firsts.insert(debate["sides"][0]["agent"]["id"].to_string());
        (firsts.len() == 2).then_some(())
    })
    .await;
}

#[tokio::test]
async fn one_vote_each_that_may_be_changed_and_totals_only_for_those_who_have_voted() {
    let arena = Arena::new().await;
    let (host, [ada, bob, _]) = (arena.house.deaf_host().await, arena.people);
    arena.house.models.always("An argument.");
    let path = arena.begin(&host.app).await;
    arena.vote(&host.app, &path, ada, "before", json!("A")).await;
    assert!(host.app.by(bob).get(&path).await.expect(200)["totals"]["before"].is_null());
    let vote = arena.vote(&host.app, &path, ada, "before", json!("B")).await;
    assert_eq!(
        (&vote["side"], &vote["counted"], &vote["excludedBecause"]),
        (&json!("B"), &json!(true), &Value::Null)
    );
    let debate = arena.read(&host.app, &path).await;
    assert_eq!(
        debate["totals"]["before"],
        json!({"sides": [0, 1], "undecided": 0, "excluded": 0})
    );
    assert_eq!(
        (&debate["myVotes"]["before"]["side"], &debate["totals"]["after"]),
        (&json!("B"), &Value::Null)
    );
    let refused = host
        .app
        .by(ada)
        .put(&format!("{path}/votes/after"), json!({"side": "A"}))
        .await;
    assert_eq!(refused.expect_code(409), "debate.not_voting");
    host.app.by(ada).post_empty(&format!("{path}/start")).await.expect(200);
    let late = host
        .app
        .by(bob)
        .put(&format!("{path}/votes/before"), json!({"side": "A"}))
        .await;
    assert_eq!(late.expect_code(409), "debate.not_voting");
    arena.phase(&host.app, &path, "voting_after").await;
    for side in ["A", "B"] {
        arena.vote(&host.app, &path, bob, "after", json!(side)).await;
    }
    arena.result(&host.app, &path).await;
    let board = board(&arena, &host.app, 2).await;
    let blind = &arena.read(&host.app, &path).await["sides"][0]["agent"];
    assert_eq!(
        (&board[0]["agent"], &board[0]["votes"]),
        (blind, &json!(1)),
        "the rating counts the blind vote"
    );
}

#[tokio::test]
async fn the_vote_of_who_owns_a_debater_is_kept_and_not_counted_and_told_so() {
    let agent = uuid::Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_0001).into();
    let arena = Arena::with(&[(agent, "mine"), (muse(), "muse")], 0).await;
    let (host, [ada, bob, _]) = (arena.house.deaf_host().await, arena.people);
    arena.own_agent(&host, agent, "mine", ada).await;
    arena.house.models.always("An argument.");
    let mut wish = arena.wish();
    wish["agentIds"] = json!([agent, muse()]);
    assert_eq!(
        host.app
            .by(bob)
            .post("/api/debates", wish.clone())
            .await
            .expect_code(404),
        "debate.agent_not_found"
    );
    let debate = host.app.by(ada).post("/api/debates", wish).await.expect(201);
    let path = format!("/api/debates/{}", debate["id"].as_str().unwrap());
    let vote = arena.vote(&host.app, &path, ada, "before", json!("A")).await;
    assert_eq!(
        (&vote["counted"], &vote["excludedBecause"]),
        (&json!(false), &json!("owns_a_debater"))
    );
    arena.vote(&host.app, &path, bob, "before", json!("B")).await;
    host.app.by(ada).post_empty(&format!("{path}/start")).await.expect(200);
    arena.phase(&host.app, &path, "voting_after").await;
    arena.vote(&host.app, &path, ada, "after", json!("B")).await;
    arena.vote(&host.app, &path, bob, "after", json!("A")).await;
    let result = arena.result(&host.app, &path).await;
    assert_eq!((&result["panel"], &result["winners"]), (&json!(1), &json!(["A"])));
    let totals = &arena.read(&host.app, &path).await["totals"]["after"];
    assert_eq!(*totals, json!({"sides": [1, 0], "undecided": 0, "excluded": 1}));
    let board = board(&arena, &host.app, 2).await;
    assert_eq!((&board[0]["votes"], &board[1]["votes"]), (&json!(1), &json!(0)));
}

#[tokio::test]
async fn every_acknowledged_vote_is_counted_however_close_the_end_is() {
    let arena = Arena::with(&[(sage(), "sage"), (muse(), "muse")], 40).await;
    let (host, ada) = (arena.house.deaf_host().await, arena.people[0]);
    arena.house.models.always("An argument.");
    let path = arena.start(&host.app).await;
    arena.phase(&host.app, &path, "voting_after").await;
    let members = contracts::chat::ChatReader::room(&*arena.house.chat, arena.room)
        .await
        .unwrap()
        .members;
    let vote = async |user: &UserId| {
        let reply = host
            .app
            .by(*user)
            .put(&format!("{path}/votes/after"), json!({"side": "A"}))
            .await;
        u64::from(reply.status == 200)
    };
    let close = async {
        until("a first vote", async || {
            let debate = host.app.by(members[1]).get(&path).await.expect(200);
            (debate["myVotes"]["after"] != Value::Null).then_some(())
        })
        .await;
        host.app.by(ada).post_empty(&format!("{path}/close")).await.expect(200)
    };
    let (acknowledged, _) = tokio::join!(futures::future::join_all(members.iter().skip(1).map(vote)), close);
    let debate = arena
        .until(&host.app, &path, "the result", |debate| !debate["result"].is_null())
        .await;
    let counted = debate["totals"]["after"]["sides"][0].as_u64().unwrap();
    assert!(
        acknowledged.iter().sum::<u64>() <= counted,
        "{acknowledged:?} {counted}"
    );
    assert!(counted > 0);
}

#[tokio::test]
async fn a_vote_that_comes_to_the_store_after_the_end_is_not_acknowledged() {
    let arena = Arena::new().await;
    let (host, [_, bob, cleo]) = (arena.house.deaf_host().await, arena.people);
    arena.house.models.always("An argument.");
    let path = arena.start(&host.app).await;
    arena.phase(&host.app, &path, "voting_after").await;
    arena.vote(&host.app, &path, bob, "after", json!("A")).await;
    let gate = Gate::before(arena.house.store.clone(), "debate_votes");
    let slow = arena.idle_on(fronted(gate.clone())).await;
    let late = async {
        slow.by(cleo)
            .put(&format!("{path}/votes/after"), json!({"side": "B"}))
            .await
    };
    let ended = async {
        gate.arrival().await;
        arena.result(&host.app, &path).await;
        gate.open();
    };
    let (late, ()) = tokio::join!(late, ended);
    assert_eq!(late.expect_code(409), "debate.voting_ended");
    let totals = &arena.read(&host.app, &path).await["totals"]["after"];
    assert_eq!(*totals, json!({"sides": [1, 0], "undecided": 0, "excluded": 0}));
}

#[tokio::test]
async fn strangers_see_no_debate_and_only_who_began_it_steers_it() {
    let arena = Arena::new().await;
    let (app, [ada, bob, _]) = (arena.idle().await, arena.people);
    let stranger: UserId = arena.house.world.ambient().id();
    let path = arena.begin(&app).await;
    for part in ["", "/start", "/close", "/cancel", "/votes/before"] {
        let (path, of) = (format!("{path}{part}"), app.by(stranger));
        let reply = match part {
            "" => of.get(&path).await,
            "/votes/before" => of.put(&path, json!({"side": "A"})).await,
            _ => of.post_empty(&path).await,
        };
        assert_eq!(reply.expect_code(404), "debate.not_found", "{part}");
    }
    let list = format!("/api/debates?roomId={}", arena.room);
    assert_eq!(
        app.by(stranger).get(&list).await.expect_code(404),
        "debate.room_not_found"
    );
    assert_eq!(
        app.by(stranger)
            .post("/api/debates", arena.wish())
            .await
            .expect_code(404),
        "debate.room_not_found"
    );
    for part in ["start", "close", "cancel"] {
        assert_eq!(
            app.by(bob).post_empty(&format!("{path}/{part}")).await.expect_code(403),
            "debate.not_owner"
        );
    }
    assert_eq!(
        app.by(ada).post_empty(&format!("{path}/close")).await.expect_code(409),
        "debate.wrong_phase"
    );
    assert_eq!(
        app.by(bob).post("/api/debates", arena.wish()).await.expect_code(409),
        "debate.already_open"
    );
    app.by(ada).post_empty(&format!("{path}/cancel")).await.expect(200);
    assert_eq!(
        app.by(ada).post_empty(&format!("{path}/start")).await.expect_code(409),
        "debate.wrong_phase"
    );
    let page = app.by(bob).get(&format!("{list}&limit=1")).await.expect(200);
    assert_eq!(
        (&page["items"][0]["phase"], &page["nextCursor"]),
        (&json!("cancelled"), &Value::Null)
    );
}

#[tokio::test]
async fn a_wrong_wish_names_its_field_and_begun_debates_have_a_limit() {
    let mut arena = Arena::new().await;
    arena.house.config.debates.per_owner_hour_max = 1;
    let (app, ada) = (arena.idle().await, arena.people[0]);
    for (field, value) in [
        ("motion", json!(" ")),
        ("motion", json!("x".repeat(301))),
        ("agentIds", json!([sage()])),
        ("agentIds", json!([sage(), sage()])),
        ("rounds", json!(4)),
        ("sides", json!(2)),
    ] {
        let mut wish = arena.wish();
        wish[field] = value;
        let problem = app.by(ada).post("/api/debates", wish).await.expect(422);
        assert!(
            problem["errors"][0]["field"].as_str().unwrap().starts_with(field),
            "{problem}"
        );
    }
    let path = arena.begin(&app).await;
    for (ballot, status) in [
        (json!({"side": "C"}), 422),
        (json!({}), 422),
        (json!({"side": "A", "x": 1}), 422),
    ] {
        app.by(ada)
            .put(&format!("{path}/votes/before"), ballot)
            .await
            .expect(status);
    }
    app.by(ada)
        .put(&format!("{path}/votes/later"), json!({"side": "A"}))
        .await
        .expect(404);
    app.by(ada).post_empty(&format!("{path}/cancel")).await.expect(200);
    let refused = app.by(ada).post("/api/debates", arena.wish()).await;
    assert_eq!(refused.expect_code(429), "debate.too_many");
}

#[tokio::test]
async fn who_began_a_debate_and_has_voted_can_neither_end_the_voting_nor_take_it_back() {
    let arena = Arena::new().await;
    let (host, [ada, bob, _]) = (arena.house.deaf_host().await, arena.people);
    arena.house.models.always("An argument.");
    let path = arena.start(&host.app).await;
    arena.phase(&host.app, &path, "voting_after").await;
    arena.vote(&host.app, &path, bob, "after", json!("A")).await;
    let cancelled = host.app.by(ada).post_empty(&format!("{path}/cancel")).await;
    assert_eq!(cancelled.expect_code(409), "debate.wrong_phase");
    arena.vote(&host.app, &path, ada, "after", json!("B")).await;
    let closed = host.app.by(ada).post_empty(&format!("{path}/close")).await;
    assert_eq!(closed.expect_code(409), "debate.has_voted");
    arena.result(&host.app, &path).await;
}

#[tokio::test]
async fn an_ai_gateway_that_is_away_is_no_sides_fault() {
    let arena = Arena::new().await;
    let host = arena.house.deaf_host().await;
    arena.house.models.always("An argument.");
    for _ in 0..6 {
        arena
            .house
            .models
            .refuse(kernel::ErrorCode::Unavailable, "link.unavailable");
    }
    let path = arena.start(&host.app).await;
    let debate = arena.phase(&host.app, &path, "voting_after").await;
    assert_eq!(states(&debate), ["spoken"; TURNS]);
    assert_eq!(arena.house.models.calls(), TURNS + 6);
}

#[tokio::test]
async fn a_budget_that_is_used_up_calls_the_debate_off() {
    let arena = Arena::new().await;
    let host = arena.house.deaf_host().await;
    arena.house.models.always("An argument.");
    arena
        .house
        .models
        .refuse(kernel::ErrorCode::RateLimited, "ai.budget_exhausted");
    let path = arena.start(&host.app).await;
    let debate = arena.phase(&host.app, &path, "cancelled").await;
    assert_eq!(
        (&debate["cancelled"], arena.house.models.calls()),
        (&json!("out_of_budget"), 1)
    );
}

#[tokio::test]
async fn a_vote_that_was_changed_after_the_reveal_decides_nothing() {
    let arena = Arena::new().await;
    let (host, [ada, bob, cleo]) = (arena.house.deaf_host().await, arena.people);
    arena.house.models.always("An argument.");
    let path = arena.begin(&host.app).await;
    for user in [bob, cleo] {
        arena.vote(&host.app, &path, user, "before", Value::Null).await;
    }
    host.app.by(ada).post_empty(&format!("{path}/start")).await.expect(200);
    arena.phase(&host.app, &path, "voting_after").await;
    for side in ["A", "B"] {
        arena.vote(&host.app, &path, bob, "after", json!(side)).await;
        arena.vote(&host.app, &path, cleo, "after", json!(side)).await;
    }
    let result = arena.result(&host.app, &path).await;
    assert_eq!(result["winners"], json!(["A"]), "{result}");
}

#[tokio::test]
async fn who_is_gone_leaves_neither_votes_nor_debates() {
    let arena = Arena::new().await;
    let (host, [ada, bob, _]) = (arena.house.deaf_host().await, arena.people);
    arena.house.models.always("An argument.");
    let path = arena.start(&host.app).await;
    arena.phase(&host.app, &path, "voting_after").await;
    arena.vote(&host.app, &path, bob, "after", json!("A")).await;
    arena.result(&host.app, &path).await;
    let ambient = arena.house.world.ambient();
    host.hear_gone(&ambient, bob).await;
    assert!(arena.house.docs("debate_votes").await.is_empty());
    host.hear_gone(&ambient, ada).await;
    assert!(arena.house.docs("debates").await.is_empty());
    assert_eq!(arena.house.docs("debate_results").await.len(), 1);
}
