//! Pins a message of a room, and takes pins away.

use kernel::UserId;

use crate::app::App;
use crate::app::change_message::Spot;
use crate::error::ChatError;

impl App {
    /// Pins a message that is not deleted.
    pub(crate) async fn pin_message(&self, by: UserId, at: Spot) -> Result<(), ChatError> {
        let view = self.view_for(by, at.room).await?;
        view.room.require_pinning(by)?;
        let message = self
            .repo
            .message(at.room, at.message)
            .await?
            .ok_or(ChatError::NotFound)?;
        message.require_alive()?;
        self.change_room(at.room, by, move |room| room.pin(by, at.message))
            .await
            .map(drop)
    }

    /// Takes a pin away; nothing happens when the message is not pinned.
    pub(crate) async fn unpin_message(&self, by: UserId, at: Spot) -> Result<(), ChatError> {
        let view = self.view_for(by, at.room).await?;
        view.room.require_pinning(by)?;
        self.repo
            .message(at.room, at.message)
            .await?
            .ok_or(ChatError::NotFound)?;
        self.change_room(at.room, by, move |room| room.unpin(by, at.message, false))
            .await
            .map(drop)
    }
}
