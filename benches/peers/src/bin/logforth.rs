//! logforth: log bridge, File appender with TextLayout / JsonLayout;
//! async through append::Async (Block).
use harness::{Cfg, Finish, Kind, Peer, Rec, msg};
use logforth::append::asynchronous::AsyncBuilder;
use logforth::append::file::FileBuilder;
use logforth::layout::{JsonLayout, TextLayout};
use logforth::record::{Level, LevelFilter};
struct P;
impl Peer for P {
    type Handle = ();
    const NAME: &'static str = "logforth";
    fn open(cfg: &Cfg) -> Option<((), Finish)> {
        let p = cfg.path();
        let mut b = FileBuilder::new(
            p.parent().unwrap(),
            p.file_stem().unwrap().to_str().unwrap(),
        )
        .filename_suffix(p.extension().map_or("log", |e| e.to_str().unwrap()));
        b = match cfg.kind {
            Kind::Plain => b.layout(
                TextLayout::default()
                    .no_color()
                    .timezone(jiff::tz::TimeZone::UTC),
            ),
            Kind::Json => b.layout(JsonLayout::default().timezone(jiff::tz::TimeZone::UTC)),
        };
        let file = b.build().unwrap();
        let (is_async, qcap) = (cfg.is_async, cfg.qcap);
        logforth::starter_log::builder()
            .dispatch(|d| {
                let d = d.filter(LevelFilter::MoreSevereEqual(Level::Info));
                if is_async {
                    d.append(
                        AsyncBuilder::new("log-worker")
                            .buffered_lines_limit(Some(qcap))
                            .overflow_block()
                            .append(file)
                            .build(),
                    )
                } else {
                    d.append(file)
                }
            })
            .apply();
        Some(((), Box::new(|| log::logger().flush())))
    }
    #[inline(always)]
    fn info(_: &(), r: &Rec) {
        log::info!(target: "bench.worker", user_id = r.user_id, action = r.action, latency_ms = r.latency_ms; msg!());
    }
    #[inline(always)]
    fn debug(_: &(), r: &Rec) {
        log::debug!(target: "bench.worker", user_id = r.user_id, action = r.action, latency_ms = r.latency_ms; msg!());
    }
}
fn main() {
    harness::main::<P>();
}
