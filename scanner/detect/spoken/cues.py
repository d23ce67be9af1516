"""Words that say what a number, date or name is: "your social", "the three digits on the back", "order number".

Patterns are matched against the tokens of a statement in lower case, joined by single spaces, so no pattern holds
punctuation: "e-mail" is "e mail", "driver's" stays "driver's", "3-digit" is "3 digit".
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from scanner.detect.spoken.speech_tokens import Token

OTHER = "OTHER"
"""A number that is nobody's personal data: order, ticket, price, flight."""
BUSINESS = "BUSINESS"
"""Business that a number may belong to, or not: "the phone number for that order"."""
CODE = "CODE"
"""A code that only the talk before it can tell: a card's, while a card is read."""
CARD_BACK, CARD_END = "CARD_BACK", "CARD_END"
"""Words that point to a card's security code or its expiry while a card is read, and to nothing otherwise: "behind it"."""
LAST_FOUR = "LAST_FOUR"
"""The last digits of a card, account or phone, which may be said and stored."""
PERSONS_END = "PERSONS_END"
"""The last digits of what is not named: "his last four"."""
NAME, ADDRESS, SECRET_ANSWER = "PERSON", "LOCATION", "SECRET_ANSWER"

_N = r"(?:number|numbers|no|num|digits|id)"
_CARD = r"(?:credit|debit|bank|payment|visa|mastercard|master card|discover|amex|american express|diners)"
_COUNT = r"(?:three|four|3|4|last three|last 3)"
_W = r"(?: [\w']+)"
_NOT_OF_CARD = (
    r"(?! of (?:the|your|my|our|a|that) (?!(?:\w+ )?(?:card|cart|guard)|plastic|visa|master|amex|american|discover))"
    r"(?! (?:panel|door|desk|page|porch|yard|label|cover|window|display|screen|bumper|plate|office|gate|lawn|row|seat))"
)
_CARD_BACK = (
    rf"(?:(?:on|at|from|off|to|along|across) (?:the|its|your|my) (?:very )?(?:back ?side|back|reverse|rear|flip ?side|other side){_NOT_OF_CARD}|"
    r"(?:behind|back of|back side of|reverse of|rear of) (?:it|the card|your card|that card|my card|the plastic)|signature(?: (?:strip|panel|box|line|bar|area|space))?|"
    r"(?:where|by where|beside where|next to where) (?:you|i) (?:sign|signed)|(?:sign|signed|signing) (?:strip|panel|box|line)|"
    r"(?:turn|flip)(?:ing)? (?:it|the card|that|your card|that card|the plastic|her) (?:over|around|round))"
)
"""The place of a security code."""
_PACK = r"(?:pack|bag|beck|black|bank)"
"""What a recogniser makes of the back of a card."""
_FEW = r"(?:numbers?|digits?|figures?|codes?|three|3|four digits|numerals)"

_TABLE: tuple[tuple[str, str], ...] = (
    # What must win over a later, wider pattern stands first: at the same place the longest match is taken.
    (LAST_FOUR, r"(?:card|account|visa|mastercard|amex|one|number|phone)?\s?(?:that )?(?:ending|ends|ended|end)(?: in| with)|(?:card|account|visa|mastercard) ending"),
    (LAST_FOUR, rf"last (?:four|4|three|3|few)(?: digits| numbers)?(?: of| on| for)?(?: the| your| my| that| this)? (?:{_CARD} )?(?:card|account|phone|cell|mobile)(?: number| on file| you)?"),
    (PERSONS_END, r"last (?:four|4)(?: digits)? of your(?! (?:card|cards|account|accounts|phone|cell|mobile|order|tracking|visa|mastercard|amex|serial|vin|number|credit|debit|bank|checking|savings|license|member|membership|policy|zip|ticket|confirmation|invoice|claim|case|new|old|current|gift|loan)\b)"),
    (PERSONS_END, r"(?:your|his|her|their|(?:confirm|verify|need|have|get|give me)(?: just)?(?: the)?) (?:last|final) (?:four|4)(?: digits| numbers)?(?! (?:of|on|to|for (?:the|that|your|this|my)|digits|numbers|hours|days|weeks|months|years|times|calls|payments|orders|bills|letters))"),
    ("CREDIT_CARD", rf"{_CARD}(?: or {_CARD})? card(?: {_N})?|(?:visa|master ?card|amex|american express)(?: card)?(?: {_N})?"),
    ("CREDIT_CARD", rf"card(?:'s)? {_N}"),
    ("CREDIT_CARD", r"(?:the|your|my|new|a|that|which|other|different|by|with) card|(?:my|your|the|his|her|our) (?:debit|visa|mastercard|amex|plastic)"),
    ("CREDIT_CARD", r"(?:sixteen|16|fifteen|15) digit(?:s)?(?: card)?(?: number)?"),
    ("CREDIT_CARD", r"long number(?: (?:on|across) (?:the|your) (?:front|card))?|number (?:on|from) (?:the|your) (?:front|card)|card"),
    ("CREDIT_CARD_CVV", r"security (?:codes?|numbers?|digits)(?: on (?:the|your) (?:back|front|card))?"),
    ("CREDIT_CARD_CVV", r"cvv ?2?|cvc ?2?|cvd|cvb|ccv|csv code|c v v|c v c|c v d|c v b|cid(?: code| number)?|card verification(?: \w+)?|verification (?:value|number|digits|code on the (?:back|front|card))"),
    ("CREDIT_CARD_CVV", rf"{_COUNT}(?: digit| digits| numbers?| figures)?(?: security| verification)?(?: code| number| numbers)?(?: that(?:'s| is| are))?(?: printed)? on (?:the|your|its) (?:back|front|reverse|signature|other side|flip side){_NOT_OF_CARD}(?: of (?:the|your|my) card)?"),
    ("CREDIT_CARD_CVV", rf"{_COUNT} digit(?: security| verification)? (?:code|number)(?: on (?:the|your) (?:back|front))?"),
    ("CREDIT_CARD_CVV", rf"(?:code|number|numbers|digits) (?:on|from) (?:the|your) (?:back|reverse|signature strip){_NOT_OF_CARD}(?: of (?:the|your|my) card)?|(?:on|from) the back{_NOT_OF_CARD}|back of (?:the|your|my) card|on the reverse{_NOT_OF_CARD}"),
    ("CREDIT_CARD_CVV", rf"{_FEW}{_W}{{0,6}} {_CARD_BACK}|{_CARD_BACK}{_W}{{0,8}} {_FEW}"),
    ("CREDIT_CARD_CVV", r"(?:anti fraud|fraud|safety|card check|card validation|card) (?:code|digits|three|check code)|(?:cv|sec|secure) (?:code|number)|card identification(?: number| code)?|code verification value"),
    ("CREDIT_CARD_CVV", rf"{_COUNT} (?:\w+ )?(?:digits?|numbers?|figures?) on (?:the|your) {_PACK}"),
    ("CREDIT_CARD_CVV", rf"(?:four|4) (?:(?:little|small|tiny|short|raised|printed) )*(?:digits?|numbers?|figures|ones)(?: [\w']+){{0,5}} (?:front|face){_NOT_OF_CARD}|(?:front|face)(?: of (?:the|your|that) card)?(?: [\w']+){{0,4}} (?:four|4) (?:(?:little|small|tiny|short) )*(?:digits?|numbers?|figures)"),
    (CARD_BACK, rf"(?:numbers|digits|figures|code) (?:[\w']+ ){{0,3}}(?:on|from|at) the (?:front|face){_NOT_OF_CARD}|(?:above|over) (?:the|your|that) (?:card |long |account |main )?number|(?:small|little|tiny|short|raised) (?:four digit |printed )?(?:number|code|print) (?:on|at|in) (?:the )?(?:front|face)"),
    (CARD_BACK, rf"(?:code|digits?|numbers?) (?:on|from) (?:the|your) {_PACK}"),
    ("CREDIT_CARD_CVV", r"signature (?:strip|panel)"),
    (CARD_BACK, rf"{_CARD_BACK}|(?:the |those |that |these |your )?(?:(?:last|little|short|small|tiny|extra|other|final|additional|smaller|remaining) (?:little |small |tiny |short |digit |last )*(?:three|3)?|three|3) ?(?<= )(?:number|numbers|digits|digit|code|figures|numerals|bit|one|ones)(?! (?:to|where|for|at) (?:call|reach|text|contact|you))|(?:the|those|your) (?:little |last |final |small |tiny )*(?:three|3)(?! \d)|(?<!that )(?<!it )(?<!them )(?<!this )(?<!you )(?<!me )(?<!us )(?<!him )(?<!her )(?<!come )(?<!go )(?<!get )(?<!be )(?<!call )(?<!right )(?:the |your )?(?:back|flip ?side|reverse)(?= |$){_NOT_OF_CARD}(?! (?:to|in|on|at|up|from|with|for|order|ordered|when|then|and|door|yard|pay|later|soon|home|here|there|down|out|office))|four (?:little |small )?(?:digits|numbers) (?:\w+ ){0,3}(?:on the )?front|security"),
    ("CREDIT_CARD_EXPIRATION", r"(?:exploration|inspiration|expedition|exposition|exportation|ex piration|explanation|aspiration) (?:date|month)|^(?:and |okay |so |thank you |then )*(?:the |your )?(?:card )?(?:exploration|inspiration)$|(?:x|eggs|ex) (?!wife)\w+ date|(?:exp\w{0,3}|x|ex|eggs) da(?:te|tes|y)|(?:exploration|inspiration|expiration)(?= (?:and|or) (?:the |your )?(?:security|safety|c v v|cvv|code))|(?:new|the|your|its|card's) (?:exploration|inspiration|expedition|exposition|exportation|ex piration)$"),
    (CARD_END, r"(?:valet|valley|ballot|valued|valleys|solid|valiant) (?:through|thru|until|till)|(?:exploration|inspiration|expedition|exposition|exportation|ex piration)(?: date)?|(?:run|runs|running|ran) out|(?:lapse|end|ending|finish|good|valid|thru|through)(?:s|d)?(?: (?:date|dates|month))|lapses?|(?:till|until|through|thru|til) when|(?:valid|good) (?:until|till|to)|good(?: for)?|valid|dates? (?:on|under|below|beneath|stamped|printed|embossed|there|is stamped|is printed|it says|it shows|underneath)|(?:the|that|its) date$|month|year|m m y y|mm yy|how long is (?:it|that)"),
    ("CREDIT_CARD_EXPIRATION", r"(?:card|visa|mastercard|amex|plastic|credit card|debit card) (?:run|runs|running) out|(?:run|runs|running) out"+r"(?= (?:in|on) (?:january|february|march|april|may|june|july|august|september|october|november|december))"),
    ("CREDIT_CARD_EXPIRATION", r"(?:expir(?:ation|y|es|e|ed|ing|ates)|exp|experation)(?: month| date| and year)*|(?:valid|good) (?:thru|through)|month and(?: the)? year"),
    ("US_SSN", r"(?:last (?:four|4)(?: digits| numbers)? (?:of|on|for) )?(?:(?:your|my|the|his|her|full|whole|entire|a) )*socials?(?! (?:security )?(?:media|workers?|services|work|club|events?|network|life|checks?|benefits?|payments?|income|office|disability|hour|studies|ends? (?:at|on)))(?: security)?(?: number| card| numbers)?"),
    ("US_SSN", r"ssn|s s n|ss number|tax (?:payer )?id (?:or )?social"),
    ("US_ITIN", r"itin|i tin|i t i n|(?:individual )?tax ?payer (?:id|identification)(?: number)?|tax id(?: number)?"),
    ("DATE_OF_BIRTH", r"(?:date|dates|data|dated|day|year|month) (?:of |a |or |and |to |the |at |on )?(?:a |the |your |his |her )?(?:birth|berth|bird|birds|earth)|(?:date|data) (?:of )?(?:a )?(?:first|burst|verse|bath|perth)(?= (?:please|and|for|on the (?:policy|account|file|card))\b|$)|\w*date (?:a|of) birth|birth ?(?:dates?|days?|year|details|info|information|month)|dob|d o b|d\.o\.b|born|birthdate|come into (?:the|this) world"),
    ("PHONE_NUMBER", r"(?:tele|cell|mobile|home|work|day ?time|contact|call ?back|best|alternate|other|secondary|main|land ?line)? ?(?:phone|telephone|cell ?phone|mobile|land ?line|call ?back|contact|fax)(?: number| numbers)?"),
    ("PHONE_NUMBER", r"(?:best|good|better|another|right) number(?: to| for| where)?|number (?:to|where|that|at which)(?: we| i| you| they| he| she| the \w+| somebody| someone| our \w+)? ?(?:can |could |may |should )?(?:to )?(?:reach|call|text|contact|get)|cell(?: number| is|'s)|(?:my|your|his|her|their|work|home) (?:cell|mobile)|reach (?:me|you|him|her|us) (?:at|on)|call(?:ed)? (?:me|you|him|her|us)?(?: back)? ?(?:at|on)|text (?:me|you) (?:at|on)|(?:number )?(?:i'm|i am|you're|you are|are you|am i) calling (?:from|on)|number (?:\w+ ){1,3}calling from"),
    ("PHONE_NUMBER", r"(?:use|on|at|try|call|to) (?:myself|my self|my sell|my sale)|(?:if|when) (?:they|you|he|she|anyone|somebody|someone) (?:calls?|needs? me)|(?:have|let) (?:them|him|her) (?:use|call|try|text)"),
    ("PHONE_NUMBER", r"(?:can|could|please|just|to|should) (?:call|text|ring|reach|phone) me(?! (?:back|when|if|before|after|about|tomorrow|today|later|in|by))|number in case"),
    ("PHONE_NUMBER", r"my number(?:'s| is)|your number(?! of)|(?:his|her) number|area code"),
    ("EMAIL_ADDRESS", r"e ?mail(?: address| id)?|mail address"),
    ("ABA_ROUTING_NUMBER", r"bottom(?: left| edge| line)?(?: corner)? of (?:a|the|your|one of your) (?:\w+ )?checks?|(?:nine|9) digit (?:bank )?(?:number|code)|(?:routing|aba|a b a|transit|rooting|routine)(?: transit)?(?: number| code)?"),
    ("US_BANK_NUMBER", r"(?:checking|savings|bank|deposit|chequing)(?: account)?(?: number)|(?:checking|savings|bank) account|(?:checking|savings)(?: (?:is|a|the|in|on|count|counts|out|recount|accounts|can't|can|cow|town))+ number"),
    ("ACCOUNT_NUMBER", rf"account(?:'?s)?(?: {_N})?|a count(?:s)? (?:number|numbers)"),
    ("ACCOUNT_NUMBER", rf"(?:member|membership|policy|policyholder|customer|client|subscriber|group|loyalty|rewards?|contract|frequent flyer|insurance|user|utility|loan|plan|enrollment|employee|student|meter|medicaid|benefits?|beneficiary|mileage ?plus|patron|library card)(?: card)? {_N}"),
    ("ACCOUNT_NUMBER", r"(?:member|members|member's|membership|loyalty|rewards?|library|insurance|medicaid|benefits?|frequent flyer|costco|warehouse club) card"),
    ("ACCOUNT_NUMBER", r"(?:number|digits|code|it|what's|printed|shown)(?: [\w']+){0,4} (?:of|on|from|at) (?:the|your|my|a|any|that|our|an old|a recent|your last) (?:\w+ )?(?:bill|statement|invoice letter|welcome letter|contract|paperwork|coupon book)(?: \w+ digits)?|(?:bill|statement)(?: [\w']+){0,3} (?:number|digits)"),
    ("ACCOUNT_NUMBER", r"(?:what's|what is) (?:the|your) (?:policy|membership|account|contract)|(?:the|my|your|her|his|our) id(?= is|'s)|member ?id|member(?:ship)? (?:it|i\.?d|eye d|ide|idea)$|(?<!first )(?<!second )(?<!third )(?<!fourth )(?<!next )(?<!last )(?:policy|group)(?= is)|(?:your|the) (?:policy|membership)(?= (?:in front of|handy|with you|in hand|nearby|on hand)|$)|acct(?: number)?|id number|insurance card|id card"),
    ("US_DRIVER_LICENSE", r"(?:driver's|drivers|driver|driving)? ?(?:licen[sc]e)(?! plate)(?: number| id)?|(?:your|my|the|his|her) driver's(?! (?:side|seat|door|ed|education))|state id(?: number)?|dl number|d l number"),
    (OTHER, r"(?:billing |the |your |my )*(?:zip(?: ?codes?)?|postal code|post code)(?: \w+ zip)?"),
    (OTHER, r"(?:phone |telephone |direct |fax )*numbers? (?:of|for|to|at) (?:your|the|our|a) (?:\w+ )?(?:store|office|branch|location|shop|department|headquarters|warehouse|clinic|help ?desk|manager|desk|lounge|restaurant|hotel)"),
    (OTHER, r"licen[sc]e plate(?: number)?|software licen[sc]e|licen[sc]e key"),
    ("US_PASSPORT", r"passport(?: number| card| no)?"),
    ("MEDICAL_RECORD_NUMBER", r"medical record(?:s)?(?: number| id)?|medical(?: record)? number|mrn|m r n|chart number|patient(?: id(?:entification)?| record| chart)?(?: number)|patient id|health record(?: number)?|hospital (?:id|number)|record number"),
    ("US_MBI", r"medicare(?: beneficiary)?(?: number| id| card| identifier)*|mbi|m b i"),
    ("IBAN_CODE", r"iban|i ban|i b a n|international (?:bank )?account(?: number)?|eyeban"),
    ("CREDENTIAL", r"(?:(?:phone|account|atm|security|secret|verbal|\w+ digit) )?(?:pin|p i n|pins)(?: number| code)?|pass ?code|(?:verification|authentication|authorization|access|login|one time|6 digit|six digit|texted|temporary) (?:code|pass ?code|password)|code (?:did|do|have|was|is) (?:we|i|they|you)(?: just)? (?:text|texted|send|sent|email|emailed|get|got|receive)|code (?:we|i|that i|that we|they|you)(?: just| have|'ve)? (?:sent|texted|emailed|send|text)|code (?:from|in) (?:the|your|my) (?:text|email|app)|(?:sent|texted|emailed|sending|texting|text|send)(?: you| me| him| her)? (?:a|the|that|your)(?: \w+ digit)?(?: verification| security)? code|alarm code|(?:back |front |side )?(?:gate|door|entry|building|lobby) code|voicemail code|lock ?box code"),
    ("PASSWORD", r"pass ?word|pass ?phrase|(?:secret|security|code|verbal) (?:word|phrase)|magic word|safe word"),
    (SECRET_ANSWER, r"security (?:question|answer)(?:'s)?|answer to (?:your|the|my) (?:security|secret) question|(?:name of )?(?:your|my) (?:first|favorite|childhood|oldest|high|elementary|best) (?:pet(?:'s)?|school|teacher(?:'s)?|car|dog(?:'s)?|cat(?:'s)?|movie|book|color|colour|food|team|sports team|friend(?:'s)?|street|job|concert|band|singer)(?: name)?|(?:street|city|town) (?:you|i|where you|where i) (?:grew|were born|was born|met)(?: up)?(?: on| in)?|where (?:you|were you) (?:met|born)|first pet|pet's name|favorite \w+"),
    (OTHER, r"(?:your|the|his|her|my|our|that) (?:dog|cat|puppy|kitten|horse|bird|business|company|store|shop|product|medication|medicine|boat|school|church|band)'s name"),
    (NAME, r"(?:what|how) (?:should|can|may|do|shall|would) (?:i|we|people|they) (?:call|address) you|(?:do |should )?you go by|(?:what's|what is|what was) (?:it|that|this|your (?:order|reservation|booking|account|file)) (?:booked |filed |listed |held |reserved |registered |made )?under|(?:booked|filed|listed|held|reserved|registered) under|and you are|tell me who you are"),
    (NAME, r"(?:second|third|fourth|other|next|first|primary|additional|another|co|main|any other) (?:drivers?|passengers?|travell?ers?|guests?|occupants?|applicants?|borrowers?|signers?|insured|dependents?|patients?|policyholder|residents?|tenants?|owners?|riders?|attendees?|students?)$"),
    (NAME, r"who(?! (?:do|did|does|are|have|had) (?:you|they|we)(?: \w+){0,2} (?:bank|banking|use|using|used|have|had|fly|flying|insure|insured|ship|shipping|service|with)| (?:makes|made|manufactures|sells|sold|built|told|said|sent|delivers|delivered|services|serviced|insures|installed)|(?:'s| is| was) (?:it|that|this|the \w+) (?:from|by|through|with))(?:'s| is| was| will| shall| do| does| are| have| had| gets| will| would| should| can| may| else| has| holds| owns| did| signs| pays| lives)(?! (?:your|the) (?:\w+ )?(?:carrier|provider|bank|insurer|insurance|company|vendor|manufacturer|brand|employer|lender|utility))|(?:to |for |with )?whom(?! we| i| they)|(?:anybody|anyone|someone|somebody) else (?:authorized|on|allowed|listed)|(?:your|the|which|what) (?:doctor|physician|surgeon|dentist|therapist|landlord|supervisor|spouse|husband|wife|attorney|lawyer|veterinarian|pediatrician)(?! (?:number|note|'s office|office))$"),
    (NAME, r"(?:(?:your|the|my|his|her|their|full|first|last|middle|family|maiden|sur|legal|given|complete|account holder's|cardholder's|cardholder|patient's|patient|whose|what) )*(?:name|names|surname|lastname)(?! (?:of|for) (?:the|your|our|that|this|his|her) (?:\w+ )?(?:company|product|medication|plan|bank|store|file|song|hotel|school|business|firm|organization|employer|pharmacy|drug|street|town|city|ship|boat|dog|cat|pet|app|website|site|program|show|book|event|group|team|church|hospital|clinic|restaurant|medicine|model|item|color|shop|place|building|neighborhood|county|project|game|movie|network|router|wifi|printer|folder|document|device|subdivision)| (?:on|of) (?:the|that|your) (?:\w+ )?(?:box|label|product|package|bottle|device|machine|router|sticker|sign|building|truck|van|company|business)\b| (?:shows?|showed|appears?|appeared|came) (?:up )?on\b| (?:is|was|does|did|has) (?:the|your|that) (?:\w+ )?(?:company|business|store|shop|product|firm|restaurant))|(?:who|whom) (?:am i|do i have|is this|i'm|i am|are we|would this be|may i say|is it|am)(?: speaking| talking)?(?: with| to)?|who's (?:this|calling|speaking)|who (?:is|was) (?:calling|speaking|it under|your doctor)|under (?:your|the|what|which)(?: last)? name|mother's maiden name|maiden name|cardholder|account holder|emergency contact|beneficiary|next of kin"),
    (ADDRESS, r"(?:mailing|home|street|billing|shipping|service|delivery|current|new) (?:the |a |and )?(?:dress|dressing|actress)(?= (?:please|for|on|there|and|is)\b|$)"),
    (ADDRESS, r"(?:the|your|which|what|what's the) street(?: name| number)?(?! (?:you|where|i ))$|(?:(?:street|mailing|billing|home|shipping|service|new|current|old|physical|delivery|property|your|the|my|full) )*address|where (?:do you|are you|you) liv(?:e|ing)|(?:which|what) (?:house|home|place|apartment)|you live where|house (?:number|no)|where(?:'s| is) (?:home|the (?:house|home|place|job|property|leak|outage))|where (?:(?:do|should|can|shall|will|would|are|am|is|did|does) )?(?:(?:we|i|you|they|he|she|it|the|your|that|this|those|them)(?: [\w']+){0,4} )?(?:sending|shipping|mailing|delivering|bringing|dropping|coming|headed|heading|sent|delivered|go|going)|where(?:'s| is) (?:it|that|this|the [\w']+) (?:going|headed|heading|being sent)|(?:that's|it's|this is|is that|is it) going where|where would you like (?:it|that|this|them)|(?:what|which) building are you|where are you$|(?:i|we) live (?:at|on)|where (?:(?:do|should|can|shall|will|would|are|am|is|did) (?:we|i|you|they|he|she|it|the|your|that)(?: [\w']+){0,4} (?:send|ship|mail|deliver|bring|drop|come|go|going|sent|shipped|mailed|delivered|parked|located|staying|dispatch|install|pick)|are you located|is (?:it|this|that|the \w+) located|to)|(?:pick ?up|pick up|drop off|service|delivery|job|site|shipping|your|the) (?:location|spot|place)|what's the property|the property|live at|moved to|moving to|deliver(?:ed)? to|ship(?:ped)? (?:it )?to|located at"),
    (OTHER, rf"(?:order|tracking|confirmation|house|building|street|row|table|locker|license plate|style|page|tag|loan officer|reference|ticket|case|claim|receipt|invoice|model|serial|part|flight|gate|room|store|sku|item|product|version|error|reservation|booking|bin|aisle|lot|route|bus|train|channel|form|docket|extension|ext|promo|coupon|gift card|report|incident|request|transaction|check|cheque|job|work order|purchase order|po|unit|badge|imei|iccid|sim|agent|operator|employee|rep|dispatch|shipment|package|upc|bar ?code|isbn|vin|prescription|rx|quote|estimate|authorization|approval|tail|seat|bay|apartment|suite|load|trailer|hotline|policy form)(?: {_N}| code| is|'s)+"),
    (CODE, r"(?:the |my )?(?:code|three digits|3 digits)"),
    (BUSINESS, r"order|tracking|error|meter|payments of|flight|ticket|model|extension|confirmation|reference|receipt|invoice|serial|gate|terminal|interstate|highway|route|version|error code|zip(?: code)?|postal code|promo code|coupon(?: code)?|discount code|balance|amount|total|price|cost|costs|payment of|paid|charge of|charged|owe|fee|refund of|serial|sku|fax back|store number|hotline|toll free|customer service|our number|our phone|our office|our main|our fax|our direct|your order|page|chapter|channel|station|odometer|mileage|meter reading|reading is|temperature|score|dosage|milligrams|prescription|gift card|size|weight|weighs|height|width"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cue:
    """Tokens `first` to `last` speak of `entity`."""

    entity: str
    first: int
    last: int


_PATTERNS = tuple((entity, re.compile(rf"\b(?:{pattern})\b")) for entity, pattern in _TABLE)


def find_cues(tokens: Sequence[Token]) -> tuple[Cue, ...]:
    """The cues of a statement, in order; of two that share a token, the longer one."""
    text, starts = joined(tokens)
    found: list[tuple[int, int, int, Cue]] = []
    for order, (entity, pattern) in enumerate(_PATTERNS):
        for match in pattern.finditer(text):
            start = match.start() + (len(match[0]) - len(match[0].lstrip()))
            if start >= match.end():
                continue
            cue = Cue(entity, bisect_right(starts, start) - 1, bisect_right(starts, match.end() - 1) - 1)
            found.append((match.end() - start, -order, start, cue))
    found.sort(key=lambda f: (-f[0], -f[1]))
    taken: set[int] = set()
    cues: list[Cue] = []
    for _, _, _, cue in found:
        place = set(range(cue.first, cue.last + 1))
        if not place & taken:
            taken |= place
            cues.append(cue)
    return tuple(sorted(cues, key=lambda c: c.first))


def joined(tokens: Sequence[Token]) -> tuple[str, list[int]]:
    """The tokens in lower case joined by spaces, and where each starts."""
    starts: list[int] = []
    at = 0
    for t in tokens:
        starts.append(at)
        at += len(t.norm) + 1
    return " ".join(t.norm for t in tokens), starts
