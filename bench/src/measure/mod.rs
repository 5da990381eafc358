//! Owns the five measures. Refuses to know each other: a measure can be run alone.

pub mod audit;
pub mod fanout;
pub mod fanout_tables;
pub mod gateway;
pub mod hall;
pub mod idle;
pub mod ledger;
pub mod sender;
pub mod sends;
pub mod start;
