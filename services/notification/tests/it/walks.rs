//! Long random walks against a plain model: the number of unread is right after every step.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{PostId, UserId};
use proptest::prelude::*;
use serde_json::json;

use crate::house::House;

const PEOPLE: usize = 4;
const POSTS: usize = 3;

#[derive(Clone, Debug)]
enum Step {
    Like(usize, usize),
    Unlike(usize, usize),
    Again,
    Read(usize),
    ReadAll,
    Remove(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let pair = || (0..PEOPLE, 0..POSTS);
    prop_oneof![
        5 => pair().prop_map(|(by, post)| Step::Like(by, post)),
        3 => pair().prop_map(|(by, post)| Step::Unlike(by, post)),
        2 => Just(Step::Again),
        1 => (0..POSTS).prop_map(Step::Read),
        1 => Just(Step::ReadAll),
        1 => (0..POSTS).prop_map(Step::Remove),
    ]
}

/// What is to be seen: who likes a post, and whether that is unread.
#[derive(Default)]
struct Model(BTreeMap<usize, (BTreeSet<usize>, bool)>);

impl Model {
    fn take(&mut self, step: &Step) {
        match step {
            Step::Like(by, post) => {
                let (likers, unread) = self.0.entry(*post).or_default();
                *unread |= likers.insert(*by);
            }
            Step::Unlike(by, post) => {
                if let Some((likers, _)) = self.0.get_mut(post) {
                    likers.remove(by);
                    if likers.is_empty() {
                        self.0.remove(post);
                    }
                }
            }
            Step::Read(post) => drop(self.0.get_mut(post).map(|(_, unread)| *unread = false)),
            Step::ReadAll => self.0.values_mut().for_each(|(_, unread)| *unread = false),
            Step::Remove(post) => drop(self.0.remove(post)),
            Step::Again => {}
        }
    }
}

async fn item(h: &House, of: UserId, post: PostId) -> Option<serde_json::Value> {
    let page = h.page(of).await;
    let about = |item: &&serde_json::Value| item["subject"]["postId"] == json!(post);
    page["items"].as_array().unwrap().iter().find(about).cloned()
}

async fn walk(steps: Vec<Step>) {
    let h = House::new().await;
    let [ada] = h.people(["ada"]);
    let people: [UserId; PEOPLE] = h.people(["a", "b", "c", "d"]);
    let posts: [PostId; POSTS] = std::array::from_fn(|_| h.ambient.id());
    let (mut model, mut events) = (Model::default(), Vec::new());
    for step in steps {
        match step {
            Step::Like(by, post) => events.push(h.like(people[by], (posts[post], ada)).await),
            Step::Unlike(by, post) => drop(h.react(people[by], (posts[post], ada), None).await),
            // Only the last event may come again: before it there is order.
            Step::Again => {
                if let Some(last) = events.last() {
                    h.hear_again(last).await;
                }
            }
            Step::Read(post) => {
                if let Some(item) = item(&h, ada, posts[post]).await {
                    h.read(ada, json!({ "ids": [item["id"]] })).await;
                }
            }
            Step::ReadAll => drop(h.read(ada, json!({ "all": true })).await),
            Step::Remove(post) => {
                if let Some(item) = item(&h, ada, posts[post]).await {
                    let path = format!("/api/notifications/{}", item["id"].as_str().unwrap());
                    h.app.by(ada).delete(&path).await.expect(204);
                }
            }
        }
        model.take(&step);
        let unread = model.0.values().filter(|(_, unread)| *unread).count();
        assert_eq!(h.unread(ada).await, unread as u64, "{step:?}");
    }
    for (post, (likers, _)) in &model.0 {
        assert_eq!(item(&h, ada, posts[*post]).await.unwrap()["count"], likers.len());
    }
    assert_eq!(h.verified().await.items, model.0.len() as u64);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 200, ..ProptestConfig::default() })]
    #[test]
    fn whatever_is_done_in_whatever_order_the_number_of_unread_is_right(steps in prop::collection::vec(step(), 1..40)) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(walk(steps));
    }
}
