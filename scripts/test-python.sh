#!/usr/bin/env bash
# The Python package's tests, on the installed wheel. Arguments go to pytest.
source "$(dirname "$0")/lib.sh"

venv="$(scripts/python-venv.sh)"
export PYTHONDONTWRITEBYTECODE=1
cd bindings/python
exec "$venv/bin/python" -m pytest -p no:cacheprovider "$@"
