//! Erases a person: what is theirs goes, and they vanish from what is others'. And silences one who is banned.

use kernel::{Fault, UserId};
use mail::Which;
use store::{Query, StoreError};

use super::App;
use crate::domain::subject::of_user;
use crate::repo::CHUNK;

impl App {
    /// Removes all ways on which `user` hears anything outside the app: devices, what waits to be sent, and with the wishes their digests.
    pub(crate) async fn silence(&self, user: UserId) -> Result<(), StoreError> {
        self.repo.drop_devices_of(user).await?;
        self.repo.preferences.delete(user).await?;
        self.repo.drop_queued_of(user).await
    }

    /// Erases `user`. May be begun again.
    pub(crate) async fn erase(&self, user: UserId) -> Result<(), Fault> {
        let repo = &self.repo;
        repo.note_gone(user).await?;
        loop {
            let items = repo.items.find(Query::on("owner").eq(user).limit(CHUNK)).await?;
            if items.is_empty() {
                break;
            }
            let ids = items.iter().map(|item| item.id.to_string()).collect();
            repo.items.delete_many(ids).await?;
        }
        self.silence(user).await?;
        // Letters are named after their person.
        self.mailer
            .forget(Which::Ids(&user.to_string()))
            .await
            .map_err(Fault::internal)?;
        Ok(repo.forget(&of_user(user), None).await?)
    }
}
