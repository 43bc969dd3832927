"""Permission given in a browser instead of a password: asked for once, kept safe, renewed when it runs out.

`flow.authorise` asks the person and returns a `Grant`; a store (`store.FileStore`, `store.KeyringStore`) keeps it; `tokens.Tokens` hands out
access tokens from it, for the Gmail API and for IMAP (XOAUTH2) alike. A client at Google or Microsoft is the person's own; none is shipped.
"""
