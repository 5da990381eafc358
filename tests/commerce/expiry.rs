//! Orders that nobody pays expire once each, and in time, also when the process was killed meanwhile.

use std::time::Duration;

use blackbox::{Actor, Field as _, Socket, within};
use futures::StreamExt as _;
use jiff::Timestamp;
use serde_json::Value;

use crate::market::{Card, Market, Terms, Ware};
use crate::till::{all, place};
use crate::turns;

const BUYERS: usize = 20;
const ORDERS_EACH: usize = 15;
const TERMS: Terms = Terms {
    pay_within_ms: 20_000,
    slow_ms: 1_000,
};
/// How late an order may expire.
const LATE_MAX_MS: i128 = 2_000;
const PATIENCE: Duration = Duration::from_secs(40);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unpaid_orders_expire_in_time_and_once_each_over_a_kill_9() {
    let _alone = turns::alone().await;
    let Some(mut market) = Market::in_one_process(TERMS).await else {
        return;
    };
    let seller = Actor::signup(&market.product, "seller").await;
    let buyers = market.people("buyer", BUYERS).await;
    let ware = Ware {
        price: 700,
        edition: Some(1_000),
        message_price: None,
    };
    let card = market.sell(&seller, ware).await;
    futures::stream::iter(&buyers)
        .for_each_concurrent(8, async |buyer| place_all(buyer, &card).await)
        .await;
    tokio::task::block_in_place(|| {
        market.product.kill9();
        market.product.up();
    });
    let sockets = futures::future::join_all(buyers.iter().map(Socket::open)).await;
    within(PATIENCE, "all orders to expire", async || {
        let mut left = 0;
        for buyer in &buyers {
            let orders = all(buyer, "/api/orders").await;
            assert_eq!(orders.len(), ORDERS_EACH);
            left += orders.iter().filter(|order| !order.has("status", "expired")).count();
        }
        (left == 0).then_some(())
    })
    .await;
    for (buyer, socket) in buyers.iter().zip(&sockets) {
        for order in all(buyer, "/api/orders").await {
            expired_in_time_and_once(&order, socket).await;
        }
    }
    // What was held goes back by an event.
    within(PATIENCE, "all editions to be free again", async || {
        let edition = seller.get(&format!("/api/model-cards/{}", card.id)).await.is(200)["edition"].clone();
        ((edition.number("available"), edition.number("held")) == (1_000, 0)).then_some(())
    })
    .await;
}

async fn place_all(buyer: &Actor, card: &Card) {
    for _ in 0..ORDERS_EACH {
        assert!(place(buyer, card).await.has("status", "awaiting_payment"));
    }
}

async fn expired_in_time_and_once(order: &Value, socket: &Socket) {
    // Created, to be paid, expired: the version counts what was told.
    assert_eq!(order.number("version"), 3, "{order:#}");
    let [due, over] = ["expiresAt", "updatedAt"].map(|name| order.text(name).parse::<Timestamp>().unwrap());
    let late = over.as_millisecond() - due.as_millisecond();
    assert!(
        (0..=LATE_MAX_MS).contains(&i128::from(late)),
        "{late} ms late: {order:#}"
    );
    let (id, tells) = (order.text("id"), |frame: &Value| {
        frame.has("t", "order") && frame["d"].has("status", "expired")
    });
    let of_order = |frame: &Value| tells(frame) && frame["d"].has("id", &id);
    socket.wait("the end of an order", of_order).await;
    let told = socket.frames().iter().filter(|frame| of_order(frame)).count();
    assert_eq!(told, 1, "its buyer was told {told} times of the end of {id}");
}
