//! Owns how a caller says which part of a list they want. Refuses to know what is listed.

use garde::Validate;
use kernel::{LIMIT_DEFAULT, LIMIT_MAX};
use serde::Deserialize;
use utoipa::IntoParams;

/// The longest cursor, in bytes; those that lists give out are shorter.
pub const CURSOR_BYTES_MAX: usize = 1024;

/// `?limit=&cursor=`, the whole query of a list. One with parameters of its own lists these two among them: serde's
/// `flatten` would let unknown parameters pass.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// Items in the page, 50 by default.
    #[garde(range(min = 1, max = LIMIT_MAX))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// `nextCursor` of the page before.
    #[garde(length(max = CURSOR_BYTES_MAX))]
    #[param(max_length = 1024)]
    cursor: Option<String>,
}

impl Paging {
    /// Returns how many items at the most.
    pub fn limit(&self) -> usize {
        self.limit.unwrap_or(LIMIT_DEFAULT)
    }

    /// Returns the place after which the page begins; none is the beginning.
    pub fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use axum::extract::FromRequestParts as _;
    use kernel::Fault;

    use super::*;
    use crate::Query;

    async fn read(query: &str) -> Result<Paging, Fault> {
        let (mut parts, ()) = http::Request::get(format!("/list?{query}"))
            .body(())
            .unwrap()
            .into_parts();
        let read = Query::<Paging>::from_request_parts(&mut parts, &()).await;
        read.map(|Query(paging)| paging).map_err(|problem| problem.0)
    }

    #[tokio::test]
    async fn a_page_has_fifty_items_from_the_beginning_unless_the_caller_says_otherwise() {
        let plain = read("").await.unwrap();
        assert_eq!((plain.limit(), plain.cursor()), (50, None));
        let told = read("cursor=abc&limit=100").await.unwrap();
        assert_eq!((told.limit(), told.cursor()), (100, Some("abc")));
    }

    #[tokio::test]
    async fn what_is_out_of_bounds_or_unknown_is_invalid_and_named() {
        let long = format!("cursor={}", "x".repeat(CURSOR_BYTES_MAX + 1));
        for (query, field) in [
            ("limit=0", "limit"),
            ("limit=101", "limit"),
            ("limit=-1", "limit"),
            ("limit=many", "limit"),
            (&*long, "cursor"),
            ("page=2", "page"),
        ] {
            let fault = read(query).await.unwrap_err();
            assert_eq!(fault.kind.status(), 422, "{query}");
            assert_eq!(fault.fields[0].field, field, "{query}: {fault:?}");
        }
    }
}
