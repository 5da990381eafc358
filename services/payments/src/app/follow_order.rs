//! Does what an order asks of its payments: make, cancel, pay back. Each wish is written down first; whether the provider answers holds no
//! order up, since the worker goes on.

use std::time::Duration;

use contracts::orders::{OrderEvent, Payable};
use contracts::payments::PaymentEvent;
use kernel::{Fault, Money, OrderId, RefundId, UserId};

use crate::app::App;
use crate::domain::ids;
use crate::domain::payment::{Payment, Way};
use crate::error::Error;

/// How often, and after which pause, it is looked whether one of several tabs has written its payment.
const CONTEST_LOOKS: u32 = 20;
const CONTEST_PAUSE: Duration = Duration::from_millis(50);

impl App {
    /// An attempt is under way: sees to it that its payment is there, when who began it did not come so far.
    pub(crate) async fn ensure_paying(&self, event: &OrderEvent, attempt: u32) -> Result<(), Error> {
        let (payment, new) = self.ensure_payment(event, attempt).await?;
        if new {
            self.try_advance(&payment).await;
        }
        Ok(())
    }

    /// The order wants no money any more.
    pub(crate) async fn stop_paying(&self, event: &OrderEvent, attempt: u32) -> Result<(), Error> {
        self.ensure_payment(event, attempt).await?;
        self.wish(event, attempt, Payment::want_cancel).await
    }

    /// Money is to go back: a refund after completion, or all of it.
    pub(crate) async fn refund(
        &self,
        event: &OrderEvent,
        attempt: u32,
        refund: Option<(RefundId, Money)>,
    ) -> Result<(), Error> {
        let now = self.now();
        self.wish(event, attempt, |payment| payment.want_refund(refund, now))
            .await
    }

    async fn wish(
        &self,
        event: &OrderEvent,
        attempt: u32,
        wish: impl Fn(&mut Payment) -> Vec<PaymentEvent>,
    ) -> Result<(), Error> {
        let (now, age) = (self.now(), self.watch_pauses().0);
        let changed = self
            .repo
            .change_payment(ids::payment_of(event.order_id, attempt), |payment| {
                let before = payment.clone();
                let facts = wish(payment);
                // The same wish again changes nothing, neither when the next look is due.
                if *payment != before {
                    payment.plan(now, age);
                }
                Ok(facts)
            });
        self.try_advance(&changed.await?).await;
        Ok(())
    }

    /// Returns the payment of an attempt when it is there. While several tabs ask at once it is left to them for a moment: only they know
    /// which of them the order has taken, and by which method it is to be paid.
    async fn known_payment(&self, order: OrderId, buyer: UserId, attempt: u32) -> Result<Option<Payment>, Error> {
        let id = ids::payment_of(order, attempt);
        for _ in 0..CONTEST_LOOKS {
            let known = self.repo.payments.get(id).await?;
            if known.is_some() || !self.is_contested(order, buyer).await? {
                return Ok(known);
            }
            tokio::time::sleep(CONTEST_PAUSE).await;
        }
        Ok(None)
    }

    async fn ensure_payment(&self, event: &OrderEvent, attempt: u32) -> Result<(Payment, bool), Error> {
        if let Some(payment) = self.known_payment(event.order_id, event.buyer_id, attempt).await? {
            return Ok((payment, false));
        }
        // Whoever took that method may have been switched off since.
        let wish = self.last_wish(event.order_id, event.buyer_id).await?;
        let wish = wish.filter(|(_, method)| self.providers.taking(method).is_ok());
        let provider = match &wish {
            Some((_, method)) => self.providers.taking(method)?,
            None => self.providers.first()?,
        };
        let (request, method) = wish.unzip();
        let method = method.unwrap_or_else(|| provider.usual_method().to_owned());
        let payable = Payable {
            order_id: event.order_id,
            buyer_id: event.buyer_id,
            seller_id: event.seller_id,
            attempt,
            total: event.total,
            description: format!("AI model card {}, revision {}", event.card_id, event.revision),
            deadline: self.now(),
        };
        let way = Way {
            provider: provider.name(),
            method: &method,
            request,
        };
        self.write_down(&payable, way).await
    }

    /// Tries at once; what fails is tried again by the worker.
    async fn try_advance(&self, payment: &Payment) {
        if let Err(e) = self.advance(payment.id).await {
            let fault = Fault::from(e);
            tracing::warn!(payment = %payment.id, "put off: {fault}");
        }
    }
}
