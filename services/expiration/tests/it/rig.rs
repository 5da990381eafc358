//! Owns one running instance of the service, and the news that it is told.

use std::sync::Arc;
use std::time::Duration;

use bus::Handler;
use contracts::Event;
use contracts::expiration::TimerEvent;
use contracts::orders::{OrderChange, OrderEvent};
use ephemeral::Ephemeral;
use kernel::{Ambient, Currency, Money, OrderId, Timestamp};
use store::Store;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub struct Instance {
    pub handler: Arc<dyn Handler>,
    workers: Vec<JoinHandle<()>>,
    stop: CancellationToken,
}

impl Instance {
    pub async fn start(ambient: Ambient, store: Arc<dyn Store>, ephemeral: Arc<dyn Ephemeral>) -> Self {
        Self::with(ambient, store, ephemeral, expiration::Config::default()).await
    }

    pub async fn with(
        ambient: Ambient,
        store: Arc<dyn Store>,
        ephemeral: Arc<dyn Ephemeral>,
        config: expiration::Config,
    ) -> Self {
        let deps = expiration::Deps {
            ambient,
            store,
            ephemeral,
            config,
        };
        let service = expiration::service(deps).await.unwrap();
        let stop = CancellationToken::new();
        let workers = service.workers.into_iter().map(|worker| {
            let running = (worker.run)(stop.clone());
            tokio::spawn(async move { running.await.unwrap() })
        });
        Self {
            handler: service.consumers[0].handler.clone(),
            workers: workers.collect(),
            stop,
        }
    }

    pub async fn stop(self) {
        self.stop.cancel();
        for worker in self.workers {
            worker.await.unwrap();
        }
    }
}

impl Instance {
    /// Ends it as a crash does: in the middle of whatever it does.
    pub fn kill(self) {
        self.workers.iter().for_each(JoinHandle::abort);
    }
}

pub fn news(ambient: &Ambient, order_id: OrderId, version: u64, change: OrderChange) -> Event {
    let total = Money {
        amount: 100,
        currency: Currency::EUR,
    };
    let event = OrderEvent {
        order_id,
        buyer_id: ambient.id(),
        seller_id: ambient.id(),
        card_id: ambient.id(),
        revision: 1,
        quantity: 1,
        total,
        version,
        change,
    };
    Event::new(ambient, &event).unwrap()
}

pub fn payable(ambient: &Ambient, order: OrderId, version: u64, deadline: Timestamp) -> Event {
    news(ambient, order, version, OrderChange::AwaitingPayment { deadline })
}

/// Waits until a store has told of so many timers in all, and returns them.
pub async fn fired(store: &Arc<dyn Store>, count: usize) -> Vec<TimerEvent> {
    let waiting = async {
        loop {
            let events = store.pending_events(512).await.unwrap();
            if events.len() >= count {
                return events.iter().map(|e| e.body().unwrap()).collect();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waiting).await.unwrap()
}
