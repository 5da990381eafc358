//! Owns `aichat export` and `aichat verify`: the way of a whole instance into a file, and the figures of either. Changes
//! nothing that a start would not.

use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context as _, bail};
use kernel::Ambient;
use tokio_util::sync::CancellationToken;

use crate::archive::{End, Reader, Writer};
use crate::cli::{Common, FileArgs, VerifyArgs};
use crate::compose::VERSION;
use crate::config::{Config, Flags};
use crate::holdings::{Holdings, SECRET, Step};
use crate::signals::stop_asked;
use crate::target::Target;

/// Writes the instance into a file.
pub(crate) fn export(args: FileArgs) -> anyhow::Result<()> {
    let config = configured(args.common)?;
    let end = runtime()?.block_on(async { write(&config, &args.file, &stop_asked()?).await })?;
    print!("{}", end.collections);
    println!("{} is written: {}", args.file.display(), summary(&end));
    Ok(())
}

/// Prints the figures of the instance, or of a file.
pub(crate) fn verify(args: VerifyArgs) -> anyhow::Result<()> {
    if let Some(path) = &args.file {
        let reader = Reader::open(path)?;
        let head = reader.head().clone();
        let end = reader.finish()?;
        print!("{}", end.collections);
        println!(
            "{} is whole: {}; written by version {} at {}",
            path.display(),
            summary(&end),
            head.product,
            head.at
        );
        return Ok(());
    }
    let config = configured(args.common)?;
    let figures = runtime()?.block_on(async {
        let asked = stop_asked()?;
        let holdings = Holdings::of_instance(&config, "verify").await?;
        let figures = unless_stopped(&asked, async {
            let figures = holdings.figures().await?;
            holdings.claim().require_held().await?;
            anyhow::Ok(figures)
        });
        let figures = figures.await;
        holdings.close().await;
        figures
    })?;
    print!("{figures}");
    println!("{} documents", figures.documents());
    Ok(())
}

/// Writes everything that an instance at rest keeps into a new file. When it is stopped there is no file, and the instance is let go.
pub(crate) async fn write(config: &Config, path: &Path, stop: &CancellationToken) -> anyhow::Result<End> {
    let holdings = Holdings::of_instance(config, "export").await?;
    let written = unless_stopped(stop, fill(&holdings, path)).await;
    holdings.close().await;
    written
}

async fn fill(holdings: &Holdings, path: &Path) -> anyhow::Result<End> {
    let mut writer = Writer::create(path, VERSION, Ambient::system().now())?;
    for (name, place) in holdings.files() {
        match std::fs::read_to_string(place) {
            Ok(text) => writer.file(name, &text)?,
            Err(e) if e.kind() == ErrorKind::NotFound && *name == SECRET => {
                bail!(
                    "the server secret is not in {}: nobody could sign in without it. Name it with [auth] secretFile",
                    place.display()
                )
            }
            // Not every instance has demo data, or keys of added providers.
            Err(e) if e.kind() == ErrorKind::NotFound => {}
            Err(e) => return Err(e).with_context(|| place.display().to_string()),
        }
    }
    holdings
        .walk(|step| match step {
            Step::Collection(of) => {
                writer.collection(of);
                Ok(())
            }
            Step::Document(of, document) => writer.document(of, document),
        })
        .await?;
    holdings.events(|event| writer.event(event)).await?;
    for (topic, group, number) in holdings.given_up().await? {
        eprintln!(
            "left out: {number} or more events of {topic} that {group} had given up and that could be released by hand"
        );
    }
    // The file gets its name only when nobody can have changed anything meanwhile.
    holdings.claim().require_held().await?;
    writer.finish()
}

/// Works until that is done or a stop is asked for, which is a failure.
pub(crate) async fn unless_stopped<T>(
    stop: &CancellationToken,
    work: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    let done = stop.run_until_cancelled(work).await;
    done.context("stopped by a signal")?
}

/// Reads the configuration that `common` names.
pub(crate) fn configured(common: Common) -> anyhow::Result<Config> {
    let mut config = Config::load(Flags {
        config: common.config,
        data_dir: common.data_dir,
        ..Flags::default()
    })?;
    // Whatever a process with this configuration does, an instance moves whole.
    config.process.target = vec![Target::All];
    config.require_deployable()?;
    Ok(config)
}

/// Makes what a command of one thought runs on.
pub(crate) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    // Two: while one reads and writes files, the other shows that this process lives.
    Ok(tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?)
}

/// Says how much a file holds.
pub(crate) fn summary(end: &End) -> String {
    format!(
        "{} documents of {} collections, {} events under way, {} files of state",
        end.collections.documents(),
        end.collections.0.len(),
        end.events,
        end.files
    )
}
