//! Takes a payment of an order: the order says yes, the payment is written down, and only then is the provider asked.

use contracts::orders::Payable;
use kernel::{OrderId, UserId};
use store::{Query, StoreError};

use crate::app::App;
use crate::app::answer_once::Turn;
use crate::domain::payment::{Payment, Way};
use crate::error::Error;

/// What the order says when an attempt is under way.
const UNDER_WAY: &str = "orders.payment_under_way";
/// Requests of one order that are looked at for whether they are at work at once.
const TABS_MAX: usize = 16;

impl App {
    /// Begins to pay an order by `method`; a request that broke off goes on with what it began.
    pub(crate) async fn take_payment(
        &self,
        payer: UserId,
        (order, method): (OrderId, &str),
        turn: Turn,
    ) -> Result<Payment, Error> {
        let provider = self.providers.taking(method)?.name();
        if turn.resumed
            && let Some(mine) = self.begun_by(&turn.request, payer).await?
        {
            return self.advance(mine.id).await;
        }
        let payable = match self.orders.begin_payment(payer, order).await {
            Ok(payable) => payable,
            // It was begun, perhaps by this very request; then the order's event finishes it.
            Err(fault) if fault.code == UNDER_WAY && turn.resumed => return Err(Error::InProgress),
            Err(fault) => return Err(fault.into()),
        };
        let way = Way {
            provider,
            method,
            request: Some(turn.request),
        };
        let (payment, new) = self.write_down(&payable, way).await?;
        if !new {
            // The order's event was faster; it has no words for the buyer.
            self.describe(&payment, &payable.description).await?;
        }
        self.advance(payment.id).await
    }

    /// Writes a payment down; the one that is there already holds. Returns it and whether it is new.
    pub(crate) async fn write_down(&self, payable: &Payable, way: Way<'_>) -> Result<(Payment, bool), Error> {
        let payment = Payment::of_order(payable, way, self.now());
        match self.repo.payments.insert(&payment, Vec::new()).await {
            Ok(()) => Ok((payment, true)),
            Err(StoreError::Unique { .. }) => Ok((self.repo.payment(payment.id).await?, false)),
            Err(e) => Err(e.into()),
        }
    }

    async fn describe(&self, payment: &Payment, words: &str) -> Result<(), Error> {
        let described = self.repo.change_payment(payment.id, |payment| {
            words.clone_into(&mut payment.description);
            Ok(Vec::new())
        });
        described.await.map(drop)
    }

    /// Returns the payment that a request of `payer` began.
    async fn begun_by(&self, request: &str, payer: UserId) -> Result<Option<Payment>, StoreError> {
        let begun = self.repo.payments.find_one(Query::on("request").eq(request)).await?;
        Ok(begun.filter(|payment| payment.payer_id == payer))
    }

    /// Returns by which request and which method its buyer last wished to pay an order; what others wish is nothing.
    pub(crate) async fn last_wish(&self, order: OrderId, buyer: UserId) -> Result<Option<(String, String)>, Error> {
        let newest = Query::on("wish").eq(order.to_string()).eq(buyer).descending();
        let wish = self.repo.requests.find_one(newest).await?;
        Ok(wish.and_then(|request| Some((request.id, request.method?))))
    }

    /// Tells whether several requests of its buyer want to pay an order at this moment: which of them the order has taken, they will say.
    pub(crate) async fn is_contested(&self, order: OrderId, buyer: UserId) -> Result<bool, Error> {
        let wishes = Query::on("wish").eq(order.to_string()).eq(buyer);
        let newest = wishes.descending().limit(TABS_MAX);
        let (requests, now) = (self.repo.requests.find(newest).await?, self.now());
        let open = requests.iter().filter(|r| r.given.is_none() && r.until > now);
        Ok(open.count() > 1)
    }

    /// Returns a payment for its payer.
    pub(crate) async fn payment_for(&self, id: kernel::PaymentId, payer: UserId) -> Result<Payment, Error> {
        let payment = self.repo.payment(id).await?;
        if payment.payer_id == payer {
            Ok(payment)
        } else {
            Err(Error::NotFound)
        }
    }
}
