//! Erases a person: what is theirs goes, and they vanish from what is others'.

use kernel::{Fault, UserId};
use store::Query;

use super::App;
use crate::domain::subject::of_user;
use crate::repo::CHUNK;

impl App {
    /// Erases `user`. May be begun again.
    pub(crate) async fn erase(&self, user: UserId) -> Result<(), Fault> {
        let repo = &self.repo;
        repo.note_gone(user).await?;
        repo.drop_devices_of(user).await?;
        repo.preferences.delete(user).await?;
        loop {
            let items = repo.items.find(Query::on("owner").eq(user).limit(CHUNK)).await?;
            if items.is_empty() {
                break;
            }
            for item in items {
                repo.items.delete(item.id).await?;
            }
        }
        repo.drop_queued_of(user).await?;
        Ok(repo.forget(&of_user(user), None).await?)
    }
}
