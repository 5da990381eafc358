//! Processes that are killed, one after the other, while people write and read.

use blackbox::DOOR;

use crate::stand::{Stand, seen};
use crate::traffic::Traffic;

#[test]
fn kill_9_of_each_process_loses_nothing_and_repeats_nothing() {
    Stand::case(async |stand| {
        let traffic = Traffic::start(stand).await;
        for name in stand.processes().into_iter().chain([DOOR]) {
            stand.product.process_kill(&[name]);
            stand.product.process_start(&[name]);
            let behind = traffic.settled().await;
            seen(
                &format!("kill -9 of {name}, started again"),
                &format!(
                    "{}; readers complete {:.1} s later",
                    traffic.take_trouble(),
                    behind.as_secs_f64()
                ),
            );
        }
        traffic.judge().await;
    });
}
