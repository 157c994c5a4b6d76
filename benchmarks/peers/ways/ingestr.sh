# ingestr: one command, its defaults.
set -eu
ingestr ingest --yes --progress log --source-uri "$SOURCE" --source-table public.survey_response \
    --dest-uri "$TARGET" --dest-table peer.survey_response
