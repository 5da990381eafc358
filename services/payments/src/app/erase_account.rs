//! Erases what is personal of an account that is gone. What the books must hold for years stays: ledger, invoices, receipts, payouts and what
//! became of payments, all of them by id alone.

use kernel::UserId;
use store::Query;

use crate::app::App;
use crate::domain::payment::Payment;
use crate::error::Error;

/// Documents that are erased at once.
const CHUNK: usize = 200;
/// What stands where words were.
const ERASED: &str = "Erased";

impl App {
    /// Erases keys and answers of requests, words and secrets of payments, and closes the wallet. Idempotent by itself.
    pub(crate) async fn erase(&self, user: UserId) -> Result<(), Error> {
        loop {
            let requests = self.repo.requests.find(Query::on("user").eq(user).limit(CHUNK)).await?;
            for request in &requests {
                self.repo.requests.delete(&request.id).await?;
            }
            if requests.len() < CHUNK {
                break;
            }
        }
        self.biller.close(user).await?;
        let mut cursor: Option<String> = None;
        loop {
            let page = self
                .repo
                .payments
                .page(Query::on("payer").eq(user).limit(CHUNK), cursor.as_deref())
                .await?;
            for payment in &page.items {
                self.erase_words(payment).await?;
            }
            match page.next_cursor {
                Some(next) => cursor = Some(next),
                None => return Ok(()),
            }
        }
    }

    async fn erase_words(&self, payment: &Payment) -> Result<(), Error> {
        let (now, age) = (self.now(), self.watch_pauses().0);
        let erased = self.repo.change_payment(payment.id, |payment| {
            ERASED.clone_into(&mut payment.description);
            payment.client_secret = None;
            payment.request = None;
            // Its wallet takes nothing any more. Orders take back their own.
            if payment.open && payment.tops_up.is_some() {
                payment.cancel_wanted = true;
                payment.plan(now, age);
            }
            Ok(Vec::new())
        });
        erased.await.map(drop)
    }
}
