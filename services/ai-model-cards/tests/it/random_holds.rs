//! Random holds, payments, ends, duplicates and changes of the edition, against a plain list of orders.

use std::collections::BTreeMap;
use std::time::Duration;

use contracts::ai_model_cards::{HoldAnswer, Refusal};
use contracts::orders::OrderChange;
use kernel::{CardId, OrderId};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use crate::house::House;

#[derive(Clone, Debug)]
enum Step {
    Hold(usize),
    Created(usize),
    Paid(usize),
    Over(usize),
    Resize(u32),
    Suspend,
    Reinstate,
}

fn steps() -> impl Strategy<Value = (u32, Vec<Step>)> {
    let order = 0..6usize;
    let step = prop_oneof![
        4 => order.clone().prop_map(Step::Hold),
        2 => order.clone().prop_map(Step::Created),
        3 => order.clone().prop_map(Step::Paid),
        3 => order.prop_map(Step::Over),
        1 => (1..6u32).prop_map(Step::Resize),
        1 => Just(Step::Suspend),
        1 => Just(Step::Reinstate),
    ];
    (1..4u32, prop::collection::vec(step, 1..25))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Is {
    Held,
    Refused(Refusal),
    Sold,
    Missing,
    Over,
}

/// What a plain list says.
struct Plain {
    size: u32,
    on_sale: bool,
    orders: BTreeMap<usize, Is>,
}

impl Plain {
    fn count(&self, is: Is) -> u32 {
        u32::try_from(self.orders.values().filter(|one| **one == is).count()).unwrap()
    }
    fn hold(&mut self, n: usize) -> Is {
        let free = self.size - self.count(Is::Held) - self.count(Is::Sold);
        let new = match (self.on_sale, free) {
            (false, _) => Is::Refused(Refusal::NotOnSale),
            (true, 0) => Is::Refused(Refusal::SoldOut),
            (true, _) => Is::Held,
        };
        *self.orders.entry(n).or_insert(new)
    }
    fn pay(&mut self, n: usize) {
        self.hold(n);
        if let Some(is) = self.orders.get_mut(&n) {
            *is = match *is {
                Is::Held | Is::Sold => Is::Sold,
                _ => Is::Missing,
            };
        }
    }
    /// Tells whether the edition gets another size: fewer, or more as long as nobody has one; a single one never.
    fn fits(&self, size: u32) -> bool {
        let had = self.count(Is::Held) + self.count(Is::Sold);
        size == self.size || (self.size > 1 && size >= had && (had == 0 || size < self.size))
    }
    fn end(&mut self, n: usize) {
        let is = self.orders.entry(n).or_insert(Is::Over);
        if *is == Is::Held {
            *is = Is::Over;
        }
    }
}

fn answer(is: Is) -> HoldAnswer {
    match is {
        Is::Held => HoldAnswer::Held,
        Is::Sold => HoldAnswer::Sold,
        Is::Missing => HoldAnswer::Missing,
        Is::Refused(reason) => HoldAnswer::Refused { reason },
        Is::Over => HoldAnswer::Refused {
            reason: Refusal::NotOnSale,
        },
    }
}

async fn take(h: &House, card: CardId, orders: &[OrderId], plain: &mut Plain, step: &Step) {
    let until = h.world.ambient().now() + Duration::from_secs(60);
    match *step {
        Step::Hold(n) => assert_eq!(h.hold(card, orders[n]).await, answer(plain.hold(n))),
        Step::Created(n) => {
            plain.hold(n);
            h.hear(card, orders[n], OrderChange::Created { hold_until: until })
                .await;
        }
        Step::Paid(n) => {
            plain.pay(n);
            h.hear(card, orders[n], OrderChange::Paid { attempt: 1 }).await;
        }
        Step::Over(n) => {
            plain.end(n);
            h.hear(
                card,
                orders[n],
                [OrderChange::Expired, OrderChange::Refunded][n % 2].clone(),
            )
            .await;
        }
        Step::Resize(size) => {
            let fits = plain.fits(size);
            plain.size = if fits { size } else { plain.size };
            h.edit(card, json!({ "editionSize": size }))
                .await
                .expect(if fits { 200 } else { 409 });
        }
        Step::Suspend | Step::Reinstate => {
            let off = matches!(step, Step::Suspend);
            let (word, expected) = (
                if off { "suspend" } else { "reinstate" },
                if off == plain.on_sale { 200 } else { 409 },
            );
            let body = if off { json!({"reason": "x"}) } else { json!(null) };
            let path = format!("/api/model-cards/{card}/{word}");
            h.here.app.by_admin(h.admin).post(&path, body).await.expect(expected);
            plain.on_sale = !off;
        }
    }
}

async fn play(h: &House, case: usize, size: u32, steps: &[Step]) {
    let card = h.on_sale(&format!("card{case}"), json!({ "editionSize": size })).await;
    let orders: Vec<OrderId> = (0..6).map(|_| h.id()).collect();
    let mut plain = Plain {
        size,
        on_sale: true,
        orders: BTreeMap::new(),
    };
    for step in steps {
        take(h, card, &orders, &mut plain, step).await;
        let (held, sold) = (plain.count(Is::Held), plain.count(Is::Sold));
        let expected = (plain.size - held - sold, held, sold);
        let counts = h.counts(card).await;
        assert_eq!(
            counts,
            (expected.0.into(), expected.1.into(), expected.2.into()),
            "after {step:?} of {steps:?}"
        );
    }
}

#[test]
fn whatever_orders_do_the_edition_is_counted_as_by_a_plain_list() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let h = runtime.block_on(House::new());
    let config = Config {
        cases: 60,
        failure_persistence: None,
        max_shrink_iters: 50,
        ..Config::default()
    };
    let case = std::cell::Cell::new(0);
    let outcome = TestRunner::new(config).run(&steps(), |(size, steps)| {
        case.set(case.get() + 1);
        runtime.block_on(play(&h, case.get(), size, &steps));
        Ok(())
    });
    outcome.unwrap();
}
