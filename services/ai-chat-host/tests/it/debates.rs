//! A debate as people live it: begun, heard, closed, rated.

use kernel::{ErrorCode, UserId};
use serde_json::{Value, json};

use crate::arena::{Arena, TURNS, states};
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

pub async fn board(arena: &Arena, app: &testkit::App, count: usize) -> Vec<Value> {
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
async fn an_ai_gateway_that_is_away_is_no_sides_fault() {
    let arena = Arena::new().await;
    let host = arena.house.deaf_host().await;
    arena.house.models.always("An argument.");
    let faults = [
        (ErrorCode::Unavailable, "link.unavailable"),
        (ErrorCode::Unavailable, "ai.full"),
        (ErrorCode::Internal, "internal"),
    ];
    for (kind, code) in faults.into_iter().cycle().take(9) {
        arena.house.models.refuse(kind, code);
    }
    let path = arena.start(&host.app).await;
    let debate = arena.phase(&host.app, &path, "voting_after").await;
    assert_eq!(states(&debate), ["spoken"; TURNS]);
    assert_eq!(arena.house.models.calls(), TURNS + 9);
}

#[tokio::test]
async fn a_model_that_no_provider_can_serve_is_its_sides_fault() {
    let arena = Arena::new().await;
    let host = arena.house.deaf_host().await;
    arena.house.models.always("An argument.");
    for _ in 0..3 {
        arena.house.models.refuse(ErrorCode::Unavailable, "ai.no_target");
    }
    let path = arena.start(&host.app).await;
    let debate = arena.phase(&host.app, &path, "voting_after").await;
    assert_eq!(states(&debate)[0], "forfeited");
}

#[tokio::test]
async fn a_budget_that_is_used_up_calls_the_debate_off() {
    let arena = Arena::new().await;
    let host = arena.house.deaf_host().await;
    arena.house.models.always("An argument.");
    arena.house.models.refuse(ErrorCode::RateLimited, "ai.budget_exhausted");
    let path = arena.start(&host.app).await;
    let debate = arena.phase(&host.app, &path, "cancelled").await;
    assert_eq!(
        (&debate["cancelled"], arena.house.models.calls()),
        (&json!("out_of_budget"), 1)
    );
}

#[tokio::test]
async fn what_a_turn_used_until_the_budget_was_used_up_is_kept() {
    let arena = Arena::new().await;
    let host = arena.house.deaf_host().await;
    let script = arena.house.models.script();
    script.say("An argument that");
    script.fail_with(ErrorCode::RateLimited, "ai.budget_exhausted");
    let path = arena.start(&host.app).await;
    let debate = arena.phase(&host.app, &path, "cancelled").await;
    assert_eq!(debate["cancelled"], json!("out_of_budget"));
    let usage = arena.house.docs("debates").await[0]["turns"][0]["usage"].clone();
    assert_eq!(usage["model"], json!("scripted"));
    assert!(usage["completionTokens"].as_u64().unwrap() > 0, "{usage}");
}

#[tokio::test]
async fn who_is_gone_leaves_neither_votes_nor_debates() {
    let arena = Arena::new().await;
    let (host, [ada, bob, _]) = (arena.house.deaf_host().await, arena.people);
    arena.house.models.always("An argument.");
    let path = arena.heard_out(&host.app).await;
    arena.vote(&host.app, &path, bob, "after", json!("A")).await;
    arena.result(&host.app, &path).await;
    let ambient = arena.house.world.ambient();
    host.hear_gone(&ambient, bob).await;
    assert!(arena.house.docs("debate_votes").await.is_empty());
    host.hear_gone(&ambient, ada).await;
    assert!(arena.house.docs("debates").await.is_empty());
    assert_eq!(arena.house.docs("debate_results").await.len(), 1);
}
