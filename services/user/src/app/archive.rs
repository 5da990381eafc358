//! Owns the archive of all that is a person's own, over all services: asked for page by page and sent as it comes, so that its size is
//! nobody's burden. Refuses to know what the services tell.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use contracts::own_data::OwnItem;
use futures::Stream;
use kernel::{Fault, Timestamp, UserId};
use serde_json::json;

use super::App;
use crate::error::Error;

/// What the lines are like. Another number when readers of this one would not understand them.
pub(crate) const VERSION: u32 = 1;
/// Pages of one archive.
const PAGES_MAX: u32 = 1_000_000;

/// Where an archive stands.
struct Reading {
    app: Arc<App>,
    user: UserId,
    handle: String,
    /// Begun, at this keeper, of its pages after the cursor.
    at: Option<(usize, Option<String>)>,
    pages: u32,
    items: u64,
    over: bool,
}

impl App {
    /// Begins an archive: lines of JSON, the first of which says what it is, and the last that it is whole. A stream that ends without
    /// the last is none, and may be asked for again at once. `RateLimited` when the person had one less than `exportSeconds` ago.
    pub(crate) async fn archive(
        self: Arc<Self>,
        user: UserId,
    ) -> Result<(String, impl Stream<Item = Result<Bytes, Fault>> + Send), Error> {
        let handle = self.profiles.active(user).await?.0.handle;
        self.take_turn(user).await?;
        let reading = Reading {
            app: self,
            user,
            handle: handle.clone(),
            at: None,
            pages: 0,
            items: 0,
            over: false,
        };
        let lines = futures::stream::try_unfold(reading, |reading| async move { reading.step().await });
        Ok((handle, lines))
    }

    /// Without the ephemeral store it is nobody's turn less: a limit protects, it is not a permission.
    async fn take_turn(&self, user: UserId) -> Result<(), Error> {
        let (now, pause) = (self.ambient.now(), Duration::from_secs(self.config.export_seconds));
        if pause.is_zero() {
            return Ok(());
        }
        let stamp = Bytes::from(now.to_string());
        match self.ephemeral.set_if_absent(&turn(user), stamp, pause).await {
            Ok(true) => Ok(()),
            Ok(false) => {
                let kept = self.ephemeral.get(&turn(user)).await.ok().flatten();
                let since = kept.and_then(|bytes| std::str::from_utf8(&bytes).ok()?.parse::<Timestamp>().ok());
                let next = since.map_or(now, |since| since + pause);
                Err(Error::ExportedLately(next.since(now).max(Duration::from_secs(1))))
            }
            Err(e) => {
                tracing::warn!("limit of archives: {e}");
                Ok(())
            }
        }
    }

    async fn give_turn_back(&self, user: UserId) {
        if let Err(e) = self.ephemeral.delete(&turn(user)).await {
            tracing::warn!("limit of archives: {e}");
        }
    }
}

fn turn(user: UserId) -> String {
    format!("user:archive:{user}")
}

impl Reading {
    async fn step(mut self) -> Result<Option<(Bytes, Self)>, Fault> {
        if self.over {
            return Ok(None);
        }
        let Some((keeper, cursor)) = self.at.take() else {
            let head = json!({
                "kind": "archive",
                "version": VERSION,
                "userId": self.user,
                "handle": self.handle,
                "createdAt": self.app.ambient.now(),
            });
            self.at = Some((0, None));
            return Ok(Some((line(&head), self)));
        };
        let Some((service, keeps)) = self.app.keepers.get(keeper).cloned() else {
            self.over = true;
            let end = json!({ "kind": "end", "items": self.items });
            return Ok(Some((line(&end), self)));
        };
        self.pages += 1;
        let page = match keeps.own_data(self.user, cursor.as_deref()).await {
            Ok(page) if self.pages <= PAGES_MAX => page,
            Ok(_) => return Err(self.broken(Fault::internal("an archive without end")).await),
            Err(fault) => return Err(self.broken(fault).await),
        };
        self.items += u64::try_from(page.items.len()).unwrap_or_default();
        self.at = Some(match page.next_cursor {
            Some(next) => (keeper, Some(next)),
            None => (keeper + 1, None),
        });
        Ok(Some((lines(service, &page.items), self)))
    }

    async fn broken(&self, fault: Fault) -> Fault {
        tracing::warn!(user = %self.user, "an archive broke off: {fault}");
        self.app.give_turn_back(self.user).await;
        fault
    }
}

fn line(value: &serde_json::Value) -> Bytes {
    Bytes::from(format!("{value}\n"))
}

fn lines(service: &str, items: &[OwnItem]) -> Bytes {
    let mut text = String::new();
    for OwnItem { kind, data } in items {
        text.push_str(&json!({ "service": service, "kind": kind, "data": data }).to_string());
        text.push('\n');
    }
    Bytes::from(text)
}
