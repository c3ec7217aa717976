"""The asynchronous logger, under the module that its plan names."""

from hydra_logger._core import AsyncHydraLogger

__all__ = ["AsyncHydraLogger"]
