"""Files of notices: what they really are, their digest, where they are kept."""
