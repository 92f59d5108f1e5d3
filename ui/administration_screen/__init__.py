"""The larger tabs of 管理, one module each: paper templates, tokens, receivers of events."""
