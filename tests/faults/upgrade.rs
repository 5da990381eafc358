//! Every process becomes one of another release while people write and read: the release before this one, beside it, and back.

use std::path::Path;
use std::time::Duration;

use blackbox::walk::{self, Page};
use blackbox::{DOOR, Seen};

use crate::stand::{Stand, seen};
use crate::traffic::Traffic;

/// Between two sends of one sender.
const PAUSE: Duration = Duration::from_millis(200);
/// How often everybody is answered while two releases stay side by side.
const ROUNDS: usize = 5;
const BEFORE: &str = "the release before";
const THIS: &str = "this release";

/// Has processes become another release one after the other, and gives what clients saw meanwhile.
async fn roll(stand: &Stand, traffic: &Traffic<'_>, names: &[&str], (binary, what): (&Path, &str)) -> Seen {
    let mut all = Seen::default();
    for name in names {
        stand.product.process_becomes(name, binary);
        let behind = traffic.settled().await;
        let trouble = traffic.take_trouble();
        let behind = behind.as_secs_f64();
        seen(
            &format!("{name} becomes {what}"),
            &format!("{trouble}; readers complete {behind:.1} s later"),
        );
        all = all.and(trouble);
    }
    all
}

/// Has those processes become a release that are another one.
fn become_all(stand: &Stand, names: &[&str], binary: &Path) {
    for name in names {
        if !stand.product.process_runs(name, binary) {
            stand.product.process_becomes(name, binary);
        }
    }
}

/// Does what docs/walkthroughs tells, all of it at once, and gives where it is to be seen afterwards.
async fn walk_through(stand: &Stand) -> Vec<Page> {
    let product = &stand.product;
    let (chatted, bought, posted, ()) = tokio::join!(
        walk::a_chat_message(product),
        walk::a_purchase(product, &stand.moderator),
        walk::a_post(product),
        walk::a_sign_in(product),
    );
    chatted.into_iter().chain(bought).chain(posted).collect()
}

async fn look(pages: &[Page]) {
    for page in pages {
        page.look().await;
    }
}

/// Lists all processes in the order of an upgrade.
fn all(stand: &Stand) -> Vec<&str> {
    stand.processes().into_iter().chain([DOOR]).collect()
}

#[test]
fn a_cluster_becomes_this_release_process_by_process_and_fails_no_request_that_may_be_repeated() {
    Stand::case_of_two(async |stand, before| {
        let (names, this) = (all(stand), blackbox::binary());
        become_all(stand, &names, before);
        let mut pages = walk_through(stand).await;
        let traffic = Traffic::paced(stand, PAUSE).await;
        let (first, second) = names.split_at(names.len() / 2);
        let mut trouble = roll(stand, &traffic, first, (&this, THIS)).await;
        pages.extend(walk_through(stand).await);
        trouble = trouble.and(traffic.take_trouble());
        trouble = trouble.and(roll(stand, &traffic, second, (&this, THIS)).await);
        traffic.judge().await;
        for name in &names {
            assert!(stand.product.process_runs(name, &this), "{name} is another release");
        }
        look(&pages).await;
        walk_through(stand).await;
        seen("an upgrade of all processes", &trouble.to_string());
        assert!(trouble.failures.is_empty(), "an upgrade: {trouble}");
    });
}

#[test]
fn a_cluster_goes_back_process_by_process_and_what_this_release_wrote_is_read_by_the_one_before() {
    Stand::case_of_two(async |stand, before| {
        let (mut names, this) = (all(stand), blackbox::binary());
        become_all(stand, &names, &this);
        let pages = walk_through(stand).await;
        let traffic = Traffic::paced(stand, PAUSE).await;
        // Back by the way that it came.
        names.reverse();
        let trouble = roll(stand, &traffic, &names, (before, BEFORE)).await;
        traffic.judge().await;
        look(&pages).await;
        walk_through(stand).await;
        seen("all processes back to the release before", &trouble.to_string());
        assert!(trouble.failures.is_empty(), "a way back: {trouble}");
    });
}

#[test]
fn every_other_process_is_of_the_other_release_and_people_do_everything_there() {
    Stand::case_of_two(async |stand, before| {
        let (names, this) = (all(stand), blackbox::binary());
        for offset in [0, 1] {
            let is_new = |at: usize| (at + offset).is_multiple_of(2);
            for (at, name) in names.iter().enumerate() {
                become_all(stand, &[*name], if is_new(at) { &this } else { before });
            }
            walk_through(stand).await;
            let traffic = Traffic::paced(stand, PAUSE).await;
            for _ in 0..ROUNDS {
                traffic.settled().await;
            }
            let behind = traffic.settled().await;
            let trouble = traffic.take_trouble();
            traffic.judge().await;
            let new: Vec<_> = names.iter().enumerate().filter(|(at, _)| is_new(*at)).collect();
            let new: Vec<_> = new.into_iter().map(|(_, name)| *name).collect();
            seen(
                &format!("of this release: {}; all others of the one before", new.join(", ")),
                &format!("{trouble}; readers complete {:.1} s later", behind.as_secs_f64()),
            );
            assert!(trouble.failures.is_empty(), "two releases side by side: {trouble}");
        }
    });
}
