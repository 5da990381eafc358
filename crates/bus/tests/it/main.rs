//! The embedded log passes the port's suite, keeps its own promises, and the relay carries an outbox into it.

#![expect(clippy::unwrap_used, reason = "tests")]

mod embedded;
#[cfg(feature = "jetstream")]
mod jetstream;
#[cfg(feature = "kafka")]
mod kafka;
mod kill;
mod lettered;
mod relay;
mod rig;
mod split;

bus::conformance_tests!(crate::rig::rig);

#[test]
fn every_case_of_the_suite_is_run() {
    let files = [
        include_str!("../../src/conformance/delivery.rs"),
        include_str!("../../src/conformance/durability.rs"),
        include_str!("../../src/conformance/failures.rs"),
        include_str!("../../src/conformance/groups.rs"),
        include_str!("../../src/conformance/hints.rs"),
        include_str!("../../src/conformance/inbox.rs"),
        include_str!("../../src/conformance/order.rs"),
        include_str!("../../src/conformance/release.rs"),
        include_str!("../../src/conformance/replay.rs"),
        include_str!("../../src/conformance/waiting.rs"),
    ];
    let listed = include_str!("../../src/conformance.rs");
    let mut cases = 0;
    for case in files
        .iter()
        .flat_map(|f| f.split("\npub async fn ").skip(1))
        .filter_map(|f| f.split('(').next())
    {
        assert!(
            listed.contains(&format!(" {case},")),
            "{case} is not in the macro's list"
        );
        cases += 1;
    }
    assert!(cases >= 60, "{cases} cases");
}
