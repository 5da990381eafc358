//! The checks themselves are checked: a small sound world passes, and each way to break it is noticed by the invariant that
//! forbids it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::checks::Trial;
use crate::journal::{Answer, Case, Deed, Sight, Try};
use crate::market::{Card, euros};
use crate::sampler::Samples;
use crate::world::World;

const BUYERS: [&str; 1] = ["ada"];

fn card() -> Card {
    Card {
        id: "card".into(),
        handle: "card".into(),
        agent: "agent".into(),
        price: 100,
        edition: Some(2),
    }
}

fn order(id: &str, status: &str, (version, attempts): (u64, u64)) -> Value {
    json!({
        "id": id, "status": status, "version": version, "attempts": attempts, "total": euros(100), "price": euros(100),
        "buyerId": "ada", "sellerId": "bob", "cardId": "card", "quantity": 1, "coupon": null, "refund": null,
    })
}

/// One order that was bought and one that nobody paid.
fn sound() -> World {
    let mut world = World::default();
    for order in [order("bought", "completed", (5, 1)), order("unpaid", "expired", (3, 0))] {
        let id = order["id"].as_str().unwrap().to_owned();
        world.orders.insert(id.clone(), order.clone());
        world.sales.insert(id, order);
    }
    let of_bought = |one: Value| BTreeMap::from([("bought".to_owned(), vec![one])]);
    world.entitlements = of_bought(json!({"orderId": "bought", "status": "active"}));
    world.payments = of_bought(json!({
        "id": "payment", "orderId": "bought", "status": "succeeded", "amount": euros(100), "refunded": euros(0),
    }));
    let invoice = json!({"orderId": "bought", "gross": 100, "number": "2026-1"});
    world.invoices = of_bought(invoice.clone());
    world.written = vec![vec![invoice]];
    world.totals = vec![json!([{"currency": "EUR", "change": 90}])];
    world.balances = vec![json!([{"currency": "EUR", "payable": 90}])];
    let edition = json!({"size": 2, "available": 1, "held": 0, "sold": 1});
    let card = json!({"id": "card", "version": 4, "price": euros(100), "edition": edition, "sales": 1, "revision": 1});
    world.cards = vec![card.clone()];
    world.found.insert("card".into(), card);
    let account = |name: &str, amount: i64| json!({"account": name, "currency": "EUR", "amount": amount});
    let accounts = [
        account("provider_clearing", 100),
        account("order_escrow", 0),
        account("seller_payable", -90),
        account("platform_fee", -10),
    ];
    world.ledger = json!({"ok": true, "accounts": accounts});
    world.books = (1, 100, 0);
    world
}

fn tried(deed: Deed, key: &str, answer: Answer) -> Try {
    Try {
        deed,
        key: key.into(),
        asked: String::new(),
        at: Duration::ZERO,
        took: Duration::ZERO,
        answer,
    }
}

fn ok(status: u16, body: Value) -> Answer {
    let text = body.to_string();
    Answer::Ok { status, text }
}

/// The journal of the order that was bought.
fn journal() -> Vec<Arc<Case>> {
    let case = Case::new(0, (0, 0), "success");
    let mut notes = case.notes();
    notes.order = Some("bought".into());
    notes.completed_in = Some(Duration::from_secs(1));
    notes.tries = vec![
        tried(Deed::Place, "a", ok(201, json!({"id": "bought", "total": euros(100)}))),
        tried(Deed::Pay, "b", ok(201, json!({"id": "payment"}))),
    ];
    drop(notes);
    // Of the other one the answer was lost.
    let lost = Case::new(1, (0, 0), "unpaid");
    let answer = Answer::Unknown("lost".into());
    lost.notes().tries.push(tried(Deed::Place, "c", answer));
    vec![Arc::new(case), Arc::new(lost)]
}

/// Says which invariants are broken.
fn broken(world: &World, cases: &[Arc<Case>], looks: &[(&str, &str, u64, u64)]) -> BTreeSet<&'static str> {
    let mut by_order: BTreeMap<String, Vec<Sight>> = BTreeMap::new();
    for (id, status, version, at) in looks {
        by_order.entry((*id).to_owned()).or_default().push(Sight {
            at: Duration::from_secs(*at),
            status: (*status).to_owned(),
            version: *version,
        });
    }
    let trial = Trial {
        buyers: &BUYERS.map(str::to_owned),
        cards: &[card()],
        cases,
        samples: &Samples::default(),
        world,
        before: 0,
        looks: &by_order,
        healthy: Duration::from_secs(60),
        pay_within: Duration::from_secs(10),
    };
    trial.judge().into_iter().map(|violation| violation.invariant).collect()
}

fn change(world: &mut World, order: &str, field: &str, value: Value) {
    for orders in [&mut world.orders, &mut world.sales] {
        orders.get_mut(order).unwrap()[field] = value.clone();
    }
}

#[test]
fn a_sound_world_breaks_no_invariant() {
    let looks = [("bought", "paying", 3, 65), ("bought", "completed", 5, 70)];
    assert_eq!(broken(&sound(), &journal(), &looks), BTreeSet::new());
}

#[test]
fn each_way_to_break_a_world_is_noticed_by_the_invariant_that_forbids_it() {
    type Break = fn(&mut World);
    let ways: [(&str, &str, Break); 18] = [
        ("I1", "an edition that does not add up", |w| {
            w.cards[0]["edition"]["available"] = json!(2)
        }),
        ("I1", "a hold that nobody has", |w| {
            w.cards[0]["edition"]["held"] = json!(1);
            w.cards[0]["edition"]["available"] = json!(0);
        }),
        ("I1", "one sale too many", |w| {
            change(w, "unpaid", "status", json!("completed"))
        }),
        ("I2", "a ledger that is not well", |w| w.ledger["ok"] = json!(false)),
        ("I2", "a second charge", |w| w.books = (2, 200, 0)),
        ("I2", "money in escrow", |w| {
            w.ledger["accounts"][1]["amount"] = json!(-5)
        }),
        ("I2", "a gap in the invoices", |w| {
            w.written[0][0]["number"] = json!("2026-2")
        }),
        ("I2", "a balance that is not the statement's", |w| {
            w.balances[0][0]["payable"] = json!(91)
        }),
        ("I3", "no end", |w| {
            change(w, "unpaid", "status", json!("awaiting_payment"))
        }),
        ("I3", "two ends", |w| change(w, "unpaid", "version", json!(4))),
        ("I3", "completed twice", |w| change(w, "bought", "version", json!(6))),
        ("I4", "money for nothing", |w| {
            change(w, "bought", "status", json!("expired"))
        }),
        ("I4", "no entitlement", |w| w.entitlements.clear()),
        ("I4", "an entitlement that outlived its refund", |w| {
            change(w, "bought", "refund", json!({"id": "refund", "status": "completed"}));
        }),
        ("I4", "a payment that never ends", |w| {
            w.payments.get_mut("bought").unwrap()[0]["status"] = json!("processing")
        }),
        ("I5", "an order that is gone", |w| drop(w.orders.remove("bought"))),
        ("I5", "an attempt that nobody made", |w| {
            change(w, "bought", "attempts", json!(2))
        }),
        ("I7", "a seller who sees something else", |w| {
            w.sales.get_mut("bought").unwrap()["version"] = json!(4)
        }),
    ];
    for (invariant, way, break_it) in ways {
        let mut world = sound();
        break_it(&mut world);
        let noticed = broken(&world, &journal(), &[]);
        assert!(noticed.contains(invariant), "{way}: only {noticed:?}");
    }
}

#[test]
fn an_order_that_nobody_placed_and_one_placed_twice_for_a_lost_answer_are_noticed() {
    let mut world = sound();
    for id in ["second", "third"] {
        let stray = order(id, "expired", (3, 0));
        world.orders.insert(id.into(), stray.clone());
        world.sales.insert(id.into(), stray);
    }
    assert!(broken(&world, &journal(), &[]).contains("I5"));
}

#[test]
fn what_was_seen_over_and_then_otherwise_or_waits_too_long_is_noticed() {
    let revived = [("bought", "expired", 3, 61), ("bought", "completed", 5, 62)];
    assert!(broken(&sound(), &journal(), &revived).contains("I3"));
    let waits = [("bought", "paying", 3, 101), ("bought", "completed", 5, 102)];
    assert!(broken(&sound(), &journal(), &waits).contains("I8"));
}

#[test]
fn another_answer_for_the_same_key_is_noticed() {
    let cases = journal();
    let other = ok(201, json!({"id": "other", "total": euros(100)}));
    cases[0].notes().tries.push(tried(Deed::Place, "a", other));
    assert!(broken(&sound(), &cases, &[]).contains("I6"));
}

#[test]
fn a_refusal_that_had_an_effect_is_noticed() {
    let cases = journal();
    let refused = Answer::Fail {
        status: 409,
        code: "orders.not_payable".into(),
    };
    cases[0].notes().tries[1].answer = refused;
    assert!(broken(&sound(), &cases, &[]).contains("I5"));
}

#[test]
fn a_refusal_of_what_was_acknowledged_is_noticed() {
    let cases = journal();
    let refused = Answer::Fail {
        status: 409,
        code: "orders.not_payable".into(),
    };
    cases[0].notes().tries.push(tried(Deed::Pay, "b", refused));
    assert!(broken(&sound(), &cases, &[]).contains("I6"));
}
