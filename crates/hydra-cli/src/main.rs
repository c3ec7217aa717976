//! The program `hydra`.

use std::process::ExitCode;

fn main() -> ExitCode {
    hydra_cli::run()
}
