"""Personal data as people say it: from words to values that are traced back to the words that carry them.

speech_tokens   words as a recogniser writes them -> tokens that know their word
conversation    a call as statements, each what one speaker says until somebody else has the floor
number_words, number_chunks, number_runs, spelling: digits and letters as they are said -> runs
cues            words that say what a number or a name is; asking, account_names: what asks for one, and for an account's
expectations    what those and the questions let expect where
number_shapes, card_numbers, number_slips, number_segments: what a run may be by its length, digits and checksum
number_reader   numbers and dates of a call -> hits; number_pieces, said_before, whose_number: what it asks
name_reader     names of a call -> hits; name_stretches, name_answers, name_offers, name_spellings: what it asks
unanswered      questions for a number after which none was heard, for a second hearing
dates, emails, addresses (towns), secret_answers: one for each other thing to read
reading         a call read once, each value once; written: the call as text for a language model
"""
