//! Owns what orders shows a person: what they bought and may use, what they asked back, and the coupons that they gave. Refuses to show what is not named here.

use chassis::own_data::Part;

use crate::domain::coupon::CouponDoc;
use crate::domain::entitlement::EntitlementDoc;
use crate::domain::refund::RefundDoc;
use crate::repo::orders::OrderDoc;

/// What is a person's own, kind by kind.
pub(crate) const PARTS: &[Part] = &[
    Part::of::<OrderDoc>(
        "orders",
        "buyer",
        &[
            "id",
            "sellerId",
            "cardId",
            "revision",
            "agentId",
            "name",
            "quantity",
            "price",
            "discount",
            "coupon",
            "scope",
            "messagePrice",
            "status",
            "total",
            "rejection",
            "entitlement",
            "completedAt",
            "refund",
            "dispute",
            "createdAt",
            "updatedAt",
        ],
    ),
    Part::of::<EntitlementDoc>(
        "entitlements",
        "buyer",
        &[
            "id",
            "orderId",
            "cardId",
            "revision",
            "agentId",
            "sellerId",
            "quantity",
            "scope",
            "messagePrice",
            "status",
            "grantedAt",
            "rooms",
        ],
    ),
    Part::of::<RefundDoc>(
        "refunds",
        "asker",
        &["id", "orderId", "reason", "amount", "status", "createdAt", "updatedAt"],
    ),
    Part::of::<CouponDoc>(
        "coupons",
        "seller",
        &[
            "code",
            "cardId",
            "off",
            "redemptionsMax",
            "redeemed",
            "expiresAt",
            "createdAt",
            "withdrawn",
        ],
    ),
];
