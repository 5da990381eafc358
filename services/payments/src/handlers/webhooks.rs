//! What providers send.

use std::sync::Arc;

use axum::extract::{Request, State};
use chassis::extract::read_body;
use chassis::{Answer, Path};
use http::StatusCode;

use crate::app::App;

/// Takes in what a provider sends. Its signature over the raw body is all that proves it. Repeated, unordered and unknown events are answered
/// with 200 and change nothing.
#[utoipa::path(post, path = "/api/payments/webhooks/{provider}", tag = "payments", security(()), params(("provider" = String, Path, description = "`stripe` or `test`.")), request_body(content = String, content_type = "application/json", description = "As the provider signed it."), responses((status = 200, description = "Taken in.")))]
pub(crate) async fn receive(
    State(app): State<Arc<App>>,
    Path(provider): Path<String>,
    request: Request,
) -> Answer<StatusCode> {
    let headers = request.headers().clone();
    let body = read_body(request, app.config.webhook_bytes_max).await?;
    app.receive(&provider, &headers, &body).await?;
    Ok(StatusCode::OK)
}
