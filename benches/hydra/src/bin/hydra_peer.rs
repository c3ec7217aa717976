//! Hydra-Logger: each line written by default, PEER_BUF=1 buffers 64 KiB. Calls go through a layer's
//! handle; PEER_NAME=1 gives the layer's literal name at each call instead.
use harness::{Cfg, Finish, Kind, Peer, Rec, TARGET};
use hydra_logger::config::{Config, DestinationConfig, DestinationKind, FileConfig, LayerConfig};
use hydra_logger::format::FormatKind;
use hydra_logger::{Layer, Logger, debug, info};

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

struct P<const BY_NAME: bool>;

impl<const BY_NAME: bool> Peer for P<BY_NAME> {
    type Handle = Handle;
    const NAME: &'static str = "hydra";
    fn open(cfg: &Cfg) -> Option<(Handle, Finish)> {
        if cfg.is_async {
            return None;
        }
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
        let layer = LayerConfig {
            destinations: vec![destination],
            ..LayerConfig::default()
        };
        config.layers.insert(TARGET.to_owned(), layer);
        let logger = Logger::from_config(config).expect("a valid configuration");
        let handle = Handle {
            layer: logger.layer(TARGET),
            logger: logger.clone(),
        };
        Some((handle, Box::new(move || drop(logger.close()))))
    }
    #[inline(always)]
    fn info(h: &Handle, r: &Rec) {
        if BY_NAME {
            call!(info, r, h.logger, "bench.worker",);
        } else {
            call!(info, r, h.layer;);
        }
    }
    #[inline(always)]
    fn debug(h: &Handle, r: &Rec) {
        if BY_NAME {
            call!(debug, r, h.logger, "bench.worker",);
        } else {
            call!(debug, r, h.layer;);
        }
    }
}

fn main() {
    if std::env::var_os("PEER_NAME").is_some() {
        harness::main::<P<true>>();
    } else {
        harness::main::<P<false>>();
    }
}
