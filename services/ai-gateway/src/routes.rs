//! Owns the table of URLs.

use std::sync::Arc;

use chassis::{OpenApiRouter, routes};

use crate::app::App;
use crate::handlers::{budgets, chat_completions, embeddings, keys, messages, models, providers, usage, usage_of_all};

pub(crate) fn routes(app: Arc<App>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(chat_completions::create))
        .routes(routes!(embeddings::create))
        .routes(routes!(messages::create))
        .routes(routes!(messages::count))
        .routes(routes!(models::list))
        .routes(routes!(models::read))
        .routes(routes!(models::read_of_provider))
        .routes(routes!(models::read_of_maker))
        .routes(routes!(keys::list, keys::create))
        .routes(routes!(keys::edit, keys::revoke))
        .routes(routes!(budgets::read, budgets::set, budgets::unset))
        .routes(routes!(usage::list))
        .routes(routes!(providers::list))
        .routes(routes!(providers::put, providers::remove))
        .routes(routes!(usage_of_all::list))
        .with_state(app)
}
