//! log + log4rs FileAppender (pattern and JSON encoders). No async appender of its own.
use harness::{Cfg, Finish, Kind, Peer, Rec, msg};
use log4rs::append::file::FileAppender;
use log4rs::config::{Appender, Config, Root};
use log4rs::encode::{Encode, json::JsonEncoder, pattern::PatternEncoder};
struct P;
impl Peer for P {
    type Handle = Kind;
    const NAME: &'static str = "log4rs";
    fn open(cfg: &Cfg) -> Option<(Kind, Finish)> {
        if cfg.is_async {
            return None;
        }
        let enc: Box<dyn Encode> = match cfg.kind {
            Kind::Plain => Box::new(PatternEncoder::new(
                "{d(%Y-%m-%dT%H:%M:%S%.6fZ)(utc)} {l} {t} {m}{n}",
            )),
            Kind::Json => Box::new(JsonEncoder::new()),
        };
        let a = FileAppender::builder()
            .append(false)
            .encoder(enc)
            .build(cfg.path())
            .unwrap();
        let c = Config::builder()
            .appender(Appender::builder().build("f", Box::new(a)))
            .build(Root::builder().appender("f").build(log::LevelFilter::Info))
            .unwrap();
        log4rs::init_config(c).unwrap();
        Some((cfg.kind, Box::new(|| log::logger().flush())))
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
