//! payments over HTTP.
