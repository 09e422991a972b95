"""The register of organisations: identity, verification, refusal, suspension."""
