"""Django's SpatiaLite backend, made quick to start and patient.

What differs from ``django.contrib.gis.db.backends.spatialite``: the spatial metadata is created in one transaction
before Django looks for it (without that the first ``migrate`` takes many seconds, and fails with some builds of
SQLite); the library's path is looked up once; and a writer waits its turn as long as ``timeout`` says, for loading the
library sets that back to five seconds.
"""

from typing import Any

from django.contrib.gis.db.backends.spatialite import base


class DatabaseWrapper(base.DatabaseWrapper):
    library_found: str | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = self.connect_with_library(conn_params)
        connection.execute(f"PRAGMA busy_timeout = {int(conn_params.get('timeout', 5) * 1000)}")
        return connection

    def connect_with_library(self, conn_params: dict[str, Any]) -> Any:
        if DatabaseWrapper.library_found:
            self.lib_spatialite_paths = [DatabaseWrapper.library_found]  # type: ignore[assignment]
            return super().get_new_connection(conn_params)
        candidates, error = self.lib_spatialite_paths, None
        for path in candidates:
            self.lib_spatialite_paths = [path]  # type: ignore[assignment]
            try:
                connection = super().get_new_connection(conn_params)
            except Exception as exc:  # the parent's own error, which names the path tried
                error = exc
            else:
                DatabaseWrapper.library_found = path
                return connection
        raise error or RuntimeError("No candidate for the SpatiaLite library.")

    def prepare_database(self) -> None:
        with self.cursor() as cursor:
            cursor.execute("PRAGMA table_info(geometry_columns)")
            if not cursor.fetchall():
                cursor.execute("SELECT InitSpatialMetaData(1)")
        super().prepare_database()

    def close_pool(self) -> None:
        """As Django's PostgreSQL backend has it; here nothing is kept."""
