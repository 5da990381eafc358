//! Owns the scripts that run in the server, each as one step nobody sees half of. Each touches one key, so that any
//! node of a cluster can run it, and takes the time from the server. Refuses to know the names of keys.

use ::redis::Script;

/// All scripts, with their digests.
pub(super) struct Scripts {
    pub add: Script,
    pub lease: Script,
    pub renew: Script,
    pub release: Script,
    pub spend: Script,
    pub claim_due: Script,
    pub join: Script,
    pub leave: Script,
    pub members: Script,
    pub push: Script,
}

impl Default for Scripts {
    fn default() -> Self {
        Self {
            add: Script::new(include_str!("add.lua")),
            lease: Script::new(include_str!("lease.lua")),
            renew: Script::new(include_str!("renew.lua")),
            release: Script::new(include_str!("release.lua")),
            spend: Script::new(include_str!("spend.lua")),
            claim_due: Script::new(include_str!("claim_due.lua")),
            join: Script::new(include_str!("join.lua")),
            leave: Script::new(include_str!("leave.lua")),
            members: Script::new(include_str!("members.lua")),
            push: Script::new(include_str!("push.lua")),
        }
    }
}
