//! Owns who is gone.

use kernel::UserId;
use store::StoreError;

use super::Repo;
use crate::domain::gone::GoneDoc;

impl Repo {
    /// Notes that an account was erased, before anything of it is removed: whoever writes afterwards sees it.
    pub(crate) async fn note_gone(&self, id: UserId) -> Result<(), StoreError> {
        match self.gone.insert(&GoneDoc { id }, Vec::new()).await {
            Err(StoreError::Unique { .. }) => Ok(()),
            noted => noted,
        }
    }

    /// Returns those of `people` (at most 1,001) whose accounts were erased.
    pub(crate) async fn gone_of(&self, people: &[UserId]) -> Result<Vec<UserId>, StoreError> {
        let ids: Vec<String> = people.iter().map(ToString::to_string).collect();
        let gone = self.gone.get_many(&ids).await?;
        Ok(gone.into_iter().map(|gone| gone.id).collect())
    }
}
