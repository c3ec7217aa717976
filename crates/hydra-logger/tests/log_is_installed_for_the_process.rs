//! `install_log`: once, and the `log` crate's maximum follows the levels of layers.
#![cfg(feature = "log")]

use hydra_logger::config::Config;
use hydra_logger::{Level, testing};

#[test]
fn once_installed_the_maximum_follows_the_levels() {
    let (logger, records) = testing::capture();
    let configure = |level: Level| {
        let config = Config::builder()
            .default_level(level)
            .layer("DEFAULT", |layer| layer.console(|console| console));
        logger.update_config(config.build().unwrap()).unwrap();
    };
    configure(Level::Warning);
    logger.install_log().unwrap();
    assert_eq!(log::max_level(), log::LevelFilter::Warn);
    log::info!("below");
    logger.set_level("hyper", Level::Debug);
    assert_eq!(log::max_level(), log::LevelFilter::Debug);
    log::debug!(target: "hyper::client", "of hyper");
    log::debug!("below for others");
    configure(Level::Critical);
    assert_eq!(log::max_level(), log::LevelFilter::Off);
    for (level, filter) in [
        (Level::Trace, log::LevelFilter::Trace),
        (Level::Error, log::LevelFilter::Error),
        (Level::Info, log::LevelFilter::Info),
    ] {
        configure(level);
        assert_eq!(log::max_level(), filter);
    }
    log::info!("again");
    let messages: Vec<_> = records
        .take()
        .into_iter()
        .map(|record| record.message)
        .collect();
    assert_eq!(messages, ["of hyper", "again"]);

    let error = logger.install_log().unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("the log crate's logger cannot be installed")
    );
}
