"""How Superset is set up here: it reads the marts and nothing else, changes nothing, and asks no host outside.

Superset loads this file by SUPERSET_CONFIG_PATH (``bi/start`` sets it). What differs from place to place comes from the
environment:

HAILONG_WAREHOUSE_URL              the warehouse, as a login that may read schema mart
HAILONG_BI_SHOW                    ``latest``: drafts are shown as well, to a login that may see them
SUPERSET_HOME                      where Superset keeps what it makes, its own database among it
SUPERSET_SECRET_KEY                signs people's sessions and encrypts what Superset keeps secret
SUPERSET__SQLALCHEMY_DATABASE_URI  Superset's own database, where it is not an SQLite file in SUPERSET_HOME
SUPERSET_BEHIND_TLS                ``True`` when a proxy with TLS stands before it
"""

from __future__ import annotations

import os
import re
from typing import Any

from sqlalchemy.engine.url import URL, make_url

APP_NAME = "Hài Lòng"

# bi/assets/databases gives the warehouse this host, no login and no password: they stay out of Superset's database
WAREHOUSE = "warehouse"
SHOWN = os.environ.get("HAILONG_BI_SHOW", "")
if not re.fullmatch(r"(draft|latest|[0-9]{1,6})?", SHOWN):
    raise SystemExit(f"HAILONG_BI_SHOW={SHOWN} says nothing: leave it empty, or set it to latest")
SESSION = {"default_transaction_read_only": "on", "statement_timeout": "60s"} | (
    {"hailong.show": SHOWN} if SHOWN else {}
)


def DB_CONNECTION_MUTATOR(uri: URL, params: dict[str, Any], *_: Any) -> tuple[URL, dict[str, Any]]:  # noqa: N802
    """Put the real address of the warehouse in the place of its name, and make each session one that only reads."""
    if uri.host != WAREHOUSE:
        return uri, params
    options = " ".join(f"-c {name}={value}" for name, value in SESSION.items())
    known = {"options": options, "application_name": "superset", "connect_timeout": 10}
    url = make_url(os.environ["HAILONG_WAREHOUSE_URL"]).set(drivername="postgresql+psycopg2")
    return url, {**params, "connect_args": {**params.get("connect_args", {}), **known}}


FEATURE_FLAGS = {
    "ENABLE_TEMPLATE_PROCESSING": False,
    "ENABLE_JAVASCRIPT_CONTROLS": False,
    "ALERT_REPORTS": False,
    "EMBEDDED_SUPERSET": False,
    "EMBEDDABLE_CHARTS": False,
    "ENABLE_EXTENSIONS": False,
}
ROW_LIMIT = 10_000
SQL_MAX_ROW = 50_000

# Superset's own pages ask map servers and a counter of visits; here the browser may speak with this server alone
TALISMAN_ENABLED = True
CONTENT_SECURITY_POLICY_WARNING = False
TALISMAN_CONFIG = {
    "content_security_policy": {
        "default-src": ["'self'"],
        "base-uri": ["'self'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'", "blob:"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
}
TALISMAN_DEV_CONFIG = TALISMAN_CONFIG

WTF_CSRF_ENABLED = True
IS_BEHIND_TLS = os.environ.get("SUPERSET_BEHIND_TLS") == "True"
ENABLE_PROXY_FIX = IS_BEHIND_TLS
SESSION_COOKIE_SECURE = IS_BEHIND_TLS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
PERMANENT_SESSION_LIFETIME = 8 * 60 * 60
AUTH_RATE_LIMITED = True
AUTH_RATE_LIMIT = "5 per 40 second"
RATELIMIT_ENABLED = True
RATELIMIT_STORAGE_URI = "memory://"
RATELIMIT_APPLICATION = "200 per second"
AUTH_USER_REGISTRATION = False
PUBLIC_ROLE_LIKE = None
FAB_ADD_SECURITY_API = True

# what was published does not change, but a draft does: no answer is kept
DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
