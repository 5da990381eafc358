//! Owns the table of URLs.

use std::sync::Arc;

use chassis::{OpenApiRouter, routes};

use crate::app::App;
use crate::handlers::{coupons, entitlements, orders};

pub(crate) fn routes(app: Arc<App>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(orders::place, orders::list))
        .routes(routes!(orders::get, orders::cancel))
        .routes(routes!(orders::refund))
        .routes(routes!(coupons::create, coupons::list))
        .routes(routes!(coupons::delete))
        .routes(routes!(entitlements::list))
        .with_state(app)
}
