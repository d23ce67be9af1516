"""The tables: how calls, companies, software, outsiders, recording and refusing are called.

Each entry is a name that patterns use as `<name>`, and its words, one to several, parted by `|`. A word may be a small
regular expression. `<~4>` in a pattern stands for up to four words of any kind.
"""

from __future__ import annotations

TABLES: dict[str, str] = {
    # ---- the object: this call
    "callnoun": """call|calls|convo|phone call|phone calls|telephone call|telephone calls|conversation|conversations|line|lines
        |phones|phone line|phone lines|telephone line|phone|interaction|interactions|session|chat|discussion|talk|audio|meeting""",
    "thisdet": "this|the|your|our|my|these|those|all|all of our|all our|all of your|every|each|any|today|both sides of this|that",
    "calladj": "phone|telephone|entire|whole|inbound|outbound|incoming|customer|live|particular|same|very|service|support",
    "call": """(?:(?:<thisdet>) ){0,2}(?:(?:<calladj>) ){0,2}(?:<callnoun>)|calls like (?:this|these|yours)(?: one| ones)?
        |what (?:you|we) (?:say|tell (?:me|us|it))|(?:every ?thing|anything) (?:you|we) (?:say|tell (?:me|us))
        |both (?:sides|of us)|your (?:voice|words)|my voice""",
    "calldata": """<call>|recordings?|call recordings?|call audio|voice recordings?|transcripts?|transcriptions?|call data
        |data from (?:this|the|your) call|voice|voices|words|audio|samples|snippets""",
    # ---- the actor: this company
    "we": """we|i|us|our (?:<~2>)(?:company|team|system|systems|office|department|center|software|phones|lines|staff|bank|firm|side)
        |the (?:company|system|phone system|office|bank|team)|this (?:company|line|system|office)|my (?:system|phone|computer)""",
    "ownside": """us|me|our (?:<~1>)(?:team|staff|system|systems|supervisors?|managers?|department|people|office|company|group|side)
        |(?:the |a |my )(?:system|supervisor|manager|company|computer|machine|team|default|state|law)|law|default|machine|machines
        |computer|software|ai|management|hand|phone|you|both|all|automated|automatically|now|then|staying|continuing""",
    # ---- recording
    "recpp": "recorded|taped|tape recorded",
    "recing": "recording|taping|tape recording",
    "recbase": "record|tape|tape record",
    "rec": "record|records|recorded|recording|recordings|tape|tapes|taped|taping|recorder|unrecorded",
    "copp": """carried|handled|hosted|answered|monitored|moderated|monitor|recorded|record|taped|transcribed|listened to|reviewed|stored|logged|saved|kept
        |captured|analyzed|audited|observed|screened|live monitored|mentored""",
    "adv": """also|always|now|currently|automatically|all|both|still|only|just|already|being|obviously|of course|actually
        |usually|routinely|typically|normally|generally|either|randomly|sometimes|fully|digitally|continuously|as well|then""",
    "aux": """is|are|am|be|being|been|may|might|can|could|will|would|shall|should|must|get|gets|getting|going to|going|to be|has
        |have|was|were|had|do|does|did|need|needs|used to""",
    "neg": "not|never|no longer|nobody|nothing|neither|none|nor|without|no|hardly",
    "purpose": """(?:for|to|as) (?:our |your |the |internal )?(?:quality|training|assurance|insurance|compliance|security|protection
        |accuracy|verification|legal|regulatory|monitoring|coaching|reference|records?|purposes?|customer service|ensure|provide
        |improve|serve|both|safety|audit|evaluation|review|documentation)""",
    # ---- software that hears
    "ai": """ai(?: <~1>(?:buddy|helper))?|ai(?: <~1>(?:systems?|tools?|models?|assistants?|agents?|software|technology|note taker|program|engine|helper))?
        |aiproduct|bots?|chatbots?|robots?|algorithms?|software|(?:a |our |the )?computers?(?: programs?| systems?)?|(?:a|an|our|the) (?:<~2>)programs?|(?:a|the|our) machine|machines|(?:a |an |our )?(?:smart|clever|automatic|automated) (?:<~1>)(?:tools?|helper|thing|program|device|system)|speech recognition|voice analysis|automated (?:speech|voice|call) (?:analysis|analytics|recognition)|speech analysis
        |automated (?:systems?|technology|tools?|software|analysis|assistants?|agents?|programs?|processes)|automation
        |(?:virtual|digital|voice|smart) (?:assistants?|agents?|agent assistant)|note taker|analytics(?: software| tools?)?
        |(?:speech|voice|call|conversation|language) (?:analytics|technology|recognition|models?|intelligence)(?: software)?
        |(?:a|the) (?:<~1>)(?:service|tool|program|app|product) (?:called|named) [a-z]+
        |(?:transcription|speech) (?:tools?|software|service|system|program)|copilot""",
    "analyze": """transcribe|transcribes|transcribing|analyze|analyzes|analyzing|score|scores|scoring|grade|grades|grading
        |summarize|summarizes|summarizing|evaluate|evaluates|evaluating|assess|assesses|review|reviews|reviewing|process
        |processes|processing|monitor|monitors|monitoring|rate|rates|scan|scans|study|studies|examine|examines|interpret|interprets|interpreting
        |parse|parses|parsing|makes? sense of|figures? out|works? out|sorts? through|flag|flags|flagging|judge|judges|sum up|sums up|go over|goes over|goes through|go through|going over|going through|picks? up on|picking up on|looks? for|watch(?:es)? for|measures?|examines|studies|capture|captures|convert|converts|read|reads|reading|checking|look at|looks at|check|checks|track|tracks|search|searches|searching|comb|combs|sift|sifts|tag|tags|label|labels""",
    "listen": """listen|listens|listening|hear|hears|hearing|follow along|follows along|following along|listen in|listens in
        |takes? (?:<~1>)notes|taking (?:<~1>)notes|(?:tak|writ|not|jott|typ)(?:es?|ing|e|s) (?:<~4>)(?:down|up|out)(?! for)|jots? (?:<~3>)down|(?:puts?|turns?|makes?|converts?) (?:<~6>)(?:into|to) (?:a )?(?:text|writing|words|notes|transcript)|hear (?:us|you|what)|hears (?:us|you|what)|sitting in|(?:write|writes|writing|make|makes|making|create|creates|do|does) (?:up )?(?:<~1>)(?:summary|summaries|notes)
        |sit in|sits in|turned on|switched on|running|active|run|runs|suggest|suggests|prompt|prompts|coach|coaches""",
    "analyzedpp": """transcribed|analyzed|auto transcribed|summarized|turned into (?:a )?(?:text|transcript)|converted (?:in)?to (?:a )?(?:text|transcript)
        |made into (?:a )?(?:text|transcript)""",
    "weakpp": "processed|reviewed|monitored|evaluated|graded|scored|run|assessed|read|checked|examined|listened to|heard|rated|scanned|searched|combed|sorted|tagged"
    "|(?:written|typed|taken|jotted|put) (?:down|up|out)|typed",
    # ---- software that learns
    "teach": """train|trains|trained|training|teach|teaches|teaching|improve|improves|improving|improved|improvement|develop|develops|developing
        |development|build|builds|building|test|tests|testing|tune|tunes|tuning|refine|refining|enhance|enhancing
        |educate|feed|feeds|grow|better|smarter|help|helps""",
    "learner": """ai(?: <~1>(?:systems?|tools?|models?|assistants?|agents?|software|technology|features?|products?))?|aiproduct
        |(?:<~1>)(?:language|speech|voice|machine|computer) (?:models?|technology|recognition|systems?|bots?|assistants?|ai)|(?:its|our|their|the|new|own|these) (?:own )?(?:models?|algorithms?)
        |(?:a |the |our )?(?:computers?|machines?|robots?|software)|(?:phone|talking) (?:robot|bot|computer)|bots?|chatbots?|(?:virtual|digital|automated) (?:assistants?|agents?|systems?)|algorithms?|neural networks?""",
    # ---- outsiders
    "outsider": """third part(?:y|ies)(?: (?:vendors?|service providers?|providers?|compan(?:y|ies)|platforms?|systems?|services?|partners?|tools?|software))?
        |compan(?:y|ies) (?:that|which|who|we) (?:<~1>)(?:work|works|help|helps|partner|hired|contract)(?: (?:for|with))?(?: us)?
        |compan(?:y|ies) (?:that|which|who) (?:<~1>)(?:hosts?|runs?|provides?|handles?|powers?|operates?|manages?) (?:our|the) (?:<~1>)(?:phones?|calls?|lines?|phone system|call center)
        |(?:outside|external|separate|another|different|other|outsourced) (?:<~3>)(?:compan(?:y|ies)|vendors?|firms?|suppliers?|providers?|services?|partners?|contractors?|part(?:y|ies)|business|businesses)
        |(?:outside|external|independent) (?:<~2>)(?:outfit|agency|agencies|people|part(?:y|ies))|(?:outfit|firm|business) (?:called|named)|people who do not work for us|(?:some(?:body|one)|people|compan(?:y|ies)|others) (?:outside|acting for|working for) (?:of )?(?:our|us|the) ?(?:company|firm)?|(?:a|our) vendors? of ours|agents and contractors|contractors|(?:another|other) (?:outfit|business)|phone partner|compan(?:y|ies) outside(?: of)?(?: ours?| us)?|outsiders|suppliers?|subcontractors?|contractors?|vendors?
        |(?:a|the) (?:<~2>)(?:company|service|firm|vendor|platform) (?:called|named)|vendorname
        |(?:phone|telephone|service|technology|software|cloud|analytics|transcription|call center|communications?|recording|platform|external|voice) (?:providers?|vendors?|partners?|compan(?:y|ies)|suppliers?|firms?)
        |(?:our|business|technology|trusted|its|the) partners?|(?:partner|sister) (?:compan(?:y|ies)|firms?)|(?:our|the) (?:<~1>)providers?|part(?:y|ies) that work for us""",
    "handle": """handle|handles|handled|process|processes|processed|record|records|recorded|store|stores|stored|keep|keeps|kept|host|hosts|hosted|receive|receives|received
        |analyze|analyzes|analyzed|transcribe|transcribes|transcribed|listen|listens|listening|hear|hears|heard|monitor|monitors|monitored|monitoring|access
        |review|reviews|reviewed|manage|manages|managed|run|runs|operate|operates|retain|retains|use|uses|score|scores|capture|captures|power|powers|train|save|saves""",
    "share": """share|shares|shared|sharing|send|sends|sent|sending|give|gives|given|pass|passes|passed|provide|provides|provided
        |transmit|transmitted|transfer|transferred|disclose|disclosed|forward|forwarded|go|goes|upload|uploaded|made available|available|release|released|stream|streamed""",
    # ---- consent
    "fine": "okay|fine|alright|good|cool|acceptable|comfortable|happy|agreeable|possible|great",
    "consentnoun": "consent|go ahead|green light|permission|okay|approval|authorization|agreement|authority|blessing",
    "consentverb": "consent|agree|authorize|allow|permit|accept|approve|mind|object",
    "off": "off|stopped|ended|disabled|paused|down|over",
    "switch": "turn|turned|turning|switch|switched|switching|shut|shutting|toggle|take|took|put",
    "stop": "stop|stopped|stopping|end|ended|ending|quit|cease|discontinue|kill|halt|disable|disabled|cancel|cut",
    "recordedthing": "messages?|surveys?|voices?|reminders?|greetings?|delivery|balances?|webinars?|announcements?|videos?|sessions?|deeds?|programs?|shows?|calls? (?:to|from) my",
    "device": """dvr|box|camera|cameras|doorbell|remote|show|shows|thermostat|voicemail|greeting|tv|television|video|videos|webinar|movie
        |song|album|app|dash ?cam|game|meter|router|modem|feature|device|phone settings|answering machine|baby monitor|podcast|macro""",
    "othercall": """last|previous|prior|earlier|past|old|former|next|yesterday|monday|tuesday|wednesday|thursday|friday|saturday|sunday
        |january|february|march|april|june|july|august|september|october|november|december|ago""",
    # ---- transfers
    "who": """supervisors?|manager|colleague|colleagues|coworker|co worker|specialists?|technician|interpreter|translator|pharmacist|nurse|doctor|agent|representative|rep
        |partner|lender|adjuster|underwriter|team|department|desk|billing|claims|sales|support|scheduling|dispatch|retention|fraud|pharmacy|warranty
        |warehouse|shipping|front desk|dispatcher|clinic|office|company|bank|insurance|advisor|expert|associate|tech|attorney|lawyer|escalation|escalations|assistant|queue|someone|somebody|person|people|group|unit|division|counselor|carrier|processor|collections|disputes|reservations|human resources|provider|operator|lead""",
}
