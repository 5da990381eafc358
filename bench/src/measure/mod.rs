//! Owns the seven measures. Refuses to know each other: a measure can be run alone.

pub mod audit;
pub mod bus_alone;
pub mod calls;
pub mod cluster;
pub mod cluster_tables;
pub mod contenders;
pub mod crowd;
pub mod fanout;
pub mod fanout_tables;
pub mod gateway;
pub mod group;
pub mod hall;
pub mod idle;
pub mod ledger;
pub mod live;
pub mod rivals;
pub mod rivals_tables;
pub mod sender;
pub mod sends;
pub mod start;
