//! The level methods: C functions with the interpreter's own calling convention
//! (`METH_FASTCALL | METH_KEYWORDS`), put on the classes when the module is made.
//!
//! Measured (CPython 3.11, net of the loop): such a call with two texts costs 11 ns, the same through
//! PyO3's `(*args, **kwargs)` 33 ns, with two keywords 16 and 73. This is the module's only unsafe
//! code. Its invariants:
//!
//! - The interpreter calls a function only while this thread holds the GIL, on an instance of the
//!   class whose descriptor it is, with `nargs` positional arguments and as many values behind them
//!   as `kwnames`, a tuple of texts, has names, all alive until it returns.
//! - So [`Arguments`] lives no longer than the call, and lends nothing for longer.
//! - A panic does not reach the interpreter.

use std::ffi::{CStr, CString, c_int};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use hydra_logger::diagnostics::{self, ErrorKind};
use pyo3::PyClass;
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use pyo3::pyclass::boolean_struct::True;
use pyo3::types::{PyString, PyTuple, PyType};

use crate::awaitable;
use crate::gil;

/// The arguments of a call: positional ones, and keywords with their names.
#[derive(Clone, Copy)]
pub(crate) struct Arguments<'a, 'py> {
    py: Python<'py>,
    /// Borrowed pointers to living objects.
    positional: &'a [*mut PyObject],
    /// As many as `names` has.
    values: &'a [*mut PyObject],
    names: Option<Borrowed<'a, 'py, PyTuple>>,
}

impl<'a, 'py> Arguments<'a, 'py> {
    #[inline]
    pub(crate) fn py(&self) -> Python<'py> {
        self.py
    }

    /// How many positional arguments there are.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.positional.len()
    }

    /// Whether there are keywords.
    #[inline]
    pub(crate) fn has_keywords(&self) -> bool {
        !self.values.is_empty()
    }

    /// A positional argument.
    #[inline]
    pub(crate) fn get(&self, index: usize) -> Option<Borrowed<'a, 'py, PyAny>> {
        let pointer = *self.positional.get(index)?;
        // SAFETY: `positional` holds pointers to objects that live for 'a.
        Some(unsafe { Borrowed::from_ptr(self.py, pointer) })
    }

    /// The positional arguments from one on.
    #[inline]
    pub(crate) fn from(&self, first: usize) -> impl Iterator<Item = Borrowed<'a, 'py, PyAny>> {
        let this = *self;
        (first..self.len()).filter_map(move |index| this.get(index))
    }

    /// The same call without so many of its first positional arguments.
    #[inline]
    pub(crate) fn without_first(self, count: usize) -> Arguments<'a, 'py> {
        let positional = self.positional.get(count..).unwrap_or_default();
        Arguments { positional, ..self }
    }

    /// Each keyword.
    #[inline]
    pub(crate) fn keywords(
        &self,
    ) -> impl Iterator<Item = (Borrowed<'a, 'py, PyString>, Borrowed<'a, 'py, PyAny>)> + use<'a, 'py>
    {
        let py = self.py;
        let names = self.names;
        let values = self.values.iter().enumerate();
        values.filter_map(move |(index, value)| {
            let names = names?;
            let name = names.get_borrowed_item(index).ok()?;
            // SAFETY: the item belongs to the tuple, which lives for 'a and never changes; so do
            // the values.
            let (name, value) = unsafe {
                (
                    Borrowed::from_ptr(py, name.as_ptr()),
                    Borrowed::from_ptr(py, *value),
                )
            };
            Some((name.cast::<PyString>().ok()?, value))
        })
    }
}

/// What a class does with a call of one of its methods; `N` says of which.
pub(crate) trait Receiver: PyClass<Frozen = True> + Sync {
    fn call<const N: u8>(&self, arguments: Arguments<'_, '_>) -> PyResult<()>;

    /// Whether a call may be awaited. It has done its work all the same.
    fn is_awaited(&self) -> bool;
}

/// What is called in place of methods of a class that Python has made; `N` says of which.
pub(crate) trait StandIn {
    fn call<const N: u8>(this: &Bound<'_, PyAny>, arguments: Arguments<'_, '_>) -> PyResult<()>;
}

/// A method to put on a class.
pub(crate) struct Method {
    name: CString,
    /// The signature, as `inspect` reads it, and the documentation.
    doc: CString,
    function: ffi::PyCFunctionFastWithKeywords,
}

impl Method {
    pub(crate) fn new<C: Receiver, const N: u8>(
        name: &CStr,
        signature: &str,
        doc: &str,
    ) -> Option<Method> {
        Method::of(name, signature, doc, entry::<C, N>)
    }

    /// A method for a class that Python has made.
    pub(crate) fn stand_in<F: StandIn, const N: u8>(
        name: &CStr,
        signature: &str,
        doc: &str,
    ) -> Option<Method> {
        Method::of(name, signature, doc, stand_in_entry::<F, N>)
    }

    fn of(
        name: &CStr,
        signature: &str,
        doc: &str,
        function: ffi::PyCFunctionFastWithKeywords,
    ) -> Option<Method> {
        let shown = name.to_str().ok()?;
        Some(Method {
            name: name.to_owned(),
            doc: CString::new(format!("{shown}{signature}\n--\n\n{doc}")).ok()?,
            function,
        })
    }

    /// Puts the method on its class.
    pub(crate) fn add_to<C: Receiver>(self, py: Python<'_>) -> PyResult<()> {
        self.put_on(&py.get_type::<C>())
    }

    /// Puts a stand-in on a class. Its function takes any object for `self`.
    pub(crate) fn put_on(self, class: &Bound<'_, PyType>) -> PyResult<()> {
        let py = class.py();
        let (name, definition) = self.definition();
        // SAFETY: the class is a type object; the definition and its texts live for ever, and its
        // function is for instances of this class.
        let descriptor = unsafe {
            let descriptor = ffi::PyDescr_NewMethod(class.as_type_ptr(), definition);
            Bound::from_owned_ptr_or_err(py, descriptor)?
        };
        class.setattr(PyString::new(py, &name.to_string_lossy()), descriptor)
    }

    /// A stand-in as a function, which has this object for `self`.
    pub(crate) fn bound_to<'py>(self, this: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let (_, definition) = self.definition();
        // SAFETY: the definition and its texts live for ever; the function keeps the object.
        unsafe {
            let function = ffi::PyCFunction_NewEx(definition, this.as_ptr(), ptr::null_mut());
            Bound::from_owned_ptr_or_err(this.py(), function)
        }
    }

    fn definition(self) -> (&'static CStr, *mut ffi::PyMethodDef) {
        // Kept for ever, as the class is.
        let name: &'static CStr = Box::leak(self.name.into_boxed_c_str());
        let doc: &'static CStr = Box::leak(self.doc.into_boxed_c_str());
        let definition = Box::leak(Box::new(ffi::PyMethodDef {
            ml_name: name.as_ptr(),
            ml_meth: ffi::PyMethodDefPointer {
                PyCFunctionFastWithKeywords: self.function,
            },
            ml_flags: ffi::METH_FASTCALL | ffi::METH_KEYWORDS as c_int,
            ml_doc: doc.as_ptr(),
        }));
        (name, definition)
    }
}

/// What the interpreter calls for a class of ours.
unsafe extern "C" fn entry<C: Receiver, const N: u8>(
    this: *mut PyObject,
    arguments: *const *mut PyObject,
    positional: ffi::Py_ssize_t,
    names: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the interpreter's convention, see the head of this file; its descriptor has seen to
    // the class.
    unsafe {
        let this_is_awaited = Borrowed::from_ptr(Python::assume_attached(), this)
            .cast_unchecked::<C>()
            .get()
            .is_awaited();
        let failed = called(this, arguments, positional, names, |this, arguments| {
            this.cast_unchecked::<C>().get().call::<N>(arguments)
        });
        returned(failed, this_is_awaited)
    }
}

/// What the interpreter calls for a class of Python's.
unsafe extern "C" fn stand_in_entry<F: StandIn, const N: u8>(
    this: *mut PyObject,
    arguments: *const *mut PyObject,
    positional: ffi::Py_ssize_t,
    names: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the interpreter's convention, see the head of this file.
    unsafe {
        let failed = called(this, arguments, positional, names, |this, arguments| {
            F::call::<N>(&this, arguments)
        });
        returned(failed, false)
    }
}

/// What the interpreter gets for a call: NULL for one that raises, else None, or an awaitable of it.
///
/// # Safety
/// This thread holds the GIL.
#[inline(always)]
unsafe fn returned(raises: bool, is_awaited: bool) -> *mut PyObject {
    if raises {
        return ptr::null_mut();
    }
    if is_awaited {
        // SAFETY: as above.
        let py = unsafe { Python::assume_attached() };
        if gil::suspends() {
            return awaitable::room(py).into_ptr();
        }
        return awaitable::nothing(py).into_ptr();
    }
    // SAFETY: a new reference to None, which lives as long as the interpreter.
    unsafe {
        let none = ffi::Py_None();
        ffi::Py_IncRef(none);
        none
    }
}

/// Makes a call; whether it raises.
///
/// # Safety
/// The arguments are those that the interpreter passed, and it is waiting for the call.
#[inline(always)]
unsafe fn called(
    this: *mut PyObject,
    arguments: *const *mut PyObject,
    positional: ffi::Py_ssize_t,
    names: *mut PyObject,
    call: impl for<'a, 'py> FnOnce(Borrowed<'a, 'py, PyAny>, Arguments<'a, 'py>) -> PyResult<()>,
) -> bool {
    // SAFETY: as above.
    let (py, this, arguments) = unsafe {
        let py = Python::assume_attached();
        let names =
            Borrowed::from_ptr_or_opt(py, names).map(|names| names.cast_unchecked::<PyTuple>());
        let positional = positional.cast_unsigned();
        let (positional, values) = if arguments.is_null() {
            (&[][..], &[][..])
        } else {
            let count = positional + names.map_or(0, |names| names.len());
            std::slice::from_raw_parts(arguments, count).split_at(positional)
        };
        let arguments = Arguments {
            py,
            positional,
            values,
            names,
        };
        (py, Borrowed::from_ptr(py, this), arguments)
    };
    match catch_unwind(AssertUnwindSafe(|| call(this, arguments))) {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            error.restore(py);
            return true;
        }
        Err(_) => panicked(py),
    }
    false
}

/// A fault of ours must not end the application's call.
#[cold]
fn panicked(py: Python<'_>) {
    let message = "the logger panicked; its record is lost";
    // A callback of the error tracker's may wait.
    gil::detached(py, || {
        diagnostics::report(ErrorKind::Format, "a call", &message);
    });
}
