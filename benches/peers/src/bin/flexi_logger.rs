//! log + flexi_logger: Direct (default; PEER_BUF=1: BufferDontFlushWith 64 KiB),
//! detailed_format / json_format; Async goes through an unbounded channel.
use flexi_logger::{FileSpec, LogSpecification, Logger, WriteMode, detailed_format, json_format};
use harness::{Cfg, Finish, Kind, Peer, Rec, msg};
use std::time::Duration;
struct P;
impl Peer for P {
    type Handle = Kind;
    const NAME: &'static str = "flexi_logger";
    fn open(cfg: &Cfg) -> Option<(Kind, Finish)> {
        let mode = if cfg.is_async {
            WriteMode::AsyncWith {
                pool_capa: cfg.qcap,
                message_capa: 256,
                flush_interval: Duration::from_secs(1),
            }
        } else if std::env::var_os("PEER_BUF").is_some() {
            WriteMode::BufferDontFlushWith(64 * 1024)
        } else {
            WriteMode::Direct
        };
        let h = Logger::with(LogSpecification::info())
            .log_to_file(FileSpec::try_from(cfg.path()).unwrap())
            .use_utc()
            .format_for_files(match cfg.kind {
                Kind::Plain => detailed_format,
                Kind::Json => json_format,
            })
            .write_mode(mode)
            .start()
            .unwrap();
        Some((cfg.kind, Box::new(move || drop(h))))
    }
    #[inline(always)]
    fn info(k: &Kind, r: &Rec) {
        match k {
            Kind::Plain => {
                log::info!(target: "bench.worker", concat!(msg!(), " user_id={} action={} latency_ms={}"), r.user_id, r.action, r.latency_ms)
            }
            Kind::Json => {
                log::info!(target: "bench.worker", user_id = r.user_id, action = r.action, latency_ms = r.latency_ms; msg!())
            }
        }
    }
    #[inline(always)]
    fn debug(_: &Kind, r: &Rec) {
        log::debug!(target: "bench.worker", concat!(msg!(), " user_id={} action={} latency_ms={}"), r.user_id, r.action, r.latency_ms);
    }
}
fn main() {
    harness::main::<P>();
}
