//! Owns the one cluster of the suite, a fault proxy before each of its processes and servers, and the people in it. It
//! refuses to let two cases run at a time, and heals what a failed one has left.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};

use blackbox::{Actor, DOOR, Instance, Plan, SERVERS, Servers, friends, skip, unique, walk};
use testkit::FaultProxy;
use tokio::runtime::Runtime;

pub struct Stand {
    pub product: Instance,
    pub servers: Servers,
    /// Before each process but the door, and before each server; by name.
    pub links: BTreeMap<String, FaultProxy>,
    pub people: People,
    /// Who approves what is sold.
    pub moderator: Actor,
    /// All processes, those on whom others stand first, the door last.
    names: Vec<String>,
    /// A case has not come to its good end: what it broke may be broken still.
    broken: bool,
}

/// Everybody is a friend of the first sender.
pub struct People {
    pub senders: Vec<Actor>,
    pub readers: Vec<Actor>,
    pub asker: Actor,
    /// Whom the asker blocks and unblocks.
    pub stranger: Actor,
}

struct Shared {
    stand: Mutex<Stand>,
    /// One for everything: proxies, people and cases outlive a single test.
    runtime: Runtime,
}

impl Stand {
    /// Runs a case when it is its turn. Without the servers it is skipped, by name.
    pub fn case(body: impl AsyncFnOnce(&Stand)) {
        static SHARED: LazyLock<Result<Shared, String>> = LazyLock::new(|| Shared::open(None));
        Shared::run(&SHARED, async |stand| body(stand).await);
    }

    /// Runs a case in a cluster that begins as the release before, which `body` is told, with people who are new in it. Without
    /// its binary it is skipped.
    pub fn case_of_two(body: impl AsyncFnOnce(&Stand, &Path)) {
        static SHARED: LazyLock<Result<Shared, String>> = LazyLock::new(|| Shared::open(Some(&previous()?)));
        Shared::run(&SHARED, async |stand| {
            // It takes longer than one is signed in.
            stand.people = People::sign_up(&stand.product).await;
            stand.moderator = stand.moderator.another_device().await;
            body(stand, &previous().unwrap()).await;
        });
    }

    async fn open(binary: Option<&Path>) -> Result<Self, String> {
        if std::env::var("AICHAT_TEST_URL").is_ok() {
            return Err("needs to start and kill processes of its own".to_owned());
        }
        let mut links = BTreeMap::new();
        for name in SERVERS {
            // Where the server is, is known when it is there.
            links.insert(name.to_owned(), FaultProxy::before("127.0.0.1:1").await);
        }
        let at = |links: &BTreeMap<String, FaultProxy>, name: &str| links.get(name).unwrap().address().to_string();
        let servers = Servers::start(Some(&at(&links, "kafka")))?;
        for name in SERVERS {
            links.get(name).unwrap().redirect(servers.address(name));
        }
        let mut plan = Plan::new();
        plan.variable(
            "AICHAT_MONGODB_URL",
            format!("mongodb://{}/?directConnection=true", at(&links, "mongodb")),
        );
        plan.variable("AICHAT_REDIS_URL", format!("redis://{}/", at(&links, "redis")));
        plan.variable("AICHAT_KAFKA_URL", at(&links, "kafka"));
        plan.variable("AICHAT_NATS_URL", format!("nats://{}", at(&links, "nats")));
        if let Some(binary) = binary {
            plan.runs(binary);
        }
        let email = format!("{}@example.com", unique("moderator"));
        for (name, value) in walk::market(&email) {
            plan.variable(&name, value);
        }
        let names = plan.names().to_vec();
        for (name, port) in plan.ports().clone() {
            if name != DOOR {
                let proxy = FaultProxy::before(format!("127.0.0.1:{port}")).await;
                if Self::has_links() {
                    plan.found_at(&name, proxy.address().to_string());
                }
                links.insert(name, proxy);
            }
        }
        let product = plan.start();
        let people = People::sign_up(&product).await;
        let moderator = walk::moderator(&product, &email).await;
        Ok(Self {
            product,
            servers,
            links,
            people,
            moderator,
            names,
            broken: false,
        })
    }

    /// Says whether the services find each other through the proxies. Only for the case that cuts them: a proxy takes a
    /// connection to a process that is gone before it resets it, where the process itself would have refused it.
    pub fn has_links() -> bool {
        std::env::var_os("AICHAT_TEST_LINKS").is_some()
    }

    /// Lists the processes behind the door, those on whom others stand first.
    pub fn processes(&self) -> Vec<&str> {
        let names = self.names.iter().map(String::as_str);
        names.filter(|name| *name != DOOR).collect()
    }

    fn heal(&self) {
        self.links.values().for_each(FaultProxy::heal);
        for name in SERVERS {
            self.servers.up(name);
        }
        self.product.process_start(&self.processes());
        self.product.process_start(&[DOOR]);
    }

    fn show_logs(&self) {
        for name in self.processes().into_iter().chain([DOOR]) {
            println!("--- {name} ---\n{}", self.product.process_log(name, 25));
        }
    }
}

impl Shared {
    fn open(binary: Option<&Path>) -> Result<Self, String> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.map_err(|e| e.to_string())?;
        let stand = runtime.block_on(Stand::open(binary))?;
        Ok(Self {
            stand: Mutex::new(stand),
            runtime,
        })
    }

    fn run(shared: &Result<Self, String>, body: impl AsyncFnOnce(&mut Stand)) {
        let shared = match shared {
            Ok(shared) => shared,
            Err(why) => return skip(why),
        };
        let mut stand = shared.stand.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::replace(&mut stand.broken, true) {
            stand.heal();
        }
        let body = std::panic::AssertUnwindSafe(|| shared.runtime.block_on(body(&mut stand)));
        if let Err(panic) = std::panic::catch_unwind(body) {
            stand.show_logs();
            drop(stand);
            std::panic::resume_unwind(panic);
        }
        stand.broken = false;
    }
}

/// The binary of the release before.
fn previous() -> Result<PathBuf, String> {
    let set = std::env::var_os("AICHAT_PREVIOUS_BIN");
    set.map(PathBuf::from).ok_or_else(|| {
        "needs the release before: `scripts/test.sh upgrade`, or its binary in AICHAT_PREVIOUS_BIN".to_owned()
    })
}

impl People {
    async fn sign_up(product: &Instance) -> Self {
        let names = ["ada", "bob", "cleo", "dan", "stays", "resumes", "reloads", "asks"];
        let mut all = friends(product, names).await.to_vec();
        let asker = all.split_off(7).remove(0);
        let readers = all.split_off(4);
        Self {
            senders: all,
            readers,
            asker,
            stranger: Actor::signup(product, "stranger").await,
        }
    }
}

/// Prints a line of the table, past the capture of the test harness.
pub fn seen(fault: &str, seen: &str) {
    let _ = writeln!(std::io::stderr(), "SEEN | {fault} | {seen} |");
}
