//! feed over HTTP.
