//! Owns the way to browsers (RFC 8030): one encrypted message to the endpoint of a subscription. Refuses to follow redirects and to say
//! endpoints in logs.

use std::sync::Arc;
use std::time::Duration;

use http::header;
use kernel::{Ambient, Fault};
use serde_json::json;
use url::Url;

use super::seal::{Keys, PLAIN_BYTES_MAX, private_key};
use super::vapid::Vapid;
use super::{Notice, Outcome, answered, failed, no_client, reach, retry_after};
use crate::domain::kind::Urgency;

/// Longest endpoint.
pub(crate) const ENDPOINT_CHARS_MAX: usize = 2_048;
/// Most characters of title and body together that always fit, escaped and in UTF-8.
const TEXT_CHARS_MAX: usize = 300;

/// The way.
pub(crate) struct WebPush {
    client: Option<reqwest::Client>,
    vapid: Arc<Vapid>,
    ambient: Ambient,
    private: bool,
}

impl WebPush {
    /// Prepares it. `private` allows endpoints in one's own network and without TLS.
    pub(crate) fn new(vapid: Arc<Vapid>, ambient: Ambient, timeout: Duration, private: bool) -> Self {
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(timeout)
            .timeout(timeout);
        builder = if private {
            builder.no_proxy()
        } else {
            chassis::reach::public_only(builder).https_only(true)
        };
        Self {
            client: super::client(builder, "browsers"),
            vapid,
            ambient,
            private,
        }
    }

    /// Checks a subscription. `Invalid` names what is wrong.
    pub(crate) fn check(&self, endpoint: &str, p256dh: &str, auth: &str) -> Result<(), Fault> {
        reach::permit(endpoint, self.private)?;
        Keys::read(p256dh, auth, &self.ambient).map(drop)
    }

    /// Sends to one subscription.
    pub(crate) async fn send(&self, (endpoint, p256dh, auth): (&str, &str, &str), notice: &Notice) -> Outcome {
        let Some(client) = &self.client else {
            return no_client();
        };
        let (url, body, proof) = match self.prepare(endpoint, p256dh, auth, notice) {
            Ok(prepared) => prepared,
            Err(fault) => return Outcome::Refused(fault.detail),
        };
        let urgency = match notice.urgency {
            Urgency::Low => "low",
            Urgency::Normal => "normal",
            Urgency::High => "high",
        };
        let request = client
            .post(url)
            .header(header::AUTHORIZATION, proof)
            .header(header::CONTENT_ENCODING, "aes128gcm")
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .header("ttl", notice.ttl.as_secs().to_string())
            .header("urgency", urgency)
            // What the service still holds of the same topic is replaced.
            .header("topic", &notice.tag)
            .body(body);
        match request.send().await {
            Ok(response) => match response.status().as_u16() {
                200..=299 => Outcome::Accepted(None),
                404 | 410 => Outcome::Gone,
                // The proof or the clock is wrong; or the browser subscribed with another key, which no try will mend.
                401 | 403 => Outcome::Shut(retry_after(response.headers()), "it does not accept our key".into()),
                _ => answered(response.status(), response.headers()),
            },
            Err(error) => match failed(&error) {
                Outcome::Later(after, why) => Outcome::Shut(after, why),
                other => other,
            },
        }
    }

    fn prepare(
        &self,
        endpoint: &str,
        p256dh: &str,
        auth: &str,
        notice: &Notice,
    ) -> Result<(Url, Vec<u8>, String), Fault> {
        let url = reach::permit(endpoint, self.private)?;
        let keys = Keys::read(p256dh, auth, &self.ambient)?;
        let cut = |text: &str| text.chars().take(TEXT_CHARS_MAX).collect::<String>();
        let payload = json!({
            "title": cut(&notice.title),
            "body": cut(&notice.body),
            "tag": notice.tag,
            "path": notice.path,
            "kind": notice.kind,
            "unread": notice.unread,
        });
        let plain = payload.to_string();
        debug_assert!(plain.len() <= PLAIN_BYTES_MAX, "titles and bodies are cut");
        let sealed = keys.seal(plain.as_bytes(), &private_key(&self.ambient)?, self.ambient.bytes())?;
        let proof = self.vapid.authorization(&url, self.ambient.now())?;
        Ok((url, sealed, proof))
    }
}
