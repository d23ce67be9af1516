"""Concepts: the words that mean the same in talk about a call, so that what is learned of one holds for all.

A word may belong to several concepts. Only words are listed, no phrases: how they go together is learned
(`scanner.detect.hearing.learned`) from the tables of phrasings.
"""

from __future__ import annotations

from collections.abc import Mapping

_TABLE: Mapping[str, str] = {
    "RECORD": """record records recorded recording recordings tape taped taping tapes recorder recorders unrecorded graban grabamos
        grabada grabar grabacion""",
    "KEEP": """keep keeps kept keeping store stores stored storing save saves saved saving archive archived archives retain retains
        retained capture captured captures preserve preserved preserves hold holds held logged log logs file filed hang""",
    "SOUND": "audio sound voice voices tape recording recordings copy file",
    "CALL": """call calls conversation conversations line lines phone phones chat chats talk talks discussion convo telephone
        telephones interaction interactions session speech""",
    "SAY": """say says said saying speak speaking spoken talking talk tell telling words word discuss discussed discussing voice
        mention conversation""",
    "ALL": "everything anything whatever all every each both always",
    "HERE": "this today now here currently right",
    "WE": "we i us our me my ourselves company office team bank clinic",
    "YOU": "you your yours yourself callers customers caller customer",
    "POINT": "this that it them they these those",
    "MACHINE": """ai aiproduct software computer computers machine machines bot bots chatbot chatbots robot robots algorithm algorithms
        program programs automated automatically automatic automation technology tool tools digital virtual electronic
        electronically analytics copilot gadget app engine helper sidekick""",
    "SYSTEM": "system systems assistant assistants agent agents screen model models platform",
    "AI": "ai aiproduct robot robots bot bots chatbot chatbots algorithm algorithms",
    "LISTEN": "listen listens listening listened hear hears hearing heard overhear overheard follow follows following ear",
    "STUDY": """analyze analyzes analyzed analyzing analysis score scores scored scoring grade grades grading rate rates rated rating
        review reviews reviewed reviewing evaluate evaluates evaluated examine examines examined scan scans scanned screen screened
        check checks checked checking monitor monitors monitored monitoring process processes processed processing measure measures
        measured inspect inspected assess assesses assessed audited studies study judge judges sorts tone mood sentiment emotion
        feelings keywords phrases""",
    "WRITE": """transcribe transcribes transcribed transcribing transcript transcripts transcription text notes note writing write writes
        written type types typed typing summary summaries summarize summarizes summarized summarizing sums captions minutes jot jots""",
    "LEARN": """train trains trained training teach teaches taught teaching learn learns learned learning improve improves improved
        improving develop develops developing development developed build builds building smarter better sharper educate educates
        educating practice practicing practise schooling lessons lesson tune refine sharpen sharpens feed feeds fed perfect
        examples example material smart""",
    "LEARNER": "model models ai aiproduct bot bots chatbot chatbots robot robots software algorithms recognition assistant",
    "STAFF": "staff employee employees hires trainee trainees coach coaching representatives reps quality assurance people",
    "OUTSIDE": """outside external third vendor vendors vendorname supplier suppliers provider providers partner partners contractor
        contractors subcontractor firm firms agency agencies outsource outsourced outsources separate another independent outfit
        business businesses other companies parties party""",
    "SHARE": """share shares shared sharing send sends sent pass passes passed give gives given goes forward forwarded access hand handed
        available handle handles handled handling host hosts hosted run runs receive receives received through served""",
    "NOT": "not never no nobody nothing none neither without nor hardly",
    "BE": "is are am be being been gets getting get",
    "PAST": "was were had did used last yesterday ago earlier before previous previously once",
    "MAY": "may might can could will would shall should going",
    "IF": "if unless whether should anyone whoever",
    "ASK": "may can could do would is are shall will",
    "WANT": "want wish like prefer rather need care wants",
    "AGREE": """okay fine alright good agree agrees agreed agreeing consent consents consenting permission accept accepts acceptable allow
        allows allowing comfortable happy willing authorize authorized okayed leave go-ahead approve approval blessing cool""",
    "MIND": "mind object objection objections problem issue trouble bother bothers concern concerns",
    "YES": "yes sure absolutely certainly definitely course indeed ahead works please aye correct gladly",
    "OFF": """off stop stops stopped stopping end ended pause paused pausing disable disabled halt cut kill killed shut quit switch turn
        turned switched stopped hold""",
    "OUT": "out opt opting opted away exclude excluded remove removed keep leave left withdraw decline refuse refusing skip",
    "WIPE": "delete deleted erase erased wipe wiped scrub destroy destroyed remove removed thrown gone trash",
    "CHOICE": "choice choose option optional voluntary obligation free liberty right entitled tell ask say press let inform",
    "PEOPLE": """supervisor supervisors manager colleague colleagues coworker specialist specialists technician pharmacist nurse doctor
        interpreter lead boss teammate associate representative rep attorney lawyer adjuster expert advisor lender insurer someone
        somebody""",
    "DESK": """billing claims department desk team sales support accounts loans fraud retention escalations dispatch warehouse pharmacy
        collections repairs technical reservations scheduling legal disputes shipping group""",
    "MOVE": """transfer transferring transferred connect connecting connected put putting patch patching pass passing hand handing bring
        bringing conference conferencing loop looping send sending switch switching move moving get getting grab fetch bounce turn
        merge merging route routing forward forwarding swing take taking""",
    "JOIN": "join joins joining joined add adding jump hop step line on through over across onto along",
    "HOLDING": "hold holding moment second sec bear hang tight waiting wait stay",
    "GREET": "hello hi hey morning afternoon evening thanks thank sorry welcome speaking name",
    "NAME": "somename vendorname aiproduct",
    "OTHER": """payment payments account order delivery card bill statement statements address deed camera dvr doorbell video show box
        website web email emails newsletter texts message messages invoice application score credit appointment thermostat
        prescription price plan warranty insurance policy claim house car package refund charge fee voicemail greeting meter""",
}

CONCEPTS: Mapping[str, tuple[str, ...]] = {
    word: tuple(name for name, words in _TABLE.items() if word in words.split())
    for word in {w for words in _TABLE.values() for w in words.split()}
}
"""Word to its concepts."""
