//! Items in the store. The number of unread ones is asked of an index, and kept nowhere: so it is exact.

use std::collections::BTreeSet;

use contracts::Event;
use contracts::notification::{NotificationChange, NotificationEvent};
use kernel::{Fault, NotificationId, Page, Timestamp, UserId};
use store::{Change, Mark, Op, Query, RawDocument, StoreError, Write};

use super::{CHUNK, Repo};
use crate::domain::item::{Grown, Item, Left, News, Telling};
use crate::error::Error;

/// How often a step is decided anew when somebody else wrote the item first.
const STEP_ATTEMPTS_MAX: u32 = 32;
/// Up to where items are counted: more than anybody may have.
const COUNT_MAX: u64 = 20_000;
/// Pages of items that hang on one thing; there is no thing with more.
const PAGES_MAX: usize = 10_000;

impl Repo {
    /// Returns how many items of a person are unread.
    pub(crate) async fn unread(&self, user: UserId) -> Result<u64, StoreError> {
        self.items.count(Query::on("unread").eq(user), COUNT_MAX).await
    }

    fn told(&self, user_id: UserId, unread: u64, change: NotificationChange) -> Result<Vec<Event>, Fault> {
        let event = NotificationEvent {
            user_id,
            unread,
            change,
        };
        Ok(vec![Event::new(&self.ambient, &event)?])
    }

    /// Tells news in their item, which begins or grows. The mark makes an event that comes again harmless.
    pub(crate) async fn tell(&self, news: &News, telling: Telling, mark: Mark) -> Result<(), Error> {
        let id = news.item_id();
        for _ in 0..STEP_ATTEMPTS_MAX {
            let found = self.items.get_versioned(id).await?;
            let version = found.as_ref().map(|(_, version)| *version);
            let was = found.as_ref().is_some_and(|(item, _)| item.is_unread());
            let (item, told) = match found {
                None => (Item::begin(news, telling), true),
                Some((mut item, _)) => {
                    let grown = item.grow(news, telling);
                    (item, grown != Grown::Not)
                }
            };
            let unread = self.unread(item.user_id).await? + u64::from(item.is_unread());
            let unread = unread.saturating_sub(u64::from(was));
            // A deed that is there already is written too, for its mark: it must not come to life when it comes again later.
            let events = match (told, item.listed) {
                (true, true) => self.told(item.user_id, unread, NotificationChange::Created { id })?,
                // It left the list: it was asked meanwhile not to be there.
                (true, false) if was => self.told(item.user_id, unread, NotificationChange::Read)?,
                _ => Vec::new(),
            };
            let raw = RawDocument::of(&item)?;
            let op = version.map_or_else(|| Op::Insert(raw.clone()), |version| Op::Replace(raw.clone(), version));
            let mark = Some(mark.clone());
            match self.items.store().write(Write { op, events, mark }).await {
                Ok(_) => {
                    if version.is_none() {
                        self.trim(news.user_id).await?;
                    }
                    return Ok(());
                }
                Err(StoreError::AlreadyProcessed) => return Ok(()),
                Err(StoreError::Conflict | StoreError::Unique { .. }) => {}
                Err(e) => return Err(e.into()),
            }
        }
        Err(StoreError::Busy.into())
    }

    /// Removes a person's oldest items beyond the bound.
    async fn trim(&self, user: UserId) -> Result<(), Error> {
        let most = u64::from(self.config.items_max);
        let owned = self.items.count(Query::on("owner").eq(user), COUNT_MAX).await?;
        let over = usize::try_from(owned.saturating_sub(most)).unwrap_or(0).min(CHUNK);
        if over == 0 {
            return Ok(());
        }
        for item in self.items.find(Query::on("owner").eq(user).limit(over)).await? {
            self.take_back(item.id, |_| Left::Nothing).await?;
        }
        Ok(())
    }

    /// Takes back what `retract` says of an item, which goes when nothing is left; tells whether anything was. Idempotent by nature.
    pub(crate) async fn take_back(
        &self,
        id: NotificationId,
        retract: impl Fn(&mut Item) -> Left,
    ) -> Result<bool, Error> {
        let Some(owner) = self.items.get(id).await?.map(|item| item.user_id) else {
            return Ok(false);
        };
        let unread = self.unread(owner).await?;
        let taken = self.items.update(id, |mut item: Item| {
            let was = item.is_unread();
            Ok::<_, Error>(match retract(&mut item) {
                Left::All => Change::Keep(false),
                Left::Some => Change::Put(item, Vec::new(), true),
                Left::Nothing if was => {
                    let events = self.told(owner, unread.saturating_sub(1), NotificationChange::Read)?;
                    Change::Remove(events, true)
                }
                Left::Nothing => Change::Remove(Vec::new(), true),
            })
        });
        Ok(taken.await?.unwrap_or(false))
    }

    /// Takes back all that hangs on `reference`, in the items of `owner` or of everybody.
    pub(crate) async fn forget(&self, reference: &str, owner: Option<UserId>) -> Result<(), Error> {
        for _ in 0..PAGES_MAX {
            let mut query = Query::on("refs").eq(reference).limit(CHUNK);
            if let Some(owner) = owner {
                query = query.eq(owner);
            }
            let found = self.items.find(query).await?;
            let mut changed = false;
            for item in &found {
                changed |= self.take_back(item.id, |item| item.forget(reference)).await?;
            }
            if !changed {
                break;
            }
        }
        Ok(())
    }

    /// Returns all items of a person that hang on `reference`: no more than a person may have.
    pub(crate) async fn about(&self, reference: &str, owner: UserId) -> Result<Vec<Item>, Fault> {
        let (mut items, mut cursor) = (Vec::new(), None::<String>);
        for _ in 0..PAGES_MAX {
            let query = Query::on("refs").eq(reference).eq(owner).limit(CHUNK);
            let page = self.items.page(query, cursor.as_deref()).await?;
            items.extend(page.items);
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        Ok(items)
    }

    /// Returns everybody who has items that hang on `reference`, each once.
    pub(crate) async fn owners(&self, reference: &str) -> Result<Vec<UserId>, Fault> {
        let (mut owners, mut cursor) = (BTreeSet::new(), None::<String>);
        for _ in 0..PAGES_MAX {
            let query = Query::on("refs").eq(reference).limit(CHUNK);
            let page = self.items.page(query, cursor.as_deref()).await?;
            owners.extend(page.items.iter().map(|item| item.user_id));
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        Ok(owners.into_iter().collect())
    }

    /// Marks items of a person read. What is unread afterwards is told once, with the last of them.
    pub(crate) async fn read(&self, user: UserId, ids: &[NotificationId]) -> Result<(), Error> {
        let now = self.ambient.now();
        let Some((last, others)) = ids.split_last() else {
            return Ok(());
        };
        for id in others {
            self.read_one(user, *id, now, None).await?;
        }
        // Another writer may change the number meanwhile and tells it itself.
        let unread = self.unread(user).await?;
        self.read_one(user, *last, now, Some(unread)).await
    }

    async fn read_one(
        &self,
        user: UserId,
        id: NotificationId,
        now: Timestamp,
        unread: Option<u64>,
    ) -> Result<(), Error> {
        let read = self.items.update(id, |mut item: Item| {
            if item.user_id != user {
                return Ok(Change::Keep(()));
            }
            let was_unread = item.read(now);
            let events = match unread {
                Some(unread) => {
                    let left = unread.saturating_sub(u64::from(was_unread));
                    self.told(user, left, NotificationChange::Read)?
                }
                None => Vec::new(),
            };
            Ok::<_, Error>(Change::Put(item, events, ()))
        });
        read.await.map(drop)
    }

    /// Returns unread items of a person that last grew at or before `until`, the oldest first.
    pub(crate) async fn unread_until(&self, user: UserId, until: Timestamp) -> Result<Vec<Item>, StoreError> {
        let query = Query::on("unread").eq(user).at_most(until).limit(CHUNK);
        self.items.find(query).await
    }

    /// Returns a page of a person's list, newest first.
    pub(crate) async fn list(
        &self,
        user: UserId,
        unread: bool,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<Item>, Fault> {
        let index = if unread { "unread" } else { "list" };
        let query = Query::on(index).eq(user).descending().limit(limit);
        self.items.page(query, cursor).await
    }

    /// Returns items whose pushes are to be made out.
    pub(crate) async fn to_push(&self, limit: usize) -> Result<Vec<Item>, StoreError> {
        let due = Query::on("push").at_most(self.ambient.now()).limit(limit);
        self.items.find(due).await
    }

    /// Says when the pushes of an opening are to be made out; none: they have been.
    pub(crate) async fn set_push_due(&self, seen: &Item, due: Option<Timestamp>) -> Result<(), StoreError> {
        let set = |mut item: Item| {
            if item.opening != seen.opening || item.push_due != seen.push_due {
                return Ok(Change::Keep(()));
            }
            item.push_due = due;
            Ok::<_, StoreError>(Change::Put(item, Vec::new(), ()))
        };
        self.items.update(seen.id, set).await.map(drop)
    }
}
