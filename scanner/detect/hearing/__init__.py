"""Hearing consent: from words to disclosures, by the grammar of what was said.

tokens      words as a recogniser writes them -> plain lower-case tokens that know their word
sentences   tokens -> sentences of one speaker, healed where a recogniser or the other side cut them
lexicon     the tables: what calls, companies, software, outsiders and refusals are called
patterns    regular expressions over sentences, written with the names of those tables
scope       polarity, tense, mood, reported speech and other calls: what a word stands under
recording, machines, outsiders, requests, ways_out, customer, answers, transfers, events, replies, spanish, scripts: one
            for each thing to hear
readings, learned, network: what the wide ear goes by, how likely it finds a kind, and its network over words in a row
meaning     sentence embeddings, the way to wording that nobody foresaw
"""
