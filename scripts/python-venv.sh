#!/usr/bin/env bash
# Makes the virtual environment of the Python package's tests and linters, builds the wheel and
# installs it there; prints the environment's folder. Where nothing has changed, that is a second.
# From the environment:
#   HYDRA_VENV=folder   where it is, instead of our cache folder
#   PYTHON=program      the Python (3.11 or later) to make it with; default python3
#   PROFILE=release     cargo's profile; default dev, which builds in a fraction of the time
#   REQUIREMENTS=file   what is installed beside, maturin included; default what the tests need
source "$(dirname "$0")/lib.sh"

venv="${HYDRA_VENV:-$HYDRA_CACHE/venv}"
python="${PYTHON:-python3}"
package=bindings/python
needed="${REQUIREMENTS:-$package/requirements-test.txt}"

need_program "$python" python3 "the Python package"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  die "$("$python" --version) is too old for the Python package: set PYTHON to 3.11 or later"
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  install_debian python3-venv || die "Python's venv is missing: apt-get install python3-venv"
fi

if [ ! -x "$venv/bin/python" ]; then
  say "making the virtual environment $venv"
  "$python" -m venv "$venv"
fi

pip_install() {
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input "$@" >&2
}

# What is installed is remembered by its contents, so that nothing is installed twice.
installed() { [ "$(cat "$venv/$1.installed" 2>/dev/null)" = "$2" ]; }

requirements="$(sha256sum <"$needed")"
if ! installed requirements "$requirements"; then
  say "installing what $needed names"
  pip_install --requirement "$needed"
  printf '%s\n' "$requirements" >"$venv/requirements.installed"
fi

wheels="$venv/wheels"
rm -rf "$wheels"
# A fixed date makes equal contents equal wheels.
SOURCE_DATE_EPOCH=1767225600 "$venv/bin/maturin" build --quiet --locked --profile "${PROFILE:-dev}" \
  --manifest-path $package/Cargo.toml --interpreter "$venv/bin/python" --out "$wheels" \
  >"$venv/maturin.log" 2>&1 || { cat "$venv/maturin.log" >&2; die "the wheel was not built"; }
wheel="$(sha256sum <"$(echo "$wheels"/*.whl)")"
if ! installed wheel "$wheel"; then
  pip_install --force-reinstall --no-deps "$wheels"/*.whl
  printf '%s\n' "$wheel" >"$venv/wheel.installed"
fi
printf '%s\n' "$venv"
