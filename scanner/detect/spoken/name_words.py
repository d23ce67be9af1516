"""Words around names: what announces one, what is never part of one, and which first names are common."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

INTRODUCTION = re.compile(
    r"\b(?:me llamo|mi nombre es|my (?:(?:first|last|full|middle|maiden|legal|married|family) )*(?:name|surname)(?:'s| is| was)?(?: spelled)?|"
    r"(?:the |her |his )?(?:first|last|full|maiden|middle|married|legal|patient's|family) name(?: on (?:the|my) \w+)?(?:'s| is| was)?|"
    r"(?:her|his|their|patient's|wife's|husband's|son's|daughter's|mother's|father's|doctor's|the) name(?: on (?:the|my|it) ?\w*)?(?:'s| is| was| would be)|"
    r"name(?: on (?:the|my) \w+)?(?:'s| is)|"
    r"(?:it's |it is |it should be |listed )?under(?: the)?(?: last)? name(?: of)?|under (?:my|his|her|our) \w+'s (?:first |last |maiden )?name|in the name of|"
    r"(?:you're |you are |i'm |i am )?(?:speaking|talking) (?:with|to)|"
    r"on behalf of|beneficiary (?:is|would be)|cardholder is|account holder is|emergency contact (?:is|would be)|"
    r"(?:\w+'s|is|was) (?:called|named)|named|goes by|maiden name(?:'s| is| was)|attention)\s(?=\S)"
)  # fmt: skip
WEAK_INTRODUCTION = re.compile(
    r"\b(?:this is|i'm|i am|it's|it is|here is|here's|call me|under|that's|that is|for)\s(?=\S)"
)
RELATIONS = frozenset(
    (
        "husband wife son daughter mother mom mum father dad brother sister partner spouse fiance fiancée fiancé fiancee boyfriend girlfriend "
        "grandson granddaughter grandmother grandfather grandma grandpa uncle aunt cousin nephew niece doctor physician dentist lawyer attorney "
        "boss manager supervisor landlord landlady neighbor roommate friend assistant caregiver accountant tenant stepson stepdaughter stepmother "
        "stepfather coworker colleague secretary nanny babysitter surgeon therapist pediatrician executor trustee client"
    ).split()
)  # fmt: skip
RELATIVE = re.compile(
    r"\b(?:my|his|her|our|your|their) (?:late |ex |older |younger |oldest |youngest |little |big |new |former |current |primary |best |dear |elderly |business |in law )*"
    rf"(?:{'|'.join(sorted(RELATIONS))})(?: in law)?(?:'s name is|'s)?\s(?=\S)"
)
TITLE = re.compile(
    r"\b(?:mr|mrs|ms|miss|mister|missus|dr|doctor|professor|prof|reverend|pastor|judge|sergeant|officer|nurse|sir)\s(?=\S)"
)
CONFIRMS = re.compile(
    r"\b(?:(?:could|can|may) i (?:please )?(?:speak|talk) (?:with|to)|calling (?:for|about)|(?:got|have) you (?:down|listed|registered|here|in here)? ?as|(?:down|booked|registered|filed) (?:as|under)|"
    r"(?:i see|i show|we have|i've got|we've got|showing|i have)(?= [\w'.]+ [\w'.]+ (?:on|as|here|listed) )|am i (?:speaking|talking) (?:with|to)|(?:is|was) this|may i speak (?:with|to)|is it|i have(?: you (?:as|under|listed as))?|"
    r"(?:speaking|talking) (?:with|to)|looking for|trying to reach|account (?:of|for)|listed (?:as|under)|belongs to|under the name(?: of)?)"
    r"\s(?=\S)"
)
YOU_ARE = re.compile(
    r"\b(?:you're|you are|are you|is that|is it|would that be|that's|that would be|(?:and|so) this is|i've got|you must be)\s(?=\S)"
)
AGENT_SELF = re.compile(
    r"\b(?:this is|my name is|my name's|i'm|i am|it's|(?:you're|you are) (?:speaking|talking) (?:with|to)|"
    r"you've reached|name's)\s(?=\S)"
)
ADDRESSING = frozenset(
    "hi hey hello thanks thank you okay ok alright sorry bye goodbye yes no great perfect well oh sure right dear morning afternoon "
    "evening welcome so and good there".split()
)
NEVER = frozenset(
    (
        "i i'm i'd i'll i've you he she it we they me him her us them my your his its our their the a an this that these those and or "
        "but so because if when while as of in on at to for from with by about is are was were be been am do does did have has had will "
        "would can could should may might must not no yes yeah yep okay ok sure well just also too very really please thanks thank hi "
        "hey hello bye goodbye sorry right alright calling trying looking going having getting wondering hoping speaking here there now "
        "then today tomorrow yesterday what who whom whose which where why how one two three four five six seven eight nine ten zero "
        "name last first middle full maiden spelled spell spelling number account card phone address email social security date birth "
        "order customer agent company service support department office manager supervisor team sales billing bank insurance good fine "
        "great happy glad afraid interested unable able still already currently not always never again back home work working out in up "
        "down off over under all some any many much more most other another each every both few own same like need needs want wants "
        "know think guess believe got get go went come came see saw look call called pay paid payment bill plan new old only even mine "
        "correct wrong true false monday tuesday wednesday thursday friday saturday sunday january february march april may june july "
        "august september october november december english spanish american internet online website app mr mrs ms miss dr doctor sir "
        "ma'am everything nothing something anything somebody someone nobody everyone done ready lost locked stuck tired upset confused "
        "married single retired dead broken missing late early nice little bit lot kind sort way time times day days week month year "
        "years minutes hours sir madam hmm mhm uh um er ah oh wow hold hang wait let's let me it's that's there's what's who's he's she's "
        "they're you're we're don't doesn't didn't can't couldn't won't wouldn't isn't aren't wasn't weren't haven't hasn't recorded "
        "recording line representative dot com gmail yahoo hotmail outlook street road avenue lane drive court boulevard apartment "
        "suite zip code city state county policy claim member group claims mailing shipping tracking both double capital dash "
        "underscore twenty thirty forty fifty sixty seventy eighty ninety hundred thousand eleven twelve into than after before during "
        "until since between through around it'll once twice maybe perhaps probably actually basically exactly certainly absolutely "
        "definitely usually yet soon later quick great perfect awesome excellent wonderful terrible bad okay pretty "
        "italian german french spanish mexican canadian irish scottish british polish chinese japanese korean indian russian european asian "
        "african australian brazilian cuban dutch swedish greek turkish israeli catholic jewish christian muslim democrat republican medicare "
        "gladly goodness gosh jeez geez yikes whatever heavens lord lordy golly whoa ugh oops whoops darn shoot dang almighty christ hallelujah "
        "hola sí si llamo nombre soy mister crazy warranty armour contract review construction buenas buenos dias días tardes noches gracias bueno claro por favor adios adiós mucho gusto feliz navidad señor señora amigo "
        "bonjour merci aloha ciao "
        "finally medicaid facebook google youtube instagram twitter zoom wifi venmo paypal zelle visa mastercard amex christmas easter thanksgiving"
    ).split()
)  # fmt: skip
COMPANY_WORDS = frozenset(
    (
        "insurance bank energy mobile wireless airlines airways hotels hotel medical group clinic hospital electric power gas water cable "
        "telecom communications internet services service solutions systems credit union financial finance auto motors rentals rental "
        "supply company corporation corp inc llc co university college school church center centre health care pharmacy store shop "
        "market foods restaurant cafe hosting audio appliance repair benefits solar security capital loans mortgage realty properties "
        "airport street road avenue lane drive boulevard park city county bay river lake creek valley heights state beach island online "
        "support department team desk line law associates partners logistics freight shipping express trust savings federal national resort highlands ski spa inn lodge club "
        "plumbing heating roofing dental vet veterinary animal tire towing storage furniture flooring windows movers moving cleaning lawn pest alarm "
        "propane oil fuel pediatrics dermatology hospice therapy optical eye vision title brewing bakery catering florist flowers jewelers "
        "outfitters sports fitness gym yoga academy library museum county township cruises travel tours vacations ferry transit rail parking "
        "marina motorcycles toyota chevrolet honda nissan subaru hardware apartments cycles electronics staffing university dealership room suite hall ballroom lounge tower building "
        "landscaping construction electric remodeling painting trucking salon barbershop deli pizza pizzeria grill diner bistro consulting "
        "guitar piano wedding brand edition building wing stadium arena theater theatre collection series"
    ).split()
)
_SURNAMES = frozenset(
    "park lake church flowers marina wing hall bay beach lane rivers valley title road guitar power brand sports".split()
)
SURELY_COMPANY = COMPANY_WORDS - _SURNAMES
"""Words of companies that are nobody's surname."""
NAMED_COMPANIES = frozenset(
    (
        "john deere,harley davidson,eddie bauer,charles schwab,edward jones,calvin klein,ralph lauren,tommy hilfiger,jack daniel,jim beam,"
        "ethan allen,perry ellis,michael kors,kate spade,tory burch,vera bradley,mary kay,jenny craig,sam adams,tommy bahama,steve madden,"
        "marc jacobs,morgan stanley,raymond james,merrill lynch,stanley steemer,betty crocker,martha stewart,oscar mayer,jimmy dean,sara lee,"
        "paul mitchell,kenneth cole,ann taylor,laura ashley,george foreman,jackson hewitt,cole haan,johnny walker,wells fargo,jimmy john"
    ).split(",")
)
"""Companies and brands that bear a person's name."""
TITLED_BRANDS = frozenset("pepper phil oz seuss scholl meyers bronner martens coffee clean peanut".split())
"""What follows a title in the name of a product or a show: "Dr Pepper"."""
ANSWER_LEADS = frozenset(
    (
        "yes yeah yep sure okay ok it's its it is that's that would be the my name first last full um uh so oh well of course no problem "
        "hi hello hey this under should i'm i am and maiden was her his mother's middle surname absolutely alright right certainly "
        "hola sí si buenas buenos dias días tardes noches gracias claro llamo nombre es mi soy  gladly goodness gosh jeez geez whoa oops yikes "
        "please ma'am sir speaking you're with me it'll put use say tell make try them me her him good morning afternoon thanks thank you to on"
    ).split()
)  # fmt: skip
TITLES = frozenset("mr mrs ms miss mister missus dr doctor professor".split())
NO_TITLE_AFTER = frozenset("my the a an another your his her their our this that which any other".split())


@cache
def first_names() -> frozenset[str]:
    """Common first names in lower case; for words that came without capitals."""
    return frozenset(
        resources.files("scanner.detect.spoken").joinpath("first_names.txt").read_text(encoding="utf-8").split()
    )
