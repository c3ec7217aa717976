//! slog: slog-term FullFormat / slog-json over a Mutex; async through slog-async (Block).
//! As its examples have it the drain writes to a bare File (21 to 46 write(2) a line);
//! PEER_BUF=1 wraps the File in a 64 KiB BufWriter.
use harness::{Cfg, Finish, Kind, Peer, Rec, msg};
use slog::{Drain, Logger, o};
use std::io::{BufWriter, Write};
use std::sync::Mutex;
struct P;

fn root<D>(cfg: &Cfg, d: D) -> (Logger, Finish)
where
    D: Drain<Ok = (), Err = slog::Never> + Send + 'static,
{
    if cfg.is_async {
        let (a, guard) = slog_async::Async::new(d)
            .chan_size(cfg.qcap)
            .overflow_strategy(slog_async::OverflowStrategy::Block)
            .build_with_guard();
        let l = Logger::root(slog::LevelFilter::new(a, slog::Level::Info).fuse(), o!());
        (l, Box::new(move || drop(guard)))
    } else {
        let m = Mutex::new(d).map(slog::Fuse);
        (
            Logger::root(slog::LevelFilter::new(m, slog::Level::Info).fuse(), o!()),
            Box::new(|| ()),
        )
    }
}

impl Peer for P {
    type Handle = Logger;
    const NAME: &'static str = "slog";
    fn open(cfg: &Cfg) -> Option<(Logger, Finish)> {
        let f: Box<dyn Write + Send> = if std::env::var_os("PEER_BUF").is_some() {
            Box::new(BufWriter::with_capacity(64 * 1024, cfg.create()))
        } else {
            Box::new(cfg.create())
        };
        Some(match cfg.kind {
            Kind::Plain => {
                let d = slog_term::FullFormat::new(slog_term::PlainDecorator::new(f))
                    .use_custom_timestamp(slog_term::timestamp_utc)
                    .use_original_order()
                    .build()
                    .fuse();
                root(cfg, d)
            }
            Kind::Json => root(cfg, slog_json::Json::default(f).fuse()),
        })
    }
    #[inline(always)]
    fn info(l: &Logger, r: &Rec) {
        slog::info!(l, # "bench.worker", msg!(); "user_id" => r.user_id, "action" => r.action, "latency_ms" => r.latency_ms);
    }
    #[inline(always)]
    fn debug(l: &Logger, r: &Rec) {
        slog::debug!(l, # "bench.worker", msg!(); "user_id" => r.user_id, "action" => r.action, "latency_ms" => r.latency_ms);
    }
}
fn main() {
    harness::main::<P>();
}
