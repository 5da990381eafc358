//! A person's wishes.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json, Query};
use garde::Validate;
use http::StatusCode;
use kernel::{Fault, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Change, StoreError};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::domain::digest::Digest;
use crate::domain::kind::{Channels, Kind};
use crate::domain::preferences::{Preferences, ZONE_DEFAULT};
use crate::domain::quiet::{QuietHours, zone};
use crate::error::Error;

/// Longest token of a digest.
const TOKEN_CHARS_MAX: usize = 200;
/// Longest name of a zone.
const ZONE_CHARS_MAX: usize = 64;

/// My wishes, whole: what is left out is as usual again.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Wishes {
    /// Kinds that are to be told otherwise than usual.
    #[serde(default)]
    #[garde(skip)]
    kinds: BTreeMap<Kind, Channels>,
    /// IANA name, `UTC` by default: quiet hours and digests go by it.
    #[garde(inner(length(chars, min = 1, max = ZONE_CHARS_MAX)))]
    #[schema(max_length = 64, example = "Europe/Berlin")]
    time_zone: Option<String>,
    /// When nothing is pushed; null or left out: never.
    #[garde(skip)]
    quiet_hours: Option<QuietHours>,
    /// How often a digest comes by e-mail, to a proven address. `off` by default.
    #[serde(default)]
    #[garde(skip)]
    digest: Digest,
}

/// My wishes, with what is usual filled in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NotificationPreferences {
    /// Every kind.
    kinds: BTreeMap<Kind, Channels>,
    time_zone: String,
    #[schema(required = true)]
    quiet_hours: Option<QuietHours>,
    digest: Digest,
    /// When the next digest is due.
    #[schema(required = true)]
    next_digest_at: Option<Timestamp>,
}

impl From<Preferences> for NotificationPreferences {
    fn from(kept: Preferences) -> Self {
        Self {
            kinds: Kind::ALL.into_iter().map(|kind| (kind, kept.channels(kind))).collect(),
            next_digest_at: kept.digest_due,
            time_zone: kept.time_zone,
            quiet_hours: kept.quiet_hours,
            digest: kept.digest,
        }
    }
}

/// Shows my wishes.
#[utoipa::path(get, path = "/api/notifications/preferences", tag = "notifications", responses((status = 200, body = NotificationPreferences)))]
pub(crate) async fn get(State(app): State<Arc<App>>, caller: Caller) -> Answer<Json<NotificationPreferences>> {
    let kept = app.repo.preferences_of(caller.user).await?;
    Ok(Json(kept.into()))
}

#[derive(Deserialize, IntoParams, Validate)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OneClickToken {
    /// As it stands in the mail.
    #[garde(length(max = TOKEN_CHARS_MAX))]
    #[param(max_length = 200)]
    token: String,
}

/// Ends somebody's digests, as a mail program asks (RFC 8058): without a session, with the token of a digest. Whatever the body says.
#[utoipa::path(post, path = "/api/notifications/unsubscribe", tag = "notifications", params(OneClickToken), responses((status = 204)))]
pub(crate) async fn unsubscribe(
    State(app): State<Arc<App>>,
    Query(OneClickToken { token }): Query<OneClickToken>,
) -> Answer<StatusCode> {
    let user = app.one_click.user(&token).ok_or(Error::NotFound)?;
    let end = |kept: Preferences| {
        let next = Preferences {
            digest: Digest::Off,
            digest_due: None,
            ..kept
        };
        Ok::<_, StoreError>(Change::Put(next, Vec::new(), ()))
    };
    app.repo.preferences.update(user, end).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sets my wishes.
#[utoipa::path(put, path = "/api/notifications/preferences", tag = "notifications", request_body = Wishes, responses((status = 200, body = NotificationPreferences)))]
pub(crate) async fn put(
    State(app): State<Arc<App>>,
    caller: Caller,
    Json(wishes): Json<Wishes>,
) -> Answer<Json<NotificationPreferences>> {
    let time_zone = wishes.time_zone.unwrap_or_else(|| ZONE_DEFAULT.into());
    zone(&time_zone)?;
    if wishes.quiet_hours.is_some_and(|hours| hours.start == hours.end) {
        return Err(Fault::invalid("quietHours.end", "is another time than the start").into());
    }
    let now = app.repo.ambient.now();
    let mut next = Preferences {
        kinds: wishes.kinds,
        time_zone,
        quiet_hours: wishes.quiet_hours,
        digest: wishes.digest,
        ..Preferences::usual(caller.user)
    };
    next.plan_digest(now);
    let set = |kept: Preferences| {
        let told_until = kept.told_until;
        let next = Preferences {
            told_until,
            ..next.clone()
        };
        Ok::<_, StoreError>(Change::Put(next.clone(), Vec::new(), next))
    };
    let collection = &app.repo.preferences;
    let kept = match collection.update(caller.user, set).await? {
        Some(kept) => kept,
        None => match collection.insert(&next, Vec::new()).await {
            Ok(()) => next,
            // Another request of the same person was faster: this is the later one.
            Err(StoreError::Unique { .. }) => collection.update(caller.user, set).await?.unwrap_or(next),
            Err(e) => return Err(e.into()),
        },
    };
    // An account that was erased in this moment has been heard of before the wishes were there.
    if !app.repo.gone_of(&[caller.user]).await?.is_empty() {
        collection.delete(caller.user).await?;
        return Err(Error::Ended.into());
    }
    Ok(Json(kept.into()))
}
