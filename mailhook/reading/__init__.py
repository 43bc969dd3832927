"""Reading mail whose every byte a stranger chose: bytes to message, verdict and facts; in this process, or in one that can do nothing else."""
