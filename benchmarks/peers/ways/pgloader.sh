# pgloader: one table, without its indexes and keys.
set -eu
schema="alter schema '$SOURCE_DATABASE' rename to 'peer'"
[ "$ENGINE" = sqlite ] && schema="set search_path to 'peer'"
cat > load <<LOAD
load database from $SOURCE into $TARGET
with include no drop, create tables, no foreign keys, create no indexes, reset no sequences
including only table names $([ "$ENGINE" = sqlite ] && echo like || echo matching) 'survey_response'
$schema;
LOAD
pgloader load
