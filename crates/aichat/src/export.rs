//! Owns `aichat export` and `aichat verify`: the way of a whole instance into a file, and the figures of either. Changes
//! nothing that a start would not.

use std::io::ErrorKind;
use std::path::Path;

use anyhow::Context as _;
use kernel::Ambient;

use crate::archive::{End, Reader, Writer};
use crate::cli::{Common, FileArgs, VerifyArgs};
use crate::compose::VERSION;
use crate::config::{Config, Flags};
use crate::holdings::{Holdings, SECRET, Step};
use crate::import;

/// Writes the instance into a file.
pub(crate) fn export(args: FileArgs) -> anyhow::Result<()> {
    let config = configured(args.common)?;
    let end = runtime()?.block_on(write(&config, &args.file))?;
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
        let holdings = Holdings::of_instance(&config).await?;
        let figures = holdings.figures().await;
        holdings.close().await;
        figures
    })?;
    print!("{figures}");
    println!("{} documents", figures.documents());
    Ok(())
}

/// Writes everything that an instance at rest keeps into a new file.
pub(crate) async fn write(config: &Config, path: &Path) -> anyhow::Result<End> {
    import::refuse_unfinished(&config.process.data_dir)?;
    let holdings = Holdings::of_instance(config).await?;
    let written = fill(&holdings, path).await;
    holdings.close().await;
    written
}

async fn fill(holdings: &Holdings, path: &Path) -> anyhow::Result<End> {
    let mut writer = Writer::create(path, VERSION, Ambient::system().now())?;
    for (name, place) in holdings.files() {
        match std::fs::read_to_string(&place) {
            Ok(text) => writer.file(name, &text)?,
            // Not every instance has demo data; all have a secret.
            Err(e) if e.kind() == ErrorKind::NotFound && name != SECRET => {}
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
    writer.finish()
}

/// Reads the configuration that `common` names.
pub(crate) fn configured(common: Common) -> anyhow::Result<Config> {
    Config::load(Flags {
        config: common.config,
        data_dir: common.data_dir,
        ..Flags::default()
    })
}

/// Makes what a command of one thought runs on.
pub(crate) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
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
