"""Words of private matters, and everyday phrases that borrow them.

Over normalised words as in `scanner.detect.plain_words`. `strong` names the matter by itself; `weak` may mean something
else and counts for more beside another of its kind; `borrowed` is what people say without meaning the matter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from scanner.detect.plain_words import patterns
from scanner.detections import Sensitivity


@dataclass(frozen=True, slots=True)
class Topic:
    """The patterns of one kind of private matter."""

    strong: re.Pattern[str]
    weak: re.Pattern[str]
    borrowed: re.Pattern[str]


TOPICS: Mapping[Sensitivity, Topic] = {
    "health": Topic(
        strong=patterns(r"""
            diagnos(is|ed|e|es|ing)|prognosis|biopsy|tumou?rs?|cancer|chemo(therapy)?|oncolog(y|ist)|leukemia|lymphoma
            diabet(es|ic)|insulin|asthma|inhaler|arthritis|epilep(sy|tic)|seizures?|migraines?|pneumonia|hepatitis|hiv|aids test
            (high |low )?blood (pressure|sugar|thinners?|work|test|clots?)|cholesterol|thyroid|hypertension|anemi(a|c)|anaemia
            heart (attack|disease|condition|failure|trouble|problems?|surgery|rate|murmur|medication)|strokes?(?= (last|in|two|three|and|she|he|i))|cardiolog(y|ist)|pacemaker
            (chest|back|stomach|abdominal|neck|knee|joint|nerve|pelvic) pain|shortness of breath|(trouble|hard to|difficulty) breath(e|ing)
            (had|have|has|having|running|running a|with a|got a) (a )?(fever|rash|infection|concussion|fracture|miscarriage|overdose)
            prescriptions?|medications?|antidepressants?|antibiotics?|painkillers?|opioids?|chemotherapy|dialysis|transplant
            depress(ed|ion)|anxiety|panic attacks?|bipolar|schizophreni(a|c)|ptsd|suicid(e|al)|self harm|therapist|psychiatr(ist|y|ic)|psychologist|counsel(l)?ing session
            (drug|alcohol) (problem|addiction|abuse|treatment|rehab)|rehab|withdrawal symptoms|sober|relapse[d]?
            pregnan(t|cy)|prenatal|fertility|ivf|abortion|contracepti(ve|on)|birth control|ultrasound|mammogram|pap smear
            surger(y|ies)|surgeon|surgical|anesthesia|mri|ct scan|cat scan|x ?rays?|colonoscopy|endoscopy|physical therapy|hospice|palliative
            (er|emergency room|urgent care|intensive care|icu|ambulance) (visit|trip|last|because|for|bill)|hospitali[sz]ed|in the hospital|from the hospital
            dementia|alzheimer'?s?|parkinson'?s?|multiple sclerosis|autis(m|tic)|adhd|disabilit(y|ies)|wheelchair|oxygen tank
            dermatolog(y|ist)|neurolog(y|ist)|gynecolog(y|ist)|urolog(y|ist)|orthop(a)?edic|gastroenterolog(y|ist)|pediatrician|specialist referral
            (test|lab|blood|scan|biopsy) results|side effects?|symptoms?|allerg(y|ies|ic)|medical (history|condition|record|bills?|leave|reasons?)
            (broke|broken|fractured|sprained|tore) (my|his|her) (arm|leg|hip|wrist|ankle|foot|neck|back|collarbone|shoulder|knee)
            (my|his|her) (doctor|oncologist|cardiologist|physician|therapist|surgeon|midwife|gp)
            (i|he|she) (take|takes|am taking|is taking|is on|am on) (\w+ )?(pills?|tablets?|meds|milligrams?|insulin|blood thinners?)
            milligrams?|refills? (on|of|for) my|pills|tested positive|covid|the flu|an? (std|sti)
            """),
        weak=patterns(r"""
            doctor|nurse|hospital|clinic|patient|pharmacy|pharmacist|medicine|meds|treatment|therapy|injur(y|ies|ed)|hurts?|pain|swollen
            (feel|feeling|felt) (sick|dizzy|faint|nauseous|weak)|dizzy|vomiting|bleeding|fever|infection|fell down|health insurance
            (physical|check ?up|appointment with (doctor|dr))|dentist|tooth|teeth|root canal|crown|vaccine|shot
            """),
        borrowed=patterns(r"""
            heart of the (matter|problem|issue|city)|by heart|take heart|heart and soul|change of heart|from the bottom of my heart
            sick (of|and tired)|sick to death|worried sick|makes me sick|a pain in the \w+|what a pain|a pain to|painful process|growing pains|it hurts to (say|pay)
            (computer|network|software|the|a) virus(es)?|virus (scan|protection)|(website|battery|account|system|credit) health|healthy (balance|discount)
            doctor(ed)? the|spin doctor|just what the doctor ordered|dead on arrival|blood bath|bad blood|in cold blood
            (pet|dog|cat|veterinary|animal) (hospital|clinic|doctor)|vet clinic|patience
            a shot in the dark|give it a shot|a shot at|screen ?shots?|long shot|crown (molding|street|plaza|hotel)
            be patient|so patient|being patient|(thank you|thanks) for being patient|lost my mind|drives? me (crazy|insane|nuts)|going insane
            account number on the pill|tablet (computer|screen|app|device)|my tablet|stroke of luck|keystrokes?|a stroke of
            treatment (plan )?for (customers|members)|vip treatment|special treatment|preferential treatment|window treatments?|surgical precision
            nurse(ry| a grudge)|addicted to (this|your|that) (show|app|game|coffee)|hospitality
            """),
    ),
    "financial": Topic(
        strong=patterns(r"""
            (remaining |outstanding |past due |account |loan |card |current |credit card |checking |savings )balance|balance (of|due|on|is|was)|past due|overdue|overdrawn|overdraft
            debts?|(in|to) collections|collection agency|debt collect(or|ors|ion)|bankrupt(cy)?|foreclos(e|ed|ure|ing)|repossess(ed|ion)?|charge[d]? off|garnish(ed|ment)?|default(ed|ing)? on
            (car |home |student |personal |auto |payday |my |the |a |your )loans?|(loan|mortgage) (payment|application|officer|servicer)|mortgages?|refinanc(e|ing)|line of credit|credit (score|report|limit|history|check|rating|card (bill|debt|balance|payment|statement))|home equity
            (can not|could not|can hardly|unable to|not able to|trouble|struggling to|hard to) (afford|pay|make (the|my|this|that) payments?|cover (the|my) (rent|bill|payment))
            (late|missed|minimum|monthly|past due|partial|down) payments?|payment (plan|arrangement|deferral|extension)|behind on (my|the|our|your)|(months?|weeks?|payments?) behind
            (annual|yearly|household|monthly|fixed|my|your|gross|net|disposable) (income|salary|pay ?check|wages)|how much do you (make|earn)|take home pay|tax (return|refund|bill|debt)|back taxes|irs
            (lost|losing) my (job|house|home|income)|laid off|unemployed|unemployment|food stamps|food assistance|medicaid|welfare|benefits office
            (direct deposit|wire|wired?) (money|transfer|funds|of|a|my)|routing number|account ending|checking account|savings account|retirement (account|savings|plan)|pension|401 ?k|four oh one k|brokerage|investments?|portfolio|stocks
            (declined|blocked|stolen|lost|frozen|maxed out) (my |the |your )?(credit |debit |bank )?card|card (was|got|is|has been) (declined|blocked|stolen|frozen|maxed)|insufficient funds|bounced (a |my )?(check|payment)
            (fraudulent|unauthorized|unauthorised|disputed|unrecognized) (charges?|transactions?|withdrawals?)|identity theft|stole my identity|(opened|open) (a|an|some) .{0,20}in my name
            child support|alimony|inheritance|life insurance (policy|payout|claim|money)|(i|we) owe|you owe|still owe|owed
            interest rate|apr|escrow|premium (went|is|goes|payment)|deductible|late fees?|hardship|forbearance|deferment
            (see|show|have) a (balance|charge|payment|debit|deposit|withdrawal)
            """),
        weak=patterns(r"""
            loan|debit|rent|salary|savings|afford|income|owing|balance|bank statement|interest|collections|budget|wages
            """),
        borrowed=patterns(r"""
            credit (to|for) (him|her|them|you) |give (him|her|them|you|it) credit|to (his|her|their|your) credit|extra credit|credits? (roll|the)
            in charge|take charge|no charge|free of charge|charge (my|the|your|it|his|her) (phone|battery|car|laptop|device|tablet|watch)|charging (cable|port|station)|fully charged|(phone|battery|it) (is |was )?charged|will not charge|does not charge|not charging|charger
            bank holiday|bank on it|river bank|food bank|power bank|blood bank|bank of (phones|lights)
            (well|work life|on|off|lost (my|his|her)|lose (my|your)|keep (my|your)|sense of|tire|wheel|white|color) balance|balance (the|my|your) (tires?|wheels?|diet|load)
            in your debt|debt of gratitude|on account of|take into account|user account|email account|create an account|log ?in to (my|your) account|account manager|by all accounts
            payment (methods|options) (we|you|do)|pay attention|pays? off in the|stock(ed)? (up|out)|(in|out of|have) stock|foot the bill|bill of (rights|lading|sale)|fit the bill
            interest rate of (people|customers)|default (settings?|browser|printer|password|app|option|gateway|language)|by default
            i owe you (an apology|one|a beer|a call|a favor|an explanation)|owe (him|her|them) an apology
            premium (plan|service|channel|member|membership|version|package|gas|seats?|support|coffee)
            """),
    ),
    "legal": Topic(
        strong=patterns(r"""
            (my|a|an|the|your|his|her|our|with|get|need|hire|hired|call|called|lawyer|attorney|speak to a|talk to a) (own )?(lawyers?|attorneys?|public defender|paralegal|solicitor)
            lawsuits?|(i am |we are |to |going to |gonna |being |was |got |will |they are |he is |she is )(sue|suing|sued)|class action|litigation|settlement (offer|agreement|money|check)|subpoena(ed)?|deposition|affidavit|summons|small claims
            custody|visitation rights|divorc(e|ed|ing)|restraining order|protective order|prenup|adoption papers|paternity
            evict(ed|ion|ing)|landlord (\w+ ){0,2}(locked|evict\w*|took|kept|keeping|keeps|refus\w+|owes|threat\w+|sue|sued|suing|withh\w+|will not|deposit|did not (fix|return|give|pay)|is (trying|not))|locked me out|lease dispute|security deposit back
            arrest(ed)?|warrant (out|for)|bench warrant|bail(ed)?|in jail|went to jail|prison|probation|parole|felony|misdemeanor|criminal (record|charges?|case)|dui|dwi|charged with|pressed? charges|pressing charges
            (court|hearing|trial) (date|case|order|next|on|in|tomorrow|papers|appearance)|in court|to court|take (you|them|him|her|it|me) to court|go(ing)? to court|the judge|a judge|jury|prosecutor|plea (deal|bargain)|convicted|sentenced
            (immigration|asylum|deport(ed|ation)|visa (status|denied|expired)|green card|undocumented)
            (last )?will and (testament|trust)|probate|power of attorney|estate (planning|plan)|executor|guardianship|trust fund
            (wrongful|wrongfully) (termination|terminated|dismissal|death|fired)|discriminat(ed|ion|ing)|harass(ed|ment|ing)|whistleblower|workers comp(ensation)?|malpractice|personal injury|defamation|domestic (violence|abuse)|assault(ed)?
            served (with )?(papers|me)|police report|filed charges|statute of limitations|legal (advice|trouble|problem|matter|action|aid|help|issue|case|dispute|representation|fees)
            """),
        weak=patterns(r"""
            lawyer|attorney|legal|court|police|lease|contract dispute|rights|landlord|tenant|judge|sue|hearing|custody
            """),
        borrowed=patterns(r"""
            legal (department|name|age|holiday|size|pad|guardian name|disclaimer|notice|plans?|services|team is)|(liberty|meridian|your|our|the|a|my) legal plans?
            (in|the ball is in your|tennis|food|basketball|clay|back) court|court (side|street|yard|house square|shoes)|courtesy|(my|your) hearing (is bad|aid|test)|hard of hearing|hearing (you|from|back|aids?|test)|hear(ing)? about
            (do not|never) judge|judge (a book|for yourself)|trial (period|version|run|offer|subscription)|free trial|trial and error|jury is (still )?out|jury duty website
            arresting (view|image)|cardiac arrest|charged with (static|electricity)|under warranty|warrant(y|ies)|(that|this) is criminal|a crime (that|how)
            sue (is|was|said|from|called|in)|(hi|this is|hello|my name is|named|aunt|thank you|with) sue|prison break|power of the attorney|custody of the (package|keys)
            trust (me|you|us|fund manager)|executive|police (the|themselves)|grammar police|sentence (structure|in the)|on trial basis
            """),
    ),
    "credentials": Topic(
        strong=patterns(r"""
            (my|the|your|current|old|temporary|new) (password|passcode|pin|pin number|passphrase|verification code|access code|security answer) (is|was|would be|it is|should be)( \w+)?
            (password|passcode|pin|security code|cvv|cvc|verification code|one time (code|password)) (is )?(\d|one|two|three|four|five|six|seven|eight|nine|zero|oh|capital|all lower)
            (three|four|3|4) ?digits? (code |number )?on the (back|front)|security code|cvv|cvc|card verification
            (read|tell|give|confirm|what is|what was|have|say|verify) (me |us )?(your|the|my) (\w+ )?(password|passcode|pin|pin number|one time code|verification code|access code)
            mother'?s maiden name|maiden name (is|was)|secret (word|question|answer)
            """),
        weak=patterns(r"""
            password|passcode|pin number|verification code|one time code
            """),
        borrowed=patterns(r"""
            reset (my|your|the|his|her|a) password|password reset|forgot (my|the|your) password|change (my|your|the) (password|pin)|(rolling|safety|bowling|bobby|hair|lapel) pins?|pin (code )?for the (gate|location)|pin (it|this|that) (on|to|down)|drop a pin
            (never|do not|will not|not) (ask|share|give|tell|need) .{0,30}(password|pin|code)s?
            """),
    ),
    "contact": Topic(
        strong=patterns(r"""
            (my|the best|our|his|her) (home |mailing |billing |email |new |shipping )?(address|phone number|cell|mobile|email|zip code|number) is
            (i|we) live (at|on) (\w+)
            (my|his|her) (birthday|date of birth|social security number|social) is
            (you can|please) (reach|call|text|email) me (at|on) (\w+)
            """),
        weak=patterns(r"""
            (home|mailing|billing|email|shipping|street) address|phone number|date of birth|zip code
            """),
        borrowed=patterns(r"""
            (your|our|store|the store|office|company|website|web|ip|department) (address|phone number|email address|mailing address)( is)?
            """),
    ),
}
