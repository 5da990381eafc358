//! Who may see what concerns everybody.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use chassis::{Caller, Problem};
use http::request::Parts;
use kernel::Fault;

use crate::app::App;

/// An admin, proven by this request. For others there is nothing here: 404, whatever else is wrong with the request.
pub(crate) struct Admin;

impl FromRequestParts<Arc<App>> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let caller = <Caller as FromRequestParts<Arc<App>>>::from_request_parts(parts, app).await?;
        if caller.admin {
            Ok(Self)
        } else {
            Err(Fault::not_found("route.not_found").into())
        }
    }
}
