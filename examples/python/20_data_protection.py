"""Personal data, secrets and attacks: what a logger does by itself, and by hand for the rest.

You will see:

    2026-11-21 13:05:36.123456+01:00 AUTH INFO - ada is [REDACTED:EMAIL] password=[REDACTED:PASSWORD]
    {'user': '[REDACTED:EMAIL]', 'cards': ['[REDACTED:CREDIT_CARD]'], 'seats': 2}
    [('sql_injection', 'high', 9)]
    the same customer: True
    {'orders': 17}
"""

import os
import tempfile

from hydra_logger import (
    DataHasher,
    DataSanitizer,
    FallbackHandler,
    HydraLogger,
    SecurityValidator,
)

# Every record is redacted before it reaches a destination.
logger = HydraLogger()
logger.info("AUTH", "ada is ada@example.com", password="correct horse")
logger.close()

# What does not go through a logger.
booking = {"user": "ada@example.com", "cards": [4111_1111_1111_1111], "seats": 2}
print(DataSanitizer().sanitize_data(booking))

# What looks like an attack: reported, not changed.
threats = SecurityValidator().validate_input("name='x' OR '1'='1' --")["threats"]
print([(threat["type"], threat["severity"], threat["position"]) for threat in threats])

# Equal values can be told to be equal, and nobody reads them. Keep the key elsewhere.
hasher = DataHasher(key=os.urandom(32), key_id="2026-11")
print("the same customer:", hasher.hash_data("ada") == hasher.hash_data("ada"))

# A file that is whole, whenever the program is killed.
with tempfile.TemporaryDirectory() as folder:
    files = FallbackHandler()
    files.safe_write_json({"orders": 17}, f"{folder}/state.json")
    print(files.safe_read_json(f"{folder}/state.json"))
