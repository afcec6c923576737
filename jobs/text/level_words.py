"""The words of level detection: how systems spell levels, and the words that show a header or a sentence."""

from __future__ import annotations

from jobs import levels


def words(text: str) -> list[str]:
    """The words of `text`: a list that is shorter to write."""
    return text.split()


# Written in small letters, Capitalised and IN CAPITALS. Short ones are ASP.NET's, Zephyr's, geth's, CouchDB's.
_ANY_CASE = words(
    """trace debug verbose info information notice warn warning error err fatal critical crit severe alert
    emerg emergency panic note fail trce dbug trc trac dbg debu inf noti wrn erro eror ftl fata"""
)
# Written in capitals alone: Serilog, logrus, java.util.logging, loguru.
_CAPITALS = words(
    """VRB DEBG WARNG WRNG NTC CRT EMRG ALRT DPANIC FAILURE FAILED PANI ALER EMER FINE FINER FINEST LOG CONFIG
    DEPRECATION SUCCESS"""
)
# Words that are too common to be a level unless set off by punctuation, even in capitals.
ONLY_SET_OFF = frozenset(words("LOG CONFIG FINE FINER FINEST NOTE INFORMATION VERBOSE DEPRECATION SUCCESS"))
_UNKNOWN_TO_LEVELS = {
    **dict.fromkeys(("trce", "dbug", "debu", "debg", "trac"), "debug"),
    **dict.fromkeys(("note", "noti", "ntc"), "info"),
    **dict.fromkeys(("deprecation", "warng", "wrng"), "warn"),
    **dict.fromkeys(("failed", "erro", "eror"), "error"),
    **dict.fromkeys(("fata", "pani", "aler", "alrt", "emer", "emrg", "crt"), "fatal"),
}


def level_of_spelling(word: str) -> str | None:
    """The level that `word`, in small letters, stands for where a level is expected; None for any other word."""
    return _UNKNOWN_TO_LEVELS.get(word) or levels.NAMES.get(levels.ALIASES.get(word, 0))


_SPELLINGS = [form for word in _ANY_CASE for form in (word, word.capitalize(), word.upper())] + _CAPITALS
LEVEL_OF_WORD: dict[str, str] = {spelling: level_of_spelling(spelling.lower()) or "" for spelling in _SPELLINGS}

# Programs whose name may precede a bare level word: "npm warn deprecated", "CMake Error at".
TOOLS = frozenset(words("npm pnpm yarn lerna gyp node-gyp PHP CMake"))

MONTHS_AND_DAYS = words("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec Mon Tue Wed Thu Fri Sat Sun")
TIME_WORDS = frozenset(MONTHS_AND_DAYS + words("am pm AM PM Z UTC GMT CET CEST EST EDT PST PDT BST IST JST"))

# Words that make the text before a level word a sentence or a `key: VALUE`, no header.
PROSE = frozenset(
    words(
        """a an the this that these those it its no not non any some zero without with within of in on at to from for
        by as and or but if is was are were be been being has have had do does did got get gets getting received
        returned returns found unexpected unknown level levels loglevel verbosity state status result outcome mode
        set setting changed when while after before until because how what which where you your we our can could
        may might will would should must than then see print printing log logs logging logged ignore ignoring ignored
        echo printf return throw raise case catch function enum const let var def class import"""
    )
)
# Words that make a phrase of a small or Capitalised level word before them: "Error rate", "debug symbols".
PHRASE = PROSE | frozenset(
    words(
        """rate rates count counts budget handler handlers handled page pages code codes message messages threshold
        thresholds limit limits mode port build builds path paths section sections timeout timeouts rules rule manager
        contact contacts about over under period board id ids length symbols lights light accident accidents sent
        endpoint output file files flag flags text texts report reports event events summary details margin bars
        correction boundary response responses number numbers type types"""
    )
)
# Gerunds that name a thing ("Error handling"), not an action that failed ("Error connecting").
NAMING_GERUNDS = frozenset(words("handling reporting logging tracking checking monitoring correcting testing tracing"))
