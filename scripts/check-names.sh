#!/usr/bin/env bash
# No tracked file may name a path of the machine it was written on, the host of a package registry, or
# (in a program) the folder it was built in: they work for the one who wrote them and for nobody else.
source "$(dirname "$0")/lib.sh"

# Written so that this file does not match itself.
paths='(^|[^[:alnum:]_~-])/(work|farm|root)/[[:alnum:]._-]|/home/[a-z][a-z0-9_-]*/'
hosts='(index|static)[.]crates[.]io|pythonhosted[.]org|pypi[.]org/simple|registry[.]npmjs|(deb|security)[.]debian[.]org'

if git grep --untracked -nIE "$paths|$hosts" -- . ':!*.lock'; then
  die "the lines above name a path of one machine or a registry's host"
fi

# Two clones share what cargo has built, and cargo does not build anew for another folder: a program
# that holds the folder it was built in looks for its files in a clone that is gone.
if git grep --untracked -nE 'env!\("CARGO_MANIFEST_DIR' -- '*.rs'; then
  die "the lines above keep the folder of a build: cargo runs tests and benchmarks in their package's"
fi
