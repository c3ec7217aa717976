//! Scoped context: fields that every record made in a scope carries, on this thread.

use std::cell::RefCell;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context as TaskContext, Poll};

use crate::record::ContextField;
use crate::{OwnedValue, ToValue, Value};

/// Until the first scope is entered anywhere, a record costs one load here and no more.
static USED: AtomicBool = AtomicBool::new(false);

thread_local! {
    static CURRENT: RefCell<Context> = const { RefCell::new(Context { fields: None }) };
}

/// Fields that records carry beside their own. Cheap to clone; values are run and owned when they
/// are added.
///
/// ```
/// use hydra_core::Context;
///
/// let request = Context::new().with("request_id", "r-17").with("user_id", 7);
/// {
///     let _scope = request.enter();
///     assert_eq!(Context::current().fields().count(), 2);
/// }
/// assert_eq!(Context::current().fields().count(), 0);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Context {
    fields: Option<Arc<[ContextField]>>,
}

impl Context {
    /// A context without fields.
    pub fn new() -> Context {
        Context::default()
    }

    /// The context of this thread at this moment: to hand it to another thread or task.
    ///
    /// ```
    /// use hydra_core::Context;
    /// let _scope = Context::new().with("job", 3).enter();
    /// let here = Context::current();
    /// std::thread::spawn(move || {
    ///     let _scope = here.enter();
    ///     assert_eq!(Context::current().fields().count(), 1);
    /// })
    /// .join()
    /// .unwrap();
    /// ```
    pub fn current() -> Context {
        current().unwrap_or_default()
    }

    /// This context with one more field; one of the same name is replaced.
    #[must_use]
    pub fn with(&self, name: &str, value: impl ToValue) -> Context {
        self.with_all([(name, value.to_value())])
    }

    /// This context with more fields; those of the same name are replaced.
    #[must_use]
    pub fn with_all<'a>(&self, more: impl IntoIterator<Item = (&'a str, Value<'a>)>) -> Context {
        let mut fields: Vec<ContextField> = self.slice().to_vec();
        for (name, value) in more {
            fields.retain(|field| *field.name != *name);
            fields.push(ContextField::new(name, value));
        }
        Context {
            fields: Some(fields.into()),
        }
    }

    /// Every name and value, in the order in which they were added.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &OwnedValue)> {
        self.slice()
            .iter()
            .map(|field| (&*field.name, &field.value))
    }

    /// Adds the fields to those of this thread until the returned scope is dropped. Scopes nest,
    /// and end in reverse order.
    pub fn enter(&self) -> Scope {
        let outer = Context::current();
        let inner = if outer.slice().is_empty() {
            self.clone()
        } else {
            let mine = self.slice();
            let kept = outer
                .slice()
                .iter()
                .filter(|f| !mine.iter().any(|m| m.name == f.name));
            Context {
                fields: Some(kept.chain(mine).cloned().collect()),
            }
        };
        USED.store(true, Relaxed);
        let _ = CURRENT.try_with(|current| current.replace(inner));
        Scope {
            outer,
            not_send: PhantomData,
        }
    }

    /// This context with no text longer than so many bytes.
    #[inline]
    pub(crate) fn limited(self, max_text: usize) -> Context {
        let fits = |field: &ContextField| field.value.fits(max_text);
        if self.slice().iter().all(fits) {
            self
        } else {
            self.cut(max_text)
        }
    }

    #[cold]
    #[inline(never)]
    fn cut(&self, max_text: usize) -> Context {
        let cut = |field: &ContextField| ContextField {
            value: field.value.cut(max_text),
            ..field.clone()
        };
        Context {
            fields: Some(self.slice().iter().map(cut).collect()),
        }
    }

    pub(crate) fn of(fields: Vec<ContextField>) -> Context {
        Context {
            fields: Some(fields.into()),
        }
    }

    /// Whether it is the very same, not only equal.
    ///
    /// ```
    /// use hydra_core::Context;
    /// let context = Context::new().with("job", 3);
    /// assert!(context.is_same(&context.clone()));
    /// assert!(!context.is_same(&Context::new().with("job", 3)));
    /// ```
    pub fn is_same(&self, other: &Context) -> bool {
        match (&self.fields, &other.fields) {
            (Some(mine), Some(others)) => Arc::ptr_eq(mine, others),
            (mine, others) => mine.is_none() && others.is_none(),
        }
    }

    pub(crate) fn slice(&self) -> &[ContextField] {
        self.fields.as_deref().unwrap_or_default()
    }
}

/// The thread's context, if it has one with fields.
#[inline]
pub(crate) fn current() -> Option<Context> {
    if !USED.load(Relaxed) {
        return None;
    }
    CURRENT
        .try_with(|current| current.borrow().clone())
        .ok()
        .filter(|c| c.fields.is_some())
}

/// Whether this thread has no context with fields.
#[inline]
pub(crate) fn is_empty() -> bool {
    !USED.load(Relaxed) || is_empty_here()
}

#[inline(never)]
fn is_empty_here() -> bool {
    CURRENT
        .try_with(|current| current.borrow().fields.is_none())
        .unwrap_or(true)
}

/// Ends a context's scope when it is dropped. It stays on the thread that entered it.
///
/// ```
/// let scope = hydra_core::Context::new().with("step", 1).enter();
/// drop(scope);
/// ```
#[derive(Debug)]
#[must_use = "the scope ends when this is dropped"]
pub struct Scope {
    outer: Context,
    not_send: PhantomData<*const ()>,
}

impl Drop for Scope {
    fn drop(&mut self) {
        let outer = std::mem::take(&mut self.outer);
        let _ = CURRENT.try_with(|current| current.replace(outer));
    }
}

/// A future that runs in a context wherever it is polled.
///
/// ```
/// use hydra_core::{Context, InContext};
/// let future = InContext::new(Context::new().with("task", "import"), async {
///     assert_eq!(Context::current().fields().count(), 1);
/// });
/// # let mut future = Box::pin(future);
/// # let waker = std::task::Waker::noop();
/// # assert!(future.as_mut().poll(&mut std::task::Context::from_waker(waker)).is_ready());
/// # use std::future::Future;
/// ```
#[derive(Debug)]
pub struct InContext<F> {
    context: Context,
    future: Pin<Box<F>>,
}

impl<F: Future> InContext<F> {
    /// Wraps a future.
    pub fn new(context: Context, future: F) -> InContext<F> {
        InContext {
            context,
            future: Box::pin(future),
        }
    }
}

impl<F: Future> Future for InContext<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<F::Output> {
        let _scope = self.context.enter();
        self.future.as_mut().poll(task)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Vec<String> {
        Context::current()
            .fields()
            .map(|(name, value)| format!("{name}={value:?}"))
            .collect()
    }

    #[test]
    fn scopes_nest_and_the_inner_value_of_a_name_wins() {
        let outer = Context::new().with("a", 1_u8).with("b", 2_u8).enter();
        {
            let _inner = Context::new().with("a", 3_u8).enter();
            assert_eq!(names(), ["b=U64(2)", "a=U64(3)"]);
        }
        assert_eq!(names(), ["a=U64(1)", "b=U64(2)"]);
        drop(outer);
        assert!(names().is_empty());
    }

    #[test]
    fn another_thread_starts_without_context() {
        let _scope = Context::new().with("a", 1_u8).enter();
        std::thread::spawn(|| assert!(names().is_empty()))
            .join()
            .unwrap();
    }
}
