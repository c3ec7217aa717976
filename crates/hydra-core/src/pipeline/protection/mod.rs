//! Protection: what must not be shown is taken out of a record before any format sees it.
//!
//! A clean record costs a look at its texts, and nothing is copied. What a call says again and
//! again, its literal message and the names of its fields, is looked at once: a thread remembers
//! those that it found clean.

mod cut;
mod value;
mod walk;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use hydra_protect::Redactor;

use self::walk::Walk;
use super::memory::{Memory, SeenContext};
use crate::context::Context;
use crate::diagnostics::{self, ErrorKind};
use crate::record::ContextField;
use crate::value::Arena;
use crate::{Fields, Value};

/// What stands in place of a text that could not be looked at.
const FAILED: &str = "[REDACTION_FAILED]";

/// Numbers are never used again: a thread that remembers a verdict compares nothing else.
static PROTECTIONS: AtomicU64 = AtomicU64::new(1);

/// A redactor, and a number of its own by which threads remember its verdicts.
///
/// ```
/// use hydra_core::pipeline::Protection;
/// let protection = Protection::new(hydra_protect::Redactor::new());
/// assert_eq!(protection.redactor().redact("password=hunter22"), "password=[REDACTED:PASSWORD]");
/// ```
#[derive(Clone, Debug)]
pub struct Protection(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    id: u64,
    redactor: Redactor,
}

impl Protection {
    /// Protection by this redactor.
    pub fn new(redactor: Redactor) -> Protection {
        let id = PROTECTIONS.fetch_add(1, Relaxed);
        Protection(Arc::new(Inner { id, redactor }))
    }

    /// The redactor.
    pub fn redactor(&self) -> &Redactor {
        &self.0.redactor
    }
}

impl PartialEq for Protection {
    fn eq(&self, other: &Protection) -> bool {
        self.0.id == other.0.id
    }
}

/// Whether the same text may come again, at the same address.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Recurs {
    /// It is made anew each time.
    Never,
    /// It may, but another may come in its place.
    Perhaps,
    /// It is the program's own, which nothing changes.
    Always,
}

/// What a call brings, and the protection may change.
#[derive(Clone, Copy)]
pub(super) struct Parts<'a> {
    pub(super) message: &'a str,
    /// Whether the message may come again.
    pub(super) recurs: Recurs,
    pub(super) fields: Fields<'a>,
}

impl Protection {
    /// What is left of a call. What is changed lies in the arena.
    pub(super) fn parts<'a>(
        &self,
        parts: Parts<'a>,
        arena: &'a Arena,
        memory: &mut Memory,
    ) -> Parts<'a> {
        let walk = || Walk::new(&self.0, arena, memory).parts(parts);
        catch_unwind(AssertUnwindSafe(walk)).unwrap_or_else(|_| {
            failed();
            Parts {
                message: FAILED,
                fields: Fields::NONE,
                ..parts
            }
        })
    }

    /// What is left of a context. One that comes again, as in a request, is looked at once.
    pub(super) fn context(&self, context: Context, memory: &mut Memory) -> Context {
        let id = self.0.id;
        if let Some(seen) = &memory.context
            && seen.by == id
            && seen.before.is_same(&context)
        {
            return seen.after.clone();
        }
        let after = self.fresh_context(context.slice(), memory);
        memory.context = Some(SeenContext {
            by: id,
            before: context,
            after: after.clone(),
        });
        after
    }

    #[cold]
    #[inline(never)]
    pub(super) fn fresh_context(&self, context: &[ContextField], memory: &mut Memory) -> Context {
        let arena = Arena::default();
        let walk = || {
            let mut walk = Walk::new(&self.0, &arena, memory);
            context
                .iter()
                .map(|field| walk.context_field(field))
                .collect()
        };
        let left: Option<Vec<ContextField>> = catch_unwind(AssertUnwindSafe(walk)).ok();
        Context::of(left.unwrap_or_else(|| {
            failed();
            vec![ContextField::new("context", Value::Str(FAILED))]
        }))
    }

    /// What is left of a name that a program makes, as that of a layer.
    pub fn name<'n>(&self, name: &'n str) -> std::borrow::Cow<'n, str> {
        self.0.redactor.redact(name)
    }
}

#[cold]
#[inline(never)]
fn failed() {
    let message = "looking for sensitive data panicked; the record's texts are not shown";
    diagnostics::report(ErrorKind::Format, "redaction", &message);
}
