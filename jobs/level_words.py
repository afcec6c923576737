"""The words of level detection: how systems spell levels, and the words that show a header or a sentence."""

from __future__ import annotations

from jobs import levels


def _words(text: str) -> list[str]:
    return text.split()


# Written in small letters, Capitalised and IN CAPITALS. `trce` and `dbug` are ASP.NET's.
_ANY_CASE = _words(
    """trace debug verbose info information notice warn warning error err fatal critical crit severe alert
    emerg emergency panic note fail trce dbug"""
)
# Written in capitals alone: Serilog and zerolog, logrus (ERRO), npm (ERR!), java.util.logging.
_CAPITALS = _words(
    """INF WRN DBG TRC VRB FTL DPANIC FAILURE FAILED ERRO DEBU FATA PANI TRAC FINE FINER FINEST LOG CONFIG
    DEPRECATION"""
)
# Words that are too common to be a level unless set off by punctuation, even in capitals.
ONLY_SET_OFF = frozenset(_words("LOG CONFIG FINE FINER FINEST NOTE INFORMATION VERBOSE DEPRECATION"))
_UNKNOWN_TO_LEVELS = {
    **dict.fromkeys(("trce", "dbug", "debu", "trac"), "debug"),
    **dict.fromkeys(("note",), "info"),
    **dict.fromkeys(("deprecation",), "warn"),
    **dict.fromkeys(("failed", "erro"), "error"),
    **dict.fromkeys(("fata", "pani"), "fatal"),
}


def _level_of(spelling: str) -> str:
    word = spelling.lower()
    return _UNKNOWN_TO_LEVELS.get(word) or levels.NAMES[levels.parse(word)]


_SPELLINGS = [form for word in _ANY_CASE for form in (word, word.capitalize(), word.upper())] + _CAPITALS
LEVEL_OF_WORD: dict[str, str] = {spelling: _level_of(spelling) for spelling in _SPELLINGS}

# Programs whose name may precede a bare level word: "npm warn deprecated", "CMake Error at".
TOOLS = frozenset(_words("npm pnpm lerna gyp node-gyp PHP CMake"))

MONTHS_AND_DAYS = _words("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec Mon Tue Wed Thu Fri Sat Sun")
TIME_WORDS = frozenset(MONTHS_AND_DAYS + _words("am pm AM PM Z UTC GMT CET CEST EST EDT PST PDT BST IST JST"))

# Words that make what precedes a level word a sentence or a `key: VALUE`, not a header.
PROSE = frozenset(
    _words(
        """a an the this that these those it its no not non any some zero without with within of in on at to from for
        by as and or but if is was are were be been being has have had do does did got get gets getting received
        returned returns found unexpected unknown level levels loglevel verbosity state status result outcome mode
        set setting changed when while after before until because how what which where you your we our can could
        may might will would should must than then see print printing log logs logging logged"""
    )
)
