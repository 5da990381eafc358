//! Owns the table of URLs.

use std::sync::Arc;

use chassis::{OpenApiRouter, routes};

use crate::app::App;
use crate::handlers::{invoices, ledger, payments, payouts, statements, test_provider, wallet, webhooks};

pub(crate) fn routes(app: &Arc<App>) -> OpenApiRouter {
    let mut router = OpenApiRouter::new()
        .routes(routes!(payments::pay))
        .routes(routes!(payments::get))
        .routes(routes!(webhooks::receive))
        .routes(routes!(ledger::check))
        .routes(routes!(statements::month))
        .routes(routes!(statements::balance))
        .routes(routes!(payouts::pay_out, payouts::list))
        .routes(routes!(invoices::list))
        .routes(routes!(invoices::get))
        .routes(routes!(wallet::get))
        .routes(routes!(wallet::top_up))
        .routes(routes!(wallet::receipts));
    if app.test.is_some() {
        router = router
            .routes(routes!(test_provider::faults, test_provider::set_faults))
            .routes(routes!(test_provider::books));
    }
    router.with_state(app.clone())
}
