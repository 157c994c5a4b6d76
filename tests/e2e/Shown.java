import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Properties;

/** Says what a JDBC client such as DBeaver is told of schema mart: one line each, its parts with a tab between them. */
public class Shown {
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    public static void main(String[] given) throws SQLException {
        Properties login = new Properties();
        login.setProperty("user", System.getenv("PGUSER"));
        login.setProperty("password", System.getenv("PGPASSWORD"));
        try (Connection connection = DriverManager.getConnection(given[0], login)) {
            DatabaseMetaData told = connection.getMetaData();
            say("table", told.getTables(null, "mart", "%", new String[] {"TABLE", "VIEW"}), "TABLE_NAME", "REMARKS");
            say("column", told.getColumns(null, "mart", "treasury_ranking", "%"), "COLUMN_NAME", "TYPE_NAME", "REMARKS");
            say("key", told.getPrimaryKeys(null, "mart", "fact_treasury"), "COLUMN_NAME");
            say("leads", told.getImportedKeys(null, "mart", "fact_treasury"), "FKCOLUMN_NAME", "PKTABLE_NAME");
            say("row", connection.createStatement().executeQuery(given[1]), "name", "satisfied", "answers", "pct");
        }
    }

    private static void say(String what, ResultSet rows, String... columns) throws SQLException {
        while (rows.next()) {
            StringBuilder line = new StringBuilder(what);
            for (String column : columns) {
                line.append('\t').append(rows.getString(column));
            }
            OUT.println(line);
        }
    }
}
