//! Owns the command line's words.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::target::Target;

/// AI Chat Distributed: people and AI agents in the same rooms.
#[derive(Parser)]
#[command(version, about)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Start the product, or the services named with --target.
    Run(RunArgs),
    /// List the services that --target takes, and what each needs.
    Targets,
    /// Check configuration and data, and say what is wrong and what to do.
    Doctor(DoctorArgs),
    /// Ask the process that listens on this machine whether it is ready; fails when it is not.
    Healthcheck(HealthcheckArgs),
    /// Print the OpenAPI document of the whole product.
    Openapi,
    /// Write everything that the stopped instance keeps into one file, its secrets included.
    Export(FileArgs),
    /// Bring an exported instance into an empty one.
    Import(FileArgs),
    /// Count and sum up all documents of the stopped instance, or of an export.
    Verify(VerifyArgs),
}

/// Where the configuration comes from; flags win over AICHAT_* variables, these over the file.
#[derive(Args, Clone, Default)]
pub(crate) struct Common {
    /// TOML file; docs/aichat.toml is the commented list of all keys [env: AICHAT_CONFIG]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Folder of the embedded data [env: AICHAT_DATA_DIR] [default: ./data]
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
}

#[derive(Args, Clone, Default)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Give events that could not be handled to their consumers again; from a folder at the next start
    #[arg(long)]
    pub(crate) release: bool,
    /// Put the counters of posts right where a recount finds others
    #[arg(long)]
    pub(crate) recount: bool,
}

#[derive(Args, Clone, Default)]
pub(crate) struct HealthcheckArgs {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Address and port where the process listens [env: AICHAT_LISTEN] [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) listen: Option<SocketAddr>,
}

#[derive(Args, Clone)]
pub(crate) struct FileArgs {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The export; compressed when its name ends in .gz
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

#[derive(Args, Clone, Default)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    pub(crate) common: Common,
    /// An export to look at instead of the instance
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

#[derive(Args, Clone, Default)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Address and port of the public door [env: AICHAT_LISTEN] [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) listen: Option<SocketAddr>,
    /// Services to start, separated by commas [env: AICHAT_TARGET] [default: all]
    #[arg(long, value_name = "SERVICES", value_delimiter = ',')]
    pub(crate) target: Vec<Target>,
    /// Load demo people, rooms and messages [env: AICHAT_DEMO_DATA]
    #[arg(long)]
    pub(crate) demo_data: bool,
}
