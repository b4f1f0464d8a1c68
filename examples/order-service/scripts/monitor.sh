#!/usr/bin/env bash
# Runs on the host beside the stack: says so when the database or the cache does not answer.
set -u
cd "$(dirname "$0")/.."
set -a; . ./.env; set +a

CHECK_INTERVAL=60  # AUD905
LOG_FILE="${LOG_FILE:-monitor.log}"

while true; do
    pg_isready --quiet --host "$POSTGRES_HOST" --port "$POSTGRES_PORT" \
        || echo "$(date -Is) database does not answer" >> "$LOG_FILE"
    redis-cli -h "$REDIS_HOST" -p "$REDIS_PORT" ping > /dev/null \
        || echo "$(date -Is) cache does not answer" >> "$LOG_FILE"
    sleep "$CHECK_INTERVAL"
done
