#!/bin/sh
# Puts the styles and scripts of this image where DATA_DIR is mounted, then runs what was asked for.
set -eu
umask 077
mkdir -p "$DATA_DIR/static"
cp -R /opt/keep-static/. "$DATA_DIR/static/"
exec "$@"
