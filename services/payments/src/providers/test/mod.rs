//! Owns the built-in provider: it moves no real money, keeps books of its own as another company would, and can be told to misbehave. It
//! knows of the product only what a provider is told, and sends what it has to say as signed bytes. Refuses to touch the product's documents.

mod books;
mod deliveries;
mod dice;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::HeaderMap;
use kernel::{Ambient, Fault, Timestamp};
use serde_json::json;
use store::{Spec, Store, StoreError};
use tokio::sync::Notify;

use crate::config::{FaultPlan, TestConfig};
use crate::domain::payment::{Intent, IntentState, Payment, Refund};
use crate::domain::signature;
use crate::providers::{BadWebhook, Movement, Notice, PaymentProvider, PayoutAsk, ProviderError};
use crate::secret::Secret;

use books::{Books, TestIntent, TestStatus};
use deliveries::Deliveries;
use dice::Dice;

pub(crate) use books::Totals;

/// The header that carries a signature.
pub(crate) const SIGNATURE: &str = "test-signature";
/// What all methods begin with.
const METHODS: [&str; 4] = ["test_success", "test_decline", "test_slow", "test_never"];

/// Collections of the provider's own.
pub(crate) const COLLECTIONS: [Spec; 4] = [
    Spec::of::<books::TestIntent>(),
    Spec::of::<books::TestPayout>(),
    Spec::of::<deliveries::Delivery>(),
    Spec::of::<dice::Plan>(),
];

/// The provider.
pub(crate) struct TestProvider {
    books: Books,
    deliveries: Deliveries,
    dice: Dice,
    secret: Secret,
    slow: Duration,
    ambient: Ambient,
    /// Notified when there may be something to send.
    pub(crate) wake: Arc<Notify>,
}

impl TestProvider {
    /// Opens its books.
    pub(crate) async fn open(
        store: &Arc<dyn Store>,
        ambient: Ambient,
        config: &TestConfig,
    ) -> Result<Self, StoreError> {
        let drawn = || Secret::new(ambient.token::<32>());
        Ok(Self {
            books: Books::open(store).await?,
            deliveries: Deliveries::open(store).await?,
            dice: Dice::open(store, config.faults).await?,
            secret: config.webhook_secret.clone().unwrap_or_else(drawn),
            slow: Duration::from_millis(config.slow_ms.0),
            ambient,
            wake: Arc::default(),
        })
    }

    /// Returns what went through its books, in each currency.
    pub(crate) async fn totals(&self) -> Result<Vec<Totals>, StoreError> {
        self.books.totals().await
    }

    /// Returns how it misbehaves.
    pub(crate) async fn plan(&self) -> Result<FaultPlan, StoreError> {
        self.dice.plan().await
    }

    /// Makes it misbehave.
    pub(crate) async fn set_plan(&self, plan: FaultPlan) -> Result<(), StoreError> {
        self.dice.set_plan(plan).await
    }

    /// Settles what is due, and hands what is to be said, signed, to `receive`. Returns how much there was.
    pub(crate) async fn work<F>(&self, receive: impl Fn(HeaderMap, Vec<u8>) -> F) -> Result<usize, Fault>
    where
        F: Future<Output = Result<(), Fault>>,
    {
        let now = self.ambient.now();
        let slow = self.books.due(now).await?;
        for intent in &slow {
            let settled = self.books.settle(&intent.id, now).await?;
            self.tell(&settled).await?;
        }
        let due = self.deliveries.due(now).await?;
        for delivery in &due {
            let mut headers = HeaderMap::new();
            let body = delivery.body.clone().into_bytes();
            let signed = signature::sign(self.secret.reveal().as_bytes(), &body, now);
            headers.insert(SIGNATURE, signed.parse().map_err(Fault::internal)?);
            match receive(headers, body).await {
                Ok(()) => self.deliveries.done(delivery).await?,
                Err(_) => self.deliveries.later(delivery, now).await?,
            }
        }
        Ok(slow.len() + due.len())
    }

    /// Throws the dice around an effect: the request may be lost before it, the reply after it.
    async fn call<T>(
        &self,
        key: &str,
        effect: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, ProviderError> {
        let unknown = |e: StoreError| ProviderError::Unknown(e.to_string());
        let plan = self.plan().await.map_err(unknown)?;
        if self
            .dice
            .falls(plan.seed, &format!("request:{key}"), plan.lose_request_percent)
        {
            return Err(ProviderError::Unknown("the request was lost, as told".into()));
        }
        let done = effect.await.map_err(unknown)?;
        self.wake.notify_one();
        if self
            .dice
            .falls(plan.seed, &format!("reply:{key}"), plan.lose_reply_percent)
        {
            return Err(ProviderError::Unknown("the reply was lost, as told".into()));
        }
        Ok(done)
    }

    async fn tell(&self, intent: &TestIntent) -> Result<(), StoreError> {
        let body = json!({
            "id": self.ambient.id::<kernel::EventId>(),
            "type": "intent",
            "data": { "paymentId": intent.payment_id, "reference": intent.id, "status": intent.status, "amount": intent.amount },
        });
        self.send(&format!("intent:{}", intent.id), body.to_string()).await
    }

    async fn send(&self, of: &str, body: String) -> Result<(), StoreError> {
        let plan = self.plan().await?;
        for late in self.dice.arrivals(&plan, of) {
            self.deliveries
                .add(
                    (self.ambient.id::<kernel::EventId>().to_string(), body.clone()),
                    self.ambient.now() + late,
                )
                .await?;
        }
        self.wake.notify_one();
        Ok(())
    }
}

/// What is told about an intent in a reply. The money's coming or not coming is told by webhook alone, as slow ways of payment do it.
fn reply(intent: &TestIntent, final_too: bool) -> Intent {
    let state = match intent.status {
        TestStatus::Succeeded if final_too => IntentState::Succeeded {
            captured: intent.amount,
        },
        TestStatus::Declined if final_too => IntentState::Failed {
            reason: "declined".into(),
        },
        TestStatus::Canceled => IntentState::Canceled,
        _ => IntentState::Processing,
    };
    Intent {
        reference: Some(intent.id.clone()),
        client_secret: None,
        state,
    }
}

#[async_trait]
impl PaymentProvider for TestProvider {
    fn name(&self) -> &'static str {
        "test"
    }

    fn takes(&self, method: &str) -> bool {
        METHODS.contains(&method)
    }

    fn usual_method(&self) -> &'static str {
        "test_success"
    }

    fn check_destination(&self, _: Option<&str>) -> Result<(), &'static str> {
        Ok(())
    }

    async fn create_intent(&self, payment: &Payment) -> Result<Intent, ProviderError> {
        let key = payment.key();
        let effect = async {
            let (made, new) = self.books.make(payment, (self.ambient.now(), self.slow)).await?;
            if new && matches!(made.status, TestStatus::Succeeded | TestStatus::Declined) {
                self.tell(&made).await?;
            }
            Ok(made)
        };
        Ok(reply(&self.call(&key, effect).await?, false))
    }

    async fn retrieve(&self, payment: &Payment) -> Result<Intent, ProviderError> {
        let found = self.call(&payment.key(), self.books.find(&payment.key())).await?;
        Ok(found.map_or_else(
            || Intent {
                reference: payment.reference.clone(),
                client_secret: None,
                state: IntentState::Canceled,
            },
            |intent| reply(&intent, true),
        ))
    }

    async fn cancel(&self, payment: &Payment) -> Result<Intent, ProviderError> {
        let effect = async {
            let (intent, news) = self.books.cancel(payment, self.ambient.now()).await?;
            if news {
                self.tell(&intent).await?;
            }
            Ok(intent)
        };
        Ok(reply(&self.call(&payment.key(), effect).await?, true))
    }

    async fn refund(&self, payment: &Payment, refund: &Refund) -> Result<Movement, ProviderError> {
        let key = payment.refund_key(refund);
        let effect = async {
            let Some((reference, new)) = self.books.refund(payment, (&key, refund.amount)).await? else {
                return Ok(Movement::Failed {
                    reason: "there is not so much to pay back".into(),
                });
            };
            if new {
                let data = json!({ "paymentId": payment.id, "key": key, "reference": reference });
                let body = json!({ "id": self.ambient.id::<kernel::EventId>(), "type": "refund", "data": data });
                self.send(&key, body.to_string()).await?;
            }
            Ok(Movement::Done { reference })
        };
        self.call(&key, effect).await
    }

    async fn payout(&self, ask: PayoutAsk<'_>) -> Result<Movement, ProviderError> {
        if ask.destination == Some("test_refuse") {
            return Ok(Movement::Failed {
                reason: "the account refuses".into(),
            });
        }
        let reference = self
            .call(ask.key, self.books.pay_out((ask.key, ask.seller_id), ask.amount))
            .await?;
        Ok(Movement::Done { reference })
    }

    fn read_webhook(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<Notice, BadWebhook> {
        let header = headers.get(SIGNATURE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        signature::verify(self.secret.reveal().as_bytes(), header, body, now)?;
        deliveries::notice(body).ok_or(BadWebhook::Unreadable)
    }
}
