//! Hydra-Logger: each line written by default, PEER_BUF=1 buffers 64 KiB. Calls go through a layer's
//! handle; PEER_NAME=1 gives the layer's literal name at each call instead. PEER_PROTECT=1 redacts, which
//! is the default elsewhere; PEER_ARGS=1 puts numbers and words into the message instead of fields. In
//! the asynchronous modes it is the asynchronous logger, as it comes: full rings wait, nothing is lost;
//! PEER_PROCESS=directory keeps its records there until they are delivered, PEER_CHECKSUMS=1 with checksums.
use harness::{Cfg, Finish, Kind, Peer, Rec, TARGET};
use hydra_logger::config::{
    Config, DestinationConfig, DestinationKind, Durability, FileConfig, LayerConfig,
};
use hydra_logger::format::FormatKind;
use hydra_logger::{EngineOptions, Layer, Logger, debug, info};

/// What every peer logs; `$target` is `layer;` or `logger, "bench.worker",`.
macro_rules! call {
    ($macro:ident, $r:ident, $($target:tt)*) => {
        $macro!($($target)* user_id = $r.user_id, action = $r.action, latency_ms = $r.latency_ms,
            "request completed for the tenant api gateway in eu-west")
    };
}

#[derive(Clone)]
struct Handle {
    logger: Logger,
    layer: Layer,
}

/// How a call is made.
const BY_HANDLE: u8 = 0;
const BY_NAME: u8 = 1;
const WITH_ARGUMENTS: u8 = 2;

struct P<const CALL: u8>;

impl<const CALL: u8> Peer for P<CALL> {
    type Handle = Handle;
    const NAME: &'static str = "hydra";
    fn open(cfg: &Cfg) -> Option<(Handle, Finish)> {
        // Emptied, not removed: the path may be a device.
        drop(cfg.create());
        let mut file = FileConfig::new(&cfg.path);
        file.max_size = None;
        file.buffer_size = std::env::var_os("PEER_BUF").map(|_| 64 * 1024);
        let mut destination = DestinationConfig::new(DestinationKind::File(file));
        destination.format = match cfg.kind {
            Kind::Plain => FormatKind::PlainText,
            Kind::Json => FormatKind::Json,
        };
        let mut config = Config::empty();
        config.redact_sensitive = std::env::var_os("PEER_PROTECT").is_some();
        let layer = LayerConfig {
            destinations: vec![destination],
            ..LayerConfig::default()
        };
        config.layers.insert(TARGET.to_owned(), layer);
        if let Some(directory) = std::env::var_os("PEER_PROCESS") {
            config.durability = Durability::Process;
            config.state_dir = Some(directory.into());
        }
        let mut logger = Logger::from_config(config).expect("a valid configuration");
        if cfg.is_async {
            let options = EngineOptions {
                ring_checksums: std::env::var_os("PEER_CHECKSUMS").is_some(),
                ..EngineOptions::default()
            };
            logger = (*logger.into_async(options)).clone();
        }
        let handle = Handle {
            layer: logger.layer(TARGET),
            logger: logger.clone(),
        };
        Some((handle, Box::new(move || drop(logger.close()))))
    }
    #[inline(always)]
    fn info(h: &Handle, r: &Rec) {
        match CALL {
            BY_NAME => call!(info, r, h.logger, "bench.worker",),
            WITH_ARGUMENTS => info!(
                h.layer;
                "request {} ({}) completed in {} ms for the tenant api gateway",
                r.user_id,
                r.action,
                r.latency_ms
            ),
            _ => call!(info, r, h.layer;),
        }
    }
    #[inline(always)]
    fn debug(h: &Handle, r: &Rec) {
        if CALL == BY_NAME {
            call!(debug, r, h.logger, "bench.worker",);
        } else {
            call!(debug, r, h.layer;);
        }
    }
}

fn main() {
    let given = |name| std::env::var_os(name).is_some();
    if given("PEER_NAME") {
        harness::main::<P<BY_NAME>>();
    } else if given("PEER_ARGS") {
        harness::main::<P<WITH_ARGUMENTS>>();
    } else {
        harness::main::<P<BY_HANDLE>>();
    }
}
