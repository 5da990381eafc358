//! Providers that administrators add while the gateway runs.

use std::time::Duration;

use ai_gateway::{Config, Deps};
use serde_json::{Value, json};
use testkit::{App, End, Reply, Script, ScriptedUpstream};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::routes::{answer, over};
use super::{DEADLINE, Dialect, Frames, Setup, chat, config, said};

const KEY: &str = "sk-added-0123456789-wxyz";

fn private() -> Config {
    Config {
        providers_may_be_private: true,
        ..Config::default()
    }
}

fn spec(upstream: &ScriptedUpstream, key: Option<&str>) -> Value {
    let mut spec = json!({"dialect": "openai", "baseUrl": format!("{}/v1", upstream.url), "models": ["m"]});
    if let Some(key) = key {
        spec["apiKey"] = key.into();
    }
    spec
}

impl Setup {
    async fn put(&self, name: &str, spec: Value) -> Reply {
        self.app
            .by_admin(self.ada)
            .put(&format!("/api/ai/providers/{name}"), spec)
            .await
    }

    async fn listed(&self) -> Value {
        self.app.by_admin(self.ada).get("/api/ai/providers").await.expect(200)["items"].clone()
    }

    /// Opens the gateway once more on the same store, as another process would; its worker runs until the token says stop.
    async fn provider_replica(&self, mut config: Config) -> (App, CancellationToken) {
        config.secret_file.get_or_insert(self.world.path().join("ai.secret"));
        let deps = Deps {
            ambient: self.world.ambient(),
            store: self.store.clone(),
            ephemeral: self.world.ephemeral(),
            config,
        };
        let (_, mut service) = ai_gateway::open(deps).await.unwrap();
        let worker = service.workers.remove(1);
        assert_eq!(worker.name, "added providers");
        let stop = CancellationToken::new();
        tokio::spawn((worker.run)(stop.clone()));
        (self.world.app(service), stop)
    }
}

#[tokio::test]
async fn an_added_provider_works_at_once_with_its_key_and_is_the_default_before_the_demo() {
    let upstream = ScriptedUpstream::start([answer("one"), answer("two"), answer("three")]).await;
    let s = Setup::with(private()).await;
    let made = s.put("own", spec(&upstream, Some(KEY))).await;
    assert!(!made.text.contains("0123456789"));
    let made = made.expect(201);
    assert_eq!((&made["keyEnd"], &made["usable"]), (&json!("wxyz"), &json!(true)));
    for model in ["own/m", "m", "default"] {
        s.asked(model).await.expect(200);
    }
    let received = upstream.received();
    assert!(
        received
            .iter()
            .all(|r| r.headers["authorization"] == format!("Bearer {KEY}"))
    );
    let models = s.ada().get("/v1/models").await.expect(200);
    assert_eq!(models["data"][0]["id"], "own/m");
    assert_eq!(s.listed().await, json!([made]));
}

#[tokio::test]
async fn to_others_there_is_nothing() {
    let upstream = ScriptedUpstream::start([]).await;
    let s = Setup::with(private()).await;
    s.put("own", spec(&upstream, Some(KEY))).await.expect(201);
    let ada = s.ada();
    for reply in [
        ada.get("/api/ai/providers").await,
        ada.put("/api/ai/providers/own", json!({"nonsense": 1})).await,
        ada.put("/api/ai/providers/A%20B", spec(&upstream, None)).await,
        ada.delete("/api/ai/providers/own").await,
        ada.delete("/api/ai/providers/none").await,
    ] {
        assert_eq!(reply.expect_code(404), "route.not_found");
    }
    let anonymous = s.app.anonymous();
    anonymous.get("/api/ai/providers").await.expect(401);
    anonymous.delete("/api/ai/providers/own").await.expect(401);
    let admin = s.app.by_admin(s.ada);
    admin.delete("/api/ai/providers/own").await.expect(204);
    assert_eq!(
        admin.delete("/api/ai/providers/own").await.expect_code(404),
        "ai.provider_not_found"
    );
    assert_eq!(s.asked("own/m").await.expect_code(404), "ai.model_not_found");
}

#[tokio::test]
async fn the_key_is_nowhere_in_what_is_stored() {
    let upstream = ScriptedUpstream::start([]).await;
    let s = Setup::with(private()).await;
    s.put("own", spec(&upstream, Some(KEY))).await.expect(201);
    s.put("own", spec(&upstream, Some(&format!("{KEY}-second"))))
        .await
        .expect(200);
    let docs = s.store.scan("providers", None, 10).await.unwrap();
    assert_eq!(docs.len(), 1);
    let mut looked_at = 0;
    for file in std::fs::read_dir(s.world.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        looked_at += bytes.len();
        for part in [KEY, &KEY[..16], "0123456789"] {
            assert!(!bytes.windows(part.len()).any(|w| w == part.as_bytes()));
        }
    }
    assert!(looked_at > docs[0].body.len(), "the database was among them");
    let secret = std::fs::metadata(s.world.path().join("ai.secret")).unwrap();
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&secret.permissions()) & 0o777,
        0o600
    );
}

#[tokio::test]
async fn another_process_knows_a_change_within_five_seconds() {
    let upstream = ScriptedUpstream::start([]).await;
    let s = Setup::with(private()).await;
    let (other, stop) = s.provider_replica(private()).await;
    let knows = async |there: bool| {
        let asked = async {
            while (other.by(s.ada).get("/v1/models/own%2Fm").await.status == 200) != there {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(5), asked)
            .await
            .expect("within five seconds");
    };
    s.put("own", spec(&upstream, Some(KEY))).await.expect(201);
    knows(true).await;
    upstream.then(answer("there too"));
    let ada = other.by(s.ada);
    ada.post("/v1/chat/completions", chat("own/m", "x", false))
        .await
        .expect(200);
    assert_eq!(upstream.received()[0].headers["authorization"], format!("Bearer {KEY}"));
    s.app.by_admin(s.ada).delete("/api/ai/providers/own").await.expect(204);
    knows(false).await;
    stop.cancel();
}

#[tokio::test]
async fn a_call_under_way_ends_where_it_began() {
    let (frames, live) = mpsc::unbounded_channel();
    let old = ScriptedUpstream::start([Script::Live(live)]).await;
    let new = ScriptedUpstream::start([super::routes::streamed("new")]).await;
    let s = Setup::with(private()).await;
    s.put("own", spec(&old, None)).await.expect(201);
    let chunk = |text: &str| {
        format!(
            "data: {}\n\n",
            json!({"choices": [{"delta": {"content": text}, "finish_reason": "stop"}]})
        )
    };
    frames.send(chunk("old ")).unwrap();
    let running = Frames::open(&s.ada(), &chat("own/m", "x", true).to_string()).await;
    s.put("own", spec(&new, None)).await.expect(200);
    let next = Frames::open(&s.ada(), &chat("own/m", "x", true).to_string()).await;
    assert_eq!(said(&next.events().await), "new");
    s.app.by_admin(s.ada).delete("/api/ai/providers/own").await.expect(204);
    frames.send(chunk("words")).unwrap();
    drop(frames);
    assert_eq!(said(&running.events().await), "old words");
}

#[tokio::test]
async fn what_the_file_says_cannot_be_shadowed() {
    let upstream = ScriptedUpstream::start([]).await;
    let s = Setup::with(Config {
        providers_may_be_private: true,
        ..config(&upstream, Dialect::OpenAi)
    })
    .await;
    let refused = s.put("local", spec(&upstream, None)).await;
    assert_eq!(refused.expect_code(409), "ai.provider_of_file");
    // Nor by one that was there before the file named it.
    s.put("a", spec(&upstream, None)).await.expect(201);
    let of_file = Config {
        providers_may_be_private: true,
        ..over(&[&upstream])
    };
    let (other, stop) = s.provider_replica(of_file).await;
    let listed = other.by_admin(s.ada).get("/api/ai/providers").await.expect(200);
    assert_eq!(listed["items"][0]["usable"], false);
    stop.cancel();
}

#[tokio::test]
async fn no_address_of_ones_own_network_can_be_added_unless_the_operator_says_so() {
    let upstream = ScriptedUpstream::start([]).await;
    let s = Setup::demo().await;
    let port = upstream.url.rsplit(':').next().unwrap().to_owned();
    for host in [
        "127.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0x7f000001",
        "169.254.169.254",
        "10.0.0.1",
    ] {
        let mut wanted = spec(&upstream, None);
        wanted["baseUrl"] = format!("http://{host}:{port}/v1").into();
        let refused = s.put("own", wanted).await.expect(422);
        assert_eq!(refused["errors"][0]["field"], "baseUrl", "{host}");
    }
    // What a name stands for is seen when it is connected to.
    let mut named = spec(&upstream, None);
    named["baseUrl"] = format!("http://localhost:{port}/v1").into();
    s.put("own", named).await.expect(201);
    assert_eq!(s.asked("own/m").await.expect_code(502), "ai.upstream_failed");
    assert!(upstream.received().is_empty());
}

#[tokio::test]
async fn one_that_was_allowed_before_is_not_asked_any_more() {
    let upstream = ScriptedUpstream::start([]).await;
    let s = Setup::with(private()).await;
    s.put("own", spec(&upstream, None)).await.expect(201);
    let (other, stop) = s.provider_replica(Config::default()).await;
    let listed = other.by_admin(s.ada).get("/api/ai/providers").await.expect(200);
    assert_eq!(listed["items"][0]["usable"], false);
    stop.cancel();
}

#[tokio::test]
async fn a_redirect_of_an_added_provider_is_not_followed() {
    let elsewhere = ScriptedUpstream::start([answer("elsewhere")]).await;
    let redirect = Script::Whole(307, vec![("location", format!("{}/v1", elsewhere.url))], String::new());
    let upstream = ScriptedUpstream::start([redirect]).await;
    let s = Setup::with(private()).await;
    s.put("own", spec(&upstream, Some(KEY))).await.expect(201);
    s.asked("own/m").await.expect(502);
    assert!(elsewhere.received().is_empty());
}

#[tokio::test]
async fn a_key_stays_only_where_it_was_given_for() {
    let (one, two) = (ScriptedUpstream::start([]).await, ScriptedUpstream::start([]).await);
    let s = Setup::with(private()).await;
    s.put("own", spec(&one, Some(KEY))).await.expect(201);
    let mut more = spec(&one, None);
    more["models"] = json!(["m", "n"]);
    assert_eq!(s.put("own", more).await.expect(200)["keyEnd"], "wxyz");
    one.then(answer("still with its key"));
    s.asked("own/n").await.expect(200);
    assert_eq!(one.received()[0].headers["authorization"], format!("Bearer {KEY}"));
    assert_eq!(
        s.put("own", spec(&two, None)).await.expect(422)["errors"][0]["field"],
        "apiKey"
    );
    let mut without = spec(&two, None);
    without["apiKey"] = Value::Null;
    assert_eq!(s.put("own", without).await.expect(200)["keyEnd"], Value::Null);
    two.then(answer("without"));
    s.asked("own/m").await.expect(200);
    assert!(!two.received()[0].headers.contains_key("authorization"));
}

#[tokio::test]
async fn a_key_that_was_sealed_for_another_address_or_under_another_secret_is_not_used() {
    let upstream = ScriptedUpstream::start([]).await;
    let s = Setup::with(private()).await;
    s.put("own", spec(&upstream, Some(KEY))).await.expect(201);
    let usable = async |config: Config| {
        let (other, stop) = s.provider_replica(config).await;
        stop.cancel();
        let listed = other.by_admin(s.ada).get("/api/ai/providers").await.expect(200);
        listed["items"][0]["usable"].clone()
    };
    assert_eq!(usable(private()).await, true);
    let elsewhere = Config {
        secret_file: Some(s.world.path().join("another.secret")),
        ..private()
    };
    assert_eq!(usable(elsewhere.clone()).await, false);
    assert!(
        !s.world.path().join("another.secret").exists(),
        "nothing can be opened by a new one"
    );
    std::fs::write(s.world.path().join("another.secret"), "A".repeat(43)).unwrap();
    assert_eq!(usable(elsewhere).await, false);
    s.redirected("own", "https://attacker.example/v1").await;
    assert_eq!(usable(private()).await, false);
}

impl Setup {
    /// Changes an address as somebody could who writes to the store and knows no secret.
    async fn redirected(&self, name: &str, url: &str) {
        let kept = self.store.get("providers", &[name.to_owned()]).await.unwrap().remove(0);
        let mut doc: Value = serde_json::from_slice(&kept.body).unwrap();
        doc["baseUrl"] = url.into();
        const INDEXES: [store::Index; 1] = [store::Index::unique("slot", &["slot"])];
        let raw = store::RawDocument {
            collection: "providers",
            id: kept.id,
            fields: store::Fields::from_json(&INDEXES, doc.clone()),
            body: serde_json::to_vec(&doc).unwrap().into(),
        };
        self.store
            .write(store::Op::Replace(raw, kept.version).into())
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_and_names_its_field() {
    let upstream = ScriptedUpstream::start([]).await;
    let s = Setup::with(private()).await;
    for (field, value) in [
        ("dialect", json!("demo")),
        ("dialect", json!("klingon")),
        ("baseUrl", json!("file:///etc/passwd")),
        ("baseUrl", json!("http://user:pw@example.org/v1")),
        ("baseUrl", json!("https://example.org/v1?key=x")),
        ("apiKey", json!("with blanks in it")),
        ("apiKey", json!("")),
        ("models", json!([])),
        ("extra", json!(1)),
    ] {
        let mut wanted = spec(&upstream, Some(KEY));
        wanted[field] = value;
        let refused = s.put("own", wanted.clone()).await.expect(422);
        assert!(
            refused["errors"][0]["field"].as_str().unwrap().starts_with(field),
            "{wanted}: {refused}"
        );
    }
    assert_eq!(
        s.put("A", spec(&upstream, None)).await.expect(422)["errors"][0]["field"],
        "name"
    );
    assert_eq!(s.listed().await, json!([]));
}

#[tokio::test]
async fn there_can_be_a_hundred_even_when_all_are_added_at_once() {
    let upstream = ScriptedUpstream::start([]).await;
    let s = Setup::with(private()).await;
    for n in 0..95 {
        s.put(&format!("p{n}"), spec(&upstream, None)).await.expect(201);
    }
    let more = futures::future::join_all((95..105).map(|n| {
        let (s, spec) = (&s, spec(&upstream, None));
        async move { s.put(&format!("p{n}"), spec).await.status.as_u16() }
    }));
    let statuses = more.await;
    assert_eq!(
        statuses.iter().filter(|status| **status == 201).count(),
        5,
        "{statuses:?}"
    );
    assert!(statuses.iter().all(|status| matches!(status, 201 | 409)));
    assert_eq!(s.listed().await.as_array().unwrap().len(), 100);
}

#[tokio::test]
async fn without_a_secret_no_key_is_taken() {
    let upstream = ScriptedUpstream::start([]).await;
    let s = Setup::with(private()).await;
    let deps = Deps {
        ambient: s.world.ambient(),
        store: s.store.clone(),
        ephemeral: s.world.ephemeral(),
        config: private(),
    };
    let (_, service) = ai_gateway::open(deps).await.unwrap();
    let admin = s.world.app(service).by_admin(s.ada);
    let refused = admin.put("/api/ai/providers/own", spec(&upstream, Some(KEY))).await;
    assert_eq!(refused.expect_code(409), "ai.no_secret");
    admin
        .put("/api/ai/providers/own", spec(&upstream, None))
        .await
        .expect(201);
}

#[tokio::test]
async fn a_changed_provider_is_not_held_to_what_the_old_one_did() {
    let upstream = ScriptedUpstream::start([]).await;
    let mut config = private();
    config.breaker.calls_min = 1;
    let s = Setup::with(config).await;
    s.put("own", spec(&upstream, Some(KEY))).await.expect(201);
    s.asked("own/m").await.expect(502);
    s.asked("own/m").await.expect(503);
    s.put("own", spec(&upstream, Some("sk-a-better-key-abcd")))
        .await
        .expect(200);
    upstream.then(Script::Stream(vec!["data: [DONE]\n\n".into()], End::Done));
    let frames = Frames::open(&s.ada(), &chat("own/m", "x", true).to_string()).await;
    tokio::time::timeout(DEADLINE, frames.events()).await.unwrap();
}

#[tokio::test]
async fn what_the_file_lists_is_not_taken_over_by_what_is_added() {
    let (ours, theirs) = (
        ScriptedUpstream::start([answer("ours")]).await,
        ScriptedUpstream::start([]).await,
    );
    let mut config = config(&ours, Dialect::OpenAi);
    config.providers[0].models = vec!["meta-llama/llama-3".into()];
    config.providers_may_be_private = true;
    let s = Setup::with(config).await;
    let mut spec = spec(&theirs, None);
    spec["models"] = json!(["llama-3", "meta-llama/llama-3"]);
    spec["anyModel"] = json!(true);
    s.put("meta-llama", spec).await.expect(201);
    let body = chat("meta-llama/llama-3", "x", false);
    s.ada().post("/v1/chat/completions", body).await.expect(200);
    assert_eq!((ours.received().len(), theirs.received().len()), (1, 0));
    let ada = s.ada();
    for path in [
        "local/meta-llama/llama-3",
        "meta-llama/llama-3",
        "local%2Fmeta-llama%2Fllama-3",
    ] {
        let model = ada.get(&format!("/v1/models/{path}")).await.expect(200);
        assert_eq!(model["id"], "local/meta-llama/llama-3", "{path}");
    }
}
