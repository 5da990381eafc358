//! Owns the use cases. Refuses to know HTTP on the way in, and how a mail or a push travels on the way out.

pub(crate) mod digests;
pub(crate) mod erase;
pub(crate) mod plan_pushes;
pub(crate) mod read;
pub(crate) mod recheck;
pub(crate) mod send_pushes;
pub(crate) mod send_web;
pub(crate) mod show;
pub(crate) mod tell;
pub(crate) mod verify;

use std::sync::Arc;

use contracts::auth::Accounts;
use contracts::chat::ChatReader;
use contracts::friendship::Relationships;
use contracts::post::Posts;
use contracts::user::UserDirectory;
use ephemeral::Ephemeral;
use mail::Mailer;

use crate::one_click::OneClick;
use crate::push::expo::Expo;
use crate::push::vapid::Vapid;
use crate::push::web_push::WebPush;
use crate::repo::Repo;

/// What handlers, consumers and workers work with.
pub(crate) struct App {
    pub(crate) repo: Repo,
    pub(crate) users: Arc<dyn UserDirectory>,
    pub(crate) relationships: Arc<dyn Relationships>,
    pub(crate) posts: Arc<dyn Posts>,
    pub(crate) chat: Arc<dyn ChatReader>,
    pub(crate) accounts: Arc<dyn Accounts>,
    pub(crate) ephemeral: Arc<dyn Ephemeral>,
    pub(crate) mailer: Arc<dyn Mailer>,
    pub(crate) vapid: Arc<Vapid>,
    pub(crate) one_click: OneClick,
    pub(crate) expo: Expo,
    pub(crate) web_push: WebPush,
}
