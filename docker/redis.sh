#!/bin/sh
# Run by the service 'redis': one user for each part of Airflow that speaks with it, and nobody else.
#
# What a Celery worker takes from its queue it executes, so who may write there runs code in it. Only the scheduler writes
# to 'publish' and to what belongs to that queue: the keys publish.unacked… of messages that are being worked on, which
# every worker of a queue puts back, and the bindings of the exchange, by which messages are copied. The publisher hears no
# remote control, which could have it take another queue: see docker-compose.yml, and docs/operation.md for what is left.
set -eu
: "${SECRETS:=/run/secrets}" "${SETTINGS:=}"

user() { # NAME RULES...: its password is in the secret file redis_NAME_password
  name=$1
  shift
  echo "user $name on >$(cat "$SECRETS/redis_${name}_password") $* +@all -@admin -@dangerous -function"
}
# a pattern that somebody subscribes to has to be here letter by letter
KEYS_OF_ALL='~celery-task-meta-* ~*celery.pidbox* ~_kombu.binding_deadlines ~_kombu.binding*.celeryev* &/0.celery* &/0.celery.pidbox &celery-task-meta-*'

# on its standard input, where no list of processes shows it
exec docker-entrypoint.sh redis-server - <<END
appendonly yes
save ""
maxmemory-policy noeviction
$SETTINGS
# the healthcheck
user default on nopass resetkeys resetchannels -@all +ping
$(user scheduler '~*' '&*')
$(user worker '~default*' '~unacked*' '~_kombu.binding*.default' "$KEYS_OF_ALL")
$(user publisher '~publish*' '~_kombu.binding*.publish' "$KEYS_OF_ALL")
END
