"""What a whole Airflow tells, and what can be measured of it."""
