"""IDE features: what an editor asks for, as plain values; no protocol, no disk."""
