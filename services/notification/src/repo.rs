//! Owns the documents: items, preferences, devices, pushes, letters, and who is gone. Refuses to decide what is told to whom.

mod devices;
mod items;
mod queues;

use std::sync::Arc;

use kernel::{Ambient, UserId};
use store::{Collection, Spec, Store, StoreError};

use crate::config::Config;
use crate::domain::device::Device;
use crate::domain::gone::GoneDoc;
use crate::domain::item::Item;
use crate::domain::letter::Letter;
use crate::domain::preferences::Preferences;
use crate::domain::push::Push;

/// Every collection of the service, for whoever moves or counts all of its documents.
pub const COLLECTIONS: &[Spec] = &[
    Spec::of::<Item>(),
    Spec::of::<Preferences>(),
    Spec::of::<Device>(),
    Spec::of::<Push>(),
    Spec::of::<Letter>(),
    Spec::of::<GoneDoc>(),
];

/// Documents that are read at once.
pub(crate) const CHUNK: usize = 200;

/// The documents, with the time and the settings that steps need.
pub(crate) struct Repo {
    pub(crate) items: Collection<Item>,
    pub(crate) preferences: Collection<Preferences>,
    pub(crate) devices: Collection<Device>,
    pub(crate) pushes: Collection<Push>,
    pub(crate) letters: Collection<Letter>,
    pub(crate) gone: Collection<GoneDoc>,
    pub(crate) ambient: Ambient,
    pub(crate) config: Config,
}

impl Repo {
    pub(crate) async fn open(store: &Arc<dyn Store>, ambient: Ambient, config: Config) -> Result<Self, StoreError> {
        Ok(Self {
            items: Collection::open(store).await?,
            preferences: Collection::open(store).await?,
            devices: Collection::open(store).await?,
            pushes: Collection::open(store).await?,
            letters: Collection::open(store).await?,
            gone: Collection::open(store).await?,
            ambient,
            config,
        })
    }

    /// Returns a person's wishes.
    pub(crate) async fn preferences_of(&self, user: UserId) -> Result<Preferences, StoreError> {
        let kept = self.preferences.get(user).await?;
        Ok(kept.unwrap_or_else(|| Preferences::usual(user)))
    }

    /// Notes that an account was erased, before anything of it is removed: whoever writes afterwards sees it.
    pub(crate) async fn note_gone(&self, id: UserId) -> Result<(), StoreError> {
        match self.gone.insert(&GoneDoc { id }, Vec::new()).await {
            Err(StoreError::Unique { .. }) => Ok(()),
            noted => noted,
        }
    }

    /// Returns those of `people` (at most 1,001) whose accounts were erased.
    pub(crate) async fn gone_of(&self, people: &[UserId]) -> Result<Vec<UserId>, StoreError> {
        let keys: Vec<String> = people.iter().map(ToString::to_string).collect();
        Ok(self
            .gone
            .get_many(&keys)
            .await?
            .into_iter()
            .map(|gone| gone.id)
            .collect())
    }
}
