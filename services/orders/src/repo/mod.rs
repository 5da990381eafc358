//! Owns the documents: orders, coupons, entitlements, refunds, keys, offers. Refuses to decide.

pub(crate) mod coupons;
pub(crate) mod entitlements;
pub(crate) mod offers;
pub(crate) mod orders;

use std::sync::Arc;

use kernel::Ambient;
use store::{Collection, Spec, Store, StoreError, Turns};

use crate::config::Config;
use crate::domain::coupon::CouponDoc;
use crate::domain::entitlement::EntitlementDoc;
use crate::domain::idempotency::KeyDoc;
use crate::domain::refund::RefundDoc;
use offers::OfferDoc;
use orders::OrderDoc;

/// Every collection of the service, for whoever moves or counts all of its documents.
pub const COLLECTIONS: &[Spec] = &[
    Spec::of::<OrderDoc>(),
    Spec::of::<CouponDoc>(),
    Spec::of::<EntitlementDoc>(),
    Spec::of::<RefundDoc>(),
    Spec::of::<KeyDoc>(),
    Spec::of::<OfferDoc>(),
];

/// The documents, with the time and the settings that steps need.
pub(crate) struct Repo {
    pub(crate) orders: Collection<OrderDoc>,
    pub(crate) coupons: Collection<CouponDoc>,
    pub(crate) coupon_turns: Turns,
    pub(crate) entitlements: Collection<EntitlementDoc>,
    pub(crate) refunds: Collection<RefundDoc>,
    pub(crate) keys: Collection<KeyDoc>,
    pub(crate) offers: Collection<OfferDoc>,
    pub(crate) ambient: Ambient,
    pub(crate) config: Config,
}

impl Repo {
    pub(crate) async fn open(store: &Arc<dyn Store>, ambient: Ambient, config: Config) -> Result<Self, StoreError> {
        Ok(Self {
            orders: Collection::open(store).await?,
            coupons: Collection::open(store).await?,
            coupon_turns: Turns::new(ambient.clone()),
            entitlements: Collection::open(store).await?,
            refunds: Collection::open(store).await?,
            keys: Collection::open(store).await?,
            offers: Collection::open(store).await?,
            ambient,
            config,
        })
    }
}
