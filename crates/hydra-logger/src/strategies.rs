//! What a configuration says of destinations that are in trouble, as settings of the engine.

use hydra_core::config::{Config, Durability, Strategy};
use hydra_core::pipeline::BuildError;
use hydra_delivery::fallback::FallbackOptions;
use hydra_delivery::{Engine, EngineOptions};

/// Takes from the configuration what the program has not set.
pub(crate) fn begin(config: &Config, options: &mut EngineOptions) {
    let fallbacks = &config.fallback_strategies;
    if config.primary_strategy.is_some() || !fallbacks.is_empty() {
        let primary = config.primary_strategy.unwrap_or(Strategy::Async);
        let fallback = FallbackOptions::default().order(primary, fallbacks);
        options.queue = options.queue.clone().default_fallback(fallback);
    }
    // Without a way to read configurations back, this is all that they can ask for.
    if options.durability.is_none() && config.durability == Durability::Power {
        options.durability = Some(Durability::Power);
    }
    #[cfg(feature = "spool")]
    spool(config, options);
}

/// Whether this build can do what a configuration asks for.
pub(crate) fn check(config: &Config) -> Result<(), BuildError> {
    let root = ("durability".to_owned(), config.durability);
    let mut all = config.own_durability().into_iter().chain([root]);
    match all.find(|(_, durability)| *durability == Durability::Power) {
        Some((path, _)) if cfg!(not(feature = "spool")) => Err(BuildError::Unavailable {
            path,
            what: "durability: power",
            feature: "spool",
        }),
        _ => Ok(()),
    }
}

/// Whether an engine can do it that was made by another.
pub(crate) fn fits(engine: &Engine, config: &Config) -> Result<(), BuildError> {
    let mut own = config.own_durability().into_iter();
    let not = own.find(|(_, durability)| !engine.can_have(*durability));
    not.map_or(Ok(()), |(path, durability)| {
        Err(BuildError::Conflict {
            path,
            what: if durability == Durability::Power {
                "the logger was made without a spool, which power needs: it takes a new logger"
            } else {
                "the logger's records are not kept in a file, as process needs it: it takes a new \
                 logger"
            },
        })
    })
}

/// The spool is there where the program names a state directory, or a strategy or durability that needs
/// one.
#[cfg(feature = "spool")]
fn spool(config: &Config, options: &mut EngineOptions) {
    use std::path::PathBuf;

    use hydra_core::diagnostics::{self, ErrorKind};
    use hydra_core::state_dir;
    use hydra_delivery::spool::{Spool, SpoolOptions};

    let has_direct = config.primary_strategy == Some(Strategy::Direct)
        || config.fallback_strategies.contains(&Strategy::Direct);
    let variables = [state_dir::VARIABLE, "STATE_DIRECTORY"];
    let said = options.state_dir.as_ref().or(config.state_dir.as_ref());
    let is_named = said.is_some()
        || variables
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|path| !path.is_empty()));
    let mut own = config.own_durability().into_iter();
    let is_durable = options.durability == Some(Durability::Power)
        || own.any(|(_, durability)| durability == Durability::Power);
    if !has_direct && !is_named && !is_durable {
        return;
    }
    let open = || {
        let directory = state_dir::find(said.map(PathBuf::as_path));
        let spool = directory.and_then(|path| Spool::open(&path, SpoolOptions::default()));
        spool
            .map_err(|error| diagnostics::report(ErrorKind::Open, "asynchronous logger", &error))
            .ok()
    };
    options.queue = options.queue.clone().default_spool(open);
}
