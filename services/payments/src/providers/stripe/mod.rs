//! Owns the way to Stripe: PaymentIntents, refunds and transfers over its HTTP API, form-encoded, with pinned version. An intent is made
//! first and confirmed after its id is known, so that making it twice or too late never charges. Never follows a redirect, never logs a body or a key.

mod find;
mod wire;

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use kernel::{Ambient, Fault, Timestamp};
use url::Url;

use crate::config::StripeConfig;
use crate::domain::payment::{Intent, IntentState, Payment, Refund};
use crate::domain::signature;
use crate::providers::{BadWebhook, Movement, Notice, PaymentProvider, PayoutAsk, ProviderError};
use crate::secret::Secret;

/// The version of the API that this code was written for.
const VERSION: &str = "2024-06-20";
/// Largest answer that is read.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// How long an idle connection is kept.
const IDLE_MAX: Duration = Duration::from_secs(30);
/// The method whose details the payer's browser gives to Stripe.
const CARD: &str = "card";

/// Stripe.
pub(crate) struct Stripe {
    base: Url,
    client: reqwest::Client,
    authorization: HeaderValue,
    webhook_secret: Secret,
    timeout: Duration,
    ambient: Ambient,
}

type Form<'a> = Vec<(&'a str, String)>;

struct Reply {
    status: StatusCode,
    body: Bytes,
}

impl Stripe {
    /// Reads the secrets and prepares connections. Fails when a secret or the address is missing or wrong.
    pub(crate) async fn open(config: &StripeConfig, ambient: Ambient) -> Result<Self, Fault> {
        let wrong = |field: &str, words: &str| Fault::invalid(format!("payments.stripe.{field}"), words);
        let key = secret((&config.secret_key, config.secret_key_file.as_deref()), "secretKey").await?;
        let webhook_secret = secret(
            (&config.webhook_secret, config.webhook_secret_file.as_deref()),
            "webhookSecret",
        )
        .await?;
        let base: Url = config.base_url.parse().map_err(|_| wrong("baseUrl", "is no address"))?;
        let loopback = match base.host() {
            Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
            Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
            Some(url::Host::Domain(name)) => name == "localhost",
            None => return Err(wrong("baseUrl", "has no host")),
        };
        if base.scheme() != "https" && !loopback {
            return Err(wrong("baseUrl", "must be https"));
        }
        let mut authorization = HeaderValue::from_str(&format!("Bearer {}", key.reveal()))
            .map_err(|_| wrong("secretKey", "has letters that no header takes"))?;
        authorization.set_sensitive(true);
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .tcp_nodelay(true)
            .pool_idle_timeout(IDLE_MAX)
            .connect_timeout(Duration::from_millis(config.connect_ms));
        if loopback {
            builder = builder.no_proxy();
        }
        if base.scheme() == "http" {
            builder = builder.tls_certs_only([]);
        }
        Ok(Self {
            base,
            client: builder.build().map_err(Fault::internal)?,
            authorization,
            webhook_secret,
            timeout: Duration::from_millis(config.timeout_ms),
            ambient,
        })
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        (form, key): (Form<'_>, Option<&str>),
    ) -> Result<Reply, ProviderError> {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/v1/{path}", self.base.path().trim_end_matches('/')));
        if method == Method::GET && !form.is_empty() {
            url.query_pairs_mut().extend_pairs(&form);
        }
        let mut request = self
            .client
            .request(method.clone(), url)
            .header(http::header::AUTHORIZATION, self.authorization.clone())
            .header("stripe-version", VERSION);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        if method == Method::POST {
            let body = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(form)
                .finish();
            request = request
                .header(http::header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(body);
        }
        let answer = tokio::time::timeout(self.timeout, async {
            let mut response = request.send().await.map_err(|e| lost(&e))?;
            let (status, mut body) = (response.status(), Vec::new());
            while let Some(piece) = response.chunk().await.map_err(|e| lost(&e))? {
                if body.len() + piece.len() > ANSWER_BYTES_MAX {
                    return Err(ProviderError::Unknown("its answer is too long".into()));
                }
                body.extend_from_slice(&piece);
            }
            Ok(Reply {
                status,
                body: body.into(),
            })
        });
        let reply = answer
            .await
            .map_err(|_| ProviderError::Unknown("it took too long".into()))??;
        metrics::counter!("payments_provider_calls_total", "provider" => "stripe", "status" => reply.status.as_str().to_owned()).increment(1);
        Ok(reply)
    }

    /// Makes the intent without charging anything.
    async fn make(&self, payment: &Payment) -> Result<wire::Intent, ProviderError> {
        let mut form: Form<'_> = vec![
            ("amount", payment.amount.amount.to_string()),
            ("currency", wire::currency_code(payment.amount.currency).to_owned()),
            // Never words that may change: the same key must come with the same form.
            ("description", payment.key()),
            (find::PAYMENT_ID, payment.id.to_string()),
            ("automatic_payment_methods[enabled]", "true".into()),
        ];
        if payment.method != CARD {
            // Nobody sits before a browser that could be sent elsewhere.
            form.push(("automatic_payment_methods[allow_redirects]", "never".into()));
            form.push(("payment_method", payment.method.clone()));
        }
        let forgotten = self.has_forgotten(payment.created_at);
        if forgotten && let Some(made) = self.find_intent(payment).await? {
            return Ok(made);
        }
        let key = payment.key();
        let reply = self
            .call(Method::POST, "payment_intents", (form.clone(), Some(&key)))
            .await?;
        if !reply.status.is_server_error() {
            return reply.read();
        }
        // The failure is kept under the key, whatever came of it. Another key at worst makes another intent, and that takes no money.
        if let Some(made) = self.find_intent(payment).await? {
            return Ok(made);
        }
        let key = format!("{key}:2");
        let reply = self.call(Method::POST, "payment_intents", (form, Some(&key))).await?;
        reply.read()
    }

    async fn ask(&self, reference: &str) -> Result<Intent, ProviderError> {
        let path = format!("payment_intents/{reference}");
        let reply = self.call(Method::GET, &path, (Vec::new(), None)).await?;
        if reply.status == StatusCode::NOT_FOUND {
            return Ok(Intent {
                reference: Some(reference.to_owned()),
                client_secret: None,
                state: IntentState::Canceled,
            });
        }
        reply.read::<wire::Intent>()?.intent()
    }

    /// Confirms an intent that waits for it. Without a key: an intent takes its money once, and a failure would be kept under a key.
    async fn confirm(&self, reference: &str, method: &str) -> Result<Intent, ProviderError> {
        let path = format!("payment_intents/{reference}/confirm");
        let form = vec![("payment_method", method.to_owned())];
        let reply = self.call(Method::POST, &path, (form, None)).await?;
        if let Some(declined) = reply.declined() {
            return Ok(Intent {
                reference: Some(reference.to_owned()),
                ..declined
            });
        }
        match reply.read::<wire::Intent>() {
            Err(ProviderError::Refused(why)) => match self.ask(reference).await? {
                // It waits still: the method is what is refused.
                known if known.state == IntentState::Made => Err(ProviderError::Refused(why)),
                known => Ok(known),
            },
            read => read?.intent(),
        }
    }
}

async fn secret((word, file): (&Option<Secret>, Option<&std::path::Path>), field: &str) -> Result<Secret, Fault> {
    let wrong = |words: String| Fault::invalid(format!("payments.stripe.{field}"), words);
    let found = match (word, file) {
        (Some(_), Some(_)) => return Err(wrong("stands there as a word and as a file".into())),
        (Some(word), None) => word.reveal().trim().to_owned(),
        (None, Some(file)) => tokio::fs::read_to_string(file)
            .await
            .map_err(|e| wrong(format!("cannot be read from {}: {e}", file.display())))?
            .trim()
            .to_owned(),
        (None, None) => String::new(),
    };
    if found.is_empty() {
        return Err(wrong("is missing".into()));
    }
    Ok(Secret::new(found))
}

/// The words of reqwest's own errors hold the address, and nothing else that is secret; but they are long.
fn lost(e: &reqwest::Error) -> ProviderError {
    let words = if e.is_connect() {
        "it cannot be reached"
    } else {
        "the connection broke"
    };
    ProviderError::Unknown(words.into())
}

impl Reply {
    fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, ProviderError> {
        if self.status.is_success() {
            return serde_json::from_slice(&self.body)
                .map_err(|_| ProviderError::Unknown("its answer cannot be read".into()));
        }
        let failure: wire::Failure = serde_json::from_slice(&self.body).unwrap_or_default();
        let words = failure.words(self.status.as_u16());
        Err(match self.status.as_u16() {
            // 409: a call with the same key is under way. 401 and 403: our key does not hold; somebody will mend it.
            401 | 403 | 409 | 429 => ProviderError::Busy(words),
            // The key was used with another form: something is known by it, and to refuse would be to lie.
            400 if failure.is_of_the_key() => ProviderError::Busy(words),
            400..=499 => ProviderError::Refused(words),
            _ => ProviderError::Unknown(words),
        })
    }

    /// Returns the intent that a decline carries.
    fn declined(&self) -> Option<Intent> {
        let failure: wire::Failure = serde_json::from_slice(&self.body).ok()?;
        let reason = failure.words(self.status.as_u16());
        (self.status == StatusCode::PAYMENT_REQUIRED).then_some(Intent {
            reference: failure.intent_id(),
            client_secret: None,
            state: IntentState::Failed { reason },
        })
    }

    fn movement<T: serde::de::DeserializeOwned>(
        &self,
        read: impl Fn(T) -> Movement,
    ) -> Result<Movement, ProviderError> {
        match self.read::<T>() {
            Ok(told) => Ok(read(told)),
            Err(ProviderError::Refused(reason)) => Ok(Movement::Failed { reason }),
            Err(e) => Err(e),
        }
    }
}

#[async_trait]
impl PaymentProvider for Stripe {
    fn name(&self) -> &'static str {
        "stripe"
    }

    fn takes(&self, method: &str) -> bool {
        let saved = method.strip_prefix("pm_");
        method == CARD
            || saved.is_some_and(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
    }

    fn usual_method(&self) -> &'static str {
        CARD
    }

    fn check_destination(&self, destination: Option<&str>) -> Result<(), &'static str> {
        let account = destination.and_then(|d| d.strip_prefix("acct_"));
        match account {
            Some(id) if !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric()) => Ok(()),
            _ => Err("must be the seller's connected account, `acct_…`"),
        }
    }

    async fn create_intent(&self, payment: &Payment) -> Result<Intent, ProviderError> {
        let Some(reference) = &payment.reference else {
            return self.make(payment).await?.intent();
        };
        let known = self.ask(reference).await?;
        if known.state != IntentState::Made {
            return Ok(known);
        }
        if payment.method == CARD {
            let state = IntentState::RequiresAction;
            return Ok(Intent { state, ..known });
        }
        self.confirm(reference, &payment.method).await
    }

    async fn retrieve(&self, payment: &Payment) -> Result<Intent, ProviderError> {
        match &payment.reference {
            Some(reference) => self.ask(reference).await,
            None => self.create_intent(payment).await,
        }
    }

    async fn cancel(&self, payment: &Payment) -> Result<Intent, ProviderError> {
        let reference = match &payment.reference {
            Some(reference) => reference.clone(),
            // One that is on its way would come to be after we had looked. Its key is taken here, and what it makes charges nobody.
            None => match self.make(payment).await {
                Ok(made) => made.id,
                Err(ProviderError::Refused(_)) => {
                    return Ok(Intent {
                        reference: None,
                        client_secret: None,
                        state: IntentState::Canceled,
                    });
                }
                Err(e) => return Err(e),
            },
        };
        // Without a key: a refusal would be remembered under it, and to cancel twice is harmless.
        let path = format!("payment_intents/{reference}/cancel");
        let reply = self.call(Method::POST, &path, (Vec::new(), None)).await?;
        match reply.read::<wire::Intent>() {
            Ok(intent) => intent.intent(),
            Err(ProviderError::Refused(_)) => self.ask(&reference).await,
            Err(e) => Err(e),
        }
    }

    async fn refund(&self, payment: &Payment, refund: &Refund) -> Result<Movement, ProviderError> {
        if let Some(reference) = &refund.reference {
            let reply = self
                .call(Method::GET, &format!("refunds/{reference}"), (Vec::new(), None))
                .await?;
            return reply.movement(wire::Refund::movement);
        }
        let Some(intent) = &payment.reference else {
            return Err(ProviderError::Refused("there is no intent to refund".into()));
        };
        let key = payment.refund_key(refund);
        let forgotten = self.has_forgotten(refund.wanted_at);
        if forgotten && let Some(made) = self.find_refund(intent, &key).await? {
            return Ok(made.movement());
        }
        let form = vec![
            ("payment_intent", intent.clone()),
            ("amount", refund.amount.amount.to_string()),
            (find::PAYMENT_ID, payment.id.to_string()),
            (find::REFUND_KEY, key.clone()),
        ];
        let reply = self.call(Method::POST, "refunds", (form, Some(&key))).await?;
        // The failure is kept under the key, whatever came of it.
        if reply.status.is_server_error()
            && let Some(made) = self.find_refund(intent, &key).await?
        {
            return Ok(made.movement());
        }
        reply.movement(wire::Refund::movement)
    }

    async fn payout(&self, ask: PayoutAsk<'_>) -> Result<Movement, ProviderError> {
        let done = |transfer: wire::Transfer| Movement::Done { reference: transfer.id };
        let forgotten = self.has_forgotten(ask.since);
        if forgotten && let Some(made) = self.find_transfer(ask.key).await? {
            return Ok(done(made));
        }
        let form = vec![
            ("amount", ask.amount.amount.to_string()),
            ("currency", wire::currency_code(ask.amount.currency).to_owned()),
            ("destination", ask.destination.unwrap_or_default().to_owned()),
            ("metadata[payoutKey]", ask.key.to_owned()),
            (find::TRANSFER_GROUP, ask.key.to_owned()),
        ];
        let reply = self.call(Method::POST, "transfers", (form, Some(ask.key))).await?;
        // The failure is kept under the key, whatever came of it.
        if reply.status.is_server_error()
            && let Some(made) = self.find_transfer(ask.key).await?
        {
            return Ok(done(made));
        }
        reply.movement(done)
    }

    fn read_webhook(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<Notice, BadWebhook> {
        let header = headers
            .get("stripe-signature")
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default();
        signature::verify(self.webhook_secret.reveal().as_bytes(), header, body, now)?;
        wire::notice(body).ok_or(BadWebhook::Unreadable)
    }
}
