//! Owns the conformance suite.
