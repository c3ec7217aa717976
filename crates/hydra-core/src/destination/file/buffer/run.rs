//! Many lines at once into the buffers.

use std::io;

use super::super::appender::Appender;
use super::super::run::Run;
use super::super::troubles::Troubles;
use super::{Accepted, Back, Buffer};

impl Buffer {
    /// Takes lines of one period, if the front buffer has room for all of them.
    pub(in super::super) fn deliver_run(
        &self,
        appender: &Appender,
        run: &Run<'_>,
    ) -> Option<Accepted> {
        self.fronts.deliver_run(run, &appender.stats)
    }

    /// Takes lines of one period for which the front buffer had no room. `done` is how many of
    /// their bytes are in the file: beyond 0 when a signal came amid them and they are tried again.
    #[cold]
    pub(in super::super) fn deliver_run_full(
        &self,
        appender: &Appender,
        run: &Run<'_>,
        done: &mut usize,
    ) -> io::Result<Accepted> {
        let mut troubles = Troubles::default();
        let result = {
            let mut back = self.back();
            self.make_room_for_run(appender, &mut back, run, done, &mut troubles)
        };
        troubles.report(appender.path(), &appender.stats);
        result
    }

    fn make_room_for_run(
        &self,
        appender: &Appender,
        back: &mut Back,
        run: &Run<'_>,
        done: &mut usize,
        troubles: &mut Troubles,
    ) -> io::Result<Accepted> {
        if *done == 0 {
            let bytes = run.bytes().len();
            let front = self.emptied(appender, back, bytes, run.first_ns(), troubles)?;
            if let Some(mut front) = front {
                let accepted = front
                    .marked(bytes, run.first_ns())
                    .accept_run(run, &appender.stats);
                drop(front);
                back.write_or_keep(appender, troubles);
                return Ok(accepted);
            }
            back.write(appender, troubles)?;
        }
        let (more, result) = appender.alone_into(troubles, |alone| {
            alone.append_lines(&run.bytes()[*done..], run.first_ns(), None, None)
        });
        *done += more;
        result.map(|()| Accepted::Written)
    }
}
