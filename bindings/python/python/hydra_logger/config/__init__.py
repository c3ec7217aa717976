"""Configuration: the models, the loaders, and the constants.

Importing this package imports none of them yet: the models need pydantic, which costs some ten
milliseconds that a program without models need not spend.
"""

from .._lazy import lazy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import constants as constants
    from . import loaders as loaders
    from . import models as models
    from .loaders import create_log_directories as create_log_directories
    from .loaders import get_async_default_config as get_async_default_config
    from .loaders import get_default_config as get_default_config
    from .loaders import load_config as load_config
    from .loaders import load_config_from_dict as load_config_from_dict
    from .loaders import load_config_from_env as load_config_from_env
    from .loaders import merge_configs as merge_configs
    from .loaders import validate_config as validate_config
    from .models import LogDestination as LogDestination
    from .models import LoggingConfig as LoggingConfig
    from .models import LogLayer as LogLayer
    from .models import Redaction as Redaction
    from .models import Theme as Theme
else:
    __getattr__, __dir__, __all__ = lazy(
        __name__,
        {
            "create_log_directories": ".loaders",
            "get_async_default_config": ".loaders",
            "get_default_config": ".loaders",
            "load_config": ".loaders",
            "load_config_from_dict": ".loaders",
            "load_config_from_env": ".loaders",
            "merge_configs": ".loaders",
            "validate_config": ".loaders",
            "LogDestination": ".models",
            "LogLayer": ".models",
            "LoggingConfig": ".models",
            "Redaction": ".models",
            "Theme": ".models",
        },
        ("constants", "loaders", "models"),
    )
