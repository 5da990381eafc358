//! Owns the use cases: each file does one thing that touches the hub and another service. Refuses to know HTTP.

pub(crate) mod authenticate;
pub(crate) mod catch_up;
pub(crate) mod check_rooms;
pub(crate) mod drain;
pub(crate) mod follow_rooms;
pub(crate) mod hear_live;
pub(crate) mod issue_ticket;
pub(crate) mod keep_time;
pub(crate) mod load_rooms;
pub(crate) mod perform;
pub(crate) mod repair_room;
pub(crate) mod resync;
pub(crate) mod serve_socket;
pub(crate) mod serve_stream;
pub(crate) mod show_presence;

use std::sync::Arc;

use crate::Deps;
use crate::config::Config;
use crate::conn::Conn;
use crate::hub::Hub;

/// The running gateway.
pub(crate) struct App {
    /// What it asks of others.
    pub(crate) deps: Deps,
    /// Who is connected.
    pub(crate) hub: Hub,
    /// Reads of the store that several readers share.
    pub(crate) reads: catch_up::Reads,
    /// This process's name among the replicas.
    pub(crate) replica: String,
}

impl App {
    /// Begins with nobody connected.
    pub(crate) fn new(deps: Deps) -> Arc<Self> {
        let hub = Hub::new(deps.ambient.clone(), deps.config.clone());
        let replica = deps.ambient.token::<12>();
        Arc::new(Self {
            deps,
            hub,
            reads: catch_up::Reads::default(),
            replica,
        })
    }

    /// Returns the settings.
    pub(crate) fn config(&self) -> &Config {
        &self.deps.config
    }

    /// Opens a connection that is removed from everywhere when the returned guard is dropped.
    pub(crate) fn open(self: &Arc<Self>) -> Present {
        Present {
            app: self.clone(),
            conn: self.hub.open(),
        }
    }
}

/// Keeps a connection known for as long as it lives, however its task ends.
pub(crate) struct Present {
    app: Arc<App>,
    /// The connection.
    pub(crate) conn: Arc<Conn>,
}

impl Present {
    /// Takes the connection out of everything; it only has to be closed yet.
    pub(crate) fn leave(&self) {
        if let Some(user) = self.app.hub.leave(&self.conn)
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(show_presence::went_away(self.app.clone(), user));
        }
    }
}

impl Drop for Present {
    fn drop(&mut self) {
        self.leave();
        self.app.hub.close(&self.conn);
    }
}
