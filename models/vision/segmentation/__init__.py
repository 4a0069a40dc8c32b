"""Parts of `vision.segment`: masks of people, of what is in a box, and of what was learnt; cutting out; the trial."""
