//! Everything is restarted, one process after the other, while people write and read.

use blackbox::{DOOR, Seen};

use crate::stand::{Stand, seen};
use crate::traffic::Traffic;

#[test]
fn a_rolling_restart_behind_the_door_fails_no_request_that_may_be_repeated() {
    Stand::case(async |stand| {
        let traffic = Traffic::start(stand).await;
        let mut all = Seen::default();
        for name in stand.processes() {
            stand.product.process_restart(&[name]);
            let behind = traffic.settled().await;
            let trouble = traffic.take_trouble();
            seen(
                &format!("rolling restart: {name}"),
                &format!("{trouble}; readers complete {:.1} s later", behind.as_secs_f64()),
            );
            all = all.and(trouble);
        }
        traffic.judge().await;
        assert!(all.failures.is_empty(), "a rolling restart behind the door: {all}");
    });
}

#[test]
fn a_restart_of_the_only_door_loses_nothing() {
    Stand::case(async |stand| {
        let traffic = Traffic::start(stand).await;
        stand.product.process_restart(&[DOOR]);
        let behind = traffic.settled().await;
        seen(
            "rolling restart: the only door",
            &format!(
                "{}; readers complete {:.1} s later",
                traffic.take_trouble(),
                behind.as_secs_f64()
            ),
        );
        traffic.judge().await;
    });
}
