//! The logging macros.
//!
//! Their work at a call is: one level check, and then one call that is not inlined. Keys are made
//! at compile time; values are borrowed where they stand.

/// Logs at a level given as an expression; [`info!`](crate::info) and its sisters fix it.
///
/// Two forms, told apart by the mark after the first argument:
///
/// - `log!(level, logger, "LAYER", …)`: a logger, a comma, and the layer's name. A literal name is
///   looked up once for each call site.
/// - `log!(level, layer; …)`: a [`Layer`](crate::Layer) handle (or a logger, for the layer
///   `DEFAULT`), and a semicolon.
///
/// What follows are fields, then a format string with its arguments:
///
/// | written | the field's value |
/// |---|---|
/// | `user_id = 7` | by [`ToValue`](crate::ToValue): numbers stay numbers |
/// | `user_id` | the variable of that name |
/// | `path = %path.display()` | its `Display` |
/// | `state = ?state`, `?state` | its `Debug` |
/// | `error = #error` | an error with its sources |
/// | `"http.method" = "GET"` | a name that is no Rust identifier |
///
/// Nothing but the level check is evaluated when the level is off.
///
/// ```
/// use hydra_logger::{Level, Logger, log};
///
/// let logger = Logger::new();
/// let attempt = 2;
/// log!(Level::Warning, logger, "AUTH", attempt, user = "ada", "login failed");
///
/// let db = logger.layer("DB");
/// log!(Level::Info, db; rows = 42, elapsed = ?std::time::Duration::from_millis(3), "query {}", "users");
/// ```
#[macro_export]
macro_rules! log {
    ($level:expr, $layer:expr; $($rest:tt)*) => {
        $crate::__fields!({ $level, $layer } [] [] $($rest)*)
    };
    ($level:expr, $logger:expr, $layer:literal $(, $($rest:tt)*)?) => {
        $crate::__fields!({ $level, $logger, $layer } [] [] $($($rest)*)?)
    };
    ($level:expr, $logger:expr, $layer:expr $(, $($rest:tt)*)?) => {
        $crate::log!($level, $logger.layer($layer); $($($rest)*)?)
    };
}

macro_rules! level_macros {
    ($d:tt $($name:ident $level:ident $what:literal;)*) => {$(
        #[doc = concat!("Logs ", $what, ": [`log!`](crate::log) at `Level::", stringify!($level), "`.")]
        ///
        /// ```
        /// let logger = hydra_logger::Logger::new();
        #[doc = concat!("hydra_logger::", stringify!($name), "!(logger, \"APP\", user_id = 7, \"seen {} times\", 3);")]
        #[doc = concat!("let app = logger.layer(\"APP\");")]
        #[doc = concat!("hydra_logger::", stringify!($name), "!(app; \"the same layer, by its handle\");")]
                /// ```
        #[macro_export]
        macro_rules! $name {
            ($d($d arg:tt)+) => { $crate::log!($crate::Level::$level, $d($d arg)+) };
        }
    )*};
}

level_macros! { $
    trace Trace "the steps inside a function";
    debug Debug "what helps to find a fault";
    info Info "what happened";
    warning Warning "what was unexpected";
    warn Warning "what was unexpected (another name of `warning!`)";
    error Error "that an operation failed";
    critical Critical "that the program cannot go on";
}

/// Takes the fields one by one: `{target} [keys] [values] rest`.
#[doc(hidden)]
#[macro_export]
macro_rules! __fields {
    // name = value, in its four ways of showing
    ($t:tt [$($k:tt)*] [$($v:tt)*] $key:ident $(. $more:ident)* = % $value:expr $(, $($rest:tt)*)?) => {
        $crate::__fields!($t [$($k)* {$crate::__private::field_name(stringify!($key $(. $more)*))}] [$($v)* {$crate::__private::Value::Display(&$value)}] $($($rest)*)?)
    };
    ($t:tt [$($k:tt)*] [$($v:tt)*] $key:ident $(. $more:ident)* = ? $value:expr $(, $($rest:tt)*)?) => {
        $crate::__fields!($t [$($k)* {$crate::__private::field_name(stringify!($key $(. $more)*))}] [$($v)* {$crate::__private::Value::Debug(&$value)}] $($($rest)*)?)
    };
    ($t:tt [$($k:tt)*] [$($v:tt)*] $key:ident $(. $more:ident)* = # $value:expr $(, $($rest:tt)*)?) => {
        $crate::__fields!($t [$($k)* {$crate::__private::field_name(stringify!($key $(. $more)*))}] [$($v)* {$crate::__private::Value::Error(&$value)}] $($($rest)*)?)
    };
    ($t:tt [$($k:tt)*] [$($v:tt)*] $key:ident $(. $more:ident)* = $value:expr $(, $($rest:tt)*)?) => {
        $crate::__fields!($t [$($k)* {$crate::__private::field_name(stringify!($key $(. $more)*))}] [$($v)* {$crate::__private::ToValue::to_value(&$value)}] $($($rest)*)?)
    };
    ($t:tt [$($k:tt)*] [$($v:tt)*] $key:literal = % $value:expr $(, $($rest:tt)*)?) => {
        $crate::__fields!($t [$($k)* {$key}] [$($v)* {$crate::__private::Value::Display(&$value)}] $($($rest)*)?)
    };
    ($t:tt [$($k:tt)*] [$($v:tt)*] $key:literal = ? $value:expr $(, $($rest:tt)*)?) => {
        $crate::__fields!($t [$($k)* {$key}] [$($v)* {$crate::__private::Value::Debug(&$value)}] $($($rest)*)?)
    };
    ($t:tt [$($k:tt)*] [$($v:tt)*] $key:literal = # $value:expr $(, $($rest:tt)*)?) => {
        $crate::__fields!($t [$($k)* {$key}] [$($v)* {$crate::__private::Value::Error(&$value)}] $($($rest)*)?)
    };
    ($t:tt [$($k:tt)*] [$($v:tt)*] $key:literal = $value:expr $(, $($rest:tt)*)?) => {
        $crate::__fields!($t [$($k)* {$key}] [$($v)* {$crate::__private::ToValue::to_value(&$value)}] $($($rest)*)?)
    };
    // a variable by its name
    ($t:tt [$($k:tt)*] [$($v:tt)*] % $key:ident $(, $($rest:tt)*)?) => {
        $crate::__fields!($t [$($k)* {$crate::__private::field_name(stringify!($key))}] [$($v)* {$crate::__private::Value::Display(&$key)}] $($($rest)*)?)
    };
    ($t:tt [$($k:tt)*] [$($v:tt)*] ? $key:ident $(, $($rest:tt)*)?) => {
        $crate::__fields!($t [$($k)* {$crate::__private::field_name(stringify!($key))}] [$($v)* {$crate::__private::Value::Debug(&$key)}] $($($rest)*)?)
    };
    ($t:tt [$($k:tt)*] [$($v:tt)*] # $key:ident $(, $($rest:tt)*)?) => {
        $crate::__fields!($t [$($k)* {$crate::__private::field_name(stringify!($key))}] [$($v)* {$crate::__private::Value::Error(&$key)}] $($($rest)*)?)
    };
    ($t:tt [$($k:tt)*] [$($v:tt)*] $key:ident $(, $($rest:tt)*)?) => {
        $crate::__fields!($t [$($k)* {$crate::__private::field_name(stringify!($key))}] [$($v)* {$crate::__private::ToValue::to_value(&$key)}] $($($rest)*)?)
    };
    // the message, or none
    ($t:tt $k:tt $v:tt $format:literal $($arguments:tt)*) => {
        $crate::__emit!($t $k $v {$crate::__private::Message::from(format_args!($format $($arguments)*))})
    };
    ($t:tt $k:tt $v:tt) => {
        $crate::__emit!($t $k $v {$crate::__private::Message::Static("")})
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __emit {
    ({ $level:expr, $target:expr } [$({$key:expr})*] [$({$value:expr})*] {$message:expr}) => {{
        let level = $level;
        // Two steps, so that a handle made right here lives as long as it is used.
        let target = &$target;
        let target = $crate::__private::Target::target(target);
        if target.is_enabled(level) {
            // Items are not hygienic: the name must be none that the arguments use.
            static __HYDRA_LOCATION: $crate::Location = $crate::Location { file: file!(), line: line!() };
            target.emit(
                level,
                $message,
                $crate::__private::Fields::of_site(
                    const { &[$($crate::__private::Key::new($key)),*] },
                    &[$($value),*],
                ),
                Some(&__HYDRA_LOCATION),
            );
        }
    }};
    ({ $level:expr, $logger:expr, $layer:literal } [$({$key:expr})*] [$({$value:expr})*] {$message:expr}) => {{
        // Items are not hygienic: the name must be none that the arguments use.
        static __HYDRA_SITE: $crate::__private::Site =
            $crate::__private::Site::new($layer, $crate::Location { file: file!(), line: line!() });
        let level = $level;
        let logger: &$crate::Logger = &$logger;
        if __HYDRA_SITE.is_enabled(logger, level) {
            __HYDRA_SITE.emit(
                logger,
                level,
                $message,
                $crate::__private::Fields::of_site(
                    const { &[$($crate::__private::Key::new($key)),*] },
                    &[$($value),*],
                ),
            );
        }
    }};
}
