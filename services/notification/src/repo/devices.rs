//! Devices in the store.

use kernel::{DeviceId, SessionId, UserId};
use store::{Change, Query, StoreError};

use super::{CHUNK, Repo};
use crate::domain::device::{Device, FAILURES_MAX};

impl Repo {
    /// Returns a person's devices, the oldest first.
    pub(crate) async fn devices_of(&self, user: UserId) -> Result<Vec<Device>, StoreError> {
        self.devices.find(Query::on("owner").eq(user).limit(CHUNK)).await
    }

    /// Keeps a device; one that was somebody else's is the new one's alone. Beyond the bound the oldest go.
    pub(crate) async fn keep_device(&self, device: &Device) -> Result<Device, StoreError> {
        let kept = match self.devices.insert(device, Vec::new()).await {
            Err(StoreError::Unique { .. }) => {
                let renew = |old: Device| {
                    let created_at = if old.user_id == device.user_id {
                        old.created_at
                    } else {
                        device.created_at
                    };
                    let next = Device {
                        created_at,
                        ..device.clone()
                    };
                    Ok::<_, StoreError>(Change::Put(next.clone(), Vec::new(), next))
                };
                self.devices.update(device.id, renew).await?
            }
            inserted => inserted.map(|()| None)?,
        };
        let all = self.devices_of(device.user_id).await?;
        let most = usize::try_from(self.config.devices_max).unwrap_or(usize::MAX);
        let over = all.len().saturating_sub(most);
        if over == 0 {
            return Ok(kept.unwrap_or_else(|| device.clone()));
        }
        let oldest = all.iter().filter(|d| d.id != device.id).take(over);
        self.devices
            .delete_many(oldest.map(|d| d.id.to_string()).collect())
            .await?;
        Ok(kept.unwrap_or_else(|| device.clone()))
    }

    /// Removes a device if it is still this person's; tells whether it was.
    pub(crate) async fn drop_device(&self, id: DeviceId, user: UserId) -> Result<bool, StoreError> {
        let remove = |device: Device| {
            Ok::<_, StoreError>(if device.user_id == user {
                Change::Remove(Vec::new(), true)
            } else {
                Change::Keep(false)
            })
        };
        Ok(self.devices.update(id, remove).await?.unwrap_or(false))
    }

    /// Notes that a push reached a person's device.
    pub(crate) async fn device_works(&self, (id, user): (DeviceId, UserId)) -> Result<(), StoreError> {
        let reset = |device: Device| {
            if device.user_id != user || device.failures == 0 {
                return Ok(Change::Keep(()));
            }
            Ok::<_, StoreError>(Change::Put(Device { failures: 0, ..device }, Vec::new(), ()))
        };
        self.devices.update(id, reset).await.map(drop)
    }

    /// Counts a push that failed for a person's device, which goes with the last that it may fail; tells whether it went.
    pub(crate) async fn device_failed(&self, (id, user): (DeviceId, UserId)) -> Result<bool, StoreError> {
        let count = |mut device: Device| {
            if device.user_id != user {
                return Ok(Change::Keep(false));
            }
            device.failures += 1;
            Ok::<_, StoreError>(if device.failures >= FAILURES_MAX {
                Change::Remove(Vec::new(), true)
            } else {
                Change::Put(device, Vec::new(), false)
            })
        };
        Ok(self.devices.update(id, count).await?.unwrap_or(false))
    }

    /// Removes the devices that were registered on a session.
    pub(crate) async fn drop_devices_of_session(&self, session: SessionId) -> Result<(), StoreError> {
        let query = Query::on("session").eq(session).limit(CHUNK);
        let found = self.devices.find(query).await?;
        if found.is_empty() {
            return Ok(());
        }
        self.devices
            .delete_many(found.iter().map(|d| d.id.to_string()).collect())
            .await
    }

    /// Removes all devices of a person.
    pub(crate) async fn drop_devices_of(&self, user: UserId) -> Result<(), StoreError> {
        loop {
            let devices = self.devices_of(user).await?;
            if devices.is_empty() {
                return Ok(());
            }
            self.devices
                .delete_many(devices.iter().map(|d| d.id.to_string()).collect())
                .await?;
        }
    }
}
