//! Who moderates cards. To everybody else such a route is not there.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use chassis::{Caller, Problem};
use http::request::Parts;
use kernel::{ErrorCode, Fault};

use crate::app::{App, Reader};

/// A moderator of the product, proven by this request. Stands before everything else that a handler takes, so that nothing
/// else is answered to others.
pub(crate) struct Admin(pub(crate) Reader);

impl FromRequestParts<Arc<App>> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let caller = <Caller as FromRequestParts<Arc<App>>>::from_request_parts(parts, app).await?;
        if caller.admin {
            return Ok(Self(caller.into()));
        }
        // As the router says it of a path that does not exist.
        let fault = Fault::new(ErrorCode::NotFound, "route.not_found", "There is nothing at this path.");
        Err(fault.into())
    }
}
