//! Owns whose turn it is: a test that loads the whole machine runs alone. It refuses to know what is tested.

use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

static MACHINE: RwLock<()> = RwLock::const_new(());

/// Waits until nobody else runs, and keeps it so.
pub async fn alone() -> RwLockWriteGuard<'static, ()> {
    MACHINE.write().await
}

/// Waits until nobody runs who must be alone.
pub async fn together() -> RwLockReadGuard<'static, ()> {
    MACHINE.read().await
}
