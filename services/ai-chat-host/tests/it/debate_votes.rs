//! The votes of a debate: blind, once each, changed, counted, left out.

use kernel::UserId;
use serde_json::{Value, json};
use store::{Op, RawDocument};
use testkit::fronted;

use crate::arena::Arena;
use crate::debates::board;
use crate::gate::Gate;
use crate::house::{muse, sage, until};

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
    let path = arena.heard_out(&host.app).await;
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
    let path = arena.heard_out(&host.app).await;
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
async fn who_began_a_debate_and_has_voted_can_neither_end_the_voting_nor_take_it_back() {
    let arena = Arena::new().await;
    let (host, [ada, bob, _]) = (arena.house.deaf_host().await, arena.people);
    arena.house.models.always("An argument.");
    let path = arena.heard_out(&host.app).await;
    arena.vote(&host.app, &path, bob, "after", json!("A")).await;
    let cancelled = host.app.by(ada).post_empty(&format!("{path}/cancel")).await;
    assert_eq!(cancelled.expect_code(409), "debate.wrong_phase");
    arena.vote(&host.app, &path, ada, "after", json!("B")).await;
    let closed = host.app.by(ada).post_empty(&format!("{path}/close")).await;
    assert_eq!(closed.expect_code(409), "debate.has_voted");
    arena.result(&host.app, &path).await;
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
async fn a_debate_without_votes_pushes_none_with_votes_off_the_leaderboard() {
    let mut arena = Arena::new().await;
    arena.house.config.debates.rated_debates_max = 1;
    let (host, [_, bob, _]) = (arena.house.deaf_host().await, arena.people);
    arena.house.models.always("An argument.");
    let path = arena.heard_out(&host.app).await;
    arena.vote(&host.app, &path, bob, "after", json!("A")).await;
    arena.result(&host.app, &path).await;
    let before = board(&arena, &host.app, 2).await;
    let path = arena.heard_out(&host.app).await;
    arena.result(&host.app, &path).await;
    until("all results to be rated", async || {
        let results = arena.house.docs("debate_results").await;
        let waits = |result: &Value| !result["unratedSince"].is_null();
        (results.len() == 2 && !results.iter().any(waits)).then_some(())
    })
    .await;
    assert_eq!(board(&arena, &host.app, 2).await, before);
    assert_eq!(before[0]["votes"], json!(1));
}

#[tokio::test]
async fn results_of_releases_before_are_rated_too() {
    let arena = Arena::new().await;
    let (host, [_, bob, _]) = (arena.house.deaf_host().await, arena.people);
    arena.house.models.always("An argument.");
    let voted = async || {
        let path = arena.heard_out(&host.app).await;
        arena.vote(&host.app, &path, bob, "after", json!("A")).await;
        arena.result(&host.app, &path).await;
    };
    voted().await;
    let stored = until("a result that is rated", async || {
        let stored = arena
            .house
            .store
            .scan("debate_results", None, 1)
            .await
            .unwrap()
            .remove(0);
        let result: Value = serde_json::from_slice(&stored.body).unwrap();
        result["unratedSince"].is_null().then_some(stored)
    })
    .await;
    // As it was written before there was such a field.
    let mut result: Value = serde_json::from_slice(&stored.body).unwrap();
    assert!(result.as_object_mut().unwrap().remove("ratedAt").is_some());
    let mut specs = ai_chat_host::COLLECTIONS.iter();
    let spec = specs.find(|spec| spec.collection == "debate_results").unwrap();
    let raw = RawDocument::from_json(spec, stored.id, result.to_string().into()).unwrap();
    let replaced = Op::Replace(raw, stored.version);
    arena.house.store.write(replaced.into()).await.unwrap();
    voted().await;
    until("both votes", async || {
        let board = board(&arena, &host.app, 2).await;
        let votes: u64 = board.iter().filter_map(|rated| rated["votes"].as_u64()).sum();
        (votes == 2).then_some(())
    })
    .await;
}
