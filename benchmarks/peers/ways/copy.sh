# The limit: what the source's own client writes goes to COPY as it is. The table is there already, without keys.
set -eu -o pipefail
into() { psql -X -q "$TARGET" -c "copy peer.survey_response from stdin $1"; }
case $ENGINE in
    postgresql) psql -X "$SOURCE" -c 'copy survey_response to stdout' | into '' ;;
    mariadb)
        export MYSQL_PWD="$SOURCE_PASSWORD"
        mariadb --no-defaults --protocol=tcp --host="$SOURCE_HOST" --port="$SOURCE_PORT" --user="$SOURCE_USER" \
            --default-character-set=utf8mb4 --batch --quick --skip-column-names "$SOURCE_DATABASE" \
            --execute='select * from survey_response' | into "(null 'NULL')" ;;
    sqlite) sqlite3 -readonly -csv -noheader "$SOURCE_DATABASE" 'select * from survey_response' | into '(format csv)' ;;
esac
