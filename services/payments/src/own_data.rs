//! Owns what payments shows a person: what they paid and got, with invoices, receipts and their wallet. Refuses to show what is not named here.

use chassis::own_data::Part;

use crate::domain::invoice::Invoice;
use crate::domain::payment::Payment;
use crate::domain::payout::Payout;
use crate::domain::receipt::Receipt;
use crate::domain::wallet::Wallet;

/// What is a person's own, kind by kind.
pub(crate) const PARTS: &[Part] = &[
    Part::of::<Payment>(
        "payments",
        "payer",
        &[
            "id",
            "purpose",
            "provider",
            "method",
            "amount",
            "description",
            "status",
            "reference",
            "captured",
            "reason",
            "refunds",
            "disputes",
            "createdAt",
        ],
    ),
    Part::of::<Invoice>(
        "invoices",
        "party",
        &[
            "id", "kind", "series", "number", "year", "orderId", "refundId", "corrects", "sellerId", "buyerId",
            "lines", "currency", "net", "tax", "gross", "taxBps", "issuedAt",
        ],
    ),
    Part::of::<Receipt>("receipts", "payer", &["charge", "tax", "issuedAt"]),
    Part::one::<Wallet>("wallet", &["balances"]),
    Part::of::<Payout>(
        "payouts",
        "seller",
        &[
            "id",
            "provider",
            "destination",
            "amount",
            "status",
            "reason",
            "createdAt",
        ],
    ),
];
