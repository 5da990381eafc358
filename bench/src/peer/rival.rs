//! Owns the gateways that the product's is measured against: obtained by `bench/peers/obtain.sh`, configured by what lies in
//! `bench/peers`, started on loopback with an environment of their own. Refuses to know the loads.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{
    http::{Connection, request},
    process::{Placement, Server, free_address},
    rig::{Rig, write},
    tree,
};

const OBTAIN: &str = "bench/peers/obtain.sh";
const NGINX_CONFIG: &str = "bench/peers/nginx.conf";
const LITELLM_CONFIGS: &str = "bench/peers/litellm";
/// The master key in `governed.yaml`.
pub const LITELLM_KEY: &str = "sk-bench-master";
/// What LiteLLM is told beside its file: its advice for production, nothing to be fetched from elsewhere, and as many connections
/// to one upstream as there are streams (500 a worker otherwise).
const LITELLM_ENVIRONMENT: [(&str, &str); 7] = [
    ("LITELLM_MODE", "PRODUCTION"),
    ("LITELLM_LOG", "ERROR"),
    ("LITELLM_LOCAL_MODEL_COST_MAP", "True"),
    ("LITELLM_LOCAL_BLOG_POSTS", "True"),
    ("LITELLM_LOCAL_POLICY_TEMPLATES", "True"),
    ("AIOHTTP_CONNECTOR_LIMIT", "0"),
    ("AIOHTTP_CONNECTOR_LIMIT_PER_HOST", "0"),
];
/// Python imports for long: some 8 s of a CPU for each process.
const READY_WITHIN: Duration = Duration::from_secs(300);
/// Started is who has used less than this share of a CPU for so long.
const RESTING: f64 = 0.1;
const RESTING_FOR: Duration = Duration::from_millis(700);
const POLL: Duration = Duration::from_millis(20);

/// A gateway of others.
#[derive(Clone, Copy)]
pub enum Rival {
    Nginx,
    LiteLlm { workers: usize, is_governed: bool },
}

/// Where its program is and which version it has.
#[derive(Clone)]
pub struct Program {
    path: PathBuf,
    pub version: String,
}

/// Obtains `nginx` or `litellm`, or says why it cannot be had.
pub fn obtain(name: &str) -> Result<std::result::Result<Program, String>> {
    let output = Command::new(OBTAIN)
        .arg(name)
        .output()
        .with_context(|| format!("cannot run {OBTAIN}"))?;
    let last = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        text.trim().lines().last().unwrap_or_default().to_owned()
    };
    if !output.status.success() {
        return Ok(Err(last(&output.stderr)));
    }
    let path = PathBuf::from(last(&output.stdout));
    let told = match name {
        "nginx" => Command::new(&path).arg("-v").output()?.stderr,
        _ => {
            let python = path.with_file_name("python");
            let ask = "import importlib.metadata as m; print('LiteLLM', m.version('litellm'))";
            Command::new(python).args(["-c", ask]).output()?.stdout
        }
    };
    let version = last(&told).replace("nginx version: ", "").replace('/', " ");
    Ok(Ok(Program { path, version }))
}

impl Rival {
    /// Returns what it is called in the results.
    pub fn name(self) -> String {
        match self {
            Self::Nginx => "nginx".to_owned(),
            Self::LiteLlm { workers, is_governed } => {
                let governed = if is_governed { ", governed" } else { "" };
                let s = if workers == 1 { "" } else { "s" };
                format!("LiteLLM, {workers} worker{s}{governed}")
            }
        }
    }

    /// Starts it in front of `upstream` and waits until it answers and has come to rest.
    pub async fn start(self, rig: &Rig, program: &Program, upstream: SocketAddr) -> Result<Server> {
        let addr = free_address()?;
        let dir = rig.fresh_dir(&format!("rival-{}", addr.port()))?;
        let mut command = match self {
            Self::Nginx => nginx(program, &dir, addr, upstream)?,
            Self::LiteLlm { workers, is_governed } => litellm(program, addr, workers, is_governed)?,
        };
        // Nothing of this machine's: no proxies, no keys, no database.
        command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", &dir);
        if matches!(self, Self::LiteLlm { .. }) {
            command.env("BENCH_UPSTREAM", format!("http://{upstream}/v1"));
            command.envs(LITELLM_ENVIRONMENT);
        }
        command.current_dir(&dir);
        let log = dir.with_extension("log");
        let mut server = Server::spawn(&self.name(), &mut command, addr, &log, Placement::Free)?;
        self.wait_until_ready(&mut server)
            .await
            .with_context(|| format!("see {}", log.display()))?;
        Ok(server)
    }

    async fn wait_until_ready(self, server: &mut Server) -> Result<()> {
        let deadline = Instant::now() + READY_WITHIN;
        let late = |name: &str| format!("{name} is not ready within {READY_WITHIN:?}");
        let probe = request("GET", "/health/liveliness", server.addr, None, None);
        loop {
            server.check_alive()?;
            // nginx passes the question on, and the upstream answers everything.
            if let Ok(mut connection) = Connection::open(server.addr).await
                && let Ok(reply) = connection.send(&probe).await
                && reply.status == 200
            {
                break;
            }
            if Instant::now() > deadline {
                bail!(late(&server.name));
            }
            tokio::time::sleep(POLL).await;
        }
        // One worker may answer while the other still imports.
        loop {
            let pids = server.tree()?;
            let before = tree::cpu(&pids)?;
            tokio::time::sleep(RESTING_FOR).await;
            if server.tree()? == pids && (tree::cpu(&pids)? - before).div_duration_f64(RESTING_FOR) < RESTING {
                return Ok(());
            }
            if Instant::now() > deadline {
                bail!("{}: it does not come to rest", late(&server.name));
            }
        }
    }
}

fn nginx(program: &Program, dir: &Path, addr: SocketAddr, upstream: SocketAddr) -> Result<Command> {
    let config = std::fs::read_to_string(NGINX_CONFIG)
        .with_context(|| format!("cannot read {NGINX_CONFIG}"))?
        .replace("@LISTEN@", &addr.to_string())
        .replace("@UPSTREAM@", &upstream.to_string());
    std::fs::create_dir_all(dir.join("temp"))?;
    let file = dir.join("nginx.conf");
    write(&file, &config)?;
    let mut command = Command::new(&program.path);
    command.args(["-e", "stderr", "-p"]).arg(dir).arg("-c").arg(file);
    Ok(command)
}

fn litellm(program: &Program, addr: SocketAddr, workers: usize, is_governed: bool) -> Result<Command> {
    let name = if is_governed { "governed.yaml" } else { "bare.yaml" };
    let config = std::path::absolute(Path::new(LITELLM_CONFIGS).join(name))?;
    let mut command = Command::new(&program.path);
    command.arg("--config").arg(config);
    command.args(["--host", "127.0.0.1", "--port", &addr.port().to_string()]);
    command.args(["--num_workers", &workers.to_string()]);
    // A worker that still imports answers no ping, and would be ended after 5 s and begun again, for ever on a busy machine.
    command.args(["--timeout_worker_healthcheck", "120"]);
    // Connections that wait for their segment would be closed after 5 s.
    command.args(["--keepalive_timeout", "75"]);
    Ok(command)
}
