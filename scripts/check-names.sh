#!/usr/bin/env bash
# No tracked file may name a path of the machine it was written on, or the host of a package
# registry: both work for the one who wrote them and for nobody else.
source "$(dirname "$0")/lib.sh"

# Written so that this file does not match itself.
paths='(^|[^[:alnum:]_~-])/(work|farm|root)/[[:alnum:]._-]|/home/[a-z][a-z0-9_-]*/'
hosts='(index|static)[.]crates[.]io|pythonhosted[.]org|pypi[.]org/simple|registry[.]npmjs|(deb|security)[.]debian[.]org'

if git grep --untracked -nIE "$paths|$hosts" -- . ':!*.lock'; then
  die "the lines above name a path of one machine or a registry's host"
fi
