"""One pass over one account: the only place that knows the order from bytes to a draft in its thread."""
