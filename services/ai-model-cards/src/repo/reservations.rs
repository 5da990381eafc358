//! Owns the reservations in the store. Each step is one write, with the event that tells of it.

use std::sync::Arc;

use contracts::Event;
use kernel::{Ambient, CardId, OrderId, Timestamp};
use store::{Change, Collection, Key, Query, Store, StoreError};

use crate::domain::reservation::{Reservation, State, Told};
use crate::error::Error;

/// Sales of one card that are counted at the most.
const SALES_MAX: u64 = 100_000;

/// The reservations.
#[derive(Clone)]
pub(crate) struct Reservations {
    docs: Collection<Reservation>,
    ambient: Ambient,
}

impl Reservations {
    pub(crate) async fn open(store: &Arc<dyn Store>, ambient: Ambient) -> Result<Self, StoreError> {
        Ok(Self {
            docs: Collection::open(store).await?,
            ambient,
        })
    }

    pub(crate) async fn get(&self, order: OrderId) -> Result<Option<Reservation>, StoreError> {
        self.docs.get(order).await
    }

    /// Adds the first state of an order's reservation. `false` when there is one.
    pub(crate) async fn begin(&self, reservation: &Reservation, told: Told) -> Result<bool, Error> {
        let events = self.events(reservation, told)?;
        match self.docs.insert(reservation, events).await {
            Ok(()) => Ok(true),
            Err(StoreError::Unique { .. }) => Ok(false),
            Err(e) => Err(e.into()),
        }
    }

    /// Takes a step, and returns what the reservation is then. `None` when there is none.
    pub(crate) async fn step(
        &self,
        order: OrderId,
        step: impl Fn(&mut Reservation) -> Told,
    ) -> Result<Option<Reservation>, Error> {
        let put = |mut reservation: Reservation| {
            let before = reservation.clone();
            let told = step(&mut reservation);
            if reservation == before {
                return Ok(Change::Keep(reservation));
            }
            let events = self.events(&reservation, told)?;
            Ok(Change::Put(reservation.clone(), events, reservation))
        };
        self.docs.update(order, put).await
    }

    fn events(&self, reservation: &Reservation, told: Told) -> Result<Vec<Event>, Error> {
        let event = told.map(|change| Event::new(&self.ambient, &reservation.event(change)));
        Ok(event.transpose()?.into_iter().collect())
    }

    /// Returns reservations that are to be looked at.
    pub(crate) async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Reservation>, StoreError> {
        self.docs
            .find(Query::on("due").at_most(Key::from(now)).limit(limit))
            .await
    }

    /// Forgets reservations of which nothing can come any more; returns how many.
    pub(crate) async fn forget(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let old = self
            .docs
            .find(Query::on("forget").at_most(Key::from(now)).limit(limit))
            .await?;
        for reservation in &old {
            self.docs.delete(reservation.order_id).await?;
        }
        Ok(old.len())
    }

    /// Counts the orders that bought a card, up to 100,000.
    pub(crate) async fn sales(&self, card: CardId) -> Result<u64, StoreError> {
        self.count(card, State::Committed, SALES_MAX).await
    }

    /// Tells whether an order has bought a card, or holds it.
    pub(crate) async fn are_wanted(&self, card: CardId) -> Result<bool, StoreError> {
        for state in [State::Held, State::Committing, State::Committed] {
            if self.count(card, state, 1).await? > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn count(&self, card: CardId, state: State, cap: u64) -> Result<u64, StoreError> {
        let query = Query::on("card").eq(card.to_string()).eq(serde_name(state));
        self.docs.count(query, cap).await
    }
}

/// Returns a state's name in documents.
const fn serde_name(state: State) -> &'static str {
    match state {
        State::Asked => "asked",
        State::Held => "held",
        State::Refused => "refused",
        State::Releasing => "releasing",
        State::Released => "released",
        State::Committing => "committing",
        State::Committed => "committed",
        State::Missing => "missing",
    }
}
