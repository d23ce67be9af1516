"""Tables of what an utterance does: asks, answers, acknowledges, thanks, takes leave. Written over plain words."""

from __future__ import annotations

import re

from scanner.detect.plain_words import patterns

# A question, by its words: recognisers lose question marks.
QUESTION = patterns(r"""
    (can|could|may|would|will|shall|should) (i|you|we|it|that|there|someone|somebody)
    (do|does|did|are|is|was|were|have|has|had) (i|you|we|it|that|this|there|the|your|my|anyone|they|he|she)
    (what|which|when|where|why|who|how)( \w+){0,2} (is|are|was|were|do|does|did|can|may|will|would|should|have|has|am|works?|seems)
    how (much|many|long|come|about)
    what (number|name|time|day|date|kind|about|card|email)
    """)
DATA_REQUEST = patterns(r"""
    (name|number|address|birth|birthday|zip( code)?|code|digits|email|date|spelling|spell that|social( security)?|phone|card|expiration|expiry|policy|account|order|vin|license|plate|amount|city|state|street|reason|last four)( please| for me| on (it|the card|file|the account|the back)| of your (card|social|account))*
    """)
OFFER_OF_HELP = patterns(r"""
    how (may|can|could) (i|we) (help|assist|direct|be of)( you| your call)?( with)?( that| this)?( today)?
    what (can|may) (i|we) (do|help you with|assist you with)( for you)?( today)?
    what is the (reason for|nature of) your call( today)?
    (thank you for (calling|holding)).{0,40} (this is|my name is|you are speaking with) \w+
    """)
GREETING = patterns(r"""
    thank you for (calling|contacting|choosing|holding)
    welcome to
    you have reached
    """)
HELLO = patterns(r"(hi|hiya|hello|hey|good (morning|afternoon|evening|day))")
# What somebody calls about, in the first person.
OWN_MATTER = patterns(r"(i|my|me|mine)")
INTRODUCTION = patterns(r"""
    (my name is|this is|i am|you are (speaking|talking) (to|with)|you have got) \w+( \w+)?
    """)
RESPONSE = patterns(r"""
    (yes|yeah|no|nope|sure|okay|oh|right|all right|great|perfect|got it|of course|absolutely|certainly|thank you|mmhm|hi|hello|um|well|sorry|wonderful|excellent|awesome|fine|good|correct|exactly|understood|no problem|you are welcome|my pleasure|that is (fine|right|correct|it|all|me|great|okay)|it is|i do|i am|i did|i can|not|never mind|ugh|wow|cool|bye|speaking|go ahead|one moment|let me|i see|what|why|really|gotcha)
    """)
# Words that may begin a reply though no pause or punctuation shows one.
REPLY_START = patterns(r"""
    (yes|yeah|no|nope|sure|okay|all right|hi|hello|thank you|mmhm|great|perfect|got it|you are welcome|oh|well|absolutely|of course|certainly|sorry|my name is|it is|this is|i am|i would|i need|can i|can you|could you|do you|what is|how|may i|let me|is there|are you|and the|and your)
    """)
CONTINUATION = patterns(r"""
    (and|but|so|because|also|then|or|which|who|that|to|for|with|if|when|since|plus|as|however|until|unless|while)
    """)
ACKNOWLEDGEMENT = patterns(r"""
    (mmhm|okay|right|got it|all right|yeah|yes|i see|sure|thank you|great|perfect|and|go ahead|gotcha|okay (thank you|got it)|good|understood|hello|oh|oh okay|oh i see)( okay| yeah| great| perfect| thank you)*
    """)
WAIT = patterns(r"""
    (please )?(hold|hang on|stay on|stay with me|bear with me|wait)( on| please| a (moment|second|minute)| the line)*
    (one|just a|give me a) (moment|second|sec|minute)
    """)
THANKS = patterns(r"thank you( so| very)?( much)?( for \w+ \w+)?|appreciate (it|that|your help)")
WELCOME = patterns(
    r"you are (very |most )?welcome|my pleasure|no problem|not a problem|any ?time|have (a|an) \w+ (day|one|evening|weekend|afternoon|night)"
)
FAREWELL = patterns(r"bye( bye)?|take care|have (a|an) \w+ (day|one|evening|weekend|afternoon|night|rest)|you too")
SELF_INTRODUCTION = re.compile(
    r"(?<![\w'])(?:this\s+is|my\s+name\s+is|i\s+am|you\s+have\s+got|speaking\s+with|talking\s+to|name\s+is|you\s+have)\s+(\w{2,})(?![\w'])"
)
NOT_NAMES = frozenset(
    """a an the your our my not calling sorry going in from for about on just here so very glad happy sure still with
    automated virtual also being really trying looking going what how who""".split()
)
ADDRESS = re.compile(
    r"(?<![\w'])(?:hi|hello|thank\s+you|okay|yes|no|sorry|all\s+right|great|morning|afternoon|evening)\s+(\w{2,})(?![\w'])"
)
UNFINISHED = frozenset(
    {
        "and",
        "the",
        "a",
        "an",
        "to",
        "is",
        "my",
        "your",
        "of",
        "for",
        "with",
        "or",
        "but",
        "because",
        "our",
        "in",
        "at",
        "i",
        "we",
    }
)
DIGIT_WORDS = frozenset(
    """zero oh o one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred double triple dash hyphen dot at
    underscore""".split()
)
