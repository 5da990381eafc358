//! What a buyer is entitled to, as other services ask it.

use std::time::Duration;

use contracts::orders::Entitlement;
use kernel::{AgentId, Fault, RoomId, UserId};

use crate::shop::Shop;

async fn owned(shop: &Shop) -> Entitlement {
    shop.bought().await;
    let owned = shop.app.by(shop.ada).get("/api/entitlements").await.expect(200);
    serde_json::from_value(owned["items"][0].clone()).unwrap()
}

fn code(answer: Result<Entitlement, Fault>) -> (u16, String) {
    let fault = answer.unwrap_err();
    (fault.kind.status(), fault.code.into_owned())
}

#[tokio::test]
async fn who_bought_holds_the_card_and_its_agent() {
    let shop = Shop::new().await;
    let mine = owned(&shop).await;
    let asked = &shop.asked.entitlements;
    assert_eq!(
        asked.entitlement(shop.ada, mine.agent_id).await.unwrap(),
        Some(mine.clone())
    );
    assert!(asked.holds(shop.ada, mine.card_id).await.unwrap());
    assert!(!asked.holds(shop.seller, mine.card_id).await.unwrap());
    assert_eq!(asked.entitlement(shop.seller, mine.agent_id).await.unwrap(), None);
}

#[tokio::test]
async fn an_agent_is_admitted_to_as_many_rooms_as_the_scope_says() {
    let shop = Shop::new().await;
    let mine = owned(&shop).await;
    let rooms: [RoomId; 3] = std::array::from_fn(|_| shop.ambient.id());
    let admit = |room| shop.asked.entitlements.admit(shop.ada, mine.agent_id, room);
    for room in [rooms[0], rooms[1], rooms[0], rooms[1]] {
        assert_eq!(admit(room).await.unwrap().id, mine.id);
    }
    assert_eq!(code(admit(rooms[2]).await), (403, "entitlement.rooms".into()));
    let (nobody, agent): (UserId, AgentId) = (shop.ambient.id(), mine.agent_id);
    let none = shop.asked.entitlements.admit(nobody, agent, rooms[0]).await;
    assert_eq!(code(none), (403, "entitlement.none".into()));
}

#[tokio::test]
async fn a_room_that_an_agent_left_or_that_is_gone_counts_no_more() {
    let shop = Shop::new().await;
    let (mine, other) = (owned(&shop).await, shop.ambient.id::<AgentId>());
    let rooms: [RoomId; 3] = std::array::from_fn(|_| shop.ambient.id());
    let asked = &shop.asked.entitlements;
    let admit = |room| asked.admit(shop.ada, mine.agent_id, room);
    for room in [rooms[0], rooms[1]] {
        admit(room).await.unwrap();
    }
    asked.leave(Some(other), rooms[0]).await.unwrap();
    assert_eq!(code(admit(rooms[2]).await), (403, "entitlement.rooms".into()));
    asked.leave(Some(mine.agent_id), rooms[0]).await.unwrap();
    admit(rooms[2]).await.unwrap();
    asked.leave(None, rooms[1]).await.unwrap();
    admit(rooms[0]).await.unwrap();
}

#[tokio::test]
async fn rooms_that_ask_at_once_are_counted_exactly() {
    let shop = Shop::new().await;
    let mine = owned(&shop).await;
    let tries = (0..20).map(|_| {
        shop.asked
            .entitlements
            .admit(shop.ada, mine.agent_id, shop.ambient.id())
    });
    let answers = futures::future::join_all(tries).await;
    assert_eq!(answers.iter().filter(|a| a.is_ok()).count(), 2);
}

#[tokio::test]
async fn tokens_count_once_a_run_and_until_the_end_of_the_day() {
    let shop = Shop::new().await;
    let mine = owned(&shop).await;
    let (run, room) = (shop.ambient.id(), shop.ambient.id());
    let asked = &shop.asked.entitlements;
    for _ in 0..3 {
        asked.used(mine.id, run, 999).await.unwrap();
    }
    assert!(asked.admit(shop.ada, mine.agent_id, room).await.is_ok());
    asked.used(mine.id, shop.ambient.id(), 1).await.unwrap();
    assert_eq!(
        code(asked.admit(shop.ada, mine.agent_id, room).await),
        (403, "entitlement.tokens".into())
    );
    shop.world.advance(Duration::from_secs(86_400));
    assert!(asked.admit(shop.ada, mine.agent_id, room).await.is_ok());
}

#[tokio::test]
async fn what_is_refunded_admits_to_nothing() {
    let shop = Shop::new().await;
    let mine = owned(&shop).await;
    let refund = shop.ask_refund(shop.ada, mine.order_id).await.expect(202);
    shop.refund_paid(mine.order_id, &refund["id"]).await;
    let room = shop.ambient.id();
    let asked = &shop.asked.entitlements;
    assert_eq!(
        code(asked.admit(shop.ada, mine.agent_id, room).await),
        (403, "entitlement.none".into())
    );
    assert!(!asked.holds(shop.ada, mine.card_id).await.unwrap());
}
