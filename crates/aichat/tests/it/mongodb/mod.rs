//! Whole instances on their way between a data folder and servers, by the commands that an operator types. Skipped by name where one of
//! `AICHAT_TEST_{MONGODB,REDIS,KAFKA,NATS}_URL` is not set.

mod desk;
mod doctor;

use std::time::Instant;

use ::mongodb::Client;
use ::mongodb::bson::Document as Object;
use bus::Bus;
use bus::embedded::{EmbeddedBus, Options};
use contracts::Event;
use contracts::event::topic;
use kernel::{Ambient, EventId};
use serde_json::{Value, json};
use store::sqlite::{SqliteOptions, SqliteStore};
use store::{Op, RawDocument, Store};

use self::desk::{DEADLINE, Desk, Place, Running, figures, lines, ok, printed, refused, terminate};

/// Sends a message to a room; returns what was answered.
fn send(product: &Running, token: &str, room: &str, client_id: &str, text: &str) -> (u16, Value) {
    let path = format!("/api/chat/rooms/{room}/messages");
    product.ask("POST", &path, token, &json!({"clientId": client_id, "text": text}))
}

fn sign_in(product: &Running) -> Value {
    let said = json!({"login": "ada@demo.aichat.local", "password": "demo-password-1"});
    let (status, signed) = product.ask("POST", "/api/auth/signin", "", &said);
    assert_eq!(status, 200, "{signed}");
    signed
}

fn text(value: &Value, pointer: &str) -> String {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found
        .ok_or_else(|| format!("no {pointer} in {value}"))
        .unwrap()
        .to_owned()
}

/// Asks until somebody finds these words.
fn found(product: &Running, token: &str, words: &str) {
    let (status, page) = product.ask("GET", &format!("/api/chat/search?q={words}"), token, &Value::Null);
    assert_eq!(status, 200, "{page}");
    assert!(
        !page["items"].as_array().unwrap().is_empty(),
        "{words} is not found: {page}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_moves_to_servers_among_them_and_back() {
    let Some(desk) = Desk::new() else { return };
    let (old, new) = (desk.folder("old"), desk.folder("new"));
    let (first, second) = (desk.servers("first").await, desk.servers("second").await);
    let (out, back) = (desk.path("out.jsonl.gz"), desk.path("back.jsonl"));

    let product = Running::start(&old, true);
    let signed = sign_in(&product);
    let (token, refresh) = (text(&signed, "/accessToken"), text(&signed, "/refreshToken"));
    let (_, rooms) = product.ask("GET", "/api/chat/rooms", &token, &Value::Null);
    let room = text(&rooms, "/items/0/id");
    let (status, before) = send(&product, &token, &room, "before", "a heron before the move");
    assert_eq!(status, 201, "{before}");
    refused(old.run(&["export", &out]), "another aichat process owns");
    product.stop();

    ok(old.run(&["export", &out]));
    let sums = lines(&ok(old.run(&["verify"])));
    assert_eq!(lines(&ok(old.run(&["verify", &out]))), sums);
    ok(first.run(&["import", &out]));
    assert_eq!(lines(&ok(first.run(&["verify"]))), sums, "the same on servers");

    // On servers the product goes on, with everybody signed in.
    let product = Running::start(&first, false);
    let again = json!({ "refreshToken": refresh });
    let (status, tokens) = product.ask("POST", "/api/auth/refresh", "", &again);
    assert_eq!(status, 200, "a session goes on: {tokens}");
    let token = text(&tokens, "/accessToken");
    let (status, repeated) = send(&product, &token, &room, "before", "a heron before the move");
    assert_eq!(
        (status, &repeated["id"], &repeated["seq"]),
        (200, &before["id"], &before["seq"])
    );
    let (status, between) = send(&product, &token, &room, "between", "an egret in between");
    assert_eq!(status, 201, "{between}");
    found(&product, &token, "heron");
    found(&product, &token, "egret");
    for command in [&["export", &back][..], &["import", &out], &["verify"]] {
        refused(first.run(command), "is in use: `aichat run --target all` runs");
    }
    product.stop();

    ok(first.run(&["export", &back]));
    let sums = lines(&ok(first.run(&["verify"])));
    assert_eq!(lines(&ok(first.run(&["verify", &back]))), sums);
    refused(first.run(&["import", &back]), "is not empty");
    for place in [&new, &second] {
        ok(place.run(&["import", &back]));
        assert_eq!(lines(&ok(place.run(&["verify"]))), sums);
    }

    let product = Running::start(&new, true);
    let token = text(&sign_in(&product), "/accessToken");
    for (client_id, first, words) in [("before", &before, "heron"), ("between", &between, "egret")] {
        let (status, repeated) = send(&product, &token, &room, client_id, "whatever");
        assert_eq!(
            (status, &repeated["id"], &repeated["seq"]),
            (200, &first["id"], &first["seq"])
        );
        found(&product, &token, words);
    }
    product.stop();
}

/// What the events of [`publish`] tell of.
const MADE: &str = "aichat.test.made.v1";

/// Publishes events that nobody has dealt with on the event log of a stopped instance in a folder.
async fn publish(place: &Place, numbers: std::ops::Range<u32>) {
    let ambient = Ambient::system();
    let event = |number: u32| {
        let body = json!({"id": ambient.id::<EventId>(), "type": MADE, "time": ambient.now(),
            "partitionkey": format!("key-{}", number % 3), "data": {"number": number}});
        Event::parse(topic::MESSAGE.name, body.to_string().into()).unwrap()
    };
    let log = place.dir().join("bus.db");
    let log = EmbeddedBus::open(log, Options::default(), ambient.clone(), topic::ALL).unwrap();
    let events: Vec<Event> = numbers.map(event).collect();
    for some in events.chunks(bus::PUBLISH_EVENTS_MAX) {
        log.publish(some).await.unwrap();
    }
    log.close().await;
}

/// Returns the events in an export that [`publish`] made, by key, in order. The product's own may be under way too: those of its last moments
/// before it was stopped.
fn events_in(path: &str) -> Vec<(String, Vec<u64>)> {
    let mut keys = std::collections::BTreeMap::<String, Vec<u64>>::new();
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        if let Some(body) = line.pointer("/event/body")
            && body["type"] == MADE
        {
            let number = body["data"]["number"].as_u64().unwrap();
            keys.entry(text(body, "/partitionkey")).or_default().push(number);
        }
    }
    keys.into_iter().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn events_under_way_come_along_everywhere() {
    let Some(desk) = Desk::new() else { return };
    let (old, new) = (desk.folder("old"), desk.folder("new"));
    let (first, second) = (desk.servers("first").await, desk.servers("second").await);
    Running::start(&old, false).stop();
    publish(&old, 0..600).await;
    let mut last = desk.path("0.jsonl");
    ok(old.run(&["export", &last]));
    let all = events_in(&last);
    assert_eq!(all.iter().map(|(_, numbers)| numbers.len()).sum::<usize>(), 600);
    assert!(all.iter().all(|(_, numbers)| numbers.is_sorted()), "{all:?}");
    for (number, place) in [&first, &second, &new].into_iter().enumerate() {
        ok(place.run(&["import", &last]));
        last = desk.path(&format!("{}.jsonl", number + 1));
        ok(place.run(&["export", &last]));
        assert_eq!(events_in(&last), all, "after {} moves", number + 1);
    }
    // What is dealt with stays behind: whoever starts deals with it, and whatever is not is exported again.
    let product = Running::start(&second, false);
    desk.until_events_wait("second", false).await;
    product.stop();
    let none = desk.path("none.jsonl");
    ok(second.run(&["export", &none]));
    assert_eq!(events_in(&none), []);
}

/// Writes many messages into a stopped instance in a folder: copies of its first one.
async fn fill(place: &Place, messages: usize) {
    let path = place.dir().join("chat.db");
    let store = SqliteStore::open(&path, SqliteOptions::default(), Ambient::system()).unwrap();
    for spec in chat::COLLECTIONS {
        store.declare(*spec).await.unwrap();
    }
    let spec = chat::COLLECTIONS
        .iter()
        .find(|spec| spec.collection == "messages")
        .unwrap();
    let first = store.scan("messages", None, 1).await.unwrap().remove(0);
    let first: Value = serde_json::from_slice(&first.body).unwrap();
    let copy = |number: usize| {
        let mut body = first.clone();
        let id = Ambient::system().id::<kernel::MessageId>().to_string();
        body["id"] = json!(id);
        body["seq"] = json!(1_000 + number);
        body["clientId"] = json!(format!("copy-{number}"));
        (RawDocument::from_json(spec, id, body.to_string().into()).unwrap(), 1)
    };
    let all: Vec<_> = (0..messages).map(copy).collect();
    for some in all.chunks(512) {
        store.write(Op::Restore(some.to_vec()).into()).await.unwrap();
    }
    store.close().await;
}

/// Waits until a collection on servers holds so many documents.
async fn until_there(desk: &Desk, namespace: &str, (service, collection): (&str, &str), count: u64) {
    let client = Client::with_uri_str(desk.url("MONGODB")).await.unwrap();
    let documents = client
        .database(&format!("{namespace}_{service}"))
        .collection::<Object>(collection);
    let began = Instant::now();
    while documents.estimated_document_count().await.unwrap() < count {
        assert!(
            began.elapsed() < DEADLINE,
            "not in time: {count} of {service}/{collection}"
        );
    }
}

/// Where an import is killed.
enum Point {
    /// When a collection on the servers holds so many documents.
    Documents((&'static str, &'static str), u64),
    /// When events are on the brokers: all documents are there.
    Events,
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_killed_keeps_everybody_out_and_goes_on() {
    let Some(desk) = Desk::new() else { return };
    let (old, other) = (desk.folder("old"), desk.folder("other"));
    let target = desk.quick_servers("first").await;
    let (out, foreign) = (desk.path("out.jsonl.gz"), desk.path("foreign.jsonl"));
    Running::start(&old, true).stop();
    fill(&old, 3_000).await;
    publish(&old, 0..600).await;
    ok(old.run(&["export", &out]));
    Running::start(&other, false).stop();
    ok(other.run(&["export", &foreign]));

    for point in [
        Point::Documents(("user", "profiles"), 1),
        Point::Documents(("chat", "messages"), 1_000),
        Point::Events,
    ] {
        let mut import = target.begin(&["import", &out]);
        match point {
            Point::Documents(of, count) => until_there(&desk, target.namespace(), of, count).await,
            Point::Events => desk.until_events_wait("first", true).await,
        }
        assert!(import.try_wait().unwrap().is_none(), "it is killed in the middle");
        import.kill().unwrap();
        import.wait().unwrap();
        refused(target.run(&["run", "--listen", "127.0.0.1:0"]), "was broken off");
        assert!(printed(&target.run(&["doctor"])).contains("was broken off"));
        refused(target.run(&["export", &desk.path("half.jsonl")]), "was broken off");
        refused(target.run(&["import", &foreign]), "another file");
    }
    ok(target.run(&["import", &out]));
    assert!(printed(&target.run(&["doctor"])).contains("not looked into"));
    assert_eq!(lines(&ok(target.run(&["verify"]))), lines(&ok(old.run(&["verify"]))));
    let again = desk.path("again.jsonl");
    ok(target.run(&["export", &again]));
    let numbers: Vec<u64> = events_in(&again).into_iter().flat_map(|(_, numbers)| numbers).collect();
    assert_eq!(numbers.len(), 600, "each event once");
    let product = Running::start(&target, false);
    sign_in(&product);
    product.stop();
}

/// Waits until somebody has signed that he moves an instance, or nobody has any more.
async fn until_moved(desk: &Desk, namespace: &str, moved: bool) {
    let client = Client::with_uri_str(desk.url("MONGODB")).await.unwrap();
    let signs = client
        .database(&format!("{namespace}_instance"))
        .collection::<Object>("signs");
    let began = Instant::now();
    while (signs.count_documents(Object::new()).await.unwrap() > 0) != moved {
        assert!(began.elapsed() < DEADLINE, "not in time: signed {moved}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_that_are_asked_to_stop_let_the_instance_go_at_once() {
    let Some(desk) = Desk::new() else { return };
    let (old, target) = (desk.folder("old"), desk.servers("first").await);
    let (out, back) = (desk.path("out.jsonl.gz"), desk.path("back.jsonl"));
    Running::start(&old, true).stop();
    fill(&old, 3_000).await;
    ok(old.run(&["export", &out]));
    let mut import = target.begin(&["import", &out]);
    until_there(&desk, target.namespace(), ("chat", "messages"), 500).await;
    assert!(!terminate(&mut import).success());
    // The sign stays with its note, and says that nobody is at work: the same import does not wait until it is silent.
    refused(target.run(&["verify"]), "was broken off");
    ok(target.run(&["import", &out]));
    for command in [&["export", &back][..], &["verify"]] {
        let mut moving = target.begin(command);
        until_moved(&desk, target.namespace(), true).await;
        assert!(!terminate(&mut moving).success(), "{command:?}");
        until_moved(&desk, target.namespace(), false).await;
    }
    assert!(!std::path::Path::new(&back).exists());
    assert_eq!(lines(&ok(target.run(&["verify"]))), lines(&ok(old.run(&["verify"]))));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_or_not_whole_is_refused_and_makes_nothing() {
    let Some(desk) = Desk::new() else { return };
    let old = desk.folder("old");
    let target = desk.quick_servers("first").await;
    let (out, bad) = (desk.path("out.jsonl"), desk.path("bad.jsonl"));
    refused(target.run(&["export", &out]), "there is no instance in the namespace");
    refused(target.run(&["verify"]), "there is no instance in the namespace");
    Running::start(&old, true).stop();
    ok(old.run(&["export", &out]));
    let whole = std::fs::read_to_string(&out).unwrap();
    std::fs::write(&bad, whole.replace("build is a lot faster", "build is a lot slower")).unwrap();
    refused(target.run(&["import", &bad]), "was changed");
    assert_eq!(desk.databases("first").await, Vec::<String>::new());
    // Another secret in the place of ours: nothing of the export could be opened with it.
    std::fs::create_dir_all(target.dir()).unwrap();
    std::fs::write(target.dir().join("auth.secret"), "another").unwrap();
    refused(target.run(&["import", &out]), "is another than that of the export");
    std::fs::remove_file(target.dir().join("auth.secret")).unwrap();
    assert!(figures(&ok(target.run(&["import", &out]))) > 20);
    // A process that was killed counts as running until it has been silent for long enough, and then no more.
    let product = Running::start(&target, false);
    product.kill();
    ok(target.run(&["verify"]));
}

/// Prints how long a command took that printed figures; returns the number of documents.
fn timed(what: &str, run: impl FnOnce() -> (String, std::process::Output)) -> u64 {
    let began = Instant::now();
    let documents = figures(&ok(run()));
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "{what}: {documents} documents in {seconds:.1} s, {:.0} a second",
        documents as f64 / seconds
    );
    documents
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_moves_every_way_and_how_fast_is_printed() {
    let Some(desk) = Desk::new() else { return };
    let (old, new, target) = (desk.folder("old"), desk.folder("new"), desk.servers("first").await);
    let (out, back) = (desk.path("out.jsonl"), desk.path("back.jsonl.gz"));
    Running::start(&old, true).stop();
    // The figures of docs/operations.md are those of 50000.
    let messages = std::env::var("AICHAT_TEST_MESSAGES").map_or(200, |n| n.parse().unwrap());
    fill(&old, messages).await;
    let exported = timed("export from SQLite", || old.run(&["export", &out]));
    println!("{} MiB", std::fs::metadata(&out).unwrap().len() >> 20);
    let found = [
        timed("verify of the file", || old.run(&["verify", &out])),
        timed("import into SQLite", || new.run(&["import", &out])),
        timed("verify on SQLite", || new.run(&["verify"])),
        timed("import into MongoDB", || target.run(&["import", &out])),
        timed("verify on MongoDB", || target.run(&["verify"])),
        timed("export from MongoDB, with gzip", || target.run(&["export", &back])),
    ];
    assert_eq!(found, [exported; 6]);
}
