"""Protection of sensitive data: redaction, validation, hashing, and files that survive.

>>> from hydra_logger.data_protection import redact
>>> redact("login failed for ada@example.com, password=hunter2")
'login failed for [REDACTED:EMAIL], password=[REDACTED:PASSWORD]'

A logger redacts what it writes by itself. This is for everything else: what goes to a queue, a
ticket, a model, a test fixture. Importing this package imports nothing yet.
"""

from .._lazy import lazy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import fallbacks as fallbacks
    from . import security as security
    from .fallbacks import AtomicWriter as AtomicWriter
    from .fallbacks import BackupManager as BackupManager
    from .fallbacks import CorruptionDetector as CorruptionDetector
    from .fallbacks import DataLossProtection as DataLossProtection
    from .fallbacks import DataRecovery as DataRecovery
    from .fallbacks import FallbackHandler as FallbackHandler
    from .security import AsyncSecurityValidator as AsyncSecurityValidator
    from .security import DataHasher as DataHasher
    from .security import DataSanitizer as DataSanitizer
    from .security import Redactor as Redactor
    from .security import SecurityValidator as SecurityValidator
    from .security import redact as redact
    from .security import sanitize_text as sanitize_text
else:
    __getattr__, __dir__, __all__ = lazy(
        __name__,
        {
            "AtomicWriter": ".fallbacks",
            "BackupManager": ".fallbacks",
            "CorruptionDetector": ".fallbacks",
            "DataLossProtection": ".fallbacks",
            "DataRecovery": ".fallbacks",
            "FallbackHandler": ".fallbacks",
            "AsyncSecurityValidator": ".security",
            "DataHasher": ".security",
            "DataSanitizer": ".security",
            "Redactor": ".security",
            "SecurityValidator": ".security",
            "redact": ".security",
            "sanitize_text": ".security",
        },
        modules=("fallbacks", "security"),
    )
