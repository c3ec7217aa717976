//! Call sites: what the macros keep for each of them.

use std::sync::OnceLock;

use hydra_core::pipeline::Mirror;
use hydra_core::{Fields, Layer, Level, Location, Message};

use crate::Logger;

/// A call with a literal layer: its place, and the layer it found the first time.
///
/// A later call through the same logger costs a comparison; through another one, a look-up.
#[derive(Debug)]
pub struct Site {
    layer: OnceLock<Layer>,
    mirror: Mirror,
    name: &'static str,
    location: Location,
}

impl Site {
    /// A site that has not been reached yet.
    pub const fn new(name: &'static str, location: Location) -> Site {
        Site {
            layer: OnceLock::new(),
            mirror: Mirror::new(),
            name,
            location,
        }
    }

    /// Whether a record of this level would go anywhere.
    #[inline(always)]
    pub fn is_enabled(&'static self, logger: &Logger, level: Level) -> bool {
        match self.mirror.is_enabled(logger.id(), level) {
            Some(enabled) => enabled,
            None => self.look_up(logger).is_enabled(level),
        }
    }

    /// Sends a record on its way.
    #[inline]
    pub fn emit(
        &'static self,
        logger: &Logger,
        level: Level,
        message: Message<'_>,
        fields: Fields<'_>,
    ) {
        match self.layer.get() {
            Some(layer) if layer.logger() == logger.id() => {
                layer.emit(level, message, fields, Some(&self.location));
            }
            _ => self
                .look_up(logger)
                .emit(level, message, fields, Some(&self.location)),
        }
    }

    #[cold]
    #[inline(never)]
    fn look_up(&'static self, logger: &Logger) -> Layer {
        let layer = logger.layer(self.name);
        if self.layer.set(layer.clone()).is_ok() {
            layer.mirror(&self.mirror);
        }
        layer
    }
}

/// The name of a field written as an identifier: `r#type` is the field `type`.
pub const fn field_name(identifier: &str) -> &str {
    match identifier.as_bytes() {
        [b'r', b'#', ..] => identifier.split_at(2).1,
        _ => identifier,
    }
}

/// What the first argument of a macro's handle form may be: a layer's handle, or a logger, which
/// stands for its layer `DEFAULT`.
pub trait Target {
    /// The layer.
    fn target(&self) -> &Layer;
}

impl Target for Layer {
    #[inline(always)]
    fn target(&self) -> &Layer {
        self
    }
}

impl Target for Logger {
    #[inline(always)]
    fn target(&self) -> &Layer {
        self.default_layer()
    }
}

impl<T: Target + ?Sized> Target for &T {
    #[inline(always)]
    fn target(&self) -> &Layer {
        (**self).target()
    }
}
