"""How people log in: Airflow reads this file at start. Names are Flask-AppBuilder's."""

from flask_appbuilder.const import AUTH_DB

AUTH_TYPE = AUTH_DB
# accounts are made by an administrator: nobody registers
AUTH_USER_REGISTRATION = False
FAB_PASSWORD_COMPLEXITY_ENABLED = True
WTF_CSRF_ENABLED = True
