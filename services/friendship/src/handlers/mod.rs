//! Requests and answers, one file a resource.

pub(crate) mod friends;
pub(crate) mod requests;

use garde::Validate;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which part of a list.
#[derive(Deserialize, IntoParams, Validate)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Most items.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub(crate) limit: Option<usize>,
    /// Where to go on.
    #[garde(length(max = 1024))]
    #[param(max_length = 1024)]
    pub(crate) cursor: Option<String>,
}
