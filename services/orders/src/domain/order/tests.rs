//! Each row of the table, by itself.

use std::time::Duration;

use contracts::ai_model_cards::Refusal;
use contracts::orders::{OrderChange, OrderStatus};
use kernel::{Currency, EntitlementId, Money, RefundId, Timestamp};
use uuid::Uuid;

use super::{ATTEMPTS_MAX, Course, Denied, Input};

const PAY_WITHIN: Duration = Duration::from_secs(900);
const START: Timestamp = Timestamp::from_millis(1_000_000);
const LATE: Timestamp = Timestamp::from_millis(1_900_000);

fn price(amount: i64) -> Money {
    Money {
        amount,
        currency: Currency::EUR,
    }
}

fn placed(amount: i64) -> Course {
    Course::place(price(amount), START, LATE).course
}

/// Goes through inputs, all of which change something.
fn after(inputs: &[Input]) -> Course {
    inputs.iter().fold(placed(100), |course, input| {
        course.step(*input, PAY_WITHIN, START).unwrap().unwrap().course
    })
}

fn told(course: &Course, input: Input, now: Timestamp) -> (OrderStatus, Vec<OrderChange>) {
    match course.step(input, PAY_WITHIN, now).unwrap() {
        Some(step) => (step.course.status, step.told),
        None => (course.status, Vec::new()),
    }
}

fn success(attempt: u32) -> Input {
    Input::Succeeded {
        attempt,
        amount: price(100),
    }
}

#[test]
fn a_hold_starts_the_time_to_pay_and_a_refusal_ends_the_order() {
    let held = told(&placed(100), Input::Held, START);
    assert_eq!(
        held,
        (
            OrderStatus::AwaitingPayment,
            vec![OrderChange::AwaitingPayment { deadline: LATE }]
        )
    );
    let reason = Refusal::SoldOut;
    let refused = told(&placed(100), Input::Refused(reason), START);
    assert_eq!(refused, (OrderStatus::Rejected, vec![OrderChange::Rejected { reason }]));
}

#[test]
fn a_free_order_is_paid_by_its_hold() {
    let held = told(&placed(0), Input::Held, START);
    assert_eq!(held, (OrderStatus::Paid, vec![OrderChange::Paid { attempt: 0 }]));
}

#[test]
fn a_timer_ends_an_order_at_its_deadline_and_not_before() {
    let waiting = after(&[Input::Held]);
    assert_eq!(told(&waiting, Input::TimerDue, LATE - Duration::from_millis(1)).1, []);
    assert_eq!(
        told(&waiting, Input::TimerDue, LATE),
        (OrderStatus::Expired, vec![OrderChange::Expired])
    );
    let paying = after(&[Input::Held, Input::Pay]);
    let asked = vec![OrderChange::Expiring { attempt: 1 }];
    assert_eq!(told(&paying, Input::TimerDue, LATE), (OrderStatus::Expiring, asked));
}

#[test]
fn the_orders_state_decides_and_not_the_clock() {
    let paying = after(&[Input::Held, Input::Pay]);
    let paid = (OrderStatus::Paid, vec![OrderChange::Paid { attempt: 1 }]);
    assert_eq!(told(&paying, success(1), LATE + Duration::from_secs(3600)), paid);
}

#[test]
fn a_payment_that_succeeds_while_the_provider_is_asked_to_cancel_is_taken() {
    let expiring = after(&[Input::Held, Input::Pay, Input::Cancel]);
    assert_eq!(told(&expiring, success(1), START).0, OrderStatus::Paid);
    let cancelled = told(&expiring, Input::Canceled { attempt: 1 }, START);
    assert_eq!(cancelled, (OrderStatus::Cancelled, vec![OrderChange::Cancelled]));
    let expired = after(&[Input::Held, Input::Pay]).step(Input::TimerDue, PAY_WITHIN, LATE);
    let expired = told(&expired.unwrap().unwrap().course, Input::Canceled { attempt: 1 }, LATE);
    assert_eq!(expired, (OrderStatus::Expired, vec![OrderChange::Expired]));
}

#[test]
fn a_late_a_second_and_a_wrong_payment_go_back_once() {
    let over = after(&[Input::Held, Input::Pay, Input::Failed { attempt: 1 }, Input::Cancel]);
    let due = vec![OrderChange::RefundDue { attempt: 1 }];
    assert_eq!(told(&over, success(1), LATE), (OrderStatus::Cancelled, due));
    let twice = over.step(success(1), PAY_WITHIN, LATE).unwrap().unwrap().course;
    assert_eq!(twice.step(success(1), PAY_WITHIN, LATE), Ok(None));
    let paid = after(&[
        Input::Held,
        Input::Pay,
        Input::Failed { attempt: 1 },
        Input::Pay,
        success(2),
    ]);
    assert_eq!(told(&paid, success(1), LATE).1, [OrderChange::RefundDue { attempt: 1 }]);
    assert_eq!(told(&paid, success(2), LATE).1, []);
    let paying = after(&[Input::Held, Input::Pay]);
    let wrong = Input::Succeeded {
        attempt: 1,
        amount: price(1),
    };
    let back = vec![
        OrderChange::RefundDue { attempt: 1 },
        OrderChange::AwaitingPayment { deadline: LATE },
    ];
    assert_eq!(told(&paying, wrong, START), (OrderStatus::AwaitingPayment, back));
}

#[test]
fn a_payment_may_be_tried_five_times() {
    let mut order = after(&[Input::Held]);
    for attempt in 1..=ATTEMPTS_MAX {
        order = order.step(Input::Pay, PAY_WITHIN, START).unwrap().unwrap().course;
        assert_eq!(order.step(Input::Pay, PAY_WITHIN, START), Err(Denied::PaymentUnderWay));
        order = order
            .step(Input::Failed { attempt }, PAY_WITHIN, START)
            .unwrap()
            .unwrap()
            .course;
    }
    assert_eq!(order.step(Input::Pay, PAY_WITHIN, START), Err(Denied::TooManyAttempts));
}

#[test]
fn a_paid_order_is_completed_by_the_sale_and_the_entitlement_or_paid_back() {
    let paid = after(&[Input::Held, Input::Pay, success(1)]);
    let id = EntitlementId::from(Uuid::nil());
    assert_eq!(
        told(&paid, Input::Granted(id), START).1,
        [],
        "not before the hold is a sale"
    );
    let sold = after(&[Input::Held, Input::Pay, success(1), Input::Committed]);
    let done = vec![OrderChange::Completed {
        attempt: 1,
        entitlement_id: id,
    }];
    assert_eq!(told(&sold, Input::Granted(id), START), (OrderStatus::Completed, done));
    let missing = told(&paid, Input::CannotKeep, START);
    assert_eq!(
        missing,
        (OrderStatus::Refunding, vec![OrderChange::Refunding { attempt: 1 }])
    );
    let back = after(&[
        Input::Held,
        Input::Pay,
        success(1),
        Input::CannotKeep,
        Input::Repaid { attempt: 1 },
    ]);
    assert_eq!(back.status, OrderStatus::Refunded);
}

#[test]
fn a_free_order_without_its_hold_has_nothing_to_pay_back() {
    let paid = placed(0).step(Input::Held, PAY_WITHIN, START).unwrap().unwrap().course;
    assert_eq!(
        told(&paid, Input::CannotKeep, START),
        (OrderStatus::Refunded, vec![OrderChange::Refunded])
    );
}

#[test]
fn a_completed_order_is_refunded_once_and_stays_completed() {
    let (id, refund) = (EntitlementId::from(Uuid::nil()), RefundId::from(Uuid::nil()));
    let done = after(&[
        Input::Held,
        Input::Pay,
        success(1),
        Input::Committed,
        Input::Granted(id),
    ]);
    let asked = done
        .step(Input::RefundAsked(refund), PAY_WITHIN, START)
        .unwrap()
        .unwrap()
        .course;
    assert_eq!(
        asked.step(Input::RefundAsked(refund), PAY_WITHIN, START),
        Err(Denied::RefundedAlready)
    );
    let paid = vec![OrderChange::RefundCompleted {
        refund_id: refund,
        amount: price(100),
    }];
    assert_eq!(
        told(&asked, Input::RefundPaid(refund), START),
        (OrderStatus::Completed, paid)
    );
    let failed = asked
        .step(Input::RefundFailed(refund), PAY_WITHIN, START)
        .unwrap()
        .unwrap()
        .course;
    assert!(
        failed.step(Input::RefundAsked(refund), PAY_WITHIN, START).is_ok(),
        "it may be asked for again"
    );
}

#[test]
fn looks_at_what_hangs_grow_rarer() {
    let mut expiring = after(&[Input::Held, Input::Pay, Input::Cancel]);
    let mut pauses = Vec::new();
    for _ in 0..8 {
        let now = expiring.wake.unwrap();
        assert_eq!(
            expiring.step(Input::Look, PAY_WITHIN, now - Duration::from_millis(1)),
            Ok(None)
        );
        expiring = expiring.step(Input::Look, PAY_WITHIN, now).unwrap().unwrap().course;
        pauses.push(expiring.wake.unwrap().since(now).as_secs());
    }
    assert_eq!(pauses, [60, 120, 240, 480, 960, 1920, 3600, 3600]);
}

#[test]
fn an_order_that_gets_no_hold_ends_by_itself_and_may_be_taken_back_before() {
    let placed = placed(100);
    assert_eq!(
        told(&placed, Input::Cancel, START),
        (OrderStatus::Cancelled, vec![OrderChange::Cancelled])
    );
    let early = LATE - Duration::from_millis(1);
    assert_eq!(told(&placed, Input::Look, early), (OrderStatus::Reserving, Vec::new()));
    let reason = Refusal::NotOnSale;
    let over = (OrderStatus::Rejected, vec![OrderChange::Rejected { reason }]);
    assert_eq!(told(&placed, Input::Look, LATE), over);
}
