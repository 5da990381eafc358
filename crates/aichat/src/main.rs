//! The binary: reads the command line and calls the command. Owns nothing else.

mod archive;
mod carriage;
mod claim;
mod cli;
mod compose;
mod config;
mod demo;
mod deployment;
mod doctor;
mod export;
mod figures;
mod healthcheck;
mod holdings;
mod import;
mod occupancy;
mod ports;
mod run;
mod shown;
mod signals;
mod target;

use std::process::ExitCode;

use clap::Parser as _;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let done = match cli.command {
        cli::Command::Targets => {
            println!("{}", target::table());
            Ok(())
        }
        cli::Command::Run(args) => run::run(args),
        cli::Command::Doctor(args) => doctor::doctor(args),
        cli::Command::Healthcheck(args) => healthcheck::healthcheck(args),
        cli::Command::Openapi => run::print_openapi(),
        cli::Command::Export(args) => export::export(args),
        cli::Command::Import(args) => import::import(args),
        cli::Command::Verify(args) => export::verify(args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("aichat: {error:#}");
            ExitCode::FAILURE
        }
    }
}
