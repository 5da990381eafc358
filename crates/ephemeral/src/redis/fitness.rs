//! Owns the question whether a server is fit to be stood on, for `aichat doctor`. Keeps nothing there.

use std::time::Duration;

use ::redis::cmd;

use super::link::Link;
use crate::EphemeralError;

/// What a server says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fitness {
    /// Its version, as it tells it.
    pub version: String,
    /// What it does when its memory is full. All but `noeviction` throws away deadlines, leases and ends of sessions.
    pub eviction: String,
}

/// Asks the server at `url`. Fails when it does not answer within `deadline`.
pub async fn examine(url: &str, deadline: Duration) -> Result<Fitness, EphemeralError> {
    // INFO and not CONFIG GET, which many servers that others run do not allow.
    let link = Link::new(super::client(url)?, deadline)?;
    let info: String = link.again(&cmd("INFO")).await?;
    Ok(read(&info))
}

fn read(info: &str) -> Fitness {
    let field = |name: &str| {
        let told = info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        told.unwrap_or("unknown").trim().to_owned()
    };
    Fitness {
        version: field("redis_version"),
        eviction: field("maxmemory_policy"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_and_eviction_are_read_and_what_is_not_told_is_unknown() {
        let info = "# Server\r\nredis_version:8.2.1\r\n# Memory\r\nmaxmemory_policy:allkeys-lru\r\n";
        let told = Fitness {
            version: "8.2.1".into(),
            eviction: "allkeys-lru".into(),
        };
        assert_eq!(read(info), told);
        assert_eq!(read("").eviction, "unknown");
    }
}
