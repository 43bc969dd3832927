"""The kinds of mailbox mailhook can watch, one module each, found through the entry point group mailhook.connectors."""
