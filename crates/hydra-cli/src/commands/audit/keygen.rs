//! `hydra audit keygen`.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use hydra_protect::audit::{SigningKey, public_path};

use crate::failure::Failure;

/// Make a key that signs audit files, and the public key that verifies them
///
/// A logger makes its key itself where there is none. Made ahead, the public key can be put in a safe
/// place before the first record, and the private one where the writer alone can read it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  hydra audit keygen                     audit.key and audit.pub
  hydra audit keygen /etc/shop/audit.key  and name it in the configuration: audit_key: …

The keys are those of openssl: openssl genpkey -algorithm ed25519 makes one, too.")]
pub(super) struct Args {
    /// The private key's file; the public one gets the ending .pub
    #[arg(value_name = "FILE", default_value = "audit.key")]
    file: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let public = public_path(&args.file);
    for path in [&args.file, &public] {
        if path.exists() {
            return Err(Failure::Usage(format!(
                "{} is there already, and what it has signed could not be verified without it; name \
                 another file",
                path.display()
            )));
        }
    }
    let key = SigningKey::load_or_generate(&args.file).map_err(|error| Failure::File {
        action: "cannot write",
        path: args.file.clone(),
        source: error.into(),
    })?;
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{} signs: keep it where the writer alone can read it\n{} verifies: keep a copy out of the \
         writer's reach\nfingerprint {}",
        args.file.display(),
        public.display(),
        key.verifying_key().fingerprint()
    )?;
    Ok(ExitCode::SUCCESS)
}
