//! Owns the table of URLs.

use std::sync::Arc;

use chassis::{OpenApiRouter, routes};

use crate::app::App;
use crate::handlers::{agents, allowance, debates, memory, runs, try_outs};

pub(crate) fn routes(app: Arc<App>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(agents::list))
        .routes(routes!(agents::read, agents::edit))
        .routes(routes!(memory::read, memory::erase))
        .routes(routes!(allowance::read, allowance::set))
        .routes(routes!(runs::cancel))
        .routes(routes!(runs::regenerate))
        .routes(routes!(try_outs::ask))
        .routes(routes!(debates::list, debates::begin))
        .routes(routes!(debates::leaderboard))
        .routes(routes!(debates::read))
        .routes(routes!(debates::start))
        .routes(routes!(debates::close))
        .routes(routes!(debates::cancel))
        .routes(routes!(debates::vote))
        .with_state(app)
}
