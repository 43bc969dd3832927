"""Body texts of the drafts: one folder for each language, one file for each text."""
