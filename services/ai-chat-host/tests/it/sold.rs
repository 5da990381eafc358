//! Agents that are sold: who may use them, and who pays for what they write.

use contracts::Event;
use contracts::ai_model_cards::{CardChange, CardEvent, Revision};
use contracts::chat::{AgentPolicy, RoomKind};
use kernel::{AgentId, Currency, Money, UserId};
use serde_json::json;

use crate::house::{Host, House, until};

pub const CARD: u128 = 0x0197_0000_0000_7000_8000_0000_0000_ca00;

pub fn card() -> kernel::CardId {
    uuid::Uuid::from_u128(CARD).into()
}

pub fn cents(amount: i64) -> Option<Money> {
    Some(Money {
        amount,
        currency: Currency::EUR,
    })
}

/// A room into which Ada has brought the agent of a card that a stranger sells.
pub async fn sold(message_price: Option<Money>) -> (House, Host, Revision) {
    sold_beside(message_price, &[]).await
}

/// The same beside others.
pub async fn sold_beside(message_price: Option<Money>, others: &[(AgentId, &str)]) -> (House, Host, Revision) {
    let agents = [&[(uuid::Uuid::from_u128(CARD + 1).into(), "oracle1")], others].concat();
    let house = House::with(RoomKind::Group, AgentPolicy::Mention, &agents).await;
    house.models.always("Wait and see.");
    let seller = house.world.ambient().id();
    let revision = house.market.publish(seller, CARD, 1, message_price);
    let host = house.host().await;
    host.publish(&house, &revision).await;
    (house, host, revision)
}

impl Host {
    /// Lets the host hear that a revision was published.
    pub async fn publish(&self, house: &House, revision: &Revision) {
        let published = CardChange::Published {
            revision: revision.revision,
            agent_id: revision.agent_id,
            price: Money::zero(Currency::EUR),
        };
        self.hear_of_card(house, revision, published).await;
    }

    async fn hear_of_card(&self, house: &House, revision: &Revision, change: CardChange) {
        let event = CardEvent {
            card_id: revision.card_id,
            seller_id: revision.seller_id,
            version: 1,
            change,
        };
        let event = Event::new(&house.world.ambient(), &event).unwrap();
        self.cards.handle(&event).await.unwrap();
    }
}

pub fn allowance(house: &House, revision: &Revision) -> String {
    format!("/api/agents/{}/rooms/{}/allowance", revision.agent_id, house.room)
}

pub async fn bob(house: &House) -> UserId {
    let room = contracts::chat::ChatReader::room(&*house.chat, house.room)
        .await
        .unwrap();
    room.members[1]
}

#[tokio::test]
async fn a_published_revision_is_an_agent_of_those_who_hold_it_and_of_its_seller() {
    let (house, host, revision) = sold(cents(5)).await;
    host.publish(&house, &revision).await;
    let path = format!("/api/agents/{}", revision.agent_id);
    let listed = async |user: UserId| {
        let list = host.app.by(user).get("/api/agents?limit=100").await.expect(200);
        let items = list["items"].as_array().unwrap().clone();
        items.into_iter().find(|agent| agent["handle"] == "oracle1")
    };
    assert_eq!(listed(house.ada).await, None);
    house.market.grant(house.ada, &revision);
    let mine = listed(house.ada).await.unwrap();
    assert_eq!(
        (&mine["persona"], &mine["messagePrice"]["amount"]),
        (&json!(""), &json!(5))
    );
    assert_eq!(listed(revision.seller_id).await.unwrap()["persona"], "You are Oracle.");
    let edit = host
        .app
        .by(revision.seller_id)
        .patch(&path, json!({"persona": "x"}))
        .await;
    assert_eq!(edit.status, 403, "a revision never changes");
}

#[tokio::test]
async fn agents_of_a_card_that_is_gone_go_with_it_and_do_not_come_back() {
    let (house, host, revision) = sold(None).await;
    let next = house.market.publish(revision.seller_id, CARD, 2, None);
    host.publish(&house, &next).await;
    let there = async |revision: &Revision| {
        let path = format!("/api/agents/{}", revision.agent_id);
        host.app.by(revision.seller_id).get(&path).await.status
    };
    assert_eq!([there(&revision).await, there(&next).await], [200, 200]);
    house.market.unpublish_all();
    for _ in 0..2 {
        host.hear_of_card(&house, &revision, CardChange::Removed).await;
        assert_eq!([there(&revision).await, there(&next).await], [404, 404]);
        // Late, or once more: the card has no such revision any more.
        host.publish(&house, &next).await;
    }
    assert_eq!(there(&next).await, 404);
}

#[tokio::test]
async fn it_answers_who_holds_it_and_says_why_it_does_not_answer_others() {
    let (house, _host, revision) = sold(None).await;
    house.say("@oracle1 will it rain?");
    let refused = house.answer(1).await.text;
    assert!(
        refused.ends_with("neither who asks nor who brought me in has bought me."),
        "{refused}"
    );
    assert_eq!(house.models.calls(), 0);
    house.market.grant(house.ada, &revision);
    house.say("@oracle1 and now?");
    assert_eq!(house.answer(2).await.text, "Wait and see.");
    until("the tokens to be counted", async || {
        (house.market.used() == [18]).then_some(())
    })
    .await;
}

#[tokio::test]
async fn others_may_ask_it_by_the_entitlement_of_who_brought_it_in() {
    let (house, _host, revision) = sold(cents(5)).await;
    let bob = bob(&house).await;
    house.market.grant(house.ada, &revision);
    house.market.give_credit(house.ada, 100);
    house.chat.say(house.room, bob, "@oracle1 will it rain?");
    assert_eq!(house.answer(1).await.text, "Wait and see.");
    until("the bill", async || (house.market.captured().len() == 1).then_some(())).await;
    assert_eq!(house.market.captured()[0].payer_id, house.ada);
    house.market.revoke_all();
    house.chat.say(house.room, bob, "@oracle1 and tomorrow?");
    assert!(house.answer(2).await.text.starts_with("I could not answer"));
}

#[tokio::test]
async fn others_spend_by_the_wallet_of_who_brought_it_in_no_more_than_a_day_s_cap() {
    let (house, host, revision) = sold(cents(300)).await;
    let (bob, path) = (bob(&house).await, allowance(&house, &revision));
    house.market.grant(house.ada, &revision);
    house.market.give_credit(house.ada, 10_000);
    house.chat.say(house.room, bob, "@oracle1 will it rain?");
    assert_eq!(house.answer(1).await.text, "Wait and see.");
    house.chat.say(house.room, bob, "@oracle1 will it snow?");
    let refused = house.answer(2).await.text;
    assert!(
        refused.ends_with("what who brought me in lets others spend on me here in a day is spent."),
        "{refused}"
    );
    house.say("@oracle1 and for me?");
    assert_eq!(house.answer(3).await.text, "Wait and see.");
    let seen = host.app.by(house.ada).get(&path).await.expect(200);
    assert_eq!((&seen["perDay"], &seen["spentToday"]), (&json!(500), &json!(300)));
}

#[tokio::test]
async fn who_brought_it_in_sets_what_others_may_spend_and_nobody_else_does() {
    let (house, host, revision) = sold(cents(300)).await;
    let (bob, path) = (bob(&house).await, allowance(&house, &revision));
    house.market.grant(house.ada, &revision);
    house.market.give_credit(house.ada, 10_000);
    let none = json!({ "perDay": 0 });
    assert_eq!(
        host.app.by(bob).put(&path, none.clone()).await.expect_code(403),
        "agent.not_bringer"
    );
    let stranger = house.world.ambient().id();
    assert_eq!(
        host.app.by(stranger).get(&path).await.expect_code(404),
        "agent.not_here"
    );
    host.app
        .by(house.ada)
        .put(&path, json!({ "perDay": -1 }))
        .await
        .expect(422);
    host.app.by(house.ada).put(&path, none).await.expect(200);
    house.chat.say(house.room, bob, "@oracle1 will it rain?");
    assert!(house.answer(1).await.text.starts_with("I could not answer"));
    assert!(house.market.captured().is_empty());
}

#[tokio::test]
async fn what_the_scope_or_the_wallet_does_not_allow_is_said_and_costs_nothing() {
    let (house, _host, revision) = sold(cents(5)).await;
    house.market.grant(house.ada, &revision);
    house.market.give_credit(house.ada, 4);
    house.say("@oracle1 will it rain?");
    assert!(
        house
            .answer(1)
            .await
            .text
            .ends_with("there is no credit left for my messages.")
    );
    house.market.refuse("entitlement.rooms");
    house.say("@oracle1 will it rain?");
    assert!(
        house
            .answer(2)
            .await
            .text
            .ends_with("in as many rooms already as was bought.")
    );
    assert_eq!((house.models.calls(), house.market.captured().len()), (0, 0));
}

#[tokio::test]
async fn a_summary_by_an_agent_that_is_sold_counts_against_the_day_of_who_holds_it() {
    let agent = uuid::Uuid::from_u128(CARD + 1).into();
    let mut house = House::with(RoomKind::Group, AgentPolicy::Mention, &[(agent, "oracle1")]).await;
    house.config.context_tokens = 1_500;
    house.models.always("Wait and see.");
    house
        .models
        .when("You keep the running summary", Some("They spoke of rain."));
    let seller = house.world.ambient().id();
    let revision = house.market.publish(seller, CARD, 1, None);
    let host = house.host().await;
    host.publish(&house, &revision).await;
    house.market.grant(house.ada, &revision);
    for n in 0..20 {
        let text = format!("number {n} {}", "x".repeat(390));
        house.chat.said(house.room, house.ada, &text, None);
    }
    house.say("@oracle1 will it rain?");
    house.answer(1).await;
    until("both to be counted", async || {
        (house.market.used() == [18, 18]).then_some(())
    })
    .await;
}

#[tokio::test]
async fn two_revisions_of_one_card_do_not_debate_each_other() {
    let agents = [1, 2].map(|n| uuid::Uuid::from_u128(CARD + n).into());
    let seats = [(agents[0], "oracle1"), (agents[1], "oracle2")];
    let house = House::with(RoomKind::Group, AgentPolicy::Mention, &seats).await;
    let host = house.deaf_host().await;
    for n in 1..=2 {
        let revision = house.market.publish(house.ada, CARD, n, None);
        host.publish(&house, &revision).await;
    }
    let wish = json!({"roomId": house.room, "motion": "Tea is better than coffee", "agentIds": agents});
    let refused = host.app.by(house.ada).post("/api/debates", wish).await;
    assert_eq!(refused.expect_code(409), "debate.same_card");
}

#[tokio::test]
async fn a_room_that_an_agent_left_or_that_is_gone_counts_no_more_against_what_was_bought() {
    let (house, host, revision) = sold(None).await;
    house.chat.detach(house.room, revision.agent_id, house.ada);
    until("orders hear that it left", async || {
        (house.market.left() == [(Some(revision.agent_id), house.room)]).then_some(())
    })
    .await;
    host.hear(&house.chat.closed(house.room, house.ada)).await;
    assert_eq!(house.market.left().last(), Some(&(None, house.room)));
}
