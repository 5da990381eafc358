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
fn a_restart_of_the_only_door_fails_no_request_either() {
    Stand::case(async |stand| {
        let traffic = Traffic::start(stand).await;
        // Twice, since what is asked just as it goes is met by chance.
        stand.product.process_restart(&[DOOR]);
        stand.product.process_restart(&[DOOR]);
        let behind = traffic.settled().await;
        let trouble = traffic.take_trouble();
        seen(
            "rolling restart: the only door",
            &format!("{trouble}; readers complete {:.1} s later", behind.as_secs_f64()),
        );
        traffic.judge().await;
        assert!(trouble.failures.is_empty(), "a restart of the door: {trouble}");
    });
}
