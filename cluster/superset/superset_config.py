# Configuration for trying Superset (scripts/superset) and for tests: metadata in SQLite, caches in files, plain HTTP on the
# loopback address. For production use PostgreSQL for the metadata, Redis for the caches, and HTTPS.
import os

_HOME = os.environ["SUPERSET_HOME"]

with open(f"{_HOME}/secret_key") as _file:
    SECRET_KEY = _file.read().strip()
SQLALCHEMY_DATABASE_URI = f"sqlite:///{_HOME}/superset.db?check_same_thread=false"

# Without HTTPS: no redirect to it, and a session cookie that is sent over HTTP. CSRF protection stays enabled.
TALISMAN_ENABLED = False
CONTENT_SECURITY_POLICY_WARNING = False
SESSION_COOKIE_SECURE = False
RATELIMIT_ENABLED = False
AUTH_RATE_LIMITED = False

# The same store and prefix for both: Superset deletes entries from the first cache, and stores data in the second.
_CACHE = {
    "CACHE_TYPE": "FileSystemCache",
    "CACHE_DIR": f"{_HOME}/cache",
    "CACHE_DEFAULT_TIMEOUT": 86400,
    "CACHE_THRESHOLD": 10000,
}
CACHE_CONFIG = DATA_CACHE_CONFIG = FILTER_STATE_CACHE_CONFIG = EXPLORE_FORM_DATA_CACHE_CONFIG = _CACHE
# Without stored cache keys an invalidation does nothing, and Superset still answers "created".
STORE_CACHE_KEYS_IN_METADATA_DB = True

# The language of Superset's own texts. Titles come from the definitions, or from locales/ when "locale" is set.
LANGUAGES = {"en": {"flag": "us", "name": "English"}, "ru": {"flag": "ru", "name": "Русский"}}
BABEL_DEFAULT_LOCALE = os.environ.get("SUPERSET_LOCALE", "en")
if BABEL_DEFAULT_LOCALE == "ru":
    D3_FORMAT = {"decimal": ",", "thousands": "\u00a0", "grouping": [3], "currency": ["", "\u00a0₽"]}
