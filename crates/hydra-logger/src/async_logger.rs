//! [`AsyncLogger`]: the same logger, whose calls return before their records are delivered.

use std::future::Future;
use std::io;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::thread;
use std::time::Duration;

use hydra_core::config::{Durability, Strategy};
use hydra_delivery::queue::QueuePerformance;
use hydra_delivery::{Engine, EngineCounts, EngineOptions, Health, HealthReason, Room};

use crate::metrics::Outcome;
use crate::shared::PATIENCE;
use crate::{BuildError, Config, Logger};

/// A [`Logger`] whose calls copy their record into a ring of their thread and return; a thread of
/// the logger's own does the rest.
///
/// It *is* a logger: every method, macro, preset, format and destination works as there. A call needs
/// no executor, never waits for another thread, and waits for room only where its ring is full
/// ([`OverflowPolicy`](crate::OverflowPolicy)). Records of one thread keep their order, and those of
/// several are merged by their times.
///
/// When the last clone is dropped, or at [`AsyncLogger::close`], what was accepted is delivered,
/// within five seconds.
///
/// ```
/// use hydra_logger::{AsyncLogger, info};
///
/// let logger = AsyncLogger::new();
/// info!(logger, "APP", user_id = 7, "logged in");
/// logger.info("APP", "and so on");
/// # fn run<F: Future>(future: F) -> F::Output {
/// #     let mut future = std::pin::pin!(future);
/// #     let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// #     loop {
/// #         if let std::task::Poll::Ready(output) = future.as_mut().poll(&mut context) {
/// #             return output;
/// #         }
/// #         std::thread::yield_now();
/// #     }
/// # }
/// run(async {
///     logger.flush().await?; // on any executor
///     let outcome = logger.close().await?;
///     assert_eq!((outcome.delivered, outcome.dropped), (2, 0));
///     Ok::<_, std::io::Error>(())
/// })?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct AsyncLogger(Logger);

impl Deref for AsyncLogger {
    type Target = Logger;

    fn deref(&self) -> &Logger {
        &self.0
    }
}

impl Default for AsyncLogger {
    fn default() -> Self {
        AsyncLogger::new()
    }
}

impl Logger {
    /// The same logger, asynchronous from now on, for all its clones and handles. One that is so
    /// already keeps its settings.
    ///
    /// ```
    /// use hydra_logger::{EngineOptions, Logger};
    /// let logger = Logger::preset("testing")?.into_async(EngineOptions::default());
    /// logger.info("TEST", "delivered soon");
    /// # Ok::<(), hydra_logger::Error>(())
    /// ```
    #[must_use]
    pub fn into_async(self, mut options: EngineOptions) -> AsyncLogger {
        let config = self.config();
        #[cfg(feature = "config-files")]
        crate::recovery::begin(&config, &mut options);
        crate::strategies::begin(&config, &mut options);
        self.0.set_engine(Engine::new(options));
        AsyncLogger(self)
    }
}

impl AsyncLogger {
    /// A logger without configuration, as [`Logger::new`].
    pub fn new() -> AsyncLogger {
        Logger::new().into_async(EngineOptions::default())
    }

    /// A logger with this configuration, as [`Logger::from_config`]. Others are made by
    /// [`Logger::into_async`]: `Logger::preset("production")?.into_async(EngineOptions::default())`.
    ///
    /// # Errors
    /// As [`Logger::from_config`].
    ///
    /// ```
    /// use hydra_logger::{AsyncLogger, Config};
    /// let logger = AsyncLogger::from_config(Config::default())?;
    /// # Ok::<(), hydra_logger::BuildError>(())
    /// ```
    pub fn from_config(config: Config) -> Result<AsyncLogger, BuildError> {
        Ok(Logger::from_config(config)?.into_async(EngineOptions::default()))
    }

    /// Brings everything accepted so far to where it goes. The work is done by a thread, whether the
    /// future is polled or not; [`Logger::flush`] waits for it instead.
    ///
    /// # Errors
    /// As [`Logger::flush`].
    pub fn flush(&self) -> Work {
        let logger = self.0.clone();
        Work::start(move || logger.flush())
    }

    /// Ends the logger within five seconds, as [`AsyncLogger::close_within`].
    pub fn close(&self) -> Work<Outcome> {
        self.close_within(PATIENCE)
    }

    /// Accepts no more, delivers what was accepted, and ends the logger; says what became of all its
    /// records. The work is done by a thread, whether the future is polled or not; [`Logger::close`]
    /// waits for it instead.
    ///
    /// # Errors
    /// `TimedOut` where not everything could be delivered within the limit, and what else
    /// [`Logger::close`] names; its text tells what became of the records.
    pub fn close_within(&self, limit: Duration) -> Work<Outcome> {
        let logger = self.0.clone();
        Work::start(move || {
            let closed = logger.0.close(limit);
            let outcome = logger.metrics().outcome();
            let told =
                |error: io::Error| io::Error::new(error.kind(), format!("{error} ({outcome})"));
            closed.map(|()| outcome).map_err(told)
        })
    }

    /// What records survive once their call has returned, but for layers and destinations with a
    /// durability of their own ([`AsyncLogger::durability_of`]). Less than was asked for where the state
    /// directory cannot be written, which has been reported then.
    ///
    /// ```
    /// use hydra_logger::AsyncLogger;
    /// use hydra_logger::config::Durability;
    /// assert_eq!(AsyncLogger::new().durability(), Durability::Memory);
    /// ```
    pub fn durability(&self) -> Durability {
        self.engine().durability()
    }

    /// Makes calls that return at once, though they are to survive a loss of power
    /// ([`Durability::Power`]); the future is done when their records are on the disk, all in one commit
    /// where that is possible. Dropped, it changes nothing: they get there all the same.
    ///
    /// With other durabilities, and where nothing has to be waited for, it is done already. What it gives
    /// is [`AsyncLogger::durability`]; of a layer with its own [`AsyncLogger::durability_of`] says it.
    ///
    /// ```
    /// use hydra_logger::config::Durability;
    /// use hydra_logger::{AsyncLogger, info};
    ///
    /// async fn pay(logger: &AsyncLogger) {
    ///     let committed = logger.committed(|| info!(logger, "PAYMENT", amount = 1999, "authorised"));
    ///     // Other work of this task.
    ///     if committed.await == Durability::Power {
    ///         // The disk has it.
    ///     }
    /// }
    /// ```
    pub fn committed(&self, calls: impl FnOnce()) -> Committed {
        Committed {
            room: self.engine().without_waiting(calls),
            logger: self.clone(),
        }
    }

    /// What a layer's records survive at each of its destinations, once their call has returned: the
    /// destination's own durability, else its layer's, else the logger's. Of several the least.
    ///
    /// ```
    /// use hydra_logger::config::Durability;
    /// use hydra_logger::{EngineOptions, Logger};
    /// # let directory = tempfile::tempdir()?;
    /// # let (log, state) = (directory.path().join("shop.log"), directory.path().join("state"));
    ///
    /// let logger = Logger::builder()
    ///     .layer("ORDER", |layer| layer.durability(Durability::Process).file(log, |file| file))
    ///     .state_dir(state)
    ///     .build()?
    ///     .into_async(EngineOptions::default());
    /// assert_eq!(logger.durability_of("ORDER"), Durability::Process);
    /// assert_eq!(logger.durability(), Durability::Memory);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn durability_of(&self, layer: &str) -> Durability {
        self.0
            .0
            .durability_of(layer)
            .unwrap_or_else(|| self.durability())
    }

    /// How the queue before each destination is doing, by its name, and by which strategy;
    /// [`QueuePerformance::of_all`] puts them together.
    ///
    /// ```
    /// use hydra_logger::config::{Config, Strategy};
    /// use hydra_logger::{AsyncLogger, QueuePerformance};
    ///
    /// let config = Config::builder()
    ///     .layer("APP", |layer| layer.console(|console| console))
    ///     .primary_strategy(Strategy::Async)
    ///     .fallback_strategies([Strategy::Sync, Strategy::Memory])
    ///     .build()?;
    /// let logger = AsyncLogger::from_config(config)?;
    /// logger.info("APP", "delivered soon");
    /// let queues = logger.queue_performance();
    /// let all = QueuePerformance::of_all(queues.iter().map(|(_, queue)| queue));
    /// assert_eq!(all.current_strategy, Strategy::Async);
    /// assert!(all.success_rate() > 99.9);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn queue_performance(&self) -> Vec<(String, QueuePerformance)> {
        self.0
            .0
            .engine()
            .map(Engine::queue_performance)
            .unwrap_or_default()
    }

    /// Has the queue before a destination take a strategy, whatever happens; `None` lets it choose
    /// again. Names are those of [`AsyncLogger::queue_performance`]; whether there is one of this
    /// name.
    pub fn pin_strategy(&self, destination: &str, strategy: Option<Strategy>) -> bool {
        let engine = self.0.0.engine();
        engine.is_some_and(|engine| engine.pin_strategy(destination, strategy))
    }

    /// How the logger is: how full its queues are, what was dropped or failed lately, how much
    /// memory is left, how far its end has come, and why it is not well, if it is not.
    /// [`EngineOptions::health`] says what it stays below.
    ///
    /// ```
    /// let logger = hydra_logger::AsyncLogger::new();
    /// let health = logger.health();
    /// for reason in &health.reasons {
    ///     eprintln!("{reason}"); // the queue of file logs/app.log is 93 % full
    /// }
    /// assert!(health.is_healthy());
    /// ```
    pub fn health(&self) -> Health {
        self.engine().health()
    }

    /// Has a function called, on a thread of its own, with each reason against the logger's health
    /// that comes up while records flow: a queue that is nearly full, drops, errors, memory.
    ///
    /// ```
    /// let logger = hydra_logger::AsyncLogger::new();
    /// logger.on_alert(|reason| eprintln!("{}: {reason}", reason.kind()));
    /// ```
    pub fn on_alert(&self, callback: impl Fn(&HealthReason) + Send + Sync + 'static) {
        self.engine().on_alert(callback);
    }

    fn engine(&self) -> &Engine {
        let engine = self.0.0.engine();
        engine.expect("a logger is asynchronous once it was given an engine")
    }

    /// What was accepted, and what became of it, up to the pipeline; [`Logger::metrics`] tells the
    /// rest.
    ///
    /// ```
    /// let logger = hydra_logger::AsyncLogger::new();
    /// logger.info("APP", "one");
    /// let counts = logger.engine_counts();
    /// assert_eq!(counts.accepted, counts.dispatched + counts.queued);
    /// ```
    pub fn engine_counts(&self) -> EngineCounts {
        self.engine().counts()
    }
}

/// What calls wait for that were made without waiting: see [`AsyncLogger::committed`]. It gives what their
/// records survive now, as [`AsyncLogger::durability`] says: less than was asked for where the disk has
/// failed.
#[derive(Clone, Debug)]
#[must_use = "whether they are on the disk is known when it is awaited"]
pub struct Committed {
    room: Option<Room>,
    logger: AsyncLogger,
}

impl Future for Committed {
    type Output = Durability;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Durability> {
        if let Some(room) = &mut self.room {
            ready!(Pin::new(room).poll(context));
        }
        Poll::Ready(self.logger.durability())
    }
}

/// Work that a thread does; it is done whether it is waited for or not.
///
/// ```
/// let logger = hydra_logger::AsyncLogger::new();
/// logger.flush(); // no executor: nobody waits, and it is done all the same
/// ```
#[derive(Debug)]
pub struct Work<T = ()>(Arc<Mutex<Progress<T>>>);

#[derive(Debug)]
struct Progress<T> {
    result: Option<io::Result<T>>,
    waker: Option<Waker>,
}

impl<T: Send + 'static> Work<T> {
    fn start(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Work<T> {
        let progress = Arc::new(Mutex::new(Progress {
            result: None,
            waker: None,
        }));
        let shared = Arc::clone(&progress);
        let named = thread::Builder::new().name("hydra-flush".into());
        let started = named.spawn(move || finish(&shared, work()));
        if let Err(error) = started {
            finish(&progress, Err(error));
        }
        Work(progress)
    }
}

fn finish<T>(progress: &Mutex<Progress<T>>, result: io::Result<T>) {
    let mut progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
    progress.result = Some(result);
    let waker = progress.waker.take();
    drop(progress);
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl<T> Future for Work<T> {
    type Output = io::Result<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        let mut progress = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(result) = progress.result.take() {
            return Poll::Ready(result);
        }
        progress.waker = Some(context.waker().clone());
        Poll::Pending
    }
}
