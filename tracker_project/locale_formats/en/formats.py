"""ISO 8601 dates with the time zone shown, wherever Django formats a date by itself (the admin)."""

DATE_FORMAT = SHORT_DATE_FORMAT = "Y-m-d"
TIME_FORMAT = "H:i T"
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = "Y-m-d H:i T"
