//! Owns who takes part in the measure of gateways: started, with the requests that each understands, and what "governed"
//! means for it, proven. Refuses to know loads and numbers.

use std::{net::SocketAddr, path::Path, rc::Rc, time::Duration};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::calls::Route;
use crate::{
    aichat::{self, Person},
    http::Connection,
    peer::rival::{LITELLM_KEY, Program, Rival, obtain},
    process::{Placement, Server},
    rig::{Rig, write},
    tree,
};

const MODEL: &str = "scripted-1";
/// Two more models of `governed.yaml` and what they prove: one call a minute, and next to no money.
const LIMITED: &str = "scripted-limited";
const POOR: &str = "scripted-poor";
/// What a governed key of ours may use: so much that nothing is ever refused.
const BUDGET_MICROS: u64 = 1_000_000_000_000;
const REQUESTS_PER_MINUTE: u64 = 100_000;
const TOKENS_PER_MINUTE: u64 = 100_000_000;
const LITELLM_GOVERNED: &str = "LiteLLM, governed";
/// Calls until a limit must have acted, and the pause between them: LiteLLM counts money a moment after the call.
const PROBES_MAX: usize = 20;
const PROBE_PAUSE: Duration = Duration::from_millis(100);

/// One who takes part.
pub struct Contender {
    pub name: String,
    pub route: Rc<Route>,
    /// The processes of the server; none for the direct call.
    pub pids: Vec<u32>,
    pub is_ours: bool,
    pub is_governed: bool,
}

/// All who take part, and their servers, which stop when dropped.
pub struct Field {
    pub upstream: Server,
    pub servers: Vec<Server>,
    pub contenders: Vec<Contender>,
    /// Who is not there and why, and what governed means for those who are; a sentence each.
    pub notes: Vec<String>,
    pub versions: Vec<String>,
    programs: Vec<(Rival, Program)>,
}

impl Field {
    /// Starts everybody; LiteLLM once for each number of workers, and once more without keys.
    pub async fn start(rig: &Rig, people: usize, workers: &[usize], upstream: Server) -> Result<Self> {
        let direct = Contender {
            name: "direct".to_owned(),
            route: Rc::new(Route::new(upstream.addr, MODEL, vec!["sk-nobody".to_owned()])),
            pids: Vec::new(),
            is_ours: false,
            is_governed: false,
        };
        let mut field = Self {
            upstream,
            servers: Vec::new(),
            contenders: vec![direct],
            notes: Vec::new(),
            versions: Vec::new(),
            programs: Vec::new(),
        };
        field.add_ours(rig, people).await?;
        field.find_rivals(workers)?;
        for (rival, program) in field.programs.clone() {
            field.add_rival(rig, rival, &program).await?;
        }
        Ok(field)
    }

    /// Returns those whose memory is measured, each of which can be started alone.
    pub fn rivals(&self) -> impl Iterator<Item = (Rival, &Program)> {
        let is_typical = |rival: Rival| !matches!(rival, Rival::LiteLlm { is_governed: false, .. });
        let all = self.programs.iter().map(|(rival, program)| (*rival, program));
        all.filter(move |(rival, _)| is_typical(*rival))
    }

    /// Stops everybody but the upstream.
    pub async fn stop(&mut self) -> Result<()> {
        for server in self.servers.drain(..) {
            server.stop().await?;
        }
        Ok(())
    }

    fn find_rivals(&mut self, workers: &[usize]) -> Result<()> {
        match obtain("nginx")? {
            Ok(program) => self.programs.push((Rival::Nginx, program)),
            Err(reason) => self.skip("nginx", &reason),
        }
        match obtain("litellm")? {
            Ok(program) => {
                let bare = workers.first().map(|&workers| (workers, false));
                for (workers, is_governed) in bare.into_iter().chain(workers.iter().map(|&workers| (workers, true))) {
                    let rival = Rival::LiteLlm { workers, is_governed };
                    self.programs.push((rival, program.clone()));
                }
            }
            Err(reason) => self.skip("LiteLLM", &reason),
        }
        Ok(())
    }

    fn skip(&mut self, name: &str, reason: &str) {
        eprintln!("SKIP {name}: {reason}");
        self.notes.push(format!("Skipped: {name}: {reason}."));
    }

    async fn add_ours(&mut self, rig: &Rig, people: usize) -> Result<()> {
        let (server, mut refusal) = start_ours(rig, "rivals", self.upstream.addr).await?;
        let people = aichat::sign_up(server.addr, people).await?;
        let bare = bare_keys(server.addr, &people).await?;
        let governed = match &refusal {
            None => governed_keys(server.addr, &people).await?,
            Some(_) => Err(String::new()),
        };
        let mut keys = vec![(false, bare)];
        match governed {
            Ok(governed) => keys.push((true, governed)),
            Err(reason) => refusal = refusal.or(Some(reason)),
        }
        for (is_governed, keys) in keys {
            self.contenders.push(Contender {
                name: if is_governed { "ours, governed" } else { "ours" }.to_owned(),
                route: Rc::new(Route::new(server.addr, &format!("local/{MODEL}"), keys)),
                pids: vec![server.pid()],
                is_ours: true,
                is_governed,
            });
        }
        self.notes.push(match refusal {
            Some(reason) => {
                eprintln!("SKIP ours, governed: {reason}");
                format!("Ours is not governed: {reason}. A key was still looked up and checked for every call, and every call metered.")
            }
            None => prove_ours(server.addr, people.first().context("nobody signed up")?).await?,
        });
        self.servers.push(server);
        Ok(())
    }

    async fn add_rival(&mut self, rig: &Rig, rival: Rival, program: &Program) -> Result<()> {
        let server = rival.start(rig, program, self.upstream.addr).await?;
        let is_governed = matches!(rival, Rival::LiteLlm { is_governed: true, .. });
        if !self.versions.contains(&program.version) {
            self.versions.push(program.version.clone());
        }
        let is_litellm = matches!(rival, Rival::LiteLlm { .. });
        if is_litellm && is_governed && !self.notes.iter().any(|note| note.starts_with(LITELLM_GOVERNED)) {
            self.notes.push(prove_litellm(server.addr).await?);
        }
        eprintln!("  {} is up", server.name);
        self.contenders.push(Contender {
            name: rival.name(),
            route: Rc::new(rival_route(server.addr)),
            pids: server.tree()?,
            is_ours: false,
            is_governed,
        });
        self.servers.push(server);
        Ok(())
    }
}

impl Contender {
    /// Returns the CPU time of its server so far.
    pub fn cpu(&self) -> Result<Duration> {
        tree::cpu(&self.pids).with_context(|| format!("{} has lost a process", self.name))
    }
}

/// Returns calls as a rival takes them.
pub fn rival_route(addr: SocketAddr) -> Route {
    Route::new(addr, MODEL, vec![LITELLM_KEY.to_owned()])
}

/// Returns calls as ours takes them, with keys of so many people.
pub async fn our_route(addr: SocketAddr, people: usize) -> Result<Route> {
    let people = aichat::sign_up(addr, people).await?;
    Ok(Route::new(
        addr,
        &format!("local/{MODEL}"),
        bare_keys(addr, &people).await?,
    ))
}

/// Starts the product in front of `upstream`; with prices where it knows them, else it says that it does not.
pub async fn start_ours(rig: &Rig, name: &str, upstream: SocketAddr) -> Result<(Server, Option<String>)> {
    let provider = provider(upstream);
    let prices = format!(
        "\n[[ai.prices]]\nmodel = \"local/{MODEL}\"\npromptMicrosPerMillion = 150000\ncompletionMicrosPerMillion = 600000\n"
    );
    let dir = rig.fresh_dir(name)?;
    let config = dir.with_extension("toml");
    write(&config, &format!("{provider}{prices}"))?;
    match aichat::start(rig, &dir, Placement::Free, Some(&config)).await {
        Ok(server) => Ok((server, None)),
        Err(error) if log_of(&dir).contains("prices") => {
            write(&config, &provider)?;
            let server = aichat::start(rig, &rig.fresh_dir(name)?, Placement::Free, Some(&config)).await;
            Ok((
                server.with_context(|| format!("without prices, after: {error:#}"))?,
                Some("the product's configuration knows no prices".to_owned()),
            ))
        }
        Err(error) => Err(error),
    }
}

/// Returns the configuration of one provider.
pub fn provider(upstream: SocketAddr) -> String {
    format!(
        "[[ai.providers]]\nname = \"local\"\ndialect = \"openai\"\nbaseUrl = \"http://{upstream}/v1\"\napiKey = \"sk-upstream\"\nmodels = [\"{MODEL}\"]\n"
    )
}

fn log_of(dir: &Path) -> String {
    std::fs::read_to_string(dir.with_extension("log")).unwrap_or_default()
}

async fn bare_keys(addr: SocketAddr, people: &[Person]) -> Result<Vec<String>> {
    let mut keys = Vec::new();
    for person in people {
        keys.push(aichat::create_key(addr, person).await?);
    }
    Ok(keys)
}

async fn governed_keys(addr: SocketAddr, people: &[Person]) -> Result<std::result::Result<Vec<String>, String>> {
    let mut keys = Vec::new();
    for person in people {
        match governed_key(addr, person, BUDGET_MICROS, REQUESTS_PER_MINUTE).await {
            Ok(key) => keys.push(key),
            Err(error) if error.to_string().contains(" 422 ") => {
                return Ok(Err(format!(
                    "the product refuses a key with a budget and limits ({error})"
                )));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(Ok(keys))
}

async fn governed_key(addr: SocketAddr, owner: &Person, micros: u64, requests: u64) -> Result<String> {
    let body = json!({
        "name": "bench, governed",
        "budget": {"micros": micros, "window": "total"},
        "limits": {"requestsPerMinute": requests, "tokensPerMinute": TOKENS_PER_MINUTE},
    });
    let made = aichat::call(addr, "POST", "/api/ai/keys", Some(&owner.token), Some(body)).await?;
    let key = made
        .get("key")
        .and_then(Value::as_str)
        .context("a key without itself")?;
    Ok(key.to_owned())
}

/// Sees that limits of ours act, so that what is measured is governed.
async fn prove_ours(addr: SocketAddr, owner: &Person) -> Result<String> {
    let model = format!("local/{MODEL}");
    let limited = governed_key(addr, owner, BUDGET_MICROS, 1).await?;
    let poor = governed_key(addr, owner, 1, REQUESTS_PER_MINUTE).await?;
    let (limited, poor) = (
        refusal(addr, &model, &limited, "one request a minute").await?,
        refusal(addr, &model, &poor, "a budget of one millionth").await?,
    );
    Ok(format!(
        "Ours, governed: each person's key has a budget of {BUDGET_MICROS} micros in all, {REQUESTS_PER_MINUTE} requests and {TOKENS_PER_MINUTE} tokens a minute, the model has prices; what a call may cost is reserved before it and settled after it. Seen to act in this run: a key of one request a minute was answered {limited}, one with a budget of one micro {poor}."
    ))
}

/// The same for LiteLLM's.
async fn prove_litellm(addr: SocketAddr) -> Result<String> {
    let (limited, poor) = (
        refusal(addr, LIMITED, LITELLM_KEY, "one request a minute").await?,
        refusal(addr, POOR, LITELLM_KEY, "a budget of one millionth").await?,
    );
    let (unknown, _) = call(addr, MODEL, "sk-unknown").await?;
    Ok(format!(
        "{LITELLM_GOVERNED}: the master key is checked (another key was answered {unknown}), the deployment has prices, requests and tokens a minute that are checked before each call, and a budget a day, all counted in the memory of each worker. Seen to act in this run: a deployment of one request a minute was answered {limited}, one with next to no budget {poor}. Keys of people with budgets of their own need its database and are not measured, so it does less here than ours."
    ))
}

/// Calls until the answer is no longer 200, and returns it in short.
async fn refusal(addr: SocketAddr, model: &str, key: &str, why: &str) -> Result<String> {
    for _ in 0..PROBES_MAX {
        let (status, words) = call(addr, model, key).await?;
        if status != 200 {
            if matches!(status, 402 | 403 | 429) {
                return Ok(status.to_string());
            }
            bail!("{why}: refused with {status}: {words}");
        }
        tokio::time::sleep(PROBE_PAUSE).await;
    }
    bail!("{why} was not refused in {PROBES_MAX} calls")
}

async fn call(addr: SocketAddr, model: &str, key: &str) -> Result<(u16, String)> {
    let mut connection = Connection::open(addr).await?;
    let route = Route::new(addr, model, vec![key.to_owned()]);
    let reply = connection.send(route.next(false)).await?;
    Ok((reply.status, String::from_utf8_lossy(reply.body).into_owned()))
}
