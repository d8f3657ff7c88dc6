#!/usr/bin/env bash
# For the health check.
exec 3<>"/dev/tcp/${2%:*}/${2#*:}"
