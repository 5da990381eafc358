//! A reader who goes away and comes back misses nothing, or is told so.

use std::time::Duration;

use blackbox::{Field as _, Instance, Load, Log, Reader, Seed, Socket, assert_gap_free, friends};
use futures::future::join_all;

const CUTS: usize = 8;
const SOCKETS_EACH: usize = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_resume_at_a_random_cut_is_complete_or_a_reset() {
    let product = Instance::shared();
    let mut seed = Seed::printed();
    let [ada, bob, reader] = friends(product, ["ada", "bob", "reader"]).await;
    let room = ada.group(&[&bob, &reader]).await;
    let load = Load::start(
        &[ada.clone(), bob],
        std::slice::from_ref(&room),
        Duration::from_millis(3),
    );
    let mut held = Reader::at(&room, 0);
    for _ in 0..CUTS {
        let socket = Socket::open(&reader).await;
        let complete = socket.sub_from(&room, held.held).await.is_some();
        let more = seed.between(0, 40) as usize;
        socket
            .until("live messages", |log| (messages(log, &room) >= more).then_some(()))
            .await;
        let frames = socket.frames();
        drop(socket);
        match complete {
            true => held.take_live(&frames),
            false => held.take_reset(&reader, &frames).await,
        }
        load.acknowledges(seed.between(0, 40)).await;
    }
    load.end().await;
    held.take_page(&reader).await;
    let history = ada.history(&room).await;
    assert_gap_free(&history);
    held.assert_complete(&history);
}

#[tokio::test]
async fn a_resume_from_nothing_brings_a_short_room_whole_and_from_the_end_brings_nothing() {
    let [ada, bob] = friends(Instance::shared(), ["ada", "bob"]).await;
    let room = ada.group(&[&bob]).await;
    let last = [
        ada.say(&room, "one").await,
        ada.say(&room, "two").await,
        bob.say(&room, "three").await,
    ][2]
    .number("seq");
    let socket = Socket::open(&bob).await;
    assert_eq!(socket.sub_from(&room, 0).await, Some(last));
    let mut reader = Reader::at(&room, 0);
    reader.take_live(&socket.frames());
    reader.assert_complete(&ada.history(&room).await);
    let other = Socket::open(&bob).await;
    assert_eq!(other.sub_from(&room, last).await, Some(last));
    assert_eq!(other.events(&room, "message.sent").len(), 0);
}

#[tokio::test]
async fn an_offset_beyond_the_end_or_of_another_epoch_is_a_reset() {
    let [ada, bob] = friends(Instance::shared(), ["ada", "bob"]).await;
    let room = ada.group(&[&bob]).await;
    ada.say(&room, "one").await;
    let socket = Socket::open(&bob).await;
    assert_eq!(
        socket.sub_from(&room, 1_000_000).await,
        None,
        "an offset that never was cannot be resumed"
    );
    let live = ada.say(&room, "after the reset").await;
    socket.message(&room, &live.text("id")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_clients_that_connect_while_others_write_miss_nothing_after_their_snapshot() {
    let product = Instance::shared();
    let actors = friends(product, ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]).await;
    let others: Vec<_> = actors.iter().skip(1).collect();
    let room = actors[0].group(&others).await;
    let load = Load::start(&actors[..3], std::slice::from_ref(&room), Duration::from_millis(10));
    let joining = actors
        .iter()
        .flat_map(|actor| std::iter::repeat_n(actor, SOCKETS_EACH))
        .map(async |actor| {
            let socket = Socket::open(actor).await;
            (socket.sub(&room).await, socket)
        });
    let joined = join_all(joining).await;
    load.acknowledges(20).await;
    load.end().await;
    let history = actors[0].history(&room).await;
    let last = history.last().unwrap().number("seq");
    for (since, socket) in joined {
        let mut reader = Reader::at(&room, since);
        socket
            .until("the last message", |log| has_seq(log, &room, last).then_some(()))
            .await;
        reader.take_live(&socket.frames());
        reader.assert_complete(&history);
        assert_eq!(reader.held, last);
    }
}

fn messages(log: &Log, room: &str) -> usize {
    log.frames
        .iter()
        .filter(|frame| frame.has("t", "message.sent") && frame.has("r", room))
        .count()
}

fn has_seq(log: &Log, room: &str, seq: u64) -> bool {
    let fits = |frame: &&serde_json::Value| frame.has("r", room) && frame.has("t", "message.sent");
    log.frames.iter().filter(fits).any(|frame| frame.number("o") >= seq)
}
