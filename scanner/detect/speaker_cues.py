"""Tables of what the company's side, its customers and its machines say.

A pattern is a regular expression over plain words (`scanner.detect.plain_words`). The number before a group is its weight
in the log-odds of a side. Where patterns overlap the heaviest counts, so that "my name is" may outweigh the "my" in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from scanner.detect.plain_words import patterns


def _table(rows: Mapping[float, str]) -> tuple[tuple[float, re.Pattern[str]], ...]:
    return tuple((weight, patterns(text)) for weight, text in rows.items())


# What the company's side says: greetings with the company's name, offers of help, look-ups, requests for data, actions on
# an account, notices, closings.
COMPANY = _table({
    4.0: r"""
        how (may|can|could) (i|we) (help|assist|direct|be of)( you| your call)?
        what (can|may) (i|we) (do|help you with|assist you with)( for you)?( today)?
        (calls?|conversation|line|phone) (is|are|may be|will be|maybe|might be|can be|could be|being|gets|get)( all| also| always)? (being )?(recorded|monitored|taped|captured)
        (recorded|monitored) for (quality|training|security|your|compliance|coaching|our)
        for (quality|training|quality assurance|coaching)( and \w+)? purposes
        ((i am|we are|you are|this is|it is) )?on (a|an|the|our|my)( monitored and| monitored or| monitored)? record(ed)? (phone )?line
        thank you for (calling|contacting|choosing|holding|waiting|being a|your patience|your call|your business|your loyalty|verifying|confirming|getting in touch|reaching)
        (is|was) there (anything|something) else (i|we|that i|you)
        anything else (i|we) can (do|help|assist)( you)?( for you)?( with)?( today)?
        (can|could|may) (i|we) (please )?(have|get|grab|take|confirm|verify|start with|ask for) (your|the (name|account|address|number|date|phone|best|email|card|last|spelling|zip|order|policy|serial))
        (do i|do we|may i|can i|could i) have your (permission|consent|okay|blessing|leave|approval|agreement|go ahead)
        (transfer|connect|put|patch|pass|hand|get|send) you (over |across |through |on )?(to|with|through)
        you have reached
        you are (speaking|talking|through|connected) (to|with)
        you are on the line with
        you are all set
        i (can )?(see|show|have) you (here|on|in|down|as|listed)
        (have|having) (a|an) (great|good|nice|wonderful|lovely|blessed|pleasant) (day|one|evening|afternoon|weekend|rest|night|morning|week)
        pull(ing)? (up )?your (account|file|order|policy|record|information|details|chart|profile|reservation)( up)?
        our records (show|indicate|have)
        i( can| will| could| have| would| just| already| am going to| am happy to)( just| already| now| also)? (stop|stopped|turn|turned|switch|switched|pause|paused|end|ended|shut|disable|disabled|delete|deleted|mark|marked) .{0,25}(recording|recorder|tape|taping|recorded|off|out)
        you (can|may|could|are free to|are welcome to|have the right to) (always )?(ask|tell|opt|choose|request|decline|refuse|say|withdraw|object)
        (i|we)( have| will| can| just| am going to| already| could)*( go ahead and| just| now| already)? (opt|opted|opting|take|taken|took|taking|leave|left|mark|marked|flag|flagged|exclude|excluded|remove|removed|put) you (out|off|down|from)
        you (are|have been|were|will be)( now| all| already)* (opted|taken|left|marked|flagged|excluded|removed) (out|off|from|down)
        we (do not|never|do|no longer|only|always|also|can not) (record|tape|monitor|store|keep|share|sell|listen)
        (can|may|could) i (start )?(record|tape|recording)
        (if|that) (i|we) (can )?(record|tape)
        (hear|need|get|have) (you say |a )(verbal )?yes
        (me|nos) permite(n|s)? (grabar|grabarle|registrar|transferir)
        est. (usted )?de acuerdo (con|en)
        le parece bien (si|que)
        si (no )?(desea|prefiere|est. de acuerdo)
        my (supervisor|manager|colleague|specialist|team lead)( \w+)? (is|will|can) (here|join|joining|help|take|be)
        (i|we)( do| always| also| like to| have to| need to| am supposed to| try to)* (record|tape) (all|every|our|my|these|this|the|phone|most) (\w+ )?(calls?|conversations?|orders?|quotes?|estimates?|line|lines|statements?)
        (calls?|lines?|conversations?) (to|with|at|on|into|through|from) (this|our|the) (\w+ )?(office|number|line|desk|company|department) (is|are|get|gets|may be|will be)
        (do you|would you|are you|will you)( \w+){0,3} (mind|object|opposed|okay|consent|agree|comfortable|alright|good|willing)( \w+){0,4} (record|recorded|recording|tape|taped|taping|recorder)
        (any|some) (objections?|problem|issue|chance|trouble)( \w+){0,4} (record|recorded|recording|tape|taped|taping)
        """,
    2.6: r"""
        (i am|we are|and i|and we) (also |still |just |still being |being |all )?(recording|taping|recorded|taped)
        (i|we) (also |always |do |have to )*(record|tape)( it all| us both)? (on|at|from) (my|our|this) (end|side)
        i am (not |also )?(recording|taping|handing|passing|sending|moving|putting|transferring|connecting|bringing|patching|adding) (this|you|the|our|us|your|anything|a|in|on)
        i (do|take care of) the (\w+ )?(claims|policies|loans|orders|returns|repairs|permits|bookings|quotes|billing|scheduling)
        i (work|handle|run|manage|supervise|oversee)( in| on| the| our| all)* (appeals?|billing|claims|support|accounts|scheduling|dispatch|crews?|team|department|desk|escalations?|retention|collections)
        (billing|claims|fraud|support|dispatch|scheduling|lending|escalations|retention|collections|emergency|customs|warranty|shipping|sales|service) (department|desk|team|office)( here| speaking)
        (nobody|no one|none of us)( here| is| ever| at)* (taping|recording|tapes|records)( \w+){0,2} here
        (ai not|is not|there is) nobody (taping|recording)
        (callers|customers|members|clients) (who|may|can|should|must|are)
        (other|another|only the|the other) departments?( \w+)? (record|will|is|are|do)
        (calling|speaking|phoning) (you )?(today )?from
        (i am|this is|we are) calling (you )?(back )?(about your|regarding your|to (let you|remind|inform|confirm|offer|follow|tell you|discuss)|on behalf|because (you|your|we|our))
        (am i|may i|can i|could i) (speaking|speak|please speak|talk) (with|to) (mr|mrs|ms|miss|the (homeowner|person|account|policy)|\w+ \w+)
        for verification
        (to|so i can|so we can|let me) (verify|confirm) (your|the|a few|some|that i|you|who)
        (verify|confirm|validate) your (identity|account|date|name|address|information|details|phone|email)
        (let me|i will|i am going to|allow me to|let us|i can|if i can) (just |quickly |go ahead and |please )*(check|look|see|pull|bring|find|take a look|get|grab|open|access|verify|read|process|set|book|schedule|update|note|enter|put|send|email|submit|escalate|transfer|connect|issue|reset|file|apply|arrange|run|review|place|create|add)
        (bear|stay|hang on|hold) with me
        (one|just a|just one|a) (moment|second|minute) (please|while i|for me)
        while i (check|look|pull|bring|get|find|verify|review|update|process|access|transfer|connect|do)
        (please )?(hold|stay) (on )?(the line|on the line|while|for a (moment|minute|second))
        (are you|would you be) (okay|comfortable|fine|all right|good) (with|if|being)
        (is it|is that|would it be|are you|that) (okay|all right|fine|alright)( with you)?,? (if|that) (i|we) record
        (i would like|i want|i need|like) to record (this|our|the|today)
        (can|may|could) (i|we) (record|tape)
        you (can|may|could) (opt out|decline|ask us|say no|withdraw|press|also (go|visit|use|find|download))
        if you (would )?(prefer|rather|like|do not (want|agree|consent|wish))( not)?( to be recorded)?
        (i|we) (do )?apologi(z|s)e
        (i am|we are|so|very|terribly) sorry (to hear|about that|for (the|any|that|your)|you (are|have|had))
        sorry to hear (that|about|you)
        (i|we) (completely |totally |fully |do |certainly |absolutely |can )*(understand|appreciate) (your|the|how|that (this|you)|you|why)
        (i|we) (can )?(see|show) (that |here |a |an |the |your |you |on |from |it |there |two |three |one )
        (i|we)( have| will| can| just| am going to)* (put|make|made|add|added|set|check|checked|tick|ticked|leave|left) (a|an|that|the|in a) (flag|note|mark|box|block|check mark|notation)
        i have (made|put|taken) (a )?note (of|on)
        i (have|am showing|am seeing) (a|an|the|your|here|that|it|you) .{0,20}(on file|on (the|your) account|on my (screen|end|side)|here|in the system)
        (i have|i will|i am|we have|we will|i just|i already) (gone ahead|(just |now )?(updated|processed|submitted|scheduled|booked|canceled|cancelled|removed|added|noted|sent|refunded|credited|reset|applied|issued|placed|escalated|activated|locked|blocked|reversed|waived|extended|switched (it|the|that)|turned (it|the|that)|paused|stopped the|opened a))
        (i will|i am going to|i can|we will|we can) (go ahead and|(do|get|take care of|sort|fix) (that|this|it)( out| done)? for you|waive|refund|credit|process|escalate|send you|email you|text you|offer you|schedule|get you|have (someone|a (technician|manager|supervisor|nurse)))
        you (will|should|are going to) (receive|get|see|be (receiving|charged|getting)|hear|need to)
        we (record|monitor|tape|use|offer|are required|only|require|accept|provide|charge|ship|close|open|just need|would need|show|work with)
        your (account|order|claim|policy|card|balance|payment|appointment|reservation|request|ticket|case|membership|subscription|loan|application|prescription) (is|was|has|will|shows|number|ends|ending|comes|went|expires|should)
        (our|the|an|your) (policy|system|records|technician|adjuster|representatives?|agents?|team|department|specialists?|claims|billing|warehouse|pharmacist|nurse) (will|is going to|can|shows|says|requires|has|have|are)
        (please |and )?(spell|repeat|confirm|verify) (that|your|it|the) (for me|name|last|first|email|again)
        could you (please )?(spell|verify|confirm|provide|repeat|tell me your|give me your)
        (can|could|would|will) you (please )?(spell|verify|confirm|provide|read me|tell me (your|what|the (last|name|address|number))|give me (your|the (last|number|address|name)))
        (on|to) (the )?(phone )?(number|email|address|card)( that)? we have
        (last|first) (four|five|three|six) (digits )?of your
        what is (your|the (best|name on|billing|number|last|first|address|account|date|zip|email|phone|card|expiration|order|policy|claim|vin|serial|security|three|reason))
        (the|your) (three|four)? ?digits? (code )?on the (back|front)
        and (your|the|what is the|what is your) (name|date of birth|address|phone|email|zip|zip code|card number|account number|expiration( date)?|security code|last name|first name|billing|best|policy number|order number|birthday|social|number|confirmation)
        your (full |first |last |legal )?(name|date of birth|birth date|social|address|zip|phone number|email address|account number|card number|order number|policy number|member id)( please)?
        (and )?the (expiration|expiry|security code|cvv|name on the card|zip code|billing|three digits|date of birth|last four)
        (in|with) (the )?(billing|claims|support|sales|retention|collections|fraud|customer (care|service|support)|technical support|scheduling|member services|patient services|service) (department|team|desk)? ?(here)?(speaking)?
        you are (very |most |quite )?welcome
        my pleasure
        (happy|glad|delighted) to (help|assist|do that|take care|look|check|hear)
        (is|was) that correct
        did i (get|hear|read) that
        (so )?(i have|that is|that was|let me read) .{0,30}(is that (right|correct)|back to you)
        what (seems to be|is) the (problem|issue|trouble|matter|nature|reason)
        (which|what) (card|account|address|date|day|time|order|item|email|phone number|payment method) (would|number|do|works|is|should)
        would you like (me |us )?to
        would you like (a|an|the|that|this|it)
        (do|would) you (still |currently )?(have|want me|like me|prefer|consent|agree|authorize|happen|know (your|the) (account|order|policy|member))
        are you (still|currently|able|calling|looking|the (account|policy|card)|available|near|in front)
        may i (ask|place|put|know|have|record)
        (for|on) your (convenience|security|protection|behalf)
        as (a|our) valued
        i am (an?|the|your) (automated|virtual|digital|ai|supervisor|manager|agent|representative|advisor|specialist|nurse|technician)
        (artificial intelligence|ai|automated) (tools?|software|systems?|technology|note taker|assistant|models?|program)( \w+)? (to|may|will|is|are|that|which|transcri\w+|listen\w*|analy\w+|score\w*|summari\w+)
        (train|improve|develop|teach|build)( and \w+)? (our|the|its|their) (ai|artificial|automated|models?|machine|voice|software|systems?)
        (our|an outside|a separate|an external|another) (vendors?|partners?|suppliers?|service providers?|company|firm|technology)
        (tell|let) me (know )?(your|what|how i|if (you|there)|more about (your|what|the)|a little|whenever|when you are ready)
        go ahead (with|and (give|read|tell)|whenever|please)
        (can|could) you (tell|describe|walk) me (through )?(what|about|when|which|more|where)
        (let me|i will) (repeat|read) (that|it|this) back
        your (confirmation|reference|tracking|ticket|case|claim) number (is|will)
        (thank you|thank you so much|thank you very much) for (that|the|this|providing|letting|your time|your cooperation|confirming|bringing|sharing)
        (we|i) (really )?appreciate (your|you)
        our (number|hours|website|office|app|address|fax|email)( \w+)? (is|are)
        what (number|city|state|name|date|day|time|email) (is|are|would|works|do|should|was)
        does that (work|sound|help|make sense|answer)
        how does that sound
        sounds? good to you
        (i am|this is|my name is) \w+( \w+)? (with|from|at|in|and i|and how|on a|how (can|may)|speaking)
        \w+ speaking
        gracias por (llamar|esperar|comunicarse|su paciencia)
        (en )?qu. (puedo|podemos) (ayudarle|ayudarlo|ayudarla|servirle|hacer)
        (le|te) (atiende|habla|saluda|comunico|transfiero|ayudo)
        (esta|su|la|las) llamadas? (puede|pueden|est.|ser.|es|son|podr.a|va)
        (me|podr.a|puede) (da|dar|dice|decir|confirma|confirmar|proporciona|proporcionar)(me)? su
        su (cuenta|nombre|n.mero|direcci.n|fecha|pedido|p.liza|tarjeta|saldo|tel.fono)
        (un|d.me un) (momento|segundo|momentito)
        """,
    1.5: r"""
        (thank you|thank you very much) (mr|mrs|ms|miss|sir|maam|for)
        (mr|mrs|ms) \w+
        (yes|no|okay|sure|all right|sorry) (sir|maam)
        sir
        maam
        (certainly|absolutely|of course|no problem|not a problem|no worries|not at all|definitely)
        (great|perfect|wonderful|excellent|lovely|fantastic|awesome|got it|gotcha|understood|noted) (and|so|thank you|let me|i|your|what|which|that|now)
        (perfect|wonderful|excellent|fantastic)
        good (morning|afternoon|evening)
        how are you( doing)?( today)?
        (i|we) understand
        go ahead( please)?
        take your time
        whenever you are ready
        (this|that) (should|will) (only )?take
        (within|in|up to|takes?) (\w+ )?(to )?\w+ (business|working) days
        (our|we)
        welcome to
        (is|are) this (for|about|regarding) (a|an|the|your)
        is that (correct|right|okay)
        (the |your )?(total|remaining balance|balance|amount due|payment|monthly payment) (is|comes|would be|will be)
        for you( today)?
        (sent|send|emailed|mailed|texted) (you|it to you|that to you|out)
        in our (system|records|database|notes)
        (did|have|has|had|were) you (receive|received|try|tried|get|got|use|used|check|checked|make|made|have|been|able|move|moved|ever|notice|restart|restarted|unplug|filed?|speak|spoken)
        (for|to) (the )?security
        (when|what time|where) (would|did|is|was|were|are|works|do) (you|your|it best|best|the (best|incident|accident))
        how (many|much|long|old|often) (would|do|did|are|have|has) (you|your|this|that|the (pain|symptoms))
        has (it|this|that|anyone|anything|there)
        who (am i|is this|do i|would you|is the)
        (what is|and|may i have|spell) your (name|number|email)
        press(ing)? (one|two|three|four|nine|zero|pound|star|\d)
        recorded
        on my (end|screen|side)
        (next|first|last) available
        (due|billing|renewal|effective) date
        you (can|may|could|might|would|will|need|are|should|have|do)( \w+)?( not)? (to )?(call|visit|log|go|find|download|use|expect|bring|upload|reach|check|reply|respond|keep|disregard|return|choose|pay|come|see)
        """,
    0.5: r"""
        your
        yours
        you
        our
        ours
        please
        we
        us
        """,
})  # fmt: skip

# What the customer says: the problem, the wish, giving data, the household, impatience.
CUSTOMER = _table({
    4.0: r"""
        i would (just )?(like|love) to (?!record|let you|inform|offer|thank|apologi|verify|confirm|remind|welcome|ask you|help|assist|make sure|offer|go over)\w+
        i (need|want|wanted|was hoping|have|am trying|am looking) to (?!verify|ask you|ask a|confirm|inform|let you|tell you|record|place you|put you|transfer|check|get your|get a few|read you|make sure|see you|thank|offer|apologi|be sure|help|remind|you|say)\w+
        i (would|did) (like|want) to (pay|cancel|return|speak|talk|order|book|schedule|make|change|report|file|open|close|buy|check|dispute|update|get (a|my|an)|know|find out|add|switch|move|upgrade|ask|renew|place|complain|transfer my|set up|see if|discuss my|inquire|refill|reschedule)
        (am i|are these|are we|is this|is my|was my|is the|are my)( \w+){0,4} (being )?(recorded|taped|recording|monitored)
        (are|were|is|was) (you|y all|anybody|somebody|anyone|someone)( all| guys| people| folks| still)* (recording|taping|tape|record)
        do you (guys )?(record|tape)
        (you (can|may|could)|feel free to|go ahead and|fine to) (record|tape)
        i (am|have) (okay|fine|good|comfortable|happy|cool|no (problem|objections?|issues?|choice)) (with|being|to)
        i do not (give|authorize|mind|object|approve|allow|permit|accept|consent|agree)
        (please |just |then )*(delete|erase|destroy|stop|end|turn|switch|pause|shut|kill|cut|get|take|remove|opt|leave|keep) (off )?(me|the|this|that|my|your|it)( \w+){0,2} ?(off|out|recording|recorder|tape|ai|line|call|calls)
        no (ai|recording|robots?|computers?)( \w+){0,3} please
        (is there|do you have) (a|any|some|an)( other)? (way|line|number|phone|option)( \w+){0,3}
        (can|could) we (do|talk|speak|continue|keep|skip|have|go)
        no quiero|no me grabe|est.n grabando|me est.n? grabando
        i (just )?(need|want|wanted|have|needed|am trying|was trying|was hoping|am hoping|am looking|was wondering|was calling|am wondering) (to )?(someone|somebody|help|a refund|my|to (pay|cancel|return|speak|talk|order|book|schedule|make|change|report|file|buy|dispute|know|get|find out|ask|see|figure|renew|place|complain|refill|move|sign up|log)|for (a|my|some)|if (you|i|there)|a question|some|an? (appointment|problem|issue|question|claim|plumber|tow|replacement|quote|new|refill|copy))
        i am (just )?(calling|phoning|ringing)( in)?( today)?( again)?( back)? (about (my|a|an|the|some|this)|because (i|my|the|there)|to (pay|cancel|return|see|find|ask|report|make|check|get|file|change|book|order|schedule|dispute|complain)|for (my|a)|regarding (my|a)|with|in reference)
        my (account|order|bill|card|policy|claim|internet|phone|service|package|delivery|appointment|prescription|subscription|payment|loan|mortgage|credit|refund|password|balance|statement|car|house|home|apartment|basement|kitchen|roof|flight|reservation|membership|insurance|coverage|power|water|heat|router|modem|laptop|computer|tv|washer|dryer|dishwasher|fridge|furnace|lease|rent|landlord|ticket|booking|check|checking|savings|plan|contract|invoice|application|login|email|name is on|number is|address is|zip (code )?is|social|date of birth|birthday|last name|first name|member (id|number)) ?(is|was|has|had|does|did|will|were|got|keeps|says|shows|never|still|just|needs|stopped|number|ended|ending)?
        my (wife|husband|son|daughter|mom|mother|dad|father|kid|kids|child|children|girlfriend|boyfriend|brother|sister|boss|doctor|lawyer|attorney|neighbor|grandmother|roommate|parents|partner|dog|cat|employer|back|knee|chest|head|blood|medication|ex|family|uncle|aunt|niece|nephew|grandson|tenant|bank|accountant|job|paycheck)
        i (was|got|have been|keep getting|am being|am getting|just got) (charged|billed|told|promised|double|waiting|overcharged|hit with|on hold|transferred|calling|trying|having|getting|locked|laid|bounced|a (letter|bill|notice|call|text|email|message|charge|statement|ticket|voicemail))
        (i|we) (bought|ordered|paid|lost|forgot|received|returned|moved|fell|hit|rear ended|woke|canceled|cancelled|signed up|never (got|received|signed|ordered|agreed|asked|authorized)|did not (get|receive|order|authorize|sign|make|know|ask|agree|realize|want)|called (you|last|before|yesterday|earlier|in|three|twice)|already (paid|told|gave|called|sent|talked|spoke|tried)|do not (know|understand|want|remember|have (it|that|the|time|any)|care|see|recognize|think so|consent|like|need|talk|agree|feel|trust)|saw|noticed|tried|spoke|talked|left|can not (log|get|find|afford|believe|access|see|remember|pay|wait|make|seem|reach))
        (that is|that will be|that would be|no that is|nope that is|i think that is) (all|it|everything)( i (need|needed|wanted))?( for (today|now))?
        (no|nope) (that is|thank you|i am good|i think|we are good|nothing|not (really|today|right now|at the moment))
        (this|that|it) is (ridiculous|unacceptable|outrageous|absurd|the (third|second|fourth|fifth) time|a joke|not (fair|working|right|my)|driving me|crazy|insane|bull\w*)
        (it|that|this|she|he|they) (just )?(stopped|broke|started|keeps|kept|is not working|does not work|will not|did not work|never (came|arrived|showed|worked)|has not (come|arrived|worked|shown)|was supposed|said (it|they|he|she|that|i|you)|told me|showed up|died|leaks|leaked|arrived (broken|damaged))
        (stop|do not|quit) (recording|record|calling|using my|record me|tape)
        (are|were) you (recording|guys recording|taping|going to record)
        is (this|the|my) (call|line|conversation)? ?(being )?(recorded|taped)
        (do not|not) want (to be|this|it|my|the|you|any ai|ai|that)( \w+)? ?(recorded|recording|taped)?
        (i am|am) not (comfortable|okay|happy|interested|paying|going to|sure|giving|agreeing)
        i (do not )?(consent|object|refuse|agree)( to)?
        (my|the) (card )?number is
        (it is|that is) (under|in) (my|the name|\w+ name)
        (can|could) (i|you) (just |please |maybe |also )?(pay|return|cancel|speak to (a|someone|your|the)|talk to (a|someone|your|the)|get (a (refund|person|real|human|copy|manager|supervisor)|my|someone|somebody|out)|change my|switch my|use my|do that online|send (me|it|someone|somebody)|email (me|it)|tell me (why|how|if|when)|help me|fix|check (my|if|on my|whether)|transfer me|explain|waive|refund|cancel|stop|turn (it|that) off|connect me|put me|look (into|up) (my|why|what)|lower|extend|give me (a|my|an|some|until)|make (a|an|sure)|refill|reschedule my|add my)
        what (are your|time do you|is your (return|refund|cancellation|policy|website|address|hours)|do you (mean|guys|charge|recommend|need from)|are (the|my) options|happens if|should i|do i (do|need|owe|have))
        how (much|long|soon|do|can|would|should|come|am|did) (is|it|will it|does|do i|is it|would it|i (pay|get|know|do|owe|opt)|am i|can i|the|my|that|would i|come|i supposed|long)
        when (will|can|do|would|is|does|am|should) (i|it|my|the|that|someone|somebody|you (guys)?|they)
        why (is|was|am|did|do|does|are|were|would|should|has|have|can) (i|my|you|it|the|there|that|this|they|nobody)
        do (i|you guys|you people|you all)
        (you guys|you people)
        (yes|yeah|hi|hello|okay|oh) (hi|hello) (i|my|yeah|yes|this is)
        (a |the )?(manager|supervisor|real person|human being|representative) please
        (necesito|quiero|quisiera|quer.a|me gustar.a|llamo (para|por|porque)|tengo (un|una) (problema|pregunta|duda|cita))
        mi (cuenta|nombre es|n.mero|direcci.n|fecha|pedido|p.liza|tarjeta|saldo|tel.fono|esposo|esposa|hijo|hija|casa|factura|cita)
        """,
    2.2: r"""
        (my|i) (name|last name|first name) is
        (it is|that is|that would be|that will be) (\d+|one|two|three|four|five|six|seven|eight|nine|zero|oh|double|a|\w+ (street|road|avenue|drive|lane)|\w+ (at|dot) \w+)
        (yeah|yes|yup|sure|okay|no|nope|oh|well) (it is|that is (right|correct|fine|me|it|okay|good|the)|i (am|do|did|have|can|was|will|would|need|just|guess|think|know)|my|go ahead|please do|i will hold|you can|we|because|but)
        that is (me|him|her|my|right|correct|fine|great|good|okay|perfect|ridiculous|the (one|card|last|right)|what i)
        (that|monday|tuesday|wednesday|thursday|friday|saturday|sunday|either|morning|afternoon|anytime|the \w+) (works|is (fine|good|great|better|perfect)|would (be|work))( for me)?
        works for me
        (speaking|this is (he|she|him|her|me))
        who is (this|calling)
        (i|we) (guess|think|thought|believe|hope|heard|assume|mean|figured|swear|wish)
        thank you (so much|very much|for (your help|the help|all your help|nothing|explaining|fixing|getting back))
        (great|okay|perfect|good|all right|awesome|wonderful|cool|oh good|oh great) (thank you|thank you bye)
        you too
        (thank you|okay|all right)? ?(bye|bye bye|take care)
        (oh|ugh|wow|ah|gosh|jeez|huh|geez|man|seriously|really|whoa|phew|well)
        (i|we) (have|had) (a|an|the|been|this|no|to|two|three|some|it)
        (i|we) (was|were|am|had|did|got|went|used|live|work|sold|changed|drove|saw|put|took|sent|told|said|called|made|started|noticed|drive|own|rent|travel|moved|can not|do not|did not|could not|would not|have not|am not|was not)
        (i would|i will) (rather|prefer|take|pay|hold|wait|use|call back|think about|need|do that|like that|love)
        (i|we) (need|want)
        (hurts|pain|hurting|swollen|dizzy|fever|sick|bleeding|rash|nauseous|nausea)
        (it|they) (is|are|was|were) (not|broken|leaking|making|too|supposed|still|gone|wrong|damaged|dead|late|missing|blinking|stuck|frozen)
        (for|to|with|of|in|on|at|about|from) (my|me|mine)
        my (data|voice|calls?|information|info|permission|consent|privacy|rights|words|details)
        (give|tell|send|call|text|email|charge|charged|told|gave|sent|help|let|bill|billed|calling|called|recording|record) me
        not (really|yet|that i know|sure)
        nothing else
        (go|fire) (ahead|away)
        (i|we) (am|are) (in|at|from|on|a|an|moving|traveling|having|getting|still|ready|fine|good|trying|so (tired|frustrated|upset)|very|really|pretty|kind of|here|looking|interested|worried|sick|tired|done|out|home|driving|pregnant|behind)
        never mind
        mine
        your (company|website|app|driver|technician|guy|store|people|competitor|ad|colleague|coworker|last (agent|rep|person))
        the (last|other|first|previous) (agent|rep|person|guy|lady|woman|representative|girl)
        (is|are|was) (there|that|it|this) (a (fee|charge|way|penalty|problem|discount|cheaper)|any (way|chance|fee|charge)|going to (cost|take|be)|covered|included|free|possible|too late|safe)
        (somebody|someone|nobody|anybody) (to|is|can|will|has|ever|came|called|told|said|stole|hit|used|was)
        (how|what) about (the|my|if|on)
        """,
    1.0: r"""
        my
        me
        i
        yeah
        yes
        nope
        no
        sure
        hello
        """,
    0.6: r"""
        i am
        i have
        i will
        so
        just
        actually
        because
        """,
})  # fmt: skip

# Words that look like one side's but tell nothing, taken out of the tables' reach: heaviest first, they hide what is below.
NEUTRAL = patterns(r"""
    my name is
    this is
    thank you( very much| so much)?
    (i|we) (see|know)
    yes (of course|certainly|absolutely|sir|maam)
    i am (sorry|afraid)
    i will (be|do)
    (you know|i mean|let us see)
    let me
    no problem
    hi|hello
    """)

# What a machine says: menus, queues, pre-recorded notices. Weight: machine against human agent.
SYSTEM = _table({
    5.0: r"""
        (press|dial|say or press) (one|two|three|four|five|six|seven|eight|nine|zero|pound|star|the pound|\d)
        para espa.ol
        (our |the )?menu (options )?ha(s|ve) (recently )?changed
        please listen (carefully|closely|to the following)
        your call is (very )?important
        (will be )?answered in the order
        (all|our) (of )?(our )?(agents|representatives|operators|associates|lines) are (currently |all |still )*(busy|assisting|helping|unavailable)
        (please )?(stay|remain) on the line
        next available (agent|representative|associate|operator|team member|specialist|adviser|advisor)
        (your )?(estimated|expected|approximate) wait( time)?
        (at|after) the (tone|beep)
        you are (caller )?number \w+ in
        please enter (your|the)
        (using|on) (your|the) (telephone )?keypad
        followed by the pound
        (office|business) hours are
        for (billing|sales|support|claims|payments|technical support|all other \w+|english|new \w+|existing \w+) (press|say|please)
        (to|if you) .{3,60} (press|say) (one|two|three|four|five|six|seven|eight|nine|zero|star|pound|\d)
        if (this is|you have|you are experiencing) an? (medical |life threatening )?emergency
        (i am|this is|you are (speaking|talking) (to|with)) (an|the|your|our|a)( \w+)? (automated|virtual|digital|ai|voice)( \w+)? ?(assistant|agent|system|attendant|voice|service)
        """,
    2.0: r"""
        (please )?(continue to )?hold
        your call (may|will|is|might|could) (be )?
        (this|your|all|calls?) (calls?|conversation)?(s)? (may|will|might) be (monitored|recorded)
        calls (are|may|to)
        by (staying|remaining|continuing)
        (transferring|connecting) (your call|you)
        (an|a|the next) (agent|representative|associate) will
        we are (currently )?(experiencing|closed|unable)
        (automated|virtual|digital|recorded) (assistant|message|system|announcement|attendant)
        """,
    0.7: r"""
        thank you for (calling|holding|waiting|contacting)
        welcome to
        """,
    -3.0: r"""
        this is (?!an |a |the |your |our )\w+
        my name is
        (how|what) (can|may) i (help|do|assist)
        speaking
        let me
        (my|our) (system|screen|computer) is
        (so|well|okay|um|alright|mmhm|got it|sure|absolutely|sorry)
        i (can )?(see|understand|will|am going|have|just|apologize)
        mmhm
        """,
})  # fmt: skip
