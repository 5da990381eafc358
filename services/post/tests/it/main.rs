//! stub
#![expect(clippy::unwrap_used, reason = "tests")]
#[test] fn stub(){ Some(1).unwrap(); }
