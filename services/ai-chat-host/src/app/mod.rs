//! Owns the use cases, and what they share. Refuses to know HTTP and the bus.

mod allow_spending;
mod ask_once;
mod bill_run;
mod cancel_run;
pub(crate) mod debates;
mod deliver_reply;
mod erase;
mod hear_message;
mod hold_floor;
mod keep_summary;
mod live;
mod live_runs;
mod moderate;
mod prepare_reply;
mod price;
mod regenerate;
mod remember;
mod room_view;
mod shares;
mod speak;
mod speech;
mod try_out;

use std::sync::Arc;

use contracts::ai_gateway::AiGateway;
use contracts::ai_model_cards::ModelCards;
use contracts::chat::{ChatReader, ChatWriter};
use contracts::orders::Entitlements;
use contracts::payments::Billing;
use ephemeral::Ephemeral;
use kernel::{Ambient, Fault, RoomId};
use tokio::sync::{Mutex, Notify, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

use crate::app::debates::Debates;
use crate::app::keep_summary::Wish;
use crate::app::live::Live;
use crate::app::room_view::Rooms;
use crate::app::shares::Shares;
use crate::app::speech::Speeches;
use crate::repo::agents::Agents;
use crate::repo::allowances::Allowances;
use crate::repo::notes::Notes;
use crate::repo::runs::Runs;
use crate::{Config, Deps};

/// What handlers, consumers and workers work with.
pub(crate) struct App {
    pub(crate) agents: Agents,
    pub(crate) gateway: Arc<dyn AiGateway>,
    pub(crate) cards: Arc<dyn ModelCards>,
    pub(crate) entitlements: Arc<dyn Entitlements>,
    billing: Arc<dyn Billing>,
    /// A run that has a bill has ended. One that is not told of is found by the sweep.
    unbilled: Notify,
    runs: Runs,
    debates: Debates,
    notes: Notes,
    allowances: Allowances,
    rooms: Rooms,
    reader: Arc<dyn ChatReader>,
    writer: Arc<dyn ChatWriter>,
    ephemeral: Arc<dyn Ephemeral>,
    live: Live,
    speeches: Speeches,
    /// Bounds the replies that are written at once.
    permits: Semaphore,
    /// Of these, what one person may have.
    shares: Shares,
    /// Rooms that may have a run whose turn it is. A full queue loses nothing: the sweep finds what waits in the store.
    wake: mpsc::Sender<RoomId>,
    woken: Mutex<mpsc::Receiver<RoomId>>,
    /// Rooms whose messages outgrow the window. What does not fit into the queue is asked for again by the next reply.
    summarise: mpsc::Sender<Wish>,
    wishes: Mutex<mpsc::Receiver<Wish>>,
    /// No new attempt begins.
    leaving: CancellationToken,
    /// What is being written is handed over to another host.
    hand_over: CancellationToken,
    ambient: Ambient,
    config: Config,
}

impl App {
    pub(crate) async fn open(deps: &Deps) -> Result<Self, Fault> {
        let (wake, woken) = mpsc::channel(deps.config.rooms_waiting_max.max(1));
        let (summarise, wishes) = mpsc::channel(WISHES_MAX);
        Ok(Self {
            agents: Agents::open(&deps.store, &deps.ambient).await?,
            runs: Runs::open(&deps.store, deps.ambient.clone()).await?,
            debates: Debates::open(deps).await?,
            notes: Notes::open(&deps.store).await?,
            allowances: Allowances::open(&deps.store).await?,
            rooms: Rooms::default(),
            gateway: deps.ai_gateway.clone(),
            cards: deps.cards.clone(),
            entitlements: deps.entitlements.clone(),
            billing: deps.billing.clone(),
            unbilled: Notify::new(),
            reader: deps.chat_reader.clone(),
            writer: deps.chat_writer.clone(),
            live: Live::new(deps.ephemeral.clone()),
            ephemeral: deps.ephemeral.clone(),
            speeches: Speeches::default(),
            permits: Semaphore::new(deps.config.runs_running_max.max(1)),
            shares: Shares::default(),
            wake,
            woken: Mutex::new(woken),
            summarise,
            wishes: Mutex::new(wishes),
            leaving: CancellationToken::new(),
            hand_over: CancellationToken::new(),
            ambient: deps.ambient.clone(),
            config: deps.config.clone(),
        })
    }

    pub(crate) fn now(&self) -> kernel::Timestamp {
        self.ambient.now()
    }

    /// Returns what others may spend in a room and day by the wallet of who brought an agent in, unless they say otherwise.
    pub(crate) fn room_spend_per_day(&self) -> i64 {
        self.config.room_spend_per_day
    }

    /// Tells the host that a room may have a run whose turn it is.
    fn wake(&self, room: RoomId) {
        if self.wake.try_send(room).is_err() {
            metrics::counter!("ai_wakes_dropped_total").increment(1);
        }
    }

    /// Begins to leave: no new attempts; what is being written may end within the drain time, then it is handed over.
    pub(crate) async fn leave(&self) {
        self.leaving.cancel();
        if tokio::time::timeout(self.config.drain(), self.speeches.silence())
            .await
            .is_err()
        {
            self.hand_over.cancel();
            if tokio::time::timeout(HAND_OVER_MAX, self.speeches.silence())
                .await
                .is_err()
            {
                tracing::warn!("some replies could not be handed over; they are taken over when their leases lapse");
            }
        }
    }
}

/// Rooms that wait for a summary.
const WISHES_MAX: usize = 64;
/// How long handing over may take.
const HAND_OVER_MAX: std::time::Duration = std::time::Duration::from_secs(2);
