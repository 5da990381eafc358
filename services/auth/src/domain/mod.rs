//! Owns auth's things and decisions. Refuses to wait for anything: all of it is pure.

pub(crate) mod account;
pub(crate) mod letter;
pub(crate) mod login;
pub(crate) mod password;
pub(crate) mod refresh_token;
pub(crate) mod session;
pub(crate) mod signing_key;
pub(crate) mod totp;
