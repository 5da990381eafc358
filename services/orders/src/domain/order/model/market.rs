//! Owns the walk itself: what may happen next to the orders of a market, what must always be true, and how large the markets are.

use stateright::{Checker, Model, Property};

use super::*;

/// What the walk may do besides what must happen.
struct Market {
    orders: usize,
    /// So many of the buyers may change their mind.
    cancellers: usize,
    attempts: u32,
    losses: u8,
    copies: u8,
    early_timers: u8,
    lost_holds: u8,
    wrong_amounts: u8,
}

impl Market {
    /// What may happen to one order. What surely changes nothing is left out, which is much faster than to try it.
    fn actions_of(&self, state: &State, o: usize, order: &Course, actions: &mut Vec<Action>) {
        let open = matches!(order.status, OrderStatus::AwaitingPayment | OrderStatus::Paying);
        if order.status == OrderStatus::AwaitingPayment && order.attempt < self.attempts {
            actions.push(Action::Pay(o));
        }
        if (open || order.status == OrderStatus::Reserving) && o < self.cancellers {
            actions.push(Action::Cancel(o));
        }
        if open {
            actions.push(Action::TimerFires(o));
        }
        if !order.status.is_terminal() {
            actions.push(Action::Look(o));
        }
        if order.committed && order.status == OrderStatus::Paid {
            actions.push(Action::Grant(o));
        }
        if state.holds[o] == Hold::Held {
            actions.extend([Action::LoseHold(o), Action::FreeOrphan(o)]);
        }
        for (attempt, intent) in (1..).zip(&state.intents[o]) {
            match intent {
                Intent::Open | Intent::Failed if state.wrong_amounts > 0 => {
                    actions.extend([Action::Capture(o, attempt, false), Action::Capture(o, attempt, true)]);
                }
                Intent::Open | Intent::Failed => actions.push(Action::Capture(o, attempt, false)),
                _ => {}
            }
            if *intent == Intent::Open {
                actions.push(Action::Decline(o, attempt));
            } else {
                actions.push(Action::Repeat(o, attempt));
            }
        }
    }
}

impl Model for Market {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let placed = Course::place(PRICE, Timestamp::default(), Timestamp::default());
        vec![State {
            late: false,
            orders: vec![still(placed.course); self.orders],
            ended: vec![0; self.orders],
            told_back: vec![Vec::new(); self.orders],
            holds: vec![Hold::None; self.orders],
            intents: vec![Vec::new(); self.orders],
            timers: vec![false; self.orders],
            messages: (0..self.orders).map(Message::AskHold).collect(),
            losses: self.losses,
            copies: self.copies,
            early_timers: self.early_timers,
            lost_holds: self.lost_holds,
            wrong_amounts: self.wrong_amounts,
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        let mut messages = state.messages.clone();
        messages.dedup();
        for message in messages {
            actions.push(Action::Deliver(message));
            if state.losses > 0 && message.may_be_lost() {
                actions.push(Action::Lose(message));
            }
            if state.copies > 0 {
                actions.push(Action::Copy(message));
            }
        }
        if !state.late {
            actions.push(Action::DeadlinePasses);
        }
        for (o, order) in state.orders.iter().enumerate() {
            self.actions_of(state, o, order, actions);
        }
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut next = state.clone();
        let done = match action {
            Action::Deliver(message) | Action::Lose(message) => {
                let at = next.messages.iter().position(|m| *m == message)?;
                next.messages.remove(at);
                if matches!(action, Action::Lose(_)) {
                    next.losses -= 1;
                } else {
                    next.deliver(message);
                }
                true
            }
            Action::Copy(message) => {
                next.copies -= 1;
                next.send(message);
                true
            }
            Action::Pay(o) => {
                let paying = next.step(o, Input::Pay);
                if paying {
                    next.intents[o].push(Intent::Open);
                }
                paying
            }
            Action::Cancel(o) => next.step(o, Input::Cancel),
            Action::DeadlinePasses => {
                next.late = true;
                true
            }
            Action::TimerFires(o) => fire_timer(&mut next, o),
            Action::Look(o) => look(&mut next, o),
            Action::Capture(o, attempt, wrong) => capture(&mut next, o, attempt, wrong),
            Action::Decline(o, attempt) => decline(&mut next, o, attempt),
            Action::Repeat(o, attempt) => repeat(&mut next, o, attempt),
            Action::Grant(o) => next.step(o, Input::Granted(EntitlementId::from(uuid::Uuid::nil()))),
            Action::LoseHold(o) => lose_hold(&mut next, o),
            Action::FreeOrphan(o) => free_orphan(&mut next, o),
        };
        done.then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("one edition is sold once", |_, s: &State| {
                s.orders.iter().filter(|o| o.status == OrderStatus::Completed).count() <= 1
            }),
            Property::always("an order ends once", |_, s: &State| {
                (0..s.orders.len()).all(|o| s.ended[o] == u8::from(s.orders[o].status.is_terminal()))
            }),
            Property::always("who has it has paid for it", |_, s: &State| {
                (0..s.orders.len()).all(|o| s.orders[o].status != OrderStatus::Completed || s.net(o) >= 1)
            }),
            Property::always("no order keeps a wrong amount", |_, s: &State| {
                let right = |(order, intents): (&Course, &Vec<Intent>)| match order.kept {
                    Some(attempt) => !matches!(intents[attempt as usize - 1], Intent::Captured { wrong: true, .. }),
                    None => true,
                };
                s.orders.iter().zip(&s.intents).all(right)
            }),
            Property::always("no payment goes back twice", |_, s: &State| {
                s.told_back
                    .iter()
                    .all(|told| (1..told.len()).all(|n| !told[..n].contains(&told[n])))
            }),
            Property::always(
                "nothing is stuck, and in the end the books are even",
                |model: &Self, s: &State| {
                    !s.messages.is_empty() || !s.late || s.is_settled() || !model.next_steps(s).is_empty()
                },
            ),
            Property::sometimes("completed", |_, s: &State| {
                s.orders.iter().any(|o| o.status == OrderStatus::Completed)
            }),
            Property::sometimes("refunded", |model: &Self, s: &State| {
                model.lost_holds == 0 || s.orders.iter().any(|o| o.status == OrderStatus::Refunded)
            }),
            Property::sometimes("expired and paid back", |_, s: &State| {
                (0..s.orders.len()).any(|o| s.orders[o].status == OrderStatus::Expired && !s.told_back[o].is_empty())
            }),
        ]
    }
}

fn walk(market: Market) {
    let begun = std::time::Instant::now();
    let checker = market.checker().threads(2).spawn_dfs().join();
    println!(
        "{} states, {} of them different, {:?}",
        checker.state_count(),
        checker.unique_state_count(),
        begun.elapsed()
    );
    checker.assert_properties();
}

fn market(orders: usize, attempts: u32, losses: u8, copies: u8) -> Market {
    Market {
        orders,
        cancellers: 1,
        attempts,
        losses,
        copies,
        early_timers: 0,
        lost_holds: 0,
        wrong_amounts: 0,
    }
}

#[test]
fn two_buyers_and_one_edition_come_to_an_even_end_when_a_message_is_lost() {
    // One who changes their mind is in the walks of one buyer.
    walk(Market {
        cancellers: 0,
        ..market(2, 1, 1, 0)
    });
}

#[test]
fn two_buyers_and_one_edition_come_to_an_even_end_when_a_message_is_repeated() {
    walk(Market {
        cancellers: 0,
        ..market(2, 1, 0, 1)
    });
}

#[test]
fn two_buyers_and_one_edition_come_to_an_even_end_when_a_hold_is_given_to_the_other() {
    walk(Market {
        lost_holds: 1,
        ..market(2, 1, 0, 0)
    });
}

#[test]
fn one_buyer_who_tries_twice_comes_to_an_even_end_whatever_is_lost_and_repeated() {
    walk(Market {
        lost_holds: 1,
        ..market(1, 2, 1, 1)
    });
}

#[test]
fn one_buyer_who_tries_twice_comes_to_an_even_end_with_early_timers_and_wrong_amounts() {
    walk(Market {
        early_timers: 1,
        lost_holds: 1,
        wrong_amounts: 1,
        ..market(1, 2, 0, 0)
    });
}
