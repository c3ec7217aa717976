"""The constants under their second name; see `hydra_logger.core.constants`."""

from ..core.constants import *  # noqa: F403
from ..core.constants import __all__ as __all__
