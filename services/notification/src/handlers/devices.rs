//! A person's devices, and the key that browsers subscribe with.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json, Path};
use garde::Validate;
use http::StatusCode;
use kernel::{DeviceId, Fault, Page, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::device::{Device, Target, is_expo_token};
use crate::error::Error;
use crate::push::web_push::ENDPOINT_CHARS_MAX;

/// Longest token.
const TOKEN_CHARS_MAX: usize = 200;
/// Longest key.
const KEY_CHARS_MAX: usize = 100;

/// A way to a device: Expo's token of an app, or a browser's subscription as `PushSubscription.toJSON()` writes it.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(tag = "kind", rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum NewDevice {
    /// An app.
    Expo {
        /// Such as `ExponentPushToken[…]`.
        #[garde(length(chars, min = 1, max = TOKEN_CHARS_MAX))]
        #[schema(max_length = 200)]
        token: String,
    },
    /// A browser.
    #[serde(rename_all = "camelCase")]
    WebPush {
        /// An https address in the public Internet.
        #[garde(length(chars, min = 1, max = ENDPOINT_CHARS_MAX))]
        #[schema(max_length = 2048)]
        endpoint: String,
        #[garde(dive)]
        keys: SubscriptionKeys,
    },
}

/// The keys of a browser's subscription, as base64url.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct SubscriptionKeys {
    /// A point of P-256, uncompressed: 65 bytes.
    #[garde(length(chars, min = 1, max = KEY_CHARS_MAX))]
    #[schema(max_length = 100)]
    p256dh: String,
    /// 16 bytes.
    #[garde(length(chars, min = 1, max = KEY_CHARS_MAX))]
    #[schema(max_length = 100)]
    auth: String,
}

/// A device of mine.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PushDevice {
    id: DeviceId,
    /// `expo` or `webPush`.
    kind: &'static str,
    /// The push service's host; the rest of the way is not shown again.
    service: String,
    created_at: Timestamp,
    /// Whether it was registered by the session that asks.
    current: bool,
}

impl PushDevice {
    fn of(device: Device, caller: Caller) -> Self {
        let (kind, service) = match &device.target {
            Target::Expo { .. } => ("expo", "expo".to_owned()),
            Target::WebPush { endpoint, .. } => {
                let host = endpoint
                    .parse::<url::Url>()
                    .ok()
                    .and_then(|url| url.host_str().map(str::to_owned));
                ("webPush", host.unwrap_or_default())
            }
        };
        Self {
            id: device.id,
            kind,
            service,
            created_at: device.created_at,
            current: device.session_id == caller.session,
        }
    }
}

/// Registers a device for my pushes; the same one again is the same. It goes with the session that registered it.
#[utoipa::path(post, path = "/api/notifications/devices", tag = "notifications", request_body = NewDevice, responses((status = 201, body = PushDevice)))]
pub(crate) async fn add(
    State(app): State<Arc<App>>,
    caller: Caller,
    Json(new): Json<NewDevice>,
) -> Answer<(StatusCode, Json<PushDevice>)> {
    let target = match new {
        NewDevice::Expo { token } if is_expo_token(&token) => Target::Expo { token },
        NewDevice::Expo { .. } => return Err(Fault::invalid("token", "is ExponentPushToken[…]").into()),
        NewDevice::WebPush { endpoint, keys } => {
            app.web_push.check(&endpoint, &keys.p256dh, &keys.auth)?;
            Target::WebPush {
                endpoint,
                p256dh: keys.p256dh,
                auth: keys.auth,
            }
        }
    };
    let device = Device {
        id: target.device_id(),
        user_id: caller.user,
        session_id: caller.session,
        target,
        created_at: app.repo.ambient.now(),
        failures: 0,
    };
    let device = app.repo.keep_device(&device).await?;
    // A session that ended in this moment has been heard of before the device was there.
    let gone = !app.repo.gone_of(&[caller.user]).await?.is_empty();
    if gone || app.accounts.has_ended(caller.user, caller.session).await? {
        app.repo.drop_device(device.id, caller.user).await?;
        return Err(Error::Ended.into());
    }
    Ok((StatusCode::CREATED, Json(PushDevice::of(device, caller))))
}

/// Lists my devices, the oldest first.
#[utoipa::path(get, path = "/api/notifications/devices", tag = "notifications", responses((status = 200, body = Page<PushDevice>)))]
pub(crate) async fn list(State(app): State<Arc<App>>, caller: Caller) -> Answer<Json<Page<PushDevice>>> {
    let devices = app.repo.devices_of(caller.user).await?;
    Ok(Json(Page {
        items: devices
            .into_iter()
            .map(|device| PushDevice::of(device, caller))
            .collect(),
        next_cursor: None,
    }))
}

/// Removes a device of mine.
#[utoipa::path(delete, path = "/api/notifications/devices/{id}", tag = "notifications", params(("id" = DeviceId, Path)), responses((status = 204)))]
pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<DeviceId>,
) -> Answer<StatusCode> {
    if app.repo.drop_device(id, caller.user).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Error::NotFound.into())
    }
}

/// What a browser subscribes with.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VapidKey {
    /// `applicationServerKey`: an uncompressed point of P-256 as base64url.
    public_key: String,
}

/// Returns the key that browsers subscribe with (RFC 8292).
#[utoipa::path(get, path = "/api/notifications/vapid", tag = "notifications", responses((status = 200, body = VapidKey)))]
pub(crate) async fn vapid(State(app): State<Arc<App>>, _: Caller) -> Answer<Json<VapidKey>> {
    let public_key = app.vapid.public().to_owned();
    Ok(Json(VapidKey { public_key }))
}
