//! Owns people who post, make friends and fall out, as post and friendship would tell it: the truth that feed asks, and the
//! events that it hears of it.

use std::collections::{BTreeMap, HashSet};

use async_trait::async_trait;
use contracts::auth::AccountEvent;
use contracts::friendship::{FriendshipEvent, Relation, Relationships};
use contracts::post::{
    CommentChange, CommentEvent, PostChange, PostEvent, PostSummary, Posts, ReactionEvent, ReactionKind, Visibility,
};
use contracts::{Event, EventBody};
use kernel::{Ambient, Fault, Page, PostId, Timestamp, UserId};
use parking_lot::Mutex;
use serde_json::{Value, json};

#[derive(Default)]
struct State {
    posts: BTreeMap<PostId, PostSummary>,
    friends: HashSet<(UserId, UserId)>,
    blocks: HashSet<(UserId, UserId)>,
    told: Vec<Event>,
    /// Counters are not shown yet.
    counts_late: bool,
    /// Who reacted to what.
    reacted: Vec<(UserId, PostId)>,
    /// Posts of which a view was asked for.
    viewed: usize,
}

impl State {
    fn are_friends(&self, a: UserId, b: UserId) -> bool {
        self.friends.contains(&(a, b))
    }

    fn is_blocked(&self, a: UserId, b: UserId) -> bool {
        self.blocks.contains(&(a, b)) || self.blocks.contains(&(b, a))
    }

    fn may_see(&self, reader: UserId, post: &PostSummary) -> bool {
        let friends = self.are_friends(reader, post.author_id);
        reader == post.author_id
            || (!self.is_blocked(reader, post.author_id)
                && (post.visibility == Visibility::Public || (post.visibility == Visibility::Friends && friends)))
    }
}

/// The people and their posts.
pub struct Society {
    ambient: Ambient,
    state: Mutex<State>,
}

impl Society {
    pub fn new(ambient: Ambient) -> Self {
        Self {
            ambient,
            state: Mutex::default(),
        }
    }

    /// Takes what happened since the last time, in order.
    pub fn told(&self) -> Vec<Event> {
        std::mem::take(&mut self.state.lock().told)
    }

    fn tell(&self, body: &impl EventBody) {
        let event = Event::new(&self.ambient, body).unwrap();
        self.state.lock().told.push(event);
    }

    fn tell_of(&self, post: &PostSummary, change: PostChange) {
        let (post_id, author_id) = (post.id, post.author_id);
        self.tell(&PostEvent {
            post_id,
            author_id,
            version: 1,
            change,
        });
    }

    /// Writes a post; `draft` may change it first.
    pub fn write(&self, author: UserId, visibility: Visibility, draft: impl FnOnce(&mut PostSummary)) -> PostId {
        let mut post = PostSummary {
            id: self.ambient.id(),
            author_id: author,
            visibility,
            tags: Vec::new(),
            has_media: false,
            shared: None,
            reactions: 0,
            comments: 0,
            shares: 0,
            created_at: self.ambient.now(),
        };
        draft(&mut post);
        let shared = post.shared.and_then(|origin| {
            let mut state = self.state.lock();
            let origin = state.posts.get_mut(&origin)?;
            origin.shares += 1;
            Some((origin.id, origin.author_id))
        });
        self.state.lock().posts.insert(post.id, post.clone());
        let change = PostChange::Created {
            visibility,
            tags: post.tags.clone(),
            mentions: Vec::new(),
            media_ids: Vec::new(),
            shared,
            created_at: post.created_at,
        };
        self.tell_of(&post, change);
        post.id
    }

    pub fn post(&self, author: UserId) -> PostId {
        self.write(author, Visibility::Friends, |_| {})
    }

    pub fn post_publicly(&self, author: UserId, tags: &[&str]) -> PostId {
        let tags = tags.iter().map(|t| (*t).to_owned()).collect();
        self.write(author, Visibility::Public, |post| post.tags = tags)
    }

    fn change(&self, post: PostId, change: impl FnOnce(&mut PostSummary)) -> PostSummary {
        let mut state = self.state.lock();
        let post = state.posts.get_mut(&post).unwrap();
        change(post);
        post.clone()
    }

    pub fn show_to(&self, post: PostId, visibility: Visibility) {
        let post = self.change(post, |post| post.visibility = visibility);
        self.tell_of(&post, PostChange::VisibilityChanged { visibility });
    }

    pub fn delete(&self, post: PostId) {
        let gone = self.state.lock().posts.remove(&post).unwrap();
        self.tell_of(&gone, PostChange::Deleted);
    }

    /// Shows counters only later, as post does that adds them up from its own events.
    pub fn count_late(&self, late: bool) {
        self.state.lock().counts_late = late;
    }

    /// Returns of how many posts views were asked for since the last time.
    pub fn viewed(&self) -> usize {
        std::mem::take(&mut self.state.lock().viewed)
    }

    pub fn react(&self, who: UserId, post: PostId) {
        self.state.lock().reacted.push((who, post));
        let post = self.change(post, |post| post.reactions += 1);
        self.tell(&reaction(&post, who, Some(ReactionKind::Like)));
    }

    pub fn take_back(&self, who: UserId, post: PostId) {
        let post = self.change(post, |post| post.reactions -= 1);
        self.tell(&reaction(&post, who, None));
    }

    pub fn comment(&self, who: UserId, post: PostId) {
        let post = self.change(post, |post| post.comments += 1);
        self.tell(&CommentEvent {
            post_id: post.id,
            post_author_id: post.author_id,
            comment_id: self.ambient.id(),
            author_id: who,
            change: CommentChange::Created {
                reply_to: None,
                mentions: Vec::new(),
            },
        });
    }

    /// Makes friends, unless one has blocked the other.
    pub fn befriend(&self, a: UserId, b: UserId) {
        let mut state = self.state.lock();
        if state.is_blocked(a, b) {
            return;
        }
        state.friends.extend([(a, b), (b, a)]);
        drop(state);
        self.tell(&FriendshipEvent::Accepted {
            by: a,
            other: b,
            version: 1,
        });
    }

    pub fn part(&self, a: UserId, b: UserId) {
        let mut state = self.state.lock();
        let were = state.friends.remove(&(a, b)) && state.friends.remove(&(b, a));
        drop(state);
        if were {
            self.tell(&FriendshipEvent::Removed {
                by: a,
                other: b,
                version: 1,
            });
        }
    }

    pub fn set_blocked(&self, by: UserId, other: UserId) {
        let mut state = self.state.lock();
        state
            .friends
            .retain(|pair| *pair != (by, other) && *pair != (other, by));
        state.blocks.insert((by, other));
        drop(state);
        self.tell(&FriendshipEvent::Blocked { by, other, version: 1 });
    }

    pub fn lift_block(&self, by: UserId, other: UserId) {
        self.state.lock().blocks.remove(&(by, other));
        self.tell(&FriendshipEvent::Unblocked { by, other, version: 1 });
    }

    /// Erases an account: friendships and posts go, each with its event, and so does the account.
    pub fn erase(&self, person: UserId) {
        self.tell(&AccountEvent::Deleted { user_id: person });
        let state = self.state.lock();
        let friends: Vec<UserId> = state
            .friends
            .iter()
            .filter(|(a, _)| *a == person)
            .map(|(_, b)| *b)
            .collect();
        let posts = state.posts.values().filter(|p| p.author_id == person);
        let posts: Vec<PostId> = posts.map(|p| p.id).collect();
        drop(state);
        friends.into_iter().for_each(|friend| self.part(person, friend));
        posts.into_iter().for_each(|post| self.delete(post));
    }

    /// What belongs in a person's timeline: own posts, and those of friends that they may see.
    pub fn timeline_of(&self, reader: UserId) -> Vec<PostId> {
        let state = self.state.lock();
        let belongs = |p: &&PostSummary| {
            let near = reader == p.author_id || state.are_friends(reader, p.author_id);
            near && state.may_see(reader, p)
        };
        state.posts.values().rev().filter(belongs).map(|p| p.id).collect()
    }

    pub fn posts_of(&self, author: UserId) -> Vec<PostId> {
        let state = self.state.lock();
        state
            .posts
            .values()
            .filter(|p| p.author_id == author)
            .map(|p| p.id)
            .collect()
    }

    pub fn author_of(&self, post: PostId) -> Option<UserId> {
        self.state.lock().posts.get(&post).map(|p| p.author_id)
    }
}

fn reaction(post: &PostSummary, who: UserId, reaction: Option<ReactionKind>) -> ReactionEvent {
    ReactionEvent {
        post_id: post.id,
        post_author_id: post.author_id,
        user_id: who,
        reaction,
    }
}

#[async_trait]
impl Posts for Society {
    async fn views(&self, reader: UserId, ids: &[PostId]) -> Result<Vec<Value>, Fault> {
        assert!(ids.len() <= 200);
        let mut state = self.state.lock();
        state.viewed += ids.len();
        let seen = ids
            .iter()
            .filter_map(|id| state.posts.get(id))
            .filter(|p| state.may_see(reader, p));
        let view = |p: &PostSummary| {
            let by_blocked = |(who, post): &&(UserId, PostId)| *post == p.id && state.is_blocked(reader, *who);
            let unseen = state.reacted.iter().filter(by_blocked).count() as u64;
            json!({
                "id": p.id,
                "authorId": p.author_id,
                "visibility": p.visibility,
                "reactions": [{ "kind": "like", "count": p.reactions.saturating_sub(unseen) }],
                "comments": p.comments,
                "shares": p.shares,
            })
        };
        Ok(seen.map(view).collect())
    }
    async fn summaries(&self, ids: &[PostId]) -> Result<Vec<PostSummary>, Fault> {
        assert!(ids.len() <= 500);
        let state = self.state.lock();
        let mut posts: Vec<PostSummary> = ids.iter().filter_map(|id| state.posts.get(id).cloned()).collect();
        for post in posts.iter_mut().filter(|_| state.counts_late) {
            (post.reactions, post.comments, post.shares) = (0, 0, 0);
        }
        Ok(posts)
    }
    async fn of_author(&self, author: UserId, before: Option<PostId>, limit: usize) -> Result<Vec<PostSummary>, Fault> {
        assert!(limit <= 200);
        let state = self.state.lock();
        let older = |p: &&PostSummary| p.author_id == author && before.is_none_or(|before| p.id < before);
        Ok(state.posts.values().rev().filter(older).take(limit).cloned().collect())
    }
    async fn scan(&self, after: Option<PostId>, limit: usize) -> Result<Vec<PostSummary>, Fault> {
        assert!(limit <= 1_000);
        let state = self.state.lock();
        let later = |p: &&PostSummary| after.is_none_or(|after| p.id > after);
        Ok(state.posts.values().filter(later).take(limit).cloned().collect())
    }
}

#[async_trait]
impl Relationships for Society {
    async fn relations(&self, user: UserId, others: &[UserId]) -> Result<Vec<Relation>, Fault> {
        assert!(others.len() <= 1_000);
        let state = self.state.lock();
        let relation = |&other: &UserId| Relation {
            friends: state.are_friends(user, other),
            blocked: state.is_blocked(user, other),
        };
        Ok(others.iter().map(relation).collect())
    }
    async fn friends(&self, user: UserId, limit: usize) -> Result<Vec<UserId>, Fault> {
        let state = self.state.lock();
        let mut friends: Vec<UserId> = state
            .friends
            .iter()
            .filter(|(a, _)| *a == user)
            .map(|(_, b)| *b)
            .collect();
        friends.sort_unstable();
        friends.truncate(limit.min(5_000));
        Ok(friends)
    }
    async fn friends_page(&self, user: UserId, limit: usize, cursor: Option<&str>) -> Result<Page<UserId>, Fault> {
        let after: Option<UserId> = cursor.map(|cursor| cursor.parse().unwrap());
        let mut items: Vec<UserId> = {
            let state = self.state.lock();
            let theirs = state.friends.iter().filter(|(a, _)| *a == user).map(|(_, b)| *b);
            theirs.filter(|b| after.is_none_or(|after| *b > after)).collect()
        };
        items.sort_unstable();
        let more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = items.last().filter(|_| more).map(UserId::to_string);
        Ok(Page { items, next_cursor })
    }
    async fn block(&self, user: UserId, other: UserId) -> Result<(), Fault> {
        self.set_blocked(user, other);
        Ok(())
    }
    async fn unblock(&self, user: UserId, other: UserId) -> Result<(), Fault> {
        self.lift_block(user, other);
        Ok(())
    }
    async fn parted(&self, _: UserId, _: usize) -> Result<Vec<UserId>, Fault> {
        Ok(Vec::new())
    }
    async fn blocks(&self, _: UserId, _: usize, _: Option<&str>) -> Result<Page<(UserId, Timestamp)>, Fault> {
        Ok(Page {
            items: Vec::new(),
            next_cursor: None,
        })
    }
}
