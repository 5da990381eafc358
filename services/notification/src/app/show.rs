//! Shows items: with people's names, as a list, as live frames and as notices for devices.

use std::collections::HashMap;
use std::time::Duration;

use contracts::realtime::{LiveFrame, user_channel};
use contracts::user::Profile;
use kernel::{AgentId, Fault, NotificationId, Timestamp, UserId};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::App;
use crate::domain::item::Item;
use crate::domain::kind::Kind;
use crate::domain::subject::{Actor, Subject};
use crate::domain::words::{NAMED_MAX, sentence};
use crate::push::Notice;

/// Actors that an item shows.
const SHOWN_MAX: usize = 3;
/// Profiles of one question.
const PROFILES_MAX: usize = 1_000;
/// Longest body of a notice.
const BODY_CHARS_MAX: usize = 300;

/// Who did it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = NotificationActor)]
pub(crate) enum ShownActor {
    /// A person.
    User {
        /// Who.
        user: Profile,
    },
    /// An agent.
    Agent {
        /// Which.
        id: AgentId,
        /// Its name then.
        name: String,
    },
}

/// An item in my list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Notification)]
pub(crate) struct Shown {
    /// The same for as long as there is such an item.
    pub(crate) id: NotificationId,
    /// What it tells.
    pub(crate) kind: Kind,
    /// What it is about.
    pub(crate) subject: Subject,
    /// The latest who did it, at most 3; nobody where it is nobody's business.
    pub(crate) actors: Vec<ShownActor>,
    /// How many did it.
    pub(crate) count: usize,
    /// How often it was done, such as messages in a room.
    pub(crate) times: usize,
    /// Whether there were more than `count` and `times` say.
    pub(crate) more: bool,
    /// The room's title or the moderator's reason.
    #[schema(required = true)]
    pub(crate) label: Option<String>,
    /// All of it as an English sentence.
    pub(crate) text: String,
    /// Whether it was read.
    pub(crate) read: bool,
    /// When it last grew.
    pub(crate) at: Timestamp,
    /// When it began.
    pub(crate) created_at: Timestamp,
}

impl App {
    /// Shows items, in their order.
    pub(crate) async fn show(&self, items: Vec<Item>) -> Result<Vec<Shown>, Fault> {
        let actors = items.iter().flat_map(|item| item.actors().into_iter().take(SHOWN_MAX));
        let mut ids: Vec<UserId> = actors.filter_map(Actor::user).collect();
        ids.sort();
        ids.dedup();
        let mut profiles: HashMap<UserId, Profile> = HashMap::new();
        for chunk in ids.chunks(PROFILES_MAX) {
            profiles.extend(self.users.profiles(chunk).await?.into_iter().map(|p| (p.id, p)));
        }
        Ok(items.into_iter().map(|item| shown(item, &profiles)).collect())
    }

    /// Tells a person's sockets of an item (none: only that the number changed) and how much is unread now. A hint: who misses it reads the list.
    pub(crate) async fn show_live(&self, user: UserId, item: Option<Item>) -> Result<(), Fault> {
        let item = self.all_tellable(user, item.into_iter().collect()).await?;
        let item = self.show(item).await?.pop();
        let unread = self.repo.unread(user).await?;
        let frame = LiveFrame::UserEvent {
            t: "notification".into(),
            d: json!({ "item": item, "unread": unread }),
        };
        let payload = serde_json::to_vec(&frame).map_err(Fault::internal)?;
        if let Err(error) = self.ephemeral.publish(&user_channel(user), payload.into()).await {
            metrics::counter!("notification_live_failures_total").increment(1);
            tracing::debug!(%error, "an item was not shown live");
        }
        Ok(())
    }

    /// Makes the notice of an item for a device.
    pub(crate) async fn notice(&self, item: Item, ttl: Duration) -> Result<Notice, Fault> {
        use base64::Engine as _;
        let unread = self.repo.unread(item.user_id).await?;
        let tag = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(item.id.uuid().as_bytes());
        let (path, kind) = (item.subject.path(), item.kind);
        let shown = self.show(vec![item]).await?.pop();
        let text = shown.map(|shown| shown.text).unwrap_or_default();
        Ok(Notice {
            tag,
            title: self.repo.config.product_name.clone(),
            body: text.chars().take(BODY_CHARS_MAX).collect(),
            path,
            kind: kind.name(),
            unread,
            urgency: kind.urgency(),
            ttl,
        })
    }
}

fn shown(item: Item, profiles: &HashMap<UserId, Profile>) -> Shown {
    let latest = item.actors().into_iter().take(SHOWN_MAX);
    let actors: Vec<ShownActor> = latest
        .filter_map(|actor| match actor {
            Actor::User { id } => profiles.get(id).map(|user| ShownActor::User { user: user.clone() }),
            Actor::Agent { id, name } => Some(ShownActor::Agent {
                id: *id,
                name: name.clone(),
            }),
        })
        .collect();
    let names: Vec<String> = actors
        .iter()
        .take(NAMED_MAX)
        .map(|actor| match actor {
            ShownActor::User { user } => user.display_name.clone(),
            ShownActor::Agent { name, .. } => name.clone(),
        })
        .collect();
    Shown {
        text: sentence(&item, &names),
        id: item.id,
        kind: item.kind,
        subject: item.subject,
        count: item.count(),
        times: item.deeds.len(),
        more: item.more,
        read: item.read_at.is_some(),
        at: item.at,
        created_at: item.created_at,
        label: item.label,
        actors,
    }
}
