//! Owns a device that gets pushes, and what is a right way to it. Refuses to talk to one.

use kernel::{DeviceId, SessionId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};
use uuid::Uuid;

/// Pushes in a row that a browser's push service refuses, leaves without an answer, or for which it cannot be reached or does not accept our
/// key (401, 403): then the device is removed. It is registered anew when the browser is next used.
pub(crate) const FAILURES_MAX: u32 = 10;

/// Whose push service it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Service {
    Expo,
    WebPush,
}

/// The way to a device. Whoever knows it can push to it (Expo), so no answer shows it whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub(crate) enum Target {
    /// A token of Expo's push service.
    Expo { token: String },
    /// A subscription of a browser (RFC 8030, RFC 8291), keys as base64url.
    WebPush {
        endpoint: String,
        p256dh: String,
        auth: String,
    },
}

impl Target {
    /// Returns whose push service it is.
    pub(crate) const fn service(&self) -> Service {
        match self {
            Self::Expo { .. } => Service::Expo,
            Self::WebPush { .. } => Service::WebPush,
        }
    }

    /// Returns the host of a browser's push service, with its port.
    pub(crate) fn host(&self) -> Option<String> {
        match self {
            Self::Expo { .. } => None,
            Self::WebPush { endpoint, .. } => {
                let url: url::Url = endpoint.parse().ok()?;
                Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?))
            }
        }
    }

    /// Returns the id of the device: the same way is the same device, whoever is signed in on it.
    pub(crate) fn device_id(&self) -> DeviceId {
        let name = match self {
            Self::Expo { token } => format!("expo:{token}"),
            Self::WebPush { endpoint, .. } => format!("web:{endpoint}"),
        };
        Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()).into()
    }
}

/// Tells whether `token` is written as Expo's are.
pub(crate) fn is_expo_token(token: &str) -> bool {
    let inner = ["ExponentPushToken[", "ExpoPushToken["]
        .iter()
        .find_map(|start| token.strip_prefix(start))
        .and_then(|rest| rest.strip_suffix(']'));
    inner.is_some_and(|t| !t.is_empty() && t.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_:".contains(&b)))
}

/// A device as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Device {
    pub(crate) id: DeviceId,
    pub(crate) user_id: UserId,
    /// Where it was registered: it goes when that session ends.
    pub(crate) session_id: SessionId,
    pub(crate) target: Target,
    pub(crate) created_at: Timestamp,
    /// Pushes that failed in a row, up to [`FAILURES_MAX`].
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) failures: u32,
}

const fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Document for Device {
    const COLLECTION: &'static str = "devices";
    const INDEXES: &'static [Index] = &[
        Index::plain("owner", &["userId", "createdAt"]),
        Index::plain("session", &["sessionId"]),
    ];
    fn id(&self) -> String {
        self.id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_written_as_an_expo_token_is_one() {
        for right in ["ExponentPushToken[abc-DEF_1]", "ExpoPushToken[x]"] {
            assert!(is_expo_token(right), "{right}");
        }
        for wrong in [
            "",
            "abc",
            "ExponentPushToken[]",
            "ExponentPushToken[a",
            "ExponentPushToken[a b]",
            "x[a]",
        ] {
            assert!(!is_expo_token(wrong), "{wrong}");
        }
    }
}
