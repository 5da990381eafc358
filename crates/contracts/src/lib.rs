//! What services say to each other: events, the types in them, and the client trait of each service that others call.
//!
//! One file per service. A trait is implemented by its owner in process; a remote implementation speaks HTTP to the
//! owner; `aichat/compose.rs` picks. Owns no IO and no decision.

pub mod ai_chat_host;
pub mod ai_gateway;
pub mod ai_model_cards;
pub mod auth;
pub mod chat;
pub mod event;
pub mod expiration;
pub mod friendship;
pub mod media;
pub mod notification;
pub mod orders;
pub mod own_data;
pub mod payments;
pub mod post;
pub mod realtime;
pub mod trail;
pub mod user;

pub use event::{Event, EventBody, Topic};
pub use trail::{Trace, Trail};
