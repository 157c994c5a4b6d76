# A Singer tap piped into a Singer target, as Meltano runs them: a full table, appended, the target using COPY.
set -eu -o pipefail
python - <<'CONFIGURATION'
import json, os, pathlib
pathlib.Path("tap.json").write_text(json.dumps({
    "sqlalchemy_url": os.environ["SOURCE"].replace("postgresql://", "postgresql+psycopg2://"),
    "filter_schemas": ["public"], "default_replication_method": "FULL_TABLE",
}))
pathlib.Path("target.json").write_text(json.dumps({
    "sqlalchemy_url": os.environ["TARGET"].replace("postgresql://", "postgresql+psycopg://"),
    "default_target_schema": "peer", "load_method": "append-only", "use_copy": True,
}))
CONFIGURATION
tap-postgres --config tap.json --discover > found.json
python - <<'CHOICE'
import json, pathlib
catalog = json.loads(pathlib.Path("found.json").read_text())
catalog["streams"] = [one for one in catalog["streams"] if one["tap_stream_id"].endswith("survey_response")]
for part in catalog["streams"][0]["metadata"]:
    part["metadata"]["selected"] = True
pathlib.Path("catalog.json").write_text(json.dumps(catalog))
CHOICE
tap-postgres --config tap.json --catalog catalog.json 2> tap.log | target-postgres --config target.json > state.json
