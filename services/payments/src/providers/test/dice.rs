//! Owns how the built-in provider misbehaves: the plan, and dice that fall the same again for the same seed and the same calls. Refuses to
//! know what they are thrown for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use store::{Change, Collection, Document, Index, Store, StoreError};

use crate::config::FaultPlan;

/// The id of the one plan.
const ID: &str = "plan";

/// The plan that an administrator has set.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Plan {
    plan: FaultPlan,
}

impl Document for Plan {
    const COLLECTION: &'static str = "test_provider_plan";
    const INDEXES: &'static [Index] = &[];
    fn id(&self) -> String {
        ID.to_owned()
    }
}

/// The dice.
pub(super) struct Dice {
    plans: Collection<Plan>,
    configured: FaultPlan,
    thrown: AtomicU64,
}

impl Dice {
    pub(super) async fn open(store: &Arc<dyn Store>, configured: FaultPlan) -> Result<Self, StoreError> {
        Ok(Self {
            plans: Collection::open(store).await?,
            configured,
            thrown: AtomicU64::default(),
        })
    }

    pub(super) async fn plan(&self) -> Result<FaultPlan, StoreError> {
        Ok(self.plans.get(ID).await?.map_or(self.configured, |p| p.plan))
    }

    /// Sets the plan and begins the dice anew.
    pub(super) async fn set_plan(&self, plan: FaultPlan) -> Result<(), StoreError> {
        self.thrown.store(0, Ordering::SeqCst);
        let set = self
            .plans
            .update(ID, |_| Ok::<_, StoreError>(Change::Put(Plan { plan }, Vec::new(), ())));
        if set.await?.is_some() {
            return Ok(());
        }
        match self.plans.insert(&Plan { plan }, Vec::new()).await {
            Err(StoreError::Unique { .. }) => Err(StoreError::Conflict),
            other => other,
        }
    }

    /// Throws: true in `percent` of a hundred.
    pub(super) fn falls(&self, seed: u64, what: &str, percent: u8) -> bool {
        percent > 0 && self.throw(seed, what) % 100 < u64::from(percent)
    }

    fn throw(&self, seed: u64, what: &str) -> u64 {
        let thrown = self.thrown.fetch_add(1, Ordering::SeqCst);
        let digest = Sha256::new()
            .chain_update(seed.to_be_bytes())
            .chain_update(thrown.to_be_bytes())
            .chain_update(what)
            .finalize();
        digest.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
    }

    /// Throws for a webhook: after how long it arrives, each time that it does.
    pub(super) fn arrivals(&self, plan: &FaultPlan, of: &str) -> Vec<Duration> {
        if self.falls(plan.seed, &format!("lost:{of}"), plan.lose_webhook_percent) {
            return Vec::new();
        }
        let times = if self.falls(plan.seed, &format!("twice:{of}"), plan.duplicate_percent) {
            2
        } else {
            1
        };
        let late = |n: u32| {
            if self.falls(plan.seed, &format!("late:{of}:{n}"), plan.late_percent) {
                return Duration::from_millis(plan.late_ms);
            }
            match self.falls(plan.seed, &format!("order:{of}:{n}"), plan.reorder_percent) {
                true => Duration::from_millis(self.throw(plan.seed, of) % plan.late_ms.max(1_000)),
                false => Duration::ZERO,
            }
        };
        (0..times).map(late).collect()
    }
}
