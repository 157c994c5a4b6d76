# Sling: one full refresh, its defaults.
set -eu
sling=$(python -c 'import pathlib, sling_linux_amd64 as s; print(pathlib.Path(s.__path__[0]) / "bin" / "sling-linux-amd64")')
chmod +x "$sling"
source=$SOURCE target="$TARGET?sslmode=disable"
case $ENGINE in
    postgresql) stream=public.survey_response source="$SOURCE?sslmode=disable" ;;
    mariadb) stream=$SOURCE_DATABASE.survey_response ;;
    sqlite) stream=main.survey_response source="sqlite://$SOURCE_DATABASE" ;;
esac
"$sling" run --src-conn "$source" --src-stream "$stream" --tgt-conn "$target" --tgt-object peer.survey_response \
    --mode full-refresh
