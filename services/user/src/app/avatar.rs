//! Owns the picture of a person that is a file of theirs: claimed while it is shown, given back afterwards. Refuses to know
//! what else they have.

use contracts::media::AssetKind;
use kernel::{AssetId, Fault, UserId};

use super::App;
use crate::domain::profile::ProfileDoc;
use crate::error::Error;

/// A change of the picture that is under way.
pub(crate) struct Swap {
    before: Option<AssetId>,
    wanted: Option<AssetId>,
}

impl App {
    /// Claims the file that `url` names, when it names one. `Invalid` on `avatarUrl` when it is no picture, not ready, or another's.
    pub(crate) async fn begin_avatar(&self, user: UserId, url: Option<&str>) -> Result<Swap, Error> {
        let before = self.profiles.active(user).await?.0.avatar_asset();
        let wanted = url.and_then(ProfileDoc::asset_of);
        if let Some(id) = wanted {
            let seen = self.media.views(&[id]).await?;
            let is_picture = seen
                .iter()
                .any(|view| view.kind == AssetKind::Image && view.owner_id == user);
            if !is_picture {
                return Err(Fault::invalid("avatarUrl", "is no picture of yours that is ready").into());
            }
            self.media.claim(user, &[id], &used_by(user)).await?;
        }
        Ok(Swap { before, wanted })
    }

    /// Gives back what is not shown any more: the one before when the profile `took` the new one, else the new one. The profile is as it
    /// is by now, so that a file which cannot be given back is kept for longer than needed, and no more.
    pub(crate) async fn end_avatar(&self, user: UserId, swap: Swap, took: bool) {
        let Swap { before, wanted } = swap;
        let over = if took { before } else { wanted };
        if let Some(id) = over.filter(|_| before != wanted)
            && let Err(e) = self.media.release(&[id], &used_by(user)).await
        {
            tracing::warn!(%user, asset = %id, "a picture that is not shown is not given back: {e}");
        }
    }
}

/// Names a person's picture to media.
fn used_by(user: UserId) -> String {
    format!("avatar:{user}")
}
