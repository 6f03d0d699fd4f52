"""The settings of the server that browsers visit: an installation's, in the clear, and two made-up languages."""

from config.settings import *  # noqa: F403
from config.settings import LANGUAGES, LOCALE_PATHS, VAR_DIR
from requests_app.world.languages import PSEUDO, PSEUDO_RIGHT_TO_LEFT

ALLOWED_HOSTS = ["127.0.0.1"]
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = False
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "sessionid", "csrftoken"
LANGUAGES = [*LANGUAGES, (PSEUDO, "⟦left⟧"), (PSEUDO_RIGHT_TO_LEFT, "⟦right⟧")]
LOCALE_PATHS = [*LOCALE_PATHS, VAR_DIR / "pseudo"]
