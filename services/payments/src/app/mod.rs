//! Owns what handlers, consumers and workers work with; the use cases are in the files beside it, the rules in `domain`.

mod advance_payment;
pub(crate) mod answer_once;
pub(crate) mod bill_messages;
pub(crate) mod check_ledger;
mod complete_order;
mod erase_account;
mod follow_order;
mod pay_out;
mod project_ledger;
mod read_statement;
mod receive_webhook;
mod reconcile;
mod take_payment;
mod top_up;

use std::sync::Arc;
use std::time::Duration;

use contracts::orders::Orders;
use kernel::{Ambient, Fault, Timestamp};
use tokio::sync::Notify;

use crate::Deps;
use crate::config::Config;
use crate::providers::stripe::Stripe;
use crate::providers::test::{self, TestProvider};
use crate::providers::{PaymentProvider, Providers};
use crate::repo::Repo;

pub(crate) use bill_messages::Biller;
pub(crate) use read_statement::{Balance, Statement};

/// The service at work.
pub(crate) struct App {
    pub(crate) repo: Repo,
    pub(crate) providers: Providers,
    /// The built-in provider, when it takes payments.
    pub(crate) test: Option<Arc<TestProvider>>,
    pub(crate) orders: Arc<dyn Orders>,
    pub(crate) biller: Biller,
    pub(crate) config: Config,
    /// Notified when something is due sooner than the worker's next look.
    pub(crate) wake: Arc<Notify>,
}

impl App {
    pub(crate) async fn open(deps: Deps) -> Result<Self, Fault> {
        let Deps {
            ambient,
            store,
            orders,
            config,
        } = deps;
        config.check()?;
        let mut providers: Vec<Arc<dyn PaymentProvider>> = Vec::new();
        if let Some(stripe) = &config.stripe {
            providers.push(Arc::new(Stripe::open(stripe, ambient.clone()).await?));
        }
        // Whether it is on or not: what is kept does not hang on the configuration.
        for spec in test::COLLECTIONS {
            store.declare(spec).await?;
        }
        let test = match config.test_is_on() {
            true => Some(Arc::new(
                TestProvider::open(&store, ambient.clone(), &config.test).await?,
            )),
            false => None,
        };
        if let Some(test) = &test {
            tracing::warn!("the built-in test provider takes payments: no real money moves by it");
            providers.push(test.clone());
        }
        let repo = Repo::open(&store, ambient).await?;
        if config.stripe.is_some() && repo.has_money_of("test").await? {
            let words = "is not for books that hold money of the built-in test provider, which sellers would be paid out really: \
                         begin with an empty store, or leave Stripe out";
            return Err(Fault::invalid("payments.stripe", words));
        }
        Ok(Self {
            biller: Biller::new(repo.clone(), &config),
            repo,
            providers: Providers(providers),
            test,
            orders,
            config,
            wake: Arc::default(),
        })
    }

    pub(crate) fn ambient(&self) -> &Ambient {
        &self.repo.ambient
    }

    fn now(&self) -> Timestamp {
        self.repo.ambient.now()
    }

    /// Returns after which a payment is looked after, and the longest pause between two looks.
    fn watch_pauses(&self) -> (Duration, Duration) {
        let reconcile = self.config.reconcile;
        (
            Duration::from_millis(reconcile.age_ms),
            Duration::from_millis(reconcile.pause_max_ms),
        )
    }

    /// Returns the first and the longest pause after a failure.
    fn failure_pauses(&self) -> (Duration, Duration) {
        (crate::domain::payment::PAUSE_MIN, self.watch_pauses().1)
    }
}
