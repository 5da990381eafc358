//! Owns the life of the process: configuration, start, the words on the screen, signals, drain.

use std::io::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use kernel::Ambient;
use tokio_util::sync::CancellationToken;

use crate::cli::RunArgs;
use crate::compose::Product;
use crate::config::{Config, Flags, describe_ai};
use crate::shown::Shown;
use crate::target::Target;
use crate::{demo, signals};

/// How often histograms are folded, so that memory stays bounded when nobody scrapes.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// Runs the product until SIGTERM or Ctrl-C.
pub(crate) fn run(args: RunArgs) -> anyhow::Result<()> {
    let begun = Instant::now();
    let mut config = Config::load(Flags {
        config: args.common.config,
        listen: args.listen,
        data_dir: args.common.data_dir,
        demo_data: args.demo_data,
        target: args.target,
    })?;
    config.require_deployable()?;
    if config.process.demo_data && config.payments.stripe.is_some() {
        anyhow::bail!("demo data brings people whose password everybody knows; it does not go with Stripe");
    }
    if config.process.demo_data && config.is_whole() {
        demo::prepare(&mut config);
    }
    // What is written here is people's messages: for the owner's eyes only, also in a folder that was there before.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    chassis::telemetry::init_logs(&config.process.log, config.process.log_json).map_err(anyhow::Error::msg)?;
    if config.process.demo_data && !config.process.listen.ip().is_loopback() {
        tracing::warn!(
            "demo data: everybody knows the passwords of the demo people, one of whom moderates; do not open this to others"
        );
    }
    chassis::telemetry::init_metrics().map_err(anyhow::Error::msg)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(config, begun))
}

async fn serve(config: Config, begun: Instant) -> anyhow::Result<()> {
    let shared = config.process.share_port;
    let place = chassis::http::take(config.process.listen, shared)
        .with_context(|| format!("cannot listen on {}", config.process.listen))?;
    let shown = Shown::begin(&config)?;
    let ambient = Ambient::system();
    let mut product = Product::open(&config, ambient.clone()).await?;
    let stop = CancellationToken::new();
    let listener = place
        .listen(chassis::http::BACKLOG)
        .with_context(|| format!("cannot listen on {}", config.process.listen))?;
    let address = listener.local_addr()?;
    let (router, stopped) = (product.router.clone(), stop.clone());
    let serving = tokio::spawn(async move {
        match shared {
            true => chassis::http::serve_shared(listener, router, stopped).await,
            false => chassis::http::serve(listener, router, stopped).await,
        }
    });
    let door = config.is_whole() || config.process.has(Target::ApiGateway);
    if config.process.demo_data
        && door
        && let Err(error) = demo::load(&product.router, &config.process.data_dir).await
    {
        tracing::warn!("the demo data is not whole: {error:#}");
    }
    // Before anybody is told that it is ready, and may ask it to stop.
    let asked = signals::stop_asked()?;
    product.supervisor.readiness().set_open(true);
    tracing::info!("ready in {} ms on http://{address}", begun.elapsed().as_millis());
    if door {
        println!("{}", welcome(&config, address).await);
    }
    let upkeep = tokio::spawn(async {
        loop {
            tokio::time::sleep(UPKEEP_EVERY).await;
            chassis::telemetry::upkeep();
        }
    });
    tokio::select! {
        () = asked.cancelled() => {}
        // Nothing is finished: somebody reads or writes what this process would write.
        () = product.lost() => bail!("this process was silent for too long, and the instance is being moved"),
    }
    tracing::info!("stopping; a second signal ends it at once");
    if shared {
        // Another process takes what is new from now on.
        stop.cancel();
    }
    product.supervisor.drain().await;
    stop.cancel();
    serving.await??;
    product.stop().await;
    shown.end().await;
    upkeep.abort();
    tracing::info!("stopped");
    Ok(())
}

async fn welcome(config: &Config, address: std::net::SocketAddr) -> String {
    let mut text = format!("\n  AI Chat Distributed is ready:  http://{address}\n  API:   http://{address}/api/docs\n");
    if config.is_embedded() {
        text.push_str(&format!("  Data:  {}\n", config.process.data_dir.display()));
    }
    // Behind a door in a process of its own, ai-gateway's configuration is elsewhere.
    if config.is_whole() {
        text.push_str(&format!("  AI:    {}\n", describe_ai(&config.ai)));
        if config.payments.test_is_on() {
            text.push_str("  Money: the built-in test provider: no real money moves\n");
        }
    }
    if config.is_whole() && config.ai.is_demo() {
        for found in ai_gateway::probe_local_servers().await {
            text.push_str(&format!("         A model server answers at {found}; name it in [[ai.providers]] to use it (docs/aichat.toml).\n"));
        }
    }
    if config.process.demo_data {
        text.push_str(&demo::sign_ins());
    }
    text
}

/// Prints the OpenAPI document, from services opened on an empty temporary folder: all routes, those of the built-in test provider too.
pub(crate) fn print_openapi() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let dir = std::env::temp_dir().join(format!("aichat-openapi-{}", std::process::id()));
    let printed = runtime.block_on(async {
        let flags = Flags {
            data_dir: Some(dir.clone()),
            ..Flags::default()
        };
        let mut config = Config::from_parts(flags, &std::collections::BTreeMap::new())?;
        config.payments.test.enabled = Some(true);
        let product = Product::open(&config, Ambient::system()).await?;
        let document: serde_json::Value = serde_json::from_slice(&product.openapi)?;
        // A reader that has seen enough is no failure of ours.
        let _ = writeln!(std::io::stdout(), "{document:#}");
        product.supervisor.stop().await;
        Ok(())
    });
    std::fs::remove_dir_all(&dir).ok();
    printed
}
